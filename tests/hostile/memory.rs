//! The most memory that a process has held at any time.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// What a run may hold.
pub const MOST_KIB: u64 = 64 * 1024;
/// The mark only rises, so that what is seen last is the peak, but for what grew in this time before the end.
const INTERVAL: Duration = Duration::from_millis(1);

/// Watches a process from its start to its end.
pub struct Memory(Receiver<u64>);

impl Memory {
    pub fn of(process: u32) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let mut peak = 0;
            while let Some(high) = high_water_mark(process) {
                peak = high;
                thread::sleep(INTERVAL);
            }
            // Where the test has failed already, nobody asks.
            let _ = sender.send(peak);
        });
        Self(receiver)
    }

    /// Asserts, after the end of the process, that it never held too much.
    #[track_caller]
    pub fn assert_bounded(self) {
        let peak = self.0.recv().unwrap();
        assert!(peak <= MOST_KIB, "{peak} KiB");
        // Where the system tells of memory at all, no process holds none.
        assert!(peak > 0 || !cfg!(target_os = "linux"));
    }
}

/// In KiB; nothing once the process has ended.
fn high_water_mark(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
