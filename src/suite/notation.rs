//! Short notations of the scenario language: one or many, sets of statuses, durations.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

const NOT_FOUND: u16 = 404;

/// One value, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::new(text))
                    .map(|one| OneOrMany(vec![one]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map))
                    .map(|one| OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(one) = seq.next_element()? {
                    many.push(one);
                }
                Ok(OneOrMany(many))
            }
        }

        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// A set of HTTP statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statuses(Vec<Pattern>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    Exactly(u16),
    Class(u16),
    Below(u16),
}

impl Statuses {
    /// Every status of success (2xx).
    pub(crate) fn success() -> Self {
        Self(vec![Pattern::Class(2)])
    }

    /// Every status of a refusal (4xx).
    pub(super) fn refusal() -> Self {
        Self(vec![Pattern::Class(4)])
    }

    /// This one status.
    pub(super) fn exactly(status: u16) -> Self {
        Self(vec![Pattern::Exactly(status)])
    }

    /// Whether `status` is in the set.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|pattern| match *pattern {
            Pattern::Exactly(exact) => status == exact,
            Pattern::Class(class) => status / 100 == class,
            Pattern::Below(bound) => status < bound,
        })
    }

    /// Whether the set names this one status, and not only a class or a bound around it.
    #[must_use]
    pub fn names(&self, status: u16) -> bool {
        self.0.contains(&Pattern::Exactly(status))
    }

    /// Whether the set is this one status and no other.
    #[must_use]
    pub fn is_just(&self, status: u16) -> bool {
        self.0 == [Pattern::Exactly(status)]
    }

    /// A regular expression for the statuses of the set, as text.
    #[must_use]
    pub fn as_regex(&self) -> String {
        let patterns = self.0.iter().map(|pattern| match *pattern {
            Pattern::Exactly(exact) => exact.to_string(),
            Pattern::Class(class) => format!("{class}.."),
            // Bounds are full hundreds.
            Pattern::Below(bound) => format!("[1-{}]..", (bound - 1) / 100),
        });
        let patterns: Vec<String> = patterns.collect();
        format!("^({})$", patterns.join("|"))
    }

    /// Whether every status of the set says that the call was refused (4xx).
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.0.iter().all(|pattern| match *pattern {
            Pattern::Exactly(exact) => exact / 100 == 4,
            Pattern::Class(class) => class == 4,
            Pattern::Below(_) => false,
        })
    }

    /// Whether the set has a status that says that the call succeeded (2xx).
    #[must_use]
    pub fn allows_success(&self) -> bool {
        (200..300).any(|status| self.contains(status))
    }

    /// Whether a call has to succeed to meet the set: where 404 is as good, there may be nothing to do.
    #[must_use]
    pub(super) fn asks_for_success(&self) -> bool {
        self.allows_success() && !self.contains(NOT_FOUND)
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" or ")?;
            }
            match pattern {
                Pattern::Exactly(exact) => write!(f, "{exact}")?,
                Pattern::Class(class) => write!(f, "{class}xx")?,
                Pattern::Below(bound) => write!(f, "below {bound}")?,
            }
        }
        Ok(())
    }
}

