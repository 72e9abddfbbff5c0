//! What the contract leaves open: answers that look wrong and break no promise.

use super::operators::Operator;

struct Open {
    operations: &'static [&'static str],
    covers: fn(&Operator) -> bool,
    reason: &'static str,
}

const OPEN: [Open; 4] = [
    Open {
        operations: &["login", "login-totp", "me", "register", "revoke-others"],
        covers: |operator| matches!(operator, Operator::AddSecret { .. }),
        reason: "further members are left to the server; that none shows a secret is promised of the list of \
                 tokens alone",
    },
    Open {
        operations: &["login", "login-totp", "register"],
        covers: |operator| alters(operator, &["$.token", "$.totp_token"]),
        reason: "a token is opaque: whether it is a good one shows in the calls that are made with it",
    },
    Open {
        operations: &["register"],
        covers: |operator| alters(operator, &["$.user.id"]),
        reason: "an id may be any: whether it is the right one shows in later calls",
    },
    Open {
        operations: &["me"],
        covers: |operator| alters(operator, &["$.subscription.plan"]),
        reason: "the documentation does not say what plans there are",
    },
];

fn alters(operator: &Operator, members: &[&str]) -> bool {
    let Operator::AlterMember { member } = operator else {
        return false;
    };
    members.contains(&member.to_string().as_str())
}

/// Why the contract does not mind, where that is so.
pub(super) fn reason(operation: &str, operator: &Operator) -> Option<&'static str> {
    let mut rows = OPEN.iter();
    let row = rows.find(|row| row.operations.contains(&operation) && (row.covers)(operator));
    row.map(|row| row.reason)
}
