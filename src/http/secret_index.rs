//! Finds all forms of all secrets in a text at once, and takes a new secret without building anything anew.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use memchr::memchr3;

use super::SecretKind;
use super::encodings::{SHORTEST, forms};
use super::escapes::{ESCAPE_SYNTAXES, TRIGGERS};
use super::pseudonym::PART;
use super::randomness::random_pieces;
use super::secret_form::{Found, SecretForm, shared};

/// Every form is at least this long: by its start it is looked up.
type Start = [u8; 4];

/// How often an escape is looked for in one text: enough for one that is all escapes, as far as it is kept.
const ESCAPE_BUDGET: u32 = 2_000_000;

/// One bit for each hash of a start, so that most positions of a text cost no look-up.
const MARKS: usize = 1 << MARK_BITS;
const MARK_BITS: u32 = 18;

/// A part of a secret.
pub(super) struct SecretPart {
    text: String,
    owner: usize,
}

/// The forms of all secrets by their first bytes.
#[derive(Default)]
pub(super) struct SecretIndex {
    marks: Vec<u64>,
    by_start: HashMap<Start, Vec<SecretForm>>,
    /// What stands in the place of each secret.
    names: Vec<String>,
}

impl SecretIndex {
    /// Takes a secret and the name that stands in its place.
    pub(super) fn add(&mut self, kind: SecretKind, value: &str, name: String) {
        self.marks.resize(MARKS / 64, 0);
        let owner = self.names.len();
        self.names.push(name);
        let places = random_pieces(value);
        for text in forms(kind, value) {
            let mut form = SecretForm::whole(text, owner);
            if let Some((0, enough)) = places.last()
                && *form.text == *value
            {
                form.enough = *enough;
            }
            self.add_form(form);
        }
        let text: Arc<str> = value.into();
        let mut seen = HashSet::new();
        for (from, enough) in places {
            // In a secret that repeats itself, what is found at one of these places is found.
            if from > 0 && seen.insert(&value.as_bytes()[from..from + enough]) {
                self.add_form(SecretForm {
                    text: Arc::clone(&text),
                    from,
                    enough,
                    is_part: true,
                    owner,
                });
            }
        }
    }

    fn add_form(&mut self, form: SecretForm) {
        let Some(start) = form.text().as_bytes().first_chunk().copied() else {
            return;
        };
        let mark = mark_of(start);
        self.marks[mark / 64] |= 1 << (mark % 64);
        let alike = self.by_start.entry(start).or_default();
        let told = &form.text().as_bytes()[..form.enough];
        let is_known = |other: &SecretForm| {
            if form.is_part {
                // Of two parts that begin alike one is enough.
                other.enough == form.enough
                    && other.text().as_bytes().starts_with(told)
                    && (other.is_open() || !form.is_open())
            } else {
                !other.is_part && other.text() == form.text()
            }
        };
        if !alike.iter().any(is_known) {
            alike.push(form);
        }
    }

    /// Forgets the secrets with these names.
    pub(super) fn forget(&mut self, names: &HashSet<&str>) {
        for alike in self.by_start.values_mut() {
            alike.retain(|form| !names.contains(self.names[form.owner].as_str()));
        }
    }

    /// Takes parts of secrets under the name of the whole.
    pub(super) fn add_parts(&mut self, parts: Vec<SecretPart>) {
        for SecretPart { text, owner } in parts {
            self.add_form(SecretForm {
                is_part: true,
                ..SecretForm::whole(text, owner)
            });
        }
    }

