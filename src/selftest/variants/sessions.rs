//! What the list of tokens says of times, where that is open.

use serde_json::Value;

use crate::reference::behaviour::TokenFilter;
use crate::selftest::variant::{Axis, Variant};

pub(super) const LAST_USE: Axis = Axis {
    name: "last-use",
    variants: &[
        Variant::new(
            "last-use.never",
            "It does not write down when a token was last used.",
            |server| server.settings.behaviour.bearer.records_use = TokenFilter::None,
        ),
        Variant::new(
            "last-use.from-creation",
            "A token that was never used was last used when it was created.",
            |server| {
                server.wire.bodies(|_, body| {
                    for token in listed(body) {
                        if token["last_used_at"].is_null() {
                            token["last_used_at"] = token["created_at"].clone();
                        }
                    }
                });
            },
        ),
    ],
};

pub(super) const TIES: Axis = Axis {
    name: "ties",
    variants: &[Variant::new(
        "ties.older-first",
        "Of two tokens created in one second the older one comes first.",
        |server| {
            server.wire.bodies(|_, body| {
                let same_second = |a: &Value, b: &Value| a["created_at"] == b["created_at"];
                for tied in listed(body).chunk_by_mut(same_second) {
                    tied.reverse();
                }
            });
        },
    )],
};

/// The tokens of the list; none in another body.
fn listed(body: &mut Value) -> &mut [Value] {
    let tokens = body.get_mut("tokens").and_then(Value::as_array_mut);
    tokens.map_or(&mut [], Vec::as_mut_slice)
}
