//! Why a scenario is begun anew, on fresh accounts, before anybody is blamed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::preflight::bare_call;
use super::run::Session;
use crate::http::OperationAddress;

/// How often a scenario is begun at most.
pub(super) const MOST_ATTEMPTS: usize = 5;

/// A server that has ended is given so long to come back.
const RESTART: Duration = Duration::from_secs(10);
const BETWEEN_CALLS: Duration = Duration::from_millis(100);

/// What has happened to a scenario that says nothing of the server by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RetryReason {
    /// A call may have been heeded or not: a gateway answered it, or the server asked to come again with a 503.
    EffectUnknown(String),
    /// Some of the calls that are made at once were throttled.
    PartlyThrottled,
    /// A code that was to be sent a second time had run out before that.
    CodeRanOut,
    /// The connection ended without an answer.
    Died(String),
    /// A session ended that should live, while other scenarios were under way.
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

impl std::fmt::Display for RetryReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EffectUnknown(why) | Self::Died(why) => f.write_str(why),
            Self::PartlyThrottled => {
                f.write_str("the server throttled some of the calls that are made at once")
            }
            Self::CodeRanOut => f.write_str(
                "the code had run out before it could be sent a second time, so that its refusal says nothing",
            ),
            Self::LostSession => f.write_str("a session ended while other scenarios were under way"),
        }
    }
}

impl Session {
    /// Waits for a server that has ended to answer again, for a while; whether it does. One that has not come back once
    /// is waited for no more.
    pub(super) async fn wait_for_restart(&self) -> bool {
        let address = OperationAddress {
            method: "GET".to_owned(),
            path: "/".to_owned(),
        };
        let call = bare_call(self, "ready", &address);
        let start = Instant::now();
        while self.client.send(&call).await.is_err() {
            if self.is_gone.load(Ordering::Relaxed) {
                return false;
            }
            if start.elapsed() > RESTART {
                self.is_gone.store(true, Ordering::Relaxed);
                return false;
            }
            sleep(BETWEEN_CALLS).await;
        }
        self.is_gone.store(false, Ordering::Relaxed);
        true
    }
}
