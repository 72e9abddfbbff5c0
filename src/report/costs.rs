//! What a run has cost: time that it waited for, recovery codes that it spent.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::Session;
use crate::target::Throttle;

/// What throttling has cost.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Throttling {
    /// Answers that asked for patience.
    pub answers: u32,
    /// Time in which calls were held back, in milliseconds.
    pub milliseconds: f64,
    /// The part of it in which they were held back before the server had to refuse them.
    pub paced_milliseconds: f64,
    /// The limits that the server was found to have, by what it refused.
    pub learnt_limits: Vec<LearntLimit>,
}

/// The recovery codes of an account that was given to the run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SpentCodes {
    /// Its e-mail.
    pub account: String,
    /// How many were sent, and so are spent: the first ones of the list.
    pub spent: usize,
    /// How many are left.
    pub left: usize,
}

impl SpentCodes {
    pub(super) fn of(session: &Session) -> Vec<Self> {
        let codes = session.recovery_codes().into_iter();
        let codes = codes.map(|codes| Self {
            account: session.secrets.redact(&codes.account),
            spent: codes.spent,
            left: codes.left,
        });
        codes.collect()
    }
}

/// A limit that the server was found to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearntLimit {
    /// The operation that it is for; nothing where it is for all throttled operations together.
    pub operation: Option<String>,
    /// So many calls.
    pub calls: u32,
    /// In so many seconds.
    pub seconds: u64,
}

impl Throttling {
    pub(super) fn of(throttle: &Throttle) -> Self {
        let (waited, learnt) = (throttle.waited(), throttle.learnt());
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let all = learnt.all.map(|limit| (None, limit)).into_iter();
        let own = learnt.by_operation.into_iter();
        let limits = all.chain(own.map(|(operation, limit)| (Some(operation), limit)));
        Self {
            answers: waited.answers,
            milliseconds: milliseconds(waited.total),
            paced_milliseconds: milliseconds(waited.paced),
            learnt_limits: limits
                .map(|(operation, limit)| LearntLimit {
                    operation,
                    calls: limit.calls,
                    seconds: limit.within.as_secs(),
                })
                .collect(),
        }
    }
}
