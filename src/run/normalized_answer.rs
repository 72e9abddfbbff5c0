//! Whether two answers say the same, whatever the two calls said themselves.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use regex::Regex;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::http::Answer;

/// Of a longer body only the digest is kept, as one is kept for each step that others refer to.
const LARGE: usize = 16 * 1024;

/// What a server said, without what it only repeats and without numbers and ids.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NormalizedAnswer {
    /// The status.
    pub(super) status: u16,
    /// The body.
    pub(super) body: Value,
}

impl NormalizedAnswer {
    /// What `answer` says to a call that said `words`.
    pub(super) fn by(answer: &Answer, words: &[String]) -> Self {
        let mut body = answer
            .json
            .clone()
            .unwrap_or_else(|| Value::String(answer.text().into_owned()));
        generalise(&mut body, words);
        if answer.body.len() > LARGE {
            let digest = Sha256::digest(body.to_string());
            body = Value::String(HEXLOWER.encode(&digest));
        }
        Self {
            status: answer.status,
            body,
        }
    }
}

fn generalise(value: &mut Value, words: &[String]) {
    match value {
        Value::String(text) => {
            // A short word would be found where it is not meant.
            for word in words.iter().filter(|word| word.len() > 3) {
                *text = text.replace(word.as_str(), "…");
            }
            *text = ID.replace_all(text, "…").into_owned();
        }
        Value::Number(_) => *value = Value::Null,
        Value::Array(items) => items.iter_mut().for_each(|item| generalise(item, words)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| generalise(member, words)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Words with a digit are instants, ids of requests or of tokens: no two answers have them alike. A full stop ends a
/// sentence, and is no part of the id before it.
#[expect(
    clippy::unwrap_used,
    reason = "the pattern is a constant, and a test uses it"
)]
static ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[-A-Za-z0-9_:.+]*[0-9](?:[-A-Za-z0-9_:.+]*[-A-Za-z0-9_+])?").unwrap()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str, words: &[&str]) -> NormalizedAnswer {
        let answer = Answer::made_up(status, &[], body);
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        NormalizedAnswer::by(&answer, &words)
    }

    #[test]
    fn what_a_call_said_and_what_is_new_in_each_answer_makes_no_difference() {
        let one = r#"{"message":"No such e-mail: a@b.example","id":7,"at":"2026-01-01T10:00:00Z"}"#;
        let other =
            r#"{"message":"No such e-mail: c@d.example","id":9,"at":"2026-01-01T10:00:01Z"}"#;
        assert_eq!(
            said(401, one, &["a@b.example"]),
            said(401, other, &["c@d.example"])
        );
    }

    #[test]
    fn an_id_that_is_repeated_makes_no_difference_short_or_long() {
        let body = |id: &str| format!(r#"{{"message":"No session {id}."}}"#);
        let long = said(404, &body("2147483647"), &["2147483647"]);
        assert_eq!(said(404, &body("29"), &["29"]), long);
    }

    #[test]
    fn another_status_text_or_member_is_a_difference() {
        let body = r#"{"message":"Invalid credentials."}"#;
        assert_ne!(said(401, body, &[]), said(404, body, &[]));
        assert_ne!(
            said(401, body, &[]),
            said(401, r#"{"message":"Unknown e-mail."}"#, &[])
        );
        assert_ne!(
            said(401, body, &[]),
            said(401, r#"{"message":"Invalid credentials.","tries":2}"#, &[])
        );
        assert_ne!(said(401, "wrong password", &[]), said(401, "unknown", &[]));
    }

    #[test]
    fn a_short_word_of_the_call_is_left_where_it_stands() {
        assert_ne!(
            said(400, "a bad word", &["bad"]),
            said(400, "a sad word", &["sad"])
        );
        assert_eq!(
            said(400, "a good word", &["good"]),
            said(400, "a fine word", &["fine"])
        );
    }

    #[test]
    fn of_a_large_body_only_the_digest_is_kept() {
        let (limit, kept) = (16 * 1024, |size: usize| {
            said(200, &"x".repeat(size), &[]).body
        });
        assert_eq!(kept(limit), Value::String("x".repeat(limit)));
        assert_eq!(kept(limit + 1).as_str().map(str::len), Some(64));
        assert_ne!(kept(limit + 1), kept(limit + 2));
    }
}
