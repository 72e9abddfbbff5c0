//! How far a run has come: on a terminal a line that moves, elsewhere a line for each scenario.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printable::number_of;
use crate::run::{Outcome, Plan, ScenarioResult};
use crate::terminal::{self, Colour};

/// How often the line moves while nothing ends.
const TICK: Duration = Duration::from_millis(200);

/// The progress of a run.
#[derive(Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// That of the longest name.
    width: usize,
}

opaque_debug!(Progress);

impl Progress {
    /// Begins to tell of so many scenarios.
    pub(super) fn begin(plan: &Plan, selected: &[usize]) -> Self {
        let names = selected.iter().map(|index| plan.scenario(*index).name());
        let width = names.map(|name| name.chars().count()).max();
        let all = u64::try_from(selected.len()).ok();
        let bar = ProgressBar::with_draw_target(all, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{pos} of {len} scenarios, {elapsed} {wide_msg}");
        let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
        bar.enable_steady_tick(TICK);
        terminal::err(&format!(
            "running {}",
            number_of(selected.len(), "scenario")
        ));
        Self {
            bar,
            width: width.unwrap_or_default(),
        }
    }

    /// Tells what has come of a scenario.
    pub(super) fn ended(&self, name: &str, result: &ScenarioResult) {
        self.bar.inc(1);
        let (word, colour) = match result.outcome {
            Outcome::Passed => ("ok", Colour::Green),
            Outcome::Failed => ("FAILED", Colour::Red),
            Outcome::Blocked | Outcome::Skipped => ("inconclusive", Colour::Yellow),
            Outcome::Error => ("ERROR", Colour::Red),
        };
        // The line that moves says that much.
        if result.outcome == Outcome::Passed && !self.bar.is_hidden() {
            return;
        }
        let name = format!("test {name:<width$} ... ", width = self.width);
        self.bar.suspend(|| terminal::status(&name, word, colour));
    }

    /// Tells what the run waits for.
    pub(super) fn waits(&self, wait: &str) {
        if self.bar.is_hidden() {
            terminal::err(wait);
        } else {
            self.bar.set_message(wait.to_owned());
        }
    }

    /// Tells something else.
    pub(super) fn tell(&self, text: &str) {
        self.bar.suspend(|| terminal::err(text));
    }

    /// The run has ended.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
        terminal::out("\n");
    }
}
