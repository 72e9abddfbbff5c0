use super::super::rate_limit_headers::tests::answer;
use super::*;
use crate::http::{DeclaredLimit, LimitedCalls};

const LOGIN: &str = "login";

fn caller(operation: &str) -> Caller<'_> {
    Caller {
        operation,
        account: None,
        is_guest: operation == LOGIN,
    }
}

fn asking(seconds: &str) -> Answer {
    answer(&[("retry-after", seconds)])
}

/// What a gateway answers.
fn gateway(headers: &[(&'static str, &str)]) -> Answer {
    Answer::made_up(503, headers, "<html>")
}

#[tokio::test(start_paused = true)]
async fn one_pause_holds_the_calls_of_its_operation_and_is_counted_once() {
    let throttle = Throttle::new(Some(Duration::from_secs(30)), 10);
    let start = Instant::now();
    throttle.pause(LOGIN, &asking("10")).unwrap();
    throttle.pause(LOGIN, &asking("10")).unwrap();
    throttle.ready("me").await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(throttle.is_paused(LOGIN) && !throttle.is_paused("me"));
    throttle.ready(LOGIN).await;
    let pause = Duration::from_secs(10) + MARGIN;
    assert_eq!(start.elapsed(), pause);
    let waited = Waited {
        answers: 2,
        total: pause,
        ..Waited::default()
    };
    assert_eq!(throttle.waited(), waited);
}

#[tokio::test(start_paused = true)]
async fn guesses_grow_until_an_answer_comes_through() {
    let throttle = Throttle::new(None, 10);
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        throttle.pause(LOGIN, &answer(&[])).unwrap();
        throttle.ready(LOGIN).await;
        pauses.push(start.elapsed().as_secs());
    }
    assert_eq!(pauses, [1, 2, 4]);
    throttle.answered(&caller(LOGIN), &Answer::made_up(200, &[], ""));
    throttle.pause(LOGIN, &answer(&[])).unwrap();
    let start = Instant::now();
    throttle.ready(LOGIN).await;
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_without_a_word_comes_again_one_by_one() {
    let throttle = Throttle::new(None, 10);
    throttle.pause(LOGIN, &answer(&[])).unwrap();
    throttle.pause(LOGIN, &answer(&[])).unwrap();
    throttle.ready(LOGIN).await;
    let start = Instant::now();
    for _ in 0..3 {
        throttle.admit(&caller(LOGIN), 1).await.unwrap().used(0);
    }
    // The first of them waits for none, and two refusals of one moment count once.
    assert_eq!(start.elapsed(), FIRST_GAP * 2);
    throttle.pause(LOGIN, &answer(&[])).unwrap();
    throttle.ready(LOGIN).await;
    let start = Instant::now();
    for _ in 0..2 {
        throttle.admit(&caller(LOGIN), 1).await.unwrap().used(0);
    }
    assert_eq!(start.elapsed(), FIRST_GAP * 2);
    throttle.admit(&caller("me"), 1).await.unwrap().used(0);
    assert_eq!(start.elapsed(), FIRST_GAP * 2);
    // What is to meet the limit does not keep away from it.
    throttle
        .admit_unpaced(&caller(LOGIN), 1)
        .await
        .unwrap()
        .used(0);
    assert_eq!(start.elapsed(), FIRST_GAP * 2);
}

#[tokio::test(start_paused = true)]
async fn what_comes_through_again_is_not_slowed_down_for_good() {
    let throttle = Throttle::new(None, 10);
    let (me, answer) = (caller("me"), Answer::made_up(200, &[], ""));
    let start = Instant::now();
    // A gateway loses one answer of a hundred and fifty.
    for _ in 0..6 {
        throttle.pause_for_gateway(&gateway(&[])).unwrap();
        for _ in 0..150 {
            throttle.admit(&me, 1).await.unwrap().used(0);
            throttle.answered(&me, &answer);
        }
    }
    let waited = start.elapsed();
    assert!(waited < FIRST_PAUSE * 6 + FIRST_GAP * 6 * 5, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_holds_every_call_and_is_told_apart_from_the_server() {
    let throttle = Throttle::new(Some(Duration::from_secs(3)), 10);
    let mut heard = throttle.waits.listen();
    let start = Instant::now();
    throttle.pause_for_gateway(&gateway(&[])).unwrap();
    throttle.admit(&caller("me"), 1).await.unwrap().used(0);
    assert_eq!(start.elapsed(), FIRST_PAUSE);
    assert_eq!(heard.try_recv().unwrap(), Wait::Gateway(FIRST_PAUSE, 503));
    let asked = gateway(&[("retry-after", "60")]);
    let error = throttle.pause_for_gateway(&asked).unwrap_err().to_string();
    assert!(
        error.starts_with("a gateway answered 503 to 2 calls"),
        "{error}"
    );
    let waited = throttle.waited();
    assert_eq!((waited.answers, waited.gateway_answers), (0, 2));
}

#[test]
fn what_asks_for_patience_and_what_a_gateway_says() {
    let asks = |status, headers: &[(&'static str, &str)]| {
        Throttle::is_throttled(&Answer::made_up(status, headers, "{}"))
    };
    let later = [("retry-after", "5")];
    assert!(asks(429, &[]) && asks(503, &later) && asks(403, &later));
    assert!(!asks(503, &[]) && !asks(403, &[]) && !asks(500, &later) && !asks(401, &later));
    assert!(asks(403, &[("ratelimit", "limit=5, remaining=0, reset=9")]));
    assert!(!asks(
        403,
        &[("ratelimit", "limit=5, remaining=2, reset=9")]
    ));
    let of_gateway = |status, body| Throttle::is_gateway_error(&Answer::made_up(status, &[], body));
    assert!(of_gateway(502, "") && of_gateway(503, "<html>") && of_gateway(504, "x"));
    let page = |headers: &[(&'static str, &str)]| Answer::made_up(429, headers, "<html>");
    assert!(Throttle::is_throttled_by_gateway(&page(&[])));
    assert!(!Throttle::is_throttled_by_gateway(&page(&later)));
    assert!(!Throttle::is_throttled_by_gateway(&Answer::made_up(
        429,
        &[],
        "Later."
    )));
    // What is JSON is the API's own.
    assert!(!of_gateway(503, "{}") && !of_gateway(500, "<html>") && !of_gateway(429, "<html>"));
}

/// The time that is left, by the error.
fn left(error: &WaitBudgetExceeded) -> Duration {
    match error {
        WaitBudgetExceeded::Throttled(shortage)
        | WaitBudgetExceeded::Code(shortage)
        | WaitBudgetExceeded::Gateway { shortage, .. } => shortage.left,
        WaitBudgetExceeded::NoCode(_) => panic!("{error}"),
    }
}

#[tokio::test(start_paused = true)]
async fn patience_ends_with_the_budget() {
    let throttle = Throttle::new(Some(Duration::from_secs(20)), 10);
    throttle.pause(LOGIN, &asking("15")).unwrap();
    throttle.ready(LOGIN).await;
    for asked in ["15", &u64::MAX.to_string()] {
        let error = throttle.pause(LOGIN, &asking(asked)).unwrap_err();
        assert_eq!(left(&error), Duration::from_millis(4_750));
    }
}

/// The budget where the server has told that limit.
fn budget(throttle: &Throttle, limit: Option<u32>) -> Duration {
    throttle.budget(&ThrottleState {
        limit,
        ..ThrottleState::default()
    })
}

#[test]
fn the_budget_follows_the_limit_that_the_server_tells() {
    let throttle = Throttle::new(None, 60);
    assert_eq!(budget(&throttle, None).as_secs(), 9 * 60);
    assert_eq!(budget(&throttle, Some(5)).as_secs(), 18 * 60);
    assert_eq!(budget(&throttle, Some(1000)), LEAST_BUDGET);
}

#[tokio::test]
async fn a_limit_of_all_calls_is_given_the_time_that_all_calls_take() {
    let throttle = Throttle::new(None, 60)
        .with_limits(RateLimits::new(), [LOGIN.to_owned()].into())
        .with_total_calls(600);
    let told = [("x-ratelimit-limit", "60"), ("retry-after", "60")];
    throttle.pause(LOGIN, &answer(&told)).unwrap();
    assert_eq!(throttle.budget(&throttle.lock()), LEAST_BUDGET);
    throttle.pause("me", &answer(&told)).unwrap();
    assert_eq!(throttle.budget(&throttle.lock()).as_secs(), 15 * 60);
}

#[test]
fn the_budget_follows_the_limit_that_is_declared() {
    let throttle = Throttle::new(None, 60).with_declared_time(Some(Duration::from_mins(20)));
    assert_eq!(budget(&throttle, None).as_secs(), 30 * 60);
    assert_eq!(budget(&throttle, Some(1)).as_secs(), 90 * 60);
    assert_eq!(budget(&throttle, Some(1000)).as_secs(), 30 * 60);
}

/// A throttle for calls without a token at 2 a minute.
fn pacing(max_wait: Duration) -> Throttle {
    let limit = DeclaredLimit::parse(LimitedCalls::Guests, "2/min").unwrap();
    Throttle::new(Some(max_wait), 10).with_limits(vec![limit], [LOGIN.to_owned()].into())
}

#[tokio::test(start_paused = true)]
async fn calls_are_held_back_ahead_of_time_and_the_wait_is_counted_once() {
    let throttle = pacing(Duration::from_mins(2));
    let login = caller(LOGIN);
    let mut heard = throttle.waits.listen();
    let start = Instant::now();
    let first = throttle.admit(&login, 1).await.unwrap();
    let second = throttle.admit(&login, 1).await.unwrap();
    // One was refused after all, and so not counted.
    first.used(0);
    second.used(1);
    throttle.admit(&login, 1).await.unwrap().used(0);
    assert_eq!(start.elapsed(), Duration::ZERO);
    let (one, other) = tokio::join!(throttle.admit(&login, 1), throttle.admit(&login, 1));
    let wait = Duration::from_mins(1) + MARGIN;
    assert_eq!(start.elapsed(), wait);
    let waited = Waited {
        total: wait,
        paced: wait,
        ..Waited::default()
    };
    assert_eq!(throttle.waited(), waited);
    let told = heard.try_recv().unwrap();
    assert_eq!(told, Wait::Paced(wait, "2/min".to_owned()));
    assert!(heard.try_recv().is_err());
    // What is given back unused is free for others.
    drop((one, other));
    throttle.admit(&login, 2).await.unwrap();
    assert_eq!(start.elapsed(), wait);
}

#[tokio::test(start_paused = true)]
async fn short_waits_of_one_kind_are_told_once() {
    let limit = DeclaredLimit::parse(LimitedCalls::All, "1/s").unwrap();
    let throttle = Throttle::new(None, 10).with_limits(vec![limit], BTreeSet::new());
    let mut heard = throttle.waits.listen();
    for _ in 0..4 {
        throttle.admit(&caller(LOGIN), 1).await.unwrap().used(0);
    }
    assert!(heard.try_recv().is_ok());
    assert!(heard.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn limits_beyond_the_budget_end_the_patience() {
    let throttle = pacing(Duration::from_secs(50));
    let login = caller(LOGIN);
    let start = Instant::now();
    throttle.admit(&login, 2).await.unwrap().used(0);
    let error = throttle.admit(&login, 1).await.unwrap_err();
    assert!(error.to_string().contains("--max-wait"), "{error}");
    assert_eq!(start.elapsed(), Duration::ZERO);
    // What is to meet a limit is not held back, but counts.
    throttle.admit_unpaced(&login, 1).await.unwrap().used(0);
    throttle.admit(&caller("me"), 1).await.unwrap().used(0);
    assert_eq!(throttle.waited(), Waited::default());
}
