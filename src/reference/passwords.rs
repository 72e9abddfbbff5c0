//! Passwords: hashed with argon2id, off the threads that answer requests.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::try_generate_salt;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use super::ReferenceError;
use super::secrets;

/// The most memory that hashing takes, in KiB: a burst of logins waits in line and does not fill the memory.
const MOST_MEMORY: u32 = 224 * 1024;

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
    fn params(self) -> Result<Params, ReferenceError> {
        match self {
            Self::Standard => Ok(Params::DEFAULT),
            Self::Cheap => Params::new(
                Params::MIN_M_COST,
                Params::MIN_T_COST,
                Params::MIN_P_COST,
                None,
            )
            .map_err(failed),
        }
    }

    /// Hashes on the calling thread; takes some ten milliseconds with the standard parameters.
    pub(super) fn hash(self, password: &str) -> Result<String, ReferenceError> {
        self.hash_in(password, &mut Vec::new())
    }

    fn hash_in(self, password: &str, memory: &mut Vec<Block>) -> Result<String, ReferenceError> {
        let (salt, params) = (try_generate_salt().map_err(failed)?, self.params()?);
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let argon = Argon2::new(algorithm, version, params.clone());
        let hash = PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params).map_err(failed)?,
            salt: Some(Salt::new(&salt).map_err(failed)?),
            hash: Some(output(&argon, password, &salt, memory)?),
        };
        Ok(hash.to_string())
    }
}

/// What argon2 makes of a password. The memory is taken as it is, or made larger.
fn output(
    argon: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    memory: &mut Vec<Block>,
) -> Result<Output, ReferenceError> {
    let length = argon.params().output_len();
    let mut bytes = vec![0; length.unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let count = argon.params().block_count();
    if memory.len() < count {
        memory.resize(count, Block::new());
    }
    argon
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut bytes, &mut memory[..count])
        .map_err(failed)?;
    Output::new(&bytes).map_err(failed)
}

/// Whether the hash is one of this password. Its parameters come with it.
fn is_hash_of(hash: &str, password: &str, memory: &mut Vec<Block>) -> Result<bool, ReferenceError> {
    let hash = PasswordHash::new(hash).map_err(failed)?;
    let params = Params::try_from(&hash).map_err(failed)?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(failed)?;
    let version = hash.version.map(Version::try_from).transpose();
    let version = version.map_err(failed)?.unwrap_or_default();
    let argon = Argon2::new(algorithm, version, params);
    let salt = hash.salt.as_deref().unwrap_or_default();
    let computed = output(&argon, password, salt, memory)?;
    // Compared in the same time, wherever they differ.
    Ok(hash.hash == Some(computed))
}

fn failed(error: impl std::fmt::Display) -> ReferenceError {
    ReferenceError::Hashing {
        reason: error.to_string(),
    }
}

/// Hashes and verifies passwords for the server.
pub(super) struct Passwords {
    hashing: Hashing,
    nobodys: String,
    /// As many as there are buffers.
    permits: Arc<Semaphore>,
    /// The memory that is free. It is kept: what is given back to the system from one of many threads may stay with that
    /// thread.
    buffers: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Passwords {
    pub(super) fn new(hashing: Hashing) -> Result<Self, ReferenceError> {
        let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
        let most = usize::try_from(MOST_MEMORY / Params::DEFAULT_M_COST).unwrap_or(1);
        Ok(Self {
            hashing,
            nobodys: hashing.hash(&secrets::password())?,
            permits: Arc::new(Semaphore::new(processors.min(most))),
            buffers: Arc::default(),
        })
    }

    /// The hash of a password that nobody has, for checks that must fail at the usual cost.
    pub(super) fn nobodys(&self) -> &str {
        &self.nobodys
    }

    pub(super) async fn hash(&self, password: String) -> Result<String, ReferenceError> {
        let hashing = self.hashing;
        self.work(move |memory| hashing.hash_in(&password, memory))
            .await
    }

    /// Whether the hash is one of this password.
    pub(super) async fn verify(
        &self,
        password: String,
        hash: String,
    ) -> Result<bool, ReferenceError> {
        self.work(move |memory| is_hash_of(&hash, &password, memory))
            .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Vec<Block>) -> Result<T, ReferenceError> + Send + 'static,
    ) -> Result<T, ReferenceError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ReferenceError::Interrupted)?;
        let buffers = Arc::clone(&self.buffers);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let free = || buffers.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = free().pop().unwrap_or_default();
            let done = job(&mut memory);
            free().push(memory);
            done
        })
        .await
        .map_err(|_| ReferenceError::Interrupted)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn verifies(passwords: &Passwords, password: &str, hash: &str) -> bool {
        let (password, hash) = (password.to_owned(), hash.to_owned());
        passwords.verify(password, hash).await.unwrap()
    }

    #[tokio::test]
    async fn a_password_is_verified_by_its_own_hash_alone() {
        // The parameters of the standard are those of the crate.
        for (hashing, work) in [
            (Hashing::Cheap, "$argon2id$v=19$m=8,t=1,p=1$"),
            (Hashing::Standard, "$argon2id$v=19$m=19456,t=2,p=1$"),
        ] {
            let passwords = Passwords::new(hashing).unwrap();
            let hash = || passwords.hash("correct horse".to_owned());
            let (hash, other) = (hash().await.unwrap(), hash().await.unwrap());
            assert!(hash.starts_with(work), "{hash}");
            assert_ne!(hash, other, "salted");
            assert!(verifies(&passwords, "correct horse", &hash).await);
            assert!(!verifies(&passwords, "Correct horse", &hash).await);
            assert!(!verifies(&passwords, "correct horse", passwords.nobodys()).await);
        }
    }

    #[tokio::test]
    async fn every_byte_of_a_long_password_counts() {
        let passwords = Passwords::new(Hashing::Cheap).unwrap();
        let long = "x".repeat(100);
        let hash = passwords.hash(long.clone()).await.unwrap();
        assert!(!verifies(&passwords, &long[..72], &hash).await);
    }
}
