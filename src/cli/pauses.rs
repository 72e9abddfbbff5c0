//! A run that stands still says why.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::engine::Session;

/// Tells of every pause that the server asks for, until the task is aborted.
pub(super) fn tell(
    runtime: &Runtime,
    session: &Arc<Session>,
    say: impl Fn(&str) + Send + 'static,
) -> JoinHandle<()> {
    let mut pauses = session.throttle.pauses();
    runtime.spawn(async move {
        while pauses.changed().await.is_ok() {
            let seconds = pauses.borrow().as_secs_f64().ceil();
            say(&format!(
                "the server throttles: all calls wait for {seconds:.0} s"
            ));
        }
    })
}
