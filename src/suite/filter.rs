//! What is made of a value: near misses that a careless comparison takes for it, parts of it, longer ones.

/// The longest text that is made up, in characters.
const LONGEST: usize = 2 * 1024 * 1024;

/// What is made of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// A letter or digit in the middle is another one.
    Altered,
    /// The last letter or digit is another one.
    Misspelt,
    /// Upper-case letters are lower case and the other way round. Where letters beyond hexadecimal digits are missing,
    /// that would be the same value, or another spelling of it: then it is [`Altered`](Self::Altered).
    SwappedCase,
    /// The last character is missing.
    Shortened,
    /// Only that many characters from the start.
    First(usize),
    /// Followed by so many `x` that there are that many characters.
    Padded(usize),
    /// The first `@` is a dot.
    WithoutAt,
    /// What follows the last bar: the part of a token that is no id.
    Secret,
    /// What stands before the last bar, if there is one: the id in a token, which need not be the one in a list.
    Id,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "altered" => Self::Altered,
            "misspelt" => Self::Misspelt,
            "swapped_case" => Self::SwappedCase,
            "shortened" => Self::Shortened,
            "without_at" => Self::WithoutAt,
            "secret" => Self::Secret,
            "id" => Self::Id,
            _ => {
                let (name, rest) = text.split_once('(')?;
                let number = rest.strip_suffix(')')?.trim().parse().ok()?;
                match name {
                    "first" => Self::First(number),
                    "padded" if number <= LONGEST => Self::Padded(number),
                    _ => return None,
                }
            }
        })
    }

    /// What is made of `value`.
    #[must_use]
    pub fn apply(self, value: &str) -> String {
        match self {
            Self::First(count) => value.chars().take(count).collect(),
            Self::Shortened => {
                let count = value.chars().count().saturating_sub(1);
                value.chars().take(count).collect()
            }
            Self::Padded(count) => {
                let missing = count.saturating_sub(value.chars().count());
                value.to_owned() + &"x".repeat(missing)
            }
            Self::Secret => secret(value).to_owned(),
            Self::Id => value
                .rsplit_once('|')
                .map_or(value, |(id, _)| id)
                .to_owned(),
            Self::WithoutAt => value.replacen('@', ".", 1),
            Self::SwappedCase if has_a_case(value) => value.chars().map(swapped_case).collect(),
            Self::SwappedCase => Self::Altered.apply(value),
            Self::Misspelt => {
                let mut characters: Vec<char> = value.chars().collect();
                let last = characters
                    .iter_mut()
                    .rfind(|character| character.is_ascii_alphanumeric());
                if let Some(last) = last {
                    *last = another_of_its_kind(*last);
                }
                characters.into_iter().collect()
            }
            Self::Altered => {
                let mut characters: Vec<char> = value.chars().collect();
                // Well inside: the last characters of some encodings carry nothing, and before the last bar
                // stands the id of a token and not its secret.
                let secret = characters
                    .iter()
                    .rposition(|c| *c == '|')
                    .map_or(0, |bar| bar + 1);
                let middle = secret + (characters.len() - secret) / 2;
                let near = |at: &usize| at.abs_diff(middle);
                let candidates =
                    (secret..characters.len()).filter(|at| characters[*at].is_ascii_alphanumeric());
                if let Some(at) = candidates.min_by_key(near) {
                    characters[at] = another_of_its_kind(characters[at]);
                }
                characters.into_iter().collect()
            }
        }
    }
}

/// What follows the last bar of a text.
fn secret(value: &str) -> &str {
    value.rsplit('|').next().unwrap_or_default()
}

/// Whether the secret part of a text has a letter that is no hexadecimal digit.
fn has_a_case(value: &str) -> bool {
    secret(value)
        .chars()
        .any(|c| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit())
}

fn swapped_case(c: char) -> char {
    if c.is_ascii_lowercase() {
        c.to_ascii_uppercase()
    } else {
        c.to_ascii_lowercase()
    }
}

/// Another letter or digit, different also where case is ignored.
fn another_of_its_kind(c: char) -> char {
    match c {
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        _ => char::from_u32(c as u32 + 1).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_near_and_miss() {
        assert_eq!(Filter::Altered.apply("ab9!!"), "ab0!!");
        assert_eq!(Filter::Altered.apply("12|xyZab"), "12|xyAab");
        assert_eq!(Filter::Altered.apply("||"), "||");
        assert_eq!(Filter::Misspelt.apply("ab9!"), "ab0!");
        assert_eq!(Filter::Misspelt.apply("!"), "!");
        assert_eq!(Filter::SwappedCase.apply("xY1"), "Xy1");
        // What has no case is not sent as it is.
        assert_eq!(Filter::SwappedCase.apply("12345"), "12445");
        assert_eq!(Filter::SwappedCase.apply("x|aB1"), "x|aC1");
        assert_eq!(Filter::Shortened.apply("öä"), "ö");
        assert_eq!(Filter::WithoutAt.apply("a@b.c"), "a.b.c");
        assert_eq!(Filter::First(2).apply("öäü"), "öä");
        assert_eq!(Filter::Padded(4).apply("öä"), "öäxx");
        assert_eq!(Filter::Padded(1).apply("öä"), "öä");
        assert_eq!(Filter::Secret.apply("12|ab"), "ab");
        assert_eq!(Filter::Secret.apply("ab"), "ab");
        assert_eq!(Filter::Id.apply("12|ab"), "12");
        assert_eq!(Filter::Id.apply("ab"), "ab");
    }
}
