//! Tests the conditions of expectations on an answer.

use super::inspect::internals;
use super::normalized_answer::NormalizedAnswer;
use super::outcome::Failure;
use super::scope::{Missing, Scope};
use crate::diagnostic::Span;
use crate::excerpt::Excerpt;
use crate::http::{Answer, LONGEST_BODY, Secrets, ServerClock};
use crate::suite::{Condition, Statuses, Suite};

/// The most lines about one schema.
const MOST_MISTAKES: usize = 8;

/// What became of a condition.
pub(super) enum Evaluation {
    Holds,
    Fails(Box<Failure>),
    Untried(Missing),
    /// The answer is not at hand as it was.
    Unknown,
}

/// Everything that a condition may look at.
pub(super) struct Evaluator<'a> {
    pub(super) suite: &'a Suite,
    pub(super) scope: &'a Scope,
    pub(super) answer: &'a Answer,
    pub(super) secrets: &'a Secrets,
    pub(super) clock: &'a ServerClock,
    /// What the call itself said.
    pub(super) words: &'a [String],
    /// How many of the calls of the step succeeded.
    pub(super) successes: usize,
    /// The statuses of those that were made at the same time as the one with this answer.
    pub(super) others: &'a [u16],
}

impl Evaluator<'_> {
    /// Tests one condition; what it says of a failure holds no secret.
    pub(super) fn test(&self, condition: &Condition, span: &Span) -> Evaluation {
        match self.failure(condition) {
            Ok(None) => Evaluation::Holds,
            Ok(Some(failure)) => Evaluation::Fails(Box::new(self.redacted(failure, span))),
            Err(missing) => Evaluation::Untried(missing),
        }
    }

    fn redacted(&self, failure: Failure, span: &Span) -> Failure {
        let redact = |text: &str| self.secrets.redact_start(text, LONGEST_BODY);
        Failure {
            message: redact(&failure.message),
            expected: redact(&failure.expected),
            actual: redact(&failure.actual),
            details: failure.details.iter().map(|line| redact(line)).collect(),
            path: failure.path.as_deref().map(redact),
            span: span.clone(),
            ..failure
        }
    }

    fn failure(&self, condition: &Condition) -> Result<Option<Failure>, Missing> {
        let answer = self.answer;
        Ok(match condition {
            Condition::Status(statuses) => (!statuses.contains(answer.status))
                .then(|| wrong_status(statuses, answer.status, "")),
            Condition::Schema(name) => self.schema_failure(name),
            Condition::IsJson => self.not_json(),
            Condition::NotHtml => self.answer.is_page().then(|| {
                let message = "the body is a page for people (HTML)";
                difference(
                    message.to_owned(),
                    "JSON, text, or nothing".to_owned(),
                    self.answer.text().into_owned(),
                )
            }),
            Condition::EmptyBody => (!answer.body.is_empty()).then(|| {
                difference(
                    format!("expected no body, got {} bytes", answer.body.len()),
                    String::new(),
                    answer.text().into_owned(),
                )
            }),
            Condition::Contains(template) => {
                let text = self.scope.text(template)?;
                (!says(answer, &text)).then(|| {
                    difference(
                        format!("the body does not contain `{text}`"),
                        format!("… {text} …"),
                        answer.text().into_owned(),
                    )
                })
            }
            Condition::NoSecrets => {
                let shown = self.secrets.shown_in(&answer.text());
                (!shown.is_empty()).then(|| {
                    let names = shown.join(", ");
                    difference(
                        format!("the body shows {names} or its SHA-256"),
                        "no secret".to_owned(),
                        names,
                    )
                })
            }
            Condition::NoInternals => internals(&answer.text()).map(|what| {
                difference(
                    format!("the body shows {what}"),
                    "nothing of the server's inside".to_owned(),
                    answer.text().into_owned(),
                )
            }),
            Condition::Header(name, word) => self.header_failure(name, word.as_deref()),
            Condition::SameResponse(position) => self.unlike(*position)?,
            Condition::Succeeded(count) => (self.successes != *count).then(|| {
                difference(
                    format!(
                        "{} of the calls succeeded, expected {count}",
                        self.successes
                    ),
                    format!("{count} answers of 2xx"),
                    format!("{} answers of 2xx", self.successes),
                )
            }),
            Condition::Others(statuses) => {
                let mut others = self.others.iter();
                let unexpected = others.find(|status| !statuses.contains(**status));
                unexpected.map(|status| wrong_status(statuses, *status, " of the other calls"))
            }
            Condition::At(path, test) => self.failure_at(path, test)?,
        })
    }

    fn not_json(&self) -> Option<Failure> {
        let media_type = self.answer.media_type();
        let says_so = is_json(&media_type);
        let actual = match (self.answer.json.is_some(), says_so) {
            (true, true) => return None,
            (false, _) => self.no_json(),
            (true, false) if media_type.is_empty() => "JSON without a content type".to_owned(),
            (true, false) => format!("JSON that says to be {media_type}"),
        };
        let message = format!("expected JSON that says so, got {actual}");
        Some(difference(message, "application/json".to_owned(), actual))
    }

    fn no_json(&self) -> String {
        match self.answer.flaw() {
            Some(why) => format!("no JSON: {why}"),
            None => "no JSON".to_owned(),
        }
    }

    fn header_failure(&self, name: &str, word: Option<&str>) -> Option<Failure> {
        let values = self.answer.headers.get_all(name.to_ascii_lowercase());
        let values: Vec<&str> = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let holds = match word {
            None => !values.is_empty(),
            Some(word) => values
                .iter()
                .flat_map(|value| value.split(','))
                .any(|item| item.trim().eq_ignore_ascii_case(word)),
        };
        let wanted = word.map_or_else(|| name.to_owned(), |word| format!("{name}: {word}"));
        (!holds).then(|| {
            let actual = match values.as_slice() {
                [] => format!("no {name}"),
                values => format!("{name}: {}", values.join(", ")),
            };
            difference(
                format!("expected the header `{wanted}`, got {actual}"),
                wanted,
                actual,
            )
        })
    }

    fn unlike(&self, position: usize) -> Result<Option<Failure>, Missing> {
        let other = self.scope.said(position)?;
        let said = &NormalizedAnswer::by(self.answer, self.words);
        if other.status != said.status {
            return Ok(Some(difference(
                format!(
                    "the answers tell the two apart: status {} there, {} here",
                    other.status, said.status
                ),
                format!("status {}", other.status),
                format!("status {}", said.status),
            )));
        }
        let pretty =
            |said: &NormalizedAnswer| serde_json::to_string_pretty(&said.body).unwrap_or_default();
        Ok((other.body != said.body).then(|| {
            difference(
                "the answers tell the two apart: their bodies differ".to_owned(),
                pretty(other),
                pretty(said),
            )
        }))
    }

    fn schema_failure(&self, name: &str) -> Option<Failure> {
        let Some(json) = &self.answer.json else {
            let actual = match self.answer.media_type() {
                media_type if media_type.is_empty() || is_json(&media_type) => self.no_json(),
                media_type => format!("no JSON but {media_type}"),
            };
            let message = format!("expected JSON of the schema `{name}`, got {actual}");
            return Some(difference(message, format!("schema {name}"), actual));
        };
        let schema = self.suite.schemas.get(name)?;
        let mistakes = schema.mistakes_in(json);
        let first = mistakes.first()?;
        let place = |path: &str| {
            if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            }
        };
        let mut details: Vec<String> = mistakes
            .iter()
            .take(MOST_MISTAKES)
            .map(|mistake| {
                format!(
                    "at {} of the body: {} ({}#{})",
                    place(&mistake.instance_path),
                    mistake.message,
                    schema.source.path,
                    mistake.schema_path
                )
            })
            .collect();
        if mistakes.len() > MOST_MISTAKES {
            details.push(format!("and {} more", mistakes.len() - MOST_MISTAKES));
        }
        let message = format!(
            "the body does not satisfy the schema `{name}`: at {}, {}",
            place(&first.instance_path),
            first.message
        );
        Some(Failure {
            details,
            ..difference(message, String::new(), String::new())
        })
    }
}

/// Whether a text stands in the body, as it was sent or as JSON that escapes it.
fn says(answer: &Answer, text: &str) -> bool {
    let unescaped = || answer.json.as_ref().map(ToString::to_string);
    answer.text().contains(text) || unescaped().is_some_and(|json| json.contains(text))
}

/// A status that is none of those expected; `whose` says of which calls, if not of the one that is judged.
pub(super) fn wrong_status(expected: &Statuses, status: u16, whose: &str) -> Failure {
    difference(
        format!("expected status {expected}{whose}, got {status}"),
        format!("status {expected}"),
        format!("status {status}"),
    )
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

pub(super) fn difference(message: String, expected: String, actual: String) -> Failure {
    Failure {
        message,
        expected,
        actual,
        details: Vec::new(),
        hint: None,
        path: None,
        excerpt: Excerpt::default(),
        span: 0..0,
    }
}
