//! The suite, tried: servers that each break one clause must be caught and named, servers that only differ
//! where the contract leaves it open must be left alone.

pub mod answers;
mod matrix;
mod mutant;
mod mutants;
mod trial;

pub use matrix::{Fate, Finding, try_mutants};
pub use mutant::Mutant;
pub use mutants::mutants;
pub use trial::{Server, TrialError, Tried, try_server};
