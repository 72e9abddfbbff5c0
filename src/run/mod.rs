//! Runs scenarios against a target and records what every expectation met.

mod adapter;
mod call;
mod compare;
mod consequences;
mod controls;
mod evaluate;
mod evaluate_path;
mod fill;
mod hints;
mod inspect;
mod judge;
mod judgement;
mod lease;
mod ledger;
mod log_out;
mod network;
mod normalized_answer;
mod openings;
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
mod scheduler;
mod scope;
mod send;
mod session;
mod step_throttling;
mod under_way;

pub use consequences::{shows_here, withdraw_consequences};
pub use ledger::Ledger;
pub(crate) use openings::{OpeningCall, look, openings};
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
pub use scheduler::Run;
pub use session::{Session, SessionSettings};
pub use under_way::UnderWay;
