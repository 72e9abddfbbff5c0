//! Runs scenarios against a target and records what every expectation met.

mod call_site;
mod clock_probe;
mod compare;
mod consequences;
mod controls;
mod evaluate;
mod evaluate_path;
mod hints;
mod inspect;
mod judgement;
mod ledger;
mod log_out;
mod normalized_answer;
mod outcome;
mod plan;
mod plan_selection;
mod preflight;
mod readiness;
mod recorder;
mod recording;
mod reevaluate;
mod replay;
mod reported_answer;
mod restore_scope;
mod retry;
mod run;
mod scenario_run;
mod scope;
mod step_run;
mod step_throttling;
mod transport;

pub use consequences::withdraw_consequences;
pub use ledger::Ledger;
pub use outcome::{
    Check, ExpectationResult, ExpectationState, Failure, Outcome, ScenarioResult, StepOutcome,
    StepResult, Timing,
};
pub use plan::{PartitionError, Plan, Selection, Slice};
pub use preflight::{NotTestable, preflight};
pub use readiness::wait_ready;
pub use recording::Recording;
pub use reevaluate::{Contradiction, Reevaluation, reevaluate};
pub use replay::ReplacedAnswer;
pub use run::{Run, Session, SessionSettings};
