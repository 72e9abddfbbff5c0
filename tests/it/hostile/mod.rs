//! Servers that are hostile or broken, each in one way: a right verdict or exit code 3, in bounded time and memory,
//! and nothing lost of what was found before.

mod bodies;
mod certificates;
mod connections;
mod encrypted;
mod files;
mod front;
mod heads;
mod http2;
mod json;
mod redirects;
mod reports;
mod runs;
mod served;
mod terminal;
