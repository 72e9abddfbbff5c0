//! `conform keygen`: a pair of keys to sign bundles with.

use super::ended::{CliError, Ended};
use crate::certify::{KeyPair, PublicKey};
use crate::terminal;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct KeygenArguments {
    /// The keys are written to NAME.pem and NAME.pub.pem; existing files are never overwritten.
    #[arg(value_name = "NAME", default_value = "conform")]
    name: PathBuf,
}

pub(super) fn keygen(arguments: &KeygenArguments) -> Result<Ended, CliError> {
    let [private, public] = KeyPair::generate(&arguments.name)?;
    let id = PublicKey::read(&public)?.id();
    terminal::out(&format!(
        "wrote {}: it signs bundles (`conform certify --key`); keep it to yourself\n\
         wrote {}: it checks them (`conform verify --key`); publish it\n\
         key {id}\n",
        private.display(),
        public.display()
    ));
    Ok(Ended::Well)
}
