//! Which tokens an action means: conditions that combine.

use super::{Action, ClientType};

/// A condition on tokens, seen from where an action happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFilter {
    /// All of these conditions hold.
    All(&'static [TokenFilter]),
    /// At least one of these conditions holds.
    Any(&'static [TokenFilter]),
    /// The condition does not hold.
    Not(&'static TokenFilter),
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

impl TokenFilter {
    /// None at all.
    pub const NONE: Self = Self::Any(&[]);
    /// The living ones of the account that acts.
    pub const OWN: Self = Self::All(&[Self::Living, Self::Own]);
    /// The one that makes the call.
    pub const CURRENT: Self = Self::All(&[Self::OWN, Self::Current]);
    /// The one that the call names, where it is the account's own.
    pub const CHOSEN: Self = Self::All(&[Self::OWN, Self::Chosen]);
    /// Those of the account that a new one of the same name replaces.
    pub const SAME_NAME: Self = Self::All(&[Self::OWN, Self::SameName]);
    /// All of the account but the one that makes the call.
    pub const OTHERS: Self = Self::All(&[Self::OWN, Self::Not(&Self::Current)]);
}
