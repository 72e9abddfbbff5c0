//! Runs scenarios against a target and records what every expectation met.

mod alike;
mod certainty;
mod clock_probe;
mod compare;
mod consequences;
mod controls;
mod evaluate;
mod hints;
mod inspect;
mod judgement;
mod ledger;
mod log_out;
mod narrow;
mod outcome;
mod patience;
mod place;
mod places;
mod plan;
mod preflight;
mod readiness;
mod recheck;
mod recorder;
mod recording;
mod remembered;
mod replay;
mod run;
mod scenario_run;
mod scope;
mod start_over;
mod step_run;
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
pub use recheck::{Contradiction, Recheck, recheck};
pub use recording::Recording;
pub use replay::Change;
pub use run::{Run, Session, SessionSettings};
