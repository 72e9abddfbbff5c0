//! Connections as servers other than the reference's treat them.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::reference::ReferenceError;

/// What a server does with connections, and how it frames its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Whether names of headers are written `Like-This`.
    pub title_case: bool,
    /// Whether an answer without a `Date` gets one.
    pub date: bool,
    /// How long a connection may lie idle; `None` for as long as the client likes.
    pub idle: Option<Duration>,
}

impl Default for Connections {
    /// As the reference does.
    fn default() -> Self {
        Self {
            title_case: false,
            date: true,
            idle: None,
        }
    }
}

/// Serves a router in its own manner, until it is dropped.
#[derive(Debug)]
pub(super) struct Front {
    base_url: String,
    serving: JoinHandle<()>,
}

impl Front {
    /// Starts it; port 0 takes a free one.
    pub(super) async fn start(
        address: SocketAddr,
        router: Router,
        connections: Connections,
    ) -> Result<Self, ReferenceError> {
        let refused = |source| ReferenceError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self {
            base_url: format!("http://{address}"),
            serving: tokio::spawn(accept(listener, router, connections)),
        })
    }

    /// Scheme, host and port.
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn accept(listener: TcpListener, router: Router, connections: Connections) {
    // Held here, so that no connection outlives the front.
    let mut open = JoinSet::new();
    while let Ok((stream, caller)) = listener.accept().await {
        // The limiter goes by the caller's address.
        let router = router.clone().layer(Extension(ConnectInfo(caller)));
        open.spawn(serve(stream, router, connections));
        while open.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, router: Router, connections: Connections) {
    drop(stream.set_nodelay(true));
    let mut http = http1::Builder::new();
    http.title_case_headers(connections.title_case)
        .auto_date_header(connections.date)
        .timer(TokioTimer::new())
        .header_read_timeout(connections.idle);
    let service = TowerToHyperService::new(router);
    // A connection that breaks is missed by the client, which says so.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}
