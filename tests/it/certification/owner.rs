//! Whoever holds the key signs what they like: a bundle holds what the program makes of its two runs all the same, and
//! nothing else.

use std::fs;

use conform::report::RUN_FILES;
use serde_json::{Value, json};

use crate::certification::support::{BRIEF, BROKEN, GOOD, STATEMENT, Signed};

/// Asserts that the bundle is refused, and that this is among the reasons.
#[track_caller]
fn assert_wrong(signed: &Signed, told: &str) {
    let verification = signed.verify();
    assert!(!verification.is_good(), "{told}");
    let wrong: Vec<String> = verification.wrong.iter().map(ToString::to_string).collect();
    assert!(
        wrong.iter().any(|wrong| wrong.contains(told)),
        "`{told}` is not in {wrong:?}"
    );
}

#[test]
fn what_is_signed_as_it_is_stays_genuine() {
    let signed = GOOD.bundle();
    signed.sign_anew();
    assert_eq!(signed.wrong(), Vec::<String>::new());
    assert!(signed.verify().is_good());
}

#[test]
fn every_file_is_what_the_program_makes_of_the_reports() {
    let signed = BRIEF.bundle();
    assert!(signed.verify().is_good());
    let runs = ["", "repeat/"].map(|run| RUN_FILES.map(|name| format!("{run}{name}")));
    let others = ["badge.svg", "badge.json", "certificate.json"].map(str::to_owned);
    for name in runs.concat().into_iter().chain(others) {
        let good = fs::read_to_string(signed.path(&name)).unwrap();
        // White space at the end changes nothing for a reader of whatever format.
        signed.forge(&name, |text| text + "\n");
        assert_wrong(&signed, &format!("{name} is not what conform makes"));
        fs::write(signed.path(&name), good).unwrap();
    }
    signed.sign_anew();
    signed.forge("badge.svg", |text| {
        text.replace("</svg>", "<script>alert(1)</script></svg>")
    });
    assert_wrong(&signed, "badge.svg is not what conform makes");
}

#[test]
fn a_file_that_is_neither_there_nor_signed_is_missing() {
    let signed = BRIEF.bundle();
    for name in signed.files().iter().filter(|name| *name != STATEMENT) {
        let good = fs::read(signed.path(name)).unwrap();
        fs::remove_file(signed.path(name)).unwrap();
        signed.sign_anew();
        assert_wrong(&signed, &format!("{name} is missing"));
        fs::write(signed.path(name), good).unwrap();
    }
    for name in signed.files().iter().filter(|name| *name != STATEMENT) {
        fs::remove_file(signed.path(name)).unwrap();
        signed.sign_anew();
        assert!(!signed.verify().is_good());
    }
}

#[test]
fn what_no_reader_of_a_report_or_certificate_asks_for_is_found() {
    for name in ["report.json", "repeat/report.json", "certificate.json"] {
        let signed = GOOD.small_bundle();
        signed.forge(name, |text| text.replacen('{', "{\n  \"more\": [1],", 1));
        assert_wrong(&signed, &format!("{name} is not what conform makes"));
        // The second of two members counts, for this reader.
        let signed = GOOD.small_bundle();
        let twice = |text: String| text.replacen('{', "{\n  \"schema_version\": 1,", 1);
        signed.forge(name, twice);
        assert_wrong(&signed, name);
    }
}

#[test]
fn a_file_that_bundles_do_not_have_is_refused_although_it_is_signed() {
    for name in [
        "notes.html",
        "repeat/notes.html",
        "repeat/certificate.json",
        "more/report.json",
        "Report.json",
        "report.json\u{200b}",
        "repeat/repeat/report.json",
    ] {
        let signed = GOOD.small_bundle();
        let path = signed.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "{}").unwrap();
        signed.sign_anew();
        assert_wrong(&signed, "was added: a bundle has no such file");
    }
}

