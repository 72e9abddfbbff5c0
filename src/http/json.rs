//! Bodies as JSON: within bounds of depth and number, and no member lost from sight.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::de::{Read, SliceRead, StrRead};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

/// A text of a few bytes may unfold to a value of many: more of them are no answer of this API.
const MOST_VALUES: usize = 10_000;
const DEEPEST: usize = 100;
/// Most objects of this API have no more members.
const COMMON_MEMBERS: usize = 8;

/// A body as JSON.
#[derive(Debug, PartialEq)]
pub(super) struct Json {
    /// What a common reader makes of it: of members of one name the last counts.
    pub(super) value: Value,
    /// The members before the last of a name, which such a reader never sees.
    pub(super) shadowed: Vec<(String, Value)>,
}

/// Why a body is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is no JSON.
    NotJson(String),
    /// It may be JSON, but nobody is held to read it (RFC 8259, section 9).
    OutOfBounds(String),
}

/// Reads a body.
pub(super) fn parse(body: &[u8]) -> Result<Json, Unreadable> {
    // To know that all of it is text spares the look at every string.
    match str::from_utf8(body) {
        Ok(text) => read(StrRead::new(text), serde_json::Deserializer::end),
        Err(_) => read(SliceRead::new(body), serde_json::Deserializer::end),
    }
}

/// The objects in a body that is no JSON as a whole: a server may print a warning before its answer.
pub(super) fn objects_in(body: &[u8]) -> impl Iterator<Item = Json> {
    /// A text may hold any number of braces.
    const MOST_TRIES: usize = 8;
    let braces = body.iter().enumerate().filter(|(_, byte)| **byte == b'{');
    let starts = braces.map(|(at, _)| &body[at..]).take(MOST_TRIES);
    starts.filter_map(|start| read(SliceRead::new(start), |_| Ok(())).ok())
}

/// Reads the value that a text begins with; `finish` has the last word on what follows it.
fn read<'a, R: Read<'a>>(
    text: R,
    finish: impl FnOnce(&mut serde_json::Deserializer<R>) -> serde_json::Result<()>,
) -> Result<Json, Unreadable> {
    let seen = RefCell::default();
    let mut reader = serde_json::Deserializer::new(text);
    let root = ValueSeed {
        seen: &seen,
        depth: 0,
    };
    let value = root.deserialize(&mut reader);
    let value = value.and_then(|value| finish(&mut reader).map(|()| value));
    let ParseState {
        shadowed, excess, ..
    } = seen.into_inner();
    match (value, excess) {
        (Ok(value), _) => Ok(Json { value, shadowed }),
        (Err(_), Some(excess)) => Err(Unreadable::OutOfBounds(excess)),
        // Only the text tells this mistake from others.
        (Err(error), None) if error.to_string().starts_with("number out of range") => {
            Err(Unreadable::OutOfBounds("a number beyond all range".into()))
        }
        (Err(error), None) => Err(Unreadable::NotJson(error.to_string())),
    }
}

#[derive(Default)]
struct ParseState {
    values: usize,
    shadowed: Vec<(String, Value)>,
    excess: Option<String>,
}

/// One value of a body.
#[derive(Clone, Copy)]
struct ValueSeed<'a> {
    seen: &'a RefCell<ParseState>,
    depth: usize,
}

impl ValueSeed<'_> {
    fn below(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let mut seen = self.seen.borrow_mut();
        seen.values += 1;
        if seen.values > MOST_VALUES {
            seen.excess = Some(format!("more than {MOST_VALUES} values"));
        } else if self.depth > DEEPEST {
            seen.excess = Some(format!("values more than {DEEPEST} levels deep"));
        }
        if seen.excess.is_some() {
            return Err(D::Error::custom("out of bounds"));
        }
        drop(seen);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.below())? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::with_capacity(COMMON_MEMBERS);
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.below())?;
            match object.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => {
                    let shadowed = (entry.key().clone(), entry.insert(value));
                    self.seen.borrow_mut().shadowed.push(shadowed);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_read_as_everybody_reads_it() {
        let body = r#"{"a":[1,-2,3.5,null,true,"x"],"b":{"c":18446744073709551615}}"#;
        let read = parse(body.as_bytes()).unwrap();
        assert_eq!(read.value, serde_json::from_str::<Value>(body).unwrap());
        assert!(read.shadowed.is_empty());
    }

    #[test]
    fn the_last_member_of_a_name_counts_and_the_others_are_kept_aside() {
        let read = parse(br#"[{"token":"a","token":"b","token":"c"}]"#).unwrap();
        assert_eq!(read.value, json!([{ "token": "c" }]));
        let shadowed = ["a", "b"].map(|value| ("token".to_owned(), json!(value)));
        assert_eq!(read.shadowed, shadowed);
    }

    #[test]
    fn what_is_no_json_is_told() {
        for (body, why) in [
            ("\u{feff}{}", "expected value"),
            ("{} {}", "trailing characters"),
            ("[NaN]", "expected value"),
            ("", "EOF"),
        ] {
            let error = parse(body.as_bytes()).unwrap_err();
            let told = matches!(&error, Unreadable::NotJson(told) if told.contains(why));
            assert!(told, "{body}: {error:?}");
        }
        assert!(matches!(parse(b"\"\xff\""), Err(Unreadable::NotJson(_))));
    }

    #[test]
    fn depth_number_and_range_are_bounded() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let wide = |values: usize| format!("[0{}]", ",0".repeat(values - 2));
        for good in [deep(DEEPEST + 1), wide(MOST_VALUES), "[1e300]".to_owned()] {
            assert!(parse(good.as_bytes()).is_ok());
        }
        for (bad, why) in [
            (deep(DEEPEST + 2), "100 levels"),
            (deep(100_000), "100 levels"),
            (wide(MOST_VALUES + 1), "10000 values"),
            ("[1e999]".to_owned(), "beyond all range"),
        ] {
            let error = parse(bad.as_bytes()).unwrap_err();
            let told = matches!(&error, Unreadable::OutOfBounds(told) if told.contains(why));
            assert!(told, "{error:?}");
        }
    }
}
