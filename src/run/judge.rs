//! The judge of one scenario, without I/O: it is asked what it wants next, is given that, and comes to a result.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use super::call::{
    Answered, Occasion, Opening, Request, RetryReason, ScenarioAttempt, StepRequest, Stop,
    Unanswered,
};
use super::controls::{self, LOST_TOKEN};
use super::evaluate::{difference, wrong_status};
use super::fill::Context;
use super::judgement::{Evidence, Judgement, goes_astray, outcome, unknown_account};
use super::openings::{challenge_of, login, look, registration, second_factor};
use super::outcome::{
    ExpectationResult, ExpectationState, Failure, Outcome, ScenarioResult, StepOutcome, StepResult,
    Timing,
};
use super::scope::{LONGEST_CAPTURE, Missing, Scope};
use crate::accounts::Account;
use crate::contract::Role;
use crate::diagnostic::Span;
use crate::excerpt::Excerpt;
use crate::suite::{
    AccountKind, AccountNeed, Condition, Scenario, SessionNeed, Statuses, Step, When, expected,
};

const DIED: &str = "the server closed the connection without an answer, and did so again when the call was made once more: \
                    does it die of it?";

/// How often a session is opened again in a scenario: a server that ends sessions at each login has more to mend.
const MOST_OPENED_AGAIN: usize = 2;

/// A scenario under way.
pub(super) struct Judge<'a> {
    context: Context<'a>,
    scenario: &'a Scenario,
    attempt: ScenarioAttempt,
    next: Next,
    /// What has still to make the present account ready.
    openings: VecDeque<Opening>,
    /// The step for which a session was opened again.
    reopened: Option<usize>,
    /// The sessions that this scenario has opened, by account and position.
    opened_here: BTreeSet<(String, usize)>,
    /// How often each session was opened again.
    again: BTreeMap<(String, String), usize>,
    /// Why the sessions are not as the scenario reckons, so that what fails says nothing.
    astray: Option<String>,
    stop: Option<Stop>,
    result: ScenarioResult,
    /// What the templates of the scenario can name: callers fill its calls in from it, and lease codes into it.
    pub(super) scope: Scope,
}

/// What a scenario comes to.
pub(super) struct Concluded {
    pub(super) result: ScenarioResult,
    /// Why it has to start over, if it has to.
    pub(super) retry: Option<RetryReason>,
    /// Its accounts as it leaves them.
    pub(super) accounts: BTreeMap<String, Account>,
}