#[test]
fn a_subject_that_bundles_do_not_have_is_refused() {
    let digest = json!({ "sha256": "b".repeat(64) });
    for name in [
        "notes.html",
        "../notes.html",
        "/etc/passwd",
        "./report.json",
        "REPORT.JSON",
        "report.json\u{200b}",
        "repeat\\report.json",
        "",
        "pkg:generic/Other/auth@1",
        "a\nverified: \"Acme\"",
        STATEMENT,
    ] {
        let signed = GOOD.small_bundle();
        let mut statement = signed.statement();
        let subjects = statement["subject"].as_array_mut().unwrap();
        subjects.insert(0, json!({ "name": name, "digest": digest }));
        signed.sign_value(&statement);
        let told = format!("{STATEMENT}: it names {name:?}, which a bundle does not have");
        assert_wrong(&signed, &told);
        assert!(!signed.wrong().iter().any(|wrong| wrong.contains('\n')));
    }
}

#[test]
fn a_subject_that_is_named_twice_is_refused() {
    for other_digest in [false, true] {
        let signed = GOOD.small_bundle();
        let mut statement = signed.statement();
        let subjects = statement["subject"].as_array_mut().unwrap();
        let mut again = subjects[0].clone();
        if other_digest {
            again["digest"]["sha256"] = json!("b".repeat(64));
        }
        let name = again["name"].as_str().unwrap().to_owned();
        subjects.insert(0, again);
        signed.sign_value(&statement);
        assert_wrong(
            &signed,
            &format!("{STATEMENT}: it names \"{name}\" more than once"),
        );
    }
}

#[test]
fn a_product_that_does_not_conform_has_no_badge() {
    for badge in ["badge.svg", "badge.json"] {
        let broken = BROKEN.bundle();
        fs::copy(GOOD.bundle().path(badge), broken.path(badge)).unwrap();
        broken.sign_anew();
        assert_wrong(&broken, &format!("{badge} was added"));
    }
}

#[test]
fn a_statement_that_says_more_or_says_it_otherwise_is_refused() {
    let texts: [fn(&Value) -> String; 5] = [
        |statement| serde_json::to_string(statement).unwrap(),
        |statement| serde_json::to_string_pretty(statement).unwrap() + "\n",
        |statement| {
            let text = serde_json::to_string_pretty(statement).unwrap();
            text.replacen('{', "{\n  \"more\": 1,", 1)
        },
        |statement| {
            let text = serde_json::to_string_pretty(statement).unwrap();
            let twice = "\"predicate\": {\n    \"more\": 1,\n    \"more\": 2,";
            text.replacen("\"predicate\": {", twice, 1)
        },
        |statement| {
            let mut statement = statement.clone();
            statement["predicate"]["configuration"][0]["annotations"]["vendor"] = json!("Other");
            serde_json::to_string_pretty(&statement).unwrap()
        },
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let signed = GOOD.small_bundle();
        signed.sign(&text(&signed.statement()));
        assert!(!signed.verify().is_good(), "{number}");
        assert_wrong(&signed, STATEMENT);
    }
}

#[test]
fn a_certificate_of_names_that_nobody_may_have_is_refused() {
    for vendor in [
        "Acme\nverified: Other auth 1\n",
        "Acme\u{202e}",
        "Ac\u{200b}me",
        " Acme",
        "",
    ] {
        let signed = GOOD.small_bundle();
        signed.forge("certificate.json", |text| {
            let mut certificate: Value = serde_json::from_str(&text).unwrap();
            certificate["product"]["vendor"] = json!(vendor);
            serde_json::to_string_pretty(&certificate).unwrap() + "\n"
        });
        assert_wrong(&signed, "certificate.json");
        for line in signed.wrong() {
            assert!(!line.contains(['\n', '\u{202e}', '\u{200b}']), "{line:?}");
        }
        assert!(signed.verify().certificate.is_none());
    }
}

#[test]
fn a_bundle_of_another_release_names_the_release_that_verifies_it() {
    let mut reports = GOOD.reports.clone();
    for report in &mut reports {
        report.tool.version = "99.0.0".to_owned();
    }
    let signed = Signed::of(&GOOD.plan, [&reports[0], &reports[1]]);
    assert_wrong(&signed, "verify the bundle with \"conform 99.0.0\"");
    let wrong = signed.wrong();
    assert!(
        !wrong.iter().any(|wrong| wrong.contains("is not what")),
        "{wrong:?}"
    );
}
