//! `report.sarif` is SARIF 2.1.0 with a result for each clause that failed.

use conform::contract::Level;
use conform::report::Report;
use conform::verdict::{Verdict, Waived};
use jiff::civil::date;
use serde_json::Value;

use crate::reports::support::{HOSTILE, file, hopeless, report};

const CLAUSE: &str = "logout.no-content";

fn run(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&file(report, "report.sarif")).unwrap();
    log["runs"][0].clone()
}

fn results(run: &Value) -> &[Value] {
    run["results"].as_array().unwrap()
}

fn result_of<'a>(run: &'a Value, clause: &str) -> &'a Value {
    let mut results = results(run).iter();
    results.find(|result| result["ruleId"] == clause).unwrap()
}

#[tokio::test]
async fn the_log_satisfies_a_schema_of_what_code_scanning_reads() {
    let schema: Value = serde_json::from_str(include_str!("sarif-2.1.0.schema.json")).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let mut own = report(true).await;
    own.suite.built_in = false;
    let reports = [report(false).await, own, hopeless(500, HOSTILE).await];
    for report in reports {
        let log: Value = serde_json::from_str(&file(&report, "report.sarif")).unwrap();
        let mistakes: Vec<String> = schema
            .iter_errors(&log)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
    }
}

#[tokio::test]
async fn every_clause_is_a_rule_and_every_failed_one_a_result_with_its_story() {
    for report in [report(true).await, hopeless(200, "{}").await] {
        let run = run(&report);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), report.verdicts.clauses.len());
        let failed: Vec<_> = report.verdicts.with(Verdict::Fail).collect();
        assert!(!failed.is_empty());
        assert_eq!(results(&run).len(), failed.len());
        for (result, clause) in results(&run).iter().zip(failed) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let rule = &rules[index];
            assert_eq!([&result["ruleId"], &rule["id"]], [clause.id.as_str(); 2]);
            assert_eq!(rule["shortDescription"]["text"], clause.text.as_str());
            assert_eq!(rule["properties"]["profile"], clause.profile.to_string());
            assert_eq!(
                result["partialFingerprints"]["primaryLocationLineHash"],
                clause.id.as_str()
            );
            let story = report.story(clause).unwrap();
            let text = result["message"]["text"].as_str().unwrap();
            assert!(text.starts_with(&story.failure.message), "{text}");
            let place = &result["locations"][0];
            assert_eq!(
                place["logicalLocations"][0]["fullyQualifiedName"],
                story.scenario.id.as_str()
            );
            let line = &place["physicalLocation"]["region"]["startLine"];
            assert_eq!(*line, story.failure.excerpt.line);
        }
    }
}

#[tokio::test]
async fn a_result_is_an_error_only_if_it_fails_the_run() {
    let report = report(true).await;
    let level = |change: fn(&mut conform::verdict::ClauseVerdict)| {
        let mut report = report.clone();
        let mut clauses = report.verdicts.clauses.iter_mut();
        change(clauses.find(|clause| clause.id == CLAUSE).unwrap());
        let result = result_of(&run(&report), CLAUSE).clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&result["level"]), text(&result["message"]["text"]))
    };
    assert_eq!(level(|_| ()).0, "error");
    let advised = level(|clause| {
        clause.level = Level::Should;
        clause.binding = false;
    });
    assert_eq!(advised.0, "warning");
    // With --strict.
    assert_eq!(level(|clause| clause.level = Level::Should).0, "error");
    let told = level(|clause| {
        clause.level = Level::Info;
        clause.binding = false;
    });
    assert_eq!(told.0, "note");
    let waived = level(|clause| {
        clause.waived = Some(Waived {
            reason: "known".to_owned(),
            until: date(2026, 12, 31),
        });
    });
    assert_eq!(waived.0, "note");
    assert!(
        waived.1.ends_with("\nwaived until 2026-12-31: known"),
        "{}",
        waived.1
    );
}

#[tokio::test]
async fn a_file_of_the_built_in_suite_is_told_from_one_in_the_users_repository() {
    let mut report = report(true).await;
    let file = |run: &Value| {
        let place = &result_of(run, CLAUSE)["locations"][0]["physicalLocation"];
        place["artifactLocation"].clone()
    };
    let built_in = run(&report);
    let base = file(&built_in)["uriBaseId"].as_str().unwrap().to_owned();
    assert_eq!(file(&built_in)["uri"], "specs/tokens/refuses-current.yaml");
    assert!(built_in["originalUriBaseIds"][&base].is_object());
    report.suite.built_in = false;
    let own = run(&report);
    let expected = serde_json::json!({ "uri": "specs/tokens/refuses-current.yaml" });
    assert_eq!(file(&own), expected);
    assert!(own.get("originalUriBaseIds").is_none());
}

#[tokio::test]
async fn a_run_that_was_cut_short_is_no_success() {
    let mut report = report(false).await;
    let successful = |report: &Report| run(report)["invocations"][0]["executionSuccessful"].clone();
    assert_eq!(successful(&report), true);
    report.complete = false;
    assert_eq!(successful(&report), false);
}

#[tokio::test]
async fn foreign_text_makes_no_link_and_hides_nothing() {
    const LINK: &str = "[a\\](http://evil.example) [b](1) \u{202e}\u{1b}[31m";
    let mut report = report(true).await;
    for clause in &mut report.verdicts.clauses {
        clause.text = LINK.to_owned();
        clause.source = LINK.to_owned();
    }
    let failures = report
        .scenarios
        .iter_mut()
        .flat_map(|result| &mut result.steps);
    let expectations = failures.flat_map(|step| &mut step.expectations);
    for expectation in expectations {
        if let conform::run::ExpectationState::Failed { failure } = &mut expectation.state {
            failure.message = LINK.to_owned();
        }
    }
    let log = file(&report, "report.sarif");
    assert!(log.matches("evil.example").count() > report.verdicts.clauses.len());
    assert!(
        !log.contains("](") && !log.contains(['\u{202e}', '\u{1b}']),
        "{log}"
    );
}
