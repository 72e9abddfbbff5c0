//! Time-based one-time passwords (RFC 6238): a [`Secret`] with the parameters that authenticator apps take for
//! granted (SHA-1, six digits, steps of thirty seconds), or an [`Authenticator`] with others.
//!
//! A code is a function of a secret and a *step*, never of the clock: whoever leases codes or
//! checks them decides which step is meant, and a test needs no time to pass.

mod authenticator;

use std::fmt;

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use rand::Rng;

pub use authenticator::{Authenticator, AuthenticatorError};

/// Length of one step in seconds.
pub const PERIOD_SECONDS: u64 = 30;

/// Bytes of a generated secret: the output size of SHA-1, as RFC 4226 recommends.
const GENERATED_BYTES: usize = 20;

/// The step that a moment, in seconds since 1970-01-01T00:00:00Z, lies in. Moments before that are
/// in step 0.
#[must_use]
pub fn step_at(unix_seconds: i64) -> u64 {
    u64::try_from(unix_seconds).unwrap_or(0) / PERIOD_SECONDS
}

/// The key that an account and its authenticator share. Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Why a text or some bytes are no [`Secret`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The text has a character outside the Base32 alphabet, or a length that no encoding has.
    #[error(
        "the TOTP secret is not Base32: use the letters A to Z and the digits 2 to 7, as \
         the authenticator shows it"
    )]
    NotBase32,
    /// There is nothing left after spaces and padding.
    #[error(
        "the TOTP secret is empty: give the Base32 text that the authenticator was set up with"
    )]
    Empty,
}

impl Secret {
    /// Reads a secret as people pass it around: in either letter case, in groups parted by spaces
    /// or hyphens, with or without `=` at the end.
    ///
    /// # Errors
    /// [`SecretError`] when nothing is left to decode, or what is left is not Base32.
    pub fn from_base32(text: &str) -> Result<Self, SecretError> {
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '='))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let bytes = lenient_base32()
            .and_then(|encoding| encoding.decode(digits.as_bytes()).ok())
            .ok_or(SecretError::NotBase32)?;
        Self::from_bytes(bytes)
    }

    /// Takes the raw key.
    ///
    /// # Errors
    /// [`SecretError::Empty`] when there are no bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(SecretError::Empty);
        }
        Ok(Self(bytes))
    }

    /// A new secret of 160 random bits.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = vec![0; GENERATED_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The secret as authenticators show it: upper-case Base32 without padding.
    #[must_use]
    pub fn to_base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The raw key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The six digits for one step.
    #[must_use]
    pub fn code(&self, step: u64) -> String {
        Authenticator::from(self.clone()).code(step)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

/// Some services cut a secret at a length whose last character carries bits that no byte needs;
/// authenticators ignore them, so we do too.
fn lenient_base32() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc_secret() -> Secret {
        Secret::from_bytes(*b"12345678901234567890").unwrap()
    }

    #[test]
    fn a_code_keeps_its_leading_zeros() {
        assert_eq!(rfc_secret().code(step_at(1_111_111_109)), "081804");
        let short = (0..2000)
            .map(|step| rfc_secret().code(step))
            .find(|code| code.len() != 6);
        assert_eq!(short, None);
    }

    #[test]
    fn a_step_lasts_thirty_seconds() {
        assert_eq!([0, 29, 30, 59, 60].map(step_at), [0, 0, 1, 1, 2]);
        assert_eq!(step_at(-1), 0);
    }

    #[test]
    fn base32_is_read_as_people_write_it() {
        let expected = rfc_secret();
        for text in [
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            " GEZDGNBV-GY3TQOJQ-gezdgnbv-gy3tqojq== ",
        ] {
            assert_eq!(Secret::from_base32(text), Ok(expected.clone()), "{text}");
        }
        assert_eq!(expected.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn bits_that_fill_no_byte_are_ignored() {
        assert_eq!(Secret::from_base32("MF").unwrap().as_bytes(), b"a");
        assert_eq!(Secret::from_base32("ME").unwrap().as_bytes(), b"a");
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        assert_eq!(Secret::from_base32("GEZ1"), Err(SecretError::NotBase32));
        assert_eq!(Secret::from_base32("é"), Err(SecretError::NotBase32));
        assert_eq!(Secret::from_base32("A"), Err(SecretError::NotBase32));
        assert_eq!(Secret::from_base32(" == "), Err(SecretError::Empty));
    }

    #[test]
    fn random_secrets_differ_and_survive_base32() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one, other);
        assert_eq!(Secret::from_base32(&one.to_base32()), Ok(one));
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        assert_eq!(format!("{:?}", rfc_secret()), "Secret(redacted)");
    }
}
