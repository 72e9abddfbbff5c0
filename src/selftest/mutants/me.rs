//! The current user, described wrongly.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{Code, Login};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{AccountHasHad, All, IssuedBy, Named};
use crate::reference::behaviour::{Described, Edit, Normalization};
use crate::selftest::Mutant;

const TRIAL_END: &str = "/subscription/trial_ends_at";

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "me.without-id",
        "me.describes-user",
        "The current user has no id.",
        |server| server.behaviour.bodies.current_user = &[Edit::Drop("/id")],
    ),
    Mutant::new(
        "me.without-plan",
        "me.describes-user",
        "The subscription of the current user has no plan.",
        |server| server.behaviour.bodies.current_user = &[Edit::Drop("/subscription/plan")],
    ),
    Mutant::new(
        "me.without-status",
        "me.describes-user",
        "The subscription of the current user has no status.",
        |server| server.behaviour.bodies.current_user = &[Edit::Drop("/subscription/status")],
    ),
    Mutant::new(
        "me.trial-end-in-seconds",
        "me.describes-user",
        "The current user shows the end of the trial in seconds since 1970.",
        |server| server.behaviour.bodies.current_user = &[Edit::Number(TRIAL_END)],
    ),
    Mutant::new(
        "me.trial-end-is-a-date",
        "me.describes-user",
        "The current user shows the day on which the trial ends, without the time.",
        |server| {
            server.behaviour.bodies.current_user =
                &[Edit::Part(TRIAL_END, Normalization::FirstChars(10))];
        },
    ),
    Mutant::new(
        "me.wrapped",
        "me.describes-user",
        "The current user stands inside of `data`.",
        |server| server.behaviour.bodies.current_user = &[Edit::Wrapped("data")],
    ),
    Mutant::new(
        "me.answers-201",
        "me.describes-user",
        "The current user is answered by 201.",
        |server| server.behaviour.statuses.current_user = StatusCode::CREATED,
    ),
    Mutant::new(
        "me.is-first-account",
        "me.is-caller",
        "The current user is the account that was registered first.",
        |server| server.behaviour.sessions.me_describes = Described::FirstAccount,
    ),
    Mutant::new(
        "me.is-newest-account",
        "me.is-caller",
        "The current user is the account that was registered last.",
        |server| server.behaviour.sessions.me_describes = Described::NewestAccount,
    ),
    Mutant::new(
        "me.is-latest-login",
        "me.is-caller",
        "The current user is the account that logged in last.",
        |server| server.behaviour.sessions.me_describes = Described::LatestLogin,
    ),
    Mutant::new(
        "me.has-another-id",
        "me.is-caller",
        "The current user shows another id than registering did.",
        |server| {
            server.behaviour.bodies.current_user =
                &[Edit::Part("/id", Normalization::Alphanumeric)];
        },
    ),
    Mutant::new(
        "me.has-first-name",
        "me.is-caller",
        "The current user shows only the first word of the name.",
        |server| {
            server.behaviour.bodies.current_user = &[Edit::Part("/name", Normalization::FirstWord)];
        },
    ),
    Mutant::new(
        "me.is-active",
        "me.trialing",
        "The subscription of a new account is active.",
        |server| server.behaviour.subscription.during_trial = "active",
    ),
    Mutant::new(
        "me.is-on-trial",
        "me.trialing",
        "The subscription of a new account has the status on_trial.",
        |server| server.behaviour.subscription.during_trial = "on_trial",
    ),
    Mutant::new(
        "me.expires-with-login",
        "me.trialing",
        "The session of a login is told that the trial is over.",
        |server| server.behaviour.subscription.denies_trial_to = IssuedBy(Login),
    ),
    Mutant::new(
        "me.expires-for-cli",
        "me.trialing",
        "The cli is told that the trial is over.",
        |server| server.behaviour.subscription.denies_trial_to = Named(Cli),
    ),
    Mutant::new(
        "me.trial-ends-a-day-later",
        "me.same-trial",
        "The current user shows the end of the trial a day later than registering did.",
        |server| server.behaviour.bodies.current_user = &[Edit::Moved(TRIAL_END, 24 * 60 * 60)],
    ),
    Mutant::new(
        "me.trial-ends-in-another-zone",
        "me.same-trial",
        "The current user shows the end of the trial in local time, written as UTC.",
        |server| server.behaviour.bodies.current_user = &[Edit::Moved(TRIAL_END, 60 * 60)],
    ),
    Mutant::new(
        "me.trial-ends-a-minute-earlier",
        "me.same-trial",
        "The current user shows the end of the trial a minute earlier than registering did.",
        |server| server.behaviour.bodies.current_user = &[Edit::Moved(TRIAL_END, -60)],
    ),
    Mutant::new(
        "me.login-restarts-trial",
        "me.trial-stays",
        "Every login restarts the trial.",
        |server| server.behaviour.login.restarts_trial = IssuedBy(Login),
    ),
    Mutant::new(
        "me.login-as-cli-restarts-trial",
        "me.trial-stays",
        "A login as cli restarts the trial.",
        |server| server.behaviour.login.restarts_trial = All(&[IssuedBy(Login), Named(Cli)]),
    ),
    Mutant::new(
        "me.login-as-web-restarts-trial",
        "me.trial-stays",
        "A login as web restarts the trial.",
        |server| server.behaviour.login.restarts_trial = All(&[IssuedBy(Login), Named(Web)]),
    ),
    Mutant::new(
        "me.login-as-mobile-restarts-trial",
        "me.trial-stays",
        "A login as mobile restarts the trial.",
        |server| server.behaviour.login.restarts_trial = All(&[IssuedBy(Login), Named(Mobile)]),
    ),
    Mutant::new(
        "me.third-login-restarts-trial",
        "me.trial-stays",
        "The third login and those after it restart the trial.",
        |server| server.behaviour.login.restarts_trial = AccountHasHad(4),
    ),
    Mutant::new(
        "me.second-factor-restarts-trial",
        "totp.trial-stays",
        "A login completed by a code restarts the trial.",
        |server| server.behaviour.login.restarts_trial = IssuedBy(Code),
    ),
];
