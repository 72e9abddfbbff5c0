//! What is said in the terminal. Whether anybody reads it decides nothing.

use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};

/// Text for standard output.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// A line for standard error.
pub fn err(line: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{line}");
}

/// The library behind the terminal panics where nobody reads any more: then there is nobody to tell.
pub(crate) fn quietly<T>(print: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let printed = panic::catch_unwind(AssertUnwindSafe(print)).ok();
    panic::set_hook(hook);
    printed
}
