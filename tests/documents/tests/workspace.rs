//! What documents and configuration say about the workspace agrees with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sheaf_documents::{blocks, packages, root};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

fn directory(package: &Value) -> &Path {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap()
}

/// For each package the others of the workspace that it needs, tests apart.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let packages = packages();
    let own: BTreeSet<&str> = packages.iter().map(name).collect();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let normal = all.filter(|dependency| dependency["kind"].is_null());
        let names = normal.map(|dependency| dependency["name"].as_str().unwrap());
        names
            .filter(|name| own.contains(name))
            .map(str::to_owned)
            .collect()
    };
    packages
        .iter()
        .map(|p| (name(p).to_owned(), of(p)))
        .collect()
}

/// Whether `from` needs `to`, in one step or several.
fn needs(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    graph[from]
        .iter()
        .any(|next| next == to || needs(graph, next, to))
}

#[test]
fn the_picture_of_the_crates_shows_what_they_need() {
    let index = read("docs/README.md");
    let (_, picture) = blocks(&index)
        .into_iter()
        .find(|(language, _)| *language == "mermaid")
        .unwrap();
    let drawn: BTreeSet<(String, String)> = picture
        .lines()
        .filter_map(|line| line.trim().split_once(" --> "))
        .map(|(from, to)| {
            let of = |node: &str| match node.split('[').next().unwrap() {
                "sheaf" => "sheaf".to_owned(),
                node => format!("sheaf-{node}"),
            };
            (of(from), of(to))
        })
        .collect();

    let graph = dependencies();
    let shown = ["sheaf-cli", "sheaf-c", "sheaf-python"];
    let mut needed = BTreeSet::new();
    for (from, all) in &graph {
        if !shown
            .iter()
            .any(|top| *top == from || needs(&graph, top, from))
        {
            continue;
        }
        for to in all {
            let is_shortcut = all.iter().any(|other| needs(&graph, other, to));
            if !is_shortcut {
                needed.insert((from.clone(), to.clone()));
            }
        }
    }
    assert_eq!(drawn, needed);
}

#[test]
fn crates_that_may_be_published_carry_their_licences_and_the_exact_versions_of_each_other() {
    let mut published = 0;
    for package in packages() {
        if !package["publish"].is_null() {
            continue;
        }
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let own = std::fs::read_to_string(directory(&package).join(licence));
            assert_eq!(own.ok(), Some(read(licence)), "{}", name(&package));
        }
        assert_eq!(package["license"], "MIT OR Apache-2.0");
        assert!(package["description"].is_string(), "{}", name(&package));
        for dependency in package["dependencies"].as_array().unwrap() {
            if !dependency["path"].is_null() && dependency["kind"].is_null() {
                let exact = format!("={}", package["version"].as_str().unwrap());
                assert_eq!(dependency["req"], exact.as_str(), "{}", name(&package));
            }
        }
        published += 1;
    }
    assert!(published > 5, "{published} crates");
}

/// Where they are not, code for AVX-512 meets programs without it, and tests do not compile on CPUs that have it.
#[test]
fn doctests_are_compiled_for_the_cpu_that_the_library_is_compiled_for() {
    let configuration = read(".cargo/config.toml");
    let flags = |key: &str| {
        let mut lines = configuration.lines();
        lines
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
            .map(str::to_owned)
    };
    assert!(flags("rustflags").is_some());
    assert_eq!(flags("rustflags"), flags("rustdocflags"));
}

/// The README's dependencies are those with which its program is tested, as a doctest of `sheaf`.
#[test]
fn the_readme_names_the_versions_that_its_example_is_tested_with() {
    let readme = read("README.md");
    let (_, manifest) = blocks(&readme)
        .into_iter()
        .find(|(language, _)| *language == "toml")
        .unwrap();
    let workspace = read("Cargo.toml");
    for dependency in ["rand", "tempfile"] {
        let line = format!("{dependency} = \"");
        let version = |text: &str| {
            let found = text.lines().find_map(|text| text.strip_prefix(&line));
            found.map(|rest| rest.split('"').next().unwrap().to_owned())
        };
        assert!(version(&manifest).is_some(), "{dependency}");
        assert_eq!(version(&manifest), version(&workspace), "{dependency}");
    }
}
