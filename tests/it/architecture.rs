//! The `use` lines of `src/` keep the order that `docs/architecture.md` gives, and no files import each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A path of modules, from the root of the crate.
type ModulePath = Vec<String>;

/// The files of the crate, and what each imports.
struct Crate {
    /// Each file's text without its tests, by its module path.
    files: BTreeMap<ModulePath, String>,
    /// What each file hands on (`pub use`), as it is written there.
    handed_on: BTreeMap<ModulePath, Vec<String>>,
}

static SOURCES: LazyLock<Crate> = LazyLock::new(read);

fn read() -> Crate {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = module_path(path.strip_prefix(&root).unwrap());
                files.insert(module, without_tests(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.retain(|module, _| module.last().is_none_or(|last| last != "tests"));
    Crate::of(files)
}

fn module_path(file: &Path) -> ModulePath {
    let file: PathBuf = file.with_extension("");
    let parts = file.iter().map(|part| part.to_str().unwrap().to_owned());
    let mut parts: Vec<String> = parts.collect();
    if parts
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        parts.pop();
    }
    parts
}

/// The text without comments and without the module of unit tests, which is the last thing in a file.
fn without_tests(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    // How far something is visible is no import.
    VISIBILITY
        .replace_all(&lines.collect::<Vec<_>>().join("\n"), "pub")
        .into_owned()
}

/// The paths that a `use` tree names: `a::{b, c::{self, D}}` is `a::b`, `a::c` and `a::c::D`.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        return vec![path.trim_end_matches("::self").to_owned()];
    };
    let inside = &rest[..rest.rfind('}').unwrap()];
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .flat_map(|part| expanded(&format!("{before}{}", part.trim())))
        .collect()
}

static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?ms)^\s*(pub(?:\([a-z]+\))? )?use ([^;]+);").unwrap());
static VISIBILITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"pub\(in [^)]*\)").unwrap());
static INLINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:crate|super)(?:::\w+)+").unwrap());

impl Crate {
    fn of(files: BTreeMap<ModulePath, String>) -> Self {
        let of = |text: &String| {
            let all = USE.captures_iter(text);
            let public = all.filter(|found| found.get(1).is_some());
            public.flat_map(|found| expanded(&found[2])).collect()
        };
        let handed_on = files
            .iter()
            .map(|(module, text)| (module.clone(), of(text)));
        Self {
            handed_on: handed_on.collect(),
            files,
        }
    }

    /// The path from the root for one as it is written in the file of a module; nothing for that of a library.
    fn absolute(&self, module: &ModulePath, written: &str) -> Option<ModulePath> {
        let mut parts = written.split("::").map(str::to_owned).peekable();
        let mut path = match parts.peek()?.as_str() {
            "crate" | "conform" => {
                parts.next();
                Vec::new()
            }
            "self" | "super" => {
                let mut path = module.clone();
                if parts.peek().is_some_and(|part| part == "self") {
                    parts.next();
                }
                while parts.peek().is_some_and(|part| part == "super") {
                    parts.next();
                    path.pop();
                }
                path
            }
            first => {
                let mut child = module.clone();
                child.push(first.to_owned());
                self.files.get(&child)?;
                module.clone()
            }
        };
        path.extend(parts);
        Some(path)
    }

    /// The file that defines what a path names: through modules as far as they go, then through what they hand on.
    fn defining(&self, path: &[String]) -> ModulePath {
        let known = (0..=path.len()).rev();
        let mut known = known.map(|length| path[..length].to_vec());
        let module = known
            .find(|module| self.files.contains_key(module))
            .unwrap();
        let Some(name) = path.get(module.len()) else {
            return module;
        };
        let mut handed_on = self.handed_on[&module].iter();
        let from = handed_on.find(|path| path.rsplit("::").next() == Some(name));
        match from.and_then(|from| self.absolute(&module, from)) {
            Some(from) if from != path => self.defining(&from),
            _ => module,
        }
    }

