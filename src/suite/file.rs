//! The scenario language as it stands in a file; `schemas/scenario.schema.json` is generated from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::notation::{OneOrMany, Statuses};
use crate::contract::Profile;
use crate::diagnostic::Located;

/// One scenario: the accounts it needs, then its steps.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ScenarioFile {
    /// What the scenario shows, as a sentence.
    pub title: String,
    /// The scenario whose accounts and sessions this one goes on with, where that one has passed; it is not run for that.
    pub continues: Option<Located<String>>,
    /// Accounts by the name that templates use: `{{jane.email}}`.
    #[serde(default)]
    pub accounts: BTreeMap<String, Located<AccountFile>>,
    /// Whether it runs alone, after all others: what it does may throttle them.
    #[serde(default)]
    pub exclusive: bool,
    /// The profile that asks for it; otherwise every profile does of which it verifies a clause.
    pub profile: Option<Profile>,
    /// The calls, in order.
    pub steps: Vec<Located<StepFile>>,
}

/// An account that a scenario needs.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AccountFile {
    /// Whether it is registered before the first step; otherwise only e-mail, password and name are made up.
    #[serde(default = "yes")]
    pub registered: bool,
    /// Whether it has a second factor; such an account comes from provisioning.
    #[serde(default)]
    pub totp: bool,
    /// The client types of the sessions that it has before the first step, each seen alive: `{{jane.cli}}` is the token.
    /// If this is given, be it empty, every session of the account that the scenario knows is looked at after each call that has
    /// an effect.
    pub sessions: Option<Vec<Located<String>>>,
}

fn yes() -> bool {
    true
}

/// One call of one operation, and what is expected of the answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct StepFile {
    /// A name for `control` to point at.
    pub id: Option<Located<String>>,
    /// The operation of the contract.
    pub call: Located<String>,
    /// An account, whose usual body is sent: `jane`; or a session, whose token is: `jane.cli`.
    #[serde(rename = "as")]
    pub caller: Option<Located<String>>,
    /// Values of the parameters in the operation's path.
    #[serde(default)]
    pub path: BTreeMap<String, Located<String>>,
    /// The client header; not sent where it is left out.
    pub client: Option<Located<String>>,
    /// The bearer token; no `Authorization` header where it is left out. With a list the call is made with each token in turn.
    pub token: Option<Located<OneOrMany<String>>>,
    /// Further request headers; `authorization` and `content-type` replace those of the call.
    #[serde(default)]
    pub headers: BTreeMap<String, Located<String>>,
    /// The JSON body; no body where it is left out. With `as` these members replace those of the usual body.
    pub body: Option<Located<Value>>,
    /// A body as it stands, JSON or not, in place of `body`.
    pub raw: Option<Located<String>>,
    /// The JSON bodies of calls that are made at the same time, in place of `body`. The answer is that of the
    /// first one that succeeded, else of the first one.
    #[serde(default)]
    pub concurrent: Vec<Located<Value>>,
    /// The call is made only where an earlier answer had a value for this capture, or, with `not NAME`, had none; else the
    /// step is left out, and says nothing.
    pub when: Option<Located<String>>,
    /// What to wait for before the call.
    pub after: Option<After>,
    /// Calls again until an answer is met.
    pub repeat: Option<RepeatFile>,
    /// The clauses that the expectations verify; an expectation's own `verifies` comes first.
    #[serde(default)]
    pub verifies: Vec<Located<String>>,
    /// The step that differs in one thing and succeeds, so that a refusal for the wrong reason verifies nothing.
    pub control: Option<Located<String>>,
    /// Earlier steps that must have passed for the expectations to count: what happened before is taken for granted.
    #[serde(default)]
    pub requires: Vec<Located<String>>,
    /// Steps, earlier or later, of which none must fail for the expectations to count: what fails there is the cause.
    #[serde(default)]
    pub masked_by: Vec<Located<String>>,
    /// Whether nobody uses the session that the step opens, so that it is not looked at before it has ended.
    #[serde(default)]
    pub unused: bool,
    /// What is expected of the answer; the first one that fails to hold for its status ends the step. Left out, the call
    /// has to succeed: `{ status: 2xx }`.
    pub expect: Option<Located<OneOrMany<ExpectationFile>>>,
    /// Values to keep for later steps: a JSONPath, or `count(PATH)`.
    #[serde(default)]
    pub capture: BTreeMap<String, Located<String>>,
}

/// What a step waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// The next second of the server's clock, because timestamps of one second hide an order.
    NextSecond,
}

/// Calls a step again and again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RepeatFile {
    /// The most calls.
    pub max: u32,
    /// The longest time for them; a server too slow to be asked `max` times within it verifies nothing.
    pub within: Located<String>,
    /// The status that ends the repetition.
    pub until: Statuses,
}

