//! The documents of the repository and the facts that they are held to, for the tests beside this file.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Everything under version control, as paths from the root.
///
/// # Panics
/// If this is no clone of the repository.
#[must_use]
pub fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{output:?}");
    let listed = String::from_utf8(output.stdout).expect("paths are text");
    listed.lines().map(PathBuf::from).collect()
}

/// The documents, with their text. Links to documents are not counted twice.
///
/// # Panics
/// If one can't be read.
#[must_use]
pub fn documents() -> Vec<(PathBuf, String)> {
    let is_document = |path: &PathBuf| {
        path.extension().is_some_and(|e| e == "md") && !root().join(path).is_symlink()
    };
    let texts = files().into_iter().filter(is_document).map(|path| {
        let text = std::fs::read_to_string(root().join(&path)).expect("documents can be read");
        (path, text)
    });
    texts.collect()
}

/// The blocks of code in a document, each with the language that it names.
#[must_use]
pub fn blocks(document: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in document.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The document without its blocks of code.
#[must_use]
pub fn prose(document: &str) -> String {
    let mut inside = false;
    let mut prose = String::new();
    for line in document.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

/// The packages of the workspace, as `cargo metadata` describes them.
///
/// # Panics
/// If Cargo can't read the workspace.
#[must_use]
pub fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    metadata["packages"]
        .as_array()
        .expect("metadata lists packages")
        .clone()
}
