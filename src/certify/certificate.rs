//! `certificate.json`: what the bundle says, for people and for other programs.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::objection::objections;
use super::product::Product;
use crate::contract::Profile;
use crate::report::{Report, SuiteIdentity, TargetIdentity, Tool};
use crate::suite::Suite;
use crate::verdict::Conclusion;

/// The version of this form: a member that changes its meaning or goes changes it.
const SCHEMA_VERSION: u32 = 2;

/// What two runs in a row have found of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// The version of this form.
    pub schema_version: u32,
    /// What is certified, or is not.
    pub product: Product,
    /// Whether it conforms, by the rules of certification.
    pub conformant: bool,
    /// What stands against it.
    pub objections: Vec<String>,
    /// The profiles that are claimed.
    pub profiles: BTreeSet<Profile>,
    /// The suite.
    pub suite: SuiteIdentity,
    /// The server that was tested.
    pub target: TargetIdentity,
    /// The program.
    pub tool: Tool,
    /// The two runs.
    pub runs: [RunNote; 2],
}

/// One run of a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunNote {
    /// When it began, by the clock of the machine that ran it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started: Timestamp,
    /// What it came to.
    pub conclusion: Conclusion,
}

impl Certificate {
    /// What two runs come to.
    #[must_use]
    pub fn new(suite: &Suite, product: Product, runs: [&Report; 2]) -> Self {
        let against = objections(suite, runs);
        let first = runs[0];
        Self {
            schema_version: SCHEMA_VERSION,
            product,
            conformant: against.is_empty(),
            objections: against.iter().map(ToString::to_string).collect(),
            profiles: first.selection.profiles.clone(),
            suite: first.suite.clone(),
            target: first.target.clone(),
            tool: first.tool.clone(),
            runs: runs.map(|run| RunNote {
                started: run.started,
                conclusion: run.conclusion,
            }),
        }
    }

    /// The profiles, in the order in which reports list them.
    #[must_use]
    pub fn claims(&self) -> String {
        let all = Profile::ALL.into_iter();
        let claimed = all.filter(|profile| self.profiles.contains(profile));
        let names: Vec<String> = claimed.map(|profile| profile.to_string()).collect();
        names.join(", ")
    }
}
