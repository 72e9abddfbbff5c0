//! The built-in suite is sound: no gap, no mistake, frugal with calls that servers throttle.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use conform::contract::Profile;
use conform::run::{Plan, Selection};
use conform::suite::{AccountKind, BodySchema, Scenario, Suite, built_in_names};

#[test]
fn the_built_in_suite_has_no_gap() {
    let coverage = Suite::built_in().unwrap().coverage();
    assert_eq!(coverage.gaps, []);
    let calls: usize = coverage.run.total();
    assert!(
        calls <= 60,
        "{calls} throttled calls: many servers allow ten a minute"
    );
}

/// Either an account or a refusal: what uses its token says so.
const EITHER_OR: &str = "
title: an e-mail in an unusual form is refused, or belongs to an account
accounts: { jane: { registered: false } }
steps:
  - call: register
    as: jane
    expect: { status: [2xx, 4xx], verifies: [hardening.rejects-structures] }
    capture: { token: $.token }
  - { call: me, when: token, token: '{{token}}', verifies: [register.token-works] }
";

#[test]
fn a_step_that_needs_what_a_permitted_answer_lacks_is_a_gap() {
    let gaps = |text: &str| {
        let mut suite = Suite::built_in().unwrap();
        let scenario = suite.read_scenario("register/either", text).unwrap();
        suite.scenarios.push(scenario);
        let gaps = suite.coverage().gaps.into_iter();
        gaps.map(|gap| gap.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(gaps(EITHER_OR), Vec::<String>::new());
    assert_eq!(
        gaps(&EITHER_OR.replace("when: token, ", "")),
        ["register/either: line 9 uses `token`, which a permitted answer lacks: add `when: token`"]
    );
}

#[test]
fn its_schemas_are_sound() {
    let suite = Suite::built_in().unwrap();
    let wrong: Vec<String> = suite
        .schemas
        .values()
        .filter_map(BodySchema::mistake)
        .map(|mistake| mistake.to_string())
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    // The others are of the files of the project.
    let of_bodies = names.filter_map(|name| {
        let name = name.strip_suffix(".json")?;
        (!name.ends_with(".schema")).then(|| name.to_owned())
    });
    assert_eq!(
        suite.schemas.keys().cloned().collect::<BTreeSet<_>>(),
        of_bodies.collect()
    );
}

#[test]
fn the_folder_and_the_program_hold_the_same_suite() {
    let folder = Suite::from_dir(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    assert_eq!(folder.digest, Suite::built_in().unwrap().digest);
}

#[test]
fn a_scenario_fits_on_a_screen() {
    let suite = Suite::built_in().unwrap();
    let lines = |scenario: &Scenario| scenario.source.text.lines().count();
    let too_long = suite.scenarios.iter().filter(|one| lines(one) > 60);
    let too_long: Vec<&str> = too_long.map(|one| one.id.as_str()).collect();
    assert_eq!(too_long, Vec::<&str>::new());
}

#[test]
fn no_profile_but_its_own_asks_for_the_proof_of_429() {
    let suite = Arc::new(Suite::built_in().unwrap());
    let ids = |profiles: &[Profile]| -> Vec<String> {
        let selection = Selection {
            profiles: profiles.iter().copied().collect(),
            strict: false,
            slice: None,
        };
        let plan = Plan::new(&suite, &selection);
        let scenarios = plan.scenarios.iter();
        scenarios
            .map(|index| plan.scenario(*index).id.clone())
            .collect()
    };
    let core = ids(&[Profile::Core]);
    assert!(core.contains(&"register/new-account".to_owned()));
    assert!(!core.contains(&"rate-limit/login".to_owned()));
    let alone = ["rate-limit/emails", "rate-limit/login"];
    assert_eq!(ids(&[Profile::RateLimit]), alone);
    // What runs alone runs last.
    assert!(ids(&[]).ends_with(&alone.map(str::to_owned)));
}

#[test]
fn the_names_of_the_built_in_suite_are_those_of_its_plan() {
    let suite = Arc::new(Suite::built_in().unwrap());
    let plan = Plan::new(&suite, &Selection::default());
    let names: Vec<String> = plan.names().collect();
    assert_eq!(built_in_names(), names);
}

#[test]
fn without_a_second_factor_all_is_left_that_needs_none() {
    let suite = Arc::new(Suite::built_in().unwrap());
    let plan = Plan::new(&suite, &Selection::everything());
    let needs_one = |index: &&usize| {
        let accounts = &plan.scenario(**index).accounts;
        accounts.iter().any(|need| need.kind == AccountKind::Totp)
    };
    let (with, without): (Vec<usize>, Vec<usize>) = plan.scenarios.iter().partition(needs_one);
    assert!(!with.is_empty() && !without.is_empty());
    assert_eq!(plan.clone().without_second_factor().scenarios, without);
}
