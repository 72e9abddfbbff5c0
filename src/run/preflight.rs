//! One cheap look before the first scenario: is this the API at all?

use std::time::Duration;

use tokio::time::sleep;

use super::hints::doubled_advice;
use super::session::Session;
use crate::contract::Role;
use crate::http::{Answer, Call, Throttle, TransportError};

/// Between calls that a gateway answers: it may be at its limit, or the server behind it be starting.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Why the target cannot be tested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTestable {
    /// It does not answer.
    #[error(transparent)]
    Unreachable(#[from] TransportError),
    /// It did not answer within the time that it was given to come up.
    #[error("the server did not come up within {0:?} (--wait-ready): {1}")]
    NeverReady(Duration, TransportError),
    /// It is another server, or this one by another scheme.
    #[error("{base} redirects every call to {location}: name that server as the base URL")]
    Elsewhere {
        /// The base URL.
        base: String,
        /// Where it redirects to.
        location: String,
    },
    /// It redirects a call to the same path with a slash at its end.
    #[error(
        "{base} redirects {path} to {path}/: its paths end in a slash; name them with --operation NAME=\"METHOD /path/\", or \
         let the server answer without one (in Django: APPEND_SLASH)"
    )]
    Slash {
        /// The base URL.
        base: String,
        /// The path that was called.
        path: String,
    },
    /// It is a server of HTTPS that was called without encryption.
    #[error("{0} speaks HTTPS, and was called by HTTP: begin the base URL with https://")]
    NeedsTls(String),
    /// It redirects a call to itself.
    #[error("{base} redirects {location} to itself, over and over: that is no answer of this API")]
    Loop {
        /// The base URL.
        base: String,
        /// Where it redirects from and to.
        location: String,
    },
    /// It answers, but as something else.
    #[error("{base} does not look like the API: {what}\n{advice}")]
    WrongService {
        /// The base URL.
        base: String,
        /// What came back.
        what: String,
        /// What to do.
        advice: String,
    },
}

/// Asks for the current user and, only if that looks wrong, for the list of tokens, both without a token.
///
/// Nothing is judged here: a server that answers wrongly in the manner of an API is left to the scenarios.
///
/// # Errors
/// The target cannot be reached, or is something else.
pub async fn preflight(session: &Session) -> Result<(), NotTestable> {
    let mut seen = Vec::new();
    let contract = &session.plan.suite.contract;
    for role in [Role::DescribeCaller, Role::ListSessions] {
        let Some((name, operation)) = contract.by_role(role) else {
            return Ok(());
        };
        let address = session.target.operation(name, operation);
        let call = session.bare_call(name, &address);
        let answer = past_gateway(session, &call).await?;
        if !Throttle::is_gateway_error(&answer) {
            session.clock.observe(&answer);
        }
        if wants_tls(&answer) {
            return Err(NotTestable::NeedsTls(session.target.base_url.to_string()));
        }
        if let Some(elsewhere) = redirected(&answer, &call.url) {
            let base = session.target.base_url.to_string();
            let location = session.secrets.redact(&elsewhere);
            return Err(if elsewhere == format!("{}/", call.url) {
                NotTestable::Slash {
                    base,
                    path: address.path,
                }
            } else if elsewhere == call.url {
                NotTestable::Loop { base, location }
            } else {
                NotTestable::Elsewhere { base, location }
            });
        }
        let Some(what) = foreign(&answer) else {
            return Ok(());
        };
        let line = format!("{} {} answered {what}", address.method, call.url);
        seen.push(session.secrets.redact(&line));
    }
    let base = &session.target.base_url;
    let look = contract.by_role(Role::DescribeCaller);
    let path = look.map(|(name, operation)| session.target.operation(name, operation).path);
    let doubled = path.as_deref().and_then(|path| base.doubled(path));
    let advice = doubled.map_or_else(
        || {
            "check host, port and path prefix of the base URL; if the paths are others, name them with \
             --operation NAME=\"METHOD /path\""
                .to_owned()
        },
        doubled_advice,
    );
    Err(NotTestable::WrongService {
        base: base.to_string(),
        what: seen.join(", "),
        advice,
    })
}

/// The answer to a call; where a gateway gives it, that of a later one, for as long as a gateway may be at its limit.
async fn past_gateway(session: &Session, call: &Call) -> Result<Answer, TransportError> {
    for pause in PAUSES {
        let answer = session.client.send(call).await?;
        if !Throttle::is_gateway_error(&answer) {
            return Ok(answer);
        }
        sleep(pause).await;
    }
    session.client.send(call).await
}

/// Whether a server of HTTPS complains of a call without encryption, as nginx and Apache do.
fn wants_tls(answer: &Answer) -> bool {
    const COMPLAINTS: [&str; 2] = [
        "The plain HTTP request was sent to HTTPS port",
        "speaking plain HTTP to an SSL-enabled server port",
    ];
    let text = answer.text();
    answer.status == 400 && COMPLAINTS.iter().any(|complaint| text.contains(complaint))
}

/// Where a redirect leads, if that is the same call at another place. A redirect to a login page is an answer
/// of a sort, and left to the scenarios.
fn redirected(answer: &Answer, url: &str) -> Option<String> {
    let location = answer
        .header("location")
        .filter(|_| (300..400).contains(&answer.status))?;
    let from = reqwest::Url::parse(url).ok()?;
    let to = from.join(location).ok()?;
    let moved = to.origin() != from.origin() && !to.path().ends_with("/login");
    (moved || to.path().trim_end_matches('/') == from.path()).then(|| to.to_string())
}

/// Whether that status comes from a gateway that has no server behind it, or none that is ready.
pub(super) fn is_gateway(status: u16) -> bool {
    (502..=504).contains(&status)
}

/// What an answer is, where it is none of an API with that call.
fn foreign(answer: &Answer) -> Option<String> {
    let kind = match answer.media_type() {
        kind if kind.is_empty() => "no content type".to_owned(),
        kind => kind,
    };
    // Who asks for a password of HTTP Basic is no API that takes tokens. A page in place of JSON is left to the scenarios.
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let basic = challenge
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"));
    let refusal = answer.status == 401 && !basic;
    let page = answer.json.is_none() && !answer.body.is_empty() && !refusal;
    match answer.status {
        _ if Throttle::is_throttled(answer) => None,
        404 | 405 | 501 => Some(format!("{} ({kind})", answer.status)),
        status if is_gateway(status) => {
            Some(format!("{status} (a gateway without a server behind it)"))
        }
        200..=299 | 400..=499 if page => {
            Some(format!("{} with {kind} in place of JSON", answer.status))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
