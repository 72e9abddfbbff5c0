//! Servers that are hostile or broken, each in one way: a right verdict or exit code 3, in bounded time and memory,
//! and nothing lost of what was found before.

mod bodies;
mod certificates;
mod connections;
mod encrypted;
mod files;
mod front;
mod heads;
mod http2;
mod json;
mod memory;
mod redirects;
mod reports;
mod runs;
mod served;
mod terminal;

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
#[expect(
    dead_code,
    reason = "the tests of the command line need more of it than these"
)]
#[path = "../cli/support/suites.rs"]
mod suites;
