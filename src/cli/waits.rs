//! A run that stands still says why.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use crate::http::Wait;
use crate::run::Session;

/// Tells of every wait as it begins, until the task is aborted.
pub(super) fn tell(
    runtime: &Runtime,
    session: &Arc<Session>,
    say: impl Fn(&Wait) + Send + 'static,
) -> JoinHandle<()> {
    let mut waits = session.waits.listen();
    runtime.spawn(async move {
        loop {
            match waits.recv().await {
                Ok(wait) => say(&wait),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    })
}
