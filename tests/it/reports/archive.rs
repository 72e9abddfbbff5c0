//! `exchanges.har` is an HTTP archive 1.2 with every exchange of the report.

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
        let exchanges: Vec<_> = steps.filter_map(|step| step.exchange.as_deref()).collect();
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
    let mut exchange = step.exchange.clone().unwrap();
    exchange.request.url = "http://127.0.0.1/a?b=c&d&e=f=g".to_owned();
    exchange.response = None;
    step.exchange = Some(exchange);
    let archive: Value = serde_json::from_str(&file(&report, "exchanges.har")).unwrap();
    let comment = "tokens/refuses-current, the registration of an account: register";
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
