//! The waterfall: every scenario with its steps, by time.

use std::fmt::Write as _;

use super::super::Report;
use super::clauses::{anchor, shown};
use super::duration::duration;
use crate::http::Exchange;
use crate::run::{Outcome, ScenarioResult, StepOutcome, StepResult};
use crate::verdict::Verdict;

/// The width of the drawing, in its own units.
const WIDTH: f64 = 1000.0;
/// Less than this is not seen.
const THINNEST: f64 = 1.5;
/// A failure is looked for, however short it was.
const THINNEST_FAILURE: f64 = 5.0;
/// What a bar leaves free, so that the next one is told from it.
const GAP: f64 = 0.8;

/// All scenarios in the order in which they began.
pub(super) struct Timeline<'a> {
    pub(super) rows: Vec<TimelineRow<'a>>,
    /// The ends of the quarters of the whole time.
    pub(super) ticks: Vec<String>,
}

/// One scenario.
pub(super) struct TimelineRow<'a> {
    pub(super) result: &'a ScenarioResult,
    pub(super) anchor: String,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) took: String,
    /// The outline of the bars of one colour, and its class.
    pub(super) bars: Vec<(&'static str, String)>,
    pub(super) steps: Vec<StepView<'a>>,
}

/// One step of a scenario.
pub(super) struct StepView<'a> {
    pub(super) step: &'a StepResult,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) status: Option<u16>,
    pub(super) took: String,
    /// How long it waited because the server throttles.
    pub(super) throttled: Option<String>,
    pub(super) verifies: String,
}

impl<'a> Timeline<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let began = |result: &ScenarioResult| {
            let since = result.started.duration_since(report.started);
            since.as_secs_f64().max(0.0) * 1e3
        };
        let ends = report.scenarios.iter();
        let ends = ends.map(|result| began(result) + result.milliseconds);
        let whole = ends.fold(report.milliseconds, f64::max).max(1.0);
        let mut rows: Vec<(f64, TimelineRow<'a>)> = report
            .scenarios
            .iter()
            .map(|result| {
                let start = began(result);
                (start, row(result, start, WIDTH / whole))
            })
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
        Self {
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            ticks: quarters
                .iter()
                .map(|part| format!("{:.1} s", whole * part / 1e3))
                .collect(),
        }
    }
}

fn row(result: &ScenarioResult, start: f64, scale: f64) -> TimelineRow<'_> {
    let (class, mark) = shown(match result.outcome {
        Outcome::Passed => Verdict::Pass,
        Outcome::Failed => Verdict::Fail,
        Outcome::Blocked | Outcome::Skipped | Outcome::Error => Verdict::Inconclusive,
    });
    TimelineRow {
        result,
        anchor: anchor(&result.id),
        class,
        mark,
        took: duration(result.milliseconds),
        bars: bars(result, start, scale),
        steps: result.steps.iter().map(step_view).collect(),
    }
}

/// One outline for all bars of a colour: a drawing of thousands of scenarios must stay light.
fn bars(result: &ScenarioResult, start: f64, scale: f64) -> Vec<(&'static str, String)> {
    const CLASSES: [&str; 5] = ["whole", "pass", "fail", "inconclusive", "throttled"];
    let mut outlines: [String; CLASSES.len()] = Default::default();
    let mut bar = |class: &str, from: f64, milliseconds: f64| {
        let index = CLASSES.iter().position(|other| *other == class);
        if let Some(outline) = index.and_then(|index| outlines.get_mut(index)) {
            let thinnest = match class {
                "fail" => THINNEST_FAILURE,
                _ => THINNEST,
            };
            let width = (milliseconds * scale - GAP).max(thinnest);
            let from = ((start + from) * scale).min(WIDTH - width);
            let _ = write!(outline, "M{from:.1} 0h{width:.1}v10h-{width:.1}z");
        }
    };
    bar("whole", 0.0, result.milliseconds);
    for step in &result.steps {
        let Some(timing) = step.timing else { continue };
        let waited = timing.throttled_milliseconds.min(timing.milliseconds);
        let from = timing.offset_milliseconds;
        if waited > 1.0 {
            bar("throttled", from, waited);
        }
        bar(words(step).0, from + waited, timing.milliseconds - waited);
    }
    let drawn = CLASSES.into_iter().zip(outlines);
    drawn.filter(|(_, outline)| !outline.is_empty()).collect()
}

fn words(step: &StepResult) -> (&'static str, &'static str) {
    shown(match step.outcome {
        StepOutcome::Passed => Verdict::Pass,
        StepOutcome::Failed => Verdict::Fail,
        StepOutcome::Blocked | StepOutcome::Skipped => Verdict::Inconclusive,
    })
}

fn step_view(step: &StepResult) -> StepView<'_> {
    let (class, mark) = words(step);
    let mut verifies: Vec<&str> = Vec::new();
    for id in step
        .expectations
        .iter()
        .flat_map(|expectation| &expectation.verifies)
    {
        if !verifies.contains(&id.as_str()) {
            verifies.push(id);
        }
    }
    StepView {
        step,
        class,
        mark,
        status: step.exchange.as_deref().and_then(Exchange::status),
        took: step
            .timing
            .map(|timing| duration(timing.milliseconds))
            .unwrap_or_default(),
        throttled: step
            .timing
            .filter(|timing| timing.throttled_milliseconds > 1.0)
            .map(|timing| duration(timing.throttled_milliseconds)),
        verifies: verifies.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::run::Timing;

    fn step(outcome: StepOutcome, timing: Option<(f64, f64, f64)>) -> StepResult {
        StepResult {
            position: Some(0),
            account: None,
            operation: "me".to_owned(),
            line: 1,
            outcome,
            reason: None,
            calls: 1,
            timing: timing.map(|(offset, milliseconds, throttled)| Timing {
                offset_milliseconds: offset,
                milliseconds,
                throttled_milliseconds: throttled,
            }),
            exchange: None,
            expectations: Vec::new(),
        }
    }

    #[test]
    fn a_bar_stands_at_its_time_and_waiting_has_a_colour_of_its_own() {
        let result = ScenarioResult {
            id: "a/b".to_owned(),
            title: String::new(),
            file: "specs/a/b.yaml".to_owned(),
            outcome: Outcome::Failed,
            reason: None,
            started: Timestamp::UNIX_EPOCH,
            milliseconds: 500.0,
            accounts: Vec::new(),
            steps: vec![
                step(StepOutcome::Passed, Some((0.0, 100.0, 0.0))),
                step(StepOutcome::Failed, Some((100.0, 400.0, 300.0))),
                step(StepOutcome::Blocked, None),
            ],
        };
        // A thousand milliseconds in a thousand units, from the hundredth on.
        let bars = bars(&result, 100.0, 1.0);
        let expected = [
            ("whole", "M100.0 0h499.2v10h-499.2z"),
            ("pass", "M100.0 0h99.2v10h-99.2z"),
            ("fail", "M500.0 0h99.2v10h-99.2z"),
            ("throttled", "M200.0 0h299.2v10h-299.2z"),
        ];
        let expected = expected.map(|(class, outline)| (class, outline.to_owned()));
        assert_eq!(bars, expected);
    }
}
