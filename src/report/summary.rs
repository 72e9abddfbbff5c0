//! The last words in the terminal: a verdict per profile, what fails, what is inconclusive, where the reports are.

use std::fmt::Write as _;

use super::Report;
use super::notes::notes;
use crate::printable::one_line;
use crate::verdict::{ClauseVerdict, Conclusion, Count, Verdict, Waived};

/// Whether a failed clause belongs to a group.
type Belongs = fn(&ClauseVerdict) -> bool;

/// The failed clauses, told apart by what they come to.
const GROUPS: [(&str, Belongs); 3] = [
    ("failed:", ClauseVerdict::fails),
    ("failed and waived:", |clause| clause.waived.is_some()),
    (
        "failed, without failing the run (--strict makes every `should` binding):",
        |clause| !clause.binding && clause.waived.is_none(),
    ),
];

/// The summary as plain text.
#[must_use]
pub fn summary(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}{}\n",
        one_line(&report.target.base_url),
        report.target.remark()
    );
    let _ = writeln!(
        text,
        "  profile      verdict       pass  fail  inconclusive"
    );
    for profile in &report.verdicts.profiles {
        let count = profile.clauses;
        let _ = writeln!(
            text,
            "  {:<12} {:<12} {:>5} {:>5}  {:>12}",
            profile.profile, profile.verdict, count.pass, count.fail, count.inconclusive
        );
    }
    for (title, belongs) in GROUPS {
        let failed = report.verdicts.with(Verdict::Fail);
        let mut failed = failed.filter(|clause| belongs(clause));
        if let Some(first) = failed.next() {
            let _ = writeln!(text, "\n{title}");
            tell_failed(&mut text, first);
            failed.for_each(|clause| tell_failed(&mut text, clause));
        }
    }
    for (position, (cause, clauses)) in causes(report).into_iter().enumerate() {
        if position == 0 {
            text.push_str("\ninconclusive:\n");
        }
        let _ = writeln!(text, "  because {}:", one_line(cause));
        for clause in clauses {
            let _ = writeln!(text, "    {}: {}", clause.id, one_line(&clause.text));
        }
    }
    if let Some(left_out) = &report.left_out {
        let _ = writeln!(text, "\nleft out: {}", one_line(left_out));
    }
    let mut warnings = report
        .waivers
        .iter()
        .filter_map(|note| note.warning.as_ref());
    if let Some(first) = warnings.next() {
        let _ = writeln!(text, "\nwarning: {}", one_line(first));
        for warning in warnings {
            let _ = writeln!(text, "warning: {}", one_line(warning));
        }
    }
    for group in notes(report) {
        let lines = group.iter().map(|line| one_line(line));
        let _ = writeln!(text, "\n{}", lines.collect::<Vec<_>>().join("\n"));
    }
    let _ = writeln!(text, "\n{}", last_line(report));
    text
}

fn tell_failed(text: &mut String, clause: &ClauseVerdict) {
    let _ = writeln!(
        text,
        "  {} ({}, {})",
        clause.id, clause.level, clause.profile
    );
    let _ = writeln!(text, "    {}", one_line(&clause.text));
    let _ = writeln!(text, "    {}", one_line(&clause.source));
    if let Some(Waived { reason, until }) = &clause.waived {
        let _ = writeln!(text, "    waived until {until}: {}", one_line(reason));
    }
    for check in clause.checks.iter().filter(|check| check.state == "failed") {
        let _ = writeln!(text, "    shown by {}, line {}", check.scenario, check.line);
    }
}

/// The inconclusive clauses by what made them so: one cause commonly leaves many, and is told once.
pub(super) fn causes(report: &Report) -> Vec<(&str, Vec<&ClauseVerdict>)> {
    let mut causes: Vec<(&str, Vec<&ClauseVerdict>)> = Vec::new();
    for clause in report.verdicts.with(Verdict::Inconclusive) {
        let reason = clause.reason.as_deref().unwrap_or_default();
        let cause = reason.lines().next().unwrap_or_default();
        match causes.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, clauses)) => clauses.push(clause),
            None => causes.push((cause, vec![clause])),
        }
    }
    causes
}

/// The verdicts counted, their sum, and what is said of parts and waivers.
pub(super) fn counted(report: &Report) -> (Count, usize, &'static str, String) {
    let count = report.count;
    let part = if report.partial {
        " of a part of the suite"
    } else {
        ""
    };
    let waived = match count.waived {
        0 => String::new(),
        waived => format!(" ({waived} waived)"),
    };
    let all = count.pass + count.fail + count.inconclusive;
    (count, all, part, waived)
}

pub(super) fn last_line(report: &Report) -> String {
    let (count, all, part, waived) = counted(report);
    let verdict = match report.conclusion {
        _ if report.is_untestable() => "the target could not be tested",
        _ if !report.complete => "the run was interrupted",
        Conclusion::Conforms => "conforms",
        Conclusion::Violates => "the contract is violated",
        Conclusion::StaleWaivers => "waivers are to go",
        Conclusion::NotTestable => "the target could not be tested in full",
        Conclusion::Inconclusive => "not verified in full",
    };
    format!(
        "{verdict}: {all} clauses{part}, {} pass, {} fail{waived}, {} inconclusive, in {:.1} s",
        count.pass,
        count.fail,
        count.inconclusive,
        report.milliseconds / 1e3
    )
}
