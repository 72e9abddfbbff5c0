use serde_json::json;

use super::*;

/// Each mistake in a value of this schema, with what to do.
fn found(schema: &Value, value: &Value, is_yaml: bool) -> Vec<String> {
    let found = mistakes(&Located::from(value), "the file", schema, is_yaml).into_iter();
    found
        .map(|mistake| format!("{}: {}", mistake.message, mistake.help))
        .collect()
}

fn schema() -> Value {
    let sign = json!({ "oneOf": [
        { "type": "string", "const": "plus" },
        { "type": "string", "const": "minus" },
        { "type": "object", "required": ["times"], "additionalProperties": false,
            "properties": { "times": { "type": "integer" } } },
        { "type": "object", "required": ["not"], "additionalProperties": false,
            "properties": { "not": { "$ref": "#/$defs/Sign" } } },
    ] });
    let status = json!({
        "description": "A status, or a class (2xx).\nAnd more.",
        "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^[1-5]xx$" },
        ],
    });
    json!({
        "type": "object",
        "required": ["title", "steps"],
        "additionalProperties": false,
        "properties": {
            "title": { "type": "string", "description": "What it shows. Or not." },
            "steps": { "type": "array", "minItems": 1, "items": { "type": "boolean" } },
            "count": { "type": ["integer", "null"], "format": "uint32", "minimum": 0 },
            "sign": { "description": "How.", "anyOf": [{ "$ref": "#/$defs/Sign" }, { "type": "null" }] },
            "status": { "$ref": "#/$defs/Status", "description": "What is answered." },
            "clock": { "type": "string", "format": "date-time" },
            "names": { "type": "object", "additionalProperties": { "type": "string" } },
            "any": true,
        },
        "$defs": { "Sign": sign, "Status": status },
    })
}

/// A good file with one change.
#[track_caller]
fn says(key: &str, value: &Value, expected: &[&str]) {
    let mut file = json!({ "title": "t", "steps": [true] });
    file[key] = value.clone();
    assert_eq!(found(&schema(), &file, true), expected, "{key}: {value}");
}

#[test]
fn what_fits_is_no_mistake() {
    says("title", &json!("T"), &[]);
    says("count", &json!(null), &[]);
    says("sign", &json!(null), &[]);
    says("sign", &json!({ "not": { "not": { "times": 3 } } }), &[]);
    says("status", &json!(599), &[]);
    says("status", &json!("2xx"), &[]);
    says("clock", &json!("2026-01-31T12:00:00Z"), &[]);
    says("any", &json!({ "a": [{}, null] }), &[]);
    // As YAML is read.
    says("title", &json!(5), &[]);
    says("title", &json!(true), &[]);
    says("count", &json!("5"), &[]);
    says("steps", &json!(["true"]), &[]);
}

#[test]
fn a_value_of_another_kind_is_told_with_what_is_due() {
    says(
        "title",
        &json!(["x"]),
        &["`title` must be text, but is a list: write text (what it shows)"],
    );
    says(
        "count",
        &json!("05"),
        &["`count` must be a whole number, but is text: write a whole number"],
    );
    says(
        "count",
        &json!(1.5),
        &["`count` must be a whole number, but is a fraction: write a whole number"],
    );
    says(
        "steps",
        &json!([null, {}]),
        &[
            "an entry of `steps` must be `true` or `false`, but is empty: write `true` or `false`",
            "an entry of `steps` must be `true` or `false`, but is a mapping: write `true` or `false`",
        ],
    );
    says(
        "names",
        &json!({ "a": {} }),
        &["`a` must be text, but is a mapping: write text"],
    );
    says(
        "status",
        &json!(true),
        &[
            "`status` must be text or a whole number, but is a boolean: write text or a whole number (what is answered)",
        ],
    );
    assert_eq!(
        found(&schema(), &json!([]), true),
        ["the file must be a mapping, but is a list: write a mapping"]
    );
}

#[test]
fn a_value_of_the_right_kind_may_be_none_of_those_that_are_due() {
    says(
        "count",
        &json!(-1),
        &["`count` cannot be `-1`: write a number from 0 to 4294967295"],
    );
    let form = "write a status, or a class (2xx)";
    says(
        "status",
        &json!(99),
        &[&format!("`status` cannot be `99`: {form}")],
    );
    says(
        "status",
        &json!("9xx"),
        &[&format!("`status` cannot be `9xx`: {form}")],
    );
    says(
        "clock",
        &json!("noon"),
        &["`clock` cannot be `noon`: write a moment such as 2026-01-31T12:00:00Z"],
    );
    says(
        "steps",
        &json!([]),
        &["`steps` must not be empty: add an entry"],
    );
}

#[test]
fn a_choice_is_told_from_the_others_by_its_word_or_key() {
    let all = "write one of plus, minus, times: …, not: …";
    says(
        "sign",
        &json!("plsu"),
        &["unknown value `plsu`: did you mean `plus`?"],
    );
    says("sign", &json!("x"), &[&format!("unknown value `x`: {all}")]);
    says(
        "sign",
        &json!(["plus"]),
        &[&format!(
            "`sign` must be text or a mapping, but is a list: {all}"
        )],
    );
    says(
        "sign",
        &json!({ "time": 1 }),
        &["unknown key `time`: did you mean `times`?"],
    );
    says(
        "sign",
        &json!({}),
        &["`sign` has none of its keys: write one of times, not"],
    );
    says(
        "sign",
        &json!({ "times": 1, "xyz": 1 }),
        &["unknown key `xyz`: leave it out, or write one of times"],
    );
    says(
        "sign",
        &json!({ "not": { "not": "mines" } }),
        &["unknown value `mines`: did you mean `minus`?"],
    );
}

#[test]
fn all_mistakes_are_found_in_one_go_up_to_a_bound() {
    let file = json!({ "titel": 1, "count": [], "sign": "x", "status": 9 });
    let found_in = |file: &Value| found(&schema(), file, true);
    let messages: Vec<String> = found_in(&file)
        .iter()
        .map(|one| one.split(": ").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        messages,
        [
            "the file has no `steps`",
            "unknown key `titel`",
            "`count` must be a whole number, but is a list",
            "unknown value `x`",
            "`status` cannot be `9`",
        ]
    );
    let steps: Vec<&str> = vec!["x"; 200_000];
    let many = json!({ "title": "t", "steps": steps });
    assert_eq!(found_in(&many).len(), MOST_MISTAKES);
}

#[test]
fn json_is_read_to_the_letter_and_may_have_other_members() {
    let mut schema = schema();
    schema["additionalProperties"] = Value::Null;
    let renamed = json!({ "titel": "t", "steps": [true] });
    let missing = "the file has no `title`: add `title` (what it shows)";
    assert_eq!(found(&schema, &renamed, false), [missing]);
    let file = json!({ "title": 5, "steps": ["true"], "cuont": { "a": 1 }, "names": { "a": {} } });
    let found = found(&schema, &file, false);
    assert_eq!(
        found,
        [
            "`title` must be text, but is a number: write text (what it shows)",
            "an entry of `steps` must be `true` or `false`, but is text: write `true` or `false`",
            "`a` must be text, but is an object: write text",
        ]
    );
}
