//! Tests what is expected of the places that a JSONPath selects.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::compare::{equal, first_disorder, first_twice, instant, seconds_in_words};
use super::evaluate::{Evaluator, difference};
use super::inspect::entropy_bits;
use super::outcome::Failure;
use super::scope::Missing;
use crate::suite::{PathTemplate, Test, as_text, fill_json};

impl Evaluator<'_> {
    /// What is wrong at the places that a JSONPath selects, with that path.
    pub(super) fn failure_at(
        &self,
        path: &PathTemplate,
        test: &Test,
    ) -> Result<Option<Failure>, Missing> {
        let place = path.text(&mut |expression: &_| self.scope.value(expression))?;
        let failure = self.place_failure(path, test, &place)?;
        Ok(failure.map(|failure| Failure {
            path: Some(place),
            ..failure
        }))
    }

    fn place_failure(
        &self,
        path: &PathTemplate,
        test: &Test,
        place: &str,
    ) -> Result<Option<Failure>, Missing> {
        let mut value_of = |expression: &_| self.scope.value(expression);
        let nothing = Value::Null;
        let body = self.answer.json.as_ref().unwrap_or(&nothing);
        let found = path.select(body, &mut value_of)?;
        let one = match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(nowhere(place)),
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
            Test::AllApprox { offset, within } => {
                let dated = found.iter().filter(|value| !value.is_null());
                let mut failures =
                    dated.map(|value| self.near_failure(place, value, *offset, *within));
                failures.find_map(Result::transpose).transpose()
            }
            _ => self.value_failure(place, one, test),
        }
    }

    /// Tests what is expected of the one value at a place.
    fn value_failure(
        &self,
        place: &str,
        one: Result<&Value, Failure>,
        test: &Test,
    ) -> Result<Option<Failure>, Missing> {
        match test {
            Test::Absent
            | Test::Count(_)
            | Test::Unique
            | Test::Sorted(_)
            | Test::AllApprox { .. } => Ok(None),
            Test::Equals(expected) => {
                let expected = fill_json(expected, &mut |expression| self.scope.value(expression))?;
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
            Test::NotContains(template) => {
                let text = self.scope.text(template)?;
                Ok(one.map_or_else(Some, |actual| {
                    as_text(actual).contains(text.as_str()).then(|| {
                        difference(
                            format!("expected another value at {place} than {text}"),
                            format!("no {text}"),
                            as_text(actual).into_owned(),
                        )
                    })
                }))
            }
            Test::MinEntropyBits(bits) => Ok(one.map_or_else(Some, |actual| {
                let found = entropy_bits(&as_text(actual));
                // What only just misses by rounding does not.
                (found.round() < f64::from(*bits)).then(|| {
                    difference(
                        format!(
                            "the value at {place} has room for {found:.0} bits of chance, expected {bits}"
                        ),
                        format!("{bits} bits"),
                        format!("{found:.0} bits"),
                    )
                })
            })),
            Test::Approx { offset, within } => match one {
                Err(failure) => Ok(Some(failure)),
                Ok(actual) => self.near_failure(place, actual, *offset, *within),
            },
            Test::SameEmail(template) => {
                let expected = self.scope.text(template)?;
                Ok(one.map_or_else(Some, |actual| {
                    let is_same = |text: &str| text.to_lowercase() == expected.to_lowercase();
                    (!actual.as_str().is_some_and(is_same)).then(|| {
                        difference(
                            format!("expected the e-mail {expected} at {place}, got {actual}"),
                            expected,
                            as_text(actual).into_owned(),
                        )
                    })
                }))
            }
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

    /// Whether an instant is where it should be by the server's clock, which is never known quite exactly.
    fn near_failure(
        &self,
        place: &str,
        actual: &Value,
        offset: i64,
        within: Duration,
    ) -> Result<Option<Failure>, Missing> {
        let Some(there) = instant(actual) else {
            let message = format!("expected an instant (RFC 3339) at {place}, got {actual}");
            let expected = "an instant (RFC 3339)".to_owned();
            return Ok(Some(difference(message, expected, actual.to_string())));
        };
        let (now, uncertainty) = self.clock.at_answer(self.answer).ok_or_else(|| {
            Missing(
                "the server does not tell its time, neither by `Date` nor by a fresh token: say with --clock-offset \
                 how many seconds its clock is ahead"
                    .to_owned(),
            )
        })?;
        let expected = now
            .saturating_add(SignedDuration::from_secs(offset))
            .unwrap_or(now);
        let off = there.duration_since(expected);
        let (away, uncertainty) = (off.abs().as_secs_f64(), uncertainty.as_secs_f64());
        if away + uncertainty <= within.as_secs_f64() {
            return Ok(None);
        }
        if away - uncertainty <= within.as_secs_f64() {
            return Err(Missing(format!(
                "{place} is too near to the limit: the server's clock is known only give or take {uncertainty:.1} s"
            )));
        }
        let tolerance = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
        let in_words = format!(
            "{} ({} after the answer, give or take {})",
            round(expected),
            seconds_in_words(offset),
            seconds_in_words(tolerance)
        );
        let side = if off.is_negative() { "early" } else { "late" };
        let amount = duration_in_words(off.abs().as_secs());
        Ok(Some(difference(
            format!("{place} is {amount} too {side}: {actual}"),
            in_words,
            round(there).to_string(),
        )))
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
