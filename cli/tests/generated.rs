//! What the command says about itself to shells and to `man`.

use std::process::{Command, Stdio};

use std::io::Write;

const SUBCOMMANDS: [&str; 13] = [
    "demo",
    "keygen",
    "sign",
    "aggregate",
    "batch",
    "claims",
    "merge",
    "split",
    "verify",
    "inspect",
    "bench",
    "machine",
    "security",
];

fn sheaf(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sheaf"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn completions_of_every_shell_know_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sheaf(&["completions", shell]);
        for subcommand in SUBCOMMANDS {
            assert!(script.contains(subcommand), "{shell}: {subcommand}");
        }
        assert!(script.contains("rate-log"), "{shell}");
    }
}

/// A shell that has loaded the completions completes a word as a person at a terminal has it completed.
#[cfg(unix)]
#[test]
fn bash_completes_a_subcommand_and_its_options() {
    let script = sheaf(&["completions", "bash"]);
    for (words, expected) in [
        (["sheaf", "agg"], "aggregate\n"),
        (["sheaf", "verify --ba"], "--batch\n"),
    ] {
        let words: Vec<&str> = words.iter().flat_map(|word| word.split(' ')).collect();
        let last = words.len() - 1;
        let line = format!(
            "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={last}\n_sheaf sheaf {} {}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words[last],
            words[last - 1],
        );
        let mut bash = Command::new("bash")
            .arg("-s")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = bash.stdin.take().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        drop(input);
        let output = bash.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}

#[test]
fn the_manual_has_a_page_about_every_subcommand_with_its_examples() {
    let page = sheaf(&["man"]);
    for subcommand in SUBCOMMANDS {
        assert!(page.contains(&format!("sheaf\\-{subcommand}(1)")), "{page}");
        let page = sheaf(&["man", subcommand]);
        assert!(page.contains(".TH"), "{page}");
        assert!(page.contains(&format!("sheaf {subcommand}")), "{page}");
        assert!(page.contains("Examples:"), "{page}");
        // It is the same on every machine.
        assert!(!page.contains("built for"), "{page}");
    }
    let page = sheaf(&["man", "batch", "import"]);
    assert!(page.contains("sheaf batch import"), "{page}");
    assert!(
        page.contains("signatures") && page.contains("Exit codes:"),
        "{page}"
    );
    for names in [&["no-such-command"][..], &["batch", "no-such-command"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_sheaf"))
            .arg("man")
            .args(names)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}
