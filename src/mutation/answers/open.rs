//! What the contract leaves open: answers that look wrong and break no promise.

use super::operators::Operator;

struct Open {
    operations: &'static [&'static str],
    covers: fn(&Operator) -> bool,
    reason: &'static str,
}

const OPEN: [Open; 1] = [Open {
    operations: &["login", "login-totp", "me", "register", "revoke-others"],
    covers: |operator| matches!(operator, Operator::AddSecret { .. }),
    reason: "further members are left to the server; that none shows a secret is promised of the list of \
             tokens alone",
}];

/// Why the contract does not mind, where that is so.
pub(super) fn reason(operation: &str, operator: &Operator) -> Option<&'static str> {
    let mut rows = OPEN.iter();
    let row = rows.find(|row| row.operations.contains(&operation) && (row.covers)(operator));
    row.map(|row| row.reason)
}
