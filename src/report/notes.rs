//! What a reader of any format should know besides the verdicts: what was waited for, what is spent, whose clock is off.

use super::{Report, SpentCodes, Throttling};
use crate::http::ClockSource;
use crate::printable::number_of;

/// A server whose clock is off by more is worth a note.
const NOTED_SECONDS: f64 = 60.0;

/// The notes, a group for each subject; none where there is nothing to say.
pub(super) fn notes(report: &Report) -> Vec<Vec<String>> {
    // The reference and its accounts end with the run.
    let spent = if report.target.embedded {
        Vec::new()
    } else {
        spent(&report.recovery_codes).into_iter().collect()
    };
    let clock = clock(report).into_iter().collect();
    let mut groups = vec![throttling(&report.throttling), spent, clock];
    groups.retain(|group| !group.is_empty());
    groups
}

fn throttling(throttling: &Throttling) -> Vec<String> {
    let seconds = |milliseconds: f64| format!("{:.0} s", milliseconds / 1e3);
    let (waited, paced) = (
        seconds(throttling.milliseconds),
        seconds(throttling.paced_milliseconds),
    );
    let is_paced = throttling.paced_milliseconds > 0.0;
    let waits = match throttling.answers {
        0 if is_paced => Some(format!(
            "the run waited {paced} to keep to the declared limits; the server throttled nothing"
        )),
        0 => None,
        answers => {
            let ahead = if is_paced {
                format!(", {paced} of them ahead of time")
            } else {
                String::new()
            };
            Some(format!(
                "the server throttled {}; the run waited {waited} for it{ahead}",
                number_of(answers, "call")
            ))
        }
    };
    let gateway = throttling.gateway_status.map(|status| {
        let calls = number_of(throttling.gateway_answers, "call");
        format!("a gateway answered {status} to {calls} in place of the server")
    });
    waits.into_iter().chain(gateway).collect()
}

fn spent(codes: &[SpentCodes]) -> Option<String> {
    match codes {
        [] => None,
        [codes] => Some(format!(
            "recovery codes of {}: the first {} of the list are spent, {} left",
            codes.account, codes.spent, codes.left
        )),
        several => Some(format!(
            "recovery codes of {} accounts are spent: report.json lists them",
            several.len()
        )),
    }
}

/// A server that is off by more than a minute, or does not tell its time, is worth a note.
fn clock(report: &Report) -> Option<String> {
    let (ahead, source) = report.clock_ahead_seconds.zip(report.clock_source)?;
    let note = match source {
        ClockSource::Date if ahead.abs() <= NOTED_SECONDS => return None,
        ClockSource::Date => "",
        ClockSource::Given => " (--clock-offset: its answers have no `Date`)",
        ClockSource::CreatedAt => {
            " (inferred from the creation of a token: its answers have no `Date`)"
        }
    };
    let side = if ahead < 0.0 { "behind" } else { "ahead of" };
    let ahead = ahead.abs();
    let shown = (ahead * 10.0).round() / 10.0;
    // What is told has the truth in it.
    let uncertainty = report.clock_uncertainty_seconds.unwrap_or_default() + (ahead - shown).abs();
    let uncertainty = (uncertainty * 10.0).ceil() / 10.0;
    Some(format!(
        "the server's clock is {shown:.1} s {side} this machine's, give or take {uncertainty:.1} s{note}"
    ))
}
