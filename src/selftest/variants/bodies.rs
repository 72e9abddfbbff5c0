//! What more a body has, and how JSON is written.

use serde_json::{Map, Value, json};

use crate::selftest::message::ApiRoute;
use crate::selftest::variant::Variant;

pub(super) const MEMBERS: &[Variant] = &[
    // Every object has more members than documented.
    Variant::new("members.more", |server| {
        server.wire().bodies(|_, body| each_object(body, &more));
    }),
    // What does not apply is there, but null or false.
    Variant::new("members.nulls", |server| {
        server.wire().bodies(|_, body| {
            if let Value::Object(object) = body {
                for (member, nothing) in [
                    ("requires_totp", json!(false)),
                    ("totp_token", Value::Null),
                    ("token", Value::Null),
                    ("user", Value::Null),
                    ("errors", json!([])),
                ] {
                    object.entry(member).or_insert(nothing);
                }
            }
        });
    }),
    // A completed second factor is answered by the token alone.
    Variant::new("members.token-alone", |server| {
        server.wire().bodies(|call, body| {
            let object = body.as_object_mut();
            if let (Some(ApiRoute::LoginTotp), Some(object)) = (call.operation, object) {
                object.shift_remove("user");
            }
        });
    }),
];

pub(super) const WRITING: &[Variant] = &[
    // Members come in the reverse order.
    Variant::new("writing.reversed", |server| {
        server.wire().bodies(|_, body| each_object(body, &reverse));
    }),
    // JSON is written on several lines.
    Variant::new("writing.pretty", |server| {
        server.wire().writing = |body| format!("{body:#}\n");
    }),
    // JSON is written in ASCII alone, with escaped slashes.
    Variant::new("writing.escaped", |server| {
        server.wire().writing = |body| escaped(&body.to_string());
    }),
];

/// Changes every object, the innermost first.
fn each_object(body: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match body {
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| each_object(value, change)),
        Value::Object(object) => {
            object
                .values_mut()
                .for_each(|value| each_object(value, change));
            change(object);
        }
        _ => {}
    }
}

fn more(object: &mut Map<String, Value>) {
    let additions = json!({
        "object": "resource",
        "status": "active",
        "abilities": ["*"],
        "expires_at": null,
        "updated_at": "2020-01-01T00:00:00Z",
        "links": { "next": null },
        "meta": { "total": 100, "ids": [1, 2, 3] },
        "größe": 1.5,
    });
    for (member, value) in additions.as_object().into_iter().flatten() {
        object.entry(member).or_insert_with(|| value.clone());
    }
}

fn reverse(object: &mut Map<String, Value>) {
    *object = std::mem::take(object).into_iter().rev().collect();
}

/// Slashes and signs beyond ASCII stand only within texts.
fn escaped(json: &str) -> String {
    let mut escaped = String::new();
    for c in json.chars() {
        match c {
            '/' => escaped.push_str("\\/"),
            c if c.is_ascii() => escaped.push(c),
            c => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                escaped.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_means_the_same() {
        let body = json!({ "größe": "a/b", "key": "🔑\n\"" });
        let text = escaped(&body.to_string());
        assert!(text.is_ascii() && text.contains(r"a\/b") && text.contains(r"\ud83d\udd11"));
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(body));
    }
}
