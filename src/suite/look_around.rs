//! Looking around: after each call that has an effect, the sessions that a scenario knows are called with, as the contract
//! says what became of each. These calls are steps like any other; what they require follows from the effects.

use std::sync::{Arc, OnceLock};

use super::PathTemplate;
use super::notation::Statuses;
use super::scenario::{
    AccountKind, AccountNeed, Bodies, Capture, Condition, DEFAULT_CLIENT, Expectation, Look,
    Scenario, Step,
};
use super::template::{Reference, SessionPart, Template};
use crate::contract::{Contract, Effect, Ends, LookAround};
use crate::diagnostic::{Located, Source};

/// Where an answer has the token of the session that it opens.
pub(super) const TOKEN: &str = "$.token";
/// Where it has the challenge that a second factor answers.
pub(super) const CHALLENGE: &str = "$.totp_token";
/// Around the client type of the session whose id is captured.
const NAMED: &str = "$.tokens[?@.name == '";
const ITS_ID: &str = "'].id";

/// A session that a scenario knows.
struct Session {
    account: usize,
    client: String,
    token: Reference,
    name: String,
    /// The scenario says that nobody uses it: it is looked at when it has ended.
    is_unused: bool,
    /// The step that showed it alive last; nothing if it lived before the first step.
    seen: Option<usize>,
    /// The calls since then after which it was not looked at.
    since: Vec<usize>,
    /// The look that showed its end, and how many logins there had been.
    ended: Option<(usize, usize)>,
}

/// Who takes part in a call.
#[derive(Clone, Copy)]
struct Parties {
    /// The session that makes it.
    caller: Option<usize>,
    /// The account whose it is, or of which the body speaks.
    account: Option<usize>,
}

/// What a call does, as the contract says.
enum Change<'a> {
    /// These sessions end, and one of this account and client type is opened.
    Done(Vec<usize>, Option<(usize, String)>),
    /// Nothing ends, as this clause says.
    Nothing(&'a Located<String>),
    /// The caller lives on, as this clause says, and so does everyone else.
    Refused(&'a Located<String>),
    /// No clause says what becomes of sessions, but they should live on.
    Unsaid,
    /// What becomes of the account's sessions, only the steps of the scenario tell.
    Unknown,
}

struct Model<'a> {
    contract: &'a Contract,
    look: &'a LookAround,
    accounts: &'a [AccountNeed],
    source: &'a Source,
    sessions: Vec<Session>,
    steps: Vec<Step>,
    /// How many sessions have been opened.
    logins: usize,
    /// The look that a step requires: it is made by a session that has ended, or revokes one that lives.
    needed: Vec<(usize, usize)>,
    /// What is known to be the id of a session: the name of the capture, the account and the client type.
    ids: Vec<(String, usize, String)>,
}

/// Adds the looks to the steps of a scenario.
pub(super) fn look_around(contract: &Contract, scenario: &mut Scenario) {
    let Some(look) = &contract.look_around else {
        return;
    };
    if !scenario.accounts.iter().any(|need| need.is_followed) {
        return;
    }
    let source = Arc::clone(&scenario.source);
    let accounts = scenario.accounts.iter().enumerate();
    let sessions = accounts.flat_map(|(account, need)| {
        need.sessions.iter().map(move |session| {
            let (name, client) = (need.name.clone(), session.client.clone());
            Session {
                account,
                name: format!("{name}.{client}"),
                client: client.clone(),
                token: Reference::Session(name, client, SessionPart::Token),
                is_unused: false,
                seen: None,
                since: Vec::new(),
                ended: None,
            }
        })
    });
    let mut model = Model {
        contract,
        look,
        accounts: &scenario.accounts,
        source: &source,
        sessions: sessions.collect(),
        steps: Vec::new(),
        logins: 0,
        needed: Vec::new(),
        ids: Vec::new(),
    };
    let mut moved = Vec::new();
    let mut steps = std::mem::take(&mut scenario.steps).into_iter().peekable();
    while let Some(step) = steps.next() {
        moved.push(model.steps.len());
        model.follow(step, steps.peek());
    }
    model.look_at_ended();
    model.forget_unused_tokens();
    let needed = model.needed;
    scenario.steps = model.steps;
    for step in &mut scenario.steps {
        if step.look.is_none() {
            step.renumber(&moved);
        }
    }
    mask_by_looks(contract, &mut scenario.steps);
    for (step, look) in needed {
        for expectation in &mut scenario.steps[step].expectations {
            if !expectation.verifies.is_empty() {
                expectation.requires.push(look);
            }
        }
    }
}

