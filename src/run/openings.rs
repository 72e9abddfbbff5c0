//! Calls that no scenario states: those that make its accounts ready, as a step would say them.

use serde_json::json;

use crate::suite::{Bodies, JsonTemplate, Step, Template};

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

/// The call that logs in to an account that is ready-made.
pub(super) fn login(account: &str) -> Step {
    let body = json!({
        "email": format!("{{{{{account}.email}}}}"),
        "password": format!("{{{{{account}.password}}}}"),
    });
    Step {
        operation: "login".to_owned(),
        bodies: JsonTemplate::parse(&body).map_or(Bodies::None, Bodies::Json),
        ..registration(account)
    }
}

/// The call that lists the tokens of an account.
pub(super) fn list_of_tokens(account: &str) -> Option<Step> {
    let token = format!("{{{{{account}.token}}}}");
    Some(Step {
        operation: "list-tokens".to_owned(),
        token: Some(Template::parse(&token).ok()?),
        bodies: Bodies::None,
        ..registration(account)
    })
}
