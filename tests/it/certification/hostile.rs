//! A report comes from somebody else: whatever stands in it, it is refused or doubted, and nothing breaks.

use std::path::{Path, PathBuf};

use conform::report::{Comparison, Length, Report, merge, summary, write_reports};
use serde_json::{Value, json};

use crate::certification::support::{GOOD, SUITE, Signed, small};

/// A small report, as one of a slice.
fn slice() -> Report {
    let mut report = small(&GOOD.reports[0]);
    report.selection.slice = "slice:1/1".parse().ok();
    report
}

/// The paths of all places in a value.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{here}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{here}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// What may stand in the place of a value.
fn replacements() -> Vec<Value> {
    vec![
        Value::Null,
        json!(0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("<token-1> \u{1f600}"),
        json!("9999-12-30T22:00:00Z"),
        json!([]),
        json!({}),
    ]
}

#[test]
fn whatever_stands_in_a_report_nothing_breaks() {
    let whole = serde_json::to_value(slice()).unwrap();
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    let (mut read, mut tried) = (0, 0);
    let folder = tempfile::tempdir().unwrap();
    // Every place, each with some of the replacements: all of them take minutes.
    for (number, place) in all.iter().enumerate() {
        let replacements = replacements();
        let count = replacements.len();
        for (turn, replacement) in replacements.into_iter().enumerate() {
            if (number + turn) % count > 2 {
                continue;
            }
            let mut value = whole.clone();
            *value.pointer_mut(place).unwrap() = replacement;
            tried += 1;
            let text = value.to_string();
            let Ok(report) = Report::parse(text.as_bytes(), Path::new("report.json")) else {
                continue;
            };
            read += 1;
            let _ = Comparison::of(&report, &GOOD.reports[0]).to_string();
            if let Ok(merged) = merge(vec![(PathBuf::from("x"), report)], &SUITE) {
                let _ = summary(&merged, Length::Short);
                write_reports(&merged, folder.path()).unwrap();
            }
        }
    }
    assert!(read > 100 && read < tried, "{read} of {tried} were read");
}

#[test]
fn what_is_signed_and_absurd_is_doubted() {
    let good = slice();
    let bundle = |report: &Report| Signed::of(&GOOD.plan, [report, report]);
    assert_eq!(bundle(&good).wrong(), Vec::<String>::new());
    let mut steps = good.scenarios[0].steps.iter();
    let first = steps.position(|step| step.position.is_some()).unwrap();
    let step = |member: &str| format!("/scenarios/0/steps/{first}/{member}");
    let whole = serde_json::to_value(&good).unwrap();
    for (place, replacement) in [
        (step("position"), json!(7)),
        (step("outcome"), json!("failed")),
        (step("exchange/response/status"), json!(0)),
        (step("exchange/response"), Value::Null),
        ("/scenarios/0/steps".to_owned(), json!([])),
        ("/scenarios/0/id".to_owned(), json!("no/such")),
        ("/scenarios/0/outcome".to_owned(), json!("failed")),
        ("/selection/suite_version".to_owned(), json!("9.9.9")),
        ("/selection/profiles".to_owned(), json!([])),
        ("/clauses".to_owned(), json!([])),
        ("/count/pass".to_owned(), json!(99)),
        ("/not_run".to_owned(), json!(["no/such"])),
    ] {
        let mut value = whole.clone();
        *value.pointer_mut(&place).unwrap() = replacement;
        let report: Report = serde_json::from_value(value).unwrap();
        assert!(!bundle(&report).wrong().is_empty(), "{place}");
    }
}
