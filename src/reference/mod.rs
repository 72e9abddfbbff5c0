//! The reference implementation of the Pionne auth API: axum on `SQLite`.
//!
//! It is what the suite is tried against when there is no other target, and the ground on which
//! broken servers are built: [`Behaviour`] holds every decision as data. It reads no environment,
//! prints nothing, and ends no process.

mod answers;
mod api_error;
mod app;
pub mod behaviour;
mod clock;
mod edits;
mod error;
mod handlers;
mod input;
mod limiter;
mod passwords;
mod provision;
mod running;
mod secrets;
mod settings;
mod store;
mod throttle;
mod trial;
mod validation;

use std::fmt;
use std::sync::Arc;

use axum::Router;

pub use api_error::Cause;
pub use behaviour::Behaviour;
pub use clock::{Clock, RunningClock, SystemClock};
pub use error::ReferenceError;
pub use limiter::{Limits, Quota};
pub use passwords::Hashing;
pub use provision::{TotpAccount, provision_account};
pub use running::{Running, start, start_with};
pub use settings::Settings;
pub use store::Database;

use app::App;

/// Access to the data of a server besides its API.
#[derive(Clone)]
pub struct Handle {
    app: Arc<App>,
    hashing: Hashing,
}

impl Handle {
    /// Creates an account with 2FA, at a random address of the given domain.
    ///
    /// # Errors
    /// [`ReferenceError::EmailDomain`] when no address can be formed with the domain; otherwise
    /// when hashing or the database fails.
    pub async fn provision_account(
        &self,
        email_domain: &str,
    ) -> Result<TotpAccount, ReferenceError> {
        let app = &self.app;
        provision::provision(
            &app.store,
            self.hashing,
            app.now(),
            &app.behaviour,
            email_domain,
        )
        .await
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Handle").finish_non_exhaustive()
    }
}

/// The API as a router, to be served or called by other means than [`start`]. Without
/// [`into_make_service_with_connect_info`](Router::into_make_service_with_connect_info) it does not
/// know its callers' addresses, and [`Limits::per_address`] has no effect.
///
/// Opens the database and hashes a password, both on the calling thread; requests must be served on
/// a tokio runtime.
///
/// # Errors
/// When the database cannot be opened.
pub fn router(settings: Settings) -> Result<(Router, Handle), ReferenceError> {
    let hashing = settings.hashing;
    let app = Arc::new(App::new(settings)?);
    Ok((handlers::routes(Arc::clone(&app)), Handle { app, hashing }))
}
