//! Any text as a contract: it is read, or its mistakes are told.

#![no_main]

use conform::contract::Contract;
use conform::diagnostic::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (contract, mistakes) = Contract::parse(&Source::new("specs/contract.yaml", text));
    assert!(contract.is_some() || !mistakes.is_empty());
    for mistake in mistakes {
        // Telling cuts excerpts out of the text, at the places where the mistakes are.
        assert!(mistake.to_string().contains("error"));
    }
});