/// What comes next: an account, its opening, or a step, by their positions.
#[derive(Clone, Copy)]
enum Next {
    Account(usize),
    Opening(usize),
    Step(usize),
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        context: Context<'a>,
        scenario: &'a Scenario,
        attempt: ScenarioAttempt,
    ) -> Self {
        Self {
            context,
            scenario,
            attempt,
            next: Next::Account(0),
            openings: VecDeque::new(),
            reopened: None,
            opened_here: BTreeSet::new(),
            again: BTreeMap::new(),
            astray: None,
            stop: None,
            result: ScenarioResult::begun(scenario),
            scope: Scope::default(),
        }
    }

    /// What it wants next; nothing if that would change nothing any more.
    pub(super) fn next(&mut self) -> Option<Request<'a>> {
        while self.stop.is_none() {
            match self.next {
                Next::Account(index) => match self.scenario.accounts.get(index) {
                    Some(need) => return Some(Request::Account(need)),
                    None => self.next = Next::Step(0),
                },
                Next::Opening(index) => {
                    let need = &self.scenario.accounts[index];
                    let Some(opening) = self.openings.front().cloned() else {
                        self.next = match self.reopened {
                            Some(position) => Next::Step(position),
                            None => Next::Account(index + 1),
                        };
                        continue;
                    };
                    let step = Box::new(self.opening(need, &opening));
                    return Some(Request::Call(StepRequest::Opening(need, opening, step)));
                }
                Next::Step(position) => {
                    let step = self.scenario.steps.get(position)?;
                    if let Some(index) = self.reopen(position, step) {
                        self.next = Next::Opening(index);
                        continue;
                    }
                    match self.not_called(position, step) {
                        Some(done) => self.add(position, done),
                        None => return Some(Request::Call(StepRequest::Step(position, step))),
                    }
                }
            }
        }
        None
    }

    /// The account that it wanted.
    pub(super) fn give_account(&mut self, need: &AccountNeed, account: Result<Account, Stop>) {
        let account = match account {
            Ok(account) => account,
            Err(stop) => {
                self.stop = Some(stop);
                return;
            }
        };
        if need.kind != AccountKind::Totp {
            self.result.accounts.push(account.identity.email.clone());
        }
        let is_entered = account.is_carried || need.kind != AccountKind::Registered;
        let entry = (!is_entered).then_some(Opening::Entry);
        let sessions = need.sessions.iter().enumerate();
        let is_missing = |session: &SessionNeed| !account.sessions.contains_key(&session.client);
        let missing = sessions.clone().filter(|(_, session)| is_missing(session));
        let look = |session: usize, occasion: Occasion| Opening::Look { session, occasion };
        let mut logins: Vec<Opening> = missing
            .flat_map(|(session, _)| {
                let before_next = look(session, Occasion::BeforeNext);
                let mut opened = log_in(need, session, Opening::Login(session));
                opened.push(before_next);
                opened
            })
            .collect();
        // No other login follows the last one.
        logins.pop();
        let looks = sessions.map(|(session, _)| look(session, Occasion::AllThere));
        self.openings = entry.into_iter().chain(logins).chain(looks).collect();
        for (client, token) in &account.sessions {
            self.scope.open_session(&need.name, client, token);
        }
        self.scope.accounts.insert(need.name.clone(), account);
        if let Next::Account(index) = self.next {
            self.next = Next::Opening(index);
        }
    }

    /// What the calls that it wanted came to, and when they were under way.
    pub(super) fn give_answer(
        &mut self,
        request: &StepRequest<'a>,
        answered: Result<Answered, Unanswered>,
        timing: Timing,
    ) {
        let answered = match answered {
            Ok(answered) if answered.ran_out && !self.attempt.is_last => {
                Err(Unanswered::Retry(RetryReason::CodeRanOut))
            }
            other => other,
        };
        match *request {
            StepRequest::Opening(need, ref opening, ref step) => {
                self.openings.pop_front();
                self.stop = self.open(need, opening, step, answered, timing).err();
            }
            StepRequest::Step(position, step) => {
                let (done, stop) = match answered {
                    Ok(answered) => self.answered(position, step, answered),
                    Err(unanswered) => self.unanswered(position, step, unanswered),
                };
                let tried = done.calls > 0 || stop.is_some();
                let timing = tried.then_some(timing);
                self.stop = stop;
                self.add(position, StepResult { timing, ..done });
            }
        }
    }

    /// The result after so long; if the scenario has to start over, also why.
    pub(super) fn conclude(mut self, elapsed: Duration) -> Concluded {
        if let Some(stop) = &self.stop {
            let not_made = if stop.is_lack { skipped } else { blocked };
            let steps = self.scenario.steps.iter().enumerate();
            let made = match self.next {
                Next::Step(position) => position,
                // It may have stopped while a session was opened again for a step.
                Next::Account(_) | Next::Opening(_) => self.reopened.unwrap_or_default(),
            };
            let rest = steps.skip(made);
            let rest =
                rest.map(|(position, step)| not_made(self.scenario, position, step, &stop.reason));
            self.result.steps.extend(rest);
        }
        controls::withdraw_without(self.scenario, &mut self.result);
        controls::withdraw_unless(self.scenario, &mut self.result);
        controls::excuse_looks(self.context.plan, self.scenario, &mut self.result);
        let mut retry = self.stop.as_ref().and_then(|stop| stop.retry.clone());
        self.decide();
        self.result.milliseconds = elapsed.as_secs_f64() * 1e3;
        let undecided = matches!(self.result.outcome, Outcome::Failed | Outcome::Blocked);
        if undecided && self.attempt.is_together && self.scope.has_lost_any() {
            retry = retry.or(Some(RetryReason::LostSession));
        }
        Concluded {
            accounts: self.scope.accounts,
            result: self.result,
            retry: retry.filter(|_| !self.attempt.is_last),
        }
    }

    fn add(&mut self, position: usize, done: StepResult) {
        self.result.steps.push(done);
        self.next = Next::Step(position + 1);
    }

    fn is_ready_made(&self, need: &AccountNeed) -> bool {
        let account = self.scope.accounts.get(&need.name);
        account.is_some_and(|account| account.is_ready_made)
    }

    /// A step is not lost with the session that makes it: that one is opened again, by the account at this position. What
    /// has become of the session is the business of looks, which do not do so.
    fn reopen(&mut self, position: usize, step: &Step) -> Option<usize> {
        let (account, client) = step.needed_session()?;
        if self.reopened == Some(position) || !self.has_lost(step) {
            return None;
        }
        let mut needs = self.scenario.accounts.iter();
        let index = needs.position(|need| need.name == account)?;
        let mut sessions = self.scenario.accounts[index].sessions.iter();
        let session = sessions.position(|session| session.client == client)?;
        let key = (account.to_owned(), client.to_owned());
        let times = self.again.entry(key).or_default();
        *times += 1;
        if *times > MOST_OPENED_AGAIN {
            return None;
        }
        let again = Opening::Again {
            session,
            step: position,
        };
        let occasion = Occasion::Again(position);
        let need = &self.scenario.accounts[index];
        self.openings = log_in(need, session, again).into();
        self.openings.push_back(Opening::Look { session, occasion });
        self.reopened = Some(position);
        let reason = || {
            format!(
                "the session `{account}.{client}` had ended where it should live, and was opened again; this may follow from \
                 that"
            )
        };
        self.astray.get_or_insert_with(reason);
        Some(index)
    }

    /// The call that makes an account ready.
    fn opening(&self, need: &AccountNeed, opening: &Opening) -> Step {
        let contract = &self.context.plan.suite.contract;
        match *opening {
            Opening::Entry if self.is_ready_made(need) => login(contract, &need.name, None),
            Opening::Entry => registration(contract, &need.name),
            Opening::Login(session) | Opening::Again { session, .. }
                if need.kind == AccountKind::Totp =>
            {
                second_factor(contract, &need.name, &need.sessions[session].client)
            }
            Opening::Challenge(session)
            | Opening::Login(session)
            | Opening::Again { session, .. } => {
                login(contract, &need.name, Some(&need.sessions[session].client))
            }
            Opening::Look { session, occasion } => {
                let session = &need.sessions[session];
                let with_id = !matches!(occasion, Occasion::WithoutId { .. });
                look(contract, &need.name, session, with_id)
            }
        }
    }

    /// The result of a step that makes no call.
    fn not_called(&self, position: usize, step: &Step) -> Option<StepResult> {
        if let Some(when) = step.when.as_ref().filter(|when| !self.scope.meets(when)) {
            return Some(left_out(self.scenario, position, step, when));
        }
        self.has_lost(step)
            .then(|| blocked(self.scenario, position, step, LOST_TOKEN))
    }

    /// Whether the token of a step was refused where it should have worked: what is called with it is blocked, and nothing
    /// else.
    fn has_lost(&self, step: &Step) -> bool {
        let has_lost = |token| {
            let token = self.scope.text(token);
            token.is_ok_and(|token| self.scope.has_lost(&token))
        };
        self.scope.has_lost_any() && step.token.as_ref().is_some_and(has_lost)
    }

    /// Whether its call changes nothing, so that others do not rest on it but where they say so.
    fn is_reading(&self, step: &Step) -> bool {
        let contract = &self.context.plan.suite.contract;
        contract.only_reads(&step.operation)
    }

    fn answered(
        &mut self,
        position: usize,
        step: &Step,
        answered: Answered,
    ) -> (StepResult, Option<Stop>) {
        let steps = &self.result.steps;
        let judgement = Judgement {
            suite: &self.context.plan.suite,
            secrets: self.context.secrets,
            clock: self.context.clock,
            evidence: Evidence::Call(self.context.target),
            scenario: self.scenario,
            position,
            earlier: &steps[steps.len() - position..],
        };
        let unknown = judgement.unknown_account(answered.answer.status, &self.scope);
        let mut expectations = judgement.judge(&answered, &mut self.scope);
        if let Some(reason) = &self.astray {
            let states = expectations.iter_mut().map(|one| &mut one.state);
            states
                .filter(|state| state.is_failed())
                .for_each(|state| *state = ExpectationState::untried(reason));
        }
        if let [call] = answered.filled.calls.as_slice() {
            let client_header = &self.context.plan.suite.contract.client_header;
            let token = answered.filled.token.as_deref();
            self.scope
                .follow(call, token, &answered.answer, client_header);
        }
        let done = StepResult {
            position: Some(position),
            account: None,
            operation: step.operation.clone(),
            line: self.scenario.source.line(step.span.start),
            outcome: outcome(&expectations),
            reason: answered.undecided,
            calls: answered.calls,
            timing: None,
            exchange: Some(Box::new(answered.exchange)),
            expectations,
        };
        let follows_sessions = self.scenario.accounts.iter().any(|need| need.is_followed);
        if follows_sessions && goes_astray(&self.context.plan.suite.contract, step, &done) {
            let (operation, line) = (&done.operation, done.line);
            let reason = || {
                format!(
                    "`{operation}` at line {line} came out otherwise than expected, and this may follow from that"
                )
            };
            self.astray.get_or_insert_with(reason);
        }
        let stop = failed_precondition(&done, &self.scenario.source.path);
        let stop = stop.filter(|_| !(self.is_reading(step) && self.has_lost(step)));
        let stop = stop.map(|reason| Stop::blocked(&reason));
        // Nothing of the scenario can be tried with an account that is not there.
        (done, unknown.map(|reason| Stop::lack(&reason)).or(stop))
    }

    fn unanswered(
        &mut self,
        position: usize,
        step: &Step,
        unanswered: Unanswered,
    ) -> (StepResult, Option<Stop>) {
        self.scope.end_step();
        let has_died = matches!(unanswered, Unanswered::Died);
        let stop = self.stop_for(unanswered, &step.operation);
        let reason = stop
            .as_ref()
            .map_or_else(|reason| reason, |stop| &stop.reason);
        let done = if has_died {
            died(self.scenario, position, step)
        } else {
            blocked(self.scenario, position, step, reason)
        };
        (done, stop.ok())
    }

    /// How a scenario goes on after a call without an answer: not at all, or without what that step was to show.
    fn stop_for(&self, unanswered: Unanswered, operation: &str) -> Result<Stop, String> {
        let redacted = |reason: &str| self.context.secrets.redact(reason);
        Ok(match unanswered {
            Unanswered::Missing(reason) => return Err(redacted(&reason)),
            Unanswered::Died => Stop::blocked(DIED),
            Unanswered::WaitBudgetExceeded(reason) => {
                Stop::undecided(Outcome::Skipped, &redacted(&reason))
            }
            Unanswered::Transport(error) => {
                let reason = redacted(&format!("`{operation}`: {error}"));
                let retry = error.is_end().then(|| RetryReason::Died(reason.clone()));
                Stop {
                    retry,
                    ..Stop::undecided(Outcome::Error, &reason)
                }
            }
            Unanswered::Retry(why) => Stop {
                retry: Some(why.clone()),
                ..Stop::undecided(Outcome::Skipped, &why.to_string())
            },
        })
    }

    /// An account is registered, or logged in to, if the answer has a token; a session lives if it is heeded.
    fn open(
        &mut self,
        need: &AccountNeed,
        opening: &Opening,
        step: &Step,
        answered: Result<Answered, Unanswered>,
        timing: Timing,
    ) -> Result<(), Stop> {
        let (name, is_ready_made) = (&need.name, self.is_ready_made(need));
        let client = |session: usize| need.sessions[session].client.as_str();
        let what = self.shortfall(need, opening);
        let reason = |why: &str| format!("{what}: {why}");
        let answered = match answered {
            Ok(answered) => answered,
            Err(unanswered) => {
                let stop = self.stop_for(unanswered, &step.operation);
                let stop = stop.unwrap_or_else(|reason| Stop::blocked(&reason));
                return Err(Stop {
                    reason: reason(&stop.reason),
                    ..stop
                });
            }
        };
        let answer = &answered.answer;
        let (status, sent) = (answer.status, answered.filled.token.clone());
        let is_success = (200..300).contains(&status);
        let token = answer.json.as_ref().and_then(|body| body["token"].as_str());
        let token = token.filter(|token| is_success && token.len() <= LONGEST_CAPTURE);
        match *opening {
            Opening::Login(session) | Opening::Again { session, .. } => {
                self.opened_here.insert((name.clone(), session));
                if let Some(token) = token {
                    self.scope.open_session(name, client(session), token);
                }
            }
            Opening::Challenge(_) => {
                let challenge = answer
                    .json
                    .as_ref()
                    .and_then(|body| body["totp_token"].as_str());
                let challenge = challenge.map(|challenge| Value::String(challenge.to_owned()));
                let missing = || Missing(format!("`{name}` was not challenged"));
                self.scope
                    .capture(&challenge_of(name), challenge.ok_or_else(missing));
            }
            Opening::Look { session, .. } => {
                self.scope.identify_session(name, client(session), answer);
            }
            Opening::Entry => {
                if let Some(account) = self.scope.accounts.get_mut(name) {
                    account.token = token.map(str::to_owned);
                }
            }
        }
        let promise = self.promise(need, opening, step);
        let is_lost = promise.is_some() && status == 401;
        let expectations = promise.into_iter().map(|(clause, span)| {
            let statuses = Statuses::success();
            self.seen(&statuses, status, clause, span)
        });
        let expectations: Vec<ExpectationResult> = expectations.collect();
        let missing = match (answer.status, token, opening) {
            (200..300, Some(_), _)
            | (200..300, _, Opening::Challenge(_) | Opening::Look { .. }) => None,
            (200..300, None, _) => Some("the answer has no token that could be sent".to_owned()),
            (401 | 422, _, Opening::Entry) if is_ready_made => Some(format!(
                "status {status} (does the command of --accounts make accounts on this server?)"
            )),
            (422, _, Opening::Entry) => Some(
                "422 (if the server checks the domains of e-mails, name one with --email-domain)"
                    .to_owned(),
            ),
            (status, ..) => Some(format!("status {status}")),
        };
        let opened = StepResult {
            position: None,
            account: Some(name.clone()),
            operation: step.operation.clone(),
            line: 0,
            outcome: match missing {
                None => StepOutcome::Passed,
                Some(_) => StepOutcome::Failed,
            },
            reason: missing.clone(),
            calls: answered.calls,
            timing: Some(timing),
            exchange: Some(Box::new(answered.exchange)),
            expectations,
        };
        let openings = self.result.steps.iter();
        let last = openings.take_while(|step| step.position.is_none()).count();
        self.result.steps.insert(last, opened);
        self.meet(need, opening, status)?;
        let Some(why) = missing else {
            return Ok(());
        };
        let goes_on = self.goes_on_without(need, opening, is_lost);
        // Another scenario may have ended it: this one is begun once more, alone.
        if let (Opening::Look { .. }, 401, Some(token)) = (opening, status, sent)
            && (is_lost || !goes_on)
        {
            self.scope.lose_token(&token);
        }
        if goes_on {
            return Ok(());
        }
        Err(Stop::blocked(&reason(&why)))
    }

    /// A provisioned account is there if its password is answered by a challenge; what it is needed for is skipped if it is not.
    fn meet(&self, need: &AccountNeed, opening: &Opening, status: u16) -> Result<(), Stop> {
        let account = self.scope.accounts.get(&need.name);
        let (Opening::Challenge(_), Some(account)) = (opening, account) else {
            return Ok(());
        };
        match (status, &account.second_factor) {
            (200..300, Some(factor)) => factor.let_in(),
            (400..500, _) => {
                if let Some(reason) = unknown_account(account, status) {
                    return Err(Stop::lack(&reason));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What is not as the scenario needs it if an opening fails.
    fn shortfall(&self, need: &AccountNeed, opening: &Opening) -> String {
        let name = &need.name;
        match opening {
            Opening::Entry if self.is_ready_made(need) => {
                format!("the account `{name}` cannot be logged in to")
            }
            Opening::Entry => format!("the account `{name}` cannot be registered"),
            Opening::Challenge(session)
            | Opening::Login(session)
            | Opening::Again { session, .. } => {
                let client = &need.sessions[*session].client;
                format!("the account `{name}` cannot be logged in to as {client}")
            }
            Opening::Look { session, .. } => {
                let client = &need.sessions[*session].client;
                format!("the session `{name}.{client}` does not live")
            }
        }
    }

    /// Whether the scenario goes on although an opening has failed. If another login has ended the session, what that makes is
    /// tried with one that is opened for it.
    fn goes_on_without(&mut self, need: &AccountNeed, opening: &Opening, is_lost: bool) -> bool {
        let account = self.scope.accounts.get(&need.name);
        let is_carried = |session: usize| {
            let key = (need.name.clone(), session);
            account.is_some_and(|account| account.is_carried) && !self.opened_here.contains(&key)
        };
        match *opening {
            Opening::Entry | Opening::Challenge(_) | Opening::Login(_) => false,
            // The step is made all the same, and what fails there follows from this.
            Opening::Again { .. }
            | Opening::Look {
                occasion: Occasion::Again(_),
                ..
            } => {
                self.openings.clear();
                true
            }
            // It may live although its list is refused.
            Opening::Look { session, occasion }
                if need.sessions[session].needs_id
                    && !matches!(occasion, Occasion::WithoutId { .. }) =>
            {
                let all_there = occasion == Occasion::AllThere;
                let occasion = Occasion::WithoutId { all_there };
                let look = Opening::Look { session, occasion };
                self.openings.push_front(look);
                true
            }
            // The scenario before it may have ended it, as it should or not.
            Opening::Look {
                session,
                occasion: Occasion::AllThere | Occasion::WithoutId { all_there: true },
            } if is_carried(session) => {
                let occasion = Occasion::OpenedAnew;
                let look = Opening::Look { session, occasion };
                self.openings.push_front(look);
                for opening in log_in(need, session, Opening::Login(session))
                    .into_iter()
                    .rev()
                {
                    self.openings.push_front(opening);
                }
                true
            }
            Opening::Look { .. } => is_lost,
        }
    }

    /// The clause that says that a session lives while others are opened after it, and where the file asks for it; nothing
    /// if no other was, or if it came from another scenario.
    fn promise<'n>(
        &self,
        need: &'n AccountNeed,
        opening: &Opening,
        step: &Step,
    ) -> Option<(&'a str, &'n Span)> {
        let &Opening::Look { session, occasion } = opening else {
            return None;
        };
        let all_there = match occasion {
            Occasion::AllThere => step.role == Some(Role::DescribeCaller),
            Occasion::WithoutId { all_there } => all_there,
            _ => false,
        };
        let is_last = session + 1 == need.sessions.len();
        let account = self.scope.accounts.get(&need.name)?;
        let contract = &self.context.plan.suite.contract;
        let last = match need.kind {
            AccountKind::Totp => Role::SecondFactor,
            AccountKind::Registered | AccountKind::Unregistered => Role::LogIn,
        };
        let clause = contract
            .effect(contract.operation_of(last)?)?
            .spares
            .as_ref()?;
        (all_there && !is_last && !account.is_carried)
            .then_some((clause.value.as_str(), &need.sessions[session].span))
    }

    /// What a look before the first step comes to.
    fn seen(
        &self,
        expected: &Statuses,
        status: u16,
        clause: &str,
        span: &Span,
    ) -> ExpectationResult {
        let source = &self.scenario.source;
        let state = if expected.contains(status) {
            ExpectationState::Held
        } else if status == 401 {
            let failure = wrong_status(expected, status, "");
            let failure = Box::new(Failure {
                span: span.clone(),
                excerpt: Excerpt::of(source, span),
                ..failure
            });
            ExpectationState::Failed { failure }
        } else {
            ExpectationState::untried("a session could not be looked at")
        };
        ExpectationResult {
            verifies: vec![clause.to_owned()],
            line: source.line(span.start),
            expects: format!("status {expected}"),
            state,
        }
    }

    /// The outcome of the whole scenario, from what its parts met.
    fn decide(&mut self) {
        let (plan, result) = (self.context.plan, &mut self.result);
        let untried = result.checks().find_map(|check| match check.state {
            ExpectationState::Untried { reason } if plan.covers(check.clause) => {
                Some(reason.clone())
            }
            _ => None,
        });
        if plan.is_failed_by(result) {
            result.outcome = Outcome::Failed;
        } else if let Some(stop) = self.stop.take() {
            result.outcome = stop.outcome;
            result.reason = Some(stop.reason);
        } else if let Some(reason) = untried {
            result.outcome = Outcome::Blocked;
            result.reason = Some(reason);
        }
    }
}

/// What opens a session: with a second factor, the password comes first.
fn log_in(need: &AccountNeed, session: usize, last: Opening) -> Vec<Opening> {
    let is_challenged = need.kind == AccountKind::Totp;
    let challenge = is_challenged.then_some(Opening::Challenge(session));
    challenge.into_iter().chain([last]).collect()
}

fn blocked(scenario: &Scenario, position: usize, step: &Step, reason: &str) -> StepResult {
    let line = |offset| scenario.source.line(offset);
    StepResult {
        position: Some(position),
        account: None,
        operation: step.operation.clone(),
        line: line(step.span.start),
        outcome: StepOutcome::Blocked,
        reason: Some(reason.to_owned()),
        calls: 0,
        timing: None,
        exchange: None,
        expectations: step
            .expectations
            .iter()
            .map(|expectation| ExpectationResult {
                verifies: expectation.verifies.clone(),
                line: line(expectation.span().start),
                expects: expected(scenario, expectation).to_owned(),
                state: ExpectationState::untried(reason),
            })
            .collect(),
    }
}

/// A step at which the connection has ended without an answer, and ended again as the call was made once more.
fn died(scenario: &Scenario, position: usize, step: &Step) -> StepResult {
    let mut done = blocked(scenario, position, step, DIED);
    done.calls = 2;
    let expectations = step.expectations.iter().zip(&mut done.expectations);
    for (expectation, recorded) in expectations {
        let status = expectation.conditions.iter();
        let mut status = status.filter(|(condition, _)| matches!(condition, Condition::Status(_)));
        let Some((Condition::Status(statuses), span)) = status.next() else {
            continue;
        };
        let failure = Failure {
            span: span.clone(),
            excerpt: Excerpt::of(&scenario.source, span),
            ..difference(
                DIED.to_owned(),
                format!("status {statuses}"),
                "no answer".to_owned(),
            )
        };
        recorded.state = ExpectationState::Failed {
            failure: Box::new(failure),
        };
        done.outcome = StepOutcome::Failed;
    }
    done
}

/// A step that does not apply, as no answer had a value for what it needs.
fn left_out(scenario: &Scenario, position: usize, step: &Step, when: &When) -> StepResult {
    let had = if when.has_value { "no" } else { "an" };
    let reason = format!(
        "left out, as {had} answer had a value for `{}`",
        when.capture
    );
    skipped(scenario, position, step, &reason)
}

/// A step that is not made, and says nothing of the server.
fn skipped(scenario: &Scenario, position: usize, step: &Step, reason: &str) -> StepResult {
    let mut done = blocked(scenario, position, step, reason);
    done.outcome = StepOutcome::Skipped;
    for recorded in &mut done.expectations {
        recorded.state = ExpectationState::Skipped {
            reason: reason.to_owned(),
        };
    }
    done
}

/// An expectation that verifies nothing is a precondition: if it fails, the rest of the scenario is blocked.
fn failed_precondition(step: &StepResult, path: &str) -> Option<String> {
    step.expectations
        .iter()
        .filter(|expectation| expectation.verifies.is_empty())
        .find_map(|expectation| match &expectation.state {
            ExpectationState::Failed { failure } => Some(format!(
                "`{}` at {path}:{}: {}",
                step.operation, expectation.line, failure.message
            )),
            ExpectationState::Untried { reason } => Some(reason.clone()),
            ExpectationState::Held | ExpectationState::Skipped { .. } => None,
        })
}
