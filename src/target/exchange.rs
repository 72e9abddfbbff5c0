//! One request and its response as they are kept: the one place where secrets are taken out.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, Call, Client, Secrets};

/// The most characters of a body that are kept.
const LONGEST_BODY: usize = 16 * 1024;

/// One request and its response, without secrets.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Exchange {
    /// When the call was sent, by the clock of this machine.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub sent: Timestamp,
    /// From sending to the last byte, in milliseconds.
    pub milliseconds: f64,
    /// What was sent.
    pub request: RequestRecord,
    /// What came back; nothing where the call failed.
    pub response: Option<ResponseRecord>,
}

/// A request as it is kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequestRecord {
    /// The HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<HeaderLine>,
    /// The body as text.
    pub body: Option<String>,
}

/// A response as it is kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResponseRecord {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<HeaderLine>,
    /// The body as text; a long one is cut.
    pub body: String,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HeaderLine {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Exchange {
    /// Keeps a call, made by `client`, and its answer; what the answer holds by the name of a secret becomes
    /// one first.
    #[must_use]
    pub fn record(
        client: &Client,
        call: &Call,
        answer: Option<&Answer>,
        sent: Timestamp,
        secrets: &Secrets,
    ) -> Self {
        if let Some(json) = answer.and_then(|answer| answer.json.as_ref()) {
            secrets.add_from(json);
        }
        let line = |name: &str, value: &str| HeaderLine {
            name: name.to_owned(),
            value: secrets.redact(value),
        };
        let common = client.common_headers().iter();
        let own = call.headers.iter();
        let headers = common
            .chain(own)
            .map(|(name, value)| line(name, value))
            .collect();
        let request = RequestRecord {
            method: call.method.clone(),
            url: secrets.redact(&call.url),
            headers,
            body: call.body.as_ref().map(|body| cut(secrets.redact(body))),
        };
        let response = answer.map(|answer| ResponseRecord {
            status: answer.status,
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| {
                    line(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))
                })
                .collect(),
            body: cut(secrets.redact(&answer.text())),
        });
        Self {
            sent,
            milliseconds: answer.map_or(0.0, |answer| answer.elapsed.as_secs_f64() * 1e3),
            request,
            response,
        }
    }
}

/// Cuts after redaction: a secret cut in two would no longer be found.
fn cut(mut text: String) -> String {
    if text.len() > LONGEST_BODY {
        let mut end = LONGEST_BODY;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let missing = text.len() - end;
        text.truncate(end);
        text.extend(["… (", &missing.to_string(), " bytes more)"]);
    }
    text
}
