//! Bundles, checked: what is genuine passes, and whatever is tampered with or forged is found.

mod forged;
mod honest;
mod hostile;
mod odd;
mod owner;
mod sample;
mod support;
mod tampered;
