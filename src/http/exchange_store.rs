//! Exchanges wait for the reports in memory as far as there is room for them, then in a file that nobody else sees.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Exchange, RequestRecord};

/// So many bytes of text stay in memory: a run of the whole suite takes a tenth.
const ROOM: usize = 32 * 1024 * 1024;

/// The exchanges of one run.
#[derive(Debug)]
pub struct ExchangeStore {
    room: usize,
    taken: AtomicUsize,
    /// Made when there is no more room; nothing where it cannot be made.
    file: OnceLock<Option<Arc<StoreFile>>>,
}

impl Default for ExchangeStore {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

/// An exchange that is kept.
#[derive(Debug, Clone)]
pub struct KeptExchange(Storage);

#[derive(Debug, Clone)]
enum Storage {
    Memory(Box<Exchange>),
    Disk(OnDisk),
}

#[derive(Debug, Clone)]
struct OnDisk {
    file: Arc<StoreFile>,
    at: u64,
    length: usize,
    sent: Timestamp,
    milliseconds: f64,
    status: Option<u16>,
}

/// It has no name, and goes when nobody needs it any more.
#[derive(Debug)]
struct StoreFile(Mutex<File>);

impl ExchangeStore {
    /// A store that keeps so many bytes of text in memory.
    #[must_use]
    pub fn with_room(room: usize) -> Self {
        Self {
            room,
            taken: AtomicUsize::new(0),
            file: OnceLock::new(),
        }
    }

    /// Keeps an exchange, on the disk where there is no more room. Where nothing can be written there, it stays in
    /// memory.
    #[must_use]
    pub fn keep(&self, exchange: KeptExchange) -> KeptExchange {
        let Storage::Memory(whole) = &exchange.0 else {
            return exchange;
        };
        let size = size(whole);
        if self.taken.fetch_add(size, Ordering::Relaxed) + size <= self.room {
            return exchange;
        }
        let file = self.file.get_or_init(|| {
            let file = tempfile::tempfile().ok()?;
            Some(Arc::new(StoreFile(Mutex::new(file))))
        });
        let written = file.as_ref().and_then(|file| file.take(whole).ok());
        written.map_or(exchange, |on_disk| KeptExchange(Storage::Disk(on_disk)))
    }
}

impl KeptExchange {
    /// The exchange itself. Of one that cannot be read any more only the times are left.
    #[must_use]
    pub fn get(&self) -> Cow<'_, Exchange> {
        match &self.0 {
            Storage::Memory(exchange) => Cow::Borrowed(exchange),
            Storage::Disk(on_disk) => Cow::Owned(on_disk.read().unwrap_or_else(|_| on_disk.lost())),
        }
    }

    /// The status of the answer; nothing where the call failed.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.0 {
            Storage::Memory(exchange) => status(exchange),
            Storage::Disk(on_disk) => on_disk.status,
        }
    }

    /// From sending to the last byte, in milliseconds.
    #[must_use]
    pub fn milliseconds(&self) -> f64 {
        match &self.0 {
            Storage::Memory(exchange) => exchange.milliseconds,
            Storage::Disk(on_disk) => on_disk.milliseconds,
        }
    }
}

impl From<Exchange> for KeptExchange {
    fn from(exchange: Exchange) -> Self {
        Self(Storage::Memory(Box::new(exchange)))
    }
}

impl Serialize for KeptExchange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeptExchange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Exchange::deserialize(deserializer).map(Self::from)
    }
}

impl StoreFile {
    fn take(self: &Arc<Self>, exchange: &Exchange) -> io::Result<OnDisk> {
        let text = serde_json::to_vec(exchange)?;
        let mut file = self.lock();
        // Where an earlier one could be written only in part, its remains are passed over.
        let at = file.seek(SeekFrom::End(0))?;
        file.write_all(&text)?;
        Ok(OnDisk {
            file: Arc::clone(self),
            at,
            length: text.len(),
            sent: exchange.sent,
            milliseconds: exchange.milliseconds,
            status: status(exchange),
        })
    }

    fn lock(&self) -> MutexGuard<'_, File> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OnDisk {
    fn read(&self) -> io::Result<Exchange> {
        let mut text = vec![0; self.length];
        let mut file = self.file.lock();
        file.seek(SeekFrom::Start(self.at))?;
        file.read_exact(&mut text)?;
        drop(file);
        Ok(serde_json::from_slice(&text)?)
    }

    fn lost(&self) -> Exchange {
        Exchange {
            sent: self.sent,
            milliseconds: self.milliseconds,
            request: RequestRecord {
                method: String::new(),
                url: "(lost: a file for temporary data could not be read)".to_owned(),
                headers: Vec::new(),
                body: None,
            },
            response: None,
        }
    }
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.response.as_ref().map(|response| response.status)
}

/// How much memory an exchange takes, about.
fn size(exchange: &Exchange) -> usize {
    let (request, response) = (&exchange.request, exchange.response.as_ref());
    let headers = request.headers.iter();
    let headers = headers.chain(response.iter().flat_map(|response| &response.headers));
    let headers = headers.map(|line| size_of_val(line) + line.name.len() + line.value.len());
    let bodies = request.body.as_ref().map_or(0, String::len)
        + response.map_or(0, |response| response.body.len());
    size_of::<Exchange>() + request.url.len() + bodies + headers.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{HeaderLine, ResponseRecord};

    fn exchange(number: u16) -> Exchange {
        Exchange {
            sent: Timestamp::UNIX_EPOCH,
            milliseconds: 1.5,
            request: RequestRecord {
                method: "POST".to_owned(),
                url: format!("http://127.0.0.1/{number}"),
                headers: Vec::new(),
                body: Some("\"ü\"\n".repeat(usize::from(number))),
            },
            response: Some(ResponseRecord {
                status: number,
                headers: vec![HeaderLine {
                    name: "vary".to_owned(),
                    value: "Origin".to_owned(),
                }],
                body: "x".repeat(1000),
            }),
        }
    }

    #[test]
    fn what_has_no_room_lies_on_the_disk_and_is_the_same() {
        let store = ExchangeStore::with_room(5_000);
        let kept: Vec<KeptExchange> = (200..220)
            .map(|number| store.keep(exchange(number).into()))
            .collect();
        let on_disk = |kept: &&KeptExchange| matches!(kept.0, Storage::Disk(_));
        assert_eq!(kept.iter().filter(on_disk).count(), 18);
        for (kept, number) in kept.iter().zip(200..220).rev() {
            let json = |exchange: &Exchange| serde_json::to_string(exchange).unwrap();
            assert_eq!(json(&kept.get()), json(&exchange(number)));
            assert_eq!(serde_json::to_string(kept).unwrap(), json(&kept.get()));
            assert_eq!((kept.status(), kept.milliseconds()), (Some(number), 1.5));
        }
        let again = store.keep(kept[19].clone());
        assert_eq!(again.get().request.url, "http://127.0.0.1/219");
    }

    #[test]
    fn one_that_cannot_be_read_any_more_says_so() {
        let store = ExchangeStore::with_room(0);
        let kept = store.keep(exchange(204).into());
        let Storage::Disk(on_disk) = &kept.0 else {
            panic!("in memory");
        };
        on_disk.file.lock().set_len(10).unwrap();
        assert!(kept.get().request.url.contains("lost"));
        assert_eq!(kept.status(), Some(204));
    }
}
