//! Before the run: what is tested, and what that does to a server of somebody else.

use std::fmt::Write as _;
use std::path::Path;

use crate::contract::Role;
use crate::http::{LimitedCalls, SlowestLimit, Target};
use crate::printable::number_of;
use crate::run::Session;
use crate::suite::Load;
use crate::terminal;

/// Says where the server is, and whether its certificate counts.
pub(super) fn target(target: &Target, remark: &str) {
    terminal::err(&format!("testing {}{remark}", target.base_url));
    if target.insecure {
        terminal::warning(
            "no certificate is checked (insecure): whoever stands between here and the server can read \
             every password and token",
        );
    }
}

/// Says what will stand where in clear.
pub(super) fn shown_secrets(reports: &Path) {
    terminal::warning(&format!(
        "passwords, tokens and codes of this run stand in clear here and in {} (--show-secrets): hand neither on",
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
    let register = suite.contract.operation_of(Role::Register);
    terminal::err(&told(&load, register, target.base_url.shown_host()));
}

/// Says how long the run takes at the limits that the server is declared to have.
pub(super) fn expected_time(session: &Session, selected: &[usize]) {
    if let Some(narrowest) = session.slowest_limit(selected) {
        terminal::err(&expected(&narrowest));
    }
}

/// Says how many recovery codes of the one fixed account the run spends.
pub(super) fn recovery_codes(session: &Session, selected: &[usize]) {
    let (needed, _) = session.plan.suite.recovery_codes(selected);
    let Some(there) = session.fixed_recovery_codes().filter(|_| needed > 0) else {
        return;
    };
    let rest = if there < needed {
        ": what needs more is not verified"
    } else {
        ""
    };
    terminal::err(&format!(
        "this run needs {}, and the account of --totp-account has {there}{rest}",
        number_of(needed, "recovery code")
    ));
}

fn expected(narrowest: &SlowestLimit) -> String {
    let calls = number_of(narrowest.calls, "call");
    let calls = match &narrowest.limited {
        LimitedCalls::All => calls,
        LimitedCalls::Guests => format!("{calls} without a token"),
        LimitedCalls::Operation(name) => format!("{calls} of `{name}`"),
    };
    let time = match narrowest.time().as_secs_f64().ceil() {
        seconds if seconds < 60.0 => format!("{seconds:.0} s"),
        seconds => format!("{:.0} min", (seconds / 60.0).ceil()),
    };
    format!("{calls} at {}: about {time}", narrowest.limit)
}

fn told(load: &Load, register: Option<&str>, host: &str) -> String {
    let registrations = register.and_then(|name| load.calls.get(name).copied());
    let registrations = registrations.unwrap_or(0);
    let logins = load.total() - registrations;
    let mut text = format!(
        "this run registers up to {} at {host} and makes {}",
        number_of(registrations, "account"),
        number_of(logins, "login")
    );
    if load.repeated > 0 {
        let _ = write!(
            text,
            ", then up to {} to verify a limit",
            number_of(load.repeated, "failed login")
        );
    }
    text
}