fn pattern_of(text: &str) -> Option<Pattern> {
    let in_range = |status: &u16| (100..600).contains(status);
    if let Some(class) = text.strip_suffix("xx") {
        let class = class.parse().ok().filter(|class| (1..6).contains(class))?;
        return Some(Pattern::Class(class));
    }
    if let Some(bound) = text.strip_prefix('<') {
        return bound
            .trim()
            .parse()
            .ok()
            .filter(in_range)
            .map(Pattern::Below);
    }
    text.parse().ok().filter(in_range).map(Pattern::Exactly)
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Notation;

        impl Notation {
            fn one<E: de::Error>(text: &str) -> Result<Pattern, E> {
                pattern_of(text).ok_or_else(|| {
                    E::custom(format!(
                        "`{text}` is no status: write 200, a class (2xx), a bound (<500) or a list of these"
                    ))
                })
            }
        }

        impl<'de> Visitor<'de> for Notation {
            type Value = Statuses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status (200), a class (2xx), a bound (<500) or a list of these")
            }

            fn visit_u64<E: de::Error>(self, status: u64) -> Result<Statuses, E> {
                self.visit_str(&status.to_string())
            }

            fn visit_i64<E: de::Error>(self, status: i64) -> Result<Statuses, E> {
                self.visit_str(&status.to_string())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Statuses, E> {
                Self::one(text).map(|pattern| Statuses(vec![pattern]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Statuses, A::Error> {
                let mut all = Vec::new();
                while let Some(Statuses(more)) = seq.next_element()? {
                    all.extend(more);
                }
                if all.is_empty() {
                    return Err(de::Error::custom(
                        "an empty list of statuses matches nothing",
                    ));
                }
                Ok(Statuses(all))
            }
        }

        deserializer.deserialize_any(Notation)
    }
}

impl JsonSchema for Statuses {
    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = serde_json::json!({
            "description": "A status (200), a class (2xx), or a bound (<500).",
            "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^([1-5]xx|(< *)?[1-5][0-9]{2})$" }
            ]
        });
        json_schema!({
            "description": "A status, a class (2xx), a bound (<500), or a list of these.",
            "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }]
        })
    }
}

/// A length of time with a sign, in seconds: `+30d`, `-5m`, `0s`, `90s`, `2h`.
#[must_use]
pub fn signed_seconds(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let unit = rest.chars().last()?;
    let number: i64 = number(rest.strip_suffix(unit)?)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds)?.checked_mul(sign)
}

/// A number in digits alone: a sign before a sign is a slip of the pen.
fn number<N: FromStr>(digits: &str) -> Option<N> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// A duration as flags and files write it: `500ms`, `3s`, `2m`, `1h`.
///
/// # Errors
/// A sentence that says how to write one.
pub fn duration(text: &str) -> Result<Duration, String> {
    let explain = || format!("`{text}` is no duration: write 500ms, 3s, 2m or 1h");
    if let Some(milliseconds) = text.strip_suffix("ms") {
        return number(milliseconds)
            .map(Duration::from_millis)
            .ok_or_else(explain);
    }
    signed_seconds(text)
        .filter(|_| !text.starts_with(['+', '-']))
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(Duration::from_secs)
        .ok_or_else(explain)
}

/// A duration of more than nothing.
///
/// # Errors
/// A sentence that says how to write one.
pub fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err(format!(
            "`{text}` is no time at all: write 500ms, 3s, 2m or 1h"
        )),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(yaml: &str) -> Result<Statuses, String> {
        serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
    }

    #[test]
    fn a_status_set_holds_just_what_it_names() {
        let set = statuses("[204, 3xx, <150]").unwrap();
        let inside: Vec<u16> = (100..600).filter(|status| set.contains(*status)).collect();
        let expected: Vec<u16> = (100..150).chain([204]).chain(300..400).collect();
        assert_eq!(inside, expected);
        assert_eq!(set.to_string(), "204 or 3xx or below 150");
        assert!(set.names(204) && !set.names(300));
    }

    #[test]
    fn a_refusal_is_a_set_of_4xx_alone() {
        assert!(statuses("[401, 422]").unwrap().is_refusal());
        assert!(statuses("4xx").unwrap().is_refusal());
        assert!(!statuses("[401, 200]").unwrap().is_refusal());
        assert!(!statuses("<500").unwrap().is_refusal());
        assert!(statuses("<500").unwrap().allows_success());
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for wrong in ["20", "600", "6xx", "x", "[]", "-200", "{a: 1}"] {
            assert!(statuses(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
        for wrong in [
            "",
            "5",
            "m",
            "-5s",
            "+5s",
            "+5ms",
            "5 s",
            "1e9s",
            "é",
            "99999999999999999d",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(signed_seconds("+30d"), Some(30 * 86_400));
        assert_eq!(signed_seconds("-1h"), Some(-3_600));
        assert_eq!(signed_seconds("-+1h"), None);
    }
}
