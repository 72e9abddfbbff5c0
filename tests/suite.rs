//! The built-in suite is sound: no gap, no mistake, frugal with calls that servers throttle.

use conform::suite::{BodySchema, Suite};

#[test]
fn the_built_in_suite_has_no_gap() {
    let coverage = Suite::built_in().unwrap().coverage();
    assert_eq!(coverage.findings, []);
    let calls: usize = coverage.throttled.values().sum();
    assert!(
        calls <= 60,
        "{calls} throttled calls: many servers allow ten a minute"
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
    assert!(suite.schemas.len() >= 6);
}

#[test]
fn the_folder_and_the_program_hold_the_same_suite() {
    let folder = Suite::from_dir(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    assert_eq!(folder.digest, Suite::built_in().unwrap().digest);
}
