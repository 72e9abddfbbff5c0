//! Every wrong answer, given to the judge in the place of the right one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::site::Site;
use super::{AnswerMutant, AnswerTrial, Operator, declared, open};
use crate::run::{Plan, Recording, ReplacedAnswer, ScenarioResult, Selection, StepOutcome};
use crate::selftest::MutantStatus;
use crate::suite::Suite;

/// Makes every answer of `recording` wrong in every way, and asks `suite` each time.
///
/// The suite may be another one than was recorded, as long as it makes the same calls.
pub async fn examine(suite: &Arc<Suite>, recording: &Recording) -> Vec<AnswerMutant> {
    let selection = Selection {
        profiles: recording.plan().profiles.clone(),
        strict: false,
        slice: None,
    };
    let plan = Plan::new(suite, &selection);
    let mut baselines = BTreeMap::new();
    for index in &plan.scenarios {
        if let Some(result) = recording.replay(&plan, *index, None).await {
            baselines.insert(*index, result);
        }
    }
    let sites = baselines.iter().flat_map(|(index, baseline)| {
        Site::all(recording, *index, plan.scenario(*index), baseline)
    });
    let mut mutants: BTreeMap<(&str, Operator), Vec<Site<'_>>> = BTreeMap::new();
    for site in sites {
        for operator in site.operators() {
            let operation = site.step.operation.as_str();
            mutants.entry((operation, operator)).or_default().push(site);
        }
    }
    let mut examined = Vec::new();
    for ((operation, operator), sites) in mutants {
        let trials = try_all(recording, &plan, &operator, &sites).await;
        let left_open = open::reason(operation, &operator);
        let statuses = trials.iter().map(|trial| trial.status);
        let status = match (statuses.max().unwrap_or(MutantStatus::Survived), left_open) {
            (
                MutantStatus::Survived | MutantStatus::NoVerdict | MutantStatus::KilledByOther,
                Some(_),
            ) => MutantStatus::Equivalent,
            (best, _) => best,
        };
        examined.push(AnswerMutant {
            operation: operation.to_owned(),
            status,
            left_open,
            operator,
            trials,
        });
    }
    examined
}

async fn try_all(
    recording: &Recording,
    plan: &Plan,
    operator: &Operator,
    sites: &[Site<'_>],
) -> Vec<AnswerTrial> {
    let sites = sites
        .iter()
        .map(|site| (site, declared::expectations(&plan.suite, operator, site)));
    let (verifying, others): (Vec<_>, Vec<_>) =
        sites.partition(|(_, declared)| !declared.is_empty());
    let mut trials = Vec::new();
    for (site, declared) in if verifying.is_empty() {
        others
    } else {
        verifying
    } {
        trials.extend(attempt(recording, plan, operator, site, &declared).await);
    }
    trials
}

async fn attempt(
    recording: &Recording,
    plan: &Plan,
    operator: &Operator,
    site: &Site<'_>,
    declared: &[usize],
) -> Option<AnswerTrial> {
    let change = ReplacedAnswer {
        position: site.position,
        answer: operator.apply(site.answer, site.token)?,
    };
    let result = recording.replay(plan, site.index, Some(change)).await?;
    let expectations = declared
        .iter()
        .filter_map(|index| site.step.expectations.get(*index));
    let declared: BTreeSet<&str> = expectations
        .flat_map(|expectation| &expectation.verifies)
        .map(String::as_str)
        .collect();
    let declared = Vec::from_iter(declared);
    let failed = Vec::from_iter(failed(site.baseline, &result));
    let mut steps = result.steps.iter();
    let step = steps.find(|step| step.position == Some(site.position))?;
    Some(AnswerTrial {
        scenario: result.id.clone(),
        line: step.line,
        status: MutantStatus::of(&declared, &failed, step.outcome != StepOutcome::Passed),
        declared: declared.into_iter().map(str::to_owned).collect(),
        failed: failed.into_iter().map(str::to_owned).collect(),
    })
}

/// The clauses of expectations that fail now and did not before.
fn failed<'a>(before: &ScenarioResult, now: &'a ScenarioResult) -> BTreeSet<&'a str> {
    let both = before.checks().zip(now.checks());
    let newly = both.filter(|(before, now)| now.state.is_failed() && !before.state.is_failed());
    newly.map(|(_, now)| now.clause).collect()
}
