//! Tests what is expected of the places that a JSONPath selects.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::compare::{equal, first_disorder, first_twice, instant, seconds_in_words};
use super::evaluate::{Evaluator, difference};
use super::inspect::random_bits;
use super::outcome::Failure;
use super::scope::Missing;
use crate::suite::{PathTemplate, Test, as_text, fill_json};

/// How far a clock may be off that the server does not tell.
const UNKNOWN_CLOCK_SECONDS: i64 = 15 * 60;

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
            Test::AllNear { offset, within } => {
                let mut dated = found.iter().filter(|value| !value.is_null());
                Ok(dated
                    .find_map(|value| self.near_failure(place, value, *offset, within.as_secs())))
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
            | Test::AllNear { .. } => Ok(None),
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
            Test::Lacks(template) => {
                let text = self.scope.text(template)?;
                Ok(one.map_or_else(Some, |actual| {
                    as_text(actual).contains(&text).then(|| {
                        difference(
                            format!("expected another value at {place} than {text}"),
                            format!("no {text}"),
                            as_text(actual),
                        )
                    })
                }))
            }
            Test::RandomBits(bits) => Ok(one.map_or_else(Some, |actual| {
                let found = random_bits(&as_text(actual));
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
            Test::Near { offset, within } => Ok(one.map_or_else(Some, |actual| {
                self.near_failure(place, actual, *offset, within.as_secs())
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
        let mut tolerance = i64::try_from(within).unwrap_or(i64::MAX);
        if self.answer.date().is_none() && !self.clock.is_known() {
            tolerance = tolerance.saturating_add(UNKNOWN_CLOCK_SECONDS);
        }
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
