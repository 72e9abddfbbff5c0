//! Annotations for a workflow of GitHub: a line for each clause that fails, at its place in the suite, and one for each cause
//! that keeps others from being verified.

use std::fmt::Write as _;

use super::Report;
use super::causes::{Causes, Root};
use super::summary::headline;
use crate::printable::{inert, number_of};
use crate::verdict::{ClauseVerdict, Verdict};

/// What GitHub shows of one kind in one step; it drops the rest without a word.
const MOST: usize = 10;

/// The most clauses that one names.
const MOST_IDS: usize = 12;

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
    let failed = report.verdicts.with(Verdict::Fail);
    let mut all: Vec<Annotation> = failed.map(|clause| failure(report, clause)).collect();
    // What was never tested has one cause, which is told below.
    if report.not_testable.is_none() {
        let causes = Causes::of(report);
        all.extend(
            causes
                .iter()
                .map(|(root, clauses)| inconclusive(root, clauses)),
        );
    }
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

/// The clauses that one cause keeps from being verified.
fn inconclusive(root: &Root<'_>, clauses: &[&ClauseVerdict]) -> Annotation {
    let is_binding = clauses.iter().any(|clause| clause.binding);
    let ids = clauses.iter().map(|clause| clause.id.as_str());
    let shown: Vec<&str> = ids.take(MOST_IDS).collect();
    let more = if clauses.len() > MOST_IDS {
        ", …"
    } else {
        ""
    };
    Annotation {
        kind: if is_binding { WARNING } else { NOTICE },
        place: None,
        title: format!("inconclusive: {}", number_of(clauses.len(), "clause")),
        message: format!("{root}\n{}{more}", shown.join(", ")),
    }
}

fn failure(report: &Report, clause: &ClauseVerdict) -> Annotation {
    let kind = if clause.fails() { ERROR } else { NOTICE };
    let (place, why) = violation(report, clause).unzip();
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
    Annotation {
        kind,
        place,
        title: format!("{}: {}", clause.verdict, clause.id),
        message,
    }
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
