//! The profiles that a command names.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::contract::Profile;

/// One profile, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    One(Profile),
    All,
}

impl Claim {
    /// The profiles that it stands for.
    pub(super) fn profiles(&self) -> &[Profile] {
        match self {
            Self::One(profile) => std::slice::from_ref(profile),
            Self::All => &Profile::ALL,
        }
    }
}

impl ValueEnum for Claim {
    fn value_variants<'a>() -> &'a [Self] {
        const VARIANTS: [Claim; Profile::ALL.len() + 1] = {
            let mut variants = [Claim::All; Profile::ALL.len() + 1];
            let mut at = 0;
            while at < Profile::ALL.len() {
                variants[at] = Claim::One(Profile::ALL[at]);
                at += 1;
            }
            variants
        };
        &VARIANTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::One(profile) => profile.to_possible_value(),
            Self::All => Some(PossibleValue::new("all").help("All of them")),
        }
    }
}
