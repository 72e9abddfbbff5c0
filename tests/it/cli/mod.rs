//! The command line, run as its users run it: what it prints, what it writes, how it ends.

mod base_url;
mod certify;
mod clock;
mod compared;
mod consequences;
mod explain;
mod export;
mod found_target;
mod full_run;
mod generated;
mod init;
mod listing;
mod merged;
mod mutants;
mod narrowed;
mod openapi;
mod pacing;
mod production;
mod provisioning;
mod safety;
mod secret_settings;
mod served;
#[cfg(unix)]
mod signals;
mod story;
mod suite_version;
mod target_file;
mod untestable;
mod usage;
mod violations;
mod wait_ready;
mod waivers;
mod workflow;
mod wrong_contracts;
mod wrong_files;
mod wrong_scenarios;
