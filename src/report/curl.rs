//! The line that makes a call again in a shell, with variables in the place of secrets: `$TOKEN_3` for `<token-3>`.

use std::sync::LazyLock;

use regex::Regex;

use crate::http::{Exchange, SecretKind};

#[expect(
    clippy::unwrap_used,
    reason = "the pattern is made of constants, and a test uses it"
)]
static PSEUDONYM: LazyLock<Regex> = LazyLock::new(|| {
    let words = SecretKind::ALL.map(SecretKind::word).join("|");
    Regex::new(&format!(r"<((?:{words})-\d+)>")).unwrap()
});

/// A `curl` line for the request of an exchange, ready to paste once the variables are set.
#[must_use]
pub fn curl_line(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut line = format!("curl -i -X {} {}", request.method, quoted(&request.url));
    for header in request
        .headers
        .iter()
        .filter(|header| header.name != "user-agent")
    {
        line.push_str(" -H ");
        line.push_str(&quoted(&format!("{}: {}", header.name, header.value)));
    }
    if let Some(body) = &request.body {
        line.push_str(" --data-raw ");
        line.push_str(&quoted(body));
    }
    line
}

/// Quotes text for a POSIX shell; only variables in the place of pseudonyms are left to be expanded.
fn quoted(text: &str) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut quoted = String::new();
    let mut from = 0;
    for pseudonym in PSEUDONYM.captures_iter(text) {
        let (whole, [name]) = pseudonym.extract();
        let variable = name.replace('-', "_").to_ascii_uppercase();
        let start = pseudonym.get_match().start();
        if from < start {
            quoted.push_str(&literal(&text[from..start]));
        }
        quoted.extend(["\"$", &variable, "\""]);
        from = start + whole.len();
    }
    if from < text.len() || text.is_empty() {
        quoted.push_str(&literal(&text[from..]));
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let text = r#"{"a":"it's $HOME `id` <password-1>","b":"$HOME <totp-secret-2> <token>"}"#;
        let output = std::process::Command::new("sh")
            .env("PASSWORD_1", "p w")
            .env("TOTP_SECRET_2", "1|'x\"")
            .args(["-c", &format!("printf %s {}", quoted(text))])
            .output()
            .unwrap();
        let expected = r#"{"a":"it's $HOME `id` p w","b":"$HOME 1|'x" <token>"}"#;
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }

    #[test]
    fn nothing_is_quoted_as_nothing() {
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("<token-1>"), "\"$TOKEN_1\"");
    }
}
