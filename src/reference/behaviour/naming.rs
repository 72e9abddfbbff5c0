//! Types of client, and what their tokens are named.

/// What a new token is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// After the client type in `X-Pionne-Client`; a missing or unknown one counts as the given
    /// type.
    ClientHeader {
        /// The type of a client that does not say it.
        otherwise: ClientType,
    },
    /// The same, but one type is forgotten, and counts as another.
    Confusing {
        /// The type that is forgotten.
        forgotten: ClientType,
        /// What it counts as.
        taken_for: ClientType,
    },
    /// Always the same, after a type of client or not.
    Fixed(&'static str),
    /// After the client type, in capitals.
    Capitals,
    /// After whatever the header says.
    AsSent,
}

/// The types of client that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientType {
    /// A command line program.
    Cli,
    /// A phone or tablet.
    Mobile,
    /// A browser.
    Web,
}

impl ClientType {
    /// The word for the type in the header, and the name of its tokens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Mobile => "mobile",
            Self::Web => "web",
        }
    }

    /// The type that a word stands for; exactly as spelt.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Cli, Self::Mobile, Self::Web]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

impl Naming {
    /// The name for a token, given what the client says of itself.
    #[must_use]
    pub fn name(self, said: Option<&str>) -> String {
        let known = said.and_then(ClientType::from_word);
        let or_mobile = known.unwrap_or(ClientType::Mobile);
        match self {
            Self::ClientHeader { otherwise } => known.unwrap_or(otherwise).word().to_owned(),
            Self::Confusing {
                forgotten,
                taken_for,
            } if or_mobile == forgotten => taken_for.word().to_owned(),
            Self::Confusing { .. } => or_mobile.word().to_owned(),
            Self::Fixed(name) => name.to_owned(),
            Self::Capitals => or_mobile.word().to_uppercase(),
            Self::AsSent => said.unwrap_or(or_mobile.word()).to_owned(),
        }
    }
}

impl Default for Naming {
    fn default() -> Self {
        Self::ClientHeader {
            otherwise: ClientType::Mobile,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_names_by_its_rule() {
        let web_is_cli = Naming::Confusing {
            forgotten: ClientType::Web,
            taken_for: ClientType::Cli,
        };
        for (naming, names) in [
            (Naming::default(), ["web", "mobile", "mobile"]),
            (Naming::Fixed("cli"), ["cli", "cli", "cli"]),
            (Naming::Capitals, ["WEB", "MOBILE", "MOBILE"]),
            (Naming::AsSent, ["web", "toaster", "mobile"]),
            (web_is_cli, ["cli", "mobile", "mobile"]),
        ] {
            let said = [Some("web"), Some("toaster"), None];
            assert_eq!(said.map(|said| naming.name(said)), names, "{naming:?}");
        }
    }
}
