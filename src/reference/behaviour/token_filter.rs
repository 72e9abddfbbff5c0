//! Which tokens an action means: conditions that combine.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Action, ClientType};

/// A condition on tokens, seen from where an action happens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenFilter {
    /// It is no token at all.
    #[default]
    None,
    /// All of these conditions hold.
    All(Vec<TokenFilter>),
    /// At least one of these conditions holds.
    Any(Vec<TokenFilter>),
    /// The condition does not hold.
    Not(Box<TokenFilter>),
    /// It has not ended.
    Living,
    /// That action ended it.
    EndedBy(Action),
    /// That action issued it.
    IssuedBy(Action),
    /// It belongs to the account that acts.
    Own,
    /// It makes the call.
    Current,
    /// The call names it by its id, or it has just been issued.
    Chosen,
    /// It has the name of the token that is about to be issued, or of the one that makes the call.
    SameName,
    /// It is named after that type of client.
    Named(ClientType),
    /// It has been used.
    Used,
    /// No living token of its account is newer.
    Newest,
    /// No living token of its account is older.
    Oldest,
    /// At least that many living tokens of its account are newer.
    BehindLiving(u32),
    /// At least that many tokens were issued to its account, dead ones included.
    AccountHasHad(u32),
    /// A token of its account has been ended by that action.
    AccountKnows(Action),
    /// The action that asks is that one.
    During(Action),
}
