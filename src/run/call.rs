//! Plain values between the judge and whoever calls the server: what is asked, what came back, and why not.

use serde_json::Value;

use super::outcome::Outcome;
use super::scope::{Leases, Missing};
use crate::http::{Answer, Call, Exchange, TransportError};
use crate::suite::{AccountNeed, Step};

/// What a judge wants to know next.
pub(super) enum Request<'a> {
    /// An account as it is before anything is done with it.
    Account(&'a AccountNeed),
    /// What the calls of a step come to.
    Call(StepRequest<'a>),
}

/// A step whose calls are to be made.
pub(super) enum StepRequest<'a> {
    /// One that makes an account ready.
    Opening(&'a AccountNeed, Opening, Box<Step>),
    /// A step of the scenario, by its position.
    Step(usize, &'a Step),
}

/// What makes an account ready for a scenario.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Opening {
    /// It is registered, or logged in to if it is ready-made.
    Entry,
    /// The password is sent for the session at this position, which takes a second factor.
    Challenge(usize),
    /// The session at this position of those that are needed is opened.
    Login(usize),
    /// The session is opened anew, as it has ended and the step at this position is made by it.
    Again { session: usize, step: usize },
    /// Its session is seen alive.
    Look { session: usize, occasion: Occasion },
}

/// When a session is seen alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Occasion {
    /// Before the next one is opened: a login that ends sessions without a use must not hide in this.
    BeforeNext,
    /// When all are there: a login may end what it should spare.
    AllThere,
    /// When it was opened anew, as that of an earlier scenario did not live.
    OpenedAnew,
    /// When it was opened again for the step at this position.
    Again(usize),
    /// When the list of tokens, which would tell its id, was refused to it; all may be there by then.
    WithoutId { all_there: bool },
}

/// A part of a scenario that has an answer of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScenarioPart {
    /// What makes an account ready, by its name.
    Opening(String, Opening),
    /// A step, by its position.
    Step(usize),
}

/// A step, its templates filled in.
#[derive(Clone, Default)]
pub(super) struct Filled {
    /// The calls that are made at once, most often one.
    pub(super) calls: Vec<Call>,
    pub(super) token: Option<String>,
    /// What the call itself says: values of its path and its body.
    pub(super) words: Vec<String>,
}

/// A step with an answer.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) filled: Filled,
    pub(super) leases: Leases,
    pub(super) answer: Answer,
    pub(super) exchange: Exchange,
    pub(super) calls: u32,
    /// How many of the last calls, those made at once, succeeded.
    pub(super) successes: usize,
    /// The statuses of the others of these calls.
    pub(super) others: Vec<u16>,
    /// Why the step did not make all its calls as it should: too few in the time for them, or not at once.
    pub(super) undecided: Option<String>,
    /// Whether a code that the step sent a second time had run out, so that its refusal says nothing.
    pub(super) ran_out: bool,
    /// Challenges that were asked for again before the call, by the names that templates use.
    pub(super) renewed: Vec<(String, Value)>,
    /// Whether a stranger was told, too, that there is nothing where the contract only assumes the operation to be.
    pub(super) elsewhere: bool,
}

/// Why a step has no answer.
#[derive(Clone)]
pub(super) enum Unanswered {
    /// Something it needs is missing.
    Missing(String),
    /// The server throttles for longer than the run waits.
    WaitBudgetExceeded(String),
    /// The harness or the network failed.
    Transport(TransportError),
    /// The server ended without an answer, came back, and ended again at the same call.
    Died,
    /// The scenario has to be begun anew.
    Retry(RetryReason),
}

/// What has happened to a scenario that says nothing of the server by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RetryReason {
    /// A call may have been heeded or not: a gateway answered it, or the server asked to come again with a 503.
    #[error("{0}")]
    EffectUnknown(String),
    /// Some of the calls that are made at once were throttled.
    #[error("the server throttled some of the calls that are made at once")]
    PartlyThrottled,
    /// A code that was to be sent a second time had run out before that.
    #[error(
        "the code had run out before it could be sent a second time, so that its refusal says nothing"
    )]
    CodeRanOut,
    /// The connection ended without an answer.
    #[error("{0}")]
    Died(String),
    /// A session ended that should live, while other scenarios were under way.
    #[error("a session ended while other scenarios were under way")]
    LostSession,
}

/// One go at a scenario.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ScenarioAttempt {
    /// Whether other scenarios are under way.
    pub(super) is_together: bool,
    /// Whether it is not begun once more, whatever comes of it.
    pub(super) is_last: bool,
}

/// Why a scenario cannot go on.
#[derive(Clone)]
pub(super) struct Stop {
    pub(super) outcome: Outcome,
    pub(super) reason: String,
    pub(super) retry: Option<RetryReason>,
    /// Whether the server, or the run, lacks what the scenario needs.
    pub(super) is_lack: bool,
}

impl StepRequest<'_> {
    pub(super) fn step(&self) -> &Step {
        match self {
            Self::Opening(_, _, step) => step,
            Self::Step(_, step) => step,
        }
    }

    pub(super) fn part(&self) -> ScenarioPart {
        match self {
            Self::Opening(need, opening, _) => {
                ScenarioPart::Opening(need.name.clone(), opening.clone())
            }
            Self::Step(position, _) => ScenarioPart::Step(*position),
        }
    }
}

impl ScenarioAttempt {
    /// The only go at a scenario, while nothing else is under way.
    pub(super) const ONLY: Self = Self {
        is_together: false,
        is_last: true,
    };
}

impl Unanswered {
    /// Whether the server may have come to its end.
    pub(super) fn is_end(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_end())
    }
}

impl From<Missing> for Unanswered {
    fn from(Missing(reason): Missing) -> Self {
        Self::Missing(reason)
    }
}

impl Stop {
    pub(super) fn blocked(reason: &str) -> Self {
        Self {
            outcome: Outcome::Blocked,
            reason: reason.to_owned(),
            retry: None,
            is_lack: false,
        }
    }

    /// Something that a run may do without is not there.
    pub(super) fn lack(reason: &str) -> Self {
        Self {
            is_lack: true,
            ..Self::undecided(Outcome::Skipped, reason)
        }
    }

    /// What has no answer may be due to more than the server.
    pub(super) fn undecided(outcome: Outcome, reason: &str) -> Self {
        Self {
            outcome,
            ..Self::blocked(reason)
        }
    }
}
