//! The accounts with a second factor that a run has met, each lent to one scenario at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use super::{Account, Identity, ProvisionError, ProvisionedAccount, SecondFactor, TotpSource};
use crate::target::{Secrets, ServerClock};

/// Commands that run at once: enough to hide how slow they are, few enough for a small server.
const MOST_AT_ONCE: usize = 4;

/// Lends accounts with a second factor.
#[derive(Debug)]
pub struct Pool {
    source: TotpSource,
    known: std::sync::Mutex<BTreeMap<String, Known>>,
    /// What has become of the source so far; nothing where it was not asked yet.
    proven: Mutex<Option<Result<(), ProvisionError>>>,
    room: Semaphore,
}

/// An account that was given, by its e-mail.
#[derive(Debug)]
struct Known {
    given: ProvisionedAccount,
    second_factor: Arc<SecondFactor>,
    /// Second factors that it had before.
    earlier: Vec<Arc<SecondFactor>>,
    turn: Arc<Mutex<()>>,
}

/// The recovery codes of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// Its e-mail.
    pub account: String,
    /// How many were leased, and so are spent.
    pub spent: usize,
    /// How many are left.
    pub left: usize,
}

/// An account that is about to be lent.
struct Loan {
    second_factor: Arc<SecondFactor>,
    turn: Arc<Mutex<()>>,
    shared: bool,
}

impl Pool {
    /// Accounts from that source.
    #[must_use]
    pub fn new(source: TotpSource) -> Self {
        Self {
            source,
            known: std::sync::Mutex::default(),
            proven: Mutex::default(),
            room: Semaphore::new(MOST_AT_ONCE),
        }
    }

    /// An account for a scenario that already has those with the e-mails `held`, its secrets made known. `None`
    /// where there is no source.
    ///
    /// # Errors
    /// The source has failed, or has no further account for the scenario.
    pub async fn lend(
        &self,
        held: &[&str],
        secrets: &Secrets,
        clock: &ServerClock,
    ) -> Result<Option<Account>, ProvisionError> {
        let given = match self.source {
            TotpSource::None | TotpSource::Fixed(_) => self.source.provisioned(secrets).await,
            TotpSource::Command(_) | TotpSource::Function(_) => self.provisioned(secrets).await,
        };
        let Some(given) = given? else {
            return Ok(None);
        };
        given.keep_secrets(secrets);
        let loan = self.loan(&given, clock)?;
        let turn = turn(&loan, &given, held).await?;
        Ok(Some(Account {
            identity: Identity {
                email: given.email,
                password: given.password,
                name: String::new(),
            },
            token: None,
            second_factor: Some(loan.second_factor),
            shared: loan.shared,
            turn: Some(turn),
        }))
    }

    /// How many recovery codes the accounts have spent, those that have any.
    #[must_use]
    pub fn recovery_codes(&self) -> Vec<RecoveryCodes> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let codes = known.iter().map(|(email, known)| {
            let (spent, left) = known.second_factor.recovery_codes();
            let earlier = known.earlier.iter();
            let before: usize = earlier.map(|factor| factor.recovery_codes().0).sum();
            RecoveryCodes {
                account: email.clone(),
                spent: spent + before,
                left,
            }
        });
        codes.filter(|codes| codes.spent > 0).collect()
    }

    /// The first by itself: where it fails, nothing else is tried. The others at once.
    async fn provisioned(
        &self,
        secrets: &Secrets,
    ) -> Result<Option<ProvisionedAccount>, ProvisionError> {
        let mut proven = self.proven.lock().await;
        match proven.as_ref() {
            Some(Err(error)) => return Err(error.clone()),
            Some(Ok(())) => drop(proven),
            None => {
                let given = self.source.provisioned(secrets).await;
                *proven = Some(given.as_ref().map(|_| ()).map_err(Clone::clone));
                return given;
            }
        }
        // Never closed: whoever waits gets in.
        let _room = self.room.acquire().await;
        let given = self.source.provisioned(secrets).await;
        if let Err(error) = &given {
            *self.proven.lock().await = Some(Err(error.clone()));
        }
        given
    }

    fn loan(
        &self,
        given: &ProvisionedAccount,
        clock: &ServerClock,
    ) -> Result<Loan, ProvisionError> {
        let is_fixed = matches!(self.source, TotpSource::Fixed(_));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.entry(given.email.clone()) {
            Entry::Vacant(entry) => {
                let fresh = given.second_factor()?;
                // The account of a file may have been used a moment ago, by an earlier run.
                let second_factor = if is_fixed {
                    fresh.used_before(clock)
                } else {
                    fresh
                };
                let known = entry.insert(Known {
                    given: given.clone(),
                    second_factor: Arc::new(second_factor),
                    earlier: Vec::new(),
                    turn: Arc::default(),
                });
                Ok(known.loan(is_fixed))
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                if known.given != *given {
                    // The same account, set up anew; whether its secret is another one is not worth knowing.
                    let anew = Arc::new(given.second_factor()?.used_before(clock));
                    let before = std::mem::replace(&mut known.second_factor, anew);
                    known.earlier.push(before);
                    known.given = given.clone();
                }
                Ok(known.loan(true))
            }
        }
    }
}

impl Known {
    fn loan(&self, shared: bool) -> Loan {
        Loan {
            second_factor: Arc::clone(&self.second_factor),
            turn: Arc::clone(&self.turn),
            shared,
        }
    }
}

/// Whoever holds an account waits for no other: two that wait for each other's would do so for ever.
async fn turn(
    loan: &Loan,
    given: &ProvisionedAccount,
    held: &[&str],
) -> Result<OwnedMutexGuard<()>, ProvisionError> {
    let turn = Arc::clone(&loan.turn);
    if held.is_empty() {
        return Ok(turn.lock_owned().await);
    }
    let taken = turn.try_lock_owned().ok();
    let is_another = |_: &OwnedMutexGuard<()>| !held.contains(&given.email.as_str());
    taken.filter(is_another).ok_or(ProvisionError::Again)
}

#[cfg(test)]
mod tests {
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
                let (number, barrier) =
                    (made.fetch_add(1, Ordering::Relaxed), Arc::clone(&barrier));
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
}
