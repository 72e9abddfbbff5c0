//! How a run is told: in the terminal, in reports, and to a CI system.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, ValueEnum};
use libtest_mimic::{Arguments, ColorSetting, FormatSetting};

use super::ended::Ended;
use super::environment::Environment;
use crate::printable::wrapped;
use crate::report::{
    Detail, Length, Report, annotations, conclusion_in_words, counts, job_summary,
};
use crate::terminal;

/// A blank at which no line is broken.
const UNBROKEN: &str = "\u{a0}";
/// The folder of the reports of the last run.
pub(super) const LATEST: &str = "reports/latest";

/// How the run is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArguments {
    /// Folder for the reports.
    #[arg(long, value_name = "DIR", default_value = LATEST)]
    pub(super) report_dir: PathBuf,
    /// Print annotations that a CI system shows beside the code [default: github in a GitHub workflow].
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub(super) annotations: Option<Annotations>,
    /// Print the exchanges of each scenario on standard error when it ends; -vv adds headers and bodies. Secrets are
    /// replaced by pseudonyms.
    #[arg(short, long, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// Show passwords, tokens and codes as they are, in the terminal and in the reports. Only for a server on this
    /// machine. Header values, and what the target file keeps secret, stay hidden.
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// How the terminal shows the run.
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub(super) format: Format,
    /// Whether the terminal shows colours.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One line per scenario.
    Pretty,
    /// One character per scenario.
    Terse,
    /// JSON events on standard output; the summary goes to standard error.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Annotations {
    /// Annotations and job summary of a GitHub workflow.
    Github,
    /// No annotations.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// From now on, for all that is printed.
    pub(super) fn show(self) {
        let (out, err) = match self {
            Self::Auto => (console::colors_enabled(), console::colors_enabled_stderr()),
            Self::Always => (true, true),
            Self::Never => (false, false),
        };
        terminal::show_colours(out, err);
    }
}

/// How the progress of a run is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum ProgressShown {
    #[default]
    Nowhere,
    Lines,
    ByLibtest,
}

/// How the run is told, as it was asked for.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) report_dir: PathBuf,
    /// How much of the exchanges is shown.
    pub(super) detail: Option<Detail>,
    /// Whether secrets of accounts are left in clear.
    pub(super) show_secrets: bool,
    /// How the progress is shown.
    pub(super) progress: ProgressShown,
    /// Whether standard output belongs to the events of libtest.
    events_on_stdout: bool,
    /// Whether a workflow of GitHub is told.
    pub(super) annotate: bool,
    /// The file whose text that workflow shows beside the job.
    pub(super) job_summary: Option<PathBuf>,
}

impl OutputArguments {
    pub(super) fn output(&self, environment: &Environment) -> Output {
        let by_itself = environment.github.then_some(Annotations::Github);
        Output {
            report_dir: self.report_dir.clone(),
            detail: match self.verbose {
                0 => None,
                1 => Some(Detail::Line),
                _ => Some(Detail::Whole),
            },
            show_secrets: self.show_secrets,
            progress: match self.format {
                Format::Pretty => ProgressShown::Lines,
                Format::Terse | Format::Json => ProgressShown::ByLibtest,
            },
            events_on_stdout: self.format == Format::Json,
            annotate: self.annotations.or(by_itself) == Some(Annotations::Github),
            job_summary: environment.job_summary.clone(),
        }
    }

    /// What libtest is told.
    pub(super) fn set(&self, trials: &mut Arguments) {
        trials.format = Some(match self.format {
            Format::Pretty => FormatSetting::Pretty,
            Format::Terse => FormatSetting::Terse,
            Format::Json => FormatSetting::Json,
        });
        trials.color = Some(match self.color {
            Color::Auto => ColorSetting::Auto,
            Color::Always => ColorSetting::Always,
            Color::Never => ColorSetting::Never,
        });
    }
}

impl Output {
    /// Reports alone, in that folder.
    pub(super) fn to(report_dir: PathBuf) -> Self {
        Self {
            report_dir,
            progress: ProgressShown::Lines,
            ..Self::default()
        }
    }

    /// The same without a word of the progress.
    pub(super) fn silent(report_dir: PathBuf) -> Self {
        Self {
            report_dir,
            ..Self::default()
        }
    }

    /// Prints annotations and adds to the summary of the job, where that is asked for.
    pub(super) fn annotate(&self, report: &Report) {
        if !self.annotate {
            return;
        }
        terminal::commands(&annotations(report));
        if let Some(path) = &self.job_summary
            && let Err(cause) = add(path, &job_summary(report))
        {
            terminal::warning(&format!(
                "cannot add to {}, the file in GITHUB_STEP_SUMMARY: {cause}",
                path.display()
            ));
        }
    }

    /// How long the summary may be.
    pub(super) fn length(&self) -> Length {
        match self.detail {
            None => Length::Short,
            Some(_) => Length::Whole,
        }
    }

    /// Shows a text on standard output, if that is free.
    pub(super) fn show(&self, text: &str) {
        if self.events_on_stdout {
            terminal::err(text.trim_end());
        } else {
            terminal::out(text);
        }
    }
}

/// The last line of a run: its verdicts counted, what its exit code means, and where its reports are.
pub(super) fn last_line(report: &Report, ended: Ended, report_dir: &Path) -> String {
    let meaning = match ended {
        Ended::Well => "nothing got worse",
        Ended::Worse => "something got worse",
        Ended::Interrupted(_) => "the run was interrupted",
        _ => conclusion_in_words(report),
    };
    let code = format!("exit code {}: {meaning}", ended.code());
    let place = format!("reports in {}", report_dir.display());
    // These are not broken in two.
    let [code, place] = [code, place].map(|words| words.replace(' ', UNBROKEN));
    let line = format!("{}; {code}; {place}", counts(report));
    format!("\n{}\n", wrapped(&line, "").replace(UNBROKEN, " "))
}

fn add(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    // Earlier steps of the job have written there too.
    writeln!(file, "{text}\n")
}
