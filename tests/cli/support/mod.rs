//! What the tests share: the program as a child, servers to point it at, suites to give it.

mod command;
mod reference;
mod servers;
mod suites;

pub use command::{Conform, Finished, Served, conform, printed_account};
pub use reference::{Reference, answer, reference, reference_behind, reference_with};
pub use servers::{RawServer, closed_port, http_answer};
pub use suites::{GOOD_SCENARIO, LOGOUT_SCENARIO, Suite, suite};
