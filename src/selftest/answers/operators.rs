//! The ways in which an answer is made wrong.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::leak::Leak;
use super::members::JsonType;
use crate::suite::MemberPath;

/// One way to make an answer wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(tag = "operator", rename_all = "kebab-case")]
pub enum Operator {
    /// A required member is missing.
    DropMember {
        /// The member.
        member: MemberPath,
    },
    /// A required member is `null`.
    NullMember {
        /// The member.
        member: MemberPath,
    },
    /// A required member has another type.
    RetypeMember {
        /// The member.
        member: MemberPath,
        /// The type that it has.
        to: JsonType,
    },
    /// A required member has another value of its own type.
    AlterMember {
        /// The member.
        member: MemberPath,
    },
    /// A required array has its items the other way round.
    ReverseArray {
        /// The array.
        member: MemberPath,
    },
    /// A required array has each of its items twice.
    RepeatItems {
        /// The array.
        member: MemberPath,
    },
    /// A required array has no items.
    EmptyArray {
        /// The array.
        member: MemberPath,
    },
    /// A member is there that must not be.
    AddForbidden {
        /// The member.
        member: MemberPath,
    },
    /// A secret is shown.
    AddSecret {
        /// The member that shows it.
        member: MemberPath,
        /// What it shows.
        secret: Leak,
    },
    /// The status is another one.
    ReplaceStatus {
        /// The status that was right.
        from: u16,
        /// The status in its place.
        to: u16,
    },
    /// The body is said to be a page for people.
    ReplaceMediaType,
    /// The body ends in its middle.
    TruncateBody,
    /// The body is an object without members.
    ClearBody,
    /// There is a body where none is allowed.
    AddBody,
}

/// A name that holds over runs: `drop-member $.user.email`, `replace-status 200 to 202`.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropMember { member } => write!(f, "drop-member {member}"),
            Self::NullMember { member } => write!(f, "null-member {member}"),
            Self::RetypeMember { member, to } => write!(f, "retype-member {member} to {to}"),
            Self::AlterMember { member } => write!(f, "alter-member {member}"),
            Self::ReverseArray { member } => write!(f, "reverse-array {member}"),
            Self::RepeatItems { member } => write!(f, "repeat-items {member}"),
            Self::EmptyArray { member } => write!(f, "empty-array {member}"),
            Self::AddForbidden { member } => write!(f, "add-forbidden {member}"),
            Self::AddSecret { member, secret } => write!(f, "add-secret {member} {secret}"),
            Self::ReplaceStatus { from, to } => write!(f, "replace-status {from} to {to}"),
            Self::ReplaceMediaType => f.write_str("replace-media-type"),
            Self::ClearBody => f.write_str("clear-body"),
            Self::TruncateBody => f.write_str("truncate-body"),
            Self::AddBody => f.write_str("add-body"),
        }
    }
}
