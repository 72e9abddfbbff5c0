//! What the tests share: the program as a child, the memory that it takes, servers to point it at, suites to give it.

mod clock;
mod command;
mod memory;
mod reference;
mod servers;
mod suites;

pub use clock::ManualClock;
pub use command::{Conform, Finished, PROGRAM, Served, Started, conform, printed_account, steady};
pub use memory::{Memory, peak_kib};
pub use reference::{Reference, answer, reference, reference_behind, reference_with};
pub use servers::{RawServer, closed_port, http_answer};
pub use suites::{GOOD_SCENARIO, LOGOUT_SCENARIO, Suite, suite};
