//! Random texts, and the digests under which they are kept. Whoever reads the database finds
//! nothing to log in with.

use data_encoding::HEXLOWER;
use rand::RngExt;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::behaviour::TokenSecret;

const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";
const LOWER_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Without what people mistake for something else when they copy it from paper.
const READABLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// What opens the text of a challenge.
const CHALLENGE_PREFIX: &str = "pionne_totp_";

/// The SHA-256 of a secret. Secrets of this module are long and random, so a fast hash without salt
/// protects them.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecretDigest([u8; 32]);

impl SecretDigest {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// For recovery codes: bound to the account, so that equal codes of two accounts do not look
    /// alike, and to the letters of the code alone, since people copy them with other cases and
    /// hyphens.
    pub(super) fn of_recovery_code(account_id: i64, code: &str) -> Self {
        let letters: String = code
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .flat_map(char::to_lowercase)
            .collect();
        Self::of(&format!("{account_id}:{letters}"))
    }

    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Compares without telling by the time taken how much of it agrees.
    pub(super) fn matches(&self, stored: &[u8; 32]) -> bool {
        self.0.ct_eq(stored).into()
    }
}

/// The two parts of a token as the caller sends it: `id|secret`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenText<'a> {
    pub(super) id: i64,
    pub(super) secret: &'a str,
}

impl<'a> TokenText<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (id, secret) = text.split_once('|')?;
        Some(Self {
            id: parse_id(id)?,
            secret,
        })
    }
}

/// Reads an id only in the one form in which it is written, so that `+7`, `07` and `7` are not
/// three names of one token.
pub(super) fn parse_id(text: &str) -> Option<i64> {
    text.parse()
        .ok()
        .filter(|id: &i64| *id > 0 && id.to_string() == text)
}

/// The secret part of a token.
pub(super) fn token_secret(rule: TokenSecret, account: i64, name: &str, now: i64) -> String {
    match rule {
        TokenSecret::Random(chars) => random(LETTERS_AND_DIGITS, chars),
        TokenSecret::RandomDigits(chars) => random(DIGITS, chars),
        TokenSecret::OfAccountAndName => {
            HEXLOWER.encode(&SecretDigest::of(&format!("{account}/{name}")).0)
        }
        TokenSecret::OfTime => HEXLOWER.encode(&now.to_be_bytes()),
    }
}

pub(super) fn challenge() -> String {
    format!("{CHALLENGE_PREFIX}{}", random(LETTERS_AND_DIGITS, 40))
}

pub(super) fn user_id() -> String {
    format!("usr_{}", random(LOWER_AND_DIGITS, 16))
}

pub(super) fn mailbox() -> String {
    format!("conform-{}", random(LOWER_AND_DIGITS, 16))
}

/// A password that passes the usual rules about kinds of characters and is in no list of known
/// ones.
pub(super) fn password() -> String {
    format!("{}-aA7!", random(LETTERS_AND_DIGITS, 24))
}

/// Looks like `abcde-fghjk`: 49 bits.
pub(super) fn recovery_code() -> String {
    format!("{}-{}", random(READABLE, 5), random(READABLE, 5))
}

fn random(alphabet: &[u8], chars: usize) -> String {
    let mut rng = rand::rng();
    (0..chars)
        .map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_an_id_in_canonical_form_and_a_secret() {
        assert_eq!(
            TokenText::parse("7|abc|d"),
            Some(TokenText {
                id: 7,
                secret: "abc|d"
            })
        );
        for text in [
            "abc",
            "|abc",
            "x|abc",
            "+7|abc",
            "07|abc",
            "-7|abc",
            "0|abc",
            "7 |abc",
            "99999999999999999999|a",
        ] {
            assert_eq!(TokenText::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_recovery_code_is_the_same_in_other_cases_and_without_its_hyphen() {
        let digest = SecretDigest::of_recovery_code(1, "abcde-fghjk");
        for same in ["ABCDE-FGHJK", "abcdefghjk", " abcde fghjk "] {
            assert!(
                SecretDigest::of_recovery_code(1, same).matches(&digest.bytes()),
                "{same}"
            );
        }
        assert!(!SecretDigest::of_recovery_code(2, "abcde-fghjk").matches(&digest.bytes()));
        assert!(!SecretDigest::of_recovery_code(1, "abcde-fghjm").matches(&digest.bytes()));
    }

    #[test]
    fn generated_texts_have_their_form() {
        let code = recovery_code();
        assert_eq!((code.len(), code.find('-')), (11, Some(5)));
        let secret = token_secret(TokenSecret::Random(40), 1, "web", 0);
        assert_eq!(secret.len(), 40);
        assert!(challenge().starts_with("pionne_totp_") && user_id().starts_with("usr_"));
        let (one, other) = (password(), password());
        assert!(one.len() >= 24 && one != other, "{one} {other}");
    }
}
