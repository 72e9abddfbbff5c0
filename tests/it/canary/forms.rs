//! Secrets in the forms that ordinary servers show: in groups, decoded, cut, in parts.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::header;
use axum::response::Response;
use conform::reference::TotpAccount;
use data_encoding::{BASE32, BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use serde_json::{Value, json};

use crate::canary::encodings::readings;
use crate::canary::hunt::{assert_keeps, assert_keeps_halves, outputs};
use crate::canary::runs::{Canary, HEADER, PROFILES, PROXY_PASSWORD, VARIABLE};
use crate::canary::wire::Answer;
use crate::support::{Conform, Finished, conform};

/// What a server gives away in each of its answers.
type Leak = Arc<Mutex<Vec<String>>>;

/// A server that gives away what is put into the leak later on.
fn leaking_canary() -> (Canary, Leak) {
    let leak = Leak::default();
    let given = Arc::clone(&leak);
    let canary =
        Canary::new(move |answer| Some(with_member(answer, json!(*given.lock().unwrap()))));
    (canary, leak)
}

/// The answer with one more header and one more member that hold `debug`.
fn with_member(answer: &Answer, debug: Value) -> Response {
    let lines = debug.as_array().into_iter().flatten();
    let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
    let line = lines.join(", ").replace(|c: char| !c.is_ascii(), "?");
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        if name != header::CONTENT_LENGTH {
            response = response.header(name, value);
        }
    }
    let body = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(Value::Object(mut members)) => {
            members.insert("debug".to_owned(), debug);
            Body::from(Value::Object(members).to_string())
        }
        _ => Body::from(answer.body.clone()),
    };
    response.header("x-debug", line).body(body).unwrap()
}

/// Runs a command on a server that gives these texts away, and asserts that no output holds one of them.
#[track_caller]
fn assert_hides(run: Conform, leak: &Leak, forms: &[String]) -> Finished {
    leak.lock().unwrap().extend_from_slice(forms);
    let finished = run.run();
    finished.says("x-debug: ");
    for (place, output) in outputs(&finished) {
        for text in readings(&output) {
            for form in forms {
                assert!(!text.contains(form.as_str()), "{form} stands in {place}");
            }
        }
    }
    finished
}

/// Groups of so many characters.
fn grouped(text: &str, size: usize, separator: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(size).map(String::from_iter).collect();
    groups.join(separator)
}

/// The secret behind codes in every way in which an authenticator is set up with it.
fn totp_forms(secret: &str) -> Vec<String> {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let lower = secret.to_lowercase();
    let mut forms = vec![
        secret.to_owned(),
        lower.clone(),
        BASE32.encode(&key),
        format!("otpauth://totp/Pionne:jane?secret={secret}&issuer=Pionne"),
        format!("otpauth://totp/Pionne:jane?secret={lower}&issuer=Pionne"),
        HEXLOWER.encode(&key),
        HEXUPPER.encode(&key),
        BASE64.encode(&key),
        BASE64.encode(&key).trim_end_matches('=').to_owned(),
        BASE64URL_NOPAD.encode(&key),
    ];
    for text in [secret, &lower, &BASE32.encode(&key)] {
        forms.extend([" ", "-", "+"].map(|separator| grouped(text, 4, separator)));
    }
    forms
}

/// The code as people copy it.
fn recovery_forms(code: &str) -> Vec<String> {
    let spelt = [
        code.replace('-', ""),
        code.replace('-', " "),
        code.to_owned(),
    ];
    let both = spelt
        .iter()
        .flat_map(|text| [text.clone(), text.to_uppercase()]);
    both.collect()
}

fn all_forms(account: &TotpAccount) -> Vec<String> {
    let mut forms = totp_forms(&account.totp_secret);
    forms.extend(
        account
            .recovery_codes
            .iter()
            .flat_map(|code| recovery_forms(code)),
    );
    forms.push(account.password.clone());
    forms
}

#[test]
fn the_second_factor_of_an_account_is_shown_in_no_form() {
    let (canary, leak) = leaking_canary();
    let (file, account) = canary.account(0);
    let run = canary.command(&["totp::default-client-type", "-vv"]);
    let command = format!("cat '{}'", file.display());
    let finished = assert_hides(
        run.args(["--provision", &command]),
        &leak,
        &all_forms(&account),
    );
    finished.says("<totp-secret-").says("<recovery-code-");
}

#[test]
fn an_account_that_the_run_does_not_use_is_secret_as_well() {
    let (canary, leak) = leaking_canary();
    let (file, account) = canary.account(0);
    let run = canary.command(&["tokens::refuses-current", "-vv"]);
    let run = run.arg("--totp-account").arg(file);
    assert_hides(run, &leak, &all_forms(&account));
}

