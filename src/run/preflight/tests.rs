use super::*;

#[test]
fn a_redirect_is_the_same_call_elsewhere_or_an_answer_of_a_sort() {
    let leads_to = |status, location| {
        let answer = Answer::made_up(status, &[("location", location)], "");
        redirected(&answer, "http://here.invalid/api/me")
    };
    for (location, elsewhere) in [
        ("https://here.invalid/api/me", "https://here.invalid/api/me"),
        ("//there.invalid/x", "http://there.invalid/x"),
        ("/api/me", "http://here.invalid/api/me"),
        ("/api/me/", "http://here.invalid/api/me/"),
    ] {
        assert_eq!(leads_to(302, location).as_deref(), Some(elsewhere));
        assert_eq!(leads_to(200, location), None, "{location}");
    }
    for answered in ["/login", "https://there.invalid/login", "/api/welcome"] {
        assert_eq!(leads_to(302, answered), None, "{answered}");
    }
}

#[test]
fn a_refusal_may_have_any_form_and_success_that_of_json_alone() {
    const PAGE: (&str, &str) = ("content-type", "text/html; charset=UTF-8");
    const TEXT: (&str, &str) = ("content-type", "text/plain");
    let is = |status, headers: &[_], body| foreign(&Answer::made_up(status, headers, body));
    for status in [200, 403] {
        assert_eq!(is(status, &[TEXT], "{}"), None, "{status}");
        assert_eq!(is(status, &[TEXT], ""), None, "{status}");
        let page = format!("{status} with text/html in place of JSON");
        assert_eq!(is(status, &[PAGE], "<p>Oh."), Some(page));
    }
    assert_eq!(is(401, &[TEXT], "no"), None);
    assert_eq!(is(401, &[PAGE], "<p>Oh."), None);
    // Who asks for a name and a password takes no tokens.
    let basic = ("www-authenticate", "Basic realm=\"staging\"");
    assert!(is(401, &[PAGE, basic], "<p>Oh.").is_some());
    assert_eq!(is(401, &[], "no"), None);
    let text = "403 with text/plain in place of JSON".to_owned();
    assert_eq!(is(403, &[TEXT], "no"), Some(text));
    assert_eq!(is(404, &[], "{}"), Some("404 (no content type)".to_owned()));
    assert_eq!(is(404, &[PAGE], "{}"), Some("404 (text/html)".to_owned()));
    // A server that breaks is left to the scenarios.
    assert_eq!(is(500, &[PAGE], "<p>Oh."), None);
}

#[test]
fn a_port_of_https_says_so_to_who_does_not_encrypt() {
    let wants = |body| wants_tls(&Answer::made_up(400, &[], body));
    assert!(wants(
        "<center>The plain HTTP request was sent to HTTPS port</center>"
    ));
    assert!(wants(
        "Reason: You're speaking plain HTTP to an SSL-enabled server port."
    ));
    assert!(!wants("<h1>400 Bad Request</h1>"));
}

#[test]
fn who_asks_for_patience_is_an_api_whatever_it_says() {
    let page = |status, headers: &[_]| foreign(&Answer::made_up(status, headers, "<p>Later."));
    assert_eq!(page(429, &[]), None);
    assert_eq!(page(503, &[("retry-after", "1")]), None);
    assert!(page(503, &[]).is_some_and(|what| what.contains("a gateway")));
}
