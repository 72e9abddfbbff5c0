//! The reference implementation, called over HTTP as any client calls it: every rule with a case
//! that a server without the rule fails.

mod database;
mod described;
mod lifecycle;
mod limits;
mod login;
mod races;
mod register;
mod requests;
mod sessions;
mod support;
mod totp;
