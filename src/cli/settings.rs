//! From arguments to what the library takes: the suite, the arguments of the trials.

use std::path::Path;

use libtest_mimic::{Arguments, ColorSetting, FormatSetting};

use super::arguments::{Color, Format, RunArguments};
use crate::suite::{Suite, SuiteError};

pub(super) fn trial_arguments(arguments: &RunArguments) -> Arguments {
    let mut trial = Arguments::default();
    trial.filter.clone_from(&arguments.filter);
    trial.exact = arguments.exact;
    trial.skip.clone_from(&arguments.skip);
    trial.list = arguments.list;
    trial.test_threads = Some(arguments.test_threads);
    trial.format = Some(match arguments.format {
        Format::Pretty => FormatSetting::Pretty,
        Format::Terse => FormatSetting::Terse,
        Format::Json => FormatSetting::Json,
    });
    trial.color = Some(match arguments.color {
        Color::Auto => ColorSetting::Auto,
        Color::Always => ColorSetting::Always,
        Color::Never => ColorSetting::Never,
    });
    trial
}

pub(super) fn nothing_selected(arguments: &RunArguments) -> String {
    match &arguments.filter {
        Some(filter) => format!(
            "no scenario matches `{filter}`: `conform --list` shows the names of the scenarios, `conform --help` the commands"
        ),
        None => {
            "there is no scenario to run: the suite has none, or the flags leave all out".to_owned()
        }
    }
}

/// The suite in that folder, or else the built-in one.
pub(super) fn load_suite(dir: Option<&Path>) -> Result<Suite, SuiteError> {
    match dir {
        Some(dir) => Suite::from_dir(dir),
        None => Suite::built_in(),
    }
}
