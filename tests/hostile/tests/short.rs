//! A few thousand hostile inputs for every target, and those that once broke a promise.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sheaf_hostile::regressions::{self, directory, load};
use sheaf_hostile::{Target, block_rng, targets};

/// Runs `cases` random seeds against every target that `chosen` names.
fn run(cases: u32, chosen: impl Fn(&str) -> bool) {
    let all = targets();
    let chosen: Vec<_> = all.into_iter().filter(|t| chosen(t.name())).collect();
    assert!(!chosen.is_empty());
    for target in chosen {
        let name = target.name();
        let target = RefCell::new(target);
        let config = ProptestConfig {
            cases,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        // A seed does not get simpler by getting smaller.
        let result = TestRunner::new(config).run(&any::<u64>().no_shrink(), |seed| {
            let target: &mut dyn Target = &mut **target.borrow_mut();
            let input = target.input(&mut block_rng(seed, name, 0));
            target.run(&input).map(drop).map_err(|violation| {
                let stored = regressions::store(&directory(), name, &input);
                TestCaseError::fail(format!("{violation}; input kept: {stored:?}"))
            })
        });
        if let Err(error) = result {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn decoders() {
    run(4000, |name| {
        !matches!(
            name,
            "journal" | "verify" | "aggregation" | "commitment" | "machine"
        )
    });
}

#[test]
fn the_journal() {
    run(500, |name| name == "journal");
}

#[test]
fn the_prover() {
    run(60, |name| name == "aggregation");
}

#[test]
fn openings_under_weak_parameters() {
    run(2000, |name| name == "commitment");
}

#[test]
fn proofs_of_runs() {
    run(400, |name| name == "machine");
}

#[test]
fn verification() {
    run(400, |name| name == "verify");
}

#[test]
fn kept_inputs_break_no_promise() {
    let kept = load(&directory()).unwrap();
    assert!(!kept.is_empty());
    let mut targets = targets();
    for (name, path, input) in kept {
        let target = targets.iter_mut().find(|target| target.name() == name);
        let target = target.unwrap_or_else(|| panic!("{}: no such target", path.display()));
        if let Err(violation) = target.run(&input) {
            panic!("{}: {violation}", path.display());
        }
    }
}
