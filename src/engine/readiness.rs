//! Waits for a server that is being deployed.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::preflight::{NotTestable, bare_call, is_gateway};
use super::run::Session;
use crate::http::{OperationAddress, TransportError};

/// Short beside any deploy, and long enough not to be a burden.
const BETWEEN_CALLS: Duration = Duration::from_millis(200);

/// Calls until the server itself answers, whatever it says.
///
/// # Errors
/// It does not answer within `max_wait`; the reason is that of the last call that ended.
pub async fn wait_ready(session: &Session, max_wait: Duration) -> Result<(), NotTestable> {
    let address = OperationAddress {
        method: "GET".to_owned(),
        path: "/".to_owned(),
    };
    let call = bare_call(session, "ready", &address);
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
