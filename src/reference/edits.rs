//! Departures from the usual bodies, carried out.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::behaviour::{Edit, Edits};

/// Changes a body. An edit of a member that is not there, or is of another kind, does nothing.
pub(super) fn edited(body: &mut Value, edits: &Edits) {
    for (at, edit) in edits {
        apply(body, at, edit);
    }
}

fn apply(body: &mut Value, at: &str, edit: &Edit) {
    match edit {
        Edit::Dropped => drop(take(body, at)),
        Edit::Is(value) => put(body, at, value.clone()),
        Edit::CopyOf(from) => {
            if let Some(value) = body.pointer(from).cloned() {
                put(body, at, value);
            }
        }
        Edit::MovedTo(to) => {
            if let Some(value) = take(body, at) {
                put(body, to, value);
            }
        }
        Edit::Part(kept) => change(body, at, |value| {
            value.as_str().map(|text| kept.of(text).into())
        }),
        Edit::AsText => change(body, at, |value| Some(value.to_string().into())),
        Edit::AsNumber => change(body, at, number),
        Edit::SecondsLater(seconds) => change(body, at, |value| {
            let moved = instant(value)?.checked_add(SignedDuration::from_secs(*seconds));
            Some(moved.ok()?.to_string().into())
        }),
        Edit::WrappedIn(member) => change(body, at, |whole| {
            Some(Map::from_iter([(member.clone(), whole.clone())]).into())
        }),
    }
}

fn take(body: &mut Value, pointer: &str) -> Option<Value> {
    let (object, member) = place(body, pointer)?;
    object.remove(member)
}

fn place<'b, 'p>(
    body: &'b mut Value,
    pointer: &'p str,
) -> Option<(&'b mut Map<String, Value>, &'p str)> {
    let (parent, member) = pointer.rsplit_once('/')?;
    Some((body.pointer_mut(parent)?.as_object_mut()?, member))
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    if let Some((object, member)) = place(body, pointer) {
        object.insert(member.to_owned(), value);
    }
}

fn change(body: &mut Value, pointer: &str, to: impl FnOnce(&Value) -> Option<Value>) {
    if let Some(value) = body.pointer_mut(pointer)
        && let Some(changed) = to(value)
    {
        *value = changed;
    }
}

fn number(value: &Value) -> Option<Value> {
    value
        .as_bool()
        .map(i64::from)
        .or_else(|| instant(value).map(Timestamp::as_second))
        .map(Value::from)
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reference::behaviour::Normalization;

    #[test]
    fn each_edit_changes_what_it_names() {
        let body = json!({ "a": { "b": "x y", "at": "2026-01-01T00:00:00Z", "on": true, "n": 7 } });
        for (at, edit, expected) in [
            (
                "/a/b",
                Edit::Dropped,
                json!({ "at": "2026-01-01T00:00:00Z", "on": true, "n": 7 }),
            ),
            ("/a/b", Edit::Is(Value::Null), with(&body, "b", Value::Null)),
            ("/a/c", Edit::Is(json!("z")), with(&body, "c", json!("z"))),
            (
                "/a/b",
                Edit::CopyOf("/a/n".to_owned()),
                with(&body, "b", json!(7)),
            ),
            (
                "/a/n",
                Edit::MovedTo("/a/m".to_owned()),
                json!({ "b": "x y", "at": "2026-01-01T00:00:00Z", "on": true, "m": 7 }),
            ),
            (
                "/a/b",
                Edit::Part(Normalization::FirstWord),
                with(&body, "b", json!("x")),
            ),
            ("/a/n", Edit::AsText, with(&body, "n", json!("7"))),
            ("/a/on", Edit::AsNumber, with(&body, "on", json!(1))),
            (
                "/a/at",
                Edit::AsNumber,
                with(&body, "at", json!(1_767_225_600)),
            ),
            (
                "/a/at",
                Edit::SecondsLater(60),
                with(&body, "at", json!("2026-01-01T00:01:00Z")),
            ),
        ] {
            let mut changed = body.clone();
            edited(&mut changed, &one(at, &edit));
            assert_eq!(changed["a"], expected, "{edit:?}");
        }
        let mut wrapped = body.clone();
        edited(&mut wrapped, &one("", &Edit::WrappedIn("data".to_owned())));
        assert_eq!(wrapped, json!({ "data": body }));
    }

    fn one(at: &str, edit: &Edit) -> Edits {
        Edits::from([(at.to_owned(), edit.clone())])
    }

    fn with(body: &Value, member: &str, value: Value) -> Value {
        let mut inner = body["a"].clone();
        inner[member] = value;
        inner
    }

    #[test]
    fn what_is_not_there_is_left_alone() {
        let body = json!({ "a": 1 });
        for (at, edit) in [
            ("/x/y", Edit::Dropped),
            ("/x/y", Edit::Is(json!("z"))),
            ("/x", Edit::AsText),
            ("/a", Edit::AsNumber),
            ("/a", Edit::SecondsLater(1)),
            ("/a", Edit::CopyOf("/x".to_owned())),
            ("/x", Edit::MovedTo("/a".to_owned())),
        ] {
            let mut same = body.clone();
            edited(&mut same, &one(at, &edit));
            assert_eq!(same, body, "{edit:?}");
        }
    }
}
