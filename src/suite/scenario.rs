//! A scenario as it is run: everything checked, parsed and named.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::file::{After, Order};
use super::json_template::JsonTemplate;
use super::jsonpath::PathTemplate;
use super::notation::Statuses;
use super::template::{Expression, Field, Reference, SessionPart, Template};
use crate::contract::{Profile, Role};
use crate::diagnostic::{Located, Source, Span};

/// The most calls that are made to go beyond a limit that a server announces.
const MOST_ANNOUNCED: u32 = 300;

/// The type of a client that does not say which it is.
pub(crate) const DEFAULT_CLIENT: &str = "mobile";

/// One scenario of the suite.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its id, which is its path: `login/same-client-type`.
    pub id: String,
    /// What it shows, as a sentence.
    pub title: String,
    /// The file.
    pub source: Arc<Source>,
    /// The scenario, by its id, whose accounts it goes on with.
    pub continues: Option<Located<String>>,
    /// The accounts it needs.
    pub accounts: Vec<AccountNeed>,
    /// Whether it runs alone, after all others.
    pub exclusive: bool,
    /// The profile that asks for it; otherwise every profile does of which it verifies a clause.
    pub profile: Option<Profile>,
    /// The calls, in order.
    pub steps: Vec<Step>,
}

/// An account that a scenario needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNeed {
    /// The name that templates use.
    pub name: String,
    /// How it comes to be.
    pub kind: AccountKind,
    /// The sessions that it has before the first step.
    pub sessions: Vec<SessionNeed>,
    /// Whether its sessions are looked at after each call that has an effect.
    pub is_followed: bool,
}

/// A session that a scenario needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNeed {
    /// The client type.
    pub client: String,
    /// Where the file asks for it.
    pub span: Span,
    /// Whether a step names its id.
    pub needs_id: bool,
}

/// How an account comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// Registered before the first step.
    Registered,
    /// E-mail, password and name are made up; nobody registers it.
    Unregistered,
    /// Provisioned, with a second factor.
    Totp,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Step {
    /// A name for `control` to point at.
    pub id: Option<String>,
    /// Its place in the file: the operation's name.
    pub span: Span,
    /// The operation.
    pub operation: String,
    /// What the harness uses that for by itself.
    pub role: Option<Role>,
    /// Values of the parameters in the operation's path.
    pub path: Vec<(String, Template)>,
    /// The client header.
    pub client: Option<Template>,
    /// The bearer token.
    pub token: Option<Template>,
    /// Further request headers.
    pub headers: Vec<(String, Template)>,
    /// The bodies: none, one, or one for each of the calls that are made at the same time.
    pub bodies: Bodies,
    /// What must be for the call to be made.
    pub when: Option<When>,
    /// What to wait for before the call.
    pub after: Option<After>,
    /// Calls again until an answer is met.
    pub repeat: Option<Repeat>,
    /// Whether nobody uses the session that it opens.
    pub unused: bool,
    /// What is expected of the answer.
    pub expectations: Vec<Expectation>,
    /// Values to keep for later steps.
    pub captures: Vec<Capture>,
    /// Whose session it looks at, if no step of the file states the call.
    pub look: Option<Look>,
}

/// A call that looks at a session after another call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The session: `jane.cli`.
    pub session: String,
    /// The step with the effect, by its position.
    pub cause: usize,
    /// Whether it shows that effect, and not that the session has not come back since it ended.
    pub(super) shows_effect: bool,
}

/// What must be for a call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The capture.
    pub capture: String,
    /// Whether it must have a value, or must have none.
    pub has_value: bool,
}

/// What a step sends.
#[derive(Debug, Clone)]
pub enum Bodies {
    /// Nothing.
    None,
    /// JSON.
    Json(JsonTemplate),
    /// Text as it stands.
    Raw(Template),
    /// JSON, in several calls at the same time.
    Concurrent(Vec<JsonTemplate>),
}