    /// What each file imports, by the files that define it.
    fn imports(&self) -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
        let of = |module: &ModulePath, text: &String| {
            let used = USE
                .captures_iter(text)
                .filter(|found| found.get(1).is_none())
                .flat_map(|found| expanded(&found[2]));
            let inline = INLINE.find_iter(text);
            let inline = inline.map(|found| found.as_str().to_owned());
            let paths = used.chain(inline);
            let paths = paths.filter_map(|path| self.absolute(module, &path));
            let files = paths.map(|path| self.defining(&path));
            files.filter(|file| file != module).collect()
        };
        let all = self.files.iter();
        all.map(|(module, text)| (module.clone(), of(module, text)))
            .collect()
    }
}

/// A circle of imports that leads back to `start`.
fn circle(
    imports: &BTreeMap<ModulePath, BTreeSet<ModulePath>>,
    start: &ModulePath,
) -> Option<Vec<ModulePath>> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![start.clone()]];
    while let Some(way) = ways.pop() {
        for next in &imports[way.last().unwrap()] {
            if next == start {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

fn shown(module: &[String]) -> String {
    module.join("::")
}

#[test]
fn no_files_import_each_other() {
    let all = &*SOURCES;
    let imports = all.imports();
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > imports.len());
    let circles = imports.keys().filter_map(|file| circle(&imports, file));
    let circles = circles.map(|mut circle| {
        circle.sort();
        let files: Vec<String> = circle.iter().map(|file| shown(file)).collect();
        files.join(", ")
    });
    assert_eq!(circles.collect::<BTreeSet<_>>(), BTreeSet::new());
}

#[test]
fn imports_run_downwards_in_the_order_that_is_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(page).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| module in `src/`"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, line) in rows.enumerate() {
        let modules = line.split('|').nth(1).unwrap().split('`');
        let modules = modules.skip(1).step_by(2);
        order.extend(modules.map(|module| (module.trim_end_matches(".rs"), row)));
    }
    let all = &*SOURCES;
    let mut wrong = Vec::new();
    for (file, imported) in all.imports() {
        let [top, ..] = file.as_slice() else { continue };
        let row = |top: &str| {
            *order
                .get(top)
                .unwrap_or_else(|| panic!("`{top}` is not in the table"))
        };
        let top_of = |file: &ModulePath| file.first().cloned();
        let imported = imported
            .iter()
            .filter_map(top_of)
            .filter(|other| other != top);
        let above = |other: &String| row(other) <= row(top);
        let against = imported.filter(|other| !above(other));
        wrong.extend(against.map(|other| format!("{} imports {other}", shown(&file))));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_judge_and_all_that_it_rests_on_in_a_run_wait_for_nothing() {
    let all = &*SOURCES;
    let imports = all.imports();
    let judge: ModulePath = ["run", "judge"].map(str::to_owned).to_vec();
    let (mut reached, mut left) = (BTreeSet::new(), vec![judge]);
    while let Some(file) = left.pop() {
        if file.first().is_some_and(|top| top == "run") && reached.insert(file.clone()) {
            left.extend(imports[&file].iter().cloned());
        }
    }
    assert!(reached.len() > 5, "{reached:?}");
    let waits = |file: &&ModulePath| {
        let text = &all.files[*file];
        ["async", ".await", "tokio", "Client"]
            .iter()
            .any(|word| text.contains(word))
    };
    let waiting = reached.iter().filter(waits).map(|file| shown(file));
    assert_eq!(waiting.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_this_test_reads_is_read_right() {
    let tree = "super::{\n    a::{self, B},\n    c as d,\n}";
    assert_eq!(expanded(tree), ["super::a", "super::a::B", "super::c"]);
    let file = |path: &str, text: &str| (module_path(Path::new(path)), text.to_owned());
    let all = Crate::of(BTreeMap::from([
        file("lib.rs", "mod one;\nmod two;"),
        file("one/mod.rs", "mod inner;\npub use inner::Thing;"),
        file("one/inner.rs", "use crate::two::Other;\npub struct Thing;"),
        file("two.rs", "use crate::one::Thing;\npub struct Other;"),
    ]));
    let imports = all.imports();
    let two = vec!["two".to_owned()];
    let inner = vec!["one".to_owned(), "inner".to_owned()];
    assert_eq!(
        circle(&imports, &two),
        Some(vec![two.clone(), inner.clone()])
    );
    assert_eq!(imports[&inner], BTreeSet::from([two]));
}
