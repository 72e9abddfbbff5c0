//! Departures from the usual bodies, carried out.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::behaviour::Edit;

/// Changes a body. An edit of a member that is not there, or is of another kind, does nothing.
pub(super) fn edited(body: &mut Value, edits: &[Edit]) {
    for edit in edits {
        apply(body, *edit);
    }
}

fn apply(body: &mut Value, edit: Edit) {
    match edit {
        Edit::Drop(at) => {
            if let Some((object, member)) = place(body, at) {
                object.remove(member);
            }
        }
        Edit::Null(at) => put(body, at, Value::Null),
        Edit::Text(at, text) => put(body, at, text.into()),
        Edit::Flag(at, flag) => put(body, at, flag.into()),
        Edit::Copy { from, to } => {
            if let Some(value) = body.pointer(from).cloned() {
                put(body, to, value);
            }
        }
        Edit::Part(at, kept) => change(body, at, |value| {
            value.as_str().map(|text| kept.of(text).into())
        }),
        Edit::Quoted(at) => change(body, at, |value| Some(value.to_string().into())),
        Edit::Number(at) => change(body, at, number),
        Edit::Moved(at, seconds) => change(body, at, |value| {
            let moved = instant(value)?.checked_add(SignedDuration::from_secs(seconds));
            Some(moved.ok()?.to_string().into())
        }),
        Edit::Wrapped(member) => {
            let whole = body.take();
            *body = Value::Object(Map::from_iter([(member.to_owned(), whole)]));
        }
    }
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
        for (edit, expected) in [
            (
                Edit::Drop("/a/b"),
                json!({ "at": "2026-01-01T00:00:00Z", "on": true, "n": 7 }),
            ),
            (Edit::Null("/a/b"), with(&body, "b", Value::Null)),
            (Edit::Text("/a/c", "z"), with(&body, "c", json!("z"))),
            (Edit::Flag("/a/on", false), with(&body, "on", json!(false))),
            (
                Edit::Copy {
                    from: "/a/n",
                    to: "/a/b",
                },
                with(&body, "b", json!(7)),
            ),
            (
                Edit::Part("/a/b", Normalization::FirstWord),
                with(&body, "b", json!("x")),
            ),
            (Edit::Quoted("/a/n"), with(&body, "n", json!("7"))),
            (Edit::Number("/a/on"), with(&body, "on", json!(1))),
            (
                Edit::Number("/a/at"),
                with(&body, "at", json!(1_767_225_600)),
            ),
            (
                Edit::Moved("/a/at", 60),
                with(&body, "at", json!("2026-01-01T00:01:00Z")),
            ),
        ] {
            let mut changed = body.clone();
            edited(&mut changed, &[edit]);
            assert_eq!(changed["a"], expected, "{edit:?}");
        }
        let mut wrapped = body.clone();
        edited(&mut wrapped, &[Edit::Wrapped("data")]);
        assert_eq!(wrapped, json!({ "data": body }));
    }

    fn with(body: &Value, member: &str, value: Value) -> Value {
        let mut inner = body["a"].clone();
        inner[member] = value;
        inner
    }

    #[test]
    fn what_is_not_there_is_left_alone() {
        let body = json!({ "a": 1 });
        for edit in [
            Edit::Drop("/x/y"),
            Edit::Text("/x/y", "z"),
            Edit::Quoted("/x"),
            Edit::Number("/a"),
            Edit::Moved("/a", 1),
            Edit::Copy {
                from: "/x",
                to: "/a",
            },
        ] {
            let mut same = body.clone();
            edited(&mut same, &[edit]);
            assert_eq!(same, body, "{edit:?}");
        }
    }
}
