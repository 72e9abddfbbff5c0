//! Tests the conditions of expectations on an answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::compare::{equal, first_disorder, first_twice, instant, seconds_in_words};
use super::outcome::Failure;
use super::scope::{Missing, Scope};
use crate::diagnostic::Span;
use crate::suite::{Condition, PathTemplate, Suite, Test, fill_json};
use crate::target::{Answer, Secrets, ServerClock};

/// The most lines about one schema.
const MOST_MISTAKES: usize = 8;

/// What became of a condition.
pub(super) enum Verdict {
    Holds,
    Fails(Failure),
    Untried(Missing),
}

/// Everything that a condition may look at.
pub(super) struct Evaluator<'a> {
    pub(super) suite: &'a Suite,
    pub(super) scope: &'a Scope,
    pub(super) answer: &'a Answer,
    pub(super) secrets: &'a Secrets,
    pub(super) clock: &'a ServerClock,
}

impl Evaluator<'_> {
    /// Tests one condition; what it says of a failure holds no secret.
    pub(super) fn test(&self, condition: &Condition, span: &Span) -> Verdict {
        match self.failure(condition) {
            Ok(None) => Verdict::Holds,
            Ok(Some(failure)) => Verdict::Fails(self.redacted(failure, span)),
            Err(missing) => Verdict::Untried(missing),
        }
    }

    fn redacted(&self, failure: Failure, span: &Span) -> Failure {
        let redact = |text: &str| self.secrets.redact(text);
        Failure {
            message: redact(&failure.message),
            expected: redact(&failure.expected),
            actual: redact(&failure.actual),
            details: failure.details.iter().map(|line| redact(line)).collect(),
            span: span.clone(),
            ..failure
        }
    }

    fn failure(&self, condition: &Condition) -> Result<Option<Failure>, Missing> {
        let answer = self.answer;
        Ok(match condition {
            Condition::Status(statuses) => (!statuses.contains(answer.status)).then(|| {
                difference(
                    format!("expected status {statuses}, got {}", answer.status),
                    format!("status {statuses}"),
                    format!("status {}", answer.status),
                )
            }),
            Condition::Schema(name) => self.schema_failure(name),
            Condition::EmptyBody => (!answer.body.is_empty()).then(|| {
                difference(
                    format!("expected no body, got {} bytes", answer.body.len()),
                    String::new(),
                    answer.text(),
                )
            }),
            Condition::Contains(template) => {
                let text = self.scope.text(template)?;
                (!answer.text().contains(&text)).then(|| {
                    difference(
                        format!("the body does not contain `{text}`"),
                        format!("… {text} …"),
                        answer.text(),
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
            Condition::At(path, test) => self.place_failure(path, test)?,
        })
    }

    fn schema_failure(&self, name: &str) -> Option<Failure> {
        let Some(json) = &self.answer.json else {
            let actual = match self.answer.media_type() {
                media_type if media_type.is_empty() => "no JSON".to_owned(),
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

    fn place_failure(&self, path: &PathTemplate, test: &Test) -> Result<Option<Failure>, Missing> {
        let mut value_of = |expression: &_| self.scope.value(expression);
        let place = path.text(&mut value_of)?;
        let nothing = Value::Null;
        let body = self.answer.json.as_ref().unwrap_or(&nothing);
        let found = path.select(body, &mut value_of)?;
        let one = match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(nowhere(&place)),
            many => Err(difference(
                format!("expected one value at {place}, got {}", many.len()),
                "1 value".to_owned(),
                format!("{} values", many.len()),
            )),
        };
        match test {
            // `null` is as good as nothing: some servers send every member.
            Test::Absent => Ok((!found.iter().all(|value| value.is_null())).then(|| {
                let actual: Vec<String> = found.iter().map(ToString::to_string).collect();
                difference(
                    format!("expected nothing at {place}"),
                    "nothing".to_owned(),
                    actual.join("\n"),
                )
            })),
            Test::Count(count) => {
                let expected = fill_json(count, &mut value_of)?;
                let actual = Value::from(found.len());
                Ok((!equal(&expected, &actual)).then(|| {
                    difference(
                        format!("expected {expected} at {place}, got {actual}"),
                        format!("{expected} values"),
                        format!("{actual} values"),
                    )
                }))
            }
            Test::Unique => Ok(first_twice(&found).map(|twice| {
                let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
                difference(
                    format!("expected different values at {place}, got {twice} twice"),
                    "different values".to_owned(),
                    lines.join("\n"),
                )
            })),
            Test::Sorted(order) => Ok(first_disorder(&found, *order).map(|(a, b)| {
                let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
                difference(
                    format!("{place} is not in {order:?} order: {a} stands before {b}")
                        .to_lowercase(),
                    format!("{order:?} order").to_lowercase(),
                    lines.join("\n"),
                )
            })),
            Test::Equals(expected) => {
                let expected = fill_json(expected, &mut value_of)?;
                Ok(one.map_or_else(Some, |actual| {
                    (!equal(&expected, actual)).then(|| {
                        difference(
                            format!("expected {expected} at {place}, got {actual}"),
                            pretty(&expected),
                            pretty(actual),
                        )
                    })
                }))
            }
            Test::Near { offset, within } => Ok(one.map_or_else(Some, |actual| {
                self.near_failure(&place, actual, *offset, within.as_secs())
            })),
            Test::SameInstant(template) => {
                let text = self.scope.text(template)?;
                let Some(expected) = instant(&Value::String(text.clone())) else {
                    return Err(Missing(format!("`{text}` is no instant to compare with")));
                };
                Ok(one.map_or_else(Some, |actual| {
                    (!instant(actual).is_some_and(|actual| same(actual, expected))).then(|| {
                        difference(
                            format!("expected the instant {text} at {place}, got {actual}"),
                            text,
                            actual.to_string(),
                        )
                    })
                }))
            }
        }
    }

    fn near_failure(
        &self,
        place: &str,
        actual: &Value,
        offset: i64,
        within: u64,
    ) -> Option<Failure> {
        // The server's own `Date` first: it takes the difference of the clocks out.
        let now = self
            .answer
            .date()
            .unwrap_or_else(|| self.clock.at(self.answer.midpoint()));
        let expected = now
            .saturating_add(SignedDuration::from_secs(offset))
            .unwrap_or(now);
        let tolerance = i64::try_from(within).unwrap_or(i64::MAX);
        let in_words = format!(
            "{} ({} after the answer, give or take {})",
            round(expected),
            seconds_in_words(offset),
            seconds_in_words(tolerance)
        );
        let Some(there) = instant(actual) else {
            let message = format!("expected an instant (RFC 3339) at {place}, got {actual}");
            return Some(difference(message, in_words, actual.to_string()));
        };
        let off = there.as_second() - expected.as_second();
        (off.abs() > tolerance).then(|| {
            let (amount, side) = (off.abs(), if off < 0 { "early" } else { "late" });
            difference(
                format!(
                    "{place} is {} too {side}: {actual}",
                    duration_in_words(amount)
                ),
                in_words,
                round(there).to_string(),
            )
        })
    }
}

/// One place may show the fraction of a second that another has cut off or rounded.
fn same(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).abs() < SignedDuration::from_secs(1)
}

fn round(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

/// Days and hours for a difference that need not be exact.
fn duration_in_words(seconds: i64) -> String {
    match (
        seconds / 86_400,
        seconds % 86_400 / 3_600,
        seconds % 3_600 / 60,
    ) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn nowhere(place: &str) -> Failure {
    difference(
        format!("there is nothing at {place}"),
        "a value".to_owned(),
        "nothing".to_owned(),
    )
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn difference(message: String, expected: String, actual: String) -> Failure {
    Failure {
        message,
        expected,
        actual,
        details: Vec::new(),
        hint: None,
        span: 0..0,
    }
}
