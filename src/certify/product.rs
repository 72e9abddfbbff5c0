//! What is certified: a product of a vendor, in one version.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use crate::printable::{is_harmful, quoted};

/// No name comes near this.
const LONGEST: usize = 100;
/// File systems take 255 bytes, and the lock beside the folder has some more than the folder.
const LONGEST_FOLDER: usize = 200;
/// So many digits of a digest tell names apart.
const DIGITS: usize = 16;

/// What a package URL writes with percent signs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// A product of a vendor, in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    /// Who makes it.
    pub vendor: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of the artefact that was running, where the vendor names it.
    pub artefact: Option<Digest>,
}

/// Why a product cannot be certified under that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// Something is not said.
    #[error(
        "certify needs to know the {0}: say it with --{0}, or in the target file under `certification`"
    )]
    Unsaid(&'static str),
    /// A name that is longer than any.
    #[error("--{what} has {count} characters, and may have {LONGEST}: shorten it")]
    TooLong {
        /// Which name.
        what: &'static str,
        /// How many characters.
        count: usize,
    },
    /// A name that could be taken for another one, or for more than a name.
    #[error(
        "--{what}: {} holds {}, which does not show or breaks the line: leave it out",
        quoted(text),
        .hidden.escape_unicode()
    )]
    Hidden {
        /// Which name.
        what: &'static str,
        /// What was written.
        text: String,
        /// The first such character.
        hidden: char,
    },
    /// A name that nobody could read in a report.
    #[error(
        "--{what}: {} is no name: write one with a letter or a digit",
        quoted(text)
    )]
    Unusable {
        /// Which name.
        what: &'static str,
        /// What was written.
        text: String,
    },
}

impl Product {
    /// A product, its names checked.
    ///
    /// # Errors
    /// A name is missing, or cannot be used.
    pub fn new(
        [vendor, name, version]: [Option<String>; 3],
        artefact: Option<Digest>,
    ) -> Result<Self, ProductError> {
        Ok(Self {
            vendor: checked("vendor", vendor)?,
            name: checked("product", name)?,
            version: checked("version", version)?,
            artefact,
        })
    }

    /// The name of the folder of its bundle, another one for each product: a name on every system, with no other
    /// characters than letters, digits and `.-_+~`. It is the three names, a hyphen within one of them doubled; where
    /// that is not possible, what is readable of them and a digest behind `~`.
    #[must_use]
    pub fn folder(&self) -> String {
        let names = [&self.vendor, &self.name, &self.version];
        let whole = names.map(|name| name.replace('-', "--")).join("-");
        if whole.len() <= LONGEST_FOLDER && names.into_iter().all(|name| is_plain(name)) {
            return whole;
        }
        let words = names.into_iter().flat_map(|name| words(name));
        let readable = words.collect::<Vec<_>>().join("-");
        let readable = readable.chars().take(LONGEST_FOLDER - DIGITS - 1);
        let readable: String = readable.collect();
        // No name holds the character between them.
        let digest = Digest::of(names.map(String::as_str).join("\0").as_bytes()).sha256;
        if readable.is_empty() {
            // A shell takes a name that begins with `~` for the home of somebody.
            format!("bundle~{digest:.DIGITS$}")
        } else {
            format!("{readable}~{digest:.DIGITS$}")
        }
    }

    /// Whether its names are such as [`Product::new`] lets pass.
    pub(super) fn is_sound(&self) -> bool {
        let names = [&self.vendor, &self.name, &self.version].map(|name| Some(name.clone()));
        Self::new(names, self.artefact.clone()).as_ref() == Ok(self)
    }

    /// A package URL: <https://github.com/package-url/purl-spec>.
    #[must_use]
    pub fn url(&self) -> String {
        let [vendor, name, version] = [&self.vendor, &self.name, &self.version]
            .map(|text| utf8_percent_encode(text, ENCODED).to_string());
        format!("pkg:generic/{vendor}/{name}@{version}")
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.vendor, self.name, self.version)
    }
}

