//! Makes an answer wrong.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::members::JsonType;
use super::operators::Operator;
use crate::http::Answer;
use crate::suite::MemberPath;

/// Further off than any tolerance for an instant.
const FAR_OFF: SignedDuration = SignedDuration::from_hours(40 * 24);

impl Operator {
    /// The wrong answer to a call with that token. `None` where there is nothing to make wrong.
    #[must_use]
    pub fn apply(&self, answer: &Answer, token: Option<&str>) -> Option<Answer> {
        let mut wrong = answer.clone();
        match self {
            Self::ReplaceStatus { from, to } => {
                wrong.status = Some(*to).filter(|_| answer.status == *from)?;
                Some(wrong)
            }
            Self::ReplaceMediaType => {
                let page = HeaderValue::from_static("text/html; charset=utf-8");
                wrong.headers.insert(CONTENT_TYPE, page);
                Some(wrong)
            }
            Self::TruncateBody => {
                let half = answer.body[..answer.body.len() / 2].to_vec();
                (!half.is_empty()).then(|| with_body(wrong, half))
            }
            Self::AddBody => answer
                .body
                .is_empty()
                .then(|| with_body(wrong, b"{}".to_vec())),
            Self::ClearBody => {
                let members = answer.json.as_ref()?.as_object()?;
                (!members.is_empty()).then(|| with_body(wrong, b"{}".to_vec()))
            }
            _ => {
                let nothing = || answer.body.is_empty().then(|| json!({}));
                let mut body = answer.json.clone().or_else(nothing)?;
                self.change(&mut body, token)?;
                Some(with_body(wrong, body.to_string().into_bytes()))
            }
        }
    }

    /// Changes the members of a body. `None` where nothing of them is as it has to be for that.
    fn change(&self, body: &mut Value, token: Option<&str>) -> Option<()> {
        let before = body.clone();
        match self {
            Self::DropMember { member } => member.remove(body),
            Self::NullMember { member } => {
                member.change(body, &mut |value| *value = Value::Null);
            }
            Self::RetypeMember { member, to } => {
                member.change(body, &mut |value| *value = retyped(value, *to));
            }
            Self::AlterMember { member } => member.change(body, &mut alter),
            Self::EmptyArray { member } => member.change(body, &mut of_items(Vec::clear)),
            Self::ReverseArray { member } => {
                member.change(body, &mut of_items(|items| items.reverse()));
            }
            Self::RepeatItems { member } => member.change(body, &mut of_items(repeat)),
            Self::AddForbidden { member } => {
                is_not_there(member, body)?;
                member.insert(body, &json!("must-not-be-here"));
            }
            Self::AddSecret { member, secret } => {
                is_not_there(member, body)?;
                member.insert(body, &Value::String(secret.text(token)?));
            }
            Self::ReplaceStatus { .. }
            | Self::ReplaceMediaType
            | Self::TruncateBody
            | Self::ClearBody
            | Self::AddBody => {}
        }
        (*body != before).then_some(())
    }
}

fn with_body(answer: Answer, body: Vec<u8>) -> Answer {
    Answer {
        json: serde_json::from_slice(&body).ok(),
        shadowed: Vec::new(),
        body,
        ..answer
    }
}

/// Nothing is there, or `null`, which some servers send for nothing.
fn is_not_there(member: &MemberPath, body: &Value) -> Option<()> {
    let mut there = member.select(body).into_iter();
    there.all(Value::is_null).then_some(())
}

/// The value as another type, as a careless serializer would write it.
fn retyped(value: &Value, to: JsonType) -> Value {
    match to {
        JsonType::Null => Value::Null,
        JsonType::Boolean => json!(true),
        JsonType::Number => json!(7),
        JsonType::String => Value::String(value.to_string()),
        JsonType::Array => json!([]),
        JsonType::Object => json!({}),
    }
}

/// A change of arrays alone.
fn of_items(change: fn(&mut Vec<Value>)) -> impl FnMut(&mut Value) {
    move |value| {
        if let Value::Array(items) = value {
            change(items);
        }
    }
}

fn repeat(items: &mut Vec<Value>) {
    let twice = items.drain(..).flat_map(|item| [item.clone(), item]);
    *items = twice.collect();
}

/// Changes a value to another one of its type, so that every schema is as content as before.
fn alter(value: &mut Value) {
    *value = match &*value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => number
            .as_i64()
            .map_or(json!(7.5), |number| json!(number + 1)),
        Value::String(text) => json!(altered(text)),
        other => other.clone(),
    };
}

fn altered(text: &str) -> String {
    let instant = text.parse::<Timestamp>();
    let later = instant
        .ok()
        .and_then(|instant| instant.checked_add(FAR_OFF).ok());
    later.map_or_else(|| format!("{text}x"), |later| later.to_string())
}
