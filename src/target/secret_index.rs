//! Finds all forms of all secrets in a text at once, and takes a new secret without building anything anew.

use std::cell::Cell;
use std::collections::HashMap;

use memchr::memchr3;

use super::encodings::{SHORTEST, forms};
use super::escapes::{TRIGGERS, WAYS};

/// Every form is at least this long: by its start it is looked up.
type Start = [u8; 4];

/// How often an escape is looked for in one text: enough for one that is all escapes, as far as it is kept.
const PATIENCE: u32 = 2_000_000;

/// One bit for each hash of a start, so that most positions of a text cost no look-up.
const MARKS: usize = 1 << 16;

/// A part of a secret.
pub(super) struct Part {
    text: String,
    owner: usize,
}

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
            self.add_form(form, owner);
        }
    }

    fn add_form(&mut self, form: String, owner: usize) {
        let Some(start) = form.as_bytes().first_chunk().copied() else {
            return;
        };
        let mark = mark_of(start);
        self.marks[mark / 64] |= 1 << (mark % 64);
        let alike = self.by_start.entry(start).or_default();
        if alike.iter().all(|(other, _)| *other != form) {
            let position = alike.partition_point(|(other, _)| other.len() >= form.len());
            alike.insert(position, (form, owner));
        }
    }

    /// Takes parts of secrets under the name of the whole.
    pub(super) fn add_parts(&mut self, parts: Vec<Part>) {
        for Part { text, owner } in parts {
            self.add_form(text, owner);
        }
    }

    /// The parts of secrets of which the beginning stands in one of the texts, and the rest in another.
    pub(super) fn split_over(&self, texts: &[&str]) -> Vec<Part> {
        let mut parts = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            for (at, start) in text.as_bytes().array_windows().enumerate() {
                for (form, owner) in self.beginning_with(*start) {
                    let (beginning, rest) = split_like(form, &text.as_bytes()[at..]);
                    let mut others = texts
                        .iter()
                        .enumerate()
                        .filter(|(other, _)| *other != index);
                    let elsewhere =
                        rest.len() >= SHORTEST && others.any(|(_, other)| other.contains(rest));
                    let owner = *owner;
                    if elsewhere {
                        parts.extend([beginning, rest].map(|part| Part {
                            text: part.to_owned(),
                            owner,
                        }));
                    }
                }
            }
        }
        parts
    }

    /// The text with names in the place of secrets, up to about `most` bytes of it, and the length of the rest; where
    /// several secrets begin, the one that reaches furthest is replaced. A text that is made to be read for ever ends
    /// early.
    pub(super) fn redact(&self, text: &str, most: usize) -> (String, usize) {
        let bytes = text.as_bytes();
        let end = text.floor_char_boundary(most);
        let mut redacted = String::with_capacity(end);
        let (mut kept, mut at) = (0, 0);
        let mut trigger = 0;
        let patience = Cell::new(PATIENCE);
        while at < end {
            if trigger <= at {
                trigger = at + plain_bytes(&bytes[at..]);
            }
            // Where no form begins as it is, and no escape is near, there is nothing to look at closely.
            let near = trigger.min(end.saturating_add(size_of::<Start>() - 2));
            let starts = bytes[at..near].array_windows();
            at += starts.take_while(|start| !self.may_begin(**start)).count();
            let found = self.standing_at(bytes, at, trigger, &patience);
            if patience.get() == 0 {
                break;
            }
            if let Some((after, owner)) = found {
                redacted.push_str(&text[kept..at]);
                redacted.push_str(&self.names[owner]);
                at = after;
                kept = after;
            } else {
                at += 1;
            }
        }
        let end = text.floor_char_boundary(at);
        redacted.push_str(&text[kept..end]);
        (redacted, text.len() - end)
    }

    /// The end and the owner of the longest form that stands there, as it is or escaped.
    fn standing_at(
        &self,
        text: &[u8],
        at: usize,
        trigger: usize,
        patience: &Cell<u32>,
    ) -> Option<(usize, usize)> {
        let start = text[at..].first_chunk();
        let plain = start.map_or(&[][..], |start| self.beginning_with(*start));
        let mut plain_forms = plain.iter();
        let as_it_is = plain_forms.find(|(form, _)| text[at..].starts_with(form.as_bytes()));
        let as_it_is = as_it_is.map(|(form, owner)| (at + form.len(), *owner));
        // Up to the next escape a text says what it says, in whatever way it is read.
        let before = &text[at..trigger];
        if trigger == text.len() || plain.is_empty() && before.len() >= size_of::<Start>() {
            return as_it_is;
        }
        let escaped = WAYS.iter().filter_map(|way| {
            let cursor = way.read(text, at, patience);
            let start = match before.first_chunk() {
                Some(start) => *start,
                None => cursor.start()?,
            };
            let mut alike = self.beginning_with(start).iter();
            alike.find_map(|(form, owner)| {
                let form = form.as_bytes();
                let after = form.starts_with(before).then(|| cursor.after(form))?;
                Some((after?, *owner))
            })
        });
        as_it_is
            .into_iter()
            .chain(escaped)
            .max_by_key(|(end, _)| *end)
    }

    /// Whether a form may have that start: that none has is certain.
    fn may_begin(&self, start: Start) -> bool {
        let mark = mark_of(start);
        let marks = self.marks.get(mark / 64);
        marks.is_some_and(|marks| marks >> (mark % 64) & 1 == 1)
    }

    /// The forms with that start, the longest first.
    fn beginning_with(&self, start: Start) -> &[(String, usize)] {
        if !self.may_begin(start) {
            return &[];
        }
        self.by_start.get(&start).map_or(&[], Vec::as_slice)
    }
}

/// How many bytes a text begins with that begin no escape.
fn plain_bytes(text: &[u8]) -> usize {
    let [json, percent, html] = TRIGGERS;
    memchr3(json, percent, html, text).unwrap_or(text.len())
}

/// A form, split where `text` goes on in another way.
fn split_like<'a>(form: &'a str, text: &[u8]) -> (&'a str, &'a str) {
    let mut pairs = form.bytes().zip(text);
    let shared = pairs.position(|(ours, theirs)| ours != *theirs);
    let shared = shared.unwrap_or(form.len().min(text.len()));
    form.split_at(form.floor_char_boundary(shared))
}

/// Fibonacci hashing: the upper bits of the product are spread well.
fn mark_of(start: Start) -> usize {
    let product = u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1);
    (product >> 16) as usize
}
