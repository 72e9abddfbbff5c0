//! How far a run has come: on a terminal a line that moves, elsewhere a line for each scenario.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::http::Wait;
use crate::printable::{number_of, wrapped};
use crate::run::{Outcome, ScenarioResult, Session};
use crate::terminal::{self, Colour};

/// How often the line moves while nothing ends.
const TICK: Duration = Duration::from_millis(200);
/// A scenario that has been running for less is not named.
const SLOW: Duration = Duration::from_secs(3);

/// What the run waits for, and until when.
type PresentWait = Arc<Mutex<Option<(String, Instant)>>>;

/// The progress of a run.
#[derive(Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    wait: PresentWait,
    /// That of the longest name.
    width: usize,
}

opaque_debug!(Progress);

/// What the line that moves tells at one moment.
#[derive(Default)]
struct Moment {
    ended: u64,
    all: u64,
    elapsed: Duration,
    /// The scenario that has been running longest, and for how long.
    slowest: Option<(String, Duration)>,
    wait: Option<String>,
}

impl Moment {
    /// In words, on as many lines as it takes.
    fn told(&self) -> String {
        let mut text = format!(
            "{} of {} scenarios, {} s",
            self.ended,
            self.all,
            self.elapsed.as_secs()
        );
        let slowest = self.slowest.iter().filter(|(_, ran)| *ran >= SLOW);
        for (id, ran) in slowest {
            let _ = write!(text, "; slowest: {id}, {} s", ran.as_secs());
        }
        let lines = [Some(text), self.wait.clone()].into_iter().flatten();
        let lines = lines.map(|line| wrapped(&line, ""));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Progress {
    /// Begins to tell of these scenarios.
    pub(super) fn begin(session: &Session, selected: &[usize]) -> Self {
        let width = selected
            .iter()
            .map(|index| session.plan.scenario(*index).name().chars().count())
            .max();
        let all = u64::try_from(selected.len()).ok();
        let bar = ProgressBar::with_draw_target(all, ProgressDrawTarget::stderr());
        let wait = PresentWait::default();
        let (under_way, present_wait) = (session.under_way.clone(), Arc::clone(&wait));
        let tell = move |state: &ProgressState, to: &mut dyn std::fmt::Write| {
            let now = Instant::now();
            let moment = Moment {
                ended: state.pos(),
                all: state.len().unwrap_or_default(),
                elapsed: state.elapsed(),
                slowest: under_way.slowest(now),
                wait: present_wait
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone()
                    .filter(|(_, until)| now < *until)
                    .map(|(wait, _)| wait),
            };
            let _ = to.write_str(&moment.told());
        };
        let style = ProgressStyle::with_template("{moment}");
        let bar = style.map_or(bar.clone(), |style| {
            bar.with_style(style.with_key("moment", tell))
        });
        bar.enable_steady_tick(TICK);
        terminal::err(&format!(
            "running {}",
            number_of(selected.len(), "scenario")
        ));
        Self {
            bar,
            wait,
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
    pub(super) fn waits(&self, wait: &Wait) {
        if self.bar.is_hidden() {
            terminal::err(&wait.to_string());
        } else {
            let until = Instant::now() + wait.length();
            let mut present = self.wait.lock().unwrap_or_else(PoisonError::into_inner);
            *present = Some((wait.to_string(), until));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_names_the_slowest_scenario_once_it_takes_long() {
        let seconds = Duration::from_secs;
        let moment = |ran: Duration, wait: Option<&str>| Moment {
            ended: 12,
            all: 23,
            elapsed: seconds(7),
            slowest: Some(("login/second-device".to_owned(), ran)),
            wait: wait.map(str::to_owned),
        };
        let none = Moment {
            slowest: None,
            ..moment(seconds(0), None)
        };
        assert_eq!(none.told(), "12 of 23 scenarios, 7 s");
        assert_eq!(
            moment(Duration::from_millis(2999), None).told(),
            none.told()
        );
        let slow = "12 of 23 scenarios, 7 s; slowest: login/second-device, 3 s";
        assert_eq!(moment(seconds(3), None).told(), slow);
        let waits = moment(seconds(5), Some("keeping to 10/min: calls wait for 48 s")).told();
        insta::assert_snapshot!(waits, @r"
        12 of 23 scenarios, 7 s; slowest: login/second-device, 5 s
        keeping to 10/min: calls wait for 48 s
        ");
    }
}
