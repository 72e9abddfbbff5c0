//! The command line: one file a subcommand. It parses, calls the library and says what came of it.

mod annotate;
mod announce;
mod baseline;
mod certify;
mod check;
mod claim;
mod cleanup;
mod diff;
mod ended;
mod environment;
mod execute;
mod explain;
mod init;
mod keygen;
mod merge;
mod mutants;
mod output;
mod request;
mod run;
mod selection;
mod serve;
mod server_under_test;
mod settings;
mod signals;
mod target;
mod verify;
mod waits;

use clap::{Parser, Subcommand};

pub use ended::{CliError, Ended, Signal};
pub use environment::Environment;

/// Runs the contract of the Pionne auth API against any base URL, with a verdict for every clause.
///
/// Without --base-url the embedded reference implementation is tested.
///
/// Exit codes: 0 every selected `must` clause passes; 1 one fails; 2 wrong usage or a wrong suite; 3 the target could
/// not be tested; 4 nothing fails, but something selected is inconclusive.
#[derive(Debug, Parser)]
#[command(name = "conform", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::RunArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the reference implementation.
    Serve(serve::ServeArguments),
    /// Write a target file with everything that may stand in it, explained.
    Init(init::InitArguments),
    /// Check the suite: mistakes, clauses that nothing verifies, names without use, calls that servers throttle.
    Check(check::CheckArguments),
    /// Explain a clause or a scenario, or list them all.
    Explain(explain::ExplainArguments),
    /// Certify a product: two runs in a row by stricter rules, and a signed bundle of what they come to.
    Certify(Box<certify::CertifyArguments>),
    /// Check the bundle of a certification, offline.
    Verify(verify::VerifyArguments),
    /// Make a pair of keys for certifications.
    Keygen(keygen::KeygenArguments),
    /// Compare two reports: what changed, and whether anything got worse.
    Diff(diff::DiffArguments),
    /// Make one report of those of all slices of a run.
    Merge(merge::MergeArguments),
    /// Try the suite itself: servers that break a clause each must be caught, servers that conform left alone.
    Mutants(Box<mutants::MutantsArguments>),
}

impl Cli {
    /// Does what the arguments say.
    ///
    /// # Errors
    /// Why it could not be done, with what to do about it.
    pub fn execute(self, environment: &Environment) -> Result<Ended, CliError> {
        match self.command {
            None => run::run(&self.run, environment),
            Some(Command::Serve(serve)) => serve::serve(&serve),
            Some(Command::Init(init)) => init::init(&init),
            Some(Command::Check(check)) => check::check(&check),
            Some(Command::Explain(explain)) => explain::explain(&explain),
            Some(Command::Certify(certify)) => certify::certify(&certify, environment),
            Some(Command::Verify(verify)) => verify::verify(&verify),
            Some(Command::Keygen(keygen)) => keygen::keygen(&keygen),
            Some(Command::Diff(diff)) => diff::diff(&diff),
            Some(Command::Merge(merge)) => merge::merge(&merge),
            Some(Command::Mutants(mutants)) => mutants::mutants(&mutants, environment),
        }
    }
}
