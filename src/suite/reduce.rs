//! A scenario without the calls that do not lead to one of its checks: what is needed to see a failure again.

use std::collections::BTreeSet;

use super::Suite;
use super::scenario::{Condition, Expectation, Scenario, Step};
use super::template::Reference;
use crate::contract::{Contract, Role};

impl Suite {
    /// The suite with these scenarios and no others.
    #[must_use]
    pub fn only(&self, scenarios: Vec<Scenario>) -> Self {
        Self {
            contract: self.contract.clone(),
            scenarios,
            schemas: self.schemas.clone(),
            digest: self.digest.clone(),
            built_in: self.built_in,
        }
    }

    /// A scenario and those that it continues, the first one first.
    #[must_use]
    pub fn with_continued(&self, id: &str) -> Vec<Scenario> {
        let mut chain = Vec::new();
        let mut next = self.scenario(id);
        while let Some(scenario) = next {
            chain.insert(0, scenario.clone());
            let before = scenario.continues.as_ref();
            next = before.and_then(|before| self.scenario(before));
        }
        chain
    }
}

impl Scenario {
    /// The calls that lead to the expectation on this line of the step at `last`, and where that step stands among them.
    /// A call leads there if it gives what another one sends, or if it changes something. What only reads is left out, but for
    /// the first call of a session, as unused ones may be treated otherwise; and unless the check is about the list of tokens,
    /// which tells when each was used. None if there is no such step.
    #[must_use]
    pub fn leading_to(
        &self,
        contract: &Contract,
        last: usize,
        line: usize,
    ) -> Option<(Self, usize)> {
        let checked = self.steps.get(last)?;
        let expectations = checked.expectations.iter();
        let expectations = expectations.filter(|one| self.source.line(one.span().start) == line);
        let mut kept: BTreeSet<usize> = expectations.clone().flat_map(compared_with).collect();
        kept.insert(last);
        let of_conditions = expectations.flat_map(|one| &one.conditions);
        let of_conditions = of_conditions.flat_map(|(condition, _)| condition.inputs());
        let compared: BTreeSet<&str> = of_conditions
            .filter_map(|input| captured_name(&input.reference))
            .collect();
        let is_first_use = |at: usize, step: &Step| {
            let mut earlier = self.steps[..at].iter();
            step.token.is_some() && earlier.all(|one| one.token != step.token)
        };
        let tells_uses = checked.role == Some(Role::ListSessions);
        loop {
            let steps = || kept.iter().map(|at| &self.steps[*at]);
            let names: BTreeSet<&str> = steps()
                .flat_map(named_captures)
                .chain(compared.iter().copied())
                .collect();
            let leads = |(at, step): (usize, &Step)| {
                let gives = step
                    .captures
                    .iter()
                    .any(|one| names.contains(one.name.as_str()));
                let matters = !contract.only_reads(&step.operation)
                    || is_first_use(at, step)
                    || tells_uses && step.look.is_none();
                (gives || at < last && matters).then_some(at)
            };
            let causes = steps().filter_map(|step| Some(step.look.as_ref()?.cause));
            let leading = self.steps.iter().enumerate().filter_map(leads);
            let more: BTreeSet<usize> = causes.chain(leading).collect();
            if more.is_subset(&kept) {
                break;
            }
            kept.extend(more);
        }
        let position = kept.iter().position(|at| *at == last)?;
        Some((self.keeping(&kept), position))
    }

    /// Only what makes this account ready.
    #[must_use]
    pub fn opening(&self, account: &str) -> Self {
        let mut opening = self.keeping(&BTreeSet::new());
        let needs = self.accounts.iter().filter(|need| need.name == account);
        opening.accounts = needs.cloned().collect();
        opening
    }

    /// Only these steps.
    fn keeping(&self, kept: &BTreeSet<usize>) -> Self {
        let mut kept_steps: Vec<Step> = kept.iter().map(|at| self.steps[*at].clone()).collect();
        let moved = |at: &usize| kept.iter().position(|one| one == at);
        for step in &mut kept_steps {
            let causes = step.look.iter_mut().map(|look| &mut look.cause);
            causes.for_each(|cause| *cause = moved(cause).unwrap_or_default());
            step.expectations
                .iter_mut()
                .for_each(|one| one.keep_named(moved));
        }
        Self {
            continues: None,
            accounts: self.accounts.clone(),
            steps: kept_steps,
            id: self.id.clone(),
            title: self.title.clone(),
            source: self.source.clone(),
            ..*self
        }
    }
}

impl Expectation {
    /// The same where only some steps are left, by their new positions.
    fn keep_named(&mut self, moved: impl Fn(&usize) -> Option<usize>) {
        self.control = self.control.and_then(|at| moved(&at));
        for named in [&mut self.requires, &mut self.masked_by] {
            *named = named.iter().filter_map(&moved).collect();
        }
        self.conditions
            .retain_mut(|(condition, _)| match condition {
                Condition::SameResponse(at) => moved(at).map(|new| *at = new).is_some(),
                _ => true,
            });
    }
}

/// The steps that an expectation compares the answer with: its control, and one that is answered alike.
fn compared_with(expectation: &Expectation) -> Vec<usize> {
    let alike = expectation
        .conditions
        .iter()
        .filter_map(|(condition, _)| match condition {
            Condition::SameResponse(at) => Some(*at),
            _ => None,
        });
    alike.chain(expectation.control).collect()
}

fn captured_name(reference: &Reference) -> Option<&str> {
    match reference {
        Reference::Capture(name) => Some(name),
        _ => None,
    }
}

/// The captures that have to be there before a step is made.
fn named_captures(step: &Step) -> impl Iterator<Item = &str> {
    let inputs = step.inputs().into_iter();
    let inputs = inputs.filter_map(|input| captured_name(&input.reference));
    inputs.chain(step.when.as_ref().map(|when| when.capture.as_str()))
}
