//! No secret that goes over the wire, or stands in the settings, stands in anything that the program leaves behind: every
//! output is read in every way in which it may be written, and searched for each of them.

mod debug;
mod encodings;
mod forms;
mod hunt;
mod runs;
mod shown;
mod wire;

#[expect(
    dead_code,
    reason = "the tests of the command line need more of it than these"
)]
#[path = "../cli/support/command.rs"]
mod command;
#[expect(
    dead_code,
    reason = "the tests of the command line need more of it than these"
)]
#[path = "../cli/support/reference.rs"]
mod reference;
