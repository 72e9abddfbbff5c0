//! `conform keygen`: a pair of keys to sign bundles with.

use super::report_arguments::KeygenArguments;
use super::{CliError, Ended};
use crate::certify::{KeyPair, PublicKey};
use crate::terminal;

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
