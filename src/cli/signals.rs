//! Ctrl-C and SIGTERM.

use std::future::Future;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::Signal;

/// From now on a signal is kept, whatever is going on when it comes.
pub(super) fn watch(runtime: &Runtime) -> watch::Receiver<Option<Signal>> {
    let (tell, told) = watch::channel(None);
    runtime.spawn(async move {
        let signal = received().await;
        tell.send_replace(Some(signal));
        // The channel stays open: nobody must take its end for a signal.
        std::future::pending::<()>().await;
    });
    told
}

/// What `work` comes to, or the signal that came before its end.
pub(super) async fn unless_told<T>(
    mut told: watch::Receiver<Option<Signal>>,
    work: impl Future<Output = T>,
) -> Result<T, Signal> {
    let signal = async {
        let signal = told.wait_for(Option::is_some).await;
        match signal.ok().and_then(|signal| *signal) {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        signal = signal => Err(signal),
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
