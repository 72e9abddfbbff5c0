//! `report.html`: one file for people. It loads nothing, and all that it tells is there without its script.

mod clauses;
mod facts;
mod matrix;
mod stories;
mod timeline;

pub use matrix::{BrokenServer, Matrix};

use std::io;

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use self::clauses::{ClauseTable, ProfileView};
use self::facts::Facts;
use self::matrix::Caught;
use self::stories::Stories;
use self::timeline::Timeline;
use super::Report;

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// The page, with everything on it in words.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    facts: Facts<'a>,
    profiles: Vec<ProfileView<'a>>,
    stories: Stories<'a>,
    ledger: ClauseTable<'a>,
    timeline: Timeline<'a>,
    caught: Caught,
    report: &'a Report,
    policy: String,
    style: &'static str,
    script: &'static str,
}

/// Writes the page of a report.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let page = Page {
        facts: Facts::of(report),
        profiles: clauses::profiles(report),
        stories: Stories::of(report),
        ledger: ClauseTable::of(report),
        timeline: Timeline::of(report),
        caught: Caught::of(report),
        report,
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
    };
    page.write_into(to)
}

/// What the page may do: show its own style, run its own script, and nothing else.
fn policy() -> String {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// A duration as a reader takes it in at a glance.
fn duration(milliseconds: f64) -> String {
    match milliseconds {
        short if short < 9.95 => format!("{short:.1} ms"),
        short if short < 999.5 => format!("{short:.0} ms"),
        long if long < 99_950.0 => format!("{:.1} s", long / 1e3),
        longest => {
            let minutes = (longest / 60_000.0).floor();
            let seconds = (longest / 1e3 - minutes * 60.0).floor();
            format!("{minutes:.0} min {seconds:.0} s")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_the_unit_that_suits_it() {
        for (milliseconds, told) in [
            (0.04, "0.0 ms"),
            (9.94, "9.9 ms"),
            (9.96, "10 ms"),
            (999.4, "999 ms"),
            (999.6, "1.0 s"),
            (99_949.0, "99.9 s"),
            (120_000.0, "2 min 0 s"),
            (179_999.0, "2 min 59 s"),
        ] {
            assert_eq!(duration(milliseconds), told);
        }
    }
}
