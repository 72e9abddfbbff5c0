//! What did not hold, told as in the terminal.

use super::super::Report;
use super::super::curl_line;
use super::super::difference::{Side, difference};
use super::super::exchanges::{pretty_json, relevant_headers};
use super::super::story::{ClauseWords, FailureStory, Story};
use super::clauses::anchor;
use super::duration::duration;
use crate::http::{Exchange, HeaderLine};
use crate::printable::printable;
use crate::run::{Outcome, ScenarioResult};
use crate::verdict::Verdict;

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
    pub(super) clauses: Vec<ClauseWords>,
    pub(super) message: String,
    pub(super) path: Option<&'a str>,
    pub(super) place: String,
    pub(super) line: usize,
    pub(super) excerpt: [String; 3],
    pub(super) details: Vec<String>,
    pub(super) hint: Option<&'a str>,
    pub(super) difference: Vec<DifferenceLine>,
    pub(super) calls: u32,
    pub(super) exchange: Option<ExchangeView>,
}

/// A line of a comparison.
pub(super) struct DifferenceLine {
    pub(super) class: &'static str,
    pub(super) sign: char,
    /// What a screen reader says before it.
    pub(super) word: &'static str,
    /// Each with whether it is what tells the line from its counterpart.
    pub(super) pieces: Vec<(bool, String)>,
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
        let mut views = violations.into_iter().chain(others).take(MOST);
        let mut views: Vec<ScenarioStory<'a>> = views
            .by_ref()
            .map(|(result, story)| ScenarioStory::of(result, story))
            .collect();
        let first_other = views.partition_point(|view| {
            let mut failures = view.failures.iter();
            failures.any(|failure| !failure.clauses.is_empty())
        });
        let others = views.split_off(first_other);
        Self {
            left_out: count.saturating_sub(MOST),
            violations: views,
            others,
            inconclusive: inconclusive(report),
        }
    }
}

/// One cause commonly leaves many clauses inconclusive: it is told once.
fn inconclusive(report: &Report) -> Vec<(String, Vec<&str>)> {
    let mut causes: Vec<(String, Vec<&str>)> = Vec::new();
    for clause in report.verdicts.with(Verdict::Inconclusive) {
        let reason = clause.reason.as_deref().unwrap_or_default();
        let cause = printable(reason.lines().next().unwrap_or_default());
        match causes.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, ids)) => ids.push(&clause.id),
            None => causes.push((cause, vec![&clause.id])),
        }
    }
    causes
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
    fn of(story: FailureStory<'a>) -> Self {
        let failure = story.failure;
        let lines = difference(&failure.expected, &failure.actual);
        Self {
            clauses: story.clauses,
            message: printable(&failure.message),
            path: failure.path.as_deref(),
            place: failure.excerpt.place(),
            line: failure.excerpt.line,
            excerpt: failure.excerpt.parts().map(str::to_owned),
            details: failure.details.iter().map(|line| printable(line)).collect(),
            hint: failure.hint.as_deref(),
            difference: lines
                .into_iter()
                .map(|line| DifferenceLine {
                    class: match line.side {
                        Side::Expected => "expected",
                        Side::Actual => "actual",
                        Side::Both => "both",
                    },
                    sign: line.side.sign(),
                    word: match line.side {
                        Side::Expected => "expected: ",
                        Side::Actual => "actual: ",
                        Side::Both => "",
                    },
                    pieces: line
                        .pieces
                        .into_iter()
                        .map(|(differs, piece)| (differs, shortened(printable(&piece))))
                        .collect(),
                })
                .collect(),
            calls: story.step.calls,
            exchange: story.step.exchange.as_deref().map(ExchangeView::of),
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