/// How many sessions a call has ended, as its answer says, counts only if it has ended the right ones.
fn mask_by_looks(contract: &Contract, steps: &mut [Step]) {
    let looks = steps.iter().enumerate();
    let looks = looks.filter_map(|(position, step)| {
        let look = step.look.as_ref()?;
        look.shows_effect.then_some((look.cause, position))
    });
    let looks: Vec<(usize, usize)> = looks.collect();
    for (cause, look) in looks {
        if !matches!(
            contract.effect(&steps[cause].operation),
            Some(Effect {
                ends: Some(Ends::Others(_)),
                ..
            })
        ) {
            continue;
        }
        let expectations = steps[cause].expectations.iter_mut();
        expectations
            .filter(|one| one.says_how_many() && !one.verifies.is_empty())
            .for_each(|one| one.masked_by.push(look));
    }
}

impl<'a> Model<'a> {
    /// Adds a step, and the looks after it.
    fn follow(&mut self, mut step: Step, next: Option<&Step>) {
        let position = self.steps.len();
        if let Some(session) = self.seen_by(&step).and_then(|token| self.with_token(token)) {
            let session = &mut self.sessions[session];
            session.seen = Some(position);
            session.since.clear();
        }
        self.learn_ids(&step);
        // What the look has shown, the scenario may show once more.
        if let Some(look) = self.end_of_caller(&step)
            && step.operation != self.look.call.value
        {
            self.needed.push((position, look));
        }
        let contract = self.contract;
        let Some(effect) = contract.effect(&step.operation) else {
            self.steps.push(step);
            return;
        };
        let caller = self.caller(&step);
        let parties = Parties {
            caller,
            account: caller
                .map(|caller| self.sessions[caller].account)
                .or_else(|| self.account(&step)),
        };
        let has_second_factor = parties
            .account
            .is_some_and(|account| self.accounts[account].kind == AccountKind::Totp);
        let effect = match &effect.second_factor {
            Some(other) if has_second_factor => other,
            _ => effect,
        };
        let change = self.change(&step, effect, parties);
        if let Change::Done(_, Some(_)) = &change {
            keep_token(&mut step, position);
        }
        self.steps.push(step);
        self.logins += usize::from(matches!(change, Change::Done(_, Some(_))));
        if let Change::Done(ends, _) = &change
            && let Some(Ends::Named(_)) = &effect.ends
        {
            // A session that has ended already cannot be revoked.
            let seen = ends
                .iter()
                .filter_map(|session| self.sessions[*session].seen);
            self.needed.extend(seen.map(|look| (position, look)));
        }
        let spares = |model: &Self, session| model.spares(effect, session, parties);
        match change {
            Change::Nothing(clause) => self.look_at_all(position, |_, _| Some(clause)),
            Change::Refused(clause) => self.look_at_all(position, |model, session| {
                let is_caller = Some(session) == caller;
                is_caller
                    .then_some(clause)
                    .or_else(|| spares(model, session))
            }),
            Change::Unsaid => self.look_at_all(position, |_, _| None),
            Change::Unknown => {
                let is_other = |session: &Session| parties.account != Some(session.account);
                let is_known = parties.account.is_some();
                self.sessions
                    .retain(|session| is_known && is_other(session));
                self.look_at_all(position, |_, _| None);
            }
            Change::Done(ends, opens) => {
                self.look_at_all(position, |model, session| {
                    let lives = !ends.contains(&session);
                    lives.then(|| spares(model, session)).flatten()
                });
                if let Some(clause) = effect.ends.as_ref().map(Ends::clause) {
                    for session in ends {
                        self.look_at_end(session, position, clause);
                    }
                }
                if let Some((account, client)) = opens {
                    self.open(position, account, client, effect.opens.as_ref(), next);
                }
            }
        }
    }

