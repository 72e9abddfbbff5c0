//! What a secret is, and how it is known as one.

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
        const MEMBERS: [(&str, SecretKind); 9] = [
            ("token", SecretKind::Token),
            ("accesstoken", SecretKind::Token),
            ("plaintexttoken", SecretKind::Token),
            ("apitoken", SecretKind::Token),
            ("bearertoken", SecretKind::Token),
            ("totptoken", SecretKind::TotpToken),
            ("totpsecret", SecretKind::TotpSecret),
            ("password", SecretKind::Password),
            ("recoverycode", SecretKind::RecoveryCode),
        ];
        // `plainTextToken`, `plain_text_token` and `recovery-codes` are the same words.
        let letters = || {
            let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            letters.map(|letter| letter.to_ascii_lowercase())
        };
        let is =
            |word: &str| letters().eq(word.bytes()) || letters().eq(word.bytes().chain([b's']));
        MEMBERS
            .iter()
            .find(|(word, _)| is(word))
            .map(|(_, kind)| *kind)
    }
}
