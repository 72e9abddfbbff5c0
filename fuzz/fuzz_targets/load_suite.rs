//! Any text as a scenario beside those of the built-in suite: it is read, or its mistakes are told.

#![no_main]

use std::sync::LazyLock;

use conform::suite::Suite;
use libfuzzer_sys::fuzz_target;

static SUITE: LazyLock<Suite> =
    LazyLock::new(|| Suite::built_in().expect("the built-in suite is sound"));

fuzz_target!(|text: &str| {
    match SUITE.read_scenario("fuzz/any", text) {
        Ok(scenario) => assert!(scenario.verifies().next().is_some()),
        // Telling cuts excerpts out of the text, at the places where the mistakes are.
        Err(mistakes) => assert!(mistakes.to_string().contains("error")),
    }
});
