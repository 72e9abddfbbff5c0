use super::*;

const ALICE: Attempt<'static> = Attempt {
    route: "login",
    account: Some("alice"),
    address: None,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

fn quota(attempts: u32, seconds: u64) -> Quota {
    Quota {
        attempts,
        window: Duration::from_secs(seconds),
        lockout: None,
    }
}

fn limiter_of(per_account: Option<Quota>, per_address: Option<Quota>) -> Limiter {
    Limiter::new(Limits {
        per_account,
        per_address,
    })
}

fn limiter(attempts: u32) -> Limiter {
    limiter_of(Some(quota(attempts, 60)), None)
}

/// So many attempts are left of so many.
fn left(limit: u32, remaining: u32) -> Allowance {
    Allowance(Some(Left { limit, remaining }))
}

fn by(account: &str) -> Attempt<'_> {
    Attempt {
        account: Some(account),
        ..ALICE
    }
}

#[test]
fn a_window_ends_a_fixed_time_after_its_first_attempt() {
    let limiter = limiter(2);
    assert!(limiter.admit(ALICE, at(0)).is_ok());
    assert_eq!(limiter.admit(ALICE, at(59_000)), Ok(left(2, 0)));
    let refused = Throttled {
        limit: 2,
        retry_after_seconds: 1,
        resets_at: 60,
    };
    assert_eq!(limiter.admit(ALICE, at(59_001)), Err(refused));
    assert_eq!(
        limiter.admit(ALICE, at(59_999)),
        Err(refused),
        "a refused attempt lengthens nothing"
    );
    assert_eq!(limiter.admit(ALICE, at(60_000)), Ok(left(2, 1)));
}

#[test]
fn accounts_and_routes_are_counted_apart() {
    let limiter = limiter(1);
    assert!(limiter.admit(ALICE, at(0)).is_ok());
    assert!(limiter.admit(ALICE, at(0)).is_err());
    assert!(limiter.admit(by("bob"), at(0)).is_ok());
    let route = "totp";
    assert!(limiter.admit(Attempt { route, ..ALICE }, at(0)).is_ok());
}

#[test]
fn an_address_is_limited_over_all_its_accounts_and_the_tighter_quota_is_told() {
    let limiter = limiter_of(Some(quota(5, 60)), Some(quota(2, 30)));
    let from = |account, ip: [u8; 4]| Attempt {
        address: Some(ip.into()),
        ..by(account)
    };
    let first = limiter.admit(from("a", [10, 0, 0, 1]), at(0));
    assert_eq!(first, Ok(left(2, 1)));
    assert!(limiter.admit(from("b", [10, 0, 0, 1]), at(0)).is_ok());
    assert!(limiter.admit(from("c", [10, 0, 0, 1]), at(0)).is_err());
    assert!(limiter.admit(from("c", [10, 0, 0, 2]), at(0)).is_ok());
    // The attempt that the address quota refused has not been counted for the account.
    for _ in 0..4 {
        assert!(limiter.admit(by("c"), at(0)).is_ok());
    }
    assert!(limiter.admit(by("c"), at(0)).is_err());
}

#[test]
fn without_limits_or_subject_nothing_is_limited() {
    let (unlimited, limited) = (limiter_of(None, None), limiter(1));
    let nobody = Attempt {
        account: None,
        ..ALICE
    };
    for _ in 0..100 {
        assert_eq!(unlimited.admit(ALICE, at(0)), Ok(Allowance(None)));
        assert_eq!(limited.admit(nobody, at(0)), Ok(Allowance(None)));
    }
}

#[test]
fn a_lockout_ends_a_window_a_fixed_time_after_its_first_refusal() {
    let lockout = Some(Duration::from_secs(2));
    let quota = Quota {
        lockout,
        ..quota(1, 60)
    };
    let limiter = limiter_of(Some(quota), None);
    let refused_for = |seconds, resets_at| {
        Err(Throttled {
            limit: 1,
            retry_after_seconds: seconds,
            resets_at,
        })
    };
    assert!(limiter.admit(ALICE, at(0)).is_ok());
    // However late the second attempt comes within the window, it is refused.
    assert_eq!(limiter.admit(ALICE, at(30_000)), refused_for(2, 32));
    assert_eq!(limiter.admit(ALICE, at(31_500)), refused_for(1, 32));
    assert!(limiter.admit(ALICE, at(32_000)).is_ok());
    assert_eq!(
        limiter.admit(ALICE, at(91_000)),
        refused_for(1, 92),
        "it lengthens no window"
    );
}

#[test]
fn stale_windows_are_forgotten() {
    let limiter = limiter(1);
    for n in 0..5000 {
        let name = n.to_string();
        assert!(limiter.admit(by(&name), at(n * 60_000)).is_ok());
    }
    assert!(limiter.windows.lock().unwrap().by_key.len() <= SWEEP_FROM);
}

#[test]
fn windows_that_have_ended_are_swept_out_and_the_others_stay() {
    let limiter = limiter(2);
    let attempt = |number: usize, millis: i64| {
        let account = number.to_string();
        assert!(limiter.admit(by(&account), at(millis)).is_ok());
        limiter.windows.lock().unwrap().by_key.len()
    };
    let half = SWEEP_FROM / 2;
    for number in 0..half {
        assert_eq!(attempt(number, 0), number + 1);
    }
    for number in half..SWEEP_FROM - 1 {
        assert_eq!(attempt(number, 1), number + 1);
    }
    // The windows of the first half end at this very moment.
    assert_eq!(attempt(SWEEP_FROM, 60_000), half);
    for number in SWEEP_FROM + 1..=SWEEP_FROM + half {
        attempt(number, 60_000);
    }
    assert_eq!(limiter.windows.lock().unwrap().by_key.len(), SWEEP_FROM);
    // What could not be swept out makes room for as many again before the next look.
    assert_eq!(limiter.windows.lock().unwrap().sweep_at, 2 * SWEEP_FROM);
}
