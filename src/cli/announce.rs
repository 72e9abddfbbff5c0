//! Before the run: what is tested, and what that does to a server of somebody else.

use std::fmt::Write as _;
use std::path::Path;

use crate::engine::Session;
use crate::suite::Load;
use crate::target::Target;
use crate::terminal;

/// Says where the server is, and whether its certificate counts.
pub(super) fn target(target: &Target, embedded: bool) {
    let embedded = if embedded {
        " (the embedded reference implementation)"
    } else {
        ""
    };
    terminal::err(&format!("testing {}{embedded}", target.base_url));
    if target.insecure {
        terminal::err(
            "warning: no certificate is checked (insecure): whoever stands between here and the server can read \
             every password and token",
        );
    }
}

/// Says what will stand where in clear.
pub(super) fn shown_secrets(reports: &Path) {
    terminal::err(&format!(
        "warning: passwords, tokens and codes of this run stand in clear here and in {} (--show-secrets): hand neither on",
        reports.display()
    ));
}

/// Says what the run will do to a server that is not on this machine.
pub(super) fn consequences(session: &Session, selected: &[usize]) {
    let target = &session.target;
    if target.base_url.is_loopback() {
        return;
    }
    let suite = &session.plan.suite;
    let load = suite.load(selected, target.max_attempts);
    let mut text = told(&load, target.base_url.host());
    let calls = suite.throttled_calls(selected);
    if let Some(time) = target.rate_limits.time_for(&calls) {
        let minutes = time.as_secs().div_ceil(60);
        let _ = write!(
            text,
            "; at the declared limits that takes about {minutes} min"
        );
    }
    terminal::err(&text);
}

fn told(load: &Load, host: &str) -> String {
    let registrations = load.calls.get("register").copied().unwrap_or(0);
    let logins = load.total() - registrations;
    let mut text = format!(
        "this run registers up to {registrations} accounts at {host} and makes {logins} logins"
    );
    if load.repeated > 0 {
        let _ = write!(
            text,
            ", then up to {} failed logins to prove a limit",
            load.repeated
        );
    }
    text
}
