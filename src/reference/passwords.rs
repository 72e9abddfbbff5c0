//! Passwords: hashed with argon2id, off the threads that answer requests.

use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::ReferenceError;
use super::secrets;

/// How much work a password hash costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hashing {
    /// The parameters that the `argon2` crate recommends.
    #[default]
    Standard,
    /// As little as argon2 allows: for a server that lives for one run of tests and keeps no real
    /// password.
    Cheap,
}

impl Hashing {
    fn hasher(self) -> Result<Argon2<'static>, ReferenceError> {
        let params = match self {
            Self::Standard => Params::DEFAULT,
            Self::Cheap => Params::new(
                Params::MIN_M_COST,
                Params::MIN_T_COST,
                Params::MIN_P_COST,
                None,
            )
            .map_err(|error| ReferenceError::Hashing {
                reason: error.to_string(),
            })?,
        };
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Hashes on the calling thread; takes some ten milliseconds with the standard parameters.
    pub(super) fn hash(self, password: &str) -> Result<String, ReferenceError> {
        self.hasher()?
            .hash_password(password.as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| ReferenceError::Hashing {
                reason: error.to_string(),
            })
    }
}

/// Hashes and verifies passwords for the server.
pub(super) struct Passwords {
    hashing: Hashing,
    nobodys: String,
    /// One hash takes some 20 MB; a burst of logins must wait for processors and not fill the
    /// memory.
    permits: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new(hashing: Hashing) -> Result<Self, ReferenceError> {
        let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
        Ok(Self {
            hashing,
            nobodys: hashing.hash(&secrets::password())?,
            permits: Arc::new(Semaphore::new(processors)),
        })
    }

    /// The hash of a password that nobody has, for checks that must fail at the usual cost.
    pub(super) fn nobodys(&self) -> &str {
        &self.nobodys
    }

    pub(super) async fn hash(&self, password: String) -> Result<String, ReferenceError> {
        let hashing = self.hashing;
        self.work(move || hashing.hash(&password)).await
    }

    /// Whether the hash is one of this password.
    pub(super) async fn verify(
        &self,
        password: String,
        hash: String,
    ) -> Result<bool, ReferenceError> {
        self.work(move || {
            let failed = |error: password_hash::Error| ReferenceError::Hashing {
                reason: error.to_string(),
            };
            let hash = PasswordHash::new(&hash).map_err(|error| failed(error.into()))?;
            // The parameters come from the hash, not from the verifier.
            match Argon2::default().verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, ReferenceError> + Send + 'static,
    ) -> Result<T, ReferenceError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ReferenceError::Interrupted)?;
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            job()
        })
        .await
        .map_err(|_| ReferenceError::Interrupted)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_by_its_own_hash_alone() {
        for hashing in [Hashing::Cheap, Hashing::Standard] {
            let passwords = Passwords::new(hashing).unwrap();
            let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
            let work = match hashing {
                Hashing::Standard => "$argon2id$v=19$m=19456,t=2,p=1$",
                Hashing::Cheap => "$argon2id$v=19$m=8,t=1,p=1$",
            };
            assert!(hash.starts_with(work), "{hash}");
            assert!(
                passwords
                    .verify("correct horse".to_owned(), hash.clone())
                    .await
                    .unwrap()
            );
            assert!(
                !passwords
                    .verify("Correct horse".to_owned(), hash.clone())
                    .await
                    .unwrap()
            );
            assert!(
                !passwords
                    .verify("correct horse".to_owned(), passwords.nobodys().to_owned())
                    .await
                    .unwrap()
            );
            assert_ne!(
                hash,
                passwords.hash("correct horse".to_owned()).await.unwrap(),
                "salted"
            );
        }
    }

    #[test]
    fn the_standard_parameters_are_those_of_the_crate() {
        let hash = Hashing::Standard.hash("x").unwrap();
        assert!(hash.contains("m=19456,t=2,p=1"), "{hash}");
    }

    #[tokio::test]
    async fn every_byte_of_a_long_password_counts() {
        let passwords = Passwords::new(Hashing::Cheap).unwrap();
        let long = "x".repeat(100);
        let hash = passwords.hash(long.clone()).await.unwrap();
        assert!(!passwords.verify(long[..72].to_owned(), hash).await.unwrap());
    }
}
