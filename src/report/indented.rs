//! JSON for people, a member a line: as the library writes it, but each line break in one piece, since a report is
//! mostly line breaks.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Deeper lines are not indented further.
const BREAK: &[u8] = b"\n                                                                ";
const STEP: usize = 2;

/// Writes a value.
pub(super) fn write(value: &impl Serialize, to: &mut impl Write) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(to, Indented::default()))?)
}

#[derive(Default)]
struct Indented {
    depth: usize,
    /// Whether the innermost list or object has something in it.
    has_value: bool,
}

impl Indented {
    fn line<W: ?Sized + Write>(&self, to: &mut W) -> io::Result<()> {
        let length = (1 + self.depth * STEP).min(BREAK.len());
        to.write_all(&BREAK[..length])
    }

    fn open<W: ?Sized + Write>(&mut self, to: &mut W, bracket: u8) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        to.write_all(&[bracket])
    }

    fn close<W: ?Sized + Write>(&mut self, to: &mut W, bracket: u8) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.line(to)?;
        }
        self.has_value = true;
        to.write_all(&[bracket])
    }

    fn next<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if !first {
            to.write_all(b",")?;
        }
        self.line(to)
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b'[')
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b']')
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.next(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b'{')
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b'}')
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.next(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let mut text = Vec::new();
        write(value, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn it_is_written_as_the_library_writes_it() {
        let value = json!({
            "none": {}, "empty": [], "text": "a\"b\n", "null": null,
            "list": [1, [2.5, []], { "a": { "b": [{}] } }, true],
        });
        for value in [value, json!([]), json!({}), json!("x"), json!([[]])] {
            let library = serde_json::to_string_pretty(&value).unwrap();
            assert_eq!(written(&value), library);
        }
    }

    #[test]
    fn what_is_deeper_than_any_report_is_written_all_the_same() {
        let deep = (0..100).fold(json!(1), |value, _| json!([value]));
        assert_eq!(
            serde_json::from_str::<Value>(&written(&deep)).unwrap(),
            deep
        );
    }
}
