//! Reads a text through the escapes in which a secret may come back, one character at a time.

use std::cell::Cell;

/// What is read as an escape, and how many may stand inside one another.
#[derive(Clone, Copy)]
pub(super) struct EscapeSyntax {
    /// The characters that an escape may begin with.
    triggers: &'static [u8],
    depth: usize,
}

/// By itself each syntax leaves alone what looks like an escape of another.
pub(super) const ESCAPE_SYNTAXES: [EscapeSyntax; 6] = [
    EscapeSyntax::new(b"\\", 1),
    EscapeSyntax::new(b"%", 1),
    EscapeSyntax::new(b"&", 1),
    EscapeSyntax::new(&TRIGGERS, 1),
    EscapeSyntax::new(&TRIGGERS, 2),
    EscapeSyntax::new(&TRIGGERS, 3),
];

/// What an escape may begin with: of JSON, of percent-encoding, of HTML.
pub(super) const TRIGGERS: [u8; 3] = *b"\\%&";

/// A character, or one byte of it.
struct Unit {
    bytes: [u8; 4],
    length: usize,
}

impl Unit {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl From<char> for Unit {
    fn from(character: char) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        Self { bytes, length }
    }
}

impl From<u8> for Unit {
    fn from(byte: u8) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
        }
    }
}

/// A place in a text that is read in one way.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    syntax: EscapeSyntax,
    budget: &'a Cell<u32>,
}

impl EscapeSyntax {
    const fn new(triggers: &'static [u8], depth: usize) -> Self {
        Self { triggers, depth }
    }

    /// Each look for an escape takes one from `budget`; where there is none left, nothing is read.
    pub(super) fn read<'a>(self, text: &'a [u8], at: usize, budget: &'a Cell<u32>) -> Cursor<'a> {
        Cursor {
            text,
            at,
            syntax: self,
            budget,
        }
    }
}

impl Cursor<'_> {
    /// How many bytes of `form` stand here, and the place after them.
    pub(super) fn along(mut self, form: &[u8]) -> (usize, usize) {
        let mut rest = form;
        while !rest.is_empty() {
            let depths = (0..=self.syntax.depth).rev();
            // What looks like an escape may be meant as it stands.
            let next = depths
                .map(|depth| self.at_depth(depth))
                .find_map(|cursor| cursor.leaving(rest));
            let Some((left, next)) = next else {
                break;
            };
            rest = left;
            self = next.at_depth(self.syntax.depth);
        }
        (form.len() - rest.len(), self.at)
    }

    /// What is left of `form` after the character that is read here.
    fn leaving(self, form: &[u8]) -> Option<(&[u8], Self)> {
        let (unit, next) = self.next()?;
        Some((form.strip_prefix(unit.bytes())?, next))
    }

    /// The first four bytes that are read here.
    pub(super) fn start(mut self) -> Option<[u8; 4]> {
        let mut start = [0; 4];
        let mut filled = 0;
        while filled < start.len() {
            let (unit, next) = self.next()?;
            for (place, byte) in start[filled..].iter_mut().zip(unit.bytes()) {
                *place = *byte;
            }
            filled += unit.length;
            self = next;
        }
        Some(start)
    }

    fn next(self) -> Option<(Unit, Self)> {
        let byte = self.text.get(self.at).copied()?;
        // An escape begins with one of a few bytes, however deep it stands.
        if self.syntax.depth == 0 || !TRIGGERS.contains(&byte) {
            let at = self.at + 1;
            return Some((byte.into(), Self { at, ..self }));
        }
        self.budget.set(self.budget.get().checked_sub(1)?);
        let (unit, after) = self.at_depth(self.syntax.depth - 1).next()?;
        let escaped = match unit.bytes() {
            [trigger] if self.syntax.triggers.contains(trigger) => match trigger {
                b'\\' => json(after),
                b'%' => percent(after),
                _ => html(after),
            },
            _ => None,
        };
        let (unit, next) = escaped.unwrap_or((unit, after));
        Some((unit, next.at_depth(self.syntax.depth)))
    }

    fn at_depth(self, depth: usize) -> Self {
        let syntax = EscapeSyntax {
            depth,
            ..self.syntax
        };
        Self { syntax, ..self }
    }

    /// The ASCII character that is read here.
    fn ascii(self) -> Option<(u8, Self)> {
        match self.next()? {
            (unit, next) if unit.length == 1 => Some((unit.bytes[0], next)),
            _ => None,
        }
    }

    /// What follows `expected`, where that is read here.
    fn skip(self, expected: u8) -> Option<Self> {
        let (byte, next) = self.ascii()?;
        (byte == expected).then_some(next)
    }

    /// A number of at most `longest` digits; the next cursor stands behind them.
    fn number(mut self, radix: u32, longest: usize) -> Option<(u32, usize, Self)> {
        let (mut number, mut digits) = (0, 0);
        while digits < longest
            && let Some((byte, next)) = self.ascii()
            && let Some(digit) = char::from(byte).to_digit(radix)
        {
            number = number * radix + digit;
            digits += 1;
            self = next;
        }
        (digits > 0).then_some((number, digits, self))
    }

    /// A number of exactly so many digits.
    fn hexadecimal(self, length: usize) -> Option<(u32, Self)> {
        let (number, digits, next) = self.number(16, length)?;
        (digits == length).then_some((number, next))
    }
}

