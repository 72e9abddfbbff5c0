//! Calls that no scenario states: those that make its accounts ready, as a step would say them.

use serde_json::json;

use crate::suite::{
    Bodies, Expression, Field, JsonTemplate, Piece, Reference, SessionNeed, SessionPart, Step,
    Template,
};

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
        expectations: Vec::new(),
        captures: Vec::new(),
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

/// The call that lists the tokens of an account.
pub(super) fn list_of_tokens(account: &str) -> Step {
    with_token(
        account,
        "list-tokens",
        Reference::Account(account.to_owned(), Field::Token),
    )
}

/// The call that shows a session of an account alive, and its id where that is needed.
pub(super) fn look(account: &str, session: &SessionNeed) -> Step {
    let client = session.client.clone();
    let token = Reference::Session(account.to_owned(), client, SessionPart::Token);
    with_token(account, session.look(), token)
}

fn with_token(account: &str, operation: &str, token: Reference) -> Step {
    let token = Expression {
        reference: token,
        filters: Vec::new(),
        plus: 0,
    };
    Step {
        operation: operation.to_owned(),
        token: Some(Template {
            pieces: vec![Piece::Expression(token)],
        }),
        bodies: Bodies::None,
        ..registration(account)
    }
}
