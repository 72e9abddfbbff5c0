//! The most memory that a process has held at any time. The pages of its own file are not counted: those of a build
//! for tests are many times those of a release, and no server has a part in them.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What a run may hold: with the pages of a release, 64 MiB in all.
pub const MOST_KIB: u64 = 44 * 1024;
/// The mark only rises, so that no peak is missed but what grew in this time before the end.
const INTERVAL: Duration = Duration::from_millis(1);

/// A process that lives longer is looked at.
const WATCHED: Duration = Duration::from_secs(1);

/// Watches a process from its start to its end.
pub struct Memory {
    start: Instant,
    peak: Receiver<u64>,
}

impl Memory {
    pub fn of(process: u32) -> Self {
        let (start, (sender, peak)) = (Instant::now(), channel());
        thread::spawn(move || {
            let mut peak = 0;
            while let Some(held) = held(process) {
                peak = peak.max(held);
                thread::sleep(INTERVAL);
            }
            // Where the test has failed already, nobody asks.
            let _ = sender.send(peak);
        });
        Self { start, peak }
    }

    /// Asserts, after the end of the process, that it never held too much.
    #[track_caller]
    pub fn assert_bounded(self) {
        let peak = self.peak();
        assert!(peak <= MOST_KIB, "{peak} KiB");
    }

    /// What it has held at most, in KiB, after its end.
    pub fn peak(self) -> u64 {
        let peak = self.peak.recv().unwrap();
        // Where the system tells of memory at all, no process holds none, but one may end before it is looked at.
        let is_watched = cfg!(target_os = "linux") && self.start.elapsed() > WATCHED;
        assert!(peak > 0 || !is_watched);
        peak
    }
}

/// The most that a process which goes on has held so far, in KiB; 0 where the system does not tell.
pub fn peak_kib(process: u32) -> u64 {
    held(process).unwrap_or_default()
}

/// The most so far, in KiB; nothing once the process has ended.
fn held(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let of = |name: &str| -> Option<u64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some(of("VmHWM:")?.saturating_sub(of("RssFile:")?))
}
