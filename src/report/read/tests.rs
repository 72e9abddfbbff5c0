use super::*;

fn of(text: &str) -> ReadError {
    Report::parse(text.as_bytes(), Path::new("report.json")).unwrap_err()
}

#[test]
fn a_report_is_cut_off_wherever_it_ends_too_early() {
    let whole =
        r#"{ "milliseconds": -1.5e+3, "complete": true, "reason": null, "schema_version": 12 }"#;
    for end in 0..whole.len() {
        let error = of(&whole[..end]);
        assert!(matches!(error, ReadError::CutOff(_)), "{end}: {error}");
    }
    assert!(matches!(of(whole), ReadError::OtherForm { .. }));
}

#[test]
fn what_is_wrong_before_its_end_is_malformed() {
    for wrong in ["-x", "[1.]", "{} 1.", r#"{ "schema_version": 1. }"#, "{}"] {
        let error = of(wrong);
        assert!(
            matches!(error, ReadError::Malformed { .. }),
            "{wrong}: {error}"
        );
    }
}