/// Calls a step again and again.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// The most calls.
    pub max: u32,
    /// The longest time for them.
    pub within: Duration,
    /// The status that ends the repetition.
    pub until: Statuses,
}

/// A value to keep for later steps.
#[derive(Debug, Clone)]
pub struct Capture {
    /// The name that templates use.
    pub name: String,
    /// Where the value stands in the body.
    pub path: PathTemplate,
    /// Whether the number of places is kept and not the value there.
    pub count: bool,
    /// Whether looks alone use it.
    pub(super) is_derived: bool,
}

/// Conditions that must all hold, and the clauses that they verify.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The conditions, each with its place in the file.
    pub conditions: Vec<(Condition, Span)>,
    /// The clauses; without one it is a precondition of what comes later.
    pub verifies: Vec<String>,
    /// The step, by its position, that must succeed for the check to count.
    pub control: Option<usize>,
    /// The earlier steps, by their positions, that must have passed for the expectation to count.
    pub requires: Vec<usize>,
    /// The steps, by their positions, of which none must fail for the expectation to count.
    pub masked_by: Vec<usize>,
    /// What is expected, in short, once somebody has asked.
    pub(super) in_words: OnceLock<String>,
}

/// One condition on an answer.
#[derive(Debug, Clone)]
pub enum Condition {
    /// The status is in the set.
    Status(Statuses),
    /// The body satisfies the JSON Schema of that name.
    Schema(String),
    /// The body is JSON, and the answer says so.
    IsJson,
    /// The body is no page for people.
    NotHtml,
    /// There is no body.
    EmptyBody,
    /// The text stands somewhere in the body.
    Contains(Template),
    /// The body holds no secret issued so far, nor its SHA-256.
    NoSecrets,
    /// The body holds nothing of the server's inside.
    NoInternals,
    /// The answer has that header, and among its words that one.
    Header(String, Option<String>),
    /// The answer is like that of the step at that position.
    SameResponse(usize),
    /// That many of the calls made at the same time succeeded.
    Succeeded(usize),
    /// The other calls made at the same time were answered with such a status.
    Others(Statuses),
    /// Something about the places that a JSONPath selects.
    At(PathTemplate, Test),
}

/// What is tested at the places that a JSONPath selects.
#[derive(Debug, Clone)]
pub enum Test {
    /// There is one place, and it has this value.
    Equals(JsonTemplate),
    /// There is one place, and this text does not stand in its value.
    NotContains(Template),
    /// There is one place, and its value has room for that many bits of chance.
    MinEntropyBits(u32),
    /// There are that many places.
    Count(JsonTemplate),
    /// There is no such place.
    Absent,
    /// No two of the values are the same.
    Unique,
    /// The values stand in that order.
    Sorted(Order),
    /// There is one place, an instant near the answer's own time plus an offset.
    Approx {
        /// Seconds after the answer.
        offset: i64,
        /// How far off it may be.
        within: Duration,
    },
    /// Every value that is not `null` is an instant near the answer's own time plus an offset.
    AllApprox {
        /// Seconds after the answer.
        offset: i64,
        /// How far off it may be.
        within: Duration,
    },
    /// There is one place, the same instant as another value.
    SameInstant(Template),
    /// It is the same e-mail address, in whatever letter case.
    SameEmail(Template),
}

impl SessionNeed {
    /// What shows it alive: a call that tells its id, too, if that is needed.
    #[must_use]
    pub fn look(&self) -> Role {
        if self.needs_id {
            Role::ListSessions
        } else {
            Role::DescribeCaller
        }
    }
}

impl Scenario {
    /// The name of its trial: `login::same-client-type`.
    #[must_use]
    pub fn name(&self) -> String {
        self.id.replace('/', "::")
    }

    /// Whether it has the same account.
    pub(super) fn has_account(&self, need: &AccountNeed) -> bool {
        let mut accounts = self.accounts.iter();
        accounts.any(|other| other.name == need.name && other.kind == need.kind)
    }

