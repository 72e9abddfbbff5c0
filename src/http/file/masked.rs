//! A target file that cannot be read, without what may be a secret in it.

use crate::diagnostic::nearest;

/// Keys whose values are secrets.
const SECRET: [&str; 2] = ["headers", "proxy"];

/// The text with a star for each byte of what stands under these keys, so that excerpts keep their places.
pub(super) fn masked(text: &str) -> String {
    masked_under(text, |key| nearest(key, SECRET).is_some())
}

/// The same under keys that look like mistyped ones of these.
pub(super) fn masked_if_mistyped(text: &str) -> String {
    masked_under(text, |key| {
        !SECRET.contains(&key) && nearest(key, SECRET).is_some()
    })
}

fn masked_under(text: &str, is_secret: impl Fn(&str) -> bool) -> String {
    let mut hides = false;
    let lines = text.split_inclusive('\n').map(|line| {
        // A key that is not indented ends what stands under the one before.
        let is_key = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\''));
        hides &= !is_key;
        let from = match end_of_key(line, &is_secret) {
            _ if hides => line.find(':').map_or(0, |colon| colon + 1),
            Some(end) => end,
            None => return line.to_owned(),
        };
        hides = true;
        let (kept, hidden) = line.split_at(from);
        let stars = hidden.bytes().map(|byte| match byte {
            b'\n' | b'\r' | b' ' => char::from(byte),
            _ => '*',
        });
        kept.chars().chain(stars).collect()
    });
    lines.collect()
}

/// Where the first of these keys ends in a line.
fn end_of_key(line: &str, is_one: impl Fn(&str) -> bool) -> Option<usize> {
    let mut keys = line.match_indices(':').map(|(colon, _)| {
        let before = line[..colon].trim_end_matches([' ', '"', '\'']);
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let key = before.rsplit(|c| !is_word(c)).next().unwrap_or_default();
        (key, colon + 1)
    });
    let found = keys.find(|(key, _)| is_one(&key.to_lowercase()));
    found.map(|(_, end)| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_a_secret_key_is_hidden_and_nothing_else() {
        for (text, shown) in [
            (
                "base_url: x\nheaders:\n  A: \"b c\n  d\ntimeout: 5s\n",
                "base_url: x\nheaders:\n  A: ** *\n  *\ntimeout: 5s\n",
            ),
            ("headres: { A: b }\n", "headres: * ** * *\n"),
            ("Proxies: a\n", "Proxies: *\n"),
            (
                "proxy: a:b\r\nproduction: []",
                "proxy: ***\r\nproduction: []",
            ),
            (
                "{ timeout: 5s, headers: { A: b }, p: c",
                "{ timeout: 5s, headers: * ** * ** ** *",
            ),
            (
                "\"headers\": { A: ü }\n'x': y",
                "\"headers\": * ** ** *\n'x': y",
            ),
        ] {
            assert_eq!(
                masked(text).replace("***", "**"),
                shown.replace("***", "**")
            );
        }
    }
}
