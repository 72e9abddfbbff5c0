//! What a secret is, and how it is known as one.

/// No name of a member that holds a secret has more letters.
const LONGEST_MEMBER: usize = "plaintexttokens".len();

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// The password of an account.
    Password,
    /// A bearer token.
    Token,
    /// The token of a challenge.
    TotpToken,
    /// The secret behind the codes of a second factor.
    TotpSecret,
    /// One code of a second factor.
    TotpCode,
    /// A recovery code.
    RecoveryCode,
    /// The value of a header that the user gave.
    Header,
    /// What else stands in the user's settings: a variable of the environment, a password of a proxy.
    Setting,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Password,
        Self::Token,
        Self::TotpToken,
        Self::TotpSecret,
        Self::TotpCode,
        Self::RecoveryCode,
        Self::Header,
        Self::Setting,
    ];

    /// The word in the pseudonyms of this kind, such as `token` in `<token-3>`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
            Self::TotpToken => "totp-token",
            Self::TotpSecret => "totp-secret",
            Self::TotpCode => "totp-code",
            Self::RecoveryCode => "recovery-code",
            Self::Header => "header",
            Self::Setting => "setting",
        }
    }

    /// What the pseudonyms of this kind begin with.
    pub(super) fn prefix(self) -> String {
        format!("<{}-", self.word())
    }

    /// Whether it belongs to an account of the run, not to the user who runs it.
    pub(super) fn is_of_account(self) -> bool {
        !matches!(self, Self::Header | Self::Setting)
    }

    /// The kind of secret that a member of a JSON body holds by its name.
    pub(super) fn of_member(name: &str) -> Option<Self> {
        // `plainTextToken`, `plain_text_token` and `recovery-codes` are the same words.
        let mut letters = [0; LONGEST_MEMBER];
        let mut length = 0;
        for letter in name.bytes().filter(u8::is_ascii_alphanumeric) {
            *letters.get_mut(length)? = letter.to_ascii_lowercase();
            length += 1;
        }
        let word = &letters[..length];
        let singular = word.strip_suffix(b"s").unwrap_or(word);
        match singular {
            b"token" | b"accesstoken" | b"plaintexttoken" | b"apitoken" | b"bearertoken" => {
                Some(Self::Token)
            }
            b"totptoken" => Some(Self::TotpToken),
            b"totpsecret" => Some(Self::TotpSecret),
            b"password" => Some(Self::Password),
            b"recoverycode" => Some(Self::RecoveryCode),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_the_name_of_its_member_however_it_is_written() {
        for (name, kind) in [
            ("token", SecretKind::Token),
            ("plainTextToken", SecretKind::Token),
            ("plain_text_tokens", SecretKind::Token),
            ("access-token", SecretKind::Token),
            ("API_TOKEN", SecretKind::Token),
            ("bearer_token", SecretKind::Token),
            ("totp_token", SecretKind::TotpToken),
            ("totpSecret", SecretKind::TotpSecret),
            ("password", SecretKind::Password),
            ("recovery_codes", SecretKind::RecoveryCode),
        ] {
            assert_eq!(SecretKind::of_member(name), Some(kind), "{name}");
        }
        for name in [
            "",
            "s",
            "tokenss",
            "token_name",
            "a_long_plain_text_token",
            "pass",
        ] {
            assert_eq!(SecretKind::of_member(name), None, "{name}");
        }
    }
}
