//! From outcomes of scenarios to verdicts of clauses and profiles, and to the answer of a whole run.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Level, Profile};
use crate::http::Waiver;
use crate::run::{Check, ExpectationState, Outcome, Plan, ScenarioResult};

/// What a run says of a clause.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every check holds.
    Pass,
    /// Some check fails.
    Fail,
    /// Some check could not be tried.
    Inconclusive,
}

/// One clause and what a run says of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ClauseVerdict {
    /// The clause's id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// Whether a violation fails the run: that of a `must` clause does, with `--strict` that of a `should` too.
    pub binding: bool,
    /// The profile it belongs to.
    pub profile: Profile,
    /// The clause itself.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// What the run says of it.
    pub verdict: Verdict,
    /// Why it is inconclusive.
    pub reason: Option<String>,
    /// Why its violation does not fail the run, where it is waived.
    pub waived: Option<Waived>,
    /// The expectations that verify it, by their place.
    pub checks: Vec<CheckPlace>,
}

impl ClauseVerdict {
    /// Whether it fails the run.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.binding && self.verdict == Verdict::Fail && self.waived.is_none()
    }
}

/// Why a violation does not fail a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waived {
    /// The reason that the waiver gives.
    pub reason: String,
    /// The last day on which it counts.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
}

impl From<&Waiver> for Waived {
    fn from(waiver: &Waiver) -> Self {
        Self {
            reason: waiver.reason.clone(),
            until: waiver.until,
        }
    }
}

/// One expectation that verifies a clause.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckPlace {
    /// The scenario.
    pub scenario: String,
    /// The line of the expectation in the scenario's file.
    pub line: usize,
    /// `held`, `failed`, `untried` or `skipped`.
    pub state: String,
}

/// How many clauses of one level met which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// Clauses that hold.
    pub pass: usize,
    /// Clauses that fail.
    pub fail: usize,
    /// Those of the failed ones that are waived.
    pub waived: usize,
    /// Clauses that are inconclusive.
    pub inconclusive: usize,
}

/// One profile and what a run says of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ProfileVerdict {
    /// The profile.
    pub profile: Profile,
    /// `fail` if a binding clause has failed, waived or not; else `inconclusive` if one is; else `pass`.
    pub verdict: Verdict,
    /// Its clauses of every level.
    pub clauses: Count,
}

impl ProfileVerdict {
    /// What is shown of it: a run that conforms shows no failure.
    pub(crate) fn shown(&self) -> &'static str {
        let Count { fail, waived, .. } = self.clauses;
        match self.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail if fail == waived => "waived",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// Everything that follows from the results of a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Verdicts {
    /// The clauses that the run was to verify, in the contract's order.
    pub clauses: Vec<ClauseVerdict>,
    /// Their profiles.
    pub profiles: Vec<ProfileVerdict>,
}

/// What a run comes to; the program's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every binding clause of the run holds, or its violation is waived.
    Conforms,
    /// A binding clause fails.
    Violates,
    /// Nothing else is wrong than waivers that are no longer needed, or name no clause, where that is not to be.
    StaleWaivers,
    /// The harness or the network failed somewhere.
    NotTestable,
    /// No binding clause has failed, but something is inconclusive.
    Inconclusive,
}

impl Conclusion {
    /// Whether whoever waits for the run should look into it.
    #[must_use]
    pub fn fails(self) -> bool {
        self != Self::Conforms
    }
}