/// What is expected of one answer. All conditions of one expectation must hold.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct ExpectationFile {
    /// The status: `200`, a class such as `2xx`, a bound such as `<500`, or a list of these.
    pub status: Option<Located<Statuses>>,
    /// The JSON Schema that the body satisfies: a file of `schemas/` without its ending.
    pub schema: Option<Located<String>>,
    /// `true`: the body is JSON, and the answer says so.
    pub is_json: Option<Located<bool>>,
    /// `true`: the body is no page for people (HTML).
    pub not_html: Option<Located<bool>>,
    /// `empty`: the answer has no body.
    pub body: Option<Located<BodyFile>>,
    /// Text that stands somewhere in the body.
    pub contains: Option<Located<String>>,
    /// `true`: the body holds no secret issued so far, nor its SHA-256.
    pub no_secrets: Option<Located<bool>>,
    /// `true`: the body holds nothing of the server's inside: no stack trace, no SQL, no path of a file.
    pub no_internals: Option<Located<bool>>,
    /// A header that the answer has.
    pub header: Option<Located<HeaderFile>>,
    /// The earlier step that was answered alike: with the same status, and the same body but for what the calls
    /// themselves said and for numbers and ids.
    pub same_response_as: Option<Located<String>>,
    /// How many of the calls of `concurrent` succeeded.
    pub succeeded: Option<Located<usize>>,
    /// The statuses of the other calls of `concurrent`.
    pub others: Option<Located<Statuses>>,
    /// The place in the body that the conditions below speak of: a JSONPath (RFC 9535).
    pub at: Option<Located<String>>,
    /// The value there.
    pub equals: Option<Located<Value>>,
    /// Text that does not stand in the value there.
    pub not_contains: Option<Located<String>>,
    /// How many bits of chance the value there has room for, by its length and its alphabet.
    pub min_entropy_bits: Option<Located<u32>>,
    /// How many places there are: a number or a template.
    pub count: Option<Located<Value>>,
    /// `true`: nothing is there.
    pub absent: Option<Located<bool>>,
    /// `true`: no two of the values there are the same.
    pub unique: Option<Located<bool>>,
    /// The order of the values there, as instants where they are.
    pub sorted: Option<Located<Order>>,
    /// An instant at that distance from the answer's own time: `+30d`, `0s`.
    pub approx: Option<Located<String>>,
    /// The same for every value there that is not `null`, of which there may be none.
    pub all_approx: Option<Located<String>>,
    /// How far off `approx` and `all_approx` may be; 65 minutes unless told, which leaves room for daylight saving.
    pub within: Option<Located<String>>,
    /// The same instant as a captured one, in whatever format.
    pub same_instant: Option<Located<String>>,
    /// The same e-mail address, in whatever letter case.
    pub same_email: Option<Located<String>>,
    /// The clauses that this expectation verifies.
    #[serde(default)]
    pub verifies: Vec<Located<String>>,
    /// As at the step, for this expectation alone.
    pub control: Option<Located<String>>,
    /// Further steps, besides those of the step, that must have passed for this expectation to count.
    #[serde(default)]
    pub requires: Vec<Located<String>>,
    /// Further steps, besides those of the step, of which none must fail for this expectation to count.
    #[serde(default)]
    pub masked_by: Vec<Located<String>>,
}

impl StepFile {
    /// Whether it expects that the call may succeed.
    pub(super) fn may_succeed(&self) -> bool {
        let Some(expected) = &self.expect else {
            return true;
        };
        let mut statuses = expected.0.iter().filter_map(|one| one.status.as_ref());
        statuses.any(|set| set.allows_success())
    }
}

impl ExpectationFile {
    /// Whether it says anything of the answer, rightly or wrongly.
    pub(super) fn has_condition(&self) -> bool {
        self.status.is_some()
            || self.schema.is_some()
            || self.is_json.is_some()
            || self.not_html.is_some()
            || self.body.is_some()
            || self.contains.is_some()
            || self.no_secrets.is_some()
            || self.no_internals.is_some()
            || self.header.is_some()
            || self.same_response_as.is_some()
            || self.succeeded.is_some()
            || self.others.is_some()
            || self.at.is_some()
    }
}

/// A header that an answer has.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct HeaderFile {
    /// Its name, in any letter case.
    pub name: String,
    /// One of the words that it lists, in any letter case; left out, any value will do.
    pub has: Option<String>,
}

/// What is expected of a body as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BodyFile {
    /// No byte at all.
    Empty,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The smallest or earliest first.
    Ascending,
    /// The greatest or latest first.
    Descending,
}
