//! How an error is told. Where the word for the current token stands is another axis.

use serde_json::{Map, Value, json};

use super::refusals;
use crate::selftest::message::ResponseMessage;
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

pub(super) const AXIS: &[Variant] = &[
    // Errors are problem details (RFC 9457).
    Variant::new("errors.problem", |server| {
        told(server, |answer, error| {
            let status = answer.status;
            let problem = json!({
                "type": "about:blank",
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "detail": error.message,
                "errors": error.fields,
            });
            answer.say("application/problem+json", problem);
        });
    }),
    // Errors are a list, an entry a field.
    Variant::new("errors.list", |server| {
        told(server, |answer, error| {
            let mut entries: Vec<Value> = error
                .fields
                .iter()
                .map(|(field, texts)| json!({ "field": field, "detail": texts[0] }))
                .collect();
            if entries.is_empty() {
                entries.push(json!({ "detail": error.message }));
            }
            answer.say("application/json", json!({ "errors": entries }));
        });
    }),
    // Errors are told in Japanese.
    Variant::new("errors.translated", |server| {
        told(server, |answer, error| {
            let fields = error.fields.keys();
            let errors: Map<String, Value> = fields
                .map(|field| {
                    (
                        field.clone(),
                        json!([format!("{field}は正しくありません。")]),
                    )
                })
                .collect();
            let message = "リクエストを処理できませんでした。";
            answer.say(
                "application/json",
                json!({ "message": message, "errors": errors }),
            );
        });
    }),
    // Errors have no body.
    Variant::new("errors.bodiless", |server| {
        told(server, |answer, _| answer.clear());
    }),
];

/// An error as the reference tells it.
struct Told {
    message: String,
    fields: Map<String, Value>,
}

fn told(server: &mut Server, tell: fn(&mut ResponseMessage, Told)) {
    server.wire().answers(move |call, answer| {
        if !answer.fails() || refusals::is_of_current(call, answer) {
            return;
        }
        let json = answer.json.clone().unwrap_or_default();
        let told = Told {
            message: json["message"].as_str().unwrap_or_default().to_owned(),
            fields: json["errors"].as_object().cloned().unwrap_or_default(),
        };
        tell(answer, told);
    });
}
