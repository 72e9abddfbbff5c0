//! `report.sarif`: every clause that failed, as a result of SARIF 2.1.0 for the tools that scan code.

use std::fmt::Write as _;
use std::io;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Report;
use super::story::Story;
use crate::contract::Level;
use crate::printable::printable;
use crate::verdict::{ClauseVerdict, Verdict};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The fingerprint by which GitHub knows a result again.
const FINGERPRINT: &str = "primaryLocationLineHash";
/// The base of the files of the built-in suite, which are in no repository of the user.
const BUILT_IN: &str = "BUILT_IN_SUITE";
/// What is escaped in a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

/// Writes a rule for each clause of the report, and a result for each that failed.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let clauses = &report.verdicts.clauses;
    let rules: Vec<Value> = clauses.iter().map(rule).collect();
    let results: Vec<Value> = clauses
        .iter()
        .enumerate()
        .filter(|(_, clause)| clause.verdict == Verdict::Fail)
        .map(|(index, clause)| result(report, index, clause))
        .collect();
    let driver =
        json!({ "name": report.tool.name, "version": report.tool.version, "rules": rules });
    let mut run = json!({
        "tool": { "driver": driver },
        "invocations": [{ "executionSuccessful": report.complete && report.not_testable.is_none() }],
        "results": results,
    });
    if report.suite.built_in {
        let base = json!({ "description": { "text": "the suite that conform brings" } });
        run["originalUriBaseIds"] = json!({ BUILT_IN: base });
    }
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    Ok(serde_json::to_writer_pretty(to, &log)?)
}

fn rule(clause: &ClauseVerdict) -> Value {
    json!({
        "id": printable(&clause.id),
        "shortDescription": message(&clause.text),
        "help": message(&clause.source),
        "properties": { "profile": clause.profile, "level": clause.level },
    })
}

fn result(report: &Report, index: usize, clause: &ClauseVerdict) -> Value {
    let story = report.story(clause);
    let mut text = match &story {
        Some(story) => story.why(),
        None => clause.text.clone(),
    };
    if let Some(waived) = &clause.waived {
        let _ = write!(text, "\nwaived until {}: {}", waived.until, waived.reason);
    }
    let places = story.iter().map(|story| location(report, story));
    json!({
        "ruleId": printable(&clause.id),
        "ruleIndex": index,
        "level": level(clause),
        "message": message(&text),
        "locations": places.collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: printable(&clause.id) },
    })
}

fn level(clause: &ClauseVerdict) -> &'static str {
    match clause.level {
        _ if clause.fails() => "error",
        Level::Should if clause.waived.is_none() => "warning",
        _ => "note",
    }
}

/// The place in the suite and the scenario. GitHub takes no file in which a result has no place in a file.
fn location(report: &Report, story: &Story<'_>) -> Value {
    let place = &story.failure.excerpt;
    let mut file = json!({ "uri": utf8_percent_encode(&place.path, ESCAPED).to_string() });
    if report.suite.built_in {
        file["uriBaseId"] = BUILT_IN.into();
    }
    json!({
        "physicalLocation": { "artifactLocation": file, "region": { "startLine": place.line } },
        "logicalLocations": [{ "fullyQualifiedName": printable(&story.scenario.id) }],
    })
}

/// A message that shows nothing but text: what stands right before `(` makes a link of it.
fn message(text: &str) -> Value {
    json!({ "text": printable(text).replace("](", "] (") })
}
