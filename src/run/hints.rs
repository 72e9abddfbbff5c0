//! What is commonly behind a failure: facts about Laravel servers and about this harness.

use crate::contract::{OperationOrigin, Role};
use crate::http::Answer;
use crate::suite::Statuses;

/// What is known about the call that failed.
pub(super) struct Circumstances<'a> {
    pub(super) operation: &'a str,
    pub(super) role: Option<Role>,
    pub(super) known: OperationOrigin,
    pub(super) overridden: bool,
    pub(super) expected: Option<&'a Statuses>,
    pub(super) answer: &'a Answer,
    /// The path that was called.
    pub(super) path: Option<&'a str>,
    /// The start of the path in which the base URL ends.
    pub(super) doubled: Option<&'a str>,
}

/// What to do about a base URL that ends in the start of the paths.
pub(super) fn doubled_advice(start: &str) -> String {
    format!(
        "the base URL ends in `{start}`, with which the paths begin: leave it out of the base URL"
    )
}

/// The most likely cause, where there is a known one.
pub(super) fn hint(about: &Circumstances<'_>) -> Option<String> {
    let answer = about.answer;
    let status = answer.status;
    let expects = |wanted: u16| about.expected.is_some_and(|set| set.contains(wanted));
    let unexpected = about.expected.is_some_and(|set| !set.contains(status));
    if !unexpected {
        return (answer.is_html() && !answer.body.is_empty()).then(|| {
            "the answer is a page for people (text/html): something in front of the API answers in its place"
                .to_owned()
        });
    }
    let hint = match status {
        300..=399 => {
            let to = answer.header("location").unwrap_or("nowhere");
            let path = to.split(['?', '#']).next().unwrap_or_default();
            if about.path.is_some_and(|own| path.ends_with(&format!("{own}/"))) {
                format!(
                    "the server redirects to the same path with a slash at its end: name it so with --operation \
                     '{}=METHOD /path/'",
                    about.operation
                )
            } else if path.trim_end_matches('/').ends_with("/login") {
                format!(
                    "the server redirects to its login page, {to}, as if a browser had called: make its API routes answer JSON \
                     whatever they are asked for (a Laravel does so where a request says `Accept: application/json`)"
                )
            } else {
                format!("the server redirects to {to}, which no operation of the contract does")
            }
        }
        419 => "419 is Laravel's answer to a browser without a CSRF token: Sanctum takes the harness for a browser; \
                take the target's host out of SANCTUM_STATEFUL_DOMAINS"
            .to_owned(),
        422 if expects(401) => "422 is what many frameworks answer to a form that is filled in wrongly, but the contract says 401 \
                                for wrong credentials (in Laravel: abort(401) in place of a ValidationException)"
            .to_owned(),
        404 | 405 if let Some(doubled) = about.doubled => doubled_advice(doubled),
        404 | 405 if about.known == OperationOrigin::Assumed && !about.overridden && !expects(status) => format!(
            "the contract does not state the method and path of `{0}`, they are assumed: if this server has it elsewhere, \
             say so with --operation '{0}=METHOD /path'",
            about.operation
        ),
        422 if about.role == Some(Role::Register) && about.expected.is_some_and(Statuses::allows_success) => {
            "the server refuses the made-up account: if it checks that the e-mail's domain exists, name one with --email-domain"
                .to_owned()
        }
        500..=599 => "the server failed by itself: its log says why".to_owned(),
        _ if answer.is_html() => {
            "the answer is a page for people (text/html): something in front of the API answers in its place".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}
