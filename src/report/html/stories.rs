//! What did not hold, told as in the terminal: a card a clause.

use super::super::Report;
use super::super::causes::{Causes, Root, failures_of};
use super::super::curl_line;
use super::super::difference::Line;
use super::super::exchanges::{pretty_json, relevant_headers};
use super::super::story::{Story, call_line, further_details, further_difference};
use super::duration::duration;
use crate::http::{Exchange, HeaderLine};
use crate::printable::{one_line, printable};
use crate::run::{Outcome, ScenarioResult};

/// The most stories that are told in full: a page that holds thousands of them is read by nobody, and opens slowly.
const MOST: usize = 150;
/// The most characters of a body that stand on the page; the archive of exchanges has the rest.
const LONGEST_BODY: usize = 4_000;

/// The clauses that failed, then what kept others from being verified.
pub(super) struct Stories<'a> {
    pub(super) failed: Vec<Card<'a>>,
    /// Why clauses are inconclusive, each with the clauses.
    pub(super) inconclusive: Vec<(Cause<'a>, Vec<&'a str>)>,
    /// The scenarios that did not pass although no clause failed in them.
    pub(super) blocked: Vec<Blocked<'a>>,
    /// How many more of either there are.
    pub(super) left_out: usize,
}

/// A clause that failed.
pub(super) struct Card<'a> {
    pub(super) told: Story<'a>,
    pub(super) class: &'static str,
    pub(super) message: String,
    pub(super) details: Vec<String>,
    pub(super) difference: Vec<Line>,
    /// The calls that led there, and last the one that failed.
    pub(super) calls: Vec<String>,
    pub(super) exchange: Option<ExchangeView>,
}

/// Why clauses are inconclusive.
pub(super) enum Cause<'a> {
    /// A clause that failed.
    Clause(&'a str),
    /// Anything else.
    Words(String),
}

/// A scenario that did not pass, and the precondition that failed.
pub(super) struct Blocked<'a> {
    pub(super) result: &'a ScenarioResult,
    pub(super) reason: String,
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
        let stories = report.stories();
        let scenarios = report.scenarios.iter().filter(|result| {
            result.outcome != Outcome::Passed
                && failures_of(result).all(|failed| failed.expectation.verifies.is_empty())
        });
        let blocked: Vec<Blocked<'_>> = scenarios.map(Blocked::of).collect();
        let causes = Causes::of(report);
        let inconclusive = causes.iter().map(|(root, clauses)| {
            let cause = match root {
                Root::Clause(id) => Cause::Clause(id),
                Root::Precondition(what) => Cause::Words(printable(what)),
                Root::Lack(reason) | Root::Reason(reason) => Cause::Words(printable(reason)),
            };
            (
                cause,
                clauses.iter().map(|clause| clause.id.as_str()).collect(),
            )
        });
        let shown = stories.len().min(MOST);
        Self {
            left_out: (stories.len() + blocked.len()).saturating_sub(MOST),
            inconclusive: inconclusive.collect(),
            failed: stories.into_iter().take(MOST).map(Card::of).collect(),
            blocked: blocked.into_iter().take(MOST - shown).collect(),
        }
    }
}

impl<'a> Card<'a> {
    fn of(told: Story<'a>) -> Self {
        let failure = told.failure;
        let mut difference = further_difference(failure);
        for (_, piece) in difference.iter_mut().flat_map(|line| &mut line.pieces) {
            *piece = shortened(printable(piece));
        }
        let steps = told.before.iter().chain([&told.step]);
        let calls = steps.filter_map(|step| step.exchange.as_deref());
        Self {
            class: if told.clause.waived.is_some() {
                "waived"
            } else {
                "fail"
            },
            message: printable(&failure.message),
            details: (further_details(failure).iter())
                .map(|line| printable(line))
                .collect(),
            difference,
            calls: calls
                .map(|exchange| one_line(&call_line(exchange)))
                .collect(),
            exchange: told.step.exchange.as_deref().map(ExchangeView::of),
            told,
        }
    }
}

impl<'a> Blocked<'a> {
    fn of(result: &'a ScenarioResult) -> Self {
        let reason = result.reason.as_deref().unwrap_or_default();
        let failed = failures_of(result).next().map(|failed| failed.step);
        let mut opening = result.steps.iter();
        let opening = opening.find(|step| step.position.is_none() && step.reason.is_some());
        let exchange = failed.or(opening).and_then(|step| step.exchange.as_deref());
        Self {
            result,
            reason: printable(&format!("{}: {reason}", result.outcome)),
            exchange: exchange.map(ExchangeView::of),
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
