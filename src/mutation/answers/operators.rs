//! The ways in which an answer is made wrong.

use std::fmt;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::leak::Leak;
use super::members::JsonType;
use crate::suite::MemberPath;
use crate::target::Answer;

/// One way to make an answer wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "operator", rename_all = "kebab-case")]
pub enum Operator {
    /// A required member is missing.
    DropMember {
        /// The member.
        member: MemberPath,
    },
    /// A required member is `null`.
    NullMember {
        /// The member.
        member: MemberPath,
    },
    /// A required member has another type.
    RetypeMember {
        /// The member.
        member: MemberPath,
        /// The type that it has.
        to: JsonType,
    },
    /// A required array has no items.
    EmptyArray {
        /// The array.
        member: MemberPath,
    },
    /// A member is there that must not be.
    AddForbidden {
        /// The member.
        member: MemberPath,
    },
    /// A secret is shown.
    AddSecret {
        /// The member that shows it.
        member: MemberPath,
        /// What it shows.
        secret: Leak,
    },
    /// The status is another one.
    ReplaceStatus {
        /// The status that was right.
        from: u16,
        /// The status in its place.
        to: u16,
    },
    /// The body is said to be a page for people.
    ReplaceMediaType,
    /// The body ends in its middle.
    TruncateBody,
    /// There is a body where none is allowed.
    AddBody,
}

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
        match self {
            Self::DropMember { member } => {
                is_there(member, body)?;
                member.remove(body);
            }
            Self::NullMember { member } => {
                let found = member.select(body);
                found.iter().find(|value| !value.is_null())?;
                member.change(body, &mut |value| *value = Value::Null);
            }
            Self::RetypeMember { member, to } => {
                is_there(member, body)?;
                member.change(body, &mut |value| *value = retyped(value, *to));
            }
            Self::EmptyArray { member } => {
                is_there(&member.items(), body)?;
                member.change(body, &mut |value| *value = json!([]));
            }
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
            | Self::AddBody => return None,
        }
        Some(())
    }
}

fn with_body(answer: Answer, body: Vec<u8>) -> Answer {
    Answer {
        json: serde_json::from_slice(&body).ok(),
        body,
        ..answer
    }
}

fn is_there(member: &MemberPath, body: &Value) -> Option<()> {
    (!member.select(body).is_empty()).then_some(())
}

fn is_not_there(member: &MemberPath, body: &Value) -> Option<()> {
    member.select(body).is_empty().then_some(())
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

/// A name that holds over runs: `drop-member $.user.email`, `replace-status 200 to 202`.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropMember { member } => write!(f, "drop-member {member}"),
            Self::NullMember { member } => write!(f, "null-member {member}"),
            Self::RetypeMember { member, to } => write!(f, "retype-member {member} to {to}"),
            Self::EmptyArray { member } => write!(f, "empty-array {member}"),
            Self::AddForbidden { member } => write!(f, "add-forbidden {member}"),
            Self::AddSecret { member, secret } => write!(f, "add-secret {member} {secret}"),
            Self::ReplaceStatus { from, to } => write!(f, "replace-status {from} to {to}"),
            Self::ReplaceMediaType => f.write_str("replace-media-type"),
            Self::TruncateBody => f.write_str("truncate-body"),
            Self::AddBody => f.write_str("add-body"),
        }
    }
}

impl Serialize for MemberPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
