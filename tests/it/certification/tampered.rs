//! Every change of a bundle is found, and named.

use std::fs;

use conform::certify::{Envelope, KeyPair, PAYLOAD_TYPE, PublicKey, VerifyError, verify};
use serde_json::Value;

use crate::certification::support::{GOOD, STATEMENT, SUITE, Signed};

/// How many bytes of each file are changed.
const SAMPLES: usize = 6;
/// How many of each file of a small bundle.
const SMALL: usize = 60;

#[test]
fn a_bundle_as_it_was_signed_is_genuine() {
    let signed = GOOD.bundle();
    let verification = signed.verify();
    assert_eq!(signed.wrong(), Vec::<String>::new());
    assert!(verification.is_good());
    assert_eq!(verification.intact, signed.files().len() - 1);
    // What secrets leave open is little: else the second look would be none.
    assert!(verification.rechecked > 15 * verification.undecided);
}

/// Other bytes in the place of one: a flipped bit, and white space for white space, which a reader of JSON never sees.
fn others(byte: u8) -> Vec<u8> {
    let white = byte.is_ascii_whitespace().then_some(b'\t');
    white.into_iter().chain([byte ^ 1, byte ^ 0x80]).collect()
}

#[test]
fn every_byte_of_the_statement_counts() {
    let signed = GOOD.bundle();
    let good = fs::read(signed.path(STATEMENT)).unwrap();
    let is_accepted = |text: &[u8]| {
        let envelope = Envelope::parse(text);
        envelope.is_ok_and(|envelope| envelope.open(PAYLOAD_TYPE, &signed.key).is_ok())
    };
    assert!(is_accepted(&good));
    let mut tried = 0;
    for position in 0..good.len() {
        for other in others(good[position]) {
            let mut bad = good.clone();
            bad[position] = other;
            assert!(!is_accepted(&bad), "byte {position} as {other}");
            tried += 1;
        }
    }
    println!("statement: {tried} changed bytes, all found");
}

#[test]
fn two_signatures_or_none_are_not_that_of_the_vendor() {
    let signed = GOOD.small_bundle();
    let good = fs::read_to_string(signed.path(STATEMENT)).unwrap();
    for times in [0, 2] {
        let mut envelope: Value = serde_json::from_str(&good).unwrap();
        let signature = envelope["signatures"][0].clone();
        envelope["signatures"] = vec![signature; times].into();
        let text = serde_json::to_string_pretty(&envelope).unwrap() + "\n";
        fs::write(signed.path(STATEMENT), text).unwrap();
        let wrong = signed.wrong();
        assert!(
            wrong.len() == 1 && wrong[0].contains("or not by that key alone"),
            "{wrong:?}"
        );
    }
}

/// Changes `samples` bytes of each file, spread evenly, and asserts that each is found; returns how many.
fn change(signed: &Signed, samples: usize) -> usize {
    let (mut tried, mut missed) = (0, Vec::new());
    for name in signed.files() {
        let path = signed.path(&name);
        let good = fs::read(&path).unwrap();
        for position in (0..good.len()).step_by(good.len().div_ceil(samples)) {
            let mut bad = good.clone();
            bad[position] = others(good[position])[0];
            fs::write(&path, bad).unwrap();
            tried += 1;
            if !signed.wrong().iter().any(|wrong| wrong.contains(&name)) {
                missed.push((name.clone(), position));
            }
        }
        fs::write(&path, good).unwrap();
    }
    assert_eq!(missed, Vec::new());
    assert_eq!(signed.wrong(), Vec::<String>::new());
    tried
}

#[test]
fn a_changed_byte_is_found_in_every_file() {
    let tried = change(&GOOD.bundle(), SAMPLES);
    println!("bundle: {tried} changed bytes, all found");
}

#[test]
fn many_changed_bytes_are_found_in_a_small_bundle() {
    let tried = change(&GOOD.small_bundle(), SMALL);
    println!("small bundle: {tried} changed bytes, all found");
}

#[test]
fn a_file_that_is_missing_added_cut_or_swapped_is_named() {
    let signed = GOOD.bundle();
    for name in signed.files() {
        let path = signed.path(&name);
        let good = fs::read(&path).unwrap();
        let named = |what: &str| {
            let wrong = signed.wrong();
            assert!(
                wrong.iter().any(|wrong| wrong.contains(&name)),
                "{what} {name}: {wrong:?}"
            );
        };
        fs::remove_file(&path).unwrap();
        named("missing");
        fs::write(&path, &good[..good.len() / 2]).unwrap();
        named("cut");
        fs::write(&path, [good.as_slice(), b"\n"].concat()).unwrap();
        named("longer");
        fs::write(&path, "").unwrap();
        named("empty");
        fs::write(&path, good).unwrap();
    }
    for (added, named) in [
        ("notes.txt", "notes.txt"),
        ("repeat/notes.html", "repeat/notes.html"),
        ("more/x.json", "more/"),
    ] {
        let path = signed.path(added);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "{}").unwrap();
        let told = format!("\"{named}\" was added: a bundle has no such file");
        assert_eq!(signed.wrong(), [told]);
        fs::remove_file(path).unwrap();
    }
    let told = "\"more/\" was added: a bundle has no such file";
    assert_eq!(signed.wrong(), [told]);
    fs::remove_dir(signed.path("more")).unwrap();
    let (first, second) = (
        signed.path("report.json"),
        signed.path("repeat/report.json"),
    );
    let texts = [&first, &second].map(|path| fs::read(path).unwrap());
    fs::write(&first, &texts[1]).unwrap();
    fs::write(&second, &texts[0]).unwrap();
    let told = |name| format!("{name} was changed: it is not as it was signed");
    assert_eq!(
        signed.wrong(),
        ["repeat/report.json", "report.json"].map(told)
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_of_a_bundle() {
    let signed = GOOD.bundle();
    let path = signed.path("badge.svg");
    let elsewhere = signed.beside().join("badge.svg");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let wrong = signed.wrong();
    assert!(
        wrong
            .iter()
            .any(|wrong| wrong.contains("badge.svg: it is no regular file")),
        "{wrong:?}"
    );
}

#[test]
fn another_key_and_another_folder_are_told() {
    let signed = GOOD.bundle();
    let [_, public] = KeyPair::generate(&signed.beside().join("other")).unwrap();
    let other = PublicKey::read(&public).unwrap();
    let wrong = verify(&signed.folder, &other, &SUITE).unwrap().wrong;
    let told = wrong.iter().map(ToString::to_string).collect::<Vec<_>>();
    let not_signed = format!("{STATEMENT}: it is not signed by {}", other.id());
    assert!(
        told.len() == 1 && told[0].starts_with(&not_signed),
        "{told:?}"
    );
    fs::remove_file(signed.path(STATEMENT)).unwrap();
    assert_eq!(signed.wrong(), [format!("{STATEMENT} is missing")]);
    let empty = tempfile::tempdir().unwrap();
    let error = verify(empty.path(), &signed.key, &SUITE).unwrap_err();
    assert!(matches!(error, VerifyError::NoBundle(_)), "{error}");
}
