//! The suite: the scenarios and schemas that verify the clauses of the contract, loaded from YAML and checked.

mod compile;
mod compile_expectation;
mod compiler;
mod coverage;
mod error;
mod export;
mod file;
mod files;
mod filter;
mod json_template;
mod jsonpath;
mod load;
mod look_around;
mod member_path;
mod notation;
mod path_members;
mod reduce;
mod scenario;
mod scenario_names;
mod schema;
mod template;
mod words;

use std::collections::{BTreeMap, BTreeSet};

pub use coverage::{Coverage, CoverageGap, Load};
pub use error::SuiteError;
pub use export::{ExportError, export};
pub use file::{After, Order, ScenarioFile};
pub use filter::Filter;
pub use json_template::{JsonTemplate, as_text, fill, fill_json, into_text};
pub use jsonpath::{PathError, PathTemplate};
pub use member_path::MemberPath;
pub use notation::{OneOrMany, Statuses, duration, positive_duration, signed_seconds};
pub use path_members::PathMembers;
pub(crate) use scenario::DEFAULT_CLIENT;
pub use scenario::{
    AccountKind, AccountNeed, Bodies, Capture, Condition, Expectation, Look, Repeat, Scenario,
    SessionNeed, Step, Test, When,
};
pub use scenario_names::built_in_names;
pub use schema::{BodySchema, SchemaDemand, SchemaMistake};
pub use template::{
    Expression, FIELDS, Field, Piece, Reference, SessionPart, Template, TemplateError, is_name,
};
pub use words::{expectation_line, expected, step_line};

use crate::contract::{Contract, Profile, Role};

/// The contract, its scenarios and the schemas of its bodies.
#[derive(Debug)]
pub struct Suite {
    /// What is verified.
    pub contract: Contract,
    /// How, in the order of their ids.
    pub scenarios: Vec<Scenario>,
    /// The schemas of bodies, by name.
    pub schemas: BTreeMap<String, BodySchema>,
    /// SHA-256 over the contract, the scenarios and the schemas, in hexadecimal.
    pub digest: String,
    /// Whether it is the suite that this program brings.
    pub built_in: bool,
}

impl Suite {
    /// The positions of the scenarios that the profiles ask for: those that verify a clause of theirs.
    #[must_use]
    pub fn asked_for_by(&self, profiles: &BTreeSet<Profile>) -> Vec<usize> {
        let covers = |id: &str| {
            let clause = self.contract.clause(id);
            clause.is_some_and(|clause| profiles.contains(&clause.profile))
        };
        let asked_for = |scenario: &Scenario| match scenario.profile {
            Some(profile) => profiles.contains(&profile),
            None => scenario.verifies().any(covers),
        };
        let positions = self.scenarios.iter().enumerate();
        positions
            .filter(|(_, scenario)| asked_for(scenario))
            .map(|(position, _)| position)
            .collect()
    }

    /// The operations that the scenarios at these positions call, each as often as it is called, in their order; calls
    /// that reckon with a 429 are not among them.
    pub fn calls<'a>(&'a self, scenarios: &'a [usize]) -> impl Iterator<Item = &'a str> {
        let all = scenarios;
        let scenarios = scenarios.iter().map(|position| &self.scenarios[*position]);
        scenarios.flat_map(move |scenario| {
            let before = self.before(scenario, all);
            let openings = scenario.accounts.iter().flat_map(move |need| {
                let is_carried = before.is_some_and(|before| before.has_account(need));
                let entry = need.kind == AccountKind::Registered && !is_carried;
                let lives = |session: &&SessionNeed| {
                    before.is_some_and(|one| self.leaves(one, all, need, &session.client))
                };
                let missing = need.sessions.iter().filter(|one| !lives(one)).count();
                let by_role = |role: Role| self.contract.operation_of(role).into_iter();
                let entry = entry.then(|| by_role(Role::Register)).into_iter().flatten();
                let is_challenged = need.kind == AccountKind::Totp;
                let second_factors = if is_challenged { missing } else { 0 };
                let several = move |role: Role, count: usize| {
                    std::iter::repeat_n(by_role(role), count).flatten()
                };
                let logins = several(Role::LogIn, missing)
                    .chain(several(Role::SecondFactor, second_factors));
                let looks = need
                    .sessions
                    .iter()
                    .flat_map(move |one| by_role(one.look()));
                let between = several(Role::DescribeCaller, missing.saturating_sub(1));
                entry.chain(logins).chain(between).chain(looks)
            });
            let steps = scenario.steps.iter();
            let steps = steps.filter(|step| !step.expects_throttling());
            let steps =
                steps.flat_map(|step| std::iter::repeat_n(step.operation.as_str(), step.calls()));
            openings.chain(steps)
        })
    }

    /// Which of the scenarios at these positions this one continues.
    pub(crate) fn position_before(&self, scenario: &Scenario, all: &[usize]) -> Option<usize> {
        let id = scenario.continues.as_ref()?;
        let mut all = all.iter().copied();
        all.find(|position| self.scenarios[*position].id == id.value)
    }

    /// The same, as a scenario.
    fn before(&self, scenario: &Scenario, all: &[usize]) -> Option<&Scenario> {
        let position = self.position_before(scenario, all)?;
        self.scenarios.get(position)
    }

    /// Whether a session of an account lives when a scenario has ended.
    fn leaves(&self, scenario: &Scenario, all: &[usize], need: &AccountNeed, client: &str) -> bool {
        let before = self
            .before(scenario, all)
            .filter(|one| one.has_account(need));
        let lived = before.is_some_and(|before| self.leaves(before, all, need, client));
        scenario.leaves_session(&need.name, client, lived)
    }

    /// How many recovery codes the scenarios at these positions take: all together, and the most of one account.
    #[must_use]
    pub fn recovery_codes(&self, scenarios: &[usize]) -> (usize, usize) {
        let scenarios = scenarios.iter().map(|position| &self.scenarios[*position]);
        let of_accounts = scenarios.flat_map(|scenario| {
            scenario.accounts.iter().map(|need| {
                let takes = |step: &&Step| {
                    let mut inputs = step.inputs().into_iter();
                    inputs.any(|input| match &input.reference {
                        Reference::Account(name, Field::RecoveryCode) => *name == need.name,
                        _ => false,
                    })
                };
                scenario.steps.iter().filter(takes).count()
            })
        });
        of_accounts.fold((0, 0), |(all, most), own| (all + own, most.max(own)))
    }

    /// How often each operation is called, but for calls that reckon with a 429.
    #[must_use]
    pub fn calls_by_operation<'a>(&'a self, scenarios: &'a [usize]) -> BTreeMap<&'a str, usize> {
        let mut calls = BTreeMap::new();
        for name in self.calls(scenarios) {
            *calls.entry(name).or_default() += 1;
        }
        calls
    }

    /// The same for throttled operations alone.
    #[must_use]
    pub fn throttled_calls<'a>(&'a self, scenarios: &'a [usize]) -> BTreeMap<&'a str, usize> {
        let mut calls = self.calls_by_operation(scenarios);
        calls.retain(|name, _| self.contract.is_throttled(name));
        calls
    }
}
