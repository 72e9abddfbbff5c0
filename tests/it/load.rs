//! False alarms under load: the reference conforms, however busy the machine and however slow the server.
//!
//! ```text
//! cargo test --test it load:: -- --ignored --nocapture
//! ```

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand::RngExt;

use crate::support::{Finished, Reference, conform};

const RUNS: u32 = 20;
const LONGEST_DELAY_MS: u64 = 200;

/// Threads that leave no processor idle; they end with this value.
struct Hogs {
    ending: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Hogs {
    fn start() -> Self {
        let ending = Arc::<AtomicBool>::default();
        let processors = thread::available_parallelism().unwrap().get();
        let hog = || {
            let ending = Arc::clone(&ending);
            thread::spawn(move || {
                while !ending.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            })
        };
        let threads = (0..processors).map(|_| hog()).collect();
        Self { ending, threads }
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// The reference, where every answer takes its own time.
fn slow_server() -> Reference {
    Reference::meeting(|_| async {
        let delay = rand::rng().random_range(0..=LONGEST_DELAY_MS);
        tokio::time::sleep(Duration::from_millis(delay)).await;
    })
}

fn full_run(server: &Reference) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let runtime = server.runtime.as_ref().unwrap();
    let account = runtime.block_on(server.running.provision_account("example.com"));
    let file = folder.path().join("account.json");
    fs::write(&file, serde_json::to_string(&account.unwrap()).unwrap()).unwrap();
    // A full run asks once.
    let command = format!("exec cat '{}'", file.display());
    conform(["--base-url", server.base_url(), "--provision", &command]).run()
}

#[test]
#[ignore = "takes minutes: twenty full runs on a machine that is kept busy"]
fn no_false_alarm_in_twenty_runs_under_load() {
    let _hogs = Hogs::start();
    let server = slow_server();
    let mut others = Vec::new();
    let start = Instant::now();
    for number in 1..=RUNS {
        let begun = Instant::now();
        let finished = full_run(&server);
        let last = finished
            .stdout
            .lines()
            .rev()
            .find(|line| line.contains("clauses"));
        println!(
            "run {number}: exit code {:?} in {:.1} s: {}",
            finished.code,
            begun.elapsed().as_secs_f64(),
            last.unwrap_or("no verdict")
        );
        if finished.code != Some(0) {
            others.push(finished.all());
        }
    }
    println!(
        "{} false alarms in {RUNS} runs, in {:.0} s",
        others.len(),
        start.elapsed().as_secs_f64()
    );
    assert!(others.is_empty(), "{}", others.join("\n"));
}
