//! What ends a run before its end: Ctrl-C, SIGTERM, and the longest time that it may take.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::sleep;

use super::ended::Signal;
use crate::terminal;

/// What ended a run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Interruption {
    Signal(Signal),
    /// It took longer than it may.
    OutOfTime,
}

/// From now on a signal is kept, whatever is going on when it comes; and when `longest` is over, that is told.
pub(super) fn watch(runtime: &Runtime, longest: Duration) -> watch::Receiver<Option<Interruption>> {
    let (tell, told) = watch::channel(None);
    runtime.spawn(async move {
        let interruption = tokio::select! {
            signal = received() => Interruption::Signal(signal),
            // The run has ended.
            () = tell.closed() => return,
            () = sleep(longest) => {
                let seconds = longest.as_secs_f64();
                terminal::err(&format!(
                    "the run ends here: it has taken {seconds} s, the longest time that it may (--max-time)"
                ));
                Interruption::OutOfTime
            }
        };
        tell.send_replace(Some(interruption));
        // The channel stays open: nobody must take its end for a signal.
        std::future::pending::<()>().await;
    });
    told
}

/// What `work` comes to, or what ended it before.
pub(super) async fn unless_told<T>(
    mut told: watch::Receiver<Option<Interruption>>,
    work: impl Future<Output = T>,
) -> Result<T, Interruption> {
    let interruption = async {
        let interruption = told.wait_for(Option::is_some).await;
        match interruption.ok().and_then(|interruption| *interruption) {
            Some(interruption) => interruption,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        interruption = interruption => Err(interruption),
        done = work => Ok(done),
    }
}

/// Waits for a signal that ends the program.
pub(super) async fn received() -> Signal {
    let terminated = async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            if let Ok(mut terminate) = signal(SignalKind::terminate()) {
                terminate.recv().await;
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => Signal::Interrupt,
        () = terminated => Signal::Terminate,
    }
}
