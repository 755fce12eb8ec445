//! The examples work, and work together.

use std::path::Path;

use sheaf::Error;

#[path = "../examples/aggregator.rs"]
#[allow(dead_code)] // its `main`
mod aggregator;
#[path = "../examples/verifier.rs"]
#[allow(dead_code)] // its `main`
mod verifier;

/// Changes a byte of a file, verifies, and changes it back.
fn verified_after(directory: &Path, file: &str, at: usize) -> Result<usize, Error> {
    let path = directory.join(file);
    let honest = std::fs::read(&path).unwrap();
    let mut changed = honest.clone();
    changed[at] ^= 1;
    std::fs::write(&path, changed).unwrap();
    let result = verifier::run(directory).unwrap();
    std::fs::write(&path, honest).unwrap();
    result
}

#[test]
fn a_verifier_accepts_what_an_aggregator_leaves_for_it_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    // Of 40 validators two are silent, and one sends the signature of another one.
    assert_eq!(aggregator::run(directory).unwrap(), 37);
    assert_eq!(verifier::run(directory).unwrap(), Ok(37));

    let (slot, message, bits) = (0, 4, 36);
    for (file, at) in [
        ("claim", slot),
        ("claim", message),
        ("claim", bits), // validator 0 is said not to have signed
        ("proof", 1000),
    ] {
        let result = verified_after(directory, file, at);
        assert!(matches!(result, Err(Error::Rejected(_))), "{result:?}");
    }
    let result = verified_after(directory, "proof", 0);
    assert!(matches!(result, Err(Error::Format(_))), "{result:?}");

    std::fs::remove_file(directory.join("proof")).unwrap();
    assert!(verifier::run(directory).is_err());
}
