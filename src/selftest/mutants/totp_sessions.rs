//! Sessions that a second factor names or ends wrongly.

use crate::reference::behaviour::Action::{Code, RecoveryCode};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::Naming;
use crate::reference::behaviour::TokenFilter::{
    self, AccountHasHad, All, Any, IssuedBy, Named, Newest, Not, SameName, Used,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "totp.wrong-code-ends-same-type",
        "totp.failure-ends-nothing",
        "A wrong code ends the session of its type.",
        |server| server.behaviour.second_factor.wrong_proof_ends = TokenFilter::SAME_NAME,
    ),
    Mutant::new(
        "totp.wrong-code-ends-all",
        "totp.failure-ends-nothing",
        "A wrong code ends all sessions of the account.",
        |server| server.behaviour.second_factor.wrong_proof_ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "totp.wrong-code-ends-other-types",
        "totp.failure-ends-nothing",
        "A wrong code ends the sessions of other types.",
        |server| {
            server.behaviour.second_factor.wrong_proof_ends =
                All(&[TokenFilter::OWN, Not(&SameName)]);
        },
    ),
    Mutant::new(
        "totp.names-all-mobile",
        "totp.names-token",
        "After the second factor every token is named mobile.",
        |server| server.behaviour.second_factor.naming = Naming::Fixed("mobile"),
    ),
    Mutant::new(
        "totp.names-all-web",
        "totp.names-token",
        "After the second factor every token is named web.",
        |server| server.behaviour.second_factor.naming = Naming::Fixed("web"),
    ),
    Mutant::new(
        "totp.names-in-capitals",
        "totp.names-token",
        "After the second factor the token is named in capitals.",
        |server| server.behaviour.second_factor.naming = Naming::Capitals,
    ),
    Mutant::new(
        "totp.names-web-mobile",
        "totp.names-token",
        "After the second factor the token of web is named mobile.",
        |server| {
            server.behaviour.second_factor.naming = Naming::Confusing {
                forgotten: Web,
                taken_for: Mobile,
            };
        },
    ),
    Mutant::new(
        "totp.defaults-to-web",
        "totp.defaults-to-mobile",
        "After the second factor, without the client header, the token is named web.",
        |server| {
            server.behaviour.second_factor.naming = Naming::ClientHeader { otherwise: Web };
        },
    ),
    Mutant::new(
        "totp.defaults-to-cli",
        "totp.defaults-to-mobile",
        "After the second factor, without the client header, the token is named cli.",
        |server| {
            server.behaviour.second_factor.naming = Naming::ClientHeader { otherwise: Cli };
        },
    ),
    Mutant::new(
        "totp.ends-nothing",
        "totp.ends-same-type",
        "A login completed by a second factor ends no session.",
        |server| server.behaviour.second_factor.ends = TokenFilter::NONE,
    ),
    Mutant::new(
        "totp.ends-nothing-for-cli",
        "totp.ends-same-type",
        "A login as cli completed by a second factor ends no session.",
        |server| {
            server.behaviour.second_factor.ends = All(&[TokenFilter::SAME_NAME, Not(&Named(Cli))]);
        },
    ),
    Mutant::new(
        "totp.ends-nothing-for-mobile",
        "totp.ends-same-type",
        "A login as mobile completed by a second factor ends no session.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::SAME_NAME, Not(&Named(Mobile))]);
        },
    ),
    Mutant::new(
        "totp.ends-nothing-for-web",
        "totp.ends-same-type",
        "A login as web completed by a second factor ends no session.",
        |server| {
            server.behaviour.second_factor.ends = All(&[TokenFilter::SAME_NAME, Not(&Named(Web))]);
        },
    ),
    Mutant::new(
        "totp.spares-sessions-from-recovery-codes",
        "totp.ends-same-type",
        "Sessions that recovery codes opened are never ended by a login.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::SAME_NAME, Not(&IssuedBy(RecoveryCode))]);
        },
    ),
    Mutant::new(
        "totp.spares-sessions-from-codes",
        "totp.ends-same-type",
        "Sessions that codes opened are never ended by a login.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::SAME_NAME, Not(&IssuedBy(Code))]);
        },
    ),
    Mutant::new(
        "totp.ends-only-used",
        "totp.ends-same-type",
        "A second factor ends the earlier session of its type only if that was used.",
        |server| server.behaviour.second_factor.ends = All(&[TokenFilter::SAME_NAME, Used]),
    ),
    Mutant::new(
        "totp.third-ends-nothing",
        "totp.ends-same-type",
        "From the third login of an account on, a second factor ends no session.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::SAME_NAME, Not(&AccountHasHad(2))]);
        },
    ),
    Mutant::new(
        "totp.fourth-ends-nothing",
        "totp.ends-same-type",
        "From the fourth login of an account on, a second factor ends no session.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::SAME_NAME, Not(&AccountHasHad(3))]);
        },
    ),
    Mutant::new(
        "totp.ends-all",
        "totp.spares-other-types",
        "A login completed by a second factor ends all sessions of the account.",
        |server| server.behaviour.second_factor.ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "totp.ends-cli-too",
        "totp.spares-other-types",
        "A login completed by a second factor ends the cli session, whatever its own type.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, Named(Cli)])]);
        },
    ),
    Mutant::new(
        "totp.ends-mobile-too",
        "totp.spares-other-types",
        "A login completed by a second factor ends the mobile session, whatever its own type.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, Named(Mobile)])]);
        },
    ),
    Mutant::new(
        "totp.ends-web-too",
        "totp.spares-other-types",
        "A login completed by a second factor ends the web session, whatever its own type.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, Named(Web)])]);
        },
    ),
    Mutant::new(
        "totp.ends-newest-too",
        "totp.spares-other-types",
        "A login completed by a second factor ends the newest session, whatever its type.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, Newest])]);
        },
    ),
    Mutant::new(
        "totp.ends-sessions-from-codes",
        "totp.spares-other-types",
        "A login completed by a second factor ends all sessions that codes opened.",
        |server| {
            server.behaviour.second_factor.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, IssuedBy(Code)])]);
        },
    ),
];
