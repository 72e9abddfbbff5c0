use super::super::asked::tests::answer;
use super::*;

const LOGIN: &str = "login";

#[tokio::test(start_paused = true)]
async fn one_pause_holds_every_call_and_is_counted_once() {
    let throttle = Throttle::new(Some(Duration::from_secs(30)), 10);
    let start = Instant::now();
    throttle
        .pause(LOGIN, &answer(&[("retry-after", "10")]))
        .unwrap();
    throttle
        .pause(LOGIN, &answer(&[("retry-after", "10")]))
        .unwrap();
    throttle.ready().await;
    let pause = Duration::from_secs(10) + MARGIN;
    assert_eq!(start.elapsed(), pause);
    assert_eq!(
        throttle.waited(),
        Waited {
            answers: 2,
            total: pause,
            paced: Duration::ZERO
        }
    );
}

#[tokio::test(start_paused = true)]
async fn guesses_grow_until_an_answer_comes_through() {
    let throttle = Throttle::new(None, 10);
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        throttle.pause(LOGIN, &answer(&[])).unwrap();
        throttle.ready().await;
        pauses.push(start.elapsed().as_secs());
    }
    assert_eq!(pauses, [1, 2, 4]);
    throttle.relax();
    throttle.pause(LOGIN, &answer(&[])).unwrap();
    let start = Instant::now();
    throttle.ready().await;
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_with_the_budget() {
    let throttle = Throttle::new(Some(Duration::from_secs(20)), 10);
    throttle
        .pause(LOGIN, &answer(&[("retry-after", "15")]))
        .unwrap();
    throttle.ready().await;
    let error = throttle
        .pause(LOGIN, &answer(&[("retry-after", "15")]))
        .unwrap_err();
    assert_eq!(error.left, Duration::from_millis(4_750));
    let endless = u64::MAX.to_string();
    let error = throttle
        .pause(LOGIN, &answer(&[("retry-after", &endless)]))
        .unwrap_err();
    assert_eq!(error.left, Duration::from_millis(4_750));
}

/// The budget where the server has told that limit.
fn budget(throttle: &Throttle, limit: Option<u32>) -> Duration {
    throttle.budget(&State {
        limit,
        ..State::default()
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
        .keeping_to(RateLimits::default(), [LOGIN.to_owned()].into())
        .among(600);
    let told = [("x-ratelimit-limit", "60"), ("retry-after", "60")];
    throttle.pause(LOGIN, &answer(&told)).unwrap();
    assert_eq!(throttle.budget(&throttle.lock()), LEAST_BUDGET);
    throttle.pause("me", &answer(&told)).unwrap();
    assert_eq!(throttle.budget(&throttle.lock()).as_secs(), 15 * 60);
}

#[test]
fn the_budget_follows_the_limit_that_is_declared() {
    let throttle = Throttle::new(None, 60).expecting(Some(Duration::from_mins(20)));
    assert_eq!(budget(&throttle, None).as_secs(), 30 * 60);
    assert_eq!(budget(&throttle, Some(1)).as_secs(), 90 * 60);
    assert_eq!(budget(&throttle, Some(1000)).as_secs(), 30 * 60);
}

/// A throttle for logins at 2 a minute.
fn pacing(max_wait: Duration) -> Throttle {
    let limits = RateLimits {
        all: Some("2/min".parse().unwrap()),
        ..RateLimits::default()
    };
    Throttle::new(Some(max_wait), 10).keeping_to(limits, [LOGIN.to_owned()].into())
}

#[tokio::test(start_paused = true)]
async fn calls_are_held_back_ahead_of_time_and_the_wait_is_counted_once() {
    let throttle = pacing(Duration::from_mins(2));
    let mut heard = throttle.waits.listen();
    let start = Instant::now();
    let first = throttle.admit(LOGIN, 1).await.unwrap();
    let second = throttle.admit(LOGIN, 1).await.unwrap();
    // One was refused after all, and so not counted.
    first.used(0);
    second.used(1);
    throttle.admit(LOGIN, 1).await.unwrap().used(0);
    assert_eq!(start.elapsed(), Duration::ZERO);
    let (one, other) = tokio::join!(throttle.admit(LOGIN, 1), throttle.admit(LOGIN, 1));
    let wait = Duration::from_mins(1) + MARGIN;
    assert_eq!(start.elapsed(), wait);
    let waited = Waited {
        answers: 0,
        total: wait,
        paced: wait,
    };
    assert_eq!(throttle.waited(), waited);
    let told = heard.try_recv().unwrap();
    assert_eq!(told, Wait::Paced(wait, "2/min".parse().unwrap()));
    assert!(heard.try_recv().is_err());
    // What is given back unused is free for others.
    drop((one, other));
    throttle.admit(LOGIN, 2).await.unwrap();
    assert_eq!(start.elapsed(), wait);
}

#[tokio::test(start_paused = true)]
async fn limits_beyond_the_budget_end_the_patience() {
    let throttle = pacing(Duration::from_secs(50));
    let start = Instant::now();
    throttle.admit(LOGIN, 2).await.unwrap().used(0);
    let error = throttle.admit(LOGIN, 1).await.unwrap_err();
    assert!(error.to_string().contains("--max-wait"), "{error}");
    assert_eq!(start.elapsed(), Duration::ZERO);
    // What is to meet a limit is not held back, but counts.
    throttle.admit_unpaced(LOGIN, 1).await.used(0);
    throttle.admit("me", 1).await.unwrap().used(0);
    assert_eq!(throttle.waited(), Waited::default());
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_learnt_from_the_answer_that_asks_for_patience() {
    let throttle =
        Throttle::new(None, 10).keeping_to(RateLimits::default(), [LOGIN.to_owned()].into());
    let start = Instant::now();
    throttle.admit(LOGIN, 3).await.unwrap().used(0);
    let refused = throttle.admit(LOGIN, 1).await.unwrap();
    throttle
        .pause(LOGIN, &answer(&[("retry-after", "10")]))
        .unwrap();
    refused.used(1);
    throttle.admit(LOGIN, 3).await.unwrap().used(0);
    assert_eq!(start.elapsed(), Duration::from_secs(10) + MARGIN);
    assert_eq!(throttle.learnt().all.unwrap().to_string(), "3/10s");
    throttle.admit(LOGIN, 1).await.unwrap().used(0);
    assert_eq!(start.elapsed(), (Duration::from_secs(10) + MARGIN) * 2);
}
