//! What a run has cost: time that it waited for, recovery codes that it spent.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::Throttle;
use crate::run::Session;

/// What throttling has cost.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Throttling {
    /// Answers that asked for patience.
    pub answers: u32,
    /// Time in which calls were held back, in milliseconds.
    pub milliseconds: f64,
    /// The part of it in which they were held back before the server had to refuse them.
    pub paced_milliseconds: f64,
    /// Calls that a gateway answered with 502, 503 or 504 in place of the server.
    pub gateway_answers: u32,
    /// What it answered last.
    pub gateway_status: Option<u16>,
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

impl Throttling {
    pub(super) fn of(throttle: &Throttle) -> Self {
        let waited = throttle.waited();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        Self {
            answers: waited.answers,
            milliseconds: milliseconds(waited.total),
            paced_milliseconds: milliseconds(waited.paced),
            gateway_answers: waited.gateway_answers,
            gateway_status: waited.gateway_status,
        }
    }
}
