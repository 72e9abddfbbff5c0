//! The page for people, in Markdown. The same findings give the same page, whenever and however fast they were made.

use std::fmt::Write as _;

use super::summary::mean_blame;
use super::{ClauseFacts, MutationReport};
use crate::selftest::answers::AnswerMutant;
use crate::selftest::{Finding, MutantStatus};

/// The page as text.
#[must_use]
pub fn page(report: &MutationReport) -> String {
    let mut text = format!(
        "# Mutants and variants\n\n{} {}, suite `{}`.\n\n",
        report.tool.name, report.tool.version, report.suite.digest
    );
    if let Some(target) = &report.target {
        let _ = writeln!(text, "Wrong answers of {}.\n", target.base_url);
    }
    counts(&mut text, report);
    text.push_str("\n## Clauses\n");
    for clause in &report.clauses {
        tell_clause(&mut text, clause, &report.behaviour);
    }
    matrix(&mut text, &report.behaviour);
    variants(&mut text, report);
    answers(&mut text, &report.answers);
    text.truncate(text.trim_end().len());
    text
}

fn counts(text: &mut String, report: &MutationReport) {
    let kinds = [
        ("behaviour", &report.tally.behaviour),
        ("answers", &report.tally.answers),
    ];
    let mut head = vec!["mutants of".to_owned()];
    head.extend(MutantStatus::ALL.map(|status| status.to_string()));
    head.push("mean blame".to_owned());
    let rows = kinds.map(|(kind, tally)| {
        let mut row = vec![kind.to_owned()];
        row.extend(MutantStatus::ALL.map(|status| tally.count(status).to_string()));
        row.push(mean_blame(tally));
        row
    });
    table(text, &head, rows);
    let variants = report.tally.variants;
    let _ = writeln!(
        text,
        "\nServers that conform: {}, {} of them without a false alarm.",
        variants.servers, variants.clean
    );
}

fn tell_clause(text: &mut String, clause: &ClauseFacts, findings: &[Finding]) {
    let (id, level, profile) = (&clause.id, clause.level, clause.profile);
    let _ = writeln!(text, "\n### {id}\n\n{} ({level}, {profile})\n", clause.text);
    let own = findings
        .iter()
        .filter(|one| *one.mutant.clause == clause.id);
    let rows: Vec<_> = own
        .map(|one| vec![code(&one.mutant.id), told(one), one.status.to_string()])
        .collect();
    if rows.is_empty() {
        text.push_str("No mutant of it was tried.\n");
    } else {
        table(text, &["mutant", "what it does", "status"], rows);
    }
}

/// What a mutant does, and why nobody can tell it.
fn told(finding: &Finding) -> String {
    let mutant = &finding.mutant;
    match &mutant.equivalent {
        Some(why) => format!("{} (Equivalent: {why}.)", mutant.text.value),
        None => mutant.text.value.clone(),
    }
}

fn matrix(text: &mut String, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    text.push_str("\n## Mutants and the clauses that fail on them\n\n");
    let rows = findings.iter().map(|one| {
        let own = one.failed.iter().any(|id| *id == *one.mutant.clause);
        vec![
            code(&one.mutant.id),
            code(&one.mutant.clause),
            if own { "yes" } else { "no" }.to_owned(),
            codes(one.collateral()),
            codes(one.inconclusive.iter().map(String::as_str)),
        ]
    });
    let head = [
        "mutant",
        "breaks",
        "failed",
        "failed besides",
        "inconclusive",
    ];
    table(text, &head, rows);
}

fn variants(text: &mut String, report: &MutationReport) {
    if report.variants.is_empty() {
        return;
    }
    text.push_str("\n## Servers that conform\n\n");
    let rows = report.variants.iter().map(|server| {
        let complaints: Vec<String> = server.complaints.iter().map(ToString::to_string).collect();
        let said = if complaints.is_empty() {
            "nothing".to_owned()
        } else {
            complaints.join("; ")
        };
        vec![codes(server.variants.iter().copied()), said]
    });
    table(text, &["variants", "what the suite has against it"], rows);
}

fn answers(text: &mut String, mutants: &[AnswerMutant]) {
    if !mutants.is_empty() {
        text.push_str("\n## Wrong answers\n");
    }
    for of_operation in mutants.chunk_by(|one, other| one.operation == other.operation) {
        let operation = of_operation.first().map_or("", |one| &one.operation);
        let _ = writeln!(text, "\n### {operation}\n");
        let rows = of_operation.iter().map(|mutant| {
            vec![
                code(&mutant.operator.to_string()),
                mutant.status.to_string(),
                codes(mutant.failed()),
                mutant.left_open.unwrap_or_default().to_owned(),
            ]
        });
        let head = [
            "what is wrong",
            "status",
            "failed",
            "why the contract does not mind",
        ];
        table(text, &head, rows);
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn codes<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(code).collect::<Vec<_>>().join(", ")
}

fn table<T: AsRef<str>>(
    text: &mut String,
    head: &[T],
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(&mut head.iter().map(|cell| cell.as_ref().to_owned()));
    line(&mut head.iter().map(|_| "---".to_owned()));
    for row in rows {
        line(&mut row.iter().map(|cell| cell.replace('|', "\\|")));
    }
}
