//! `exchanges.har`: the last call of every step as an HTTP archive 1.2, for the tools that show such archives.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Report;
use crate::http::{Exchange, HeaderLine, RequestRecord, ResponseRecord};
use crate::run::{ScenarioResult, StepResult};

/// What an archive holds for what nobody has recorded.
const UNKNOWN: i64 = -1;
/// The version of HTTP of a call is not recorded.
const HTTP: &str = "HTTP";

/// Writes the exchanges of a report, in the order of its scenarios.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let archive = Archive {
        log: Log {
            version: "1.2",
            creator: json!({ "name": report.tool.name, "version": report.tool.version }),
            entries: Entries(report),
        },
    };
    Ok(serde_json::to_writer(to, &archive)?)
}

#[derive(Serialize)]
struct Archive<'a> {
    log: Log<'a>,
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Value,
    entries: Entries<'a>,
}

/// The entries, made one at a time as they are written.
struct Entries<'a>(&'a Report);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.scenarios.iter().flat_map(|scenario| {
            let steps = scenario.steps.iter();
            steps.filter_map(move |step| Some(entry(scenario, step, step.exchange.as_ref()?)))
        }))
    }
}

fn entry(scenario: &ScenarioResult, step: &StepResult, exchange: &Exchange) -> Value {
    let place = match step.line {
        0 => "the registration of an account".to_owned(),
        line => format!("line {line}"),
    };
    json!({
        "startedDateTime": exchange.sent,
        "time": exchange.milliseconds,
        "request": request(&exchange.request),
        "response": response(exchange.response.as_ref()),
        // No cache takes part.
        "cache": {},
        // What is measured is the whole of it: all of it is waiting.
        "timings": { "send": 0.0, "wait": exchange.milliseconds, "receive": 0.0 },
        "comment": format!("{}, {place}: {}", scenario.id, step.operation),
    })
}

fn request(request: &RequestRecord) -> Value {
    let mut archived = json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": HTTP,
        // Cookies stand among the headers, as they were sent.
        "cookies": [],
        "headers": request.headers,
        "queryString": query(&request.url),
    });
    if let Some(text) = &request.body {
        let media_type = header(&request.headers, "content-type");
        archived["postData"] = json!({ "mimeType": media_type, "text": text });
    }
    archived["headersSize"] = UNKNOWN.into();
    archived["bodySize"] = UNKNOWN.into();
    archived
}

/// A call without an answer has status 0, as browsers archive it.
fn response(response: Option<&ResponseRecord>) -> Value {
    let headers = response.map_or(&[][..], |response| &response.headers);
    let body = response.map_or("", |response| &response.body);
    let media_type = header(headers, "content-type");
    json!({
        "status": response.map_or(0, |response| response.status),
        "statusText": "",
        "httpVersion": HTTP,
        "cookies": [],
        "headers": headers,
        "content": { "size": body.len(), "mimeType": media_type, "text": body },
        "redirectURL": header(headers, "location"),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    })
}

/// The value of a header; empty where there is none.
fn header<'a>(headers: &'a [HeaderLine], name: &str) -> &'a str {
    let mut headers = headers.iter();
    let found = headers.find(|header| header.name.eq_ignore_ascii_case(name));
    found.map_or("", |header| &header.value)
}

/// The parameters in the query of an address, as they stand there.
fn query(url: &str) -> Vec<HeaderLine> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let parameters = parameters.map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        HeaderLine {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    });
    parameters.collect()
}