    /// Whether a session of an account lives when it has ended, as far as its steps tell; `before` says whether it did when it
    /// began.
    pub(super) fn leaves_session(&self, account: &str, client: &str, before: bool) -> bool {
        let is_own = |template: &Template, part: SessionPart| {
            let session = Reference::Session(account.to_owned(), client.to_owned(), part);
            let mut expressions = template.expressions();
            expressions.any(|one| one.reference == session)
        };
        let by_own = |step: &Step| {
            let mut token = step.token.iter();
            token.any(|token| is_own(token, SessionPart::Token))
        };
        let needs = self.accounts.iter().filter(|need| need.name == account);
        let mut needed = needs.flat_map(|need| &need.sessions);
        let mut lives = before || needed.any(|session| session.client == client);
        let succeeds = |step: &&Step| {
            let mut statuses = step.expectations.iter().flat_map(Expectation::all_statuses);
            statuses.any(Statuses::asks_for_success)
        };
        // What is said of another account leaves this one alone; whose a captured token is, nobody knows.
        let concerns = |step: &&Step| {
            let inputs = step.inputs().into_iter();
            let mut accounts = inputs.filter_map(|input| match &input.reference {
                Reference::Account(name, _) | Reference::Session(name, ..) => Some(name),
                Reference::Capture(_) | Reference::Attempt => None,
            });
            accounts.all(|name| name == account)
        };
        for step in self.steps.iter().filter(succeeds).filter(concerns) {
            let mut path = step.path.iter();
            match step.role {
                Some(Role::LogIn | Role::SecondFactor) => {
                    let as_client = step.client.as_ref().and_then(Template::as_text);
                    lives |= as_client == Some(client);
                }
                Some(Role::LogOut) if by_own(step) => lives = false,
                Some(Role::EndOthers) if !by_own(step) => lives = false,
                Some(Role::EndSession) if path.any(|(_, id)| is_own(id, SessionPart::Id)) => {
                    lives = false;
                }
                _ => {}
            }
        }
        lives
    }

    /// Whether the code of that account is to begin with a zero.
    #[must_use]
    pub(crate) fn wants_zero(&self, account: &str) -> bool {
        let mut inputs = self.steps.iter().flat_map(Step::inputs);
        inputs.any(|input| match &input.reference {
            Reference::Account(name, Field::TotpWithZero) => name == account,
            _ => false,
        })
    }

    /// Whether it needs an account with a second factor.
    #[must_use]
    pub fn needs_totp(&self) -> bool {
        self.accounts
            .iter()
            .any(|need| need.kind == AccountKind::Totp)
    }

    /// Every clause that some expectation verifies, with repetitions.
    pub fn verifies(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .flat_map(|step| &step.expectations)
            .flat_map(|expectation| &expectation.verifies)
            .map(String::as_str)
    }
}

impl Step {
    /// The session, by account and client type, that has to live for the step to be made.
    pub(crate) fn needed_session(&self) -> Option<(&str, &str)> {
        let Reference::Session(account, client, SessionPart::Token) =
            self.token.as_ref()?.plain()?
        else {
            return None;
        };
        let succeeds = self.look.is_none() && self.expected_statuses()?.allows_success();
        succeeds.then_some((account, client))
    }

    /// The same step where steps were added, by the new positions of the old ones.
    pub(super) fn renumber(&mut self, moved: &[usize]) {
        for expectation in &mut self.expectations {
            let named = expectation.control.iter_mut();
            let named = named.chain(&mut expectation.requires);
            let named = named.chain(&mut expectation.masked_by);
            let conditions = expectation.conditions.iter_mut();
            let compared = conditions.filter_map(|(condition, _)| match condition {
                Condition::SameResponse(position) => Some(position),
                _ => None,
            });
            for position in named.chain(compared) {
                *position = moved[*position];
            }
        }
    }

