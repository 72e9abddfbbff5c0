//! The time of a server whose answers do not tell it: what its list of tokens says of one that was created just now.

use jiff::Timestamp;
use serde_json::Value;

use super::compare::instant;
use super::run::Session;
use super::scenario_run::registration;
use super::scope::Scope;
use crate::accounts::Account;
use crate::http::SecretKind;
use crate::suite::{Bodies, Step, Template};

/// The account that is registered for it.
const ACCOUNT: &str = "clock";

impl Session {
    /// Learns the server's time where a step needs it and nobody has told it, once a run. What goes wrong leaves it
    /// unknown, and blames nobody.
    pub(super) async fn learn_clock_for(&self, step: &Step) {
        if self.clock.is_untold() && step.needs_clock() {
            self.clock_probe.get_or_init(|| self.learn_clock()).await;
        }
    }

    async fn learn_clock(&self) {
        let identity = self.identities.next();
        self.secrets.add(SecretKind::Password, &identity.password);
        let mut scope = Scope::default();
        let account = Account {
            identity,
            token: None,
            second_factor: None,
            shared: false,
            is_ready_made: false,
            turn: None,
        };
        scope.accounts.insert(ACCOUNT.to_owned(), account);
        let Ok(registered) = Box::pin(self.send(None, &registration(ACCOUNT), &mut scope)).await
        else {
            return;
        };
        let token = registered.answer.json.as_ref();
        let token = token.and_then(|body| body["token"].as_str());
        if let (Some(account), Some(token)) = (scope.accounts.get_mut(ACCOUNT), token) {
            account.token = Some(token.to_owned());
        }
        let Some(list) = list_of_tokens() else {
            return;
        };
        let listed = Box::pin(self.send(None, &list, &mut scope)).await;
        let created = listed
            .ok()
            .and_then(|listed| newest(listed.answer.json.as_ref()?));
        if let Some(created) = created {
            self.clock.infer(created, &registered.answer);
        }
    }
}

/// The only token of an account, or the one that was created last.
fn newest(body: &Value) -> Option<Timestamp> {
    let tokens = body["tokens"].as_array()?.iter();
    tokens
        .filter_map(|token| instant(&token["created_at"]))
        .max()
}

/// The call that lists the tokens of the account: what a step in a scenario would say.
fn list_of_tokens() -> Option<Step> {
    let token = format!("{{{{{ACCOUNT}.token}}}}");
    Some(Step {
        operation: "list-tokens".to_owned(),
        token: Some(Template::parse(&token).ok()?),
        bodies: Bodies::None,
        ..registration(ACCOUNT)
    })
}
