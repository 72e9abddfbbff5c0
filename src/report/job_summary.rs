//! `summary.md`: what a CI job shows of a run on its page. It stays short, however bad the run.

use std::fmt::Write as _;

use super::Report;
use super::causes::Causes;
use super::summary::{headline, tested};
use crate::printable::{number_of, one_line};
use crate::verdict::{ClauseVerdict, Verdict};

/// The most rows of a table; the page as a whole has 60 lines at most.
const MOST_ROWS: usize = 15;
/// The most characters of what a server said.
const LONGEST_CELL: usize = 240;

/// The summary as GitHub-flavoured Markdown, of 60 lines at most.
#[must_use]
pub fn job_summary(report: &Report) -> String {
    let mut text = String::new();
    let mark = if report.conclusion.fails() || !report.complete {
        "❌"
    } else {
        "✅"
    };
    let _ = writeln!(text, "## {mark} {}\n", cell(&headline(report)));
    let url = quoted(&report.target.base_url);
    let _ = writeln!(text, "{}\n", tested(report, &url));
    if let Some(why) = &report.not_testable {
        let _ = writeln!(text, "{}\n", quoted(why));
    }
    text.push_str("| profile | verdict | pass | fail | inconclusive |\n");
    text.push_str("|---|---|--:|--:|--:|\n");
    for profile in &report.verdicts.profiles {
        let count = profile.clauses;
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            profile.profile,
            profile.shown(),
            count.pass,
            count.fail,
            count.inconclusive
        );
    }
    let with = |verdict| report.verdicts.with(verdict);
    // What fails the run comes first: the rest may be cut off.
    let (failing, others): (Vec<_>, Vec<_>) =
        with(Verdict::Fail).partition(|clause| clause.fails());
    let failed = failing.into_iter().chain(others);
    let failed = failed.map(|clause| failed_row(report, clause));
    table(&mut text, "failed clause", "what was met", failed);
    let causes = Causes::of(report);
    let inconclusive = causes.iter().map(|(root, clauses)| {
        let ids: Vec<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
        (ids.join(", "), quoted(&root.to_string()))
    });
    // What was never tested has one cause, which stands above.
    let inconclusive = inconclusive.filter(|_| report.not_testable.is_none());
    table(&mut text, "inconclusive clauses", "why", inconclusive);
    if !report.not_run.is_empty() {
        let _ = writeln!(
            text,
            "\nNot run: {}.",
            number_of(report.not_run.len(), "scenario")
        );
    }
    for warning in report
        .waivers
        .iter()
        .filter_map(|note| note.warning.as_ref())
        .take(3)
    {
        let _ = writeln!(text, "\n⚠️ {}", cell(warning));
    }
    text.push_str("\nThe whole story is in `report.html`, the exchanges are in `exchanges.har`.");
    text
}

fn table(
    text: &mut String,
    clause: &str,
    what: &str,
    rows: impl Iterator<Item = (String, String)>,
) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n| {clause} | {what} |\n|---|---|");
    for (id, cell) in rows.iter().take(MOST_ROWS) {
        let _ = writeln!(text, "| {} | {cell} |", quoted(id));
    }
    if rows.len() > MOST_ROWS {
        let _ = writeln!(text, "| | and {} more |", rows.len() - MOST_ROWS);
    }
}

fn failed_row(report: &Report, clause: &ClauseVerdict) -> (String, String) {
    let mut met = cell(&clause.text);
    if let Some(story) = report.story(clause) {
        let (failure, place) = (story.failure, &story.failure.excerpt);
        let message = quoted(&failure.message);
        let _ = write!(met, "<br>{message} ({}:{})", cell(&place.path), place.line);
        if let Some(hint) = &failure.hint {
            let _ = write!(met, "<br>{}", cell(hint));
        }
    }
    if let Some(waived) = &clause.waived {
        let reason = cell(&waived.reason);
        let _ = write!(met, "<br>waived until {}: {reason}", waived.until);
    } else if !clause.binding {
        met.push_str("<br>does not fail the run");
    }
    (clause.id.clone(), met)
}

/// Text that is not ours: as code, in which GitHub makes no link of a name or a number.
fn quoted(text: &str) -> String {
    format!("<code>{}</code>", cell(text))
}

/// Text in a cell of a table: on one line, not too long, and with nothing in it that Markdown or HTML would obey, or make
/// a link of.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    let mut before = [' '; 3];
    let mut rest = text.chars().take(LONGEST_CELL).peekable();
    while let Some(c) = rest.next() {
        let is_obeyed = match c {
            '.' => before.map(|c| c.to_ascii_lowercase()) == ['w'; 3],
            ':' => rest.peek() == Some(&'/'),
            c => "<>&|`*_[]\\~@#".contains(c),
        };
        if is_obeyed {
            let _ = write!(cell, "&#{};", u32::from(c));
        } else if c.is_whitespace() {
            cell.push(' ');
        } else {
            cell.push_str(&one_line(c.encode_utf8(&mut [0; 4])));
        }
        before = [before[1], before[2], c];
    }
    if text.chars().nth(LONGEST_CELL).is_some() {
        cell.push('…');
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_sends_stays_in_its_cell() {
        let sent = "a|b\n| c |\r\n<img src=x> [y](z) `code` @team #1 jane@x.org https://x WWW.x.org \u{202e}\\_~*";
        let shown = cell(sent);
        let obeyed = [
            '\n', '\r', '<', '>', '|', '`', '[', ']', '@', '\u{202e}', '_', '~', '*',
        ];
        assert!(!shown.contains(obeyed), "{shown}");
        assert!(!shown.replace("&#", "").contains('#'), "{shown}");
        assert!(!shown.to_lowercase().contains("www."), "{shown}");
        assert!(!shown.contains("://"), "{shown}");
        assert_eq!(cell(&"ü".repeat(300)).chars().count(), LONGEST_CELL + 1);
    }
}
