//! The generated schemas are checked in and fresh, and they agree with the files they describe.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use conform::schemas::generated;
use conform::suite::Suite;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `UPDATE_SCHEMAS=1 cargo test --test it schemas::` writes them anew.
#[test]
fn the_generated_schemas_are_fresh() {
    for (name, text) in generated().unwrap() {
        let path = root().join("schemas").join(name);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "schemas/{name} is stale: run `UPDATE_SCHEMAS=1 cargo test --test it schemas::`"
        );
    }
}

fn validator(name: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(root().join("schemas").join(name)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn mistakes(validator: &jsonschema::Validator, path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let value: Value = serde_saphyr::from_str(&text).unwrap();
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {} {error}", path.display(), error.instance_path()))
        .collect()
}

/// The keywords of a schema and of all below it.
fn keywords(schema: &Value, found: &mut BTreeSet<String>) {
    for (keyword, below) in schema.as_object().into_iter().flatten() {
        found.insert(keyword.clone());
        let schemas: Vec<&Value> = match keyword.as_str() {
            "properties" | "$defs" => below.as_object().unwrap().values().collect(),
            "anyOf" | "oneOf" => below.as_array().unwrap().iter().collect(),
            "items" | "additionalProperties" => vec![below],
            _ => Vec::new(),
        };
        for schema in schemas {
            keywords(schema, found);
        }
    }
}

/// Mistakes in a file are worded by `src/shape`: what it does not know would be told in the words of a library.
#[test]
fn the_schemas_of_what_is_read_use_no_keyword_that_the_loader_does_not_know() {
    let known = [
        "$defs",
        "$ref",
        "$schema",
        "additionalProperties",
        "anyOf",
        "const",
        "default",
        "description",
        "enum",
        "format",
        "items",
        "maximum",
        "minItems",
        "minimum",
        "oneOf",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
        "writeOnly",
    ];
    let mut found = BTreeSet::new();
    for file in ["contract", "scenario", "mutant-file", "target"] {
        let text = fs::read_to_string(root().join(format!("schemas/{file}.schema.json"))).unwrap();
        keywords(&serde_json::from_str(&text).unwrap(), &mut found);
    }
    let known = known.map(str::to_owned).into();
    assert_eq!(
        found.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn the_contract_and_every_scenario_satisfy_their_schemas() {
    let specs = root().join("specs");
    let mut all = mistakes(
        &validator("contract.schema.json"),
        &specs.join("contract.yaml"),
    );
    let scenarios = validator("scenario.schema.json");
    let mut count = 0;
    for feature in fs::read_dir(&specs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if feature.is_dir() {
            for scenario in fs::read_dir(feature)
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                if scenario.extension().is_some_and(|ending| ending == "yaml") {
                    all.extend(mistakes(&scenarios, &scenario));
                    count += 1;
                }
            }
        }
    }
    assert_eq!(all, Vec::<String>::new());
    assert_eq!(count, Suite::built_in().unwrap().scenarios.len());
}

#[test]
fn every_file_of_mutants_satisfies_its_schema() {
    let schema = validator("mutant-file.schema.json");
    let files = fs::read_dir(root().join("mutants")).unwrap();
    let all: Vec<_> = files
        .map(|file| mistakes(&schema, &file.unwrap().path()))
        .collect();
    assert!(!all.is_empty());
    assert_eq!(all.concat(), Vec::<String>::new());
}

#[test]
fn the_schema_of_scenarios_knows_no_other_key() {
    let schema = validator("scenario.schema.json");
    let step = serde_json::json!({ "call": "me", "expect": { "status": 200 } });
    let good = serde_json::json!({ "title": "t", "steps": [step] });
    assert!(schema.is_valid(&good));
    for path in ["", "/steps/0", "/steps/0/expect"] {
        let mut bad = good.clone();
        let object = bad.pointer_mut(path).unwrap().as_object_mut().unwrap();
        object.insert("unknown".to_owned(), Value::Bool(true));
        assert!(
            !schema.is_valid(&bad),
            "an unknown key at `{path}` is accepted"
        );
    }
}

#[test]
fn the_target_file_of_conform_init_satisfies_its_schema() {
    let schema = validator("target.schema.json");
    let text = fs::read_to_string(root().join("src/cli/init.yaml")).unwrap();
    // A setting to take in follows its `#` at once, or is indented as a part of one.
    let settings = text.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') || setting.starts_with("  ") => setting,
        _ => line,
    });
    let settings: Vec<&str> = settings.collect();
    let mut target: Value = serde_saphyr::from_str(&settings.join("\n")).unwrap();
    assert!(schema.is_valid(&target), "{target}");
    target["waivers"][0]["untill"] = Value::Bool(true);
    assert!(!schema.is_valid(&target), "an unknown key is accepted");
}
