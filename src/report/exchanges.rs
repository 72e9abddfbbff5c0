//! Exchanges as a terminal shows them: in the story of a scenario, or all of them (`-v`, `-vv`).

use std::fmt::Write as _;

use crate::http::{Exchange, HeaderLine};
use crate::printable::printable;
use crate::run::ScenarioResult;

/// The most lines of a body in a story.
const MOST_LINES: usize = 12;

/// How much of each exchange is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// A line: method, address, status and time.
    Line,
    /// Headers and bodies as well.
    Whole,
}

/// How much of headers and bodies is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What matters to the reader of a story, and of a body its start.
    Story,
    /// The same with the whole body.
    Body,
    /// All that is kept.
    All,
}

/// The exchanges of a scenario, under its name.
#[must_use]
pub fn exchanges(result: &ScenarioResult, detail: Detail) -> String {
    let mut text = format!("{}: {}\n", result.id, result.outcome);
    for step in &result.steps {
        let Some(exchange) = &step.exchange else {
            continue;
        };
        if step.calls > 1 {
            let _ = writeln!(text, "  the last of {} calls:", step.calls);
        }
        match detail {
            Detail::Line => tell_line(&mut text, exchange),
            Detail::Whole => write_exchange(&mut text, exchange, Extent::All),
        }
    }
    printable(text.trim_end())
}

fn tell_line(text: &mut String, exchange: &Exchange) {
    let (request, milliseconds) = (&exchange.request, exchange.milliseconds);
    let response = exchange.response.as_ref();
    let status = response.map_or_else(
        || "no answer".to_owned(),
        |response| response.status.to_string(),
    );
    let _ = writeln!(
        text,
        "  {} {}: {status} ({milliseconds:.0} ms)",
        request.method, request.url
    );
}

pub(super) fn write_exchange(text: &mut String, exchange: &Exchange, extent: Extent) {
    let request = &exchange.request;
    let _ = writeln!(text, "the exchange ({:.0} ms):", exchange.milliseconds);
    let _ = writeln!(text, "  > {} {}", request.method, request.url);
    tell_headers(text, '>', &request.headers, extent);
    if let Some(body) = &request.body {
        for line in body.lines() {
            let _ = writeln!(text, "  > {line}");
        }
    }
    if let Some(response) = &exchange.response {
        let most = match extent {
            Extent::Story => MOST_LINES,
            Extent::Body | Extent::All => usize::MAX,
        };
        let _ = writeln!(text, "  < {}", response.status);
        tell_headers(text, '<', &response.headers, extent);
        let body = pretty_json(&response.body);
        for line in body.lines().take(most) {
            let _ = writeln!(text, "  < {line}");
        }
        if body.lines().nth(most).is_some() {
            text.push_str("  < …\n");
        }
    }
}

fn tell_headers(text: &mut String, side: char, headers: &[HeaderLine], extent: Extent) {
    for header in headers {
        if extent == Extent::All || is_relevant_header(header) {
            let _ = writeln!(text, "  {side} {}: {}", header.name, header.value);
        }
    }
}

/// The headers that matter to a reader.
pub(super) fn relevant_headers(headers: &[HeaderLine]) -> impl Iterator<Item = &HeaderLine> {
    headers.iter().filter(|header| is_relevant_header(header))
}

fn is_relevant_header(header: &HeaderLine) -> bool {
    const DULL: [&str; 8] = [
        "accept-encoding",
        "etag",
        "keep-alive",
        "user-agent",
        "date",
        "content-length",
        "server",
        "connection",
    ];
    !DULL.contains(&header.name.as_str())
}

/// JSON on several lines; anything else as it stands.
pub(super) fn pretty_json(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| body.to_owned())
}
