//! The calls that lead to a failure as a file for Hurl, which fails as long as the server breaks the clause.

mod asserts;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use self::asserts::status;
use self::values::{File, RANDOM_NAME, derived, escaped, one_line, random, variable, word};
use super::write::REPRODUCE;
use super::{Place, Report, Story, WriteError, write_files};
use crate::contract::Contract;
use crate::http::Target;
use crate::run::{OpeningCall, StepResult, look, openings};
use crate::suite::{AccountNeed, Bodies, Condition, Scenario, Statuses, Step, Suite, step_line};

/// No larger file is written: nobody wants to read it.
const LARGEST: usize = 64 * 1024;

/// Writes the file of each failure that has one into `reproduce/` in the folder of the reports: `<clause>.hurl`.
///
/// # Errors
/// The first file that cannot be written.
pub fn write_reproductions(
    report: &Report,
    (suite, target): (&Suite, &Target),
    dir: &Path,
) -> Result<(), WriteError> {
    let stories = report.stories();
    let files = stories.iter().filter_map(|story| {
        let name = format!("{}.hurl", story.clause.id);
        Some((name, hurl(suite, target, story)?))
    });
    let files: Vec<(String, String)> = files.collect();
    if files.is_empty() {
        return Ok(());
    }
    let files = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone()));
    write_files(&dir.join(REPRODUCE), files).map(|_| ())
}

/// The file for a story. None if Hurl cannot make its calls, or cannot check what fails: calls at the same time, repeated
/// ones, conditions on order and chance.
#[must_use]
pub fn hurl(suite: &Suite, target: &Target, story: &Story<'_>) -> Option<String> {
    let (scenario, place) = Place::of(story).alone(suite)?;
    let accounts = scenario.accounts.iter();
    let openings: Vec<OpeningCall> = accounts
        .clone()
        .flat_map(|need| openings(&suite.contract, need))
        .collect();
    let looks: Vec<Step> = match place.position {
        Some(_) => Vec::new(),
        // The session that was opened last is not what fails.
        None => accounts
            .flat_map(|need| looks_but_last(&suite.contract, need))
            .collect(),
    };
    let last = place.position.unwrap_or_default();
    let checked = scenario.steps.get(last);
    let conditions = checked.iter().flat_map(|step| &step.expectations);
    let mut conditions = conditions.flat_map(|one| &one.conditions);
    let failed = conditions.find(|(_, span)| *span == story.failure.span);
    let failed = failed.map(|(condition, _)| condition);
    if place.position.is_some() && failed.is_none() {
        return None;
    }
    let mut file = File {
        suite,
        target,
        story,
        accounts: &scenario.accounts,
        uses: BTreeMap::new(),
        given: BTreeSet::new(),
        codes: BTreeMap::new(),
        has_random: false,
    };
    let steps = scenario.steps.iter().enumerate().take(last + 1);
    let steps = steps.filter(|(_, step)| file.recorded(&scenario, step).is_some());
    let steps: Vec<(usize, &Step)> = steps.collect();
    // A server may be right to answer so that a step with an alternative is not made.
    if steps.iter().any(|(_, step)| step.when.is_some()) {
        return None;
    }
    let calls = openings.iter().map(|opening| &opening.step);
    let calls = calls
        .chain(&looks)
        .chain(steps.iter().map(|(_, step)| *step));
    file.note_uses(calls, failed);
    let mut entries = Vec::new();
    for OpeningCall { step, gives } in &openings {
        let gives = gives.iter().flat_map(|(reference, path)| {
            let name = variable(reference).unwrap_or_default();
            file.kept(&name, &format!("jsonpath \"{path}\""))
        });
        entries.push(file.entry(step, &gives.collect::<Vec<_>>(), &[], None)?);
    }
    for look in &looks {
        entries.push(file.entry(look, &[], &[status(&Statuses::success())], None)?);
    }
    for (position, step) in steps {
        if step.repeat.is_some() {
            let times = file.recorded(&scenario, step)?.calls.saturating_sub(1);
            entries.push(file.entry(step, &[], &[], Some(times))?);
        }
        let asserts = match failed.filter(|_| position == last) {
            Some(condition) => file.asserts(condition)?,
            None => Vec::new(),
        };
        let captures = file.captures(step)?;
        entries.push(file.entry(step, &captures, &asserts, None)?);
    }
    let text = file.head() + &entries.concat();
    (text.len() <= LARGEST).then_some(text)
}

fn looks_but_last(contract: &Contract, need: &AccountNeed) -> impl Iterator<Item = Step> {
    let sessions = need.sessions.iter().rev().skip(1);
    sessions.map(|session| look(contract, &need.name, session, false))
}

