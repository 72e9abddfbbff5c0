//! A contract, written as data, executed against any base URL, with a verdict for every clause of it.
//!
//! The modules follow the flow of a run: a [`suite`] proves the clauses of a [`contract`]; the [`engine`] runs
//! its scenarios against a [`target`] on [`accounts`] of their own; [`verdict`]s follow from what was met, and
//! [`report`]s from the verdicts; [`certify`] signs them. The [`mod@reference`] implementation knows nothing of all that.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod accounts;
mod bounded;
pub mod certify;
pub mod cli;
pub mod contract;
pub mod diagnostic;
pub mod embedded;
pub mod engine;
pub mod excerpt;
pub mod explain;
pub mod harness;
mod known_keys;
pub mod mutation;
mod printable;
pub mod reference;
pub mod report;
pub mod schemas;
mod shell;
pub mod suite;
pub mod target;
pub mod terminal;
pub mod totp;
pub mod verdict;
mod yaml;
