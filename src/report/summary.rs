//! The last words in the terminal: what failed, what is inconclusive, a verdict per profile; and what the run comes to.

use std::fmt::Write as _;

use super::Report;
use super::causes::{Causes, Root};
use super::notes::notes;
use super::story::Story;
use super::text::Extract;
use crate::printable::{number_of, one_line, wrapped};
use crate::verdict::{ClauseVerdict, Conclusion, Verdict};

/// The most lines of a summary of few defects; with what stands around it, there are 60.
const FEW_LINES: usize = 55;
/// So many failed clauses are few.
const FEW_CLAUSES: usize = 4;
/// The most lines of any other summary; with what stands around it, there are 150.
const MOST_LINES: usize = 145;
/// The most roots that are told of what is inconclusive.
const MOST_ROOTS: usize = 8;
/// The most lines of clauses below one of them.
const MOST_LINES_OF_IDS: usize = 4;

/// The most lines of a reason, such as that of a command that failed.
const MOST_LINES_OF_A_REASON: usize = 6;
/// The most clauses that are named where a run lacks what all of a profile need.
const MOST_IDS_OF_A_LACK: usize = 6;

/// How long a summary may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// What fits on a few screens.
    Short,
    /// Whatever there is to tell.
    Whole,
}

/// Whether a failed clause belongs to a group.
type Belongs = fn(&ClauseVerdict) -> bool;

/// The failed clauses, told apart by what they come to.
const GROUPS: [(&str, Belongs); 3] = [
    ("failed", ClauseVerdict::fails),
    ("failed and waived", |clause| clause.waived.is_some()),
    (
        "failed, without failing the run (--strict makes every `should` binding)",
        |clause| !clause.binding && clause.waived.is_none(),
    ),
];

/// The summary as plain text.
#[must_use]
pub fn summary(report: &Report, length: Length) -> String {
    let rest = rest(report, length);
    let stories = report.stories();
    let all = vec![Extract::Whole; stories.len()];
    if length == Length::Whole {
        return failed(report, &stories, &all) + &rest;
    }
    let few = stories.len() <= FEW_CLAUSES;
    let within = |most| shortened(report, &stories, &rest, most);
    let short = few.then(|| within(FEW_LINES)).flatten();
    short.or_else(|| within(MOST_LINES)).unwrap_or_else(|| {
        let text = failed(report, &stories, &vec![Extract::Line; stories.len()]);
        let most = MOST_LINES.saturating_sub(rest.lines().count() + 2);
        let text: Vec<&str> = text.lines().take(most).collect();
        let text = text.join("\n");
        format!("{text}\n…\nThere is more: -v shows all of it, and so does report.html.\n\n{rest}")
    })
}

