//! `conform certify`: two runs in a row by the rules of certification, and a signed bundle of what they come to.

use clap::Args;
use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use libtest_mimic::Arguments;

use super::claim::Claim;
use super::ended::{CliError, Ended, Signal};
use super::environment::Environment;
use super::execute::{CutShort, RunRequest};
use super::output::Output;
use super::selection::claimed;
use super::server_under_test::ServerUnderTest;
use super::signals::Interruption;
use super::target::TargetArguments;
use crate::certify::{Bundle, FIRST_RUN, KeyPair, Product, REPEAT, Written, assert_genuine};
use crate::contract::Profile;
use crate::http::{Accounts, Description};
use crate::report::Report;
use crate::run::Plan;
use crate::suite::Suite;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct CertifyArguments {
    /// The vendor of the product.
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
    /// The name of the product.
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The version of the product.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The digest of the artefact that is running.
    #[arg(long, value_name = "sha256:DIGEST")]
    subject: Option<String>,
    /// The private key that signs the bundle (`conform keygen` makes one).
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Claim only these profiles [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    profile: Vec<Claim>,
    /// The folder in which the bundle is written, as a folder of its own.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    report_dir: PathBuf,
    #[command(flatten)]
    target: TargetArguments,
}

pub(super) fn certify(
    arguments: &CertifyArguments,
    environment: &Environment,
) -> Result<Ended, CliError> {
    let suite = Arc::new(Suite::built_in()?);
    let server = arguments.target.server(environment, &suite.contract)?;
    let product = product(arguments, &server.described)?;
    let key = key(arguments.key.as_deref())?;
    let plan = claimed(&arguments.profile, &suite, &server.described);
    refuse(&server.described, &plan)?;
    let bundle = Bundle::prepare(&arguments.report_dir, &product)?;
    let server = ServerUnderTest::start(server)?;
    let runs = two_runs(&server, &plan, &bundle);
    server.close();
    let runs = match runs? {
        Ok(runs) => runs,
        Err(signal) => return Ok(Ended::Interrupted(signal)),
    };
    let written = bundle.write(&plan, product, runs.each_ref(), &key)?;
    assert_genuine(&written, &key, &suite)?;
    terminal::out(&told(&written));
    Ok(if written.certificate.conformant {
        Ended::Well
    } else {
        Ended::NotCertified
    })
}

fn product(arguments: &CertifyArguments, described: &Description) -> Result<Product, CliError> {
    let file = described.certification.clone();
    let names = [
        (&arguments.vendor, file.vendor),
        (&arguments.product, file.product),
        (&arguments.version, file.version),
    ];
    let names = names.map(|(flag, file)| flag.clone().or(file));
    let artefact = arguments.subject.as_ref().or(file.subject.as_ref());
    let artefact = artefact.map(|text| text.parse()).transpose();
    let artefact = artefact.map_err(|error| CliError::Usage(format!("--subject: {error}")))?;
    Ok(Product::new(names, artefact)?)
}

fn key(path: Option<&Path>) -> Result<KeyPair, CliError> {
    let Some(path) = path else {
        let message = "certify signs what it writes: name a private key with --key, or make a pair of keys with \
                       `conform keygen`";
        return Err(CliError::Usage(message.to_owned()));
    };
    Ok(KeyPair::read(path)?)
}

/// What a target may say in a run, and must not in a certification.
fn refuse(described: &Description, plan: &Plan) -> Result<(), CliError> {
    if !described.waivers.is_empty() {
        let message = "certification knows no waivers: take them out of the target file, or certify with another";
        return Err(CliError::Usage(message.to_owned()));
    }
    let fixed = matches!(described.accounts, Accounts::File(_));
    if fixed && plan.profiles.contains(&Profile::Totp) {
        let message = "certification runs the suite twice, and the first run spends the recovery codes of one fixed \
                       account: name a command with --provision in place of --totp-account";
        return Err(CliError::Usage(message.to_owned()));
    }
    Ok(())
}

/// Both reports, or the signal that ended a run.
fn two_runs(
    server: &ServerUnderTest,
    plan: &Plan,
    bundle: &Bundle,
) -> Result<Result<[Report; 2], Signal>, CliError> {
    let one_run = |number: u8, run: &str| {
        terminal::out(&format!("run {number} of 2\n"));
        let request = RunRequest {
            plan: plan.clone(),
            selected: plan.scenarios.clone(),
            trials: Arguments::default(),
            fail_fast: false,
            output: Output::to(bundle.folder_of(run)),
        };
        server.run(&request, |report, cut_short| match cut_short {
            Some(CutShort::Interrupted(Interruption::Signal(signal))) => Ok(Err(signal)),
            Some(CutShort::NotTestable(reason)) => Err(CliError::NotTestable(reason)),
            // What did not come to its end is an objection.
            Some(CutShort::Interrupted(Interruption::OutOfTime)) | None => Ok(Ok(report)),
        })
    };
    let first = match one_run(1, FIRST_RUN)? {
        Ok(report) => report,
        Err(signal) => return Ok(Err(signal)),
    };
    let second = one_run(2, REPEAT)?;
    Ok(second.map(|second| [first, second]))
}

fn told(written: &Written) -> String {
    let Written {
        certificate,
        folder,
        ..
    } = written;
    let product = &certificate.product;
    let mut text = String::new();
    if certificate.conformant {
        let claims = certificate.claims();
        let _ = writeln!(text, "{product}: conforms, two runs in a row ({claims})");
    } else {
        let _ = writeln!(text, "{product}: does not conform");
        for objection in &certificate.objections {
            let _ = writeln!(text, "  {objection}");
        }
    }
    let _ = writeln!(text, "bundle: {}", folder.display());
    text
}
