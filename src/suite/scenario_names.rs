//! The names of the built-in scenarios, read without parsing YAML: what only lists them must not wait for it.

use std::ffi::OsStr;

use super::files::built_in_specs;
use crate::contract::Profile;

/// The names of the scenarios that a run of the built-in suite covers without being asked, in its order.
///
/// The built-in files are written so that a line scan suffices; a test holds it against the suite itself.
#[must_use]
pub fn built_in_names() -> Vec<String> {
    let mut names: Vec<(bool, String)> = Vec::new();
    for file in built_in_specs().dirs().flat_map(include_dir::Dir::files) {
        let is_yaml = file.path().extension() == Some(OsStr::new("yaml"));
        let (Some(text), Some(path)) = (file.contents_utf8(), file.path().to_str()) else {
            continue;
        };
        if is_yaml && is_default(text) {
            let id = path.trim_end_matches(".yaml");
            names.push((
                value(text, "exclusive") == Some("true"),
                id.replace('/', "::"),
            ));
        }
    }
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

fn is_default(text: &str) -> bool {
    let Some(word) = value(text, "profile") else {
        return true;
    };
    let mut profiles = Profile::ALL.into_iter();
    profiles.any(|profile| profile.is_default() && profile.to_string() == word)
}

/// The value of a key of the scenario itself.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.strip_prefix(':')?;
        Some(value.split(" #").next().unwrap_or_default().trim())
    })
}
