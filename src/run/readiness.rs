//! Waits for a server that is being deployed, or that has ended.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::preflight::{NotTestable, is_gateway};
use super::session::Session;
use crate::http::{Call, OperationAddress, TransportError};

/// Short beside any deploy, and long enough not to be a burden.
const BETWEEN_CALLS: Duration = Duration::from_millis(200);

/// A server that has ended is given so long to come back.
const RESTART: Duration = Duration::from_secs(10);

/// Calls until the server itself answers, whatever it says.
///
/// # Errors
/// It does not answer within `max_wait`; the reason is that of the last call that ended.
pub async fn wait_ready(session: &Session, max_wait: Duration) -> Result<(), NotTestable> {
    let call = any_call(session);
    let start = Instant::now();
    let left = || max_wait.saturating_sub(start.elapsed());
    let mut answered = false;
    let mut last = TransportError::Timeout(call.url.clone(), max_wait);
    loop {
        match timeout(left(), session.client.send(&call)).await {
            // A gateway answers before the server behind it does; what it says at the end is told by who asks next.
            Ok(Ok(answer)) if !is_gateway(answer.status) => return Ok(()),
            Ok(Ok(_)) => answered = true,
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
        if left() < BETWEEN_CALLS {
            return if answered {
                Ok(())
            } else {
                Err(NotTestable::NeverReady(max_wait, last))
            };
        }
        sleep(BETWEEN_CALLS).await;
    }
}

/// Waits for a server that has ended to answer again, for a while; whether it does. One that has not come back once
/// is waited for no more.
pub(super) async fn wait_for_restart(session: &Session) -> bool {
    let call = any_call(session);
    let start = Instant::now();
    while session.client.send(&call).await.is_err() {
        if session.is_gone.load(Ordering::Relaxed) {
            return false;
        }
        if start.elapsed() > RESTART {
            session.is_gone.store(true, Ordering::Relaxed);
            return false;
        }
        sleep(BETWEEN_CALLS).await;
    }
    session.is_gone.store(false, Ordering::Relaxed);
    true
}

/// A call that any server answers in some way.
fn any_call(session: &Session) -> Call {
    let address = OperationAddress {
        method: "GET".to_owned(),
        path: "/".to_owned(),
    };
    session.bare_call("ready", &address)
}