/// The same within so many lines, if that is possible: the stories are shortened from the last one on.
fn shortened(report: &Report, stories: &[Story<'_>], rest: &str, most: usize) -> Option<String> {
    let mut extracts = vec![Extract::Whole; stories.len()];
    let mut text = failed(report, stories, &extracts) + rest;
    for extract in [Extract::Exchange, Extract::Calls, Extract::Line] {
        // Of the first one the calls are told, whatever becomes of the others.
        let first = usize::from(extract == Extract::Line);
        for index in (first..stories.len()).rev() {
            if text.lines().count() <= most {
                return Some(text);
            }
            extracts[index] = extract;
            text = failed(report, stories, &extracts) + rest;
        }
    }
    (text.lines().count() <= most).then_some(text)
}

/// The failed clauses, so much of each.
fn failed(report: &Report, stories: &[Story<'_>], extracts: &[Extract]) -> String {
    let mut text = String::new();
    let mut told = stories.iter().zip(extracts);
    for (title, belongs) in GROUPS {
        let clauses = report.verdicts.with(Verdict::Fail);
        let count = clauses.filter(|clause| belongs(clause)).count();
        if count > 0 {
            let _ = writeln!(text, "{title}: {}\n", number_of(count, "clause"));
        }
        for (story, extract) in told.by_ref().take(count) {
            let _ = writeln!(text, "{}\n", story.extract(*extract));
        }
    }
    text
}

/// What follows the failed clauses.
fn rest(report: &Report, length: Length) -> String {
    let mut text = inconclusive(report, length);
    let address = one_line(&report.target.base_url);
    let _ = writeln!(text, "{}\n", tested(report, &address));
    let _ = writeln!(
        text,
        "  profile      verdict       pass  fail  inconclusive"
    );
    for profile in &report.verdicts.profiles {
        let count = profile.clauses;
        let _ = writeln!(
            text,
            "  {:<12} {:<12} {:>5} {:>5}  {:>12}",
            profile.profile,
            profile.shown(),
            count.pass,
            count.fail,
            count.inconclusive
        );
    }
    if let Some(left_out) = &report.left_out {
        let _ = writeln!(text, "\nleft out: {}", one_line(left_out));
    }
    let mut warnings = report
        .waivers
        .iter()
        .filter_map(|note| note.warning.as_ref());
    if let Some(first) = warnings.next() {
        let _ = writeln!(text, "\nwarning: {}", one_line(first));
        for warning in warnings {
            let _ = writeln!(text, "warning: {}", one_line(warning));
        }
    }
    for group in notes(report) {
        let lines = group.iter().map(|line| one_line(line));
        let _ = writeln!(text, "\n{}", lines.collect::<Vec<_>>().join("\n"));
    }
    text
}

/// The inconclusive clauses by what keeps them from being verified, which is told once.
fn inconclusive(report: &Report, length: Length) -> String {
    let causes = Causes::of(report);
    let mut causes: Vec<_> = causes.iter().collect();
    causes.sort_by_key(|(_, clauses)| std::cmp::Reverse(clauses.len()));
    let most = match length {
        Length::Short => (MOST_ROOTS, MOST_LINES_OF_IDS),
        Length::Whole => (usize::MAX, usize::MAX),
    };
    let mut text = String::new();
    if !causes.is_empty() {
        let count = number_of(report.count.inconclusive, "clause");
        let _ = writeln!(text, "inconclusive: {count}");
    }
    for (root, clauses) in causes.iter().take(most.0) {
        let mut count = number_of(clauses.len(), "clause");
        let profile = clauses[0].profile;
        // What the run lacks concerns a profile, whatever its clauses are called.
        let is_lack = matches!(root, Root::Lack(_)) && clauses.len() > MOST_IDS_OF_A_LACK;
        let is_lack = is_lack && clauses.iter().all(|clause| clause.profile == profile);
        if is_lack && length == Length::Short {
            let _ = write!(count, " of {profile}");
        }
        for line in format!("{count} {root}")
            .lines()
            .take(MOST_LINES_OF_A_REASON)
        {
            let _ = writeln!(text, "{}", wrapped(line, "  "));
        }
        if is_lack && length == Length::Short {
            continue;
        }
        let ids = wrapped(&ids(report, clauses), "    ");
        let lines: Vec<&str> = ids.lines().collect();
        for line in lines.iter().take(most.1) {
            let _ = writeln!(text, "{line}");
        }
        if lines.len() > most.1 {
            text.push_str("    …\n");
        }
    }
    if let more @ 1.. = causes.len().saturating_sub(most.0) {
        let more = number_of(more, "more reason");
        let _ = writeln!(text, "  {more}: -v shows all of them");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The clauses by their ids; all of a profile by its name.
fn ids(report: &Report, clauses: &[&ClauseVerdict]) -> String {
    let whole = |clause: &ClauseVerdict| {
        let of = |one: &&ClauseVerdict| one.profile == clause.profile;
        let all = report.verdicts.clauses.iter().filter(of).count();
        (all > 1 && clauses.iter().copied().filter(|one| of(one)).count() == all)
            .then_some((all, clause.profile))
    };
    let mut words: Vec<String> = Vec::new();
    for clause in clauses {
        let word = match whole(clause) {
            Some((all, profile)) => format!("all {all} of {profile}"),
            None => clause.id.clone(),
        };
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

/// The verdicts, counted.
#[must_use]
pub fn counts(report: &Report) -> String {
    let count = report.count;
    let all = count.pass + count.fail + count.inconclusive;
    let of = if count.pass == all {
        String::new()
    } else {
        format!("{} of ", count.pass)
    };
    let part = if report.partial {
        " of a part of the suite"
    } else {
        ""
    };
    let pass = if all == 1 { "passes" } else { "pass" };
    let mut text = format!("{of}{}{part} {pass}", number_of(all, "clause"));
    if count.pass < all {
        let waived = match count.waived {
            0 => String::new(),
            waived => format!(" ({waived} waived)"),
        };
        let _ = write!(
            text,
            ", {} fail{waived}, {} inconclusive",
            count.fail, count.inconclusive
        );
    }
    text
}

/// What a run comes to, in words.
#[must_use]
pub fn conclusion_in_words(report: &Report) -> &'static str {
    match report.conclusion {
        Conclusion::Violates => "the server violates the contract",
        Conclusion::Conforms if report.complete => "the server conforms",
        _ if report.is_untestable() => "the server could not be tested",
        _ if !report.complete => "the run was interrupted",
        Conclusion::StaleWaivers => "waivers are to go",
        Conclusion::NotTestable => "the server could not be tested in full",
        _ => "not everything is verified",
    }
}

/// Both on a line, for what has no table beside it.
pub(super) fn headline(report: &Report) -> String {
    format!("{}: {}", conclusion_in_words(report), counts(report))
}

/// The server, and how long it was tested.
pub(super) fn tested(report: &Report, address: &str) -> String {
    let seconds = report.milliseconds / 1e3;
    format!("{address}{}, in {seconds:.1} s", report.target.remark())
}
