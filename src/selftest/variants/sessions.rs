//! What the list of tokens says of times, where that is open.

use serde_json::Value;

use crate::reference::behaviour::TokenFilter;
use crate::selftest::variant::Variant;

pub(super) const LAST_USE: &[Variant] = &[
    // It does not write down when a token was last used.
    Variant::new("last-use.never", |server| {
        server.settings.behaviour.bearer.records_use = TokenFilter::None;
    }),
    // A token that was never used was last used when it was created.
    Variant::new("last-use.from-creation", |server| {
        server.wire().bodies(|_, body| {
            for token in listed(body) {
                if token["last_used_at"].is_null() {
                    token["last_used_at"] = token["created_at"].clone();
                }
            }
        });
    }),
];

pub(super) const TIES: &[Variant] = &[
    // Of two tokens created in one second the older one comes first.
    Variant::new("ties.older-first", |server| {
        server.wire().bodies(|_, body| {
            let same_second = |a: &Value, b: &Value| a["created_at"] == b["created_at"];
            for tied in listed(body).chunk_by_mut(same_second) {
                tied.reverse();
            }
        });
    }),
];

/// The tokens of the list; none in another body.
fn listed(body: &mut Value) -> &mut [Value] {
    let tokens = body.get_mut("tokens").and_then(Value::as_array_mut);
    tokens.map_or(&mut [], Vec::as_mut_slice)
}
