//! Decisions about the sessions of an account.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Action, Described, TokenFilter};

/// Decisions about the sessions of an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sessions {
    /// Whom the current user is.
    pub me_describes: Described,
    /// Which ids tokens have.
    pub token_ids: TokenIds,
    /// Which tokens the list shows.
    pub lists: TokenFilter,
    /// How many at most.
    pub lists_at_most: Option<u32>,
    /// In which order.
    pub order: ListOrder,
    /// Which of them is marked as current.
    pub marks: TokenFilter,
    /// Which moment is shown as that of creation.
    pub created_at: CreatedAt,
    /// What the list shows of the secret of a token.
    pub reveals: Reveals,
    /// What logging out ends.
    pub logout_ends: TokenFilter,
    /// How the id of a token that is to be revoked is read.
    pub id_reading: IdReading,
    /// Whether the current token is told by what its id says; otherwise by how that is spelt.
    pub knows_current_however_spelt: bool,
    /// Which tokens can be revoked by id.
    pub revoke_one_reaches: TokenFilter,
    /// What revoking one token ends.
    pub revoke_one_ends: TokenFilter,
    /// What revoking an unknown token ends.
    pub revoke_unknown_ends: TokenFilter,
    /// Which tokens are refused to be revoked, as being the current one.
    pub refuses_to_revoke: TokenFilter,
    /// What that refusal ends.
    pub refusal_ends: TokenFilter,
    /// What revoking the others ends.
    pub revoke_others_ends: TokenFilter,
    /// What `revoked_count` counts.
    pub counts: Counts,
}

/// Which ids tokens have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenIds {
    /// One that no token had before.
    NeverAgain,
    /// That of the first token of its account with its name, as where a login rewrites a row.
    OfSameName,
    /// Its number among the tokens of its account.
    OfAccount,
    /// The one after the highest of all living tokens, as `SQLite` counts without AUTOINCREMENT.
    HighestAgain,
}

/// How the id of a token is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdReading {
    /// In the one form in which it is written.
    Exact,
    /// With zeros in front, too.
    Number,
    /// Its digits alone, whatever follows them.
    LeadingDigits,
}

impl IdReading {
    /// The id that the text stands for, if it is one.
    #[must_use]
    pub fn of(self, text: &str) -> Option<i64> {
        let exact = || text.parse().ok().filter(|id: &i64| id.to_string() == text);
        match self {
            Self::Exact => exact(),
            Self::Number => text.parse().ok(),
            Self::LeadingDigits => {
                let end = text.find(|c: char| !c.is_ascii_digit());
                text[..end.unwrap_or(text.len())].parse().ok()
            }
        }
        .filter(|id| *id > 0)
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// By creation, the latest first; within one second, the higher id first.
    NewestFirst,
    /// By creation, the earliest first.
    OldestFirst,
    /// By id, the highest first.
    HighestIdFirst,
    /// By use, the latest first.
    LastUsedFirst,
    /// By name.
    Name,
    /// The calling token first, then by creation.
    CurrentFirst,
}

/// Which moment is shown as that of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreatedAt {
    /// When the token was issued.
    Issue,
    /// When the account was registered.
    Registration,
    /// When it was last used.
    LastUse,
    /// When the list was asked for.
    Now,
}

/// What the list shows of the secret of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reveals {
    /// Nothing.
    Nothing,
    /// Its SHA-256, as it is stored.
    Digest,
    /// The token that makes the call, as it was sent.
    CallingToken,
}

/// What `revoked_count` is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// The number of tokens that were ended.
    EndedTokens,
    /// That, and one more.
    OneMore,
    /// That, but at least one.
    AtLeastOne,
    /// At most one.
    AtMostOne,
    /// The number of those that are left.
    LivingTokens,
    /// The number of all that were ever issued to the account, but one.
    IssuedTokens,
    /// The number of those that were ever ended so.
    RevokedTokens,
    /// The number of such tokens that were ended.
    Only(TokenFilter),
    /// The number of tokens that were ended, and of all that this action has ever ended.
    AndAllEndedBy(Action),
}

impl Default for Sessions {
    fn default() -> Self {
        use TokenFilter::{Chosen, Current, Living, Own};
        Self {
            me_describes: Described::Owner,
            token_ids: TokenIds::NeverAgain,
            lists: TokenFilter::All(vec![Living, Own]),
            lists_at_most: None,
            order: ListOrder::NewestFirst,
            marks: Current,
            created_at: CreatedAt::Issue,
            reveals: Reveals::Nothing,
            logout_ends: Current,
            id_reading: IdReading::Exact,
            knows_current_however_spelt: true,
            revoke_one_reaches: TokenFilter::All(vec![Living, Own, Chosen]),
            revoke_one_ends: TokenFilter::All(vec![Own, Chosen]),
            revoke_unknown_ends: TokenFilter::None,
            refuses_to_revoke: TokenFilter::All(vec![Living, Own, Current]),
            refusal_ends: TokenFilter::None,
            revoke_others_ends: TokenFilter::All(vec![Own, TokenFilter::Not(Box::new(Current))]),
            counts: Counts::EndedTokens,
        }
    }
}
