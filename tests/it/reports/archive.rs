//! `exchanges.har` is an HTTP archive 1.2 with every exchange of the report.

use conform::http::ExchangeStore;
use conform::report::{RUN_FILES, Report};
use serde_json::Value;

use crate::reports::support::{HOSTILE, file, hopeless, report};

#[tokio::test]
async fn the_archive_satisfies_the_schema_of_archives() {
    let schema: Value = serde_json::from_str(include_str!("har-1.2.schema.json")).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for report in [report(true).await, hopeless(500, HOSTILE).await] {
        let archive: Value = serde_json::from_str(&file(&report, "exchanges.har")).unwrap();
        let mistakes: Vec<String> = schema
            .iter_errors(&archive)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
        let steps = report.scenarios.iter().flat_map(|result| &result.steps);
        let exchanges: Vec<_> = steps
            .filter_map(|step| Some(step.exchange.as_ref()?.get()))
            .collect();
        let entries = archive["log"]["entries"].as_array().unwrap();
        assert_eq!(entries.len(), exchanges.len());
        for (entry, exchange) in entries.iter().zip(exchanges) {
            assert_eq!(entry["request"]["url"], exchange.request.url.as_str());
            let body = exchange.response.as_ref().map(|response| &response.body);
            assert_eq!(entry["response"]["content"]["text"], body.unwrap().as_str());
        }
    }
}

#[tokio::test]
async fn an_entry_names_its_place_in_the_suite_and_takes_its_address_apart() {
    let mut report = report(true).await;
    let step = &mut report.scenarios[1].steps[0];
    let mut exchange = step.exchange.as_ref().unwrap().get().into_owned();
    exchange.request.url = "http://127.0.0.1/a?b=c&d&e=f=g".to_owned();
    exchange.response = None;
    step.exchange = Some(exchange.into());
    let archive: Value = serde_json::from_str(&file(&report, "exchanges.har")).unwrap();
    let comment = "tokens/revoke-one, the registration of an account: register";
    let entries = archive["log"]["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["comment"] == comment);
    let entry = entry.unwrap();
    let query = serde_json::json!([
        { "name": "b", "value": "c" },
        { "name": "d", "value": "" },
        { "name": "e", "value": "f=g" },
    ]);
    assert_eq!(entry["request"]["queryString"], query);
    // As browsers archive a call that nobody answered.
    assert_eq!(entry["response"]["status"], 0);
}

#[tokio::test]
async fn what_a_long_run_keeps_on_the_disk_is_reported_all_the_same() {
    for broken in [true, false] {
        let mut report = report(broken).await;
        let files = |report: &Report| RUN_FILES.map(|name| file(report, name));
        let in_memory = files(&report);
        let store = ExchangeStore::with_room(0);
        for result in &mut report.scenarios {
            result.keep_exchanges_in(&store);
        }
        assert_eq!(files(&report), in_memory);
    }
}
