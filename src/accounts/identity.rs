//! Fresh identities: unique over all runs, with passwords that no breach list holds.

use std::sync::atomic::{AtomicU32, Ordering};

use rand::RngExt;
use schemars::JsonSchema;
use serde::Deserialize;

const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
const SYMBOLS: &[u8] = b"-_+=.:";
const PASSWORD_LENGTH: usize = 20;

/// E-mail, password and name of one account.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Identity {
    /// In lower case, below the domain of the run.
    pub email: String,
    /// Random; its first seven characters already hold every class of characters.
    pub password: String,
    /// Two words, different for every account.
    pub name: String,
}

opaque_debug!(Identity: email);

/// Makes up identities.
#[derive(Debug)]
pub struct Identities {
    run: String,
    domain: String,
    count: AtomicU32,
}

impl Identities {
    /// Identities below `domain`, told apart from those of other runs by a random part.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self {
            run: text_of(&[LOWER, DIGITS], 8),
            domain: domain.to_ascii_lowercase(),
            count: AtomicU32::new(0),
        }
    }

    /// The next identity.
    pub fn next(&self) -> Identity {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let mut password = text_of(&[LOWER], 1);
        for class in [UPPER, DIGITS, SYMBOLS] {
            password.push_str(&text_of(&[class], 1));
        }
        // What is rewritten for a page before it is kept shows.
        password.push('&');
        let rest = PASSWORD_LENGTH - password.len() - 1;
        password.push_str(&text_of(&[LOWER, UPPER, DIGITS, SYMBOLS], rest));
        // Near misses change the last character or its case: let it be a letter.
        password.push_str(&text_of(&[LOWER], 1));
        Identity {
            email: format!("conform-{}-{number}@{}", self.run, self.domain),
            password,
            // Plain and short, so that every server takes it.
            name: format!("Conform {}{}", text_of(&[UPPER], 1), text_of(&[LOWER], 6)),
        }
    }
}

/// `length` random characters of the given classes.
fn text_of(classes: &[&[u8]], length: usize) -> String {
    let all = classes.concat();
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(all[rng.random_range(0..all.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_differ_and_passwords_are_strong_from_the_start() {
        let identities = Identities::new("Mail.Example");
        let all: Vec<Identity> = (0..50).map(|_| identities.next()).collect();
        for (index, identity) in all.iter().enumerate() {
            assert!(
                identity.email.ends_with("@mail.example"),
                "{}",
                identity.email
            );
            assert!(
                all[..index]
                    .iter()
                    .all(|other| other.email != identity.email)
            );
            assert!(all[..index].iter().all(|other| other.name != identity.name));
            assert_eq!(identity.password.len(), PASSWORD_LENGTH);
            for class in [LOWER, UPPER, DIGITS, SYMBOLS] {
                let start = &identity.password.as_bytes()[..7];
                assert!(start.iter().any(|byte| class.contains(byte)));
            }
        }
        assert_ne!(
            Identities::new("a.b").next().email,
            Identities::new("a.b").next().email
        );
    }
}
