//! What documents point to is there.

use std::collections::BTreeSet;
use std::path::Path;

use sheaf_documents::{blocks, documents, files, prose, root};

/// The targets of links that lead into the repository.
fn links(document: &str) -> Vec<String> {
    let prose = prose(document);
    let mut links = Vec::new();
    for part in prose.split("](").skip(1) {
        let (target, _) = part.split_once(')').expect("a link ends");
        if !target.contains("://") {
            links.push(target.to_owned());
        }
    }
    links
}

/// The name under which a heading can be linked to.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for (path, text) in documents() {
        for link in links(&text) {
            let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                root().join(&path)
            } else {
                root().join(&path).parent().unwrap().join(file)
            };
            assert!(target.exists(), "{}: {link}", path.display());
            if !fragment.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let found = prose(&text)
                    .lines()
                    .any(|line| line.starts_with('#') && anchor(line) == fragment);
                assert!(found, "{}: {link}", path.display());
            }
            count += 1;
        }
    }
    assert!(count > 30, "{count} links");
}

/// Paths of this repository in running text, such as `crates/sheaf/src/lib.rs`.
#[test]
fn every_path_that_a_document_names_exists() {
    let folders = [
        "crates/",
        "docs/",
        "scripts/",
        "bindings/",
        "tests/",
        "tools/",
        "cli/",
        ".ci/",
    ];
    let files = files();
    let starts: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let mut count = 0;
    for (path, text) in documents() {
        let prose = prose(&text);
        // Every second piece is between two backquotes.
        for name in prose.split('`').skip(1).step_by(2) {
            let name = name.split_whitespace().next().unwrap_or("");
            if folders.iter().any(|folder| name.starts_with(folder)) && !name.contains(['*', '$']) {
                // From the root, or, in prose about a crate, from there.
                let found = root().join(name).exists()
                    || starts
                        .iter()
                        .any(|start| root().join(start).join(name).exists());
                assert!(found, "{}: {name}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count} paths");
}

#[test]
fn every_document_is_in_the_index() {
    let (_, index) = documents()
        .into_iter()
        .find(|(path, _)| path == Path::new("docs/README.md"))
        .unwrap();
    let listed: BTreeSet<_> = links(&index)
        .into_iter()
        .map(|link| root().join("docs").join(link).canonicalize().unwrap())
        .collect();
    for (path, _) in documents() {
        let of_the_project =
            path.parent() == Some(Path::new("")) || path.parent() == Some(Path::new("docs"));
        if of_the_project && path != Path::new("docs/README.md") {
            let path = root().join(path).canonicalize().unwrap();
            assert!(listed.contains(&path), "{}", path.display());
        }
    }
}

#[test]
fn every_block_of_code_is_closed_and_names_its_language() {
    for (path, text) in documents() {
        let fences = text.lines().filter(|line| line.starts_with("```")).count();
        assert_eq!(fences % 2, 0, "{}", path.display());
        // An empty language is a doctest in Rust, and in a document of its own nobody knows what it is.
        for (language, _) in blocks(&text) {
            assert!(!language.is_empty(), "{}", path.display());
        }
    }
}
