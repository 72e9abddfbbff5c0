//! The command line: one file a subcommand. It parses, calls the library and says what came of it.

mod announce;
mod baseline;
mod certify;
mod check;
mod claim;
mod cleanup;
mod completions;
mod diff;
mod ended;
mod environment;
mod execute;
mod explain;
mod init;
mod keygen;
mod man;
mod merge;
mod mutants;
mod openapi;
mod output;
mod progress;
mod reproduce;
mod run;
mod selection;
mod serve;
mod server_under_test;
mod signals;
mod suite;
mod target;
mod verify;
mod waits;

use clap::{Parser, Subcommand};

pub use ended::{CliError, Ended, Signal};
pub use environment::{Environment, TARGET_FILE};

/// Tests whether a server keeps the contract of the Pionne auth API, with a verdict for every clause.
///
/// The server is described by flags and by a target file: conform.yaml in the current folder, unless --target names
/// another. Without any of these, it tests the embedded reference implementation.
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
    /// Write a target file in which every setting is explained.
    Init(init::InitArguments),
    /// Check the suite: find mistakes, clauses that nothing verifies and unused names; count throttled calls.
    ///
    /// Exit codes: 0 the suite has no gaps; 1 it has gaps; 2 wrong usage or a wrong suite.
    Check(check::CheckArguments),
    /// Explain a clause or a scenario, or list all of them.
    Explain(explain::ExplainArguments),
    /// Print the contract as an OpenAPI 3.1 document, in JSON.
    ///
    /// It says what the scenarios send and expect: parameters, bodies, statuses, schemas, and the clauses of each operation.
    Openapi(openapi::OpenApiArguments),
    /// The suite as files.
    Suite(suite::SuiteArguments),
    /// Make the calls again that made a clause fail in the last run, on fresh accounts.
    ///
    /// Each call is printed as a curl line with its answer. Without --base-url or --target, it calls the server of the last run.
    ///
    /// Exit codes: 0 the clause does not fail again; 1 it does; 2 wrong usage; 3 it could not be tried.
    Reproduce(Box<reproduce::ReproduceArguments>),
    /// Certify a product: run the suite twice by stricter rules, and sign the result.
    ///
    /// Exit codes: 0 the product conforms; 1 it does not, and the bundle says so; 2 wrong usage; 3 the target could not be
    /// tested, and there is no bundle.
    Certify(Box<certify::CertifyArguments>),
    /// Verify the bundle of a certification, offline.
    ///
    /// Exit codes: 0 the bundle is genuine and says that the product conforms; 1 it is not genuine, or says that the
    /// product does not conform; 2 wrong usage.
    Verify(verify::VerifyArguments),
    /// Make a key pair for certifications.
    Keygen(keygen::KeygenArguments),
    /// Compare two reports: show what changed, and whether anything got worse.
    ///
    /// Exit codes: 0 nothing got worse; 1 something did; 2 wrong usage.
    Diff(diff::DiffArguments),
    /// Merge the reports of all slices of a run into one.
    ///
    /// Exit codes: those of the run that the slices make up.
    Merge(merge::MergeArguments),
    /// Test the suite itself, on servers that each break one clause and on servers that conform.
    ///
    /// Exit codes: 0 every mutant is killed by the clause that it breaks and no variant gets a false alarm; 1 the suite
    /// has gaps; 2 wrong usage or a wrong suite; 3 the control failed, or the target could not be tested.
    Mutants(Box<mutants::MutantsArguments>),
    /// Print a script that completes commands and flags in a shell.
    Completions(completions::CompletionsArguments),
    /// Print the manual page of the program, or of a command.
    Man(man::ManArguments),
}

impl Cli {
    /// Does what the arguments say.
    ///
    /// # Errors
    /// Why it could not be done, with what to do about it.
    pub fn execute(self, environment: &Environment) -> Result<Ended, CliError> {
        output::Color::Auto.show();
        match self.command {
            None => run::run(&self.run, environment),
            Some(Command::Serve(serve)) => serve::serve(&serve),
            Some(Command::Init(init)) => init::init(&init),
            Some(Command::Check(check)) => check::check(&check),
            Some(Command::Explain(explain)) => explain::explain(&explain),
            Some(Command::Openapi(arguments)) => openapi::openapi(&arguments),
            Some(Command::Suite(arguments)) => suite::suite(&arguments),
            Some(Command::Reproduce(reproduce)) => reproduce::reproduce(*reproduce, environment),
            Some(Command::Certify(certify)) => certify::certify(&certify, environment),
            Some(Command::Verify(verify)) => verify::verify(&verify),
            Some(Command::Keygen(keygen)) => keygen::keygen(&keygen),
            Some(Command::Diff(diff)) => diff::diff(&diff),
            Some(Command::Merge(merge)) => merge::merge(&merge),
            Some(Command::Mutants(mutants)) => mutants::mutants(&mutants, environment),
            Some(Command::Completions(arguments)) => Ok(completions::completions(&arguments)),
            Some(Command::Man(man)) => man::man(&man),
        }
    }
}