    /// The sessions that live, as the contract says.
    fn living(&self) -> impl Iterator<Item = usize> + use<> {
        let sessions = self.sessions.iter().enumerate();
        let living = sessions.filter(|(_, session)| session.ended.is_none());
        let living: Vec<usize> = living.map(|(position, _)| position).collect();
        living.into_iter()
    }

    /// The living session whose token this is.
    fn with_token(&self, token: &Reference) -> Option<usize> {
        self.living()
            .find(|session| self.sessions[*session].token == *token)
    }

    fn caller(&self, step: &Step) -> Option<usize> {
        self.with_token(step.token.as_ref()?.plain()?)
    }

    /// The look that showed the end of the session that makes a call.
    fn end_of_caller(&self, step: &Step) -> Option<usize> {
        let token = step.token.as_ref()?.plain()?;
        let mut sessions = self.sessions.iter();
        let session = sessions.find(|session| session.token == *token)?;
        session.ended.map(|(look, _)| look)
    }

    /// The token of the session that a step of the scenario shows alive.
    fn seen_by<'s>(&self, step: &'s Step) -> Option<&'s Reference> {
        let succeeds = step.when.is_none() && step.expected_statuses()?.allows_success();
        let is_look = succeeds && step.operation == self.look.call.value;
        step.token.as_ref().filter(|_| is_look)?.plain()
    }

    /// The account of which the body of a call speaks.
    fn account(&self, step: &Step) -> Option<usize> {
        let Bodies::Json(body) = &step.bodies else {
            return None;
        };
        body.expressions()
            .into_iter()
            .find_map(|expression| match &expression.reference {
                Reference::Account(name, _) => {
                    self.accounts.iter().position(|need| need.name == *name)
                }
                _ => None,
            })
    }

    fn change(&self, step: &Step, effect: &'a Effect, parties: Parties) -> Change<'a> {
        let nothing = |clause: &'a Option<Located<String>>| {
            clause.as_ref().map_or(Change::Unsaid, Change::Nothing)
        };
        let Parties { caller, account } = parties;
        // The last set is the strictest.
        let all = step.expectations.iter();
        let statuses = all.filter_map(Expectation::statuses).next_back();
        let (Some(statuses), 1, None) = (statuses, step.calls(), &step.repeat) else {
            return Change::Unknown;
        };
        let id = step.path.first().map(|(_, id)| id);
        let target = id.and_then(|id| self.with_id(id));
        if let (Some(id), Some(caller)) = (id, caller) {
            match target.map(|target| &self.sessions[target]) {
                Some(_) if target == Some(caller) => {
                    return effect
                        .own_id
                        .as_ref()
                        .map_or(Change::Unsaid, Change::Refused);
                }
                Some(session) if Some(session.account) != account => {
                    return nothing(&effect.foreign_id);
                }
                None if id.as_text().is_some() => return nothing(&effect.unknown_id),
                // Another spelling of an id: the scenario says what it may do.
                None if id.plain().is_none() => return Change::Unsaid,
                _ => {}
            }
        }
        if statuses.is_refusal() {
            return nothing(&effect.refused);
        }
        // One that the scenario does not follow logs out.
        if let (Some(Ends::Caller(_)), None) = (&effect.ends, caller) {
            return Change::Done(Vec::new(), None);
        }
        if !statuses.asks_for_success() {
            return Change::Unknown;
        }
        let ended = |ends: &dyn Fn(usize, &Session) -> bool| {
            let living = self.living();
            let ended = living.filter(|session| ends(*session, &self.sessions[*session]));
            ended.collect()
        };
        let (ends, opens) = match (&effect.ends, caller, account) {
            (Some(Ends::Caller(_)), Some(caller), _) => (vec![caller], None),
            // Of another id, the scenario follows no session.
            (Some(Ends::Named(_)), Some(_), _) => (target.into_iter().collect(), None),
            (Some(Ends::Others(_)), Some(caller), Some(account)) => (
                ended(&|one, session| one != caller && session.account == account),
                None,
            ),
            (Some(Ends::SameType(_)), _, Some(account)) => {
                let Some(client) = client(step) else {
                    return Change::Unknown;
                };
                let same_type =
                    |_, session: &Session| session.account == account && session.client == client;
                let is_followed = self.accounts[account].is_followed;
                (ended(&same_type), is_followed.then_some((account, client)))
            }
            (None, _, Some(_)) => (Vec::new(), None),
            _ => return Change::Unknown,
        };
        if step.when.is_some() && !(ends.is_empty() && opens.is_none()) {
            return Change::Unknown;
        }
        Change::Done(ends, opens)
    }

    /// The living session whose id this is.
    fn with_id(&self, id: &Template) -> Option<usize> {
        match id.plain()? {
            Reference::Session(account, client, SessionPart::Id) => {
                let (account, client) = (account.clone(), client.clone());
                self.with_token(&Reference::Session(account, client, SessionPart::Token))
            }
            Reference::Capture(name) => {
                let mut ids = self.ids.iter();
                let (_, account, client) = ids.find(|(id, ..)| id == name)?;
                self.living().find(|session| {
                    let session = &self.sessions[*session];
                    session.account == *account && session.client == *client
                })
            }
            _ => None,
        }
    }

    /// Notes the ids that a list of tokens tells of the sessions of its caller's account.
    fn learn_ids(&mut self, step: &Step) {
        let Some(caller) = self.caller(step) else {
            return;
        };
        let account = self.sessions[caller].account;
        for capture in &step.captures {
            let path = capture.path.to_string();
            let named = path
                .strip_prefix(NAMED)
                .and_then(|rest| rest.strip_suffix(ITS_ID));
            if let Some(client) = named {
                self.ids
                    .push((capture.name.clone(), account, client.to_owned()));
            }
        }
    }

    /// The clause that says that a session lives on.
    fn spares(
        &self,
        effect: &'a Effect,
        session: usize,
        parties: Parties,
    ) -> Option<&'a Located<String>> {
        let own = self.sessions[session].account;
        if Some(session) == parties.caller && effect.spares_caller.is_some() {
            effect.spares_caller.as_ref()
        } else if parties.account.is_none_or(|account| own == account) {
            effect.spares.as_ref()
        } else {
            effect.spares_accounts.as_ref()
        }
    }

    /// Follows the session that a step has opened.
    fn open(
        &mut self,
        position: usize,
        account: usize,
        client: String,
        clause: Option<&Located<String>>,
        next: Option<&Step>,
    ) {
        let step = &self.steps[position];
        let Some(token) = step.captures.iter().find(|one| is_token(one)) else {
            return;
        };
        let token = Reference::Capture(token.name.clone());
        let is_seen_next = next.and_then(|next| self.seen_by(next)) == Some(&token);
        let line = self.source.line(step.span.start);
        let is_unused = step.unused;
        let status = step
            .expectations
            .iter()
            .find(|one| one.statuses().is_some());
        let verifies = match clause {
            Some(clause) => vec![clause.value.clone()],
            None => status.map_or_else(Vec::new, |status| status.verifies.clone()),
        };
        let session = self.sessions.len();
        self.sessions.push(Session {
            account,
            name: format!(
                "{}.{client}, opened at line {line}",
                self.accounts[account].name
            ),
            client,
            token,
            is_unused,
            seen: Some(position),
            since: Vec::new(),
            ended: None,
        });
        if !is_unused && !is_seen_next {
            self.look_alive(session, position, verifies);
        }
    }

    /// Looks at every session that lived before a call, if a clause says that it lives on.
    fn look_at_all(
        &mut self,
        cause: usize,
        clause: impl Fn(&Self, usize) -> Option<&'a Located<String>>,
    ) {
        for session in self.living() {
            match clause(self, session) {
                Some(clause) if !self.sessions[session].is_unused => {
                    self.look_alive(session, cause, vec![clause.value.clone()]);
                }
                _ if self.steps[cause].when.is_some() => {}
                _ => self.sessions[session].since.push(cause),
            }
        }
    }

    fn look_alive(&mut self, session: usize, cause: usize, verifies: Vec<String>) {
        let look = self.steps.len();
        self.look(session, cause, Statuses::success(), verifies, None);
        // What is left out shows nothing.
        if self.steps[cause].when.is_some() {
            return;
        }
        let session = &mut self.sessions[session];
        session.seen = Some(look);
        session.since.clear();
    }

    fn look_at_end(&mut self, session: usize, cause: usize, clause: &Located<String>) {
        let look = self.steps.len();
        // What was never used may never have worked: another session shows that the call does.
        let control = self.sessions[session].is_unused.then(|| {
            let after = self.steps[cause..].iter().enumerate();
            let mut looks = after.filter(|(_, step)| step.look.is_some());
            looks.next().map(|(offset, _)| cause + offset)
        });
        // With which status a token that has ended is refused, another clause says.
        let verifies = vec![clause.value.clone()];
        let status = Statuses::refusal();
        self.look(session, cause, status, verifies, control.flatten());
        self.sessions[session].ended = Some((look, self.logins));
    }

    /// No later login brings a session back.
    fn look_at_ended(&mut self) {
        let cause = self.steps.len() - 1;
        for session in 0..self.sessions.len() {
            let Session { account, ended, .. } = &self.sessions[session];
            let has_second_factor = self.accounts[*account].kind == AccountKind::Totp;
            if let Some((look, logins)) = *ended
                && logins < self.logins
                && !has_second_factor
            {
                self.sessions[session].seen = Some(look);
                let verifies = vec![self.look.stays_ended.value.clone()];
                self.look(session, cause, Statuses::exactly(401), verifies, None);
            }
        }
    }

    /// No look needs the token of a session that never ends and is never used.
    fn forget_unused_tokens(&mut self) {
        let sessions = self.sessions.iter();
        let living = sessions.filter(|session| session.is_unused && session.ended.is_none());
        let tokens: Vec<&Reference> = living.map(|session| &session.token).collect();
        for step in &mut self.steps {
            let is_needed = |capture: &Capture| {
                let token = Reference::Capture(capture.name.clone());
                !capture.is_derived || !tokens.contains(&&token)
            };
            step.captures.retain(is_needed);
        }
    }

    fn look(
        &mut self,
        session: usize,
        cause: usize,
        status: Statuses,
        verifies: Vec<String>,
        control: Option<usize>,
    ) {
        let (session, step) = (&self.sessions[session], &self.steps[cause]);
        let mut requires = session.since.clone();
        requires.extend(session.seen);
        requires.push(cause);
        let expectation = Expectation {
            in_words: OnceLock::from(format!("status {status} for {}", session.name)),
            conditions: vec![(Condition::Status(status), step.span.clone())],
            verifies,
            control,
            requires,
            masked_by: Vec::new(),
        };
        let look = Step {
            id: None,
            span: step.span.clone(),
            operation: self.look.call.value.clone(),
            role: self.contract.role_of(&self.look.call),
            path: Vec::new(),
            client: None,
            token: Some(Template::of(session.token.clone())),
            headers: Vec::new(),
            bodies: Bodies::None,
            when: step.when.clone(),
            after: None,
            repeat: None,
            unused: false,
            expectations: vec![expectation],
            captures: Vec::new(),
            look: Some(Look {
                session: session.name.clone(),
                cause,
                shows_effect: session.ended.is_none(),
            }),
        };
        self.steps.push(look);
    }
}

/// The client type that a call names.
fn client(step: &Step) -> Option<String> {
    let named = step.client.as_ref().map(Template::as_text);
    named.unwrap_or(Some(DEFAULT_CLIENT)).map(str::to_owned)
}

fn is_token(capture: &Capture) -> bool {
    !capture.count && capture.path.to_string() == TOKEN
}

/// The token of a session that a step opens is captured, if no template needs it either.
fn keep_token(step: &mut Step, position: usize) {
    if !step.captures.iter().any(is_token)
        && let Ok(path) = PathTemplate::parse(TOKEN)
    {
        step.captures.push(Capture {
            name: format!("token of step {position}"),
            path,
            count: false,
            is_derived: true,
        });
    }
}