impl File<'_> {
    fn head(&self) -> String {
        let clause = &self.story.clause;
        let (file, line) = (&self.story.scenario.file, self.story.line);
        let mut text = format!(
            "# {}: {}
# {}; checked at {file}:{line}
",
            clause.id, clause.text, clause.source
        );
        let given = self
            .given
            .iter()
            .map(|name| format!(" --variable '{name}=\"…\"'"));
        let given: String = given.collect();
        let _ = writeln!(text, "# It fails as long as the server breaks the clause:");
        let _ = writeln!(
            text,
            "# hurl --test --variable base_url=URL{given} {}.hurl",
            clause.id
        );
        text
    }

    /// What became of a step in the run; nothing if it was not made.
    fn recorded(&self, scenario: &Scenario, step: &Step) -> Option<&StepResult> {
        let line = step_line(scenario, step);
        let mut steps = self.story.scenario.steps.iter();
        steps.find(|one| {
            one.line == line && one.operation == step.operation && one.exchange.is_some()
        })
    }

    /// Notes what the calls and the check need of the answers.
    fn note_uses<'s>(
        &mut self,
        calls: impl IntoIterator<Item = &'s Step>,
        condition: Option<&'s Condition>,
    ) {
        let inputs = calls.into_iter().flat_map(Step::inputs);
        for input in inputs.chain(condition.into_iter().flat_map(Condition::inputs)) {
            let Some(source) = variable(&input.reference) else {
                continue;
            };
            let made = derived(&source, &input.filters);
            let uses = self.uses.entry(source).or_default();
            uses.extend(made.filter(|(_, filters)| !filters.is_empty()));
        }
    }

    /// One call, or that many; the values that are kept of its answer, and what is asserted of that.
    fn entry(
        &mut self,
        step: &Step,
        captures: &[String],
        asserts: &[String],
        times: Option<u32>,
    ) -> Option<String> {
        let operation = self.suite.contract.operations.get(&step.operation)?;
        let mut address = self.target.operation(&step.operation, operation);
        for (name, value) in &step.path {
            let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let value = self.text(value, encoded)?;
            address.path = address.path.replace(&format!("{{{name}}}"), &value);
        }
        let headers = self.headers(step)?;
        let body = match &step.bodies {
            Bodies::None => String::new(),
            Bodies::Json(body) => {
                self.json(body)?.to_string().replace(&random(), RANDOM_NAME) + "\n"
            }
            Bodies::Raw(text) => format!("`{}`\n", self.text(text, one_line)?),
            Bodies::Concurrent(_) => return None,
        };
        let is_first =
            !self.has_random && (headers.contains(RANDOM_NAME) || body.contains(RANDOM_NAME));
        self.has_random |= is_first;
        let random = is_first.then(|| "variable: random={{newUuid}}".to_owned());
        // Times of one second hide an order.
        let delay = step.after.map(|_| "delay: 1100ms".to_owned());
        let repeat = times.map(|times| format!("repeat: {times}"));
        let options = random.into_iter().chain(delay).chain(repeat);
        let options: Vec<String> = options.collect();
        let section = |name: &str, lines: &[String]| match lines {
            [] => String::new(),
            lines => format!("[{name}]\n{}\n", lines.join("\n")),
        };
        Some(format!(
            "\n{} {{{{base_url}}}}{}\n{headers}{}{body}HTTP *\n{}{}",
            address.method,
            address.path,
            section("Options", &options),
            section("Captures", captures),
            section("Asserts", asserts),
        ))
    }

    fn headers(&mut self, step: &Step) -> Option<String> {
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        for (name, _) in &self.target.headers {
            let variable = format!("header_{}", word(name));
            headers.push((name.to_ascii_lowercase(), format!("{{{{{variable}}}}}")));
            self.given.insert(variable);
        }
        if let Some(client) = &step.client {
            let name = self.suite.contract.client_header.to_ascii_lowercase();
            headers.push((name, self.text(client, escaped)?));
        }
        if let Some(token) = &step.token {
            let token = self.text(token, escaped)?;
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        if !matches!(step.bodies, Bodies::None) {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in &step.headers {
            headers.retain(|(other, _)| other != name);
            headers.push((name.clone(), self.text(value, escaped)?));
        }
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        let text: String = lines.collect();
        text.is_ascii().then_some(text)
    }

    fn captures(&mut self, step: &Step) -> Option<Vec<String>> {
        let mut captures = Vec::new();
        for capture in &step.captures {
            let path = self.path(&capture.path)?;
            let query = if capture.count {
                format!("jsonpath \"{}\" count", path.strip_suffix("[*]")?)
            } else {
                format!("jsonpath \"{path}\"")
            };
            captures.extend(self.kept(&word(&capture.name), &query));
        }
        Some(captures)
    }

    /// The captures of a value, and of what is made of it, as far as the file needs them.
    fn kept(&self, name: &str, query: &str) -> Vec<String> {
        let uses = self.uses.get(name).into_iter();
        let uses = uses.flat_map(|made| {
            let own = format!("{name}: {query}");
            let made = made
                .iter()
                .map(|(name, filters)| format!("{name}: {query} {filters}"));
            std::iter::once(own).chain(made)
        });
        uses.collect()
    }
}
