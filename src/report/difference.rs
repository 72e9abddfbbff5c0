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
    /// The sign before a line, its class on a page, and what a screen reader says before it.
    pub(super) fn shown(self) -> (char, &'static str, &'static str) {
        match self {
            Self::Expected => ('-', "expected", "expected: "),
            Self::Actual => ('+', "actual", "actual: "),
            Self::Both => (' ', "both", ""),
        }
    }
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) side: Side,
    /// Its text in pieces, each with whether it is what tells the line from its counterpart.
    pub(super) pieces: Vec<(bool, String)>,
}

/// The lines in which two texts agree and differ; none where there is nothing to compare.
pub(super) fn difference(expected: &str, actual: &str) -> Vec<Line> {
    if expected == actual {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(start_of(expected), start_of(actual));
    let changes = diff.ops().iter();
    let changes = changes.flat_map(|operation| diff.iter_inline_changes(operation));
    let lines = changes.take(MOST_LINES).map(|change| Line {
        side: match change.tag() {
            ChangeTag::Delete => Side::Expected,
            ChangeTag::Insert => Side::Actual,
            ChangeTag::Equal => Side::Both,
        },
        pieces: change
            .iter_strings_lossy()
            .map(|(differs, piece)| (differs, piece.trim_end_matches('\n').to_owned()))
            .filter(|(_, piece)| !piece.is_empty())
            .collect(),
    });
    lines.collect()
}

/// The lines of a text that are compared: for many more than are shown the comparison takes too long.
fn start_of(text: &str) -> &str {
    let last = text.match_indices('\n').nth(10 * MOST_LINES);
    last.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_tells_it_from_its_counterpart() {
        let piece = |differs, text: &str| (differs, text.to_owned());
        let lines = difference("{\nstatus 204 of it\n}", "{\nstatus 200 of it\n}");
        let expected = [
            (Side::Both, vec![piece(false, "{")]),
            (
                Side::Expected,
                vec![
                    piece(false, "status "),
                    piece(true, "204"),
                    piece(false, " of it"),
                ],
            ),
            (
                Side::Actual,
                vec![
                    piece(false, "status "),
                    piece(true, "200"),
                    piece(false, " of it"),
                ],
            ),
            (Side::Both, vec![piece(false, "}")]),
        ];
        let expected = expected.map(|(side, pieces)| Line { side, pieces });
        assert_eq!(lines, expected);
        assert_eq!(difference("the same", "the same"), []);
        let long = "line\n".repeat(10 * MOST_LINES);
        assert_eq!(difference(&long, "").len(), MOST_LINES);
    }
}
