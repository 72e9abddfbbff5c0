//! The story of a clause that failed: in what, after which calls, at which place of the suite. The terminal, the page and
//! JUnit tell the same one.

use std::cmp::Reverse;

use super::Report;
use super::causes::{Causes, Failed, failures_of};
use super::difference::{Line, difference};
use crate::contract::{Level, Profile};
use crate::http::Exchange;
use crate::run::{Failure, Plan, ScenarioResult, StepResult};
use crate::verdict::{ClauseVerdict, Verdict, Waived};

/// What is told of a clause.
#[derive(Debug)]
pub struct Story<'a> {
    /// The clause.
    pub clause: ClauseWords,
    /// The scenario that shows it best.
    pub scenario: &'a ScenarioResult,
    /// The step that failed.
    pub step: &'a StepResult,
    /// In what it failed.
    pub failure: &'a Failure,
    /// The line of the expectation that failed.
    pub line: usize,
    /// The calls before it, but for those that only read.
    pub before: Vec<&'a StepResult>,
    /// The other places that show it: file and line.
    pub others: Vec<(&'a str, usize)>,
}

/// A clause, as far as a story needs it.
#[derive(Debug, Clone)]
pub struct ClauseWords {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The profile it belongs to.
    pub profile: Profile,
    /// The clause itself.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// Why its violation does not fail the run, where it is waived.
    pub waived: Option<Waived>,
}

impl ClauseWords {
    /// A clause on which a run of `plan` gives a verdict.
    pub(super) fn of_plan(plan: &Plan, id: &str) -> Option<Self> {
        let contract = &plan.suite.contract;
        let clause = contract.clause(id).filter(|_| plan.covers(id))?;
        Some(Self {
            id: clause.id.value.clone(),
            level: clause.level,
            profile: clause.profile,
            text: clause.text.clone(),
            source: contract.source_of(clause),
            waived: plan.waiver(clause).map(Waived::from),
        })
    }
}

impl From<&ClauseVerdict> for ClauseWords {
    fn from(clause: &ClauseVerdict) -> Self {
        Self {
            id: clause.id.clone(),
            level: clause.level,
            profile: clause.profile,
            text: clause.text.clone(),
            source: clause.source.clone(),
            waived: clause.waived.clone(),
        }
    }
}

impl Report {
    /// The story of a clause that failed; nothing of any other.
    #[must_use]
    pub fn story(&self, clause: &ClauseVerdict) -> Option<Story<'_>> {
        Story::of(&self.scenarios, clause.into())
    }

    /// The stories of all clauses that failed: those that fail the run first, and of them those that keep most others from
    /// being verified.
    #[must_use]
    pub fn stories(&self) -> Vec<Story<'_>> {
        let causes = Causes::of(self);
        let mut failed: Vec<&ClauseVerdict> = self.verdicts.with(Verdict::Fail).collect();
        failed.sort_by_key(|clause| (!clause.fails(), Reverse(causes.followers(&clause.id))));
        let stories = failed.into_iter().map(|clause| self.story(clause));
        stories.flatten().collect()
    }
}

impl<'a> Story<'a> {
    /// The story of a clause that failed in some of these scenarios; nothing if it failed in none.
    #[must_use]
    pub fn of(results: &'a [ScenarioResult], clause: ClauseWords) -> Option<Self> {
        let shown = results.iter().flat_map(|result| {
            let failures = failures_of(result);
            let verifying =
                failures.filter(|failed| failed.expectation.verifies.contains(&clause.id));
            verifying.map(move |failed| (result, failed))
        });
        let mut shown: Vec<_> = shown.collect();
        // What a schema says of a body is sharper than a number that differs; and fewer calls are easier to follow.
        shown.sort_by_key(|(_, failed)| (failed.failure.details.is_empty(), failed.position));
        let mut places = shown
            .iter()
            .map(|(result, failed)| (result.file.as_str(), failed.failure.excerpt.line));
        let first = places.next()?;
        let mut others: Vec<_> = places.filter(|place| *place != first).collect();
        others.sort_unstable();
        others.dedup();
        let (scenario, failed) = shown.swap_remove(0);
        let Failed {
            position,
            step,
            expectation,
            failure,
        } = failed;
        let line = expectation.line;
        let before = scenario.steps[..position].iter();
        Some(Self {
            before: before.filter(|step| changes_something(step)).collect(),
            clause,
            scenario,
            step,
            failure,
            line,
            others,
        })
    }

    /// What was expected and what was there, and what may be the cause.
    pub(super) fn why(&self) -> String {
        let Failure { message, hint, .. } = self.failure;
        match hint {
            Some(hint) => format!("{message}\n{hint}"),
            None => message.clone(),
        }
    }
}

pub(super) fn changes_something(step: &StepResult) -> bool {
    let method = step
        .exchange
        .as_deref()
        .map(|one| one.request.method.as_str());
    method.is_some_and(|method| method != "GET")
}

/// The call of a step on one line: method, path, what tells the caller, status, and what it gave.
pub(super) fn call_line(exchange: &Exchange) -> String {
    const STANDARD: [&str; 5] = [
        "authorization",
        "content-type",
        "accept",
        "accept-encoding",
        "user-agent",
    ];
    let request = &exchange.request;
    let headers = || request.headers.iter();
    let path = path_of(&request.url);
    let told = headers().filter(|header| !STANDARD.contains(&header.name.as_str()));
    let told: Vec<&str> = told.map(|header| header.value.as_str()).collect();
    let caller = match told.as_slice() {
        [] => String::new(),
        told => format!(" ({})", told.join(", ")),
    };
    let bearer = headers().find(|header| header.name == "authorization");
    let bearer = bearer.map_or_else(String::new, |header| {
        let token = header.value.strip_prefix("Bearer ");
        format!(" with {}", token.unwrap_or(&header.value))
    });
    let answer = answer_words(exchange);
    format!("{} {path}{caller}{bearer}: {answer}", request.method)
}

/// The status of an answer, and the token that it gives.
pub(super) fn answer_words(exchange: &Exchange) -> String {
    exchange.response.as_ref().map_or_else(
        || "no answer".to_owned(),
        |response| match given_token(&response.body) {
            Some(token) => format!("{}, gives {token}", response.status),
            None => response.status.to_string(),
        },
    )
}

/// The lines about a body that the message does not say: a single one stands there.
pub(super) fn further_details(failure: &Failure) -> &[String] {
    match failure.details.as_slice() {
        [_] => &[],
        details => details,
    }
}

/// What was expected against what was there, unless the message says it: a single value against another one.
pub(super) fn further_difference(failure: &Failure) -> Vec<Line> {
    let lines = difference(&failure.expected, &failure.actual);
    if lines.len() > 2 { lines } else { Vec::new() }
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// The pseudonym of the first token in a body.
fn given_token(body: &str) -> Option<&str> {
    let starts = ["<token-", "<totp-token-"];
    let start = starts.iter().filter_map(|start| body.find(start)).min()?;
    let end = body[start..].find('>')?;
    Some(&body[start..=start + end])
}
