//! `report.html`: one file for people. It loads nothing, and all that it tells is there without its script.

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
