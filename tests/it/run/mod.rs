//! How a run is judged: who is blamed, who is not, and what it does when a server throttles or breaks.

mod blame;
mod clock;
mod conditions;
mod consequences;
mod continued;
mod doubts;
mod failures;
mod hints;
mod hopeless;
mod look_around;
mod paths;
mod reevaluate;
mod requests;
mod support;
mod throttling;
