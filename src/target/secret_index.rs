//! Finds all forms of all secrets in a text at once, and takes a new secret without building anything anew.

use std::collections::HashMap;

use super::encodings::forms;

/// Every form is at least this long: by its start it is looked up.
type Start = [u8; 4];

/// One bit for each hash of a start, so that most positions of a text cost no look-up.
const MARKS: usize = 1 << 16;

/// The forms of all secrets by their first bytes.
#[derive(Default)]
pub(super) struct SecretIndex {
    marks: Vec<u64>,
    /// For each start the forms that begin so, the longest first, each with its secret.
    by_start: HashMap<Start, Vec<(String, usize)>>,
    /// What stands in the place of each secret.
    names: Vec<String>,
}

impl SecretIndex {
    /// Takes a secret and the name that stands in its place.
    pub(super) fn add(&mut self, value: &str, name: String) {
        self.marks.resize(MARKS / 64, 0);
        let owner = self.names.len();
        self.names.push(name);
        for form in forms(value) {
            let Some(start) = form.as_bytes().first_chunk().copied() else {
                continue;
            };
            let mark = mark_of(start);
            self.marks[mark / 64] |= 1 << (mark % 64);
            let alike = self.by_start.entry(start).or_default();
            if alike.iter().all(|(other, _)| *other != form) {
                let position = alike.partition_point(|(other, _)| other.len() >= form.len());
                alike.insert(position, (form, owner));
            }
        }
    }

    /// The text with names in the place of secrets; where several begin, the longest is replaced.
    pub(super) fn redact(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut redacted = String::with_capacity(text.len());
        let (mut kept, mut at) = (0, 0);
        while let Some(start) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            if let Some((form, owner)) = self.beginning_with(*start, &bytes[at..]) {
                redacted.push_str(&text[kept..at]);
                redacted.push_str(&self.names[owner]);
                at += form.len();
                kept = at;
            } else {
                at += 1;
            }
        }
        redacted.push_str(&text[kept..]);
        redacted
    }

    fn beginning_with(&self, start: Start, rest: &[u8]) -> Option<(&str, usize)> {
        let mark = mark_of(start);
        if self.marks.get(mark / 64)? >> (mark % 64) & 1 == 0 {
            return None;
        }
        let mut alike = self.by_start.get(&start)?.iter();
        let (form, owner) = alike.find(|(form, _)| rest.starts_with(form.as_bytes()))?;
        Some((form, *owner))
    }
}

/// Fibonacci hashing: the upper bits of the product are spread well.
fn mark_of(start: Start) -> usize {
    let product = u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1);
    (product >> 16) as usize
}
