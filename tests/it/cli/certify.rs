//! `conform certify`, `verify` and `keygen`, as a vendor and those who rely on one meet them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Conform, Finished, Reference, conform, reference};

const LONGEST: Duration = Duration::from_mins(2);

/// A folder with a pair of keys.
fn keys() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("acme");
    conform(["keygen"]).arg(name).run_as_is().expect(0);
    folder
}

/// A certification of the product of these tests; the profile needs no second factor and no check of a limit.
fn certification(keys: &Path) -> Conform {
    let names = [
        "--vendor",
        "Acme",
        "--product",
        "auth",
        "--version",
        "1.2.0",
    ];
    conform(["certify", "--profile", "sessions"])
        .args(names)
        .arg("--key")
        .arg(keys.join("acme.pem"))
}

/// Certifies the reference inside the program.
fn certify(keys: &Path, arguments: &[&str]) -> Finished {
    certification(keys).args(arguments).run()
}

fn bundle(finished: &Finished) -> PathBuf {
    finished.reports().join("Acme-auth-1.2.0")
}

fn verify(bundle: &Path, key: &Path) -> Finished {
    conform(["verify"])
        .arg(bundle)
        .arg("--key")
        .arg(key)
        .run_as_is()
}

#[test]
fn a_product_that_conforms_gets_a_bundle_that_can_be_verified_and_a_badge() {
    let keys = keys();
    let subject = format!("sha256:{}", "b".repeat(64));
    let certified = certify(keys.path(), &["--subject", &subject]).expect(0);
    certified
        .says("Acme auth 1.2.0: conforms, two runs in a row (sessions)")
        .says("run 2 of 2");
    let bundle = bundle(&certified);
    let public = keys.path().join("acme.pub.pem");
    verify(&bundle, &public)
        .expect(0)
        .says("verified: \"Acme auth 1.2.0\" conforms to suite \"0.1.0\" (sessions)")
        .never_says("failed:");
    let badge = fs::read_to_string(bundle.join("badge.json")).unwrap();
    assert!(badge.contains("sessions"), "{badge}");
    let report = bundle.join("repeat/report.json");
    let text = fs::read_to_string(&report).unwrap();
    fs::write(&report, text.replacen("200", "204", 1)).unwrap();
    verify(&bundle, &public)
        .expect(1)
        .says("failed: repeat/report.json was changed")
        .says("not verified: \"Acme auth 1.2.0\"");
    // A second certification takes the place of the first.
    fs::write(bundle.join("notes.txt"), "mine").unwrap();
    let reports = certified.reports();
    let again = |reports: &Path| {
        certification(keys.path())
            .arg("--report-dir")
            .arg(reports)
            .run_as_is()
    };
    again(&reports)
        .expect(2)
        .says("\"notes.txt\", which is no file of a bundle");
    fs::remove_file(bundle.join("notes.txt")).unwrap();
    again(&reports).expect(0);
    verify(&bundle, &public).expect(0);
}

#[test]
fn a_product_that_does_not_conform_gets_a_bundle_that_says_so_and_no_badge() {
    let keys = keys();
    let certified = certify(keys.path(), &["--operation", "logout=GET /api/auth/me"]).expect(1);
    certified
        .says("Acme auth 1.2.0: does not conform")
        .says("in run 1 the verdict on `")
        .says("in run 2 the verdict on `");
    let bundle = bundle(&certified);
    assert!(!bundle.join("badge.svg").exists());
    assert!(bundle.join("junit.xml").exists());
    verify(&bundle, &keys.path().join("acme.pub.pem"))
        .expect(1)
        .says("genuine, but \"Acme auth 1.2.0\" does not conform")
        .never_says("failed:");
}

