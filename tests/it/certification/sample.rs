//! The bundle that comes with the project.

use std::path::Path;

use conform::certify::{PublicKey, verify};

use crate::certification::support::SUITE;
use crate::support::conform;

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

#[test]
fn the_page_shows_what_verifying_the_sample_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("reports/sample");
    let finished = conform(["verify"])
        .arg(folder.join("conform-reference-0.1.0"))
        .arg("--key")
        .arg(folder.join("sample.pub.pem"))
        .run_as_is()
        .expect(0);
    let page = std::fs::read_to_string(root.join("docs/certification.md")).unwrap();
    let lines = finished.stdout.lines();
    for line in lines.filter(|line| !line.starts_with("key ")) {
        assert!(page.contains(&format!("\n{line}\n")), "{line}");
    }
}