impl Verdicts {
    /// The clauses that have this verdict, in the contract's order.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &ClauseVerdict> {
        let clauses = self.clauses.iter();
        clauses.filter(move |clause| clause.verdict == verdict)
    }

    /// The verdicts that follow from `results`. Clauses that a scenario verifies, but none of `ran`, are left out.
    #[must_use]
    pub fn of(plan: &Plan, ran: &[usize], results: &[ScenarioResult]) -> Self {
        let mut offered: BTreeMap<&str, usize> = BTreeMap::new();
        for clause in ran
            .iter()
            .flat_map(|index| plan.scenario(*index).verifies())
        {
            *offered.entry(clause).or_default() += 1;
        }
        let mut checks: BTreeMap<&str, Vec<Check<'_>>> = BTreeMap::new();
        for check in results.iter().flat_map(ScenarioResult::checks) {
            checks.entry(check.clause).or_default().push(check);
        }
        let contract = &plan.suite.contract;
        let clauses = contract.clauses.iter().filter_map(|clause| {
            if !plan.covers(&clause.id) {
                return None;
            }
            let offered = offered.get(clause.id.as_str()).copied();
            // Left out by a filter or a slice; but what nothing in the suite verifies is never left out.
            let nowhere = !plan
                .suite
                .scenarios
                .iter()
                .any(|scenario| scenario.verifies().any(|id| *clause.id == id));
            let offered = match offered {
                Some(offered) => offered,
                None if nowhere => 0,
                None => return None,
            };
            let met = checks.remove(clause.id.as_str()).unwrap_or_default();
            let (verdict, reason) = judge(&met, offered);
            let waiver = plan.waiver(clause).filter(|_| verdict == Verdict::Fail);
            Some(ClauseVerdict {
                id: clause.id.value.clone(),
                level: clause.level,
                binding: plan.binds(clause.level),
                profile: clause.profile,
                text: clause.text.clone(),
                source: contract.source_of(clause),
                verdict,
                reason,
                waived: waiver.map(Waived::from),
                checks: met.iter().map(place).collect(),
            })
        });
        let clauses: Vec<ClauseVerdict> = clauses.collect();
        Self {
            profiles: profiles(&clauses),
            clauses,
        }
    }

    /// How many clauses met which verdict.
    #[must_use]
    pub fn count(&self) -> Count {
        count(self.clauses.iter())
    }

    /// What the run comes to.
    #[must_use]
    pub fn conclusion(&self, results: &[ScenarioResult]) -> Conclusion {
        let any = |is: fn(&ClauseVerdict) -> bool| self.clauses.iter().any(is);
        if any(ClauseVerdict::fails) {
            Conclusion::Violates
        } else if results
            .iter()
            .any(|result| result.outcome == Outcome::Error)
        {
            Conclusion::NotTestable
        } else if any(|clause| clause.binding && clause.verdict == Verdict::Inconclusive) {
            Conclusion::Inconclusive
        } else {
            Conclusion::Conforms
        }
    }
}

fn judge(met: &[Check<'_>], offered: usize) -> (Verdict, Option<String>) {
    if met.iter().any(|check| check.state.is_failed()) {
        return (Verdict::Fail, None);
    }
    let untried = met.iter().find_map(|check| match check.state {
        ExpectationState::Untried { reason } => Some(reason.clone()),
        _ => None,
    });
    let skipped = met.iter().find_map(|check| match check.state {
        ExpectationState::Skipped { reason } => Some(reason.clone()),
        _ => None,
    });
    // What does not apply is no gap, unless nothing applies.
    let nothing_applies = met.iter().all(|check| check.state.is_skipped());
    match untried.or(skipped.filter(|_| nothing_applies)) {
        Some(reason) => (Verdict::Inconclusive, Some(reason)),
        None if offered == 0 => {
            let reason = "no scenario of the suite verifies it".to_owned();
            (Verdict::Inconclusive, Some(reason))
        }
        None if met.len() < offered => {
            let reason = "the run ended before every check was tried".to_owned();
            (Verdict::Inconclusive, Some(reason))
        }
        None => (Verdict::Pass, None),
    }
}

fn place(check: &Check<'_>) -> CheckPlace {
    CheckPlace {
        scenario: check.scenario.id.clone(),
        line: check.line,
        state: match check.state {
            ExpectationState::Held => "held",
            ExpectationState::Failed { .. } => "failed",
            ExpectationState::Untried { .. } => "untried",
            ExpectationState::Skipped { .. } => "skipped",
        }
        .to_owned(),
    }
}

fn profiles(clauses: &[ClauseVerdict]) -> Vec<ProfileVerdict> {
    let profiles = Profile::ALL.into_iter();
    let with_clauses = profiles.filter_map(|profile| {
        let own = || {
            clauses
                .iter()
                .filter(move |clause| clause.profile == profile)
        };
        own().next()?;
        let verdict = match count(own().filter(|clause| clause.binding)) {
            Count { fail: 1.., .. } => Verdict::Fail,
            Count {
                inconclusive: 1.., ..
            } => Verdict::Inconclusive,
            _ => Verdict::Pass,
        };
        Some(ProfileVerdict {
            profile,
            verdict,
            clauses: count(own()),
        })
    });
    with_clauses.collect()
}

fn count<'a>(clauses: impl Iterator<Item = &'a ClauseVerdict>) -> Count {
    let mut count = Count::default();
    for clause in clauses {
        match clause.verdict {
            Verdict::Pass => count.pass += 1,
            Verdict::Fail => {
                count.fail += 1;
                count.waived += usize::from(clause.waived.is_some());
            }
            Verdict::Inconclusive => count.inconclusive += 1,
        }
    }
    count
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}
