//! The suite, tried: servers that each break one clause must be caught and named, servers that only differ
//! where the contract leaves it open must be left alone.

pub mod answers;
mod connections;
mod matrix;
mod message;
mod mutant;
mod mutants;
mod pairs;
mod trial;
mod variant;
mod variants;
mod wire;

pub use connections::Connections;
pub use matrix::{Fate, Finding, try_mutants};
pub use mutant::Mutant;
pub use mutants::mutants;
pub use pairs::paired_variants;
pub use trial::{Server, Started, TrialError, Tried, Wrap, try_server};
pub use variant::{Axis, Blueprint, Exception, Exclusion, Variant};
pub use variants::{AXES, combined, variants};
pub use wire::Wire;
