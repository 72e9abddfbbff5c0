//! The suite that a command names.

use std::path::Path;

use crate::suite::{Suite, SuiteError};

/// The suite in that folder, or else the built-in one.
pub(super) fn load_suite(dir: Option<&Path>) -> Result<Suite, SuiteError> {
    match dir {
        Some(dir) => Suite::from_dir(dir),
        None => Suite::built_in(),
    }
}
