//! The line that makes a call again in a shell, with variables in the place of secrets.

use std::sync::LazyLock;

use regex::Regex;

use crate::target::Exchange;

#[expect(
    clippy::unwrap_used,
    reason = "the pattern is a constant, and a test uses it"
)]
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\$(?:PASSWORD|TOKEN|TOTP_TOKEN|TOTP_SECRET|TOTP_CODE|RECOVERY_CODE|HEADER)_\d+")
        .unwrap()
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

/// Quotes text for a POSIX shell; only the names of secrets are left to be expanded.
fn quoted(text: &str) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut quoted = String::new();
    let mut from = 0;
    for variable in VARIABLE.find_iter(text) {
        if from < variable.start() {
            quoted.push_str(&literal(&text[from..variable.start()]));
        }
        quoted.extend(["\"", variable.as_str(), "\""]);
        from = variable.end();
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
        let text = r#"{"a":"it's $HOME `id` $PASSWORD_1","b":"$TOKEN_2"}"#;
        let output = std::process::Command::new("sh")
            .env("PASSWORD_1", "p w")
            .env("TOKEN_2", "1|'x\"")
            .args(["-c", &format!("printf %s {}", quoted(text))])
            .output()
            .unwrap();
        let expected = r#"{"a":"it's $HOME `id` p w","b":"1|'x""}"#;
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }

    #[test]
    fn nothing_is_quoted_as_nothing() {
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$TOKEN_1"), "\"$TOKEN_1\"");
    }
}
