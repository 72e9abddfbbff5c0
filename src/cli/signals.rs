//! Ctrl-C and SIGTERM.

use super::Signal;

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