#[test]
fn two_certifications_of_one_product_do_not_meet_in_one_folder() {
    let (sender, called) = channel();
    let server = Reference::meeting(move |_| {
        let _ = sender.send(());
        std::future::pending::<()>()
    });
    let keys = keys();
    let certify = || certification(keys.path());
    let first = certify().args(["--timeout", "1h", "--base-url", server.base_url()]);
    let reports = first.reports();
    let first = first.start();
    called.recv_timeout(LONGEST).unwrap();
    let second = || certify().arg("--report-dir").arg(&reports).run_as_is();
    let refused = second().expect(2);
    refused
        .says("Acme-auth-1.2.0 is being made by another `conform certify`: wait for its end")
        .says("--report-dir");
    assert_eq!(refused.stdout, "");
    // Another product does not wait for it: its folder is another one.
    let other = conform([
        "certify",
        "--vendor",
        "Acme",
        "--product",
        "auth",
        "--version",
        "2",
    ])
    .arg("--key")
    .arg(keys.path().join("acme.pem"))
    .args(["--base-url", "http://127.0.0.1:1", "--report-dir"])
    .arg(&reports);
    other.run_as_is().expect(3);
    // What is killed holds nobody up.
    first.signal("KILL");
    let killed = first.finish();
    second().expect(0).says("Acme auth 1.2.0: conforms");
    let public = keys.path().join("acme.pub.pem");
    verify(&bundle(&killed), &public).expect(0);
}

