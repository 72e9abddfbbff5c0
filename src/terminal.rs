//! What is said in the terminal, the one way out to it. Whether anybody reads it decides nothing.

use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::printable::{indented, inert};

/// What stands before the further lines of a message, so that none passes for a message of its own.
const INDENT: &str = "  ";

/// What announces the lines of a comparison.
pub(crate) const COMPARISON: &str = "expected (-) against actual (+):";

/// Whether standard output shows colours, and whether standard error does.
static OUT_IS_COLOURED: AtomicBool = AtomicBool::new(false);
static ERR_IS_COLOURED: AtomicBool = AtomicBool::new(false);

/// A colour, by its number in an escape sequence.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Colour {
    Red = 31,
    Green = 32,
    Yellow = 33,
}

impl Colour {
    fn of(self, text: &str) -> String {
        format!("\u{1b}[{}m{text}\u{1b}[0m", self as u8)
    }
}

/// From now on, standard output and standard error show colours, or none.
pub(crate) fn show_colours(out: bool, err: bool) {
    OUT_IS_COLOURED.store(out, Ordering::Relaxed);
    ERR_IS_COLOURED.store(err, Ordering::Relaxed);
}

/// The text as it is printed. Colours come last: whatever is foreign in it is inert by then.
fn shown(text: &str, is_coloured: &AtomicBool) -> String {
    let text = inert(text);
    if is_coloured.load(Ordering::Relaxed) {
        coloured(&text)
    } else {
        text
    }
}

/// The text with colours where it shows what is wrong: the caret below an excerpt, what was expected, and what was met.
fn coloured(text: &str) -> String {
    let mut comparison = None;
    let lines = text.split_inclusive('\n').map(|line| {
        let words = line.trim();
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let end = &rest[words.len()..];
        comparison = match comparison {
            _ if words == COMPARISON => Some(indent.len()),
            Some(outer) if indent.len() > outer => comparison,
            _ => None,
        };
        let words = match words.as_bytes().first() {
            Some(b'-') if comparison.is_some() => Colour::Green.of(words),
            Some(b'+') if comparison.is_some() => Colour::Red.of(words),
            Some(b'|') if words[1..].trim_start().starts_with('^') => {
                let (gutter, caret) = words.split_at(words.find('^').unwrap_or_default());
                format!("{gutter}{}", Colour::Red.of(caret))
            }
            _ if words.starts_with("expected ") => match words.split_once(", got ") {
                Some((expected, got)) => format!(
                    "{}, {}",
                    Colour::Green.of(expected),
                    Colour::Red.of(&format!("got {got}"))
                ),
                None => words.to_owned(),
            },
            _ => words.to_owned(),
        };
        format!("{indent}{words}{end}")
    });
    lines.collect()
}

/// Text for standard output.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout
        .write_all(shown(text, &OUT_IS_COLOURED).as_bytes())
        .and_then(|()| stdout.flush());
}

/// A line for standard output: a name that may be anybody's, and a word of ours.
pub(crate) fn status(name: &str, word: &str, colour: Colour) {
    let word = if OUT_IS_COLOURED.load(Ordering::Relaxed) {
        colour.of(word)
    } else {
        word.to_owned()
    };
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{}{word}", inert(name)).and_then(|()| stdout.flush());
}

/// A line for standard error, or several.
pub fn err(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{}", shown(text, &ERR_IS_COLOURED));
}

/// Why a command ends without having done what it should.
pub fn error(message: &str) {
    err(&format!("error: {}", indented(message, INDENT)));
}

/// What does not end a command, and is worth to know.
pub(crate) fn warning(message: &str) {
    err(&format!("warning: {}", indented(message, INDENT)));
}

/// Lines for standard error that a CI is to obey.
pub(crate) fn commands(lines: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(lines.as_bytes());
}

/// The library behind the terminal panics where nobody reads any more: then there is nobody to tell.
pub(crate) fn quietly<T>(print: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let printed = panic::catch_unwind(AssertUnwindSafe(print)).ok();
    panic::set_hook(hook);
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_in_colour(text: &str) -> String {
        let marked = shown(text, &AtomicBool::new(true));
        marked
            .replace("\u{1b}[31m", "<red>")
            .replace("\u{1b}[32m", "<green>")
            .replace("\u{1b}[0m", "</>")
    }

    #[test]
    fn what_is_wrong_has_a_colour_and_nothing_else() {
        let text = "   expected status 204, got 200\n   expected (-) against actual (+):\n     - a\n       b\n     + c\n   - d\n\n\
                    error: - e\n  |\n3 | - f | ^\n  |   ^^^\n";
        insta::assert_snapshot!(shown_in_colour(text), @r"
           <green>expected status 204</>, <red>got 200</>
           expected (-) against actual (+):
             <green>- a</>
               b
             <red>+ c</>
           - d

        error: - e
          |
        3 | - f | ^
          |   <red>^^^</>
        ");
        assert_eq!(shown(text, &AtomicBool::new(false)), text);
    }

    #[test]
    fn a_colour_of_somebody_else_stays_text() {
        let text = "   expected status 204, got \u{1b}[32m200\u{1b}[0m\n  | ^\u{9b}2J\n::error::x";
        let shown = shown(text, &AtomicBool::new(true));
        let ours = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m"];
        let rest = ours.iter().fold(shown, |text, ours| text.replace(ours, ""));
        assert_eq!(rest, inert(text));
    }
}
