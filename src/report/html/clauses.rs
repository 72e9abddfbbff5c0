//! The profiles, and the table of all clauses.

use super::super::Report;
use crate::verdict::{ClauseVerdict, Count, ProfileVerdict, Verdict};

/// A profile with the bar of its clauses.
pub(super) struct ProfileView<'a> {
    pub(super) profile: &'a ProfileVerdict,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) bar: Vec<BarSegment>,
}

/// A part of a bar, in thousandths of its width.
pub(super) struct BarSegment {
    pub(super) class: &'static str,
    pub(super) from: usize,
    pub(super) width: usize,
}

/// All clauses of the run.
pub(super) struct ClauseTable<'a> {
    pub(super) rows: Vec<ClauseRow<'a>>,
    pub(super) count: Count,
}

/// One clause of the table.
pub(super) struct ClauseRow<'a> {
    pub(super) clause: &'a ClauseVerdict,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    /// Where it is verified, or shown to fail: name and anchor of the scenarios.
    pub(super) scenarios: Vec<(&'a str, String)>,
}

impl<'a> ClauseTable<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let rows = report.verdicts.clauses.iter().map(|clause| {
            let (class, mark) = shown(clause.verdict);
            let is_waived = clause.verdict == Verdict::Fail && clause.waived.is_some();
            ClauseRow {
                clause,
                class: if is_waived { "waived" } else { class },
                mark,
                scenarios: scenarios(clause),
            }
        });
        let mut rows: Vec<ClauseRow<'_>> = rows.collect();
        // What failed comes first, then what is inconclusive.
        rows.sort_by_key(|row| match row.clause.verdict {
            Verdict::Fail => 0,
            Verdict::Inconclusive => 1,
            Verdict::Pass => 2,
        });
        Self {
            rows,
            count: report.count,
        }
    }
}

/// Each scenario once.
fn scenarios(clause: &ClauseVerdict) -> Vec<(&str, String)> {
    let mut ids: Vec<&str> = clause
        .checks
        .iter()
        .map(|check| check.scenario.as_str())
        .collect();
    ids.dedup();
    ids.into_iter().map(|id| (id, anchor(id))).collect()
}

/// The anchor of a scenario on the page: an id must not hold spaces.
pub(super) fn anchor(scenario: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    format!("s-{}", scenario.chars().map(plain).collect::<String>())
}

pub(super) fn profiles(report: &Report) -> Vec<ProfileView<'_>> {
    let profiles = report.verdicts.profiles.iter();
    let views = profiles.map(|profile| {
        let (class, mark) = shown(profile.verdict);
        let bar = bar(profile.clauses);
        ProfileView {
            profile,
            class,
            mark,
            bar,
        }
    });
    views.collect()
}

/// The class of what has come to a verdict, and the mark beside it.
pub(super) fn shown(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("pass", "✓"),
        Verdict::Fail => ("fail", "✗"),
        Verdict::Inconclusive => ("inconclusive", "–"),
    }
}

fn bar(count: Count) -> Vec<BarSegment> {
    let all = (count.pass + count.fail + count.inconclusive).max(1);
    let mut before = 0;
    let counts = [
        ("pass", count.pass),
        ("fail", count.fail),
        ("inconclusive", count.inconclusive),
    ];
    let parts = counts.into_iter().filter(|(_, number)| *number > 0);
    let parts = parts.map(|(class, number)| {
        let from = before * 1000 / all;
        before += number;
        BarSegment {
            class,
            from,
            width: before * 1000 / all - from,
        }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it() {
        let count = Count {
            pass: 1,
            fail: 1,
            waived: 0,
            inconclusive: 1,
        };
        let parts = bar(count);
        assert_eq!(parts.iter().map(|part| part.width).sum::<usize>(), 1000);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].from + pair[0].width, pair[1].from);
        }
        assert!(bar(Count::default()).is_empty());
    }

    #[test]
    fn the_same_name_and_no_other_leads_to_a_scenario() {
        assert_eq!(anchor("login/each client[0]"), "s-login-each-client-0-");
    }
}
