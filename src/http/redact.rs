//! Secrets, replaced by value in everything that is kept, whatever encoding they come in.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::encodings::{SHORTEST, basic_credentials};
use super::secret_index::SecretIndex;
use super::secret_kind::SecretKind;
use crate::totp::Authenticator;

/// Of a longer secret the start is replaced, which leaves nothing of use: its forms take many times its length.
const LONGEST: usize = 4 * 1024;

/// What a text ends with that was cut.
const CUT: &str = " bytes more)";

/// Whether more was there than was kept.
pub(crate) fn is_cut(text: &str) -> bool {
    text.ends_with(CUT)
}

/// All secrets of a run, each with a pseudonym such as `<token-3>` that stands in its place, the same all through
/// the run.
#[derive(Default)]
pub struct Secrets {
    known: RwLock<KnownSecrets>,
}

#[derive(Default)]
struct KnownSecrets {
    /// Kind and name of each value, the names in the order of their coming within a kind.
    names: HashMap<String, (SecretKind, String)>,
    counts: HashMap<SecretKind, usize>,
    index: SecretIndex,
    /// Whether what belongs to accounts stays as it is.
    shows_accounts: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// Makes a value known; from now on it is replaced everywhere.
    pub fn add(&self, kind: SecretKind, value: &str) {
        self.add_named(kind, value);
        match kind {
            // A bearer token of the form `id|secret` also gives itself away by its secret part.
            SecretKind::Token => {
                if let Some((_, secret)) = value.split_once('|') {
                    self.add_named(kind, secret);
                }
            }
            // It may come in groups, in lower case, or within a URI.
            SecretKind::TotpSecret => {
                if let Ok(authenticator) = value.parse::<Authenticator>() {
                    self.add_named(kind, &authenticator.secret().to_base32());
                }
            }
            _ => {}
        }
    }

    fn add_named(&self, kind: SecretKind, value: &str) {
        let value = &value[..value.floor_char_boundary(LONGEST)];
        if value.len() >= SHORTEST {
            self.name(kind, value, true);
        }
    }

    /// Gives a value its pseudonym, and looks for it everywhere where that is wanted.
    fn name(&self, kind: SecretKind, value: &str, everywhere: bool) {
        if self.read().names.contains_key(value) {
            return;
        }
        let mut known = self.write();
        if known.names.contains_key(value) {
            return;
        }
        let count = known.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("{}{count}>", kind.prefix());
        known.names.insert(value.to_owned(), (kind, name.clone()));
        if everywhere && !(known.shows_accounts && kind.is_of_account()) {
            known.index.add(kind, value, name);
        }
    }

    /// Leaves passwords, tokens and codes in clear.
    pub fn show_those_of_accounts(&self) {
        let known = &mut *self.write();
        known.shows_accounts = true;
        let of_accounts = known
            .names
            .values()
            .filter(|(kind, _)| kind.is_of_account());
        let names = of_accounts.map(|(_, name)| name.as_str()).collect();
        known.index.forget(&names);
    }

    /// Makes known the value of a header that the user gave, and its parts: `Bearer XYZ`, `session=XYZ`, user and
    /// password of `Basic XYZ`. A short value may be any word: it is replaced only in that header itself.
    pub fn add_header(&self, value: &str) {
        const SHORTEST_VALUE: usize = 6;
        const SHORTEST_PART: usize = 8;
        if value.len() >= SHORTEST_VALUE {
            self.add(SecretKind::Header, value);
        } else {
            self.name(SecretKind::Header, value, false);
        }
        for part in value.split([' ', '=', ';', ',']) {
            if part.len() >= SHORTEST_PART {
                self.add(SecretKind::Header, part);
            }
        }
        if let Some((user, password)) = basic_credentials(value) {
            self.add_credentials(SecretKind::Header, &user, &password);
        }
    }