    /// The parts of secrets of which the beginning stands in one of the texts, and the rest in another.
    pub(super) fn split_over(&self, texts: &[&str]) -> Vec<SecretPart> {
        let mut parts = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            for (at, start) in text.as_bytes().array_windows().enumerate() {
                let forms = self.beginning_with(*start).iter();
                for form in forms.filter(|form| !form.is_part) {
                    let shared = shared(form.text(), &text.as_bytes()[at..]);
                    let (beginning, rest) = form.text().split_at(shared);
                    let mut others = texts
                        .iter()
                        .enumerate()
                        .filter(|(other, _)| *other != index);
                    let elsewhere =
                        rest.len() >= SHORTEST && others.any(|(_, other)| other.contains(rest));
                    if elsewhere {
                        parts.extend([beginning, rest].map(|part| SecretPart {
                            text: part.to_owned(),
                            owner: form.owner,
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
        let budget = Cell::new(ESCAPE_BUDGET);
        while at < end {
            if trigger <= at {
                trigger = at + plain_bytes(&bytes[at..]);
            }
            // Where no form begins as it is, and no escape is near, there is nothing to look at closely.
            let near = trigger.min(end.saturating_add(size_of::<Start>() - 2));
            let starts = bytes[at..near].array_windows();
            at += starts.take_while(|start| !self.may_begin(**start)).count();
            let found = self.standing_at(bytes, at, trigger, &budget);
            if budget.get() == 0 {
                break;
            }
            if let Some(found) = found.map(|found| self.not_only_part(found, bytes, &budget)) {
                redacted.push_str(&text[kept..found.start]);
                self.push_name(&found, &mut redacted);
                at = text.floor_char_boundary(found.end);
                kept = at;
            } else {
                at += 1;
            }
        }
        let end = text.floor_char_boundary(at);
        redacted.push_str(&text[kept..end]);
        (redacted, text.len() - end)
    }

    /// What stands in the place of a secret, or of a part of one.
    fn push_name(&self, found: &Found, redacted: &mut String) {
        let name = &self.names[found.owner];
        if found.is_part {
            redacted.extend([name.trim_end_matches('>'), PART]);
        } else {
            redacted.push_str(name);
        }
    }

    /// The longest form that stands there, as it is or escaped.
    fn standing_at(
        &self,
        text: &[u8],
        at: usize,
        trigger: usize,
        budget: &Cell<u32>,
    ) -> Option<Found> {
        let start = text[at..].first_chunk();
        let plain = start.map_or(&[][..], |start| self.beginning_with(*start));
        let as_it_is = plain.iter().filter_map(|form| {
            let shared = shared(form.text(), &text[at..]);
            form.found(shared, text, at, at + shared)
        });
        let furthest = |found: &Found| (found.end, !found.is_part);
        let as_it_is = as_it_is.max_by_key(furthest);
        // Up to the next escape a text says what it says, in whatever way it is read.
        let before = &text[at..trigger];
        if trigger == text.len() || plain.is_empty() && before.len() >= size_of::<Start>() {
            return as_it_is;
        }
        let escaped = ESCAPE_SYNTAXES.iter().filter_map(|syntax| {
            let cursor = syntax.read(text, at, budget);
            let start = match before.first_chunk() {
                Some(start) => *start,
                None => cursor.start()?,
            };
            let alike = self.beginning_with(start).iter();
            let found = alike.filter_map(|form| {
                let bytes = form.text().as_bytes();
                let (shared, end) = bytes.starts_with(before).then(|| cursor.along(bytes))?;
                form.found(shared, text, at, end)
            });
            found.max_by_key(furthest)
        });
        as_it_is.into_iter().chain(escaped).max_by_key(furthest)
    }

    /// Another secret that stands there as a whole, where what was found is a part that ends no later: the name of a
    /// user may stand before a password, an id before a token.
    fn not_only_part(&self, found: Found, text: &[u8], budget: &Cell<u32>) -> Found {
        const FURTHEST: usize = 64;
        if !found.is_part {
            return found;
        }
        let mut places = found.start + 1..found.end.min(found.start + FURTHEST);
        let whole = places.find_map(|at| {
            let trigger = at + plain_bytes(&text[at..]);
            let other = self.standing_at(text, at, trigger, budget)?;
            (!other.is_part && other.end >= found.end).then_some(other)
        });
        whole.unwrap_or(found)
    }

    /// Whether a form may have that start: that none has is certain.
    fn may_begin(&self, start: Start) -> bool {
        let mark = mark_of(start);
        let marks = self.marks.get(mark / 64);
        marks.is_some_and(|marks| marks >> (mark % 64) & 1 == 1)
    }

    /// The forms with that start.
    fn beginning_with(&self, start: Start) -> &[SecretForm] {
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

/// Fibonacci hashing: the upper bits of the product are spread well.
fn mark_of(start: Start) -> usize {
    let product = u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1);
    (product >> (u32::BITS - MARK_BITS)) as usize
}
