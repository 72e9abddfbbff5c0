use super::*;

const LOGIN: &str = "login";
const REGISTER: &str = "register";

fn declared(limits: &[(&str, &str)]) -> Pace {
    let limit = |name: &str| {
        let found = limits.iter().find(|(other, _)| *other == name);
        found.map(|(_, limit)| limit.parse().unwrap())
    };
    let own = [LOGIN, REGISTER].into_iter();
    let by_operation = own.filter_map(|name| Some((name.to_owned(), limit(name)?)));
    let limits = RateLimits {
        all: limit("all"),
        by_operation: by_operation.collect(),
    };
    Pace::new([LOGIN, REGISTER].map(str::to_owned).into(), limits)
}

/// Makes calls that are let through, one after another, all at once.
fn made(pace: &mut Pace, operation: &str, calls: usize, now: Instant) {
    pace.take(operation, calls, now);
    pace.give_back(operation, calls, 0, now);
}

fn wait(pace: &mut Pace, operation: &str, now: Instant) -> Duration {
    let free_at = pace.free_at(operation, 1, now);
    free_at.map_or(Duration::ZERO, |(at, _)| at - now)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_token_comes_back_a_window_after_the_answer() {
    let (mut pace, start) = (declared(&[("login", "2/min")]), Instant::now());
    assert_eq!(wait(&mut pace, LOGIN, start), Duration::ZERO);
    pace.take(LOGIN, 2, start);
    // Answered ten seconds later: until then nobody knows when the server counted it.
    assert_eq!(wait(&mut pace, LOGIN, start), seconds(60) + MARGIN);
    let later = start + seconds(10);
    pace.give_back(LOGIN, 1, 0, later);
    pace.give_back(LOGIN, 0, 1, later);
    assert_eq!(wait(&mut pace, LOGIN, later), Duration::ZERO);
    made(&mut pace, LOGIN, 1, start + seconds(20));
    let now = start + seconds(30);
    assert_eq!(wait(&mut pace, LOGIN, now), seconds(40) + MARGIN);
    assert_eq!(wait(&mut pace, REGISTER, now), Duration::ZERO);
    assert_eq!(wait(&mut pace, LOGIN, now + seconds(41)), Duration::ZERO);
}

#[test]
fn a_limit_for_all_counts_the_throttled_operations_together_and_no_other() {
    let (mut pace, now) = (
        declared(&[("all", "3/min"), ("login", "2/s")]),
        Instant::now(),
    );
    made(&mut pace, REGISTER, 2, now);
    made(&mut pace, "me", 5, now);
    assert_eq!(wait(&mut pace, LOGIN, now), Duration::ZERO);
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&mut pace, LOGIN, now), seconds(60) + MARGIN);
    assert_eq!(wait(&mut pace, "me", now), Duration::ZERO);
}

#[test]
fn the_slowest_limit_holds_a_call_back() {
    let (mut pace, now) = (
        declared(&[("all", "1/s"), ("login", "1/min")]),
        Instant::now(),
    );
    made(&mut pace, LOGIN, 1, now);
    assert_eq!(wait(&mut pace, LOGIN, now), seconds(60) + MARGIN);
    assert_eq!(wait(&mut pace, REGISTER, now), seconds(1) + MARGIN);
}

#[test]
fn more_calls_at_once_than_the_limit_has_wait_for_all_of_it() {
    let (mut pace, now) = (declared(&[("login", "3/min")]), Instant::now());
    assert_eq!(pace.free_at(LOGIN, 5, now), None);
    made(&mut pace, LOGIN, 2, now);
    let (at, limit) = pace.free_at(LOGIN, 5, now + seconds(9)).unwrap();
    assert_eq!(at, now + seconds(60) + MARGIN);
    assert_eq!(limit, "3/min".parse().unwrap());
    assert_eq!(pace.free_at(LOGIN, 1, now), None);
}

