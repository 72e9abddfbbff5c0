//! Types of client, and what their tokens are named.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// What a new token is named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// After the client type in `X-Pionne-Client`; a missing or unknown one counts as this one.
    ClientOr(ClientType),
    /// The same, with mobile, but some types count as others.
    Renamed(BTreeMap<ClientType, ClientType>),
    /// Always the same, after a type of client or not.
    Fixed(String),
    /// After the client type, in capitals.
    Capitals,
    /// After whatever the header says.
    AsSent,
}

/// The types of client that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Cli, Self::Mobile, Self::Web]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

impl Naming {
    /// The name for a token, given what the client says of itself.
    #[must_use]
    pub fn name(&self, said: Option<&str>) -> String {
        let known = said.and_then(ClientType::from_word);
        let or_mobile = known.unwrap_or(ClientType::Mobile);
        match self {
            Self::ClientOr(otherwise) => known.unwrap_or(*otherwise).word().to_owned(),
            Self::Renamed(names) => {
                let name = names.get(&or_mobile).unwrap_or(&or_mobile);
                name.word().to_owned()
            }
            Self::Fixed(name) => name.clone(),
            Self::Capitals => or_mobile.word().to_uppercase(),
            Self::AsSent => said.unwrap_or(or_mobile.word()).to_owned(),
        }
    }
}

impl Default for Naming {
    fn default() -> Self {
        Self::ClientOr(ClientType::Mobile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_names_by_its_rule() {
        let web_is_cli = Naming::Renamed([(ClientType::Web, ClientType::Cli)].into());
        for (naming, names) in [
            (Naming::default(), ["web", "mobile", "mobile"]),
            (Naming::Fixed("cli".to_owned()), ["cli", "cli", "cli"]),
            (Naming::Capitals, ["WEB", "MOBILE", "MOBILE"]),
            (Naming::AsSent, ["web", "toaster", "mobile"]),
            (web_is_cli, ["cli", "mobile", "mobile"]),
        ] {
            let said = [Some("web"), Some("toaster"), None];
            assert_eq!(said.map(|said| naming.name(said)), names, "{naming:?}");
        }
    }
}