fn checked(what: &'static str, text: Option<String>) -> Result<String, ProductError> {
    let text = text.ok_or(ProductError::Unsaid(what))?;
    let text = text.trim();
    let count = text.chars().count();
    if count > LONGEST {
        return Err(ProductError::TooLong { what, count });
    }
    let hidden = text.chars().find(|c| is_harmful(*c));
    let text = text.to_owned();
    match hidden {
        Some(hidden) => Err(ProductError::Hidden { what, text, hidden }),
        None if text.contains(char::is_alphanumeric) => Ok(text),
        None => Err(ProductError::Unusable { what, text }),
    }
}

fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+')
}

/// Whether a name can stand in that of a folder, and be told from its neighbours there.
fn is_plain(name: &str) -> bool {
    let at_the_ends = |c| matches!(c, '.' | '-');
    name.chars().all(|c| is_safe(c) || c == '-')
        && !name.starts_with(at_the_ends)
        && !name.ends_with(at_the_ends)
}

/// What is safe of a name.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let words = name.split(|c| !is_safe(c));
    let words = words.map(|word| word.trim_matches('.'));
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(names: [&str; 3]) -> Result<Product, ProductError> {
        Product::new(names.map(|name| Some(name.to_owned())), None)
    }

    fn folder(names: [&str; 3]) -> String {
        product(names).unwrap().folder()
    }

    #[test]
    fn a_folder_is_a_safe_name_whatever_the_product_is_called() {
        assert_eq!(folder(["Acme", "auth", "1.2.0"]), "Acme-auth-1.2.0");
        assert_eq!(
            folder(["Acme", "auth-api", "1.0-rc1"]),
            "Acme-auth--api-1.0--rc1"
        );
        let safe = |c: char| c.is_ascii_alphanumeric() || ".-_+~".contains(c);
        let long = "-x".repeat(50);
        for (names, readable) in [
            (["../Ac me", "a/b\\c", "..1.."], "Ac-me-a-b-c-1"),
            (["日本", "x", "1"], "x-1"),
            (["日本", "日", "本"], "bundle"),
            (["~a", "..b", "-1"], "a-b-1"),
            ([&long, &long, &long], "x-x"),
            (["A".repeat(100).as_str(), "b", &"c".repeat(100)], "AAA"),
        ] {
            let folder = folder(names);
            assert!(folder.starts_with(readable), "{folder}");
            assert!(folder.len() <= LONGEST_FOLDER, "{folder}");
            assert!(folder.chars().all(safe), "{folder}");
        }
    }

    /// All products of three names out of a few that look alike, each with a folder of its own.
    #[test]
    fn no_two_products_share_a_folder() {
        let names = [
            "a", "b", "a-b", "a--b", "-a", "a-", "a b", "a/b", "a.", "A", "1", "日本",
        ];
        let mut folders = std::collections::BTreeSet::new();
        for vendor in names {
            for name in names {
                for version in names {
                    let folder = folder([vendor, name, version]);
                    assert!(folders.insert(folder.clone()), "{folder}");
                }
            }
        }
        // One that is named like the folder of another is found in that of its own all the same.
        let other = folder(["日本", "x", "1"]);
        assert_ne!(folder(["x", "1", other.trim_start_matches("x-1~")]), other);
    }

    #[test]
    fn a_package_url_is_written_as_its_specification_says() {
        let url = product(["Acme Inc.", "a/b", "1.2.0+3"]).unwrap().url();
        assert_eq!(url, "pkg:generic/Acme%20Inc./a%2Fb@1.2.0%2B3");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for (bad, told) in [
            ("", "--product: \"\" is no name"),
            ("  ", "is no name"),
            ("..", "is no name"),
            ("a\nb", "--product: \"a\\nb\" holds \\u{a}"),
            ("a\u{202e}b", "holds \\u{202e}"),
            ("a\u{200b}b", "holds \\u{200b}"),
            ("a\u{2028}b", "holds \\u{2028}"),
            ("\u{3164}", "holds \\u{3164}"),
            (
                &"x".repeat(101),
                "--product has 101 characters, and may have 100",
            ),
        ] {
            let error = product(["acme", bad, "1"]).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert!(product(["acme", &"é".repeat(100), "1"]).is_ok());
        let unsaid = Product::new([Some("acme".to_owned()), None, None], None);
        assert_eq!(unsaid, Err(ProductError::Unsaid("product")));
    }
}
