//! What is said in the terminal, the one way out to it. Whether anybody reads it decides nothing.

use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};

use crate::printable::{indented, inert};

/// What stands before the further lines of a message, so that none passes for a message of its own.
const INDENT: &str = "  ";

/// Text for standard output.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout
        .write_all(inert(text).as_bytes())
        .and_then(|()| stdout.flush());
}

/// A line for standard output: a name that may be anybody's, and a word of ours, which may have a colour.
pub(crate) fn status(name: &str, word: &dyn std::fmt::Display) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{}{word}", inert(name)).and_then(|()| stdout.flush());
}

/// A line for standard error, or several.
pub fn err(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{}", inert(text));
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
