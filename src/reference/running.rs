//! Starting and stopping a server.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Handle, ReferenceError, Settings, TotpAccount, router};

/// How long stopping waits for requests that are being answered.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// A server that answers. It stops when it is dropped, too, but then nobody waits for its last
/// answers.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    handle: Handle,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Starts a server; port 0 takes a free one. It lives on the runtime that this is called from.
///
/// # Errors
/// When the database cannot be opened or the address cannot be listened on.
pub async fn start(address: SocketAddr, settings: Settings) -> Result<Running, ReferenceError> {
    start_with(address, settings, |router| router).await
}

/// Starts a server whose router is wrapped first: with a delay, say, or with layers that change
/// answers.
///
/// # Errors
/// As for [`start`].
pub async fn start_with(
    address: SocketAddr,
    settings: Settings,
    wrap: impl FnOnce(Router) -> Router + Send,
) -> Result<Running, ReferenceError> {
    let (router, handle) = tokio::task::spawn_blocking(move || router(settings))
        .await
        .map_err(|_| ReferenceError::Interrupted)??;
    let router = wrap(router);

    let refused = |source| ReferenceError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    // Answers are small and whole: nothing is gained by waiting for more to send.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));

    let (stop, stopped) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move {
        let until = async move { drop(stopped.await) };
        drop(
            axum::serve(listener, service)
                .with_graceful_shutdown(until)
                .await,
        );
    });
    Ok(Running {
        base_url: format!("http://{address}"),
        handle,
        stop,
        server,
    })
}

impl Running {
    /// Scheme, host and port, such as `http://127.0.0.1:8080`. Without a path, and without a `/` at
    /// the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Creates an account with 2FA.
    ///
    /// # Errors
    /// As for [`Handle::provision_account`].
    pub async fn provision_account(
        &self,
        email_domain: &str,
    ) -> Result<TotpAccount, ReferenceError> {
        self.handle.provision_account(email_domain).await
    }

    /// Takes no more requests, and returns when those under way are answered, after three seconds at
    /// the latest.
    pub async fn stop(self) {
        let Self {
            stop, mut server, ..
        } = self;
        drop(stop);
        if tokio::time::timeout(STOP_GRACE, &mut server).await.is_err() {
            server.abort();
        }
    }
}
