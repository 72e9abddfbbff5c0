use super::*;
use crate::http::LimitedCalls;

const LOGIN: &str = "login";
const REGISTER: &str = "register";

fn declared(limits: &[(&str, &str)]) -> Pace {
    let limits = limits
        .iter()
        .map(|(name, limit)| DeclaredLimit::parse(LimitedCalls::named(name), limit).unwrap());
    Pace::new(limits.collect())
}

fn caller<'a>(operation: &'a str, account: &'a str) -> Caller<'a> {
    Caller {
        operation,
        account: Some(account),
        is_guest: operation != "me",
    }
}

/// Makes calls that are let through, one after another, all at once.
fn made(pace: &mut Pace, operation: &str, calls: usize, now: Instant) {
    let keys = pace.take(&caller(operation, "jane"), calls, now);
    pace.give_back(&keys, calls, 0, now);
}

fn wait_of(pace: &Pace, caller: &Caller<'_>, now: Instant) -> Duration {
    let held = pace.free_at(caller, 1, now, |_| true);
    held.map_or(Duration::ZERO, |held| held.until - now)
}

fn wait(pace: &Pace, operation: &str, now: Instant) -> Duration {
    wait_of(pace, &caller(operation, "jane"), now)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_token_comes_back_a_window_after_the_answer() {
    let (mut pace, start) = (declared(&[("login", "2/min")]), Instant::now());
    assert_eq!(wait(&pace, LOGIN, start), Duration::ZERO);
    let keys = pace.take(&caller(LOGIN, "jane"), 2, start);
    // Answered ten seconds later: until then nobody knows when the server counted it.
    assert_eq!(wait(&pace, LOGIN, start), seconds(60) + MARGIN);
    let later = start + seconds(10);
    pace.give_back(&keys, 1, 0, later);
    pace.give_back(&keys, 0, 1, later);
    assert_eq!(wait(&pace, LOGIN, later), Duration::ZERO);
    made(&mut pace, LOGIN, 1, start + seconds(20));
    let now = start + seconds(30);
    assert_eq!(wait(&pace, LOGIN, now), seconds(40) + MARGIN);
    assert_eq!(wait(&pace, REGISTER, now), Duration::ZERO);
    assert_eq!(wait(&pace, LOGIN, now + seconds(41)), Duration::ZERO);
}

#[test]
fn a_limit_for_all_counts_every_call_and_one_for_guests_those_without_a_token() {
    let limits = [("all", "5/min"), ("guests", "3/min"), ("login", "2/2s")];
    let (mut pace, now) = (declared(&limits), Instant::now());
    made(&mut pace, REGISTER, 2, now);
    assert_eq!(wait(&pace, LOGIN, now), Duration::ZERO);
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&pace, LOGIN, now), seconds(60) + MARGIN);
    assert_eq!(wait(&pace, "me", now), Duration::ZERO);
    made(&mut pace, "me", 2, now);
    assert_eq!(wait(&pace, "me", now), seconds(60) + MARGIN);
}

#[test]
fn a_limit_by_account_holds_back_that_account_alone() {
    let (mut pace, now) = (declared(&[("login", "1/min per account")]), Instant::now());
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&pace, LOGIN, now), seconds(60) + MARGIN);
    assert_eq!(wait_of(&pace, &caller(LOGIN, "john"), now), Duration::ZERO);
    let unknown = Caller {
        account: None,
        ..caller(LOGIN, "")
    };
    assert_eq!(wait_of(&pace, &unknown, now), Duration::ZERO);
}

#[test]
fn the_slowest_limit_holds_a_call_back() {
    let (mut pace, now) = (
        declared(&[("all", "1/s"), ("login", "1/min")]),
        Instant::now(),
    );
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&pace, LOGIN, now), seconds(60) + MARGIN);
    assert_eq!(wait(&pace, REGISTER, now), seconds(1));
}

#[test]
fn calls_are_spread_where_a_limit_is_one_by_the_second() {
    let (mut pace, now) = (declared(&[("all", "4/s")]), Instant::now());
    assert_eq!(wait(&pace, "me", now), Duration::ZERO);
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&pace, "me", now), Duration::from_millis(250));
    let later = now + Duration::from_millis(250);
    assert_eq!(wait(&pace, "me", later), Duration::ZERO);
}

#[test]
fn more_calls_at_once_than_the_limit_has_wait_for_all_of_it() {
    let (mut pace, now) = (declared(&[("login", "3/min")]), Instant::now());
    let login = caller(LOGIN, "jane");
    assert_eq!(pace.free_at(&login, 5, now, |_| true), None);
    made(&mut pace, LOGIN, 2, now);
    let held = pace.free_at(&login, 5, now + seconds(9), |_| true).unwrap();
    assert_eq!(held.until, now + seconds(60) + MARGIN);
    assert_eq!(held.by, "3/min");
    assert_eq!(pace.free_at(&login, 1, now, |_| true), None);
}

/// What an answer announces.
fn announced(limit: u32, left: u32, reset: u64) -> RateLimitHeaders {
    RateLimitHeaders {
        limit: Some(limit),
        left: Some(left),
        reset: Some(seconds(reset)),
    }
}

#[test]
fn an_account_that_has_none_left_is_held_back_until_it_has() {
    let (mut pace, now) = (declared(&[]), Instant::now());
    let (jane, john) = (caller(LOGIN, "jane"), caller(LOGIN, "john"));
    pace.announced(&jane, announced(2, 1, 30), now);
    assert_eq!(wait_of(&pace, &jane, now), Duration::ZERO);
    pace.announced(&john, announced(2, 1, 30), now);
    pace.announced(&jane, announced(2, 0, 30), now);
    assert_eq!(wait_of(&pace, &jane, now), seconds(30) + MARGIN);
    assert_eq!(wait_of(&pace, &john, now), Duration::ZERO);
    assert_eq!(
        wait_of(&pace, &caller(REGISTER, "jane"), now),
        Duration::ZERO
    );
    // Without a word of when, there is nothing to wait for.
    let forever = RateLimitHeaders {
        reset: None,
        ..announced(2, 0, 0)
    };
    pace.announced(&john, forever, now);
    assert_eq!(wait_of(&pace, &john, now), Duration::ZERO);
}

#[test]
fn a_limit_that_was_seen_to_count_all_accounts_holds_all_of_them_back() {
    let (mut pace, now) = (declared(&[]), Instant::now());
    let (jane, john) = (caller(LOGIN, "jane"), caller(LOGIN, "john"));
    pace.announced(&jane, announced(3, 2, 30), now);
    // The first call of another account leaves one less than it would by itself.
    pace.announced(&john, announced(3, 1, 30), now);
    pace.announced(&john, announced(3, 0, 30), now);
    assert_eq!(wait_of(&pace, &jane, now), seconds(30) + MARGIN);
    assert_eq!(wait_of(&pace, &jane, now + seconds(31)), Duration::ZERO);
}
