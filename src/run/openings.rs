//! Calls that no scenario states: those that make its accounts ready, as a step would say them.

use crate::contract::{Contract, Role};
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
pub(crate) fn openings(contract: &Contract, need: &AccountNeed) -> Vec<OpeningCall> {
    let name = &need.name;
    let call = |step, gives: Option<(Reference, &'static str)>| OpeningCall { step, gives };
    let entry = (need.kind == AccountKind::Registered).then(|| {
        let token = Reference::Account(name.clone(), Field::Token);
        call(registration(contract, name), Some((token, "$.token")))
    });
    let sessions = need.sessions.iter().flat_map(|session| {
        let client = &session.client;
        let part = |part| Reference::Session(name.clone(), client.clone(), part);
        let opened = Some((part(SessionPart::Token), "$.token"));
        let logged_in = login(contract, name, Some(client));
        let mut calls = match need.kind {
            AccountKind::Totp => {
                let challenge = Reference::Capture(challenge_of(name));
                vec![
                    call(logged_in, Some((challenge, "$.totp_token"))),
                    call(second_factor(contract, name, client), opened),
                ]
            }
            AccountKind::Registered | AccountKind::Unregistered => vec![call(logged_in, opened)],
        };
        let id = (part(SessionPart::Id), "$.tokens[?@.is_current == true].id");
        let id = session.needs_id.then_some(id);
        calls.push(call(look(contract, name, session, true), id));
        calls
    });
    entry.into_iter().chain(sessions).collect()
}

/// The call that registers an account.
pub(super) fn registration(contract: &Contract, account: &str) -> Step {
    by_role(contract, Role::Register, account)
}

/// The call that logs in to an account, as a type of client if one is named.
pub(super) fn login(contract: &Contract, account: &str, client: Option<&str>) -> Step {
    Step {
        client: client.and_then(|client| Template::parse(client).ok()),
        ..by_role(contract, Role::LogIn, account)
    }
}

/// The call of the operation with that role, with its usual body for an account. The loader sees to it that there is one if a
/// scenario needs it.
fn by_role(contract: &Contract, role: Role, account: &str) -> Step {
    let found = contract.by_role(role);
    let name = found.map_or("", |(name, _)| name);
    let body = found.and_then(|(_, operation)| operation.usual_body_of(account));
    let body = body.and_then(|body| JsonTemplate::parse(&body).ok());
    Step {
        id: None,
        span: 0..0,
        operation: name.to_owned(),
        role: Some(role),
        path: Vec::new(),
        client: None::<Template>,
        token: None,
        headers: Vec::new(),
        bodies: body.map_or(Bodies::None, Bodies::Json),
        when: None,
        after: None,
        repeat: None,
        unused: false,
        expectations: Vec::new(),
        captures: Vec::new(),
        look: None,
    }
}

/// The name by which the challenge of an account is kept that no step has captured; no template says it.
pub(super) fn challenge_of(account: &str) -> String {
    format!("challenge of {account}")
}

/// The call that completes a login by a recovery code, after the one that gave the challenge.
pub(super) fn second_factor(contract: &Contract, account: &str, client: &str) -> Step {
    let value = |reference| JsonTemplate::Text(Template::of(reference));
    let code = Reference::Account(account.to_owned(), Field::RecoveryCode);
    let members = [
        ("totp_token", Reference::Capture(challenge_of(account))),
        ("recovery_code", code),
    ];
    let members = members.map(|(name, reference)| (name.to_owned(), value(reference)));
    Step {
        client: Template::parse(client).ok(),
        bodies: Bodies::Json(JsonTemplate::Object(members.into())),
        ..by_role(contract, Role::SecondFactor, account)
    }
}

/// The call that lists the tokens of an account.
pub(super) fn list_of_tokens(contract: &Contract, account: &str) -> Step {
    let token = Reference::Account(account.to_owned(), Field::Token);
    Step {
        token: Some(Template::of(token)),
        ..by_role(contract, Role::ListSessions, account)
    }
}

/// The call that shows a session of an account alive, and its id where that is needed.
pub(crate) fn look(
    contract: &Contract,
    account: &str,
    session: &SessionNeed,
    with_id: bool,
) -> Step {
    let client = session.client.clone();
    let token = Reference::Session(account.to_owned(), client, SessionPart::Token);
    let role = if with_id {
        session.look()
    } else {
        Role::DescribeCaller
    };
    Step {
        token: Some(Template::of(token)),
        ..by_role(contract, role, account)
    }
}
