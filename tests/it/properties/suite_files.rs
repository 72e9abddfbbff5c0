//! The files of the suite with mistakes put into them: each is read, or its mistakes are told at their places.
//!
//! The targets in `fuzz/` do the same with any text, for as long as they are let.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use conform::contract::Contract;
use conform::diagnostic::Source;
use conform::selftest::{Mutant, MutantsError};
use conform::suite::Suite;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::properties::cases;

static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::built_in().unwrap());

static CONTRACT: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(specs().join("contract.yaml")).unwrap());

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specs")
}

/// A change to a text: from here on, so many characters give way to these.
#[derive(Debug, Clone)]
struct Edit {
    at: Index,
    removed: usize,
    inserted: String,
}

fn edit() -> impl Strategy<Value = Edit> {
    let inserted = prop_oneof![
        Just(String::new()),
        "[{}\\[\\]:,&*!|>'\"%@`#?\\- \n\t]{1,3}",
        "\\PC{1,4}",
        prop::sample::select(
            &[
                "{{jane.totp}}",
                "{{ | first(99999999999999999999)}}",
                "&a [*a]",
                "!!binary x",
                "99999999999999999999999999",
                "\n---\n",
                "\u{feff}",
                "<<: {a: 1}",
                "$[?@.a == {{b}}]",
                "count($..*)",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    let parts = (any::<Index>(), 0..30_usize, inserted);
    parts.prop_map(|(at, removed, inserted)| Edit {
        at,
        removed,
        inserted,
    })
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for edit in edits {
        let start = edit.at.index(characters.len() + 1);
        let end = (start + edit.removed).min(characters.len());
        characters.splice(start..end, edit.inserted.chars());
    }
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_scenario_is_read_or_its_mistakes_are_told(
        file in any::<Index>(),
        edits in prop::collection::vec(edit(), 1..4),
    ) {
        let source: &Arc<Source> = &file.get(&SUITE.scenarios).source;
        let text = edited(&source.text, &edits);
        match SUITE.read_scenario("feature/edited", &text) {
            Ok(scenario) => prop_assert!(scenario.verifies().next().is_some()),
            Err(mistakes) => {
                let told = mistakes.to_string();
                prop_assert!(told.contains("specs/feature/edited.yaml"), "{told}");
            }
        }
    }

    #[test]
    fn any_text_is_no_scenario(text in "(\\PC|[\n:{}\\[\\]\"'&*!|-]| ){0,60}") {
        let mistakes = SUITE.read_scenario("feature/any", &text).unwrap_err().to_string();
        prop_assert!(mistakes.contains("specs/feature/any.yaml"), "{mistakes}");
    }
}

proptest! {
    // Of a file this long each case takes a while.
    #![proptest_config(cases(24))]

    #[test]
    fn a_contract_is_read_or_its_mistakes_are_told(edits in prop::collection::vec(edit(), 1..4)) {
        let source = Source::new("specs/contract.yaml", edited(&CONTRACT, &edits));
        let (contract, mistakes) = Contract::parse(&source);
        prop_assert!(contract.is_some() || !mistakes.is_empty());
        for mistake in mistakes {
            let told = mistake.to_string();
            prop_assert!(told.contains("specs/contract.yaml"), "{told}");
        }
    }
}

#[test]
fn an_untouched_scenario_is_read_as_it_is_in_the_suite() {
    for scenario in &SUITE.scenarios {
        let read = SUITE.read_scenario(&scenario.id, &scenario.source.text);
        let steps = format!("{:?}", read.unwrap().steps);
        assert_eq!(steps, format!("{:?}", scenario.steps));
    }
}

#[test]
fn one_mistake_blames_nothing_that_is_right() {
    let twice = |text: &str| format!("{text}\ntitle: again\n");
    for scenario in &SUITE.scenarios {
        let read = SUITE.read_scenario(&scenario.id, &twice(&scenario.source.text));
        let said = read.unwrap_err().to_string();
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
    }
    let source = Source::new("specs/contract.yaml", twice(&CONTRACT));
    let (contract, mistakes) = Contract::parse(&source);
    assert!(contract.is_none());
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    for file in std::fs::read_dir(specs().with_file_name("mutants")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let source = Source::new("mutants/edited.yaml", text + "\n- none\n");
        let MutantsError(mistakes) = Mutant::read(&[source], &SUITE).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    }
}
