//! The arguments of the commands that make something of reports: bundles, comparisons, one report of many.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{LATEST, TargetArguments};
use super::claim::Claim;

/// Exit codes: 0 the product conforms; 1 it does not, and the bundle says so; 2 wrong usage; 3 the target could not be
/// tested, and there is no bundle.
#[derive(Debug, Args)]
pub(super) struct CertifyArguments {
    /// Who makes the product.
    #[arg(long, value_name = "NAME")]
    pub(super) vendor: Option<String>,
    /// The product.
    #[arg(long, value_name = "NAME")]
    pub(super) product: Option<String>,
    /// The version of the product.
    #[arg(long, value_name = "VERSION")]
    pub(super) version: Option<String>,
    /// The digest of the artefact that is running.
    #[arg(long, value_name = "sha256:DIGEST")]
    pub(super) subject: Option<String>,
    /// The private key that signs (`conform keygen` makes one).
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Claim only these profiles [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    pub(super) profile: Vec<Claim>,
    /// The folder in which the folder of the bundle is made.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub(super) report_dir: PathBuf,
    #[command(flatten)]
    pub(super) target: TargetArguments,
}

/// Exit codes: 0 the bundle is genuine and the product conforms; 1 it is not, or does not; 2 wrong usage.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The folder of the bundle.
    #[arg(value_name = "BUNDLE")]
    pub(super) bundle: PathBuf,
    /// The public key of the vendor.
    #[arg(long, value_name = "FILE")]
    pub(super) key: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct KeygenArguments {
    /// The keys are NAME.pem and NAME.pub.pem; files that exist are left alone.
    #[arg(value_name = "NAME", default_value = "conform")]
    pub(super) name: PathBuf,
}

/// Exit codes: 0 nothing got worse; 1 something did; 2 wrong usage.
#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The earlier report, or its folder.
    #[arg(value_name = "BEFORE")]
    pub(super) before: PathBuf,
    /// The later report, or its folder.
    #[arg(value_name = "AFTER")]
    pub(super) after: PathBuf,
}

/// Exit codes: those of the run that the slices make up.
#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The reports of all slices, or their folders.
    #[arg(value_name = "REPORT", required = true)]
    pub(super) reports: Vec<PathBuf>,
    /// The suite in this folder was run, in place of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    /// Where the reports go.
    #[arg(long, value_name = "DIR", default_value = LATEST)]
    pub(super) report_dir: PathBuf,
}
