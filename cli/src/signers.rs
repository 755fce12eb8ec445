//! Signers for benchmarks: one-slot keys, kept from one run to the next.
//!
//! The keys are determined by their index, so the first `n` of a longer list are
//! the list of `n`. The cache is a batch file. It is a convenience: where it can't
//! be read or written, signers are made anew.

use std::path::PathBuf;

use rayon::prelude::*;
use sheaf::xmss::one_slot::{SEED_BYTES, sign_once};
use sheaf::xmss::{BatchFile, SignError, par_verify_batch};
use sheaf::{Prover, PublicKey, Scheme, Signature, SignedGroup};

use crate::failure::Failure;
use crate::identity::FileSet;
use crate::input::{max_batch_bytes, read_up_to};
use crate::output::{Output, OutputKind, Replace};
use crate::progress::Bar;
use crate::report::count;

/// So many signers take seconds to make, on one thread of a slow machine.
const MANY: usize = 256;

/// The message that they sign.
pub(crate) const MESSAGE: [u8; 32] = *b"sheaf: signatures of one message";

/// The slot at which they sign.
pub(crate) const fn slot(scheme: &Scheme) -> u32 {
    // Somewhere inside the lifetime, and the slot of the known-answer vectors for the large scheme.
    if scheme.log_lifetime == 32 {
        11_259_375
    } else {
        77
    }
}

/// Whether signers may come from, and go to, the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    Use,
    Avoid,
}

/// So many signers of one message.
pub(crate) fn group(
    prover: &Prover,
    scheme: &Scheme,
    wanted: usize,
    cache: Cache,
) -> Result<SignedGroup, Failure> {
    let path = match cache {
        Cache::Use => cache_file(scheme),
        Cache::Avoid => None,
    };
    let mut signers = path
        .as_ref()
        .and_then(|path| load(prover, scheme, path))
        .unwrap_or_default();
    if signers.len() < wanted {
        let more = make(prover, scheme, signers.len()..wanted)?
            .map_err(|error| Failure::Unusable(error.to_string()))?;
        signers.extend(more);
        if let Some(path) = path {
            signers = store(scheme, path, signers);
        }
    }
    signers.truncate(wanted);
    Ok(SignedGroup {
        slot: slot(scheme),
        message: MESSAGE,
        signers,
    })
}

/// Makes the signers with these indices.
fn make(
    prover: &Prover,
    scheme: &Scheme,
    indices: std::ops::Range<usize>,
) -> Result<Result<Vec<(PublicKey, Signature)>, SignError>, sheaf::Error> {
    let what = format!("making {}", count(indices.len(), "signer"));
    let bar = Bar::new(what, indices.len() as u64, indices.len() >= MANY);
    prover.run(|| {
        indices
            .into_par_iter()
            .map(|index| {
                let mut seed = [0; SEED_BYTES];
                seed[..8].copy_from_slice(&(index as u64).to_le_bytes());
                let signer = sign_once(scheme, &seed, slot(scheme), &MESSAGE);
                bar.advance();
                signer
            })
            .collect()
    })
}

/// `$XDG_CACHE_HOME/sheaf` or `~/.cache/sheaf`.
fn cache_file(scheme: &Scheme) -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|h| h.join(".cache")))?;
    let directory = base.join("sheaf");
    Some(directory.join(format!("signers-1-{}-{}.bin", scheme.name, slot(scheme))))
}

/// The signers in a cache file, if all of them are what they should be.
fn load(
    prover: &Prover,
    scheme: &Scheme,
    path: &std::path::Path,
) -> Option<Vec<(PublicKey, Signature)>> {
    let bytes = read_up_to(path, max_batch_bytes(scheme)).ok()??;
    let file = BatchFile::parse(scheme, &bytes).ok()?;
    let expected = (slot(scheme), MESSAGE);
    let valid = (file.slot, file.message) == expected
        && prover
            .run(|| par_verify_batch(scheme, file.slot, &file.message, &file.signers))
            .is_ok_and(|result| result.is_ok());
    valid.then_some(file.signers)
}

/// Writes signers to a cache file, and returns them.
fn store(
    scheme: &Scheme,
    path: PathBuf,
    signers: Vec<(PublicKey, Signature)>,
) -> Vec<(PublicKey, Signature)> {
    let file = BatchFile {
        slot: slot(scheme),
        message: MESSAGE,
        signers,
    };
    if let Some(directory) = path.parent() {
        // Without a cache the next run takes longer, that is all.
        let _ = std::fs::create_dir_all(directory);
        let no_inputs = FileSet::default();
        let _ = Output::check(&path, OutputKind::Batch, Replace::SameKind, &no_inputs)
            .and_then(|cache| cache.write(&file.to_bytes()));
    }
    file.signers
}

#[cfg(test)]
mod tests {
    use sheaf::TEST;

    use super::*;

    #[test]
    fn a_longer_list_begins_with_the_shorter_one() {
        let prover = Prover::new(1).unwrap();
        let short = group(&prover, &TEST, 2, Cache::Avoid).unwrap();
        let long = group(&prover, &TEST, 5, Cache::Avoid).unwrap();
        assert_eq!(long.signers[..2], short.signers);
    }

    #[test]
    fn a_damaged_cache_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new").join("cache");
        let prover = Prover::new(1).unwrap();
        let signers = make(&prover, &TEST, 0..3).unwrap().unwrap();
        assert_eq!(load(&prover, &TEST, &path), None);
        let signers = store(&TEST, path.clone(), signers);
        assert_eq!(load(&prover, &TEST, &path), Some(signers));
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 4;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(load(&prover, &TEST, &path), None);
    }
}
