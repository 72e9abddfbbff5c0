//! Calls that no scenario states: those that make its accounts ready, as a step would say them.

use serde_json::json;

use crate::suite::{
    AccountKind, AccountNeed, Bodies, Field, JsonTemplate, Reference, SessionNeed, SessionPart,
    Step, Template,
};

/// A call that makes an account ready, and where its answer has what later calls send.
pub(crate) struct OpeningCall {
    pub(crate) step: Step,
    pub(crate) gives: Option<(Reference, &'static str)>,
}

/// The calls that make an account ready, where nothing is left of an earlier scenario: each session is used once it is open.
pub(crate) fn openings(need: &AccountNeed) -> Vec<OpeningCall> {
    let name = &need.name;
    let call = |step, gives: Option<(Reference, &'static str)>| OpeningCall { step, gives };
    let entry = (need.kind == AccountKind::Registered).then(|| {
        let token = Reference::Account(name.clone(), Field::Token);
        call(registration(name), Some((token, "$.token")))
    });
    let sessions = need.sessions.iter().flat_map(|session| {
        let client = &session.client;
        let part = |part| Reference::Session(name.clone(), client.clone(), part);
        let opened = Some((part(SessionPart::Token), "$.token"));
        let logged_in = login(name, Some(client));
        let mut calls = match need.kind {
            AccountKind::Totp => {
                let challenge = Reference::Capture(challenge_of(name));
                vec![
                    call(logged_in, Some((challenge, "$.totp_token"))),
                    call(second_factor(name, client), opened),
                ]
            }
            AccountKind::Registered | AccountKind::Unregistered => vec![call(logged_in, opened)],
        };
        let id = (part(SessionPart::Id), "$.tokens[?@.is_current == true].id");
        let id = session.needs_id.then_some(id);
        calls.push(call(look(name, session, true), id));
        calls
    });
    entry.into_iter().chain(sessions).collect()
}

/// The call that registers an account.
pub(super) fn registration(account: &str) -> Step {
    let body = json!({
        "email": format!("{{{{{account}.email}}}}"),
        "password": format!("{{{{{account}.password}}}}"),
        "name": format!("{{{{{account}.name}}}}"),
    });
    Step {
        id: None,
        span: 0..0,
        operation: "register".to_owned(),
        path: Vec::new(),
        client: None::<Template>,
        token: None,
        headers: Vec::new(),
        bodies: JsonTemplate::parse(&body).map_or(Bodies::None, Bodies::Json),
        when: None,
        after: None,
        repeat: None,
        unused: false,
        expectations: Vec::new(),
        captures: Vec::new(),
        look: None,
    }
}

/// The call that logs in to an account, as a type of client if one is named.
pub(super) fn login(account: &str, client: Option<&str>) -> Step {
    let body = json!({
        "email": format!("{{{{{account}.email}}}}"),
        "password": format!("{{{{{account}.password}}}}"),
    });
    Step {
        operation: "login".to_owned(),
        client: client.and_then(|client| Template::parse(client).ok()),
        bodies: JsonTemplate::parse(&body).map_or(Bodies::None, Bodies::Json),
        ..registration(account)
    }
}

/// The name by which the challenge of an account is kept that no step has captured; no template says it.
pub(super) fn challenge_of(account: &str) -> String {
    format!("challenge of {account}")
}

/// The call that completes a login by a recovery code, after the one that gave the challenge.
pub(super) fn second_factor(account: &str, client: &str) -> Step {
    let value = |reference| JsonTemplate::Text(Template::of(reference));
    let code = Reference::Account(account.to_owned(), Field::RecoveryCode);
    let members = [
        ("totp_token", Reference::Capture(challenge_of(account))),
        ("recovery_code", code),
    ];
    let members = members.map(|(name, reference)| (name.to_owned(), value(reference)));
    Step {
        operation: "login-totp".to_owned(),
        bodies: Bodies::Json(JsonTemplate::Object(members.into())),
        ..login(account, Some(client))
    }
}

/// The call that lists the tokens of an account.
pub(super) fn list_of_tokens(account: &str) -> Step {
    with_token(
        account,
        "list-tokens",
        Reference::Account(account.to_owned(), Field::Token),
    )
}

/// The call that shows a session of an account alive, and its id where that is needed.
pub(crate) fn look(account: &str, session: &SessionNeed, with_id: bool) -> Step {
    let client = session.client.clone();
    let token = Reference::Session(account.to_owned(), client, SessionPart::Token);
    let operation = if with_id { session.look() } else { "me" };
    with_token(account, operation, token)
}

fn with_token(account: &str, operation: &str, token: Reference) -> Step {
    Step {
        operation: operation.to_owned(),
        token: Some(Template::of(token)),
        bodies: Bodies::None,
        ..registration(account)
    }
}
