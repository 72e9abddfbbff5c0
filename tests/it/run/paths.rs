//! What is expected of the places that a JSONPath selects, beside a simple model, on JSON made up from a fixed seed.

use conform::run::ExpectationState;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Value, json};

use crate::run::support::{Server, json as answer, run_one, states};

fn config() -> Config {
    Config {
        cases: 48,
        rng_seed: RngSeed::Fixed(0x5EED),
        failure_persistence: None,
        ..Config::default()
    }
}

/// Values that are easily taken for each other.
fn item() -> impl Strategy<Value = Value> {
    let same = [
        json!(1),
        json!(1.0),
        json!("1"),
        json!(true),
        json!("true"),
        json!(null),
        json!("null"),
        json!([1]),
        json!([1, 1]),
        json!({ "a": 1, "b": [] }),
        json!({ "b": [], "a": 1.0 }),
        json!({ "a": null }),
        json!({}),
        json!(""),
    ];
    prop::sample::select(same.to_vec())
}

/// A value in a form in which the same values are the same text.
fn form(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("number {}", number.as_f64().unwrap()),
        Value::Array(items) => format!("{:?}", items.iter().map(form).collect::<Vec<_>>()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(k, v)| (k, form(v))).collect();
            members.sort();
            format!("{members:?}")
        }
        other => other.to_string(),
    }
}

/// Expectations of a body, each with what a simple model says of it.
type Modelled = Vec<(String, bool)>;

/// Asserts that each expectation comes out as the model says.
fn agree(body: &Value, modelled: &Modelled) -> Result<(), TestCaseError> {
    let expectations = modelled.iter().map(|(expectation, _)| {
        format!("      - {{ status: 200, {expectation}, verifies: [a.one] }}\n")
    });
    let expectations: String = expectations.collect();
    let yaml = format!("title: places\nsteps:\n  - call: me\n    expect:\n{expectations}");
    let text = body.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let result = runtime.block_on(async {
        let server = Server::start(move |_, _| answer(200, &text)).await;
        run_one(&yaml, &server).await
    });
    for ((expectation, holds), state) in modelled.iter().zip(states(&result, 0)) {
        let held = *state == ExpectationState::Held;
        prop_assert_eq!(held, *holds, "{} on {}: {:?}", expectation, body, state);
    }
    Ok(())
}

fn sorted<T: Ord + Clone>(values: &[T]) -> (bool, bool) {
    let mut ascending = values.to_vec();
    ascending.sort();
    let descending: Vec<T> = ascending.iter().rev().cloned().collect();
    (values == ascending, values == descending)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn places_are_counted_and_compared(items in prop::collection::vec(item(), 0..6), other in item().prop_filter("written as `absent`", |item| !item.is_null()), at in 0..6_usize) {
        let body = json!({ "a": items });
        let forms: Vec<String> = items.iter().map(form).collect();
        let distinct = forms.iter().enumerate().all(|(index, one)| !forms[..index].contains(one));
        let there = items.get(at);
        let is_other = there.is_some_and(|one| form(one) == form(&other));
        let mut modelled = vec![
            (r#"at: "$.a[*]", unique: true"#.to_owned(), distinct),
            (format!("at: \"$.a[{at}]\", absent: true"), there.is_none_or(Value::is_null)),
            (format!("at: \"$.a[{at}]\", equals: {other}"), is_other),
            (r#"at: "$.b", absent: true"#.to_owned(), true),
            (r#"at: "$.a[*]", absent: true"#.to_owned(), items.iter().all(Value::is_null)),
        ];
        for count in 0..7 {
            modelled.push((format!("at: \"$.a[*]\", count: {count}"), count == items.len()));
        }
        agree(&body, &modelled)?;
    }

    #[test]
    fn an_order_is_seen(numbers in prop::collection::vec(-3..4_i32, 0..5), words in prop::collection::vec("[ab]{0,2}", 0..4)) {
        let (number_up, number_down) = sorted(&numbers);
        let (word_up, word_down) = sorted(&words);
        // The same instants in a zone that changes from one to the next.
        let instants = numbers.iter().enumerate().map(|(index, number)| {
            let zone = jiff::tz::Offset::from_hours([0, 9, -4][index % 3]).unwrap();
            let instant = jiff::Timestamp::from_second(1_800_000_000 + i64::from(*number)).unwrap();
            instant.display_with_offset(zone).to_string()
        });
        let body = json!({ "numbers": numbers, "words": words, "instants": instants.collect::<Vec<_>>() });
        let mut modelled = Modelled::new();
        for (place, up, down) in [
            ("numbers", number_up, number_down),
            ("words", word_up, word_down),
            ("instants", number_up, number_down),
        ] {
            modelled.push((format!("at: \"$.{place}[*]\", sorted: ascending"), up));
            modelled.push((format!("at: \"$.{place}[*]\", sorted: descending"), down));
        }
        agree(&body, &modelled)?;
    }

    #[test]
    fn a_filter_selects_what_has_the_value(ids in prop::collection::vec(0..4_u32, 0..6), wanted in 0..4_u32) {
        let items: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": format!("n{id}") })).collect();
        let count = ids.iter().filter(|id| **id == wanted).count();
        let modelled = vec![
            (format!("at: \"$.list[?@.id == {wanted}]\", count: {count}"), true),
            (format!("at: \"$.list[?@.name == 'n{wanted}'].id\", equals: {wanted}"), count == 1),
            (format!("at: \"$.list[?@.id == {wanted}]\", absent: true"), count == 0),
            (format!("at: \"$.list[?@.id != {wanted}]\", count: {}", ids.len() - count), true),
        ];
        agree(&json!({ "list": items }), &modelled)?;
    }
}