/// What follows the `%` of `%3C`: one byte of a character.
fn percent(cursor: Cursor<'_>) -> Option<(Unit, Cursor<'_>)> {
    let (byte, next) = cursor.hexadecimal(2)?;
    Some((u8::try_from(byte).ok()?.into(), next))
}

/// What follows the backslash of `\"`, `\/` and `\u003c`.
fn json(cursor: Cursor<'_>) -> Option<(Unit, Cursor<'_>)> {
    let (letter, next) = cursor.ascii()?;
    let character = match letter {
        b'"' | b'\\' | b'/' | b'\'' => letter,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return utf_16(next),
        _ => return None,
    };
    Some((character.into(), next))
}

/// What follows `\u`; a character beyond 16 bits takes two escapes.
fn utf_16(cursor: Cursor<'_>) -> Option<(Unit, Cursor<'_>)> {
    let (first, next) = cursor.hexadecimal(4)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character.into(), next));
    }
    let (second, next) = next.skip(b'\\')?.skip(b'u')?.hexadecimal(4)?;
    let units = [first, second].map(|unit| u16::try_from(unit).unwrap_or_default());
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character.into(), next))
}

/// What follows the `&` of `&lt;`, `&#60;` and `&#x3C;`; browsers do without the semicolon after a number.
fn html(cursor: Cursor<'_>) -> Option<(Unit, Cursor<'_>)> {
    const LONGEST_NUMBER: usize = 7;
    let Some(number) = cursor.skip(b'#') else {
        return named(cursor);
    };
    let hexadecimal = number.skip(b'x').or_else(|| number.skip(b'X'));
    let (number, _, next) = match hexadecimal {
        Some(digits) => digits.number(16, LONGEST_NUMBER)?,
        None => number.number(10, LONGEST_NUMBER)?,
    };
    let character = char::from_u32(number)?;
    Some((character.into(), next.skip(b';').unwrap_or(next)))
}

const LONGEST_NAME: usize = 6;
/// The characters that encoders write by name, and the names.
const NAMES: [(&str, char); 35] = [
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("Hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("sol", '/'),
    ("verbar", '|'),
    ("vert", '|'),
];

fn named(mut cursor: Cursor<'_>) -> Option<(Unit, Cursor<'_>)> {
    let mut name = [0; LONGEST_NAME];
    for length in 0..=LONGEST_NAME {
        let (byte, next) = cursor.ascii()?;
        if byte == b';' {
            let mut names = NAMES.iter();
            let (_, character) = names.find(|(known, _)| known.as_bytes() == &name[..length])?;
            return Some(((*character).into(), next));
        }
        *name.get_mut(length)? = byte;
        cursor = next;
    }
    None
}
