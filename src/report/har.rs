//! `exchanges.har`: the last call of every step as an HTTP archive 1.2, for the tools that show such archives.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::Report;
use crate::http::{Exchange, HeaderLine, RequestRecord, ResponseRecord};
use crate::run::{ScenarioResult, StepResult};

/// What an archive holds for what nobody has recorded.
const UNKNOWN: i64 = -1;
/// The version of HTTP of a call is not recorded.
const HTTP: &str = "HTTP";

/// Writes the exchanges of a report, in the order of its scenarios.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let log = Log {
        version: "1.2",
        creator: Creator {
            name: &report.tool.name,
            version: &report.tool.version,
        },
        entries: Entries(report),
    };
    Ok(serde_json::to_writer(to, &BTreeMap::from([("log", log)]))?)
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Creator<'a>,
    entries: Entries<'a>,
}

#[derive(Serialize)]
struct Creator<'a> {
    name: &'a str,
    version: &'a str,
}

/// The entries, made one at a time as they are written.
struct Entries<'a>(&'a Report);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.scenarios.iter().flat_map(|scenario| {
            let steps = scenario.steps.iter();
            steps.filter_map(move |step| {
                let exchange = step.exchange.as_ref()?;
                Some(Entry::of(scenario, step, exchange))
            })
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: Timestamp,
    time: f64,
    request: Request<'a>,
    response: Response<'a>,
    cache: Nothing,
    timings: Timings,
    /// The place in the suite.
    comment: String,
}

/// An object without members: no cache takes part.
#[derive(Serialize)]
struct Nothing {}

/// What is measured is the whole of it: all of it is waiting.
#[derive(Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: &'a str,
    url: &'a str,
    http_version: &'static str,
    /// Cookies stand among the headers, as they were sent.
    cookies: [(); 0],
    headers: &'a [HeaderLine],
    query_string: Vec<HeaderLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [(); 0],
    headers: &'a [HeaderLine],
    content: ResponseContent<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'a str,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContent<'a> {
    size: usize,
    mime_type: &'a str,
    text: &'a str,
}

impl<'a> Entry<'a> {
    fn of(scenario: &ScenarioResult, step: &StepResult, exchange: &'a Exchange) -> Self {
        let place = match step.line {
            0 => "the registration of an account".to_owned(),
            line => format!("line {line}"),
        };
        Self {
            started_date_time: exchange.sent,
            time: exchange.milliseconds,
            request: Request::of(&exchange.request),
            response: Response::of(exchange.response.as_ref()),
            cache: Nothing {},
            timings: Timings {
                send: 0.0,
                wait: exchange.milliseconds,
                receive: 0.0,
            },
            comment: format!("{}, {place}: {}", scenario.id, step.operation),
        }
    }
}

impl<'a> Request<'a> {
    fn of(request: &'a RequestRecord) -> Self {
        let body = request.body.as_deref();
        Self {
            method: &request.method,
            url: &request.url,
            http_version: HTTP,
            cookies: [],
            headers: &request.headers,
            query_string: query(&request.url),
            post_data: body.map(|text| PostData {
                mime_type: header(&request.headers, "content-type"),
                text,
            }),
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
        }
    }
}

impl<'a> Response<'a> {
    /// A call without an answer has status 0, as browsers archive it.
    fn of(response: Option<&'a ResponseRecord>) -> Self {
        let headers = response.map_or(&[][..], |response| &response.headers);
        let body = response.map_or("", |response| &response.body);
        Self {
            status: response.map_or(0, |response| response.status),
            status_text: "",
            http_version: HTTP,
            cookies: [],
            headers,
            content: ResponseContent {
                size: body.len(),
                mime_type: header(headers, "content-type"),
                text: body,
            },
            redirect_url: header(headers, "location"),
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
        }
    }
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
