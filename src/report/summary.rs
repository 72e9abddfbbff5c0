//! The last words in the terminal: a verdict per profile, what is violated and unproven, where the reports are.

use std::fmt::Write as _;

use super::{Report, SpentCodes, Throttling};
use crate::target::ClockSource;
use crate::verdict::{ClauseVerdict, Conclusion, Verdict, Waived};

/// A clock that is off by more, in seconds, is noted.
const NOTED_SECONDS: f64 = 60.0;

/// Whether a violated clause belongs to a group.
type Belongs = fn(&ClauseVerdict) -> bool;

/// The violated clauses, told apart by what they come to.
const GROUPS: [(&str, Belongs); 3] = [
    ("violated:", ClauseVerdict::fails),
    ("violated and waived:", |clause| clause.waived.is_some()),
    (
        "violated, without failing the run (--strict makes every `should` binding):",
        |clause| !clause.binding && clause.waived.is_none(),
    ),
];

/// The summary as plain text.
#[must_use]
pub fn summary(report: &Report) -> String {
    let mut text = String::new();
    let embedded = if report.target.embedded {
        " (the embedded reference)"
    } else {
        ""
    };
    let _ = writeln!(text, "{}{embedded}\n", report.target.base_url);
    let _ = writeln!(text, "  profile     verdict   holds  violated  unproven");
    for profile in &report.verdicts.profiles {
        let count = profile.clauses;
        let _ = writeln!(
            text,
            "  {:<11} {:<9} {:>5}  {:>8}  {:>8}",
            profile.profile, profile.verdict, count.holds, count.violated, count.unproven
        );
    }
    let with = |verdict| {
        let clauses = report.verdicts.clauses.iter();
        clauses.filter(move |clause| clause.verdict == verdict)
    };
    for (title, belongs) in GROUPS {
        let mut violated = with(Verdict::Violated).filter(|clause| belongs(clause));
        if let Some(first) = violated.next() {
            let _ = writeln!(text, "\n{title}");
            tell_violated(&mut text, first);
            violated.for_each(|clause| tell_violated(&mut text, clause));
        }
    }
    if with(Verdict::Unproven).next().is_some() {
        text.push_str("\nunproven:\n");
        tell_unproven(&mut text, with(Verdict::Unproven));
    }
    if let Some(left_out) = &report.left_out {
        let _ = writeln!(text, "\nleft out: {left_out}");
    }
    let mut warnings = report
        .waivers
        .iter()
        .filter_map(|note| note.warning.as_ref());
    if let Some(first) = warnings.next() {
        let _ = writeln!(text, "\nwarning: {first}");
        for warning in warnings {
            let _ = writeln!(text, "warning: {warning}");
        }
    }
    tell_throttling(&mut text, &report.throttling);
    // The reference and its accounts end with the run.
    if !report.target.embedded {
        tell_spent(&mut text, &report.recovery_codes);
    }
    tell_clock(&mut text, report);
    let _ = writeln!(text, "\n{}", last_line(report));
    text
}

fn tell_throttling(text: &mut String, throttling: &Throttling) {
    let seconds = |milliseconds: f64| milliseconds / 1e3;
    let (waited, paced) = (throttling.milliseconds, throttling.paced_milliseconds);
    if throttling.answers > 0 {
        let _ = write!(
            text,
            "\nthe server throttled {} calls; the run waited {:.0} s for it",
            throttling.answers,
            seconds(waited)
        );
        if paced > 0.0 {
            let _ = write!(text, ", {:.0} s of them ahead of time", seconds(paced));
        }
        text.push('\n');
    } else if paced > 0.0 {
        let _ = writeln!(
            text,
            "\nthe run waited {:.0} s to keep to the declared limits; the server throttled nothing",
            seconds(paced)
        );
    }
    for limit in &throttling.learnt_limits {
        let of = limit
            .operation
            .as_deref()
            .unwrap_or("all throttled operations together");
        let _ = writeln!(
            text,
            "learnt: {} calls of {of} in {} s",
            limit.calls, limit.seconds
        );
    }
}

/// A server that is off by more than a minute, or does not tell its time, is worth a note.
fn tell_clock(text: &mut String, report: &Report) {
    let known = report.clock_ahead_seconds.zip(report.clock_source);
    let Some((ahead, source)) = known else {
        return;
    };
    let note = match source {
        ClockSource::Date => "",
        ClockSource::Given => " (--clock-offset: its answers have no `Date`)",
        ClockSource::CreatedAt => {
            " (inferred from the creation of a token: its answers have no `Date`)"
        }
    };
    if ahead.abs() > NOTED_SECONDS || source != ClockSource::Date {
        let side = if ahead < 0.0 { "behind" } else { "ahead of" };
        let uncertainty = report.clock_uncertainty_seconds.unwrap_or_default();
        let _ = writeln!(
            text,
            "\nthe server's clock is {:.0} s {side} this machine's, give or take {uncertainty:.1} s{note}",
            ahead.abs()
        );
    }
}

fn tell_spent(text: &mut String, all: &[SpentCodes]) {
    for (position, codes) in all.iter().enumerate() {
        let gap = if position == 0 { "\n" } else { "" };
        let _ = writeln!(
            text,
            "{gap}recovery codes of {}: the first {} of the list are spent, {} left",
            codes.account, codes.spent, codes.left
        );
    }
}

fn tell_violated(text: &mut String, clause: &ClauseVerdict) {
    let _ = writeln!(
        text,
        "  {} ({}, {})",
        clause.id, clause.level, clause.profile
    );
    let _ = writeln!(text, "    {}", clause.statement);
    let _ = writeln!(text, "    {}", clause.source);
    if let Some(Waived { reason, until }) = &clause.waived {
        let _ = writeln!(text, "    waived until {until}: {reason}");
    }
    for proof in clause.proofs.iter().filter(|proof| proof.state == "failed") {
        let _ = writeln!(text, "    shown by {}, line {}", proof.scenario, proof.line);
    }
}

/// One cause commonly leaves many clauses unproven: it is told once.
fn tell_unproven<'a>(text: &mut String, clauses: impl Iterator<Item = &'a ClauseVerdict>) {
    let mut causes: Vec<(&str, Vec<&ClauseVerdict>)> = Vec::new();
    for clause in clauses {
        let reason = clause.reason.as_deref().unwrap_or_default();
        let cause = reason.lines().next().unwrap_or_default();
        match causes.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, clauses)) => clauses.push(clause),
            None => causes.push((cause, vec![clause])),
        }
    }
    for (cause, clauses) in causes {
        let _ = writeln!(text, "  because {cause}:");
        for clause in clauses {
            let _ = writeln!(text, "    {}: {}", clause.id, clause.statement);
        }
    }
}

fn last_line(report: &Report) -> String {
    let count = report.count;
    let all = count.holds + count.violated + count.unproven;
    let part = if report.partial {
        " of a part of the suite"
    } else {
        ""
    };
    let verdict = match report.conclusion {
        _ if !report.complete => "the run was interrupted",
        Conclusion::Conforms => "conforms",
        Conclusion::Violates => "the contract is violated",
        Conclusion::StaleWaivers => "waivers are to go",
        Conclusion::NotTestable => "the target could not be tested in full",
        Conclusion::Unproven => "not proven in full",
    };
    let waived = match count.waived {
        0 => String::new(),
        waived => format!(" ({waived} waived)"),
    };
    format!(
        "{verdict}: {all} clauses{part}, {} hold, {} violated{waived}, {} unproven, in {:.1} s",
        count.holds,
        count.violated,
        count.unproven,
        report.milliseconds / 1e3
    )
}
