//! `conform reproduce`: the calls that made a clause fail, made again on fresh accounts.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ended::{CliError, Ended};
use super::environment::Environment;
use super::execute::{CutShort, RunRequest};
use super::output::{LATEST, Output};
use super::selection::load_suite;
use super::server_under_test::ServerUnderTest;
use super::target::TargetArguments;
use crate::diagnostic::did_you_mean_or;
use crate::report::{LastReport, Place, Reproduction};
use crate::run::{Plan, Selection};
use crate::suite::Suite;
use crate::terminal;
use crate::verdict::Conclusion;

#[derive(Debug, Args)]
pub(super) struct ReproduceArguments {
    /// The id of a clause that failed in the last run.
    clause: String,
    /// Take the clause from the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// Folder of the last report.
    #[arg(long, value_name = "DIR", default_value = LATEST)]
    report_dir: PathBuf,
    #[command(flatten)]
    target: TargetArguments,
}

pub(super) fn reproduce(
    mut arguments: ReproduceArguments,
    environment: &Environment,
) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    let last = LastReport::read(&arguments.report_dir)?.of_suite(&suite.digest)?;
    let id = &arguments.clause;
    let stories = last.stories();
    let story = stories.iter().find(|story| story.clause.id == *id);
    let place = story.map(Place::of).ok_or_else(|| {
        let failed = stories.iter().map(|story| story.clause.id.as_str());
        let near = did_you_mean_or(id, failed, "its summary names those that did");
        CliError::Usage(format!(
            "the clause `{id}` did not fail in the last run: {near}"
        ))
    })?;
    let target = &mut arguments.target;
    let server = target.server_again(&last.target, environment, &suite.contract)?;
    let server = ServerUnderTest::start(server)?;
    let mut ended = Err(CliError::Usage(format!(
        "the suite has no such place as that where `{id}` failed: run the suite once"
    )));
    for (suite, place) in place.attempts(&suite) {
        let request = request(&arguments, suite);
        ended = server.run(&request, |report, cut_short| {
            if let Some(CutShort::NotTestable(reason)) = cut_short {
                return Err(CliError::NotTestable(reason));
            }
            let reproduction = Reproduction::of(&report.scenarios, id, &place);
            terminal::out(&reproduction.to_string());
            Ok(reproduction.fails_again)
        });
        match ended {
            Ok(Some(true)) | Err(_) => break,
            Ok(_) => {}
        }
    }
    server.close();
    Ok(Ended::Concluded(match ended? {
        Some(true) => Conclusion::Violates,
        Some(false) => Conclusion::Conforms,
        None => Conclusion::NotTestable,
    }))
}

fn request(arguments: &ReproduceArguments, suite: Suite) -> RunRequest {
    let plan = Plan::new(&Arc::new(suite), &Selection::everything());
    let selected: Vec<usize> = (0..plan.suite.scenarios.len()).collect();
    RunRequest {
        plan: Plan {
            scenarios: selected.clone(),
            is_narrowed: true,
            ..plan
        },
        selected,
        trials: libtest_mimic::Arguments::default(),
        fail_fast: false,
        output: Output::silent(arguments.report_dir.join("reproduce")),
    }
}
