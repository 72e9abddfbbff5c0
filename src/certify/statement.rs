//! What is signed: an in-toto Statement v1 with the predicate `test-result`
//! (<https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use super::digest::Digest;
use crate::report::Report;
use crate::run::Outcome;

/// The type of the payload, as DSSE asks for it.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// Files, and what a test has found of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// The files of the bundle, and the artefact that was running.
    pub subject: Vec<Subject>,
    predicate_type: String,
    /// What was found.
    pub predicate: TestResult,
}

/// Something with a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The path of a file in the bundle, or the package URL of the artefact.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
}

/// The predicate `test-result`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// `PASSED` or `FAILED`.
    pub result: String,
    /// What was tested, and with what.
    pub configuration: Vec<Resource>,
    /// The scenarios that passed.
    pub passed_tests: Vec<String>,
    /// The scenarios that did not.
    pub failed_tests: Vec<String>,
}

/// An in-toto resource descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What it is.
    pub name: String,
    /// Where it is, or what names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What else is known of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Statement {
    /// What `certificate` says of these files, by both runs.
    #[must_use]
    pub fn new(certificate: &Certificate, runs: [&Report; 2], mut subject: Vec<Subject>) -> Self {
        let product = &certificate.product;
        subject.extend(product.artefact.iter().map(|digest| Subject {
            name: product.url(),
            digest: digest.clone(),
        }));
        let texts = [
            ("vendor", &product.vendor),
            ("product", &product.name),
            ("version", &product.version),
        ];
        let suite = &certificate.suite;
        let configuration = vec![
            Resource {
                name: "product".to_owned(),
                uri: Some(product.url()),
                digest: None,
                annotations: texts
                    .map(|(name, text)| (name.to_owned(), text.clone()))
                    .into(),
            },
            Resource {
                name: "suite".to_owned(),
                uri: None,
                digest: Some(Digest {
                    sha256: suite.digest.clone(),
                }),
                annotations: suite
                    .version
                    .iter()
                    .map(|version| ("version".to_owned(), version.clone()))
                    .collect(),
            },
        ];
        let (passed_tests, failed_tests) = tests(runs);
        Self {
            kind: STATEMENT.to_owned(),
            subject,
            predicate_type: TEST_RESULT.to_owned(),
            predicate: TestResult {
                result: if certificate.conformant {
                    "PASSED"
                } else {
                    "FAILED"
                }
                .to_owned(),
                configuration,
                passed_tests,
                failed_tests,
            },
        }
    }
}

/// The scenarios that passed in both runs, and the others.
fn tests(runs: [&Report; 2]) -> (Vec<String>, Vec<String>) {
    let mut passed: BTreeMap<&str, bool> = BTreeMap::new();
    for run in runs {
        for scenario in &run.scenarios {
            let both = passed.entry(&scenario.id).or_insert(true);
            *both &= scenario.outcome == Outcome::Passed;
        }
        passed.extend(run.not_run.iter().map(|id| (id.as_str(), false)));
    }
    let (good, bad): (Vec<_>, Vec<_>) = passed.into_iter().partition(|(_, passed)| *passed);
    let ids = |tests: Vec<(&str, bool)>| tests.into_iter().map(|(id, _)| id.to_owned()).collect();
    (ids(good), ids(bad))
}
