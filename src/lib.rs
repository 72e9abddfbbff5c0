//! A contract, written as data, executed against any base URL, with a verdict for every clause of it.
//!
//! The modules follow the flow of a run: a [`suite`] verifies the clauses of a [`contract`]; [`mod@run`] runs
//! its scenarios against a server over [`http`] on [`accounts`] of their own; [`verdict`]s follow from what was met, and
//! [`report`]s from the verdicts; [`certify`] signs them. The [`mod@reference`] implementation knows nothing of all that.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod opaque_debug;

pub mod accounts;
mod bounded;
pub mod certify;
#[cfg(feature = "reference")]
pub mod cli;
pub mod contract;
pub mod diagnostic;
#[cfg(feature = "reference")]
pub mod embedded;
pub mod excerpt;
#[cfg(feature = "reference")]
pub mod explain;
pub mod harness;
pub mod http;
mod json_schema;
mod node;
pub mod openapi;
mod printable;
#[cfg(feature = "reference")]
pub mod reference;
pub mod report;
pub mod run;
#[cfg(feature = "reference")]
pub mod schemas;
#[cfg(feature = "reference")]
pub mod selftest;
mod shape;
mod shell;
pub mod suite;
#[cfg_attr(
    not(feature = "reference"),
    expect(dead_code, reason = "some of it is for the program alone")
)]
pub mod terminal;
pub mod totp;
pub mod verdict;
mod yaml;
