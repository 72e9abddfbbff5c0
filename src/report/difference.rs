//! What was expected against what was there, line by line.

use similar::{ChangeTag, TextDiff};

/// The most lines that are shown of a text.
pub(super) const MOST_LINES: usize = 40;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Expected,
    Actual,
    Both,
}

impl Side {
    pub(super) fn sign(self) -> char {
        match self {
            Self::Expected => '-',
            Self::Actual => '+',
            Self::Both => ' ',
        }
    }
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) side: Side,
    pub(super) text: String,
}

/// The lines in which two texts agree and differ; none where there is nothing to compare.
pub(super) fn difference(expected: &str, actual: &str) -> Vec<Line> {
    if expected == actual {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(start_of(expected), start_of(actual));
    let changes = diff.iter_all_changes().take(MOST_LINES);
    let lines = changes.map(|change| Line {
        side: match change.tag() {
            ChangeTag::Delete => Side::Expected,
            ChangeTag::Insert => Side::Actual,
            ChangeTag::Equal => Side::Both,
        },
        text: change.value().trim_end_matches('\n').to_owned(),
    });
    lines.collect()
}

/// The lines of a text that are compared: for many more than are shown the comparison takes too long.
fn start_of(text: &str) -> &str {
    let last = text.match_indices('\n').nth(10 * MOST_LINES);
    last.map_or(text, |(end, _)| &text[..end])
}
