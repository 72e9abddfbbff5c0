//! One request and its response as they are kept: the one place where secrets are taken out.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Answer, Call, Client, Secrets};

/// The most characters of a body that are kept.
const LONGEST_BODY: usize = 16 * 1024;
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
        if let Some(answer) = answer {
            answer.json.iter().for_each(|json| secrets.add_from(json));
            // What is overwritten in the JSON stands in the text all the same.
            for (name, value) in answer.shadowed() {
                secrets.add_from(&Value::Object(Map::from_iter([(name, value)])));
            }
        }
        let common = client.common_headers().iter();
        let sent_headers = common.chain(&call.headers);
        let request = RequestRecord {
            method: call.method.clone(),
            url: secrets.redact(&call.url),
            headers: header_lines(
                sent_headers.map(|(name, value)| (name.as_str(), value.as_bytes())),
                secrets,
            ),
            body: call.body.as_ref().map(|body| cut(secrets.redact(body))),
        };
        let response = answer.map(|answer| {
            let headers = answer.headers.iter();
            let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
            ResponseRecord {
                status: answer.status,
                headers: header_lines(headers, secrets),
                body: cut(secrets.redact(&answer.text())),
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
        let value = cut_at(secrets.redact(&String::from_utf8_lossy(value)), room);
        room = room.saturating_sub(name.len() + value.len());
        lines.push(HeaderLine {
            name: cut_at(name.to_owned(), MOST_HEADERS),
            value,
        });
    }
    lines
}

const CUT: &str = " bytes more)";

/// Whether more was there than was kept.
pub(crate) fn is_cut(text: &str) -> bool {
    text.ends_with(CUT)
}

/// Cuts a text to the length of which it is kept; after redaction, as a secret cut in two would no longer be found.
pub(crate) fn cut(text: String) -> String {
    cut_at(text, LONGEST_BODY)
}

fn cut_at(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let mut end = longest;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let missing = text.len() - end;
        text.truncate(end);
        text.shrink_to_fit();
        text.extend(["… (", &missing.to_string(), CUT]);
    }
    text
}
