//! A vendor's own key signs anything: what is signed has to follow from what was recorded all the same.

use std::fs;

use conform::report::Report;
use conform::run::{ExpectationState, Outcome, StepOutcome};
use conform::verdict::{Conclusion, Verdict};

use crate::certification::support::{BROKEN, GOOD, Signed, VIOLATED, settle};

/// The bundle of two runs that were both forged in the same way.
fn forged(forge: impl Fn(&mut Report)) -> Signed {
    let mut reports = BROKEN.reports.clone();
    reports.iter_mut().for_each(forge);
    Signed::of(&BROKEN.plan, [&reports[0], &reports[1]])
}

/// Says that everything holds which fails.
fn whitewash(report: &mut Report) {
    for scenario in &mut report.scenarios {
        scenario.outcome = Outcome::Passed;
        scenario.reason = None;
        for step in &mut scenario.steps {
            step.outcome = StepOutcome::Passed;
            for expectation in &mut step.expectations {
                expectation.state = ExpectationState::Held;
            }
        }
    }
    settle(report);
}

#[test]
fn a_bundle_that_does_not_conform_is_genuine_and_says_so() {
    let signed = BROKEN.bundle();
    assert_eq!(signed.wrong(), Vec::<String>::new());
    let verification = signed.verify();
    assert!(!verification.is_good());
    let certificate = verification.certificate.unwrap();
    assert!(!certificate.conformant);
    let told = format!("in run 1 the verdict on `{VIOLATED}` is fail");
    assert!(
        certificate.objections.contains(&told),
        "{:?}",
        certificate.objections
    );
    assert!(!signed.files().iter().any(|name| name.contains("badge")));
    assert!(GOOD.bundle().files().contains(&"badge.svg".to_owned()));
}

#[test]
fn a_verdict_that_does_not_follow_from_the_steps_is_found() {
    let signed = forged(|report| {
        for clause in &mut report.verdicts.clauses {
            clause.verdict = Verdict::Pass;
        }
        report.conclusion = Conclusion::Conforms;
    });
    let wrong = signed.wrong();
    let told = format!("of `{VIOLATED}` the report says: pass; the recorded steps say: fail");
    assert!(wrong.iter().any(|wrong| wrong.contains(&told)), "{wrong:?}");
    assert!(!signed.verify().is_good());
}

#[test]
fn steps_that_do_not_follow_from_the_exchanges_are_found() {
    let signed = forged(whitewash);
    let verification = signed.verify();
    // The verdicts follow from the steps, and so it says that it conforms.
    assert!(verification.certificate.as_ref().unwrap().conformant);
    assert!(!verification.is_good());
    let wrong = signed.wrong();
    let told = "it is said to hold, but in the kept answer expected status 204, got 200";
    assert!(wrong.iter().any(|wrong| wrong.contains(told)), "{wrong:?}");
    let lines = wrong
        .iter()
        .filter(|wrong| wrong.starts_with("repeat/report.json:"));
    assert!(lines.count() > 0, "{wrong:?}");
}

#[test]
fn what_is_left_out_of_a_report_is_missed() {
    let signed = forged(|report| {
        report
            .scenarios
            .retain(|scenario| scenario.outcome == Outcome::Passed);
        settle(report);
    });
    let certificate = signed.verify().certificate.unwrap();
    assert!(!certificate.conformant);
    let told = format!("in run 1 the verdict on `{VIOLATED}` is inconclusive");
    assert!(
        certificate.objections.contains(&told),
        "{:?}",
        certificate.objections
    );
    let signed = forged(|report| {
        whitewash(report);
        for scenario in &mut report.scenarios {
            for step in &mut scenario.steps {
                step.exchange = None;
            }
        }
    });
    let wrong = signed.wrong();
    let told = "no answer is kept that it could rest on";
    assert!(wrong.iter().any(|wrong| wrong.contains(told)), "{wrong:?}");
}

#[test]
fn a_report_of_other_steps_or_of_another_suite_is_found() {
    let other_steps = forged(|report| report.scenarios[0].steps.truncate(1));
    let told = "steps of the suite are missing";
    assert!(other_steps.wrong().iter().any(|wrong| wrong.contains(told)));
    let other_suite = forged(|report| report.suite.digest = "0".repeat(64));
    // The page of the broken servers of a suite that the program does not know, if only in name.
    for page in ["mutants.html", "repeat/mutants.html"] {
        fs::write(other_suite.path(page), "").unwrap();
    }
    other_suite.sign_anew();
    let told = "a suite that this program does not know";
    assert!(other_suite.wrong().iter().any(|wrong| wrong.contains(told)));
    let twice = forged(|report| report.scenarios.push(report.scenarios[0].clone()));
    assert!(
        twice
            .wrong()
            .iter()
            .any(|wrong| wrong.contains("stands in it twice"))
    );
    let unfinished = forged(|report| report.complete = false);
    assert!(
        unfinished
            .wrong()
            .iter()
            .any(|wrong| wrong.contains("incomplete"))
    );
}
