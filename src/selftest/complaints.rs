//! What the suite has to say against a server that conforms: nothing, or the suite is wrong.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::trial::{TrialError, TrialOutcome, try_server};
use super::variant::Variant;
use super::variants::combined;
use crate::contract::Profile;
use crate::run::{Plan, Selection};
use crate::suite::Suite;
use crate::verdict::{ClauseVerdict, Conclusion, Verdict};

/// What the suite made of a server that differs only in what the contract leaves open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VariantFinding {
    /// The ids of its variants, at most one of each axis.
    pub variants: Vec<&'static str>,
    /// What the suite has against it; nothing where the suite is right.
    pub complaints: Vec<Complaint>,
}

/// Something that the suite has against a server that conforms, or that is wrong with what is said of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Complaint {
    /// A clause does not hold, and no exception says so.
    #[error("{clause}: {verdict} ({}){}", .places.join(", "), because(.reason.as_deref()))]
    Clause {
        /// The clause.
        clause: String,
        /// What the run says of it.
        verdict: Verdict,
        /// The expectations that did not hold: `login/refusals:12`.
        places: Vec<String>,
        /// Why it is inconclusive.
        reason: Option<String>,
    },
    /// An exception that no run needs.
    #[error("{clause} needs no exception")]
    NeedlessException {
        /// The clause.
        clause: &'static str,
    },
    /// The harness failed on it.
    #[error("it could not be tested")]
    NotTestable,
}

/// Tries the suite on a server with these variants, at most one of each axis.
///
/// # Errors
/// The server cannot be started or called.
pub async fn try_variants(
    suite: &Arc<Suite>,
    variants: &[&'static Variant],
) -> Result<VariantFinding, TrialError> {
    // Exceptions from what only some claim do not add up: together, servers are held to the documentation.
    let selection = match variants {
        [_] => Selection::everything(),
        _ => Selection::default(),
    };
    let tried = try_server(&Plan::new(suite, &selection), combined(variants)).await?;
    Ok(VariantFinding {
        variants: variants.iter().map(|variant| variant.id).collect(),
        complaints: complaints(variants, &tried),
    })
}

/// What a trial has against a server with these variants.
#[must_use]
pub fn complaints(variants: &[&Variant], tried: &TrialOutcome) -> Vec<Complaint> {
    let unexpected = tried.unexpected(|clause| {
        is_up_to_chance(clause) || variants.iter().any(|one| is_known(clause, one))
    });
    let mut complaints: Vec<Complaint> = unexpected.map(against).collect();
    // Together with others, a variant may well hide what excuses another.
    if let [variant] = variants {
        complaints.extend(needless_exceptions(variant, tried));
    }
    if tried.conclusion == Conclusion::NotTestable {
        complaints.push(Complaint::NotTestable);
    }
    complaints
}

/// Whether calls meet at the same time, and within what a limit allows, is up to more than the server: where they do
/// not, nothing is verified, and nothing fails.
fn is_up_to_chance(clause: &ClauseVerdict) -> bool {
    clause.profile == Profile::Concurrency && clause.verdict == Verdict::Inconclusive
}

/// Whether a clause fails that need not hold on that server.
fn is_known(clause: &ClauseVerdict, variant: &Variant) -> bool {
    clause.verdict == Verdict::Fail && variant.fails.contains(&clause.id.as_str())
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

fn against(clause: &ClauseVerdict) -> Complaint {
    let failed = clause.checks.iter().filter(|check| check.state != "held");
    Complaint::Clause {
        clause: clause.id.clone(),
        verdict: clause.verdict,
        places: failed
            .map(|check| format!("{}:{}", check.scenario, check.line))
            .collect(),
        reason: clause.reason.clone(),
    }
}

/// Exceptions that were not needed; those of clauses that the contract does not have are not known to be.
fn needless_exceptions(variant: &Variant, tried: &TrialOutcome) -> impl Iterator<Item = Complaint> {
    let needless = variant.fails.iter().filter(|id| {
        let mut clauses = tried.verdicts.clauses.iter();
        let clause = clauses.find(|clause| clause.id == **id);
        clause.is_some_and(|clause| clause.verdict != Verdict::Fail)
    });
    needless.map(|clause| Complaint::NeedlessException { clause })
}
