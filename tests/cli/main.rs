//! The command line, run as its users run it: what it prints, what it writes, how it ends.

mod base_url;
mod explain;
mod full_run;
mod listing;
mod mutants;
mod production;
mod provisioning;
mod secrets;
#[cfg(unix)]
mod signals;
mod support;
mod untestable;
mod usage;
mod violations;
mod wrong_contracts;
mod wrong_files;
mod wrong_scenarios;
