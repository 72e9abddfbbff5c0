//! Comparisons of JSON values, and words for them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::suite::Order;

/// Digits of a second that a [`Timestamp`] has.
const NANOSECOND_DIGITS: usize = 9;

/// Equality in which `1` and `1.0` are the same number.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.as_f64().is_some() && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// An instant in any RFC 3339 format; what is beyond a nanosecond is cut off.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    let fraction = text.find('.').map_or(text.len(), |point| point + 1);
    let digits = text[fraction..].bytes().take_while(u8::is_ascii_digit);
    let end = fraction + digits.count();
    if end - fraction <= NANOSECOND_DIGITS {
        return text.parse().ok();
    }
    format!("{}{}", &text[..fraction + NANOSECOND_DIGITS], &text[end..])
        .parse()
        .ok()
}

/// The first two neighbours that stand in the wrong order, compared as instants, numbers or text.
pub(super) fn first_disorder<'a>(
    values: &[&'a Value],
    order: Order,
) -> Option<(&'a Value, &'a Value)> {
    let wrong = match order {
        Order::Ascending => Ordering::Greater,
        Order::Descending => Ordering::Less,
    };
    values
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .find(|(a, b)| compare(a, b).is_none_or(|ordering| ordering == wrong))
}

/// The first value that stands there a second time.
pub(super) fn first_twice<'a>(values: &[&'a Value]) -> Option<&'a Value> {
    let mut seen = HashSet::new();
    values
        .iter()
        .find(|value| !seen.insert(canonical(value)))
        .copied()
}

/// A text that two values have in common only where they are equal.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let members: BTreeMap<&String, String> = members
                .iter()
                .map(|(name, value)| (name, canonical(value)))
                .collect();
            format!("{members:?}")
        }
        other => other.to_string(),
    }
}

/// `None` where the two cannot be compared.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (instant(a), instant(b)) {
        return Some(a.cmp(&b));
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A number of seconds for people: `30 d`, `65 min`, `-3 s`.
pub(super) fn seconds_in_words(seconds: i64) -> String {
    for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds != 0 && seconds % length == 0 {
            return format!("{} {unit}", seconds / length);
        }
    }
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_equal_by_value_and_objects_without_order() {
        assert!(equal(
            &json!({"a": 1, "b": [2.0]}),
            &json!({"b": [2], "a": 1.0})
        ));
        assert!(!equal(&json!(1), &json!("1")));
        assert!(!equal(&json!({"a": null}), &json!({})));
        assert!(!equal(&json!([1]), &json!([1, 1])));
    }

    #[test]
    fn a_fraction_may_have_any_number_of_digits() {
        let long = instant(&json!("2026-01-01T00:00:00.123456789987Z"));
        assert_eq!(long, instant(&json!("2026-01-01T01:00:00.123456789+01:00")));
        assert!(long.is_some());
        assert_eq!(instant(&json!("2026-01-01T00:00:00.Z")), None);
    }

    #[test]
    fn instants_are_compared_whatever_their_format() {
        let values = json!([
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00:00.000000Z",
            "2025-12-31T23:59:59Z"
        ]);
        let values: Vec<&Value> = values.as_array().unwrap().iter().collect();
        assert_eq!(first_disorder(&values, Order::Descending), None);
        let disorder = first_disorder(&values, Order::Ascending);
        assert_eq!(disorder, Some((values[1], values[2])));
    }

    #[test]
    fn a_value_that_stands_twice_is_found() {
        let values = [json!(1), json!("1"), json!(1.0)];
        let values: Vec<&Value> = values.iter().collect();
        assert_eq!(first_twice(&values), Some(values[2]));
        assert_eq!(first_twice(&values[..2]), None);
        let objects = [json!({"a": [1], "b": "x"}), json!({"b": "x", "a": [1.0]})];
        let objects: Vec<&Value> = objects.iter().collect();
        assert_eq!(first_twice(&objects), Some(objects[1]));
        assert_eq!(first_twice(&[&json!([1, 2]), &json!([12])]), None);
    }

    #[test]
    fn what_cannot_be_compared_is_no_order() {
        let values = [json!(1), json!("a")];
        let values: Vec<&Value> = values.iter().collect();
        assert!(first_disorder(&values, Order::Ascending).is_some());
    }

    #[test]
    fn seconds_read_well() {
        assert_eq!(seconds_in_words(30 * 86_400), "30 d");
        assert_eq!(seconds_in_words(-90), "-90 s");
        assert_eq!(seconds_in_words(65 * 60), "65 min");
        assert_eq!(seconds_in_words(0), "0 s");
    }
}