    /// Whether the call has done what the step expects of it: to succeed, or to be refused, with whatever status.
    pub(crate) fn comes_out(&self, status: u16) -> bool {
        let mut sets = self.expectations.iter().flat_map(Expectation::all_statuses);
        let any = |is: &dyn Fn(&Statuses) -> bool| {
            let mut sets = self.expectations.iter().flat_map(Expectation::all_statuses);
            sets.any(is)
        };
        if any(&Statuses::asks_for_success) {
            (200..300).contains(&status)
        } else if any(&Statuses::is_refusal) {
            (400..500).contains(&status)
        } else {
            sets.all(|set| set.contains(status))
        }
    }

    /// The status that the step expects, where it expects one.
    #[must_use]
    pub fn expected_statuses(&self) -> Option<&Statuses> {
        self.expectations.iter().find_map(Expectation::statuses)
    }

    /// Whether a 429 is one of the answers that the step reckons with: then it is not waited for.
    #[must_use]
    pub fn expects_throttling(&self) -> bool {
        let all = self.expectations.iter().flat_map(Expectation::all_statuses);
        all.chain(self.repeat.iter().map(|repeat| &repeat.until))
            .any(|set| set.names(429))
    }

    /// Whether it is repeated until a limit is met: nothing but a 429 will do.
    fn seeks_limit(&self) -> bool {
        let mut statuses = self.expectations.iter().flat_map(Expectation::all_statuses);
        statuses.any(|set| set.is_just(429))
    }

    /// How often it is repeated at most: as a server is declared to need it, or else, to meet a limit, twice as often as that
    /// may allow, as the window in which the server counts may end in between.
    #[must_use]
    pub fn most_calls(&self, declared: Option<u32>, announced: Option<u32>) -> u32 {
        let Some(repeat) = &self.repeat else {
            return 1;
        };
        if !self.seeks_limit() {
            return repeat.max;
        }
        let announced = announced.filter(|limit| *limit < MOST_ANNOUNCED);
        let beyond = announced.map_or(0, |limit| MOST_ANNOUNCED.min(2 * limit + 1));
        declared.unwrap_or((2 * repeat.max).max(beyond))
    }

    /// How long its repetition may take: to meet a limit twice the window, so that one whole window is in it.
    #[must_use]
    pub fn longest_repetition(&self) -> Duration {
        let within = self
            .repeat
            .as_ref()
            .map_or(Duration::ZERO, |repeat| repeat.within);
        if self.seeks_limit() {
            2 * within
        } else {
            within
        }
    }

    /// Whether its answer may be a challenge: what it captures of that runs out.
    #[must_use]
    pub fn gives_challenge(&self) -> bool {
        self.role == Some(Role::LogIn)
    }

    /// Whether it sends what was captured of a challenge.
    #[must_use]
    pub fn sends_challenge(&self) -> bool {
        self.role == Some(Role::SecondFactor)
    }

    /// Every expression that must have a value before the call can be made.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Expression> {
        let templates = self.path.iter().map(|(_, value)| value);
        let templates = templates.chain(self.headers.iter().map(|(_, value)| value));
        let templates = templates.chain(&self.client).chain(&self.token);
        let mut inputs: Vec<&Expression> = templates.flat_map(Template::expressions).collect();
        match &self.bodies {
            Bodies::None => {}
            Bodies::Json(body) => inputs.extend(body.expressions()),
            Bodies::Raw(text) => inputs.extend(text.expressions()),
            Bodies::Concurrent(bodies) => {
                inputs.extend(bodies.iter().flat_map(JsonTemplate::expressions));
            }
        }
        inputs
    }

    /// Whether it takes the server's time: for a code, or for an instant that is near it.
    #[must_use]
    pub fn needs_clock(&self) -> bool {
        let needs_code = |input: &&Expression| {
            let Reference::Account(_, field) = &input.reference else {
                return false;
            };
            matches!(field, Field::Totp | Field::TotpWithZero | Field::OldTotp)
        };
        let conditions = self.expectations.iter().flat_map(|one| &one.conditions);
        let mut tests = conditions.filter_map(|(condition, _)| match condition {
            Condition::At(_, test) => Some(test),
            _ => None,
        });
        self.inputs().iter().any(needs_code)
            || tests.any(|test| matches!(test, Test::Approx { .. } | Test::AllApprox { .. }))
    }

    /// How many calls the step makes where nothing repeats it.
    #[must_use]
    pub fn calls(&self) -> usize {
        match &self.bodies {
            Bodies::Concurrent(bodies) => bodies.len(),
            _ => 1,
        }
    }
}