#[test]
fn secrets_of_an_account_in_a_file_are_shown_where_that_is_asked_for() {
    let (canary, leak) = leaking_canary();
    let (file, account) = canary.account(0);
    leak.lock().unwrap().push(account.password.clone());
    let arguments = [
        "tokens::refuses-current",
        "-vv",
        "--show-secrets",
        "--base-url",
    ];
    let run = conform(arguments).arg(canary.server.base_url());
    let run = run.arg("--totp-account").arg(file);
    run.run().says(&account.password);
}

#[test]
fn what_a_basic_header_holds_is_shown_decoded_as_little_as_encoded() {
    let (canary, leak) = leaking_canary();
    let credentials = "gate-keeper:0pen-Sesame";
    let proxied = "proxy-bob:j4ck-of-all";
    let run = canary.command(&["tokens::refuses-current", "-vv"]);
    let run = run
        .arg("--header")
        .arg(format!(
            "X-Upstream: Basic {}",
            BASE64.encode(credentials.as_bytes())
        ))
        .arg("--header")
        .arg(format!(
            "X-Second: basic {}",
            BASE64.encode(proxied.as_bytes())
        ));
    let forms = [
        "gate-keeper:0pen-Sesame",
        "0pen-Sesame",
        "gate-keeper",
        proxied,
        "j4ck-of-all",
    ];
    assert_hides(run, &leak, &forms.map(str::to_owned)).says("<header-");
}

#[test]
fn the_start_of_a_header_or_a_setting_is_not_shown() {
    const KEY: &str = "kQ7x-9Zr2Lm4Tp8Wd1";
    const NAMED: &str = "gateway-of-the-company";
    let (canary, leak) = leaking_canary();
    let run = canary
        .command(&["tokens::refuses-current", "-vv"])
        .args(["--header", &format!("X-First: {KEY}")])
        .args(["--header", &format!("X-Named: {NAMED}")]);
    let marks = ["…", "...", "***", "****", "••••"];
    let mut forms = Vec::new();
    for secret in [KEY, NAMED, VARIABLE, HEADER] {
        for length in [8, 11, secret.len() - 1] {
            forms.extend(marks.map(|mark| format!("{}{mark}", &secret[..length])));
        }
    }
    // What is chance alone needs no mark behind it.
    forms.extend([8, 9, 12].map(|length| KEY[..length].to_owned()));
    forms.extend([VARIABLE, HEADER].map(|secret| secret[..8].to_owned()));
    assert_hides(run, &leak, &forms)
        .says("-part>…")
        .says("-part>***");
}

#[test]
fn a_secret_in_parts_over_one_body_or_two_answers_is_shown_in_none() {
    let canary = Canary::new(|answer| {
        let secret = answer.bearer.as_deref()?.strip_prefix("Bearer ")?;
        let (first, second) = secret.split_at(secret.len() / 2);
        let parts = match &answer.path[..] {
            "/api/auth/me" => json!({ "token_start": first, "token_end": second }),
            "/api/auth/tokens" => json!({ "kept": first }),
            _ => json!({ "rest": second }),
        };
        Some(with_member(answer, parts))
    });
    let run = canary.command(&["tokens::", "-vv"]);
    let finished = run.run();
    finished.says("token_start").says("-part>\"");
    let (wire, outputs) = (canary.wire.lock().unwrap(), outputs(&finished));
    assert_keeps(&outputs, &wire);
    let tokens = wire.secrets.iter().filter(|secret| secret.contains('|'));
    for token in tokens.filter(|token| token.as_str() != PROXY_PASSWORD) {
        assert_keeps_halves(&outputs, token);
    }
}

#[test]
fn words_in_a_secret_stay_where_they_are_no_secret() {
    let canary = Canary::new(|_| None);
    let profiles = ["--profile", PROFILES, "-vv"];
    let run = canary
        .command(&profiles)
        .args(canary.provision())
        .args(["--header", "X-Kind: application/vnd.gateway.v1+json"])
        .args(["--header", "X-Origin: x7Q-example.com-9Kp-localhost-2Fz"]);
    let finished = run.run().expect(0);
    finished
        .says("content-type: application/json")
        .says("@example.com");
    for (place, output) in outputs(&finished) {
        let at = output.find("-part>");
        assert!(
            at.is_none(),
            "a part stands in {place}: {}",
            &output[at.unwrap_or(0).saturating_sub(200)..][..300]
        );
    }
}
