//! What is done to accounts and tokens, by name.

/// Something that a request comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Action {
    Register,
    RefusedRegistration,
    Login,
    Challenge,
    WrongPassword,
    Code,
    RecoveryCode,
    WrongProof,
    Me,
    List,
    Logout,
    RevokeOne,
    RefusedRevocation,
    RevokeOthers,
}

impl Action {
    /// The word under which it is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::RefusedRegistration => "refused-registration",
            Self::Login => "login",
            Self::Challenge => "challenge",
            Self::WrongPassword => "wrong-password",
            Self::Code => "code",
            Self::RecoveryCode => "recovery-code",
            Self::WrongProof => "wrong-proof",
            Self::Me => "me",
            Self::List => "list",
            Self::Logout => "logout",
            Self::RevokeOne => "revoke-one",
            Self::RefusedRevocation => "refused-revocation",
            Self::RevokeOthers => "revoke-others",
        }
    }
}

/// A decision with exceptions for some actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByAction<T: 'static> {
    /// What is decided where there is no exception.
    pub usually: T,
    /// The exceptions.
    pub but: &'static [(Action, T)],
}

impl<T: Copy> ByAction<T> {
    /// The same decision for every action.
    #[must_use]
    pub const fn always(decision: T) -> Self {
        Self {
            usually: decision,
            but: &[],
        }
    }

    /// What is decided for that action.
    #[must_use]
    pub fn on(&self, action: Action) -> T {
        let mut exceptions = self.but.iter();
        exceptions
            .find(|(exception, _)| *exception == action)
            .map_or(self.usually, |(_, decision)| *decision)
    }
}