impl Expectation {
    fn all_statuses(&self) -> impl Iterator<Item = &Statuses> {
        let conditions = self.conditions.iter();
        conditions.filter_map(|(condition, _)| match condition {
            Condition::Status(statuses) => Some(statuses),
            _ => None,
        })
    }

    /// Whether it counts for nothing unless the step made all its calls as it should: as often, or at once.
    #[must_use]
    pub fn needs_every_call(&self) -> bool {
        let conditions = self.conditions.iter();
        self.statuses().is_some_and(|set| set.is_just(429))
            || conditions.map(|(condition, _)| condition).any(|condition| {
                matches!(condition, Condition::Succeeded(_) | Condition::Others(_))
            })
    }

    /// The set of statuses that it expects, where it expects one.
    #[must_use]
    pub fn statuses(&self) -> Option<&Statuses> {
        self.all_statuses().next()
    }

    /// The positions of the steps that it names.
    pub fn named_steps(&self) -> impl Iterator<Item = usize> {
        let like = self
            .conditions
            .iter()
            .filter_map(|(condition, _)| match condition {
                Condition::SameResponse(position) => Some(*position),
                _ => None,
            });
        self.control
            .into_iter()
            .chain(self.requires.iter().copied())
            .chain(self.masked_by.iter().copied())
            .chain(like)
    }

    /// Whether it compares a value in the body.
    pub(super) fn says_how_many(&self) -> bool {
        let mut conditions = self.conditions.iter().map(|(condition, _)| condition);
        conditions.any(|condition| matches!(condition, Condition::At(_, Test::Equals(_))))
    }

    /// Whether it says what there is, and not only how it is described.
    pub(crate) fn is_about_state(&self) -> bool {
        let mut conditions = self.conditions.iter().map(|(condition, _)| condition);
        conditions.any(|condition| {
            matches!(
                condition,
                Condition::Status(_)
                    | Condition::Succeeded(_)
                    | Condition::Others(_)
                    | Condition::At(_, Test::Equals(_) | Test::Count(_) | Test::Absent)
            )
        })
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.conditions
            .first()
            .map_or(0..0, |(_, span)| span.clone())
    }
}

impl Condition {
    /// Every expression that must have a value before the condition can be tested.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Expression> {
        match self {
            Self::Status(_)
            | Self::Schema(_)
            | Self::IsJson
            | Self::NotHtml
            | Self::EmptyBody
            | Self::NoSecrets
            | Self::NoInternals
            | Self::Header(..)
            | Self::SameResponse(_)
            | Self::Succeeded(_)
            | Self::Others(_) => Vec::new(),
            Self::Contains(template) => template.expressions().collect(),
            Self::At(path, test) => {
                let mut inputs: Vec<&Expression> = path.expressions().collect();
                match test {
                    Test::Equals(value) | Test::Count(value) => inputs.extend(value.expressions()),
                    Test::SameInstant(template)
                    | Test::SameEmail(template)
                    | Test::NotContains(template) => {
                        inputs.extend(template.expressions());
                    }
                    Test::Absent
                    | Test::Unique
                    | Test::Sorted(_)
                    | Test::Approx { .. }
                    | Test::AllApprox { .. }
                    | Test::MinEntropyBits(_) => {}
                }
                inputs
            }
        }
    }
}
