//! `report.html` and `mutants.html`: pages for people. They load nothing, and all that they tell is there without a script.

mod clauses;
mod duration;
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
pub(super) use self::matrix::is_shipped_for;
use self::stories::{Cause, Stories};
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
    is_for_shipped_suite: bool,
    report: &'a Report,
    policy: String,
    style: &'static str,
    script: &'static str,
}

/// The page of the broken servers that the suite catches.
#[derive(Template)]
#[template(path = "mutants.html")]
struct MutantsPage<'a> {
    caught: Caught<'a>,
    report: &'a Report,
    policy: String,
    style: &'static str,
}

/// Writes the page of a report.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let page = Page {
        facts: Facts::of(report),
        profiles: clauses::profiles(report),
        stories: Stories::of(report),
        ledger: ClauseTable::of(report),
        timeline: Timeline::of(report),
        is_for_shipped_suite: is_shipped_for(report),
        report,
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
    };
    page.write_into(to)
}

/// Writes the page of the broken servers that the suite of a report catches.
pub(super) fn write_mutants(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let page = MutantsPage {
        caught: Caught::of(report),
        report,
        policy: policy(),
        style: STYLE,
    };
    page.write_into(to)
}

/// What a page may do: show its own style, run its own script, and nothing else.
fn policy() -> String {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
