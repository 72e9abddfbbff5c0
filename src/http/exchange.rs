//! One request and its response as they are kept: the one place where secrets are taken out.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::{self, Json};
use super::{Answer, Call, Client, Secrets};

/// The most characters of a body, and of a text about it, that are kept.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;
/// The most characters of all headers that are kept.
const MOST_HEADERS: usize = 16 * 1024;

/// One request and its response, without secrets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ResponseRecord {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<HeaderLine>,
    /// The body as text; a long one is cut.
    pub body: String,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeaderLine {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Exchange {
    /// The status of the answer; nothing where the call failed.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|response| response.status)
    }

    /// The answer as it is kept, with names in the place of secrets. None if its status is none that HTTP has.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        let response = self.response.as_ref()?;
        StatusCode::from_u16(response.status).ok()?;
        let body = response.body.clone().into_bytes();
        let headers = response.headers.iter().filter_map(|line| {
            let name = HeaderName::from_str(&line.name).ok()?;
            Some((name, HeaderValue::from_bytes(line.value.as_bytes()).ok()?))
        });
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        let (json, shadowed) = match json::parse(&body) {
            Ok(Json { value, shadowed }) => (Some(value), shadowed),
            Err(_) => (None, Vec::new()),
        };
        let elapsed = Duration::try_from_secs_f64(self.milliseconds / 1e3);
        Some(Answer {
            status: response.status,
            headers: all,
            json,
            shadowed,
            body,
            sent: self.sent,
            elapsed: elapsed.unwrap_or_default(),
        })
    }

    /// Keeps a call, made by `client`, and its answer; what the answer holds by the name of a secret, and the parts
    /// of one that it splits over headers and body, become secrets first.
    #[must_use]
    pub fn record(
        client: &Client,
        call: &Call,
        answer: Option<&Answer>,
        sent: Timestamp,
        secrets: &Secrets,
    ) -> Self {
        let body = answer.map(Answer::text).unwrap_or_default();
        if let Some(answer) = answer {
            // What is overwritten in the JSON stands in the text all the same.
            for json in answer.all_json() {
                secrets.add_from(&json);
            }
            let values = answer
                .headers
                .values()
                .filter_map(|value| value.to_str().ok());
            let texts: Vec<&str> = values.chain([&body[..]]).map(start).collect();
            secrets.add_split_over(&texts);
        }
        let common = client.common_headers().iter();
        let common = common.map(|(name, value)| (name, secrets.redact_header(value)));
        let own = call
            .headers
            .iter()
            .map(|(name, value)| (name, value.clone()));
        let sent_headers: Vec<(&String, String)> = common.chain(own).collect();
        let request = RequestRecord {
            method: call.method.clone(),
            url: secrets.redact(&call.url),
            headers: header_lines(
                (sent_headers.iter()).map(|(name, value)| (name.as_str(), value.as_bytes())),
                secrets,
            ),
            body: (call.body.as_ref()).map(|body| secrets.redact_start(body, LONGEST_BODY)),
        };
        let response = answer.map(|answer| {
            let headers = answer.headers.iter();
            let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
            ResponseRecord {
                status: answer.status,
                headers: header_lines(headers, secrets),
                body: secrets.redact_start(&body, LONGEST_BODY),
            }
        });
        Self {
            sent,
            milliseconds: answer.map_or(0.0, |answer| answer.elapsed.as_secs_f64() * 1e3),
            request,
            response,
        }
    }
}

/// What of a text may be kept.
fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_BODY)]
}

/// The headers, as far as there is room for them.
fn header_lines<'a>(
    headers: impl Iterator<Item = (&'a str, &'a [u8])>,
    secrets: &Secrets,
) -> Vec<HeaderLine> {
    let mut room = MOST_HEADERS;
    let mut lines = Vec::new();
    for (name, value) in headers {
        if room == 0 {
            break;
        }
        let value = secrets.redact_start(&String::from_utf8_lossy(value), room);
        room = room.saturating_sub(name.len() + value.len());
        lines.push(HeaderLine {
            name: secrets.redact_start(name, MOST_HEADERS),
            value,
        });
    }
    lines
}
