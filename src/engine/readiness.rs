//! Waits for a server that is being deployed.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::preflight::{NotTestable, bare_call};
use super::run::Session;
use crate::target::{OperationAddress, TransportError};

/// Short beside any deploy, and long enough not to be a burden.
const BETWEEN_CALLS: Duration = Duration::from_millis(200);

/// Calls until the server answers at all, whatever it says.
///
/// # Errors
/// It does not answer within `patience`; the reason is that of the last call that ended.
pub async fn wait_ready(session: &Session, patience: Duration) -> Result<(), NotTestable> {
    let address = OperationAddress {
        method: "GET".to_owned(),
        path: "/".to_owned(),
    };
    let call = bare_call(session, "ready", &address);
    let start = Instant::now();
    let left = || patience.saturating_sub(start.elapsed());
    let mut last = TransportError::Timeout(call.url.clone(), patience);
    loop {
        match timeout(left(), session.client.send(&call)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
        if left() < BETWEEN_CALLS {
            return Err(NotTestable::NeverReady(patience, last));
        }
        sleep(BETWEEN_CALLS).await;
    }
}
