//! Properties of the small languages and of redaction, on values made up from a fixed seed: a run repeats itself.

mod filters;
mod notations;
mod redaction;
mod suite_files;
mod templates;

use proptest::test_runner::{Config, RngSeed};

/// So many cases, the same in every run.
fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(0x5EED),
        failure_persistence: None,
        ..Config::default()
    }
}
