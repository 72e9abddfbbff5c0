//! What did not hold, told as in the terminal.

use super::super::Report;
use super::super::curl_line;
use super::super::difference::{Line, difference};
use super::super::exchanges::{pretty_json, relevant_headers};
use super::super::story::{FailureStory, Story};
use super::super::summary::causes;
use super::clauses::anchor;
use super::duration::duration;
use crate::http::{Exchange, HeaderLine};
use crate::printable::printable;
use crate::run::{Outcome, ScenarioResult};

/// The most stories that are told in full: a page that holds thousands of them is read by nobody, and opens slowly.
const MOST: usize = 150;
/// The most characters of a body that stand on the page; the archive of exchanges has the rest.
const LONGEST_BODY: usize = 4_000;

/// The violations first, then what kept clauses from being verified.
pub(super) struct Stories<'a> {
    pub(super) violations: Vec<ScenarioStory<'a>>,
    pub(super) others: Vec<ScenarioStory<'a>>,
    /// How many more there are.
    pub(super) left_out: usize,
    /// Reasons why clauses are inconclusive, each with the clauses.
    pub(super) inconclusive: Vec<(String, Vec<&'a str>)>,
}

/// One scenario that did not pass without a remark.
pub(super) struct ScenarioStory<'a> {
    pub(super) result: &'a ScenarioResult,
    pub(super) anchor: String,
    pub(super) reason: Option<String>,
    pub(super) failures: Vec<FailureView<'a>>,
    pub(super) registration: Option<ExchangeView>,
}

/// One expectation that failed.
pub(super) struct FailureView<'a> {
    pub(super) told: FailureStory<'a>,
    pub(super) message: String,
    pub(super) details: Vec<String>,
    pub(super) difference: Vec<Line>,
    pub(super) exchange: Option<ExchangeView>,
}

/// A request and its response.
pub(super) struct ExchangeView {
    pub(super) took: String,
    pub(super) request: String,
    pub(super) response: Option<(u16, String)>,
    pub(super) curl: String,
}

impl<'a> Stories<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let told = report.scenarios.iter();
        let told = told.filter_map(|result| Some((result, report.story(result)?)));
        let (violations, others): (Vec<_>, Vec<_>) = told.partition(|(_, story)| {
            let mut failures = story.failures.iter();
            failures.any(|failure| !failure.clauses.is_empty())
        });
        let count = violations.len() + others.len();
        let views = |told: Vec<(&'a ScenarioResult, Story<'a>)>, most: usize| -> Vec<_> {
            let told = told.into_iter().take(most);
            told.map(|(result, story)| ScenarioStory::of(result, story))
                .collect()
        };
        let violations = views(violations, MOST);
        let others = views(others, MOST - violations.len());
        let inconclusive = causes(report).into_iter().map(|(cause, clauses)| {
            let ids = clauses.iter().map(|clause| clause.id.as_str());
            (printable(cause), ids.collect())
        });
        Self {
            left_out: count.saturating_sub(MOST),
            violations,
            others,
            inconclusive: inconclusive.collect(),
        }
    }
}

impl<'a> ScenarioStory<'a> {
    fn of(result: &'a ScenarioResult, story: Story<'a>) -> Self {
        Self {
            result,
            anchor: anchor(&result.id),
            reason: story
                .reason
                .filter(|(outcome, _)| *outcome != Outcome::Failed)
                .map(|(outcome, reason)| printable(&format!("{outcome}: {reason}"))),
            failures: story.failures.into_iter().map(FailureView::of).collect(),
            registration: story.registration.map(ExchangeView::of),
        }
    }
}

impl<'a> FailureView<'a> {
    fn of(told: FailureStory<'a>) -> Self {
        let failure = told.failure;
        let mut difference = difference(&failure.expected, &failure.actual);
        for (_, piece) in difference.iter_mut().flat_map(|line| &mut line.pieces) {
            *piece = shortened(printable(piece));
        }
        Self {
            message: printable(&failure.message),
            details: failure.details.iter().map(|line| printable(line)).collect(),
            difference,
            exchange: told.step.exchange.as_deref().map(ExchangeView::of),
            told,
        }
    }
}

impl ExchangeView {
    fn of(exchange: &Exchange) -> Self {
        let request = &exchange.request;
        let first = format!("{} {}\n", request.method, request.url);
        let body = request.body.as_deref().unwrap_or_default();
        Self {
            took: duration(exchange.milliseconds),
            request: first + &message(&request.headers, body),
            response: exchange.response.as_ref().map(|response| {
                let text = message(&response.headers, &response.body);
                (response.status, text)
            }),
            curl: printable(&curl_line(exchange)),
        }
    }
}

/// Headers and body as they are shown.
fn message(headers: &[HeaderLine], body: &str) -> String {
    let mut text = String::new();
    for header in relevant_headers(headers) {
        text.extend([&header.name, ": ", &header.value, "\n"]);
    }
    if !body.is_empty() {
        text.push('\n');
        text.push_str(&shortened(pretty_json(body)));
    }
    printable(text.trim_end())
}

fn shortened(mut text: String) -> String {
    let end = text.floor_char_boundary(LONGEST_BODY);
    if end < text.len() {
        text.truncate(end);
        text.push('…');
    }
    text
}