/// What is learnt where `let_through` were, by operation, and a login is refused after 200 ms for `asked` seconds.
fn learnt(let_through: &[(&str, usize)], asked: u64, told: Option<u32>) -> RateLimits {
    let (mut pace, start) = (declared(&[]), Instant::now());
    for (operation, calls) in let_through {
        pace.take(operation, *calls, start);
    }
    pace.take(LOGIN, 2, start);
    let refused = start + Duration::from_millis(200);
    pace.refused(LOGIN, refused + seconds(asked), told);
    // A refusal is quick: what is let through is answered later.
    for (operation, calls) in let_through {
        pace.give_back(operation, *calls, 0, refused + seconds(1));
    }
    pace.give_back(LOGIN, 0, 2, refused);
    assert_eq!(pace.learnt(), &RateLimits::default());
    let _ = pace.free_at(LOGIN, 1, refused + seconds(asked));
    pace.learnt().clone()
}

fn limits(all: Option<(u32, u64)>, login: Option<(u32, u64)>) -> RateLimits {
    let limit = |(calls, within)| RateLimit {
        calls,
        within: seconds(within),
    };
    RateLimits {
        all: all.map(limit),
        by_operation: login
            .into_iter()
            .map(|login| (LOGIN.to_owned(), limit(login)))
            .collect(),
    }
}

#[test]
fn a_limit_is_learnt_from_a_refusal() {
    // Told: the whole of the throttled operations came to it, or this one alone did.
    let both = [(LOGIN, 4), (REGISTER, 6)];
    assert_eq!(learnt(&both, 59, Some(10)), limits(Some((10, 60)), None));
    let more = [(LOGIN, 10), (REGISTER, 6)];
    assert_eq!(learnt(&more, 59, Some(10)), limits(None, Some((10, 60))));
    // Untold: as many throttled calls as were let through.
    assert_eq!(learnt(&more, 5, None), limits(Some((16, 6)), None));
    // Something else is counted, or nothing was let through.
    assert_eq!(learnt(&more, 59, Some(5)), RateLimits::default());
    assert_eq!(learnt(&[], 59, None), RateLimits::default());
}

/// Calls are let through, and then one is refused for so long; when the next may be made.
fn refused(pace: &mut Pace, calls: usize, now: Instant, asked: u64) -> Duration {
    made(pace, LOGIN, calls, now);
    pace.refused(LOGIN, now + seconds(asked), None);
    wait(pace, LOGIN, now)
}

#[test]
fn a_learnt_limit_holds_back_what_comes_next_and_only_gets_slower() {
    let (mut pace, start) = (declared(&[]), Instant::now());
    assert_eq!(refused(&mut pace, 3, start, 10), seconds(10) + MARGIN);
    // A window that had begun earlier seems to be shorter, and is not believed.
    let next = start + seconds(11);
    assert_eq!(refused(&mut pace, 3, next, 2), seconds(10) + MARGIN);
    let (mut pace, next) = (declared(&[]), start + seconds(11));
    assert_eq!(refused(&mut pace, 3, start, 2), seconds(2) + MARGIN);
    assert_eq!(refused(&mut pace, 3, next, 10), seconds(10) + MARGIN);
}

#[test]
fn a_server_that_refuses_whoever_keeps_to_what_was_learnt_is_left_to_ask() {
    let (mut pace, start) = (declared(&[]), Instant::now());
    refused(&mut pace, 3, start, 2);
    refused(&mut pace, 3, start + seconds(3), 5);
    assert!(pace.learnt().all.is_some());
    assert_eq!(refused(&mut pace, 3, start + seconds(9), 8), Duration::ZERO);
    assert_eq!(pace.learnt(), &RateLimits::default());

    // A whole window was seen: there is no other to be learnt.
    let mut pace = declared(&[]);
    for (at, known) in [(start, true), (start + seconds(5), false)] {
        made(&mut pace, LOGIN, 3, at);
        pace.refused(LOGIN, at + seconds(2), Some(3));
        assert_eq!(!wait(&mut pace, LOGIN, at).is_zero(), known);
    }
}
