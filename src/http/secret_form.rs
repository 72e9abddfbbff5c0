//! One form of a secret: where it stands in a text as a whole, in part, or cut.

use std::sync::Arc;

use super::randomness::PIECE;

/// What stands in the place of the rest of a text that was cut.
const CUTS: [&str; 11] = [
    "…",
    "...",
    "**",
    "••",
    "xxx",
    "XXX",
    "\\u2026",
    "\\u2022",
    "&hellip;",
    "&#8230;",
    "%E2%80%A6",
];

/// One way of writing a secret, a part of one, or what follows in it after some bytes.
pub(super) struct SecretForm {
    pub(super) text: Arc<str>,
    pub(super) from: usize,
    /// So many bytes of it are enough to be hidden.
    pub(super) enough: usize,
    pub(super) is_part: bool,
    pub(super) owner: usize,
}

/// Where a form stands in a text.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) owner: usize,
    pub(super) is_part: bool,
}

impl SecretForm {
    pub(super) fn whole(text: impl Into<Arc<str>>, owner: usize) -> Self {
        let text = text.into();
        Self {
            enough: text.len(),
            text,
            from: 0,
            is_part: false,
            owner,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text[self.from..]
    }

    /// Whether less than all of it is enough.
    pub(super) fn is_open(&self) -> bool {
        self.enough < self.text().len()
    }

    /// What was found where so many bytes of the form stand there.
    pub(super) fn found(
        &self,
        shared: usize,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> Option<Found> {
        let end = if shared >= self.enough {
            end
        } else {
            end - self.before_cut(shared, text, end)?
        };
        Some(Found {
            start,
            end,
            owner: self.owner,
            is_part: self.is_part || shared < self.text().len(),
        })
    }

    /// How many bytes before that end the start of the secret is cut: it may go on as what stands for the rest does.
    fn before_cut(&self, shared: usize, text: &[u8], end: usize) -> Option<usize> {
        let spare = shared.checked_sub(PIECE).filter(|_| self.from == 0)?;
        CUTS.iter().find_map(|cut| {
            let mut places = 0..cut.len().min(spare + 1);
            places.find(|back| text[end - back..].starts_with(cut.as_bytes()))
        })
    }
}

/// How many bytes of a form a text begins with, whole characters of it.
pub(super) fn shared(form: &str, text: &[u8]) -> usize {
    // Large steps first: a server may issue secrets that begin alike for thousands of bytes.
    const STEP: usize = 64;
    let bytes = form.as_bytes();
    let steps = bytes.chunks_exact(STEP).zip(text.chunks_exact(STEP));
    let from = STEP * steps.take_while(|(ours, theirs)| ours == theirs).count();
    let pairs = bytes[from..].iter().zip(&text[from..]);
    let more = pairs.take_while(|(ours, theirs)| ours == theirs).count();
    form.floor_char_boundary(from + more)
}
