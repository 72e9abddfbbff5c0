//! `-v`, `-vv` and `--show-secrets`: what they show, and to whom.

use crate::support::{Finished, conform, reference};

fn run(flags: &[&str]) -> Finished {
    let server = reference();
    let run = conform(["tokens::refuses-current", "--base-url", server.base_url()]);
    run.args(flags).run().expect(0)
}

#[test]
fn v_shows_a_line_for_each_exchange_on_standard_error() {
    let (quiet, lines) = (run(&[]), run(&["-v"]));
    let calls = |finished: &Finished| {
        let lines = finished.stderr.lines();
        let calls = lines.filter(|line| line.starts_with("  ") && line.ends_with(" ms)"));
        calls.map(str::to_owned).collect::<Vec<String>>()
    };
    assert!(calls(&quiet).is_empty(), "{}", quiet.stderr);
    let shown = calls(&lines);
    let kept = lines.report()["scenarios"][0]["steps"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(shown.len(), kept.len());
    for (line, step) in shown.iter().zip(&kept) {
        let (request, response) = (&step["exchange"]["request"], &step["exchange"]["response"]);
        let (method, url) = (request["method"].as_str(), request["url"].as_str());
        let call = format!("  {} {}: ", method.unwrap(), url.unwrap());
        let call = format!("{call}{} (", response["status"]);
        assert!(
            line.starts_with(&call),
            "`{line}` does not begin with `{call}`"
        );
    }
    lines.never_says("authorization:");
    assert!(!lines.stdout.contains("/api/auth/me"), "{}", lines.stdout);
}

#[test]
fn vv_shows_headers_and_bodies_with_pseudonyms() {
    let finished = run(&["-vv"]);
    for words in [
        "  > authorization: Bearer <token-",
        "\"password\":\"<password-1>\"",
        "  <   \"token\": \"<token-1>\"\n",
        "  < cache-control: no-store\n",
    ] {
        assert!(
            finished.stderr.contains(words),
            "`{words}` is not in:\n{}",
            finished.stderr
        );
    }
}

#[test]
fn secrets_of_accounts_are_shown_where_that_is_asked_for_and_those_of_the_user_never() {
    let finished = run(&["-vv", "--show-secrets", "--header", "X-Key: kQ7-gateway"]);
    finished
        .says("warning: passwords, tokens and codes of this run stand in clear here and in ")
        .says("  > x-key: <header-1>\n")
        .never_says("kQ7-gateway")
        .never_says("<token-")
        .never_says("<password-");
    let report = finished.report();
    let request = &report["scenarios"][0]["steps"][0]["exchange"]["request"];
    let body: serde_json::Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    let password = body["password"].as_str().unwrap();
    assert!(password.len() > 10, "{password}");
    finished.says(&format!("\"password\":{}", body["password"]));
}

#[test]
fn secrets_are_shown_for_a_server_on_this_machine_only() {
    for address in ["https://staging.example.com", "http://192.0.2.1"] {
        let finished = conform(["--show-secrets", "--base-url", address]).run();
        finished
            .expect_refusal()
            .says("--show-secrets is for a server on this machine")
            .says(address);
    }
}
