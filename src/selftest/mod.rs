//! The suite, tried: servers that each break one clause must be caught and named, servers that only differ
//! where the contract leaves it open must be left alone.

pub mod answers;
mod campaign;
mod complaints;
mod connections;
mod control;
mod matrix;
mod message;
mod mutant_status;
mod mutants;
mod pairs;
mod report;
mod trial;
mod variant;
mod variants;
mod wire;

pub use campaign::{Campaign, Findings};
pub use complaints::{Complaint, VariantFinding, complaints, try_variants};
pub use connections::Connections;
pub use control::{ControlError, control};
pub use matrix::{Finding, try_mutant};
pub use mutant_status::MutantStatus;
pub use mutants::{Mutant, MutantsError, mutants, unbroken};
pub use pairs::paired_variants;
pub use report::{
    CampaignScope, ClauseFacts, MUTATION_FILES, MutationReport, Tallies, Tally, VariantTally, page,
    summary,
};
pub use trial::{RunningServer, Server, TrialError, TrialOutcome, record_reference, try_server};
pub use variant::Variant;
pub use variants::{AXES, combined, variants};
pub use wire::Wire;
