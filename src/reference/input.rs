//! What a request brings: its body, and who sends it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::behaviour::{Oddity, Requests};
use super::validation::Errors;

/// Greatest size of a body.
const BODY_MAX_BYTES: usize = 128 * 1024;

/// How much of a body that is too large is read and thrown away, so that its sender gets to read
/// the answer instead of a broken connection.
const DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// Where clients say of which type they are.
const CLIENT_HEADER: &str = "x-pionne-client";

/// A request whose body has been read.
pub(super) struct Input {
    pub(super) parts: Parts,
    members: Map<String, Value>,
}

impl Input {
    /// Reads the body. One that is no JSON object, or is not declared as JSON, counts as an empty
    /// object: the fields that are missing then say what is wrong.
    pub(super) async fn read(request: Request, rules: &Requests) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(body, BODY_MAX_BYTES).await?;
        let members = match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) if declares_json(&parts) => members,
            Ok(Value::Object(_)) => rules.survive(Oddity::UndeclaredJson).map(|()| Map::new())?,
            other => {
                let oddity = match other {
                    Err(_) => Oddity::NoJson,
                    Ok(Value::Array(_)) => Oddity::List,
                    Ok(Value::Null) => Oddity::Null,
                    Ok(_) => Oddity::Scalar,
                };
                rules.survive(oddity).map(|()| Map::new())?
            }
        };
        for value in members.values() {
            if value.is_array() || value.is_object() {
                rules.survive(Oddity::Structure)?;
            }
            if value.as_str().is_some_and(|text| text.contains('\0')) {
                rules.survive(Oddity::Nul)?;
            }
        }
        Ok(Self { parts, members })
    }

    /// Takes a member as that text where it is missing.
    pub(super) fn or_default(&mut self, defaults: &BTreeMap<String, String>) {
        for (field, text) in defaults {
            if !self.has(field) {
                self.members.insert(field.clone(), text.as_str().into());
            }
        }
    }

    /// The network address of the sender, if the server was started so as to know it. What headers
    /// say about it is not believed.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip())
    }

    /// Of which type the client says it is.
    pub(super) fn client(&self) -> Option<&str> {
        self.header(CLIENT_HEADER)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// A text, without the space around it; `None` when there is none. Makes no complaint.
    pub(super) fn trimmed(&self, field: &str) -> Option<&str> {
        self.members
            .get(field)?
            .as_str()
            .map(trim)
            .filter(|text| !text.is_empty())
    }

    /// Whether something is given; an empty text is nothing.
    pub(super) fn has(&self, field: &str) -> bool {
        match self.members.get(field) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !trim(text).is_empty(),
            Some(_) => true,
        }
    }

    /// A text that must be there, without the space around it.
    pub(super) fn text(&self, field: &'static str, errors: &mut Errors) -> Option<String> {
        self.required(field, errors)
            .map(|text| trim(text).to_owned())
    }

    /// A text that must be there, exactly as sent: passwords may begin and end with space.
    pub(super) fn verbatim(&self, field: &'static str, errors: &mut Errors) -> Option<String> {
        self.required(field, errors).map(str::to_owned)
    }

    fn required(&self, field: &'static str, errors: &mut Errors) -> Option<&str> {
        let text = self.members.get(field).and_then(Value::as_str);
        if !self.has(field) {
            errors.add(field, format!("Please give a value for {field}."));
            return None;
        }
        match text {
            None => errors.add(field, format!("The value of {field} has to be a text.")),
            Some(text) if text.contains('\0') => {
                errors.add(
                    field,
                    format!("The value of {field} has a NUL character in it."),
                );
            }
            Some(text) => return Some(text),
        }
        None
    }
}

impl Requests {
    /// Goes on in spite of an oddity, unless the server fails on it.
    pub(super) fn survive(&self, oddity: Oddity) -> Result<(), ApiError> {
        if self.fails_on.contains(&oddity) {
            return Err(ApiError::Fault(format!("unexpected: {oddity:?}")));
        }
        Ok(())
    }
}

/// Trims what people do not see: white space, and the marks of zero width that come along when text
/// is pasted.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200e}' | '\u{feff}')
    })
}

fn declares_json(parts: &Parts) -> bool {
    let declared = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let declared = declared.to_ascii_lowercase();
    declared.contains("/json") || declared.contains("+json")
}

async fn read_body(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0_usize;
    while let Some(data) = body.next().await {
        let data = data.map_err(|_| ApiError::Unreadable)?;
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else if seen > DRAINED_BYTES {
            break;
        }
    }
    if seen > limit {
        Err(ApiError::TooLarge)
    } else {
        Ok(kept)
    }
}
