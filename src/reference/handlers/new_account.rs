//! What an account is made of that is registered.

use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::Assignable;
use crate::reference::input::Input;
use crate::reference::secrets;
use crate::reference::store::accounts::NewAccount;

/// What a registration asks for.
pub(super) struct Wanted {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) name: String,
}

pub(super) async fn new_account(
    app: &App,
    wanted: Wanted,
    input: &Input,
) -> Result<NewAccount, ApiError> {
    let (rules, now) = (&app.behaviour.registration, app.now());
    let assigned = |what, field| {
        let sent = input.trimmed(field).map(str::to_owned);
        sent.filter(|_| rules.assignable.contains(&what))
    };
    let trial_ends_at = assigned(Assignable::TrialEnd, "trial_ends_at")
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .map_or_else(|| rules.trial.end(now), jiff::Timestamp::as_second);
    Ok(NewAccount {
        public_id: assigned(Assignable::Id, "id").unwrap_or_else(secrets::user_id),
        email: wanted.email,
        name: rules.name.of(&wanted.name),
        password_hash: app
            .passwords
            .hash(rules.password.of(&wanted.password))
            .await?,
        created_at: now,
        trial_ends_at,
        totp_secret: None,
    })
}
