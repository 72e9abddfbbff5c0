//! The names that stand for secrets in what is kept, recognised again by whoever reads it.

use super::SecretKind;

/// Stands for a secret of which nothing is known: the names of secrets count from one.
pub(crate) const UNKNOWN: &str = "<password-0>";

/// What the name of a secret ends with where only a part of it stands.
pub(super) const PART: &str = "-part>";

/// Whether the name of any secret, or of a part of one, stands in `text`.
pub(crate) fn holds_name(text: &str) -> bool {
    holds(text, &SecretKind::ALL, &[">", PART])
}

/// Whether the name of a whole secret stands in `text` that a server was told or has issued, and must not show.
pub(crate) fn holds_issued_name(text: &str) -> bool {
    holds(
        text,
        &[
            SecretKind::Token,
            SecretKind::TotpToken,
            SecretKind::Password,
        ],
        &[">"],
    )
}

fn holds(text: &str, kinds: &[SecretKind], ends: &[&str]) -> bool {
    let is_name = |rest: &str| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        ends.iter().any(|end| rest.starts_with(end))
    };
    let mut prefixes = kinds.iter().map(|kind| kind.prefix());
    text.contains('<') && prefixes.any(|prefix| text.split(&prefix).skip(1).any(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Secrets;

    #[test]
    fn the_name_of_every_kind_of_secret_is_recognised() {
        for kind in SecretKind::ALL {
            let secrets = Secrets::default();
            secrets.add(kind, "correct-horse");
            let kept = secrets.redact("it was correct-horse");
            assert!(holds_name(&kept), "{kept}");
        }
        assert!(holds_name(UNKNOWN));
        assert!(!holds_name("<p>tokens < 100, <token>, $TOKEN_1</p>"));
        assert!(holds_issued_name("<token-1>") && !holds_issued_name("<totp-code-1>"));
        assert!(holds_name("<token-1-part>") && !holds_issued_name("<token-1-part>"));
    }
}
