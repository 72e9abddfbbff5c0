//! The accounts with a second factor that a run has met, each lent to one scenario at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use super::provision::MOST_AT_ONCE;
use super::{Account, Identity, ProvisionError, ProvisionedAccount, SecondFactor, TotpSource};
use crate::http::{Secrets, ServerClock};

/// Lends accounts with a second factor.
#[derive(Debug)]
pub struct Pool {
    source: TotpSource,
    known: std::sync::Mutex<BTreeMap<String, PooledAccount>>,
    /// What has become of the source so far; nothing where it was not asked yet.
    verified: Mutex<Option<Result<(), ProvisionError>>>,
    room: Semaphore,
}

/// An account that was given, by its e-mail.
#[derive(Debug)]
struct PooledAccount {
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
            verified: Mutex::default(),
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
        let identity = Identity {
            email: given.email,
            password: given.password,
            name: String::new(),
        };
        Ok(Some(Account {
            second_factor: Some(loan.second_factor),
            shared: loan.shared,
            is_ready_made: true,
            turn: Some(turn),
            ..identity.into()
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
        let mut verified = self.verified.lock().await;
        match verified.as_ref() {
            Some(Err(error)) => return Err(error.clone()),
            Some(Ok(())) => drop(verified),
            None => {
                let given = self.source.provisioned(secrets).await;
                *verified = Some(given.as_ref().map(|_| ()).map_err(Clone::clone));
                return given;
            }
        }
        // Never closed: whoever waits gets in.
        let _room = self.room.acquire().await;
        let given = self.source.provisioned(secrets).await;
        if let Err(error) = &given {
            *self.verified.lock().await = Some(Err(error.clone()));
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
        let (known, shared) = match known.entry(given.email.clone()) {
            Entry::Vacant(entry) => {
                let fresh = given.second_factor()?;
                // The account of a file may have been used a moment ago, by an earlier run.
                let second_factor = if is_fixed {
                    fresh.used_before(clock)
                } else {
                    fresh
                };
                let known = PooledAccount {
                    given: given.clone(),
                    second_factor: Arc::new(second_factor),
                    earlier: Vec::new(),
                    turn: Arc::default(),
                };
                (entry.insert(known), is_fixed)
            }
            Entry::Occupied(entry) => {
                let known = entry.into_mut();
                if known.given != *given {
                    // The same account, set up anew; whether its secret is another one is not worth knowing.
                    let anew = Arc::new(given.second_factor()?.used_before(clock));
                    let before = std::mem::replace(&mut known.second_factor, anew);
                    known.earlier.push(before);
                    known.given = given.clone();
                }
                (known, true)
            }
        };
        Ok(Loan {
            second_factor: Arc::clone(&known.second_factor),
            turn: Arc::clone(&known.turn),
            shared,
        })
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
mod tests;
