//! `conform suite export`: the built-in suite as files that check, run, and name their schemas.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::conform;

/// Every file of YAML below a folder.
fn yaml_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                yaml_in(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect()
}

#[test]
fn an_exported_suite_runs_as_the_built_in_one_and_names_its_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("mine");
    let path = dir.to_str().unwrap();
    let exported = conform(["suite", "export", path]).run_as_is().expect(0);
    exported.says("/specs and ");
    let check = conform(["check", "--suite", path]).run_as_is();
    check.expect(0).says("no gaps");
    let names = |arguments: &[&str]| {
        let listed = conform(["--list"]).args(arguments).run().expect(0);
        listed.stdout.clone()
    };
    assert_eq!(names(&["--suite", path]), names(&[]));
    conform(["tokens::unknown-id", "--suite", path])
        .run()
        .expect(0);
    let files = yaml_in(&dir);
    assert!(files.len() > 40);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap();
        let (_, schema) = first
            .split_once("# yaml-language-server: $schema=")
            .unwrap();
        let schema = file.parent().unwrap().join(schema);
        assert!(schema.is_file(), "{}: {first}", file.display());
    }
    let contract = fs::read(dir.join("specs/contract.yaml")).unwrap();
    let again = conform(["suite", "export", path]).run_as_is().expect(2);
    again.says("holds a suite already");
    assert_eq!(fs::read(dir.join("specs/contract.yaml")).unwrap(), contract);
}
