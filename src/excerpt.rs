//! A file as it was read, and what a reader is shown of it: one line, with the place in it that matters.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::printable::{indented, one_line};

/// What stands before the further lines of a message.
const INDENT: &str = "  ";

/// A file as it was read: the name to print, and the text.
#[derive(Debug)]
pub struct Source {
    /// Path to print, relative to the suite's folder for a file of the suite.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The offset of each line, found when first asked for: every step of a run asks.
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source ready to be shared by what is parsed from it.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        })
    }

    /// Line and column of a byte offset, both counted from one, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.line_starts()[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line of a byte offset, counted from one.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        let starts = self.line_starts();
        starts.partition_point(|start| *start <= offset).max(1)
    }

    /// The byte offset of a line and a column, both counted from one, the column in characters.
    #[must_use]
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.line_starts().get(line.saturating_sub(1));
        let start = start.copied().unwrap_or(self.text.len());
        let mut characters = self.text[start..].char_indices();
        let within = characters.nth(column.saturating_sub(1));
        within.map_or(self.text.len(), |(at, _)| start + at)
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

/// A byte range of a [`Source`].
pub type Span = Range<usize>;

/// A place in a file with the line that it stands in: what can be shown without the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// The file.
    pub path: String,
    /// The line, counted from one.
    pub line: usize,
    /// The column in which it begins, in characters counted from one.
    pub column: usize,
    /// How many characters of the line belong to it.
    pub width: usize,
    /// The line as it stands there.
    pub text: String,
}

impl Excerpt {
    /// The line of `source` in which `span` begins, and how much of it belongs to the span.
    #[must_use]
    pub fn of(source: &Source, span: &Span) -> Self {
        let text = source.text.as_str();
        // The end of a file is the end of its last line.
        let start = span.start.min(text.trim_end_matches('\n').len());
        let (line, column) = source.line_column(start);
        let whole = text.lines().nth(line - 1).unwrap_or_default();
        let width = text.get(start..span.end.min(text.len()));
        let width = width.and_then(|spanned| spanned.lines().next());
        Self {
            path: source.path.clone(),
            line,
            column,
            width: width.map_or(0, |width| width.chars().count()),
            text: whole.to_owned(),
        }
    }

    /// `path:line:column` of the place.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}:{}", self.path, self.line, self.column)
    }

    /// The line in three parts: before the place, the place, and after it.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        let byte = |characters: usize| {
            let mut starts = self.text.char_indices();
            starts.nth(characters).map_or(self.text.len(), |(at, _)| at)
        };
        let start = byte(self.column.saturating_sub(1));
        let end = byte(self.column.saturating_sub(1).saturating_add(self.width));
        [
            &self.text[..start],
            &self.text[start..end],
            &self.text[end..],
        ]
    }

    /// Message, excerpt with a caret, and what to do, which may be empty, as plain text over several lines.
    #[must_use]
    pub fn explained(&self, message: &str, help: &str) -> String {
        let [before, place, _] = self.parts().map(str::len);
        let [message, help] = [message, help].map(|text| indented(text, INDENT));
        let path = one_line(&self.path);
        let annotation = AnnotationKind::Primary.span(before..before + place);
        let mut group = Level::ERROR.primary_title(message.as_str()).element(
            Snippet::source(self.text.as_str())
                .line_start(self.line)
                .path(path.as_str())
                .annotation(annotation),
        );
        if !help.is_empty() {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
        renderer.render(&[group])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_line_with_its_place() {
        let source = Source::new("a.yaml", "one: 1\n  zwölf: öl!\n\n");
        let at = source.text.find("öl!").unwrap();
        let excerpt = Excerpt::of(&source, &(at..at + "öl!".len()));
        assert_eq!(excerpt.place(), "a.yaml:2:10");
        assert_eq!(excerpt.parts(), ["  zwölf: ", "öl!", ""]);
        // A place of several lines ends with its first.
        let excerpt = Excerpt::of(&source, &(0..source.text.len()));
        assert_eq!(excerpt.parts(), ["", "one: 1", ""]);
        let end = source.text.len();
        let excerpt = Excerpt::of(&source, &(end..end));
        assert_eq!(excerpt.parts(), ["  zwölf: öl!", "", ""]);
    }
}
