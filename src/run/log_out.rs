//! Logs the accounts of a run out, as far as the API allows. No verdict rests on it.

use std::time::Duration;

use futures_util::future::join_all;

use super::session::Session;
use crate::contract::Role;

const UNAUTHORIZED: u16 = 401;
const NOT_FOUND: u16 = 404;

impl Session {
    /// Ends every session that the run has opened, within `max_wait`.
    pub async fn log_out(&self, max_wait: Duration) {
        let accounts = self.ledger.sessions();
        let all = join_all(accounts.iter().map(|tokens| self.log_out_account(tokens)));
        // What is left then ends by itself one day.
        let _ = tokio::time::timeout(max_wait, all).await;
    }

    /// The first token that still lives ends all others, and then itself.
    async fn log_out_account(&self, tokens: &[String]) {
        for token in tokens {
            match self.call_with(Role::EndOthers, token).await {
                Some(UNAUTHORIZED) => {}
                Some(200..300) => {
                    self.call_with(Role::LogOut, token).await;
                    return;
                }
                // It may be at another path on this server: each token by itself.
                Some(_) => {
                    self.call_with(Role::LogOut, token).await;
                }
                None => return,
            }
        }
    }

    /// The status of a call without a body; nothing where it has no answer.
    async fn call_with(&self, role: Role, token: &str) -> Option<u16> {
        // A contract without it: the same as a server without it.
        let Some((name, operation)) = self.plan.suite.contract.by_role(role) else {
            return Some(NOT_FOUND);
        };
        let address = self.target.operation(name, operation);
        let mut call = self.bare_call(name, &address);
        let bearer = format!("Bearer {token}");
        call.headers.push(("authorization".to_owned(), bearer));
        self.throttle.ready(name).await;
        let answer = self.client.send(&call).await.ok()?;
        Some(answer.status)
    }
}
