//! The suite, tried: servers that each break one clause must be caught and named, servers that only differ
//! where the contract leaves it open must be left alone.

mod connections;
mod message;
mod mutant;
mod pairs;
mod trial;
mod variant;
mod variants;
mod wire;

pub use connections::Connections;
pub use mutant::Mutant;
pub use pairs::paired_variants;
pub use trial::{Server, Started, TrialError, Tried, Wrap, try_server};
pub use variant::{Axis, Blueprint, Exception, Exclusion, Variant};
pub use variants::{AXES, combined, variants};
pub use wire::Wire;
