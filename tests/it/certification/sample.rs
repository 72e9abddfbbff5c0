//! The bundle that comes with the project.

use std::path::Path;

use conform::certify::{PublicKey, verify};

use crate::certification::support::SUITE;

#[test]
fn the_sample_of_the_reference_is_genuine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample");
    let key = PublicKey::read(&folder.join("sample.pub.pem")).unwrap();
    let bundle = folder.join("conform-reference-0.1.0");
    let verification = verify(&bundle, &key, &SUITE).unwrap();
    assert!(
        verification.is_good(),
        "`.ci/sample` makes it anew: {:?}",
        verification.wrong
    );
}
