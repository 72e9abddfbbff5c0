//! The variants, one file an idea, and servers put together from several of them.

mod bodies;
mod clock;
mod connections;
mod counter;
mod emails;
mod errors;
mod gateway;
mod headers;
mod ids;
mod limiter;
mod names;
mod passwords;
mod refusals;
mod second_factor;
mod sessions;
mod statuses;
mod strictness;
mod subscription;
mod times;
mod tokens;

use super::trial::{MAX_WAIT_OF_VARIANTS, Server};
use super::variant::Variant;

/// All axes: of the variants of one, a server has one or is as the reference. In the order in which their variants are applied: what is said before how it is written, and that
/// before how it is sent.
pub const AXES: &[&[Variant]] = &[
    clock::AXIS,
    clock::DATES,
    limiter::OF_ACCOUNTS,
    limiter::OF_ADDRESSES,
    limiter::PATIENCE,
    names::OF_ACCOUNTS,
    names::REGISTRATION,
    names::SECOND_FACTOR,
    second_factor::RULES,
    sessions::LAST_USE,
    sessions::TIES,
    statuses::SUCCESSES,
    statuses::REVOKED,
    statuses::UNKNOWN_TOKENS,
    second_factor::CHALLENGES,
    second_factor::REFUSALS,
    errors::AXIS,
    refusals::AXIS,
    subscription::TRIALS,
    subscription::PLANS,
    times::AXIS,
    emails::AXIS,
    passwords::AXIS,
    ids::USERS,
    ids::TOKENS,
    tokens::AXIS,
    tokens::SHORT,
    strictness::AXIS,
    bodies::MEMBERS,
    bodies::WRITING,
    headers::MEDIA_TYPES,
    headers::AXIS,
    headers::ACCEPT,
    connections::PACE,
    connections::FRAMING,
    connections::HEADER_NAMES,
    connections::AXIS,
    gateway::AXIS,
];

/// All variants, in the order of their axes.
pub fn variants() -> impl Iterator<Item = &'static Variant> {
    AXES.iter().copied().flatten()
}

/// A server with these differences, at most one of each axis.
#[must_use]
pub fn combined(chosen: &[&Variant]) -> Server {
    let mut server = Server {
        max_wait: MAX_WAIT_OF_VARIANTS,
        ..Server::default()
    };
    server.wire();
    for variant in variants() {
        if chosen.iter().any(|one| one.id == variant.id) {
            (variant.change)(&mut server);
        }
    }
    server
}
