//! What is certified: a product of a vendor, in one version.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// No name comes near this.
const LONGEST: usize = 100;

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
    /// A name that nobody could read in a report.
    #[error(
        "--{what}: `{text}` is no name: write 1 to {LONGEST} characters with a letter or digit among them, in one line"
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

    /// The name of the folder of its bundle: letters, digits, dots and hyphens, on every system a name.
    #[must_use]
    pub fn folder(&self) -> String {
        [&self.vendor, &self.name, &self.version]
            .map(|text| plain(text))
            .join("-")
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
    let usable = text.chars().any(char::is_alphanumeric)
        && text.chars().count() <= LONGEST
        && !text.contains(char::is_control);
    if usable {
        Ok(text.to_owned())
    } else {
        let text = text.to_owned();
        Err(ProductError::Unusable { what, text })
    }
}

fn plain(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+');
    let words = text.split(|c| !is_plain(c));
    let words = words.map(|word| word.trim_matches('.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        // Of a name in another script nothing is left.
        Digest::of(text.as_bytes()).sha256.chars().take(8).collect()
    } else {
        words.join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(names: [&str; 3]) -> Result<Product, ProductError> {
        Product::new(names.map(|name| Some(name.to_owned())), None)
    }

    #[test]
    fn a_folder_is_a_safe_name_whatever_the_product_is_called() {
        let folder = |names| product(names).unwrap().folder();
        assert_eq!(folder(["Acme", "auth", "1.2.0"]), "Acme-auth-1.2.0");
        assert_eq!(folder(["../Ac me", "a/b\\c", "..1.."]), "Ac-me-a-b-c-1");
        let other_script = folder(["日本", "x", "1"]);
        assert_eq!(other_script.len(), "12345678-x-1".len(), "{other_script}");
    }

    #[test]
    fn a_package_url_is_written_as_its_specification_says() {
        let url = product(["Acme Inc.", "a/b", "1.2.0+3"]).unwrap().url();
        assert_eq!(url, "pkg:generic/Acme%20Inc./a%2Fb@1.2.0%2B3");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in ["", "  ", "..", "a\nb", &"x".repeat(101)] {
            assert!(product(["acme", bad, "1"]).is_err(), "{bad:?}");
        }
        let unsaid = Product::new([Some("acme".to_owned()), None, None], None);
        assert_eq!(unsaid, Err(ProductError::Unsaid("product")));
    }
}
