//! The search: every output of a run, every reading of it, every form of every secret.

use std::fs;
use std::path::Path;

use regex::RegexBuilder;

use crate::canary::encodings::{SHORTEST, readings, whole};
use crate::canary::wire::Wire;
use crate::support::Finished;

/// Everything that a run has printed and written, each with the name of its place.
pub fn outputs(finished: &Finished) -> Vec<(String, String)> {
    let mut outputs = vec![
        ("standard output".to_owned(), finished.stdout.clone()),
        ("standard error".to_owned(), finished.stderr.clone()),
    ];
    read_all(&finished.reports(), &mut outputs);
    assert!(outputs.len() > 2, "there are reports");
    outputs
}

fn read_all(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            into.push((path.display().to_string(), text));
        }
    }
}

/// Asserts that no output holds any of the secrets.
#[track_caller]
pub fn assert_keeps(outputs: &[(String, String)], wire: &Wire) {
    let seen = wire.secrets.len();
    assert!(seen > 0, "no secret was seen");
    let codes = wire.codes.iter().flat_map(|code| {
        // A code in clear is searched for below: as a part of a longer number it is none.
        whole(code).into_iter().filter(move |form| form != code)
    });
    let forms = wire.secrets.iter().flat_map(|secret| whole(secret));
    let forms: Vec<String> = forms
        .chain(codes)
        .map(|form| regex::escape(&form))
        .collect();
    let pattern = RegexBuilder::new(&forms.join("|"))
        .size_limit(1 << 30)
        .build()
        .unwrap();
    for (place, output) in outputs {
        for text in readings(output) {
            if let Some(found) = pattern.find(&text) {
                let form = found.as_str();
                panic!("{form} stands in {place}: {}", around(&text, found.start()));
            }
        }
        for code in &wire.codes {
            let mut places = output.match_indices(code.as_str()).map(|(at, _)| at);
            if let Some(at) = places.find(|at| stands_alone(output, *at, code.len())) {
                panic!("the code {code} stands in {place}: {}", around(output, at));
            }
        }
    }
}

/// Asserts that a secret is cut nowhere in the middle: neither half stands anywhere.
#[track_caller]
pub fn assert_keeps_halves(outputs: &[(String, String)], secret: &str) {
    let (first, second) = secret.split_at(secret.len() / 2);
    assert!(second.len() >= SHORTEST);
    for (place, text) in outputs {
        for half in [first, second] {
            let at = text.find(half);
            assert!(at.is_none(), "{half} of {secret} stands in {place}");
        }
    }
}

fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    !text[..at].ends_with(is_part) && !text[at + length..].starts_with(is_part)
}

fn around(text: &str, at: usize) -> String {
    let at = text[..at].chars().count();
    text.chars()
        .skip(at.saturating_sub(120))
        .take(300)
        .collect()
}
