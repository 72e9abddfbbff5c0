//! The operations of the API, and the routes that lead to them.

mod login;
mod new_account;
mod password;
mod proof;
mod refused_registration;
mod register;
mod session;
mod sessions;
mod totp;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::api_error::ApiError;
use super::app::App;

pub(super) fn routes(app: Arc<App>) -> Router {
    const GET: MethodFilter = MethodFilter::GET;
    const POST: MethodFilter = MethodFilter::POST;
    const DELETE: MethodFilter = MethodFilter::DELETE;
    let tokens = handled(GET, sessions::list).merge(handled(DELETE, sessions::revoke_others));
    Router::new()
        .route("/api/auth/register", handled(POST, register::register))
        .route("/api/auth/login", handled(POST, login::login))
        .route("/api/auth/login/totp", handled(POST, totp::login_totp))
        .route("/api/auth/logout", handled(POST, sessions::logout))
        .route("/api/auth/me", handled(GET, sessions::me))
        .route("/api/auth/tokens", tokens)
        .route(
            "/api/auth/tokens/{id}",
            handled(DELETE, sessions::revoke_one),
        )
        .fallback(|State(app): State<Arc<App>>| async move {
            ApiError::UnknownPath.answer(&app.behaviour)
        })
        .method_not_allowed_fallback(|State(app): State<Arc<App>>| async move {
            ApiError::WrongMethod.answer(&app.behaviour)
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&app), finish))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .with_state(app)
}

/// Answers 500 when what is inside panics, and lets a request that has begun run to its end even if
/// its client has gone.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => ApiError::Fault(error.to_string()).answer(&app.behaviour),
    }
}

fn handled<F>(
    method: MethodFilter,
    handler: impl Fn(Arc<App>, Request) -> F + Clone + Send + Sync + 'static,
) -> MethodRouter<Arc<App>>
where
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    on(
        method,
        move |State(app): State<Arc<App>>, request: Request| {
            let outcome = handler(Arc::clone(&app), request);
            async move {
                outcome
                    .await
                    .unwrap_or_else(|failure| failure.answer(&app.behaviour))
            }
        },
    )
}

/// Adds the headers that every answer has. `Date` comes from the clock of the server, as every
/// other moment in the answer does.
async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let rules = &app.behaviour.headers;
    let label = rules.mislabelled.get(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, &rules.cache_control),
        (CONTENT_TYPE, &label.cloned()),
    ] {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    let date = app
        .clock
        .now()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(DATE, date);
    }
    response
}
