//! SHA-256 digests, as in-toto writes them.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};

use crate::report::{Content, write_whole};

/// The SHA-256 of something, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// 64 hexadecimal digits.
    #[serde(deserialize_with = "digits")]
    pub sha256: String,
}

/// Why a digest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no digest: write sha256: and 64 hexadecimal digits, as `sha256sum` prints them")]
pub struct DigestError(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
        }
    }

    /// The digest of a file that holds this.
    ///
    /// # Errors
    /// It cannot be written in its format.
    pub(super) fn of_file(content: &impl Content) -> io::Result<Self> {
        let mut hasher = Hasher(Sha256::new());
        write_whole(content, &mut hasher)?;
        Ok(Self {
            sha256: HEXLOWER.encode(&hasher.0.finalize()),
        })
    }
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Digits as [`Digest::of`] writes them.
fn digits<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    match HEXLOWER.decode(text.as_bytes()) {
        Ok(bytes) if bytes.len() == 32 => Ok(text),
        _ => Err(D::Error::custom(
            "a SHA-256 is 64 hexadecimal digits in lower case",
        )),
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix("sha256:");
        let bytes = digits.and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok());
        match bytes {
            Some(bytes) if bytes.len() == 32 => Ok(Self {
                sha256: HEXLOWER.encode(&bytes),
            }),
            _ => Err(DigestError(text.to_owned())),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.sha256)
    }
}