    /// Makes known a password, and the user with it. A short name of a user may be any word: it is replaced only before
    /// the password.
    pub(super) fn add_credentials(&self, kind: SecretKind, user: &str, password: &str) {
        const SHORTEST_USER: usize = 8;
        if !password.is_empty() {
            self.add(kind, password);
            self.add(kind, &format!("{user}:{password}"));
        }
        if user.len() >= SHORTEST_USER {
            self.add(kind, user);
        }
    }

    /// The value of a header that every call has, redacted: as a whole where the user gave it.
    pub(super) fn redact_header(&self, value: &str) -> String {
        let given = match self.read().names.get(value) {
            Some((SecretKind::Header, name)) => Some(name.clone()),
            _ => None,
        };
        given.unwrap_or_else(|| self.redact(value))
    }

    /// Makes known the parts of a secret that is split over some of these texts.
    pub(super) fn add_split_over(&self, texts: &[&str]) {
        let parts = self.read().index.split_over(texts);
        if !parts.is_empty() {
            self.write().index.add_parts(parts);
        }
    }

    /// Makes known what the members of a body hold by their names.
    pub fn add_from(&self, body: &Value) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    match SecretKind::of_member(name) {
                        Some(kind) => self.add_strings(kind, value),
                        // There the members are named after fields, and hold what is wrong with them.
                        None if name == "errors" => {}
                        None => self.add_from(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_from(item)),
            _ => {}
        }
    }

    fn add_strings(&self, kind: SecretKind, value: &Value) {
        match value {
            // A sentence is no secret, and an e-mail that is tried as a password is none.
            Value::String(text) if text.contains([' ', '@']) => {}
            Value::String(text) => self.add(kind, text),
            Value::Array(items) => items.iter().for_each(|item| self.add_strings(kind, item)),
            Value::Object(_) => self.add_from(value),
            _ => {}
        }
    }

    /// The text with every secret replaced by its pseudonym.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.redact_start(text, usize::MAX)
    }

    /// The same for about the first `most` bytes; a secret that the end cuts in two is replaced as well.
    #[must_use]
    pub fn redact_start(&self, text: &str, most: usize) -> String {
        let (mut redacted, mut left) = self.read().index.redact(text, most);
        // A pseudonym may be longer than its secret.
        let end = redacted.floor_char_boundary(most);
        left += redacted.len() - end;
        redacted.truncate(end);
        redacted.shrink_to_fit();
        if left > 0 {
            redacted.extend(["… (", &left.to_string(), CUT]);
        }
        redacted
    }

    /// The names of the passwords and tokens that stand in `text`, in clear or as their SHA-256.
    pub(crate) fn shown_in(&self, text: &str) -> Vec<String> {
        let (lower, known) = (text.to_ascii_lowercase(), self.read());
        // What the user or a provisioning command brought may be as short and common as `true`.
        let issued = known.names.iter().filter(|(_, (kind, _))| {
            matches!(
                kind,
                SecretKind::Token | SecretKind::TotpToken | SecretKind::Password
            )
        });
        let shown = issued.filter(|(value, _)| {
            let digest = Sha256::digest(value.as_bytes());
            text.contains(value.as_str())
                || lower.contains(&HEXLOWER.encode(&digest))
                || text.contains(BASE64.encode(&digest).trim_end_matches('='))
        });
        let mut names: Vec<String> = shown.map(|(_, (_, name))| name.clone()).collect();
        names.sort();
        names
    }

    fn read(&self) -> RwLockReadGuard<'_, KnownSecrets> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, KnownSecrets> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXUPPER;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    const TOKEN: &str = "17|aB3/dE5+gH7\"jK9<mN1";

    #[test]
    fn a_secret_is_replaced_in_every_encoding() {
        let secrets = Secrets::default();
        secrets.add(SecretKind::Token, TOKEN);
        let basic = |before: &str| BASE64.encode(format!("{before}{TOKEN}:x").as_bytes());
        for text in [
            TOKEN.to_owned(),
            format!("Bearer {TOKEN}"),
            serde_json::to_string(TOKEN).unwrap(),
            utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string(),
            HEXLOWER.encode(TOKEN.as_bytes()),
            HEXUPPER.encode(TOKEN.as_bytes()),
            basic(""),
            basic("u"),
            basic("us"),
            "<p>17|aB3/dE5+gH7&quot;jK9&lt;mN1</p>".to_owned(),
            TOKEN[3..].to_owned(),
        ] {
            let redacted = secrets.redact(&text);
            assert!(redacted.contains("<token-"), "{text} -> {redacted}");
            assert!(!redacted.contains("gH7"), "{text} -> {redacted}");
        }
        assert_eq!(secrets.redact("nothing here"), "nothing here");
    }

    #[test]
    fn the_longest_secret_wins_and_names_are_stable() {
        let secrets = Secrets::default();
        secrets.add(SecretKind::Password, "sunflower");
        secrets.add(SecretKind::Password, "sunflowers-2");
        secrets.add(SecretKind::Password, "sunflower");
        let redacted = secrets.redact("sunflower sunflowers-2");
        assert_eq!(redacted, "<password-1> <password-2>");
    }

    #[test]
    fn a_whole_secret_behind_a_part_of_another_keeps_its_name() {
        let secrets = Secrets::default();
        secrets.add(SecretKind::Token, "17|aB3dE5gH7jK9mN1p");
        let redacted = secrets.redact("7|aB3dE5gH7jK9mN1p, 17|aB3dE5gH7jK, aB3dE5gH");
        assert_eq!(redacted, "7|<token-2>, <token-1-part>, <token-2-part>");
    }

    #[test]
    fn secrets_that_begin_alike_for_long_are_replaced_in_little_time() {
        let secrets = Secrets::default();
        for chunk in ["aB3dE5gH", "aaaaaaaa"] {
            let long = chunk.repeat(500);
            for n in 0..20 {
                secrets.add(SecretKind::Token, &format!("{long}-{n}"));
            }
            let redacted = secrets.redact(&format!("x{}", chunk.repeat(2_000)));
            assert!(redacted.len() <= chunk.len() * 2_001, "{redacted}");
        }
    }

    #[test]
    fn every_one_of_many_secrets_is_found_whole() {
        let secrets = Secrets::default();
        // Each is the beginning of a later one.
        let value = |n: usize| format!("secret-{}", "x".repeat(n));
        for n in 0..100 {
            secrets.add(SecretKind::Password, &value(n));
        }
        for n in 0..100 {
            let name = format!("<password-{}>", n + 1);
            assert_eq!(secrets.redact(&value(n)), name);
        }
    }

    #[test]
    fn members_of_a_body_are_secret_by_their_name() {
        let secrets = Secrets::default();
        let body = serde_json::json!({
            "data": [{ "plainTextToken": "1|abcdef", "name": "cli-session" }],
            "totp_token": "challenge-1",
            "recovery_codes": ["aaaa-bbbb"],
        });
        secrets.add_from(&body);
        let text = secrets.redact("1|abcdef cli-session challenge-1 aaaa-bbbb abcdef");
        assert_eq!(
            text,
            "<token-1> cli-session <totp-token-1> <recovery-code-1> <token-2>"
        );
    }

    #[test]
    fn what_is_said_about_a_field_is_no_secret() {
        let secrets = Secrets::default();
        let body = serde_json::json!({
            "errors": { "password": ["required"] },
            "password": "must have 8 characters",
        });
        secrets.add_from(&body);
        assert_eq!(secrets.redact(&body.to_string()), body.to_string());
    }

    #[test]
    fn a_hash_of_a_secret_shows_it() {
        let secrets = Secrets::default();
        secrets.add(SecretKind::Token, "9|topsecretvalue");
        let hash = HEXLOWER.encode(&Sha256::digest(b"topsecretvalue"));
        assert_eq!(
            secrets.shown_in(&format!("{{\"token\":\"{hash}\"}}")),
            ["<token-2>"]
        );
        assert_eq!(secrets.shown_in("9"), Vec::<String>::new());
        secrets.add_header("true-as-ever");
        assert_eq!(secrets.shown_in("true-as-ever"), Vec::<String>::new());
        assert_eq!(secrets.redact("true-as-ever"), "<header-1>");
    }
}
