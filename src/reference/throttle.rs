//! Which attempts to log in are limited, and what their answers say of it.

use std::sync::Arc;

use axum::response::Response;

use super::api_error::ApiError;
use super::app::App;
use super::behaviour::{ClientType, CountedAttempts, ToldApartBy};
use super::input::Input;
use super::limiter::{Allowance, Attempt, Throttled};
use super::store::accounts;

const FORWARDED_FOR: &str = "x-forwarded-for";

impl App {
    /// Counts an attempt, where it counts.
    pub(super) async fn admit(
        self: &Arc<Self>,
        route: &'static str,
        subject: Option<String>,
        input: &Input,
    ) -> Result<Result<Allowance, Throttled>, ApiError> {
        let subject = match subject {
            Some(subject) if self.counts(&subject, input).await? => {
                Some(self.told_apart(subject, input))
            }
            _ => None,
        };
        let attempt = Attempt {
            route,
            account: subject.as_deref(),
            address: input.address(),
        };
        Ok(self.limiter.admit(attempt, self.clock.now()))
    }

    async fn counts(&self, subject: &str, input: &Input) -> Result<bool, ApiError> {
        match self.behaviour.limiting.counts {
            CountedAttempts::All => Ok(true),
            CountedAttempts::UnknownClients => {
                Ok(input.client().and_then(ClientType::from_word).is_none())
            }
            CountedAttempts::WithoutSecondFactor => {
                let email = subject.to_owned();
                let find = move |connection: &_| {
                    let account = accounts::by_email(connection, &email)?;
                    Ok(account.is_none_or(|account| account.totp.is_none()))
                };
                self.store.read(find).await
            }
            CountedAttempts::UnknownEmails => {
                let email = subject.to_owned();
                let find =
                    move |connection: &_| Ok(accounts::by_email(connection, &email)?.is_none());
                self.store.read(find).await
            }
        }
    }

    fn told_apart(&self, subject: String, input: &Input) -> String {
        let by = match self.behaviour.limiting.told_apart_by {
            ToldApartBy::Nothing => None,
            ToldApartBy::ForwardedFor => input.header(FORWARDED_FOR),
            ToldApartBy::Password => input.trimmed("password"),
        };
        match by {
            Some(by) => format!("{subject}\n{by}"),
            None => subject,
        }
    }

    /// The answer to an attempt, with what it leaves of the limit; a failure where it was not let
    /// through.
    pub(super) fn limited(
        &self,
        admitted: Result<Allowance, Throttled>,
        outcome: Result<Response, ApiError>,
    ) -> Result<Response, ApiError> {
        if let (Err(throttled), Ok(_)) = (admitted, &outcome) {
            return Err(throttled.into());
        }
        let mut response = outcome.unwrap_or_else(|failure| failure.answer(&self.behaviour));
        if let Ok(allowance) = admitted {
            allowance.write(response.headers_mut());
        }
        Ok(response)
    }
}
