//! `conform completions` and `conform man`: what they print is what a shell and `man` read.

use std::io::Write as _;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::support::conform;

/// The names that `conform --help` lists.
fn commands() -> Vec<String> {
    let finished = conform(["--help"]).run_as_is().expect(0);
    let (_, list) = finished.stdout.split_once("\nCommands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let entries = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = entries.filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    // No colour gets into a file, even where somebody wants colours everywhere.
    let run = conform(arguments).env("CLICOLOR_FORCE", "1");
    let finished = run.run_as_is().expect(0);
    assert_eq!(finished.stderr, "");
    assert!(!finished.stdout.contains('\u{1b}'), "{}", finished.stdout);
    finished.stdout
}

#[test]
fn every_shell_gets_a_script_that_knows_all_commands_and_flags() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for name in &commands {
            assert!(
                script.contains(name.as_str()),
                "{name} is not in:\n{script}"
            );
        }
        for flag in ["base-url", "report-dir", "provision-account"] {
            assert!(script.contains(flag), "{flag} is not in:\n{script}");
        }
    }
}

#[test]
fn bash_completes_a_command_and_a_flag_with_the_script() {
    let script = printed(&["completions", "bash"]);
    for (words, expected) in [
        ("conform repr", "reproduce"),
        ("conform --base-u", "--base-url"),
        ("conform serve --prov", "--provision-account"),
    ] {
        let complete = format!(
            "COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n\
             _conform conform \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let mut bash = Command::new("bash")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = bash.stdin.take().unwrap();
        input
            .write_all((script.clone() + &complete).as_bytes())
            .unwrap();
        drop(input);
        let output = bash.wait_with_output().unwrap();
        let completed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(completed.trim_end(), expected, "{words}");
    }
}

#[test]
fn a_mistyped_shell_gets_a_suggestion() {
    let finished = conform(["completions", "bsh"]).run_as_is().expect(2);
    assert_eq!(finished.stdout, "");
    assert_snapshot!(finished.stderr, @"
    error: invalid value 'bsh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'bash'

    For more information, try '--help'.
    ");
}

#[test]
fn the_manual_page_has_exit_codes_flags_and_commands() {
    let page = printed(&["man"]);
    assert!(page.contains("\n.TH conform 1 "), "{page}");
    for text in [
        "Exit codes: 0 every selected `must` clause passes; 1 one fails; 2 wrong usage or a wrong suite; 3 the target could",
        "\\fB\\-\\-base\\-url\\fR \\fI<URL>\\fR",
        "CONFORM_BASE_URL",
    ] {
        assert!(page.contains(text), "`{text}` is not in:\n{page}");
    }
    for name in commands().iter().filter(|name| *name != "help") {
        let entry = format!("\nconform\\-{name}(1)\n");
        assert!(page.contains(&entry), "{name} is not in:\n{page}");
    }
}

#[test]
fn a_command_has_a_manual_page_of_its_own() {
    for (arguments, title, text) in [
        (
            &["man", "diff"][..],
            "conform-diff",
            "Exit codes: 0 nothing got worse",
        ),
        (
            &["man", "suite", "export"],
            "conform-suite-export",
            "Write the built",
        ),
    ] {
        let page = printed(arguments);
        let heading = format!("\n.TH {title} 1 ");
        assert!(page.contains(&heading) && page.contains(text), "{page}");
        assert!(page.contains(env!("CARGO_PKG_VERSION")), "{page}");
    }
    let finished = conform(["man", "reproduc"]).run_as_is().expect(2);
    assert_snapshot!(finished.stderr, @"error: there is no command `reproduc`: did you mean `reproduce`?");
}