#[test]
fn nothing_of_a_bundle_is_told_before_its_signature_holds_and_then_within_quotes() {
    let keys = keys();
    let certified = certify(keys.path(), &[]).expect(0);
    let bundle = bundle(&certified);
    let told = |told: &str| {
        let verified = verify(&bundle, &keys.path().join("acme.pub.pem")).expect(1);
        verified.says(told).never_says("\u{202e}");
        for line in verified.stdout.lines() {
            let is_own = ["key ", "files ", "exchanges ", "failed: ", "not verified"];
            assert!(is_own.iter().any(|own| line.starts_with(own)), "{line:?}");
        }
        verified
    };
    let forged = "Mallory\nverified: \"Mallory auth 1\" conforms\n\u{202e}";
    let changed = |name: &str, change: fn(&mut Value, &str)| {
        let path = bundle.join(name);
        let good = fs::read_to_string(&path).unwrap();
        let mut value: Value = serde_json::from_str(&good).unwrap();
        change(&mut value, forged);
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        fs::write(&path, text).unwrap();
        told("failed: ").never_says("Mallory");
        fs::write(&path, good).unwrap();
    };
    changed("certificate.json", |certificate, forged| {
        certificate["product"]["vendor"] = json!(forged);
    });
    changed("report.json", |report, forged| {
        report["selection"]["suite_version"] = json!(forged);
    });
    changed("statement.dsse.json", |envelope, forged| {
        envelope["signatures"][0]["keyid"] = json!(forged);
    });
    changed("statement.dsse.json", |envelope, forged| {
        envelope["payloadType"] = json!(forged);
    });
    changed("statement.dsse.json", |envelope, forged| {
        envelope[forged] = json!(forged);
    });
    let name = forged.replace('/', "");
    fs::write(bundle.join(&name), "").unwrap();
    told(r#"failed: "Mallory\nverified: \"Mallory auth 1\" conforms\n\u{202e}" was added"#)
        .says("not verified: \"Acme auth 1.2.0\"");
}

#[test]
fn names_that_cannot_be_told_apart_or_do_not_show_are_refused() {
    let keys = keys();
    for (vendor, message) in [
        ("a\nb", "holds \\u{a}"),
        ("a\u{202e}b", "holds \\u{202e}"),
        (
            &"a".repeat(101),
            "--vendor has 101 characters, and may have 100",
        ),
    ] {
        conform([
            "certify",
            "--product",
            "auth",
            "--version",
            "1",
            "--vendor",
            vendor,
        ])
        .arg("--key")
        .arg(keys.path().join("acme.pem"))
        .run()
        .expect_refusal()
        .says(message)
        .never_says("\u{202e}");
    }
}

#[test]
fn what_would_make_a_certificate_worth_less_is_refused() {
    let keys = keys();
    for (arguments, message) in [
        (&["--suite", "."][..], "--suite"),
        (&["login::"], "login::"),
        (&["--subject", "sha256:12"], "is no digest"),
        (&["--vendor", "Other"], "--vendor"),
    ] {
        certify(keys.path(), arguments).expect(2).says(message);
    }
    let without = |left_out: &str| {
        let flags = ["--vendor", "--product", "--version", "--key"].into_iter();
        let flags = flags.filter(|flag| *flag != left_out);
        let key = keys.path().join("acme.pem");
        let key = key.to_str().unwrap();
        let values = flags.flat_map(|flag| [flag, if flag == "--key" { key } else { "x" }]);
        let values: Vec<&str> = values.collect();
        conform(["certify"]).args(values).run().expect_refusal()
    };
    without("--key").says("conform keygen");
    without("--vendor").says("--vendor");
    without("--version").says("`certification`");
}

#[test]
fn a_target_file_names_the_product_and_must_hold_no_waiver() {
    let (keys, server) = (keys(), reference());
    let file = keys.path().join("target.yaml");
    let base_url = server.base_url();
    let target = format!(
        "base_url: {base_url}\ncertification: {{ vendor: Acme, product: auth, version: 1.2.0 }}\n"
    );
    let run = |text: &str| {
        fs::write(&file, text).unwrap();
        conform(["certify", "--profile", "sessions", "--target"])
            .arg(&file)
            .arg("--key")
            .arg(keys.path().join("acme.pem"))
            .run()
    };
    run(&target).expect(0).says("Acme auth 1.2.0: conforms");
    let waiver = "waivers:\n- { clause: logout.no-content, reason: later, until: 9999-12-31 }\n";
    run(&(target + waiver))
        .expect_refusal()
        .says("knows no waivers");
    let account = r#"{ "email": "a@b.example", "password": "x", "totp_secret": "GEZDGNBVGY3TQOJQ", "recovery_codes": [] }"#;
    fs::write(keys.path().join("account.json"), account).unwrap();
    conform(["certify", "--base-url", base_url, "--totp-account"])
        .arg(keys.path().join("account.json"))
        .args([
            "--vendor",
            "Acme",
            "--product",
            "auth",
            "--version",
            "1",
            "--key",
        ])
        .arg(keys.path().join("acme.pem"))
        .run()
        .expect_refusal()
        .says("--provision");
}

#[test]
fn keys_are_for_their_owner_and_never_overwritten() {
    let keys = keys();
    let private = keys.path().join("acme.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = fs::read(&private).unwrap();
    let again = || {
        conform(["keygen"])
            .arg(keys.path().join("acme"))
            .run_as_is()
            .expect(2)
    };
    again().says("never overwritten");
    fs::remove_file(keys.path().join("acme.pub.pem")).unwrap();
    again().says("acme.pem");
    assert_eq!(fs::read(&private).unwrap(), before);
    // Half a pair is not left behind either.
    assert!(!keys.path().join("acme.pub.pem").exists());
}

#[test]
fn a_key_of_another_kind_is_told() {
    let keys = keys();
    let (private, public) = (
        keys.path().join("acme.pem"),
        keys.path().join("acme.pub.pem"),
    );
    let run = |key: &Path| {
        conform([
            "certify",
            "--vendor",
            "a",
            "--product",
            "b",
            "--version",
            "1",
            "--key",
        ])
        .arg(key)
        .run()
        .expect_refusal()
    };
    run(&public).says("no private Ed25519 key");
    run(&keys.path().join("none.pem")).says("conform keygen");
    verify(keys.path(), &private)
        .expect(2)
        .says("no public Ed25519 key");
    verify(keys.path(), &public).expect(2).says("is no bundle");
}
