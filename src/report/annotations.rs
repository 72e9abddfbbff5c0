//! Annotations for a workflow of GitHub: a line for each clause that fails or is inconclusive, at its place in the suite.

use std::fmt::Write as _;

use super::Report;
use super::summary::headline;
use crate::printable::inert;
use crate::verdict::{ClauseVerdict, Verdict};

/// What GitHub shows of one kind in one step; it drops the rest without a word.
const MOST: usize = 10;

/// How grave an annotation is, the gravest first.
const KINDS: [&str; 3] = [ERROR, WARNING, NOTICE];
const ERROR: &str = "error";
const WARNING: &str = "warning";
const NOTICE: &str = "notice";

struct Annotation {
    kind: &'static str,
    place: Option<(String, usize)>,
    title: String,
    message: String,
}

/// The annotations of a report, a line each; the last of each kind says how many are left out.
#[must_use]
pub fn annotations(report: &Report) -> String {
    let clauses = report.verdicts.clauses.iter();
    let mut all: Vec<Annotation> = clauses
        .filter_map(|clause| annotation(report, clause))
        .collect();
    if !report.complete || all.is_empty() && report.conclusion.fails() {
        all.push(Annotation {
            kind: ERROR,
            place: None,
            title: "conform".to_owned(),
            message: (report.not_testable.clone()).unwrap_or_else(|| headline(report)),
        });
    }
    let mut text = String::new();
    for kind in KINDS {
        let mut of_kind = all.iter().filter(|annotation| annotation.kind == kind);
        let count = of_kind.clone().count();
        let shown = if count > MOST { MOST - 1 } else { count };
        for annotation in of_kind.by_ref().take(shown) {
            tell(&mut text, annotation);
        }
        if shown < count {
            let message = format!("{} more of these are in the report", count - shown);
            let _ = writeln!(text, "::{kind} title=conform::{message}");
        }
    }
    text
}

fn annotation(report: &Report, clause: &ClauseVerdict) -> Option<Annotation> {
    let kind = match clause.verdict {
        Verdict::Pass => return None,
        Verdict::Fail if clause.fails() => ERROR,
        Verdict::Inconclusive if clause.binding => WARNING,
        Verdict::Fail | Verdict::Inconclusive => NOTICE,
    };
    let (place, why) = match clause.verdict {
        Verdict::Inconclusive => (None, clause.reason.clone()),
        _ => violation(report, clause).unzip(),
    };
    let mut message = clause.text.clone();
    if let Some(why) = why {
        let _ = write!(message, "\n{why}");
    }
    // The files of the built-in suite are in no repository of the user.
    let place = place.filter(|(file, line)| {
        if report.suite.built_in {
            let _ = write!(message, "\nat {file}:{line}");
        }
        !report.suite.built_in
    });
    if let Some(waived) = &clause.waived {
        let _ = write!(
            message,
            "\nwaived until {}: {}",
            waived.until, waived.reason
        );
    }
    Some(Annotation {
        kind,
        place,
        title: format!("{}: {}", clause.verdict, clause.id),
        message,
    })
}

/// Where a clause is first shown to fail, and in what.
fn violation(report: &Report, clause: &ClauseVerdict) -> Option<((String, usize), String)> {
    let story = report.story(clause)?;
    let place = &story.failure.excerpt;
    Some(((place.path.clone(), place.line), story.why()))
}

fn tell(text: &mut String, annotation: &Annotation) {
    let _ = write!(text, "::{} ", annotation.kind);
    if let Some((file, line)) = &annotation.place {
        let _ = write!(text, "file={},line={line},", property(file));
    }
    let _ = writeln!(
        text,
        "title={}::{}",
        property(&annotation.title),
        data(&annotation.message)
    );
}

/// A message as a workflow reads it: one line, whatever the server sent.
fn data(text: &str) -> String {
    inert(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property as a workflow reads it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_server_sends_begins_a_command_of_its_own() {
        assert_eq!(
            data("50%\r\n::error::x"),
            "50%25\\r%0A\\::error::x",
            "the line does not end"
        );
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
