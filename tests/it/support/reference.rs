//! The reference implementation in this process, with layers that change what it answers.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use conform::reference::{Hashing, Limits, Running, Settings, TotpAccount, start_with};
use tokio::runtime::Runtime;

/// A server that ends with this value.
pub struct Reference {
    pub runtime: Option<Runtime>,
    pub running: Running,
}

/// What a layer needs to know of a request.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
}

impl Seen {
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

pub fn reference() -> Reference {
    reference_behind(|router| router)
}

/// The reference behind whatever `wrap` puts around it.
pub fn reference_behind(wrap: impl FnOnce(Router) -> Router + Send) -> Reference {
    reference_with(Limits::default(), wrap)
}

/// The same with other limits.
pub fn reference_with(limits: Limits, wrap: impl FnOnce(Router) -> Router + Send) -> Reference {
    let runtime = Runtime::new().unwrap();
    let settings = Settings {
        hashing: Hashing::Cheap,
        limits,
        ..Settings::default()
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = runtime.block_on(start_with(address, settings, wrap));
    Reference {
        runtime: Some(runtime),
        running: running.unwrap(),
    }
}

impl Reference {
    /// The reference where `change` has the last word on every answer.
    pub fn answering(
        change: impl Fn(&Seen, Response) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        reference_behind(move |router| {
            router.layer(from_fn(move |request: Request, next: Next| {
                let change = change.clone();
                async move {
                    let seen = seen(&request);
                    change(&seen, next.run(request).await)
                }
            }))
        })
    }

    /// The reference with one call that is answered in another way, in JSON.
    pub fn replacing(
        method: &'static str,
        path: &'static str,
        status: u16,
        body: &'static str,
    ) -> Self {
        Self::answering(move |seen, response| {
            if seen.is(method, path) {
                answer(status, "application/json", body)
            } else {
                response
            }
        })
    }

    /// The reference where `first` may hold up or change every request.
    pub fn meeting<F>(first: impl Fn(Seen) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        reference_behind(move |router| {
            router.layer(from_fn(move |request: Request, next: Next| {
                let met = first(seen(&request));
                async move {
                    met.await;
                    next.run(request).await
                }
            }))
        })
    }

    pub fn base_url(&self) -> &str {
        self.running.base_url()
    }

    pub fn provisioned_account(&self) -> TotpAccount {
        let runtime = self.runtime.as_ref().unwrap();
        let account = runtime.block_on(self.running.provision_account("example.com"));
        account.unwrap()
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // A request that is held up for ever must not hold up the test.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn seen(request: &Request) -> Seen {
    Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
    }
}

/// A whole answer in place of the reference's own.
pub fn answer(status: u16, content_type: &str, body: impl Into<String>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let headers = [(header::CONTENT_TYPE, content_type.to_owned())];
    (status, headers, body.into()).into_response()
}
