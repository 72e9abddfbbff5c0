//! Text that is not ours, such as a server's, as it may be shown: it moves no cursor, hides nothing, and orders nothing.

/// What begins a command to a CI anywhere in a line: GitHub Actions, Azure Pipelines and `TeamCity` read what a step
/// prints, and obey some of it.
const COMMANDS: [&str; 3] = ["##", "##vso", "##teamcity"];
/// What begins a command to GitHub Actions at the start of a line.
const COMMAND_LINE: &str = "::";

/// What moves the cursor, turns the direction of a text, cannot be seen, or cannot stand in XML. Without the variation
/// selectors, which emoji need, it is `Default_Ignorable_Code_Point` of Unicode and what changes lines or direction.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The text with escapes in place of what is harmful; line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |c| is_harmful(c) && !matches!(c, '\n' | '\t'))
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    escaped(text, is_harmful)
}

/// The same on as many lines as it has, each but the first with `indent` before it.
pub(crate) fn indented(text: &str, indent: &str) -> String {
    printable(text).replace('\n', &format!("\n{indent}"))
}

/// A number of things, such as `1 clause` or `2 clauses`.
pub(crate) fn number_of<N>(count: N, thing: &str) -> String
where
    N: std::fmt::Display + PartialEq + From<u8> + Copy,
{
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// So many columns has a terminal at least.
const COLUMNS: usize = 80;

/// A line, broken between words so that it fits into a terminal, each line with `indent` before it. A word is never broken.
pub(crate) fn wrapped(line: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    let mut width = indent.len();
    for word in one_line(line).split(' ') {
        let (length, is_first) = (word.chars().count(), width == indent.len());
        let last = lines.len() - 1;
        if is_first || width + 1 + length <= COLUMNS {
            let blank = if is_first { "" } else { " " };
            lines[last].extend([blank, word]);
            width += blank.len() + length;
        } else {
            lines.push(format!("{indent}{word}"));
            width = indent.len() + length;
        }
    }
    lines.join("\n")
}

/// The same within quotes, so that it is told from what is said about it.
pub(crate) fn quoted(text: &str) -> String {
    let shown = escaped(text, |c| is_harmful(c) || matches!(c, '"' | '\\'));
    format!("\"{shown}\"")
}

/// An id as it is where it is one, and any other text within quotes.
pub(crate) fn id(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ".-_/:".contains(c);
    if !text.is_empty() && text.chars().all(is_part) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_escaped(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The text as it may be printed: with escapes in place of what is harmful, and a backslash in what a CI would take for
/// a command.
pub(crate) fn inert(text: &str) -> String {
    let text = printable(text);
    let mut inert = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (blank, words) = line.split_at(line.len() - line.trim_start().len());
        inert.push_str(blank);
        if words.starts_with(COMMAND_LINE) {
            inert.push('\\');
        }
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('[') {
            inert.push_str(before);
            inert.push_str(if begins_command(&inert) { "\\[" } else { "[" });
            rest = after;
        }
        inert.push_str(rest);
    }
    inert
}

/// Whether a `[` behind this text would begin a command.
fn begins_command(text: &str) -> bool {
    COMMANDS.iter().any(|command| {
        let end = text.len().checked_sub(command.len());
        let end = end.and_then(|start| text.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(command))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_or_moves_the_text_is_escaped() {
        for (sent, shown) in [
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{9b}31mb", "a\\u{9b}31mb"),
            ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"),
            ("a\u{200b}b\u{feff}\u{ad}", "a\\u{200b}b\\u{feff}\\u{ad}"),
            ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
            ("a\u{fffe}b\u{ffff}c", "a\\u{fffe}b\\u{ffff}c"),
            ("a\r\nb\0", "a\\r\nb\\u{0}"),
        ] {
            assert_eq!(printable(sent), shown);
        }
        let plain = "Zoë\td'Orléans 😀 ❤\u{fe0f} שלום\n日本語";
        assert_eq!(printable(plain), plain);
        assert_eq!(one_line("a\tb\nc\u{85}"), "a\\tb\\nc\\u{85}");
        assert_eq!(indented("a\nb\r\nc", "  "), "a\n  b\\r\n  c");
    }

    #[test]
    fn a_quotation_ends_where_it_ends() {
        for (text, shown) in [
            (
                "Acme auth 1.2.0, it's 日本 e\u{301} العربية",
                "\"Acme auth 1.2.0, it's 日本 e\u{301} العربية\"",
            ),
            ("a\nverified: b", r#""a\nverified: b""#),
            ("a\" b", r#""a\" b""#),
            ("a\\n", r#""a\\n""#),
            ("a\r\t\u{1b}[2K\u{85}", r#""a\r\t\u{1b}[2K\u{85}""#),
            (
                "\u{2066}\u{61c}\u{200d}\u{e0041}",
                r#""\u{2066}\u{61c}\u{200d}\u{e0041}""#,
            ),
        ] {
            assert_eq!(quoted(text), shown);
        }
        for (text, shown) in [
            ("tokens.last-use", "tokens.last-use"),
            ("tokens/refuses-current", "tokens/refuses-current"),
            ("nothing got worse", "\"nothing got worse\""),
            ("", "\"\""),
        ] {
            assert_eq!(id(text), shown);
        }
    }

    #[test]
    fn every_character_that_is_left_may_stand_in_xml() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        let forbidden: Vec<char> = printable(&all).chars().filter(|c| !allowed(*c)).collect();
        assert!(forbidden.is_empty(), "{forbidden:?}");
    }

    #[test]
    fn what_a_ci_would_obey_gets_a_backslash() {
        for (sent, shown) in [
            (
                "::error::x\n \t::set-output name=a::b",
                "\\::error::x\n \t\\::set-output name=a::b",
            ),
            ("a\r::error::x", "a\\r::error::x"),
            ("\u{a0}::error::x", "\u{a0}\\::error::x"),
            ("a ##[error]b ##[group]", "a ##\\[error]b ##\\[group]"),
            ("##vso[task.complete]", "##vso\\[task.complete]"),
            ("##VSO[x ##TeamCity[y", "##VSO\\[x ##TeamCity\\[y"),
            ("é##[ é#[ [#", "é##\\[ é#[ [#"),
            (
                "login::succeeds a[0]\n\n#[x]",
                "login::succeeds a[0]\n\n#[x]",
            ),
        ] {
            assert_eq!(inert(sent), shown);
        }
    }
}
