//! Statuses and durations: what is written means what it says, and anything else is refused.

use std::time::Duration;

use conform::suite::{Statuses, duration, signed_seconds};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::properties::cases;

/// A pattern and the statuses that it means.
fn pattern() -> impl Strategy<Value = (Value, Vec<u16>)> {
    let exactly = (100..600_u16).prop_map(|one| (json!(one), vec![one]));
    let class = (1..6_u16).prop_map(|class| {
        let statuses = (class * 100..(class + 1) * 100).collect();
        (json!(format!("{class}xx")), statuses)
    });
    let below =
        (101..600_u16).prop_map(|bound| (json!(format!("<{bound}")), (100..bound).collect()));
    prop_oneof![exactly, class, below]
}

fn read(notation: Value) -> Option<Statuses> {
    serde_json::from_value(notation).ok()
}

fn unit() -> impl Strategy<Value = (&'static str, u64)> {
    prop::sample::select(&[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)][..])
}

/// Whether a text is digits and a unit.
fn is_length(text: &str, units: &[&str]) -> bool {
    units.iter().any(|unit| {
        let digits = text.strip_suffix(unit).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_set_has_what_its_patterns_mean(patterns in prop::collection::vec(pattern(), 1..4)) {
        let (notations, meanings): (Vec<Value>, Vec<Vec<u16>>) = patterns.into_iter().unzip();
        let meant = meanings.concat();
        let exact: Vec<u16> = notations.iter().filter_map(|one| u16::try_from(one.as_u64()?).ok()).collect();
        let set = read(Value::Array(notations.clone())).unwrap();
        for status in 100..600 {
            prop_assert_eq!(set.contains(status), meant.contains(&status), "{} and {}", set, status);
            prop_assert_eq!(set.names(status), exact.contains(&status), "{} and {}", set, status);
            prop_assert_eq!(set.is_just(status), notations == [json!(status)], "{} and {}", set, status);
        }
        let all_refuse = meant.iter().all(|status| (400..500).contains(status));
        prop_assert_eq!(set.is_refusal(), all_refuse);
        let some_succeed = meant.iter().any(|status| (200..300).contains(status));
        prop_assert_eq!(set.allows_success(), some_succeed);
    }

    #[test]
    fn what_is_no_set_of_statuses_is_refused(text in "[0-9x<> a]{0,5}") {
        let form = regex::Regex::new("^([1-5]xx|<? *0*[1-5][0-9][0-9])$").unwrap();
        if read(json!(text)).is_some() {
            prop_assert!(form.is_match(&text), "{}", text);
        }
    }

    #[test]
    fn a_number_outside_the_statuses_is_refused(number in prop_oneof![0..100_u64, 600..u64::MAX]) {
        prop_assert_eq!(read(json!(number)), None);
        prop_assert_eq!(read(json!([200, number])), None);
    }

    #[test]
    fn a_length_of_time_is_its_number_of_units(number in 0..1_000_000_u64, (unit, seconds) in unit()) {
        let text = format!("{number}{unit}");
        let length = i64::try_from(number * seconds).unwrap();
        prop_assert_eq!(duration(&text), Ok(Duration::from_secs(number * seconds)));
        prop_assert_eq!(signed_seconds(&text), Some(length));
        prop_assert_eq!(signed_seconds(&format!("+{text}")), Some(length));
        prop_assert_eq!(signed_seconds(&format!("-{text}")), Some(-length));
        let milliseconds = Duration::from_millis(number);
        prop_assert_eq!(duration(&format!("{number}ms")), Ok(milliseconds));
    }

    #[test]
    fn only_digits_and_a_unit_are_a_length_of_time(text in "[+-]{0,2}[0-9]{0,21}[ e.]?(ms|[smhdx]|\\PC)?") {
        if duration(&text).is_ok() {
            prop_assert!(is_length(&text, &["ms", "s", "m", "h", "d"]), "{}", text);
        }
        if signed_seconds(&text).is_some() {
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
            prop_assert!(is_length(unsigned, &["s", "m", "h", "d"]), "{}", text);
        }
    }
}
