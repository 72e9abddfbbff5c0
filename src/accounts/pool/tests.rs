use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;

use super::*;

fn account(email: &str, code: &str) -> ProvisionedAccount {
    ProvisionedAccount {
        email: email.to_owned(),
        password: "a-good-password".to_owned(),
        totp_secret: "GEZDGNBVGY3TQOJQ".to_owned(),
        recovery_codes: vec![code.to_owned()],
    }
}

async fn lend(pool: &Pool, held: &[&str]) -> Result<Account, ProvisionError> {
    let (secrets, clock) = (Secrets::default(), ServerClock::default());
    pool.lend(held, &secrets, &clock).await.map(Option::unwrap)
}

/// A source of these accounts, one after another.
fn giving(accounts: Vec<ProvisionedAccount>) -> Pool {
    let given = Arc::<AtomicUsize>::default();
    Pool::new(TotpSource::function(move || {
        let next = given.fetch_add(1, Ordering::Relaxed);
        let account = accounts[next % accounts.len()].clone();
        async move { Ok(account) }
    }))
}

#[tokio::test]
async fn an_account_that_is_given_twice_is_lent_to_one_scenario_after_another() {
    let pool = giving(vec![account("a@b.example", "one")]);
    let first = lend(&pool, &[]).await.unwrap();
    assert!(!first.shared);
    let mut second = Box::pin(lend(&pool, &[]));
    let early = tokio::time::timeout(Duration::from_millis(20), &mut second).await;
    assert!(early.is_err());
    let leased = first.second_factor.as_ref().unwrap().lease_recovery_code();
    assert_eq!(leased.as_deref(), Some("one"));
    drop(first);
    let second = second.await.unwrap();
    assert!(second.shared);
    // What the first has spent is spent.
    assert_eq!(second.second_factor.unwrap().lease_recovery_code(), None);
}

#[tokio::test]
async fn whoever_holds_an_account_is_given_another_or_none() {
    let (a, b) = (account("a@b.example", "one"), account("b@b.example", "two"));
    let pool = giving(vec![a.clone(), b, a]);
    let first = lend(&pool, &[]).await.unwrap();
    let held = [first.identity.email.as_str()];
    let second = lend(&pool, &held).await.unwrap();
    assert_eq!(second.identity.email, "b@b.example");
    assert_eq!(lend(&pool, &held).await.unwrap_err(), ProvisionError::Again);
    // Held by somebody else, who may wait for the other one.
    let others = ["c@b.example"];
    assert_eq!(
        lend(&pool, &others).await.unwrap_err(),
        ProvisionError::Again
    );
}

#[tokio::test]
async fn spent_recovery_codes_are_counted_though_an_account_is_set_up_anew() {
    let pool = giving(vec![
        account("a@b.example", "one"),
        account("a@b.example", "two"),
        account("b@b.example", "three"),
    ]);
    for expected in ["one", "two"] {
        let lent = lend(&pool, &[]).await.unwrap();
        let leased = lent.second_factor.unwrap().lease_recovery_code();
        assert_eq!(leased.as_deref(), Some(expected));
    }
    lend(&pool, &[]).await.unwrap();
    let spent = RecoveryCodes {
        account: "a@b.example".to_owned(),
        spent: 2,
        left: 0,
    };
    assert_eq!(pool.recovery_codes(), [spent]);
}

#[tokio::test]
async fn the_first_account_is_made_alone_and_several_others_at_once() {
    let barrier = Arc::new(Barrier::new(MOST_AT_ONCE));
    let made = Arc::<AtomicUsize>::default();
    let pool = Pool::new(TotpSource::function({
        let made = Arc::clone(&made);
        move || {
            let (number, barrier) = (made.fetch_add(1, Ordering::Relaxed), Arc::clone(&barrier));
            async move {
                if number > 0 {
                    // One at a time they would wait for ever.
                    barrier.wait().await;
                }
                Ok(account(&format!("{number}@b.example"), "one"))
            }
        }
    }));
    let all = futures_util::future::join_all((0..=MOST_AT_ONCE).map(|_| lend(&pool, &[])));
    assert!(all.await.iter().all(Result::is_ok));
    assert_eq!(made.load(Ordering::Relaxed), MOST_AT_ONCE + 1);
}

#[tokio::test]
async fn a_source_that_fails_is_not_asked_again() {
    let asked = Arc::<AtomicUsize>::default();
    let pool = Pool::new(TotpSource::function({
        let asked = Arc::clone(&asked);
        move || {
            asked.fetch_add(1, Ordering::Relaxed);
            async { Err(ProvisionError::TimedOut) }
        }
    }));
    let all = futures_util::future::join_all((0..3).map(|_| lend(&pool, &[])));
    let all = all.await;
    assert!(
        all.iter()
            .all(|lent| matches!(lent, Err(ProvisionError::TimedOut)))
    );
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
