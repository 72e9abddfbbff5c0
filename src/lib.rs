//! A contract, written as data, executed against any base URL, with a verdict for every clause of it.

pub mod accounts;
pub mod cli;
pub mod contract;
pub mod diagnostic;
pub mod engine;
pub mod harness;
pub mod reference;
pub mod report;
pub mod suite;
pub mod target;
pub mod totp;
pub mod verdict;
mod yaml;
pub mod schemas;
