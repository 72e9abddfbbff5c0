//! Bundles, checked: what is genuine passes, and whatever is tampered with or forged is found.

mod forged;
mod honest;
mod hostile;
mod odd;
mod owner;
mod sample;
mod support;
mod tampered;

#[expect(
    dead_code,
    reason = "the tests of hostile servers need more of it than these"
)]
#[path = "../hostile/memory.rs"]
mod memory;
