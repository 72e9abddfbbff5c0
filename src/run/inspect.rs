//! What a body gives away, and how much chance a token has room for.

use std::sync::LazyLock;

use regex::Regex;

/// What only somebody inside the server should see, and the pattern that shows it.
static INTERNALS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let patterns = [
        (
            "a stack trace",
            r#""trace"\s*:\s*\[|(?i:stack ?trace\b)|Traceback \(most recent call last\)|#\d+ /|\n\s+at \S+ ?\("#,
        ),
        (
            "SQL",
            r"SQLSTATE\[|(?i:\b(select|delete)\b.{1,200}\bfrom\b.{1,200}\bwhere\b.{1,60}(?:=|<|>|\b(?:in|is|like)\b\s*[(\x27\x22n?])|\binsert into\b.{1,200}\bvalues\b|\bupdate\b.{1,200}\bset\b.{1,200}=)",
        ),
        (
            "the path of a file",
            r"(?:^|[^\w/.:-])(?:/[\w.@-]+){2,}\.(?:php|rs|py|rb|js|ts|go|java)\b|\b[A-Z]:\\{1,2}\w|\bvendor\\?/\w",
        ),
    ];
    patterns
        .into_iter()
        .filter_map(|(name, pattern)| Some((name, Regex::new(pattern).ok()?)))
        .collect()
});

/// What `body` shows of the server's inside.
pub(super) fn internals(body: &str) -> Option<&'static str> {
    // JSON may escape a slash.
    let body = body.replace("\\/", "/");
    let shown = INTERNALS
        .iter()
        .find(|(_, pattern)| pattern.is_match(&body));
    shown.map(|(name, _)| *name)
}

/// The bits of chance that the secret of a token has room for: its length times what each of its letters and
/// digits can tell.
#[expect(clippy::cast_precision_loss, reason = "a token is short")]
pub(super) fn entropy_bits(token: &str) -> f64 {
    // What stands before a bar is the id of the token, and known to who may list it.
    let secret = token.rsplit('|').next().unwrap_or_default();
    let characters: Vec<char> = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let any = |wanted: fn(&char) -> bool| characters.iter().any(wanted);
    let is_hexadecimal = characters.iter().all(char::is_ascii_hexdigit)
        && !(any(char::is_ascii_uppercase) && any(char::is_ascii_lowercase));
    let alphabet = if any(char::is_ascii_alphabetic) && is_hexadecimal {
        16.0
    } else {
        let class = |present: bool, size: f64| if present { size } else { 0.0 };
        class(any(char::is_ascii_digit), 10.0)
            + class(any(char::is_ascii_lowercase), 26.0)
            + class(any(char::is_ascii_uppercase), 26.0)
    };
    if alphabet == 0.0 {
        return 0.0;
    }
    characters.len() as f64 * alphabet.log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_inside_is_found() {
        for (body, what) in [
            (r#"{"trace":[{"file":"x"}]}"#, "a stack trace"),
            (
                r#"{"message":"SQLSTATE[23000]: Integrity constraint"}"#,
                "SQL",
            ),
            (r#"{"e":"select * from users where email = ?"}"#, "SQL"),
            (
                r#"{"file":"\/var\/www\/app\/User.php"}"#,
                "the path of a file",
            ),
            (
                "thread panicked at /srv/api/src/main.rs:7",
                "the path of a file",
            ),
            ("boom\n    at login (index.js:3)", "a stack trace"),
        ] {
            assert_eq!(internals(body), Some(what), "{body}");
        }
    }

    #[test]
    fn an_ordinary_error_shows_nothing() {
        for body in [
            r#"{"message":"Unauthenticated."}"#,
            r#"{"message":"No query results for model [App\\Models\\Token] 5"}"#,
            r#"{"type":"https://api.example/errors/validation","title":"Select a name from the list"}"#,
            r#"{"message":"The password field must be at least 8 characters.","errors":{"password":["x"]}}"#,
            "<!DOCTYPE html><title>Not Found</title>",
            r#"{"message":"Select an entry from the list where you live."}"#,
            r#"{"message":"See https:\/\/api.example\/index.php\/help and www.example.com/a/b.php"}"#,
        ] {
            assert_eq!(internals(body), None, "{body}");
        }
    }

    #[test]
    fn length_and_alphabet_make_the_bits() {
        let bits = |token: &str| format!("{:.0}", entropy_bits(token));
        assert_eq!(bits("7|0123456789abcdef0123456789abcdef"), "128");
        assert_eq!(bits("550e8400-e29b-41d4-a716-446655440000"), "128");
        assert_eq!(bits("123456"), "20");
        // Ten characters of 26, 36, 52 and 62.
        assert_eq!(bits("xyzxyzxyzx"), "47");
        assert_eq!(bits("XYZ1XYZ1XY"), "52");
        assert_eq!(bits("xyZXyzXYzx"), "57");
        assert_eq!(bits("deadBEEF00"), "60");
        assert!(entropy_bits("12|oXKxyf3TTmKcWrIYb5ldOHmgQ5sxe9HvTr0zGxkY") > 200.0);
        assert!(entropy_bits("1234567890123456789012345678|abcdef") < 30.0);
        assert_eq!(bits(""), "0");
    }
}
