//! Reading batches of signatures, and what the errors about them say.

use std::path::{Path, PathBuf};

use sheaf::xmss::batch_file::HEADER_BYTES;
use sheaf::xmss::{BatchFile, BatchFileError, BatchKeys};
use sheaf::{Batch, MAX_SIGNATURES, PROD, Scheme};

use crate::failure::Failure;
use crate::input::{max_batch_bytes, read};
use crate::joining::{Group, Joined};
use crate::kind::Kind;
use crate::origins::{Origins, Part};
use crate::report::{count, either};
use crate::scheme::CommonScheme;

/// Reads batches in order to prove them.
pub(crate) fn read_batches(
    scheme: &mut CommonScheme,
    paths: &[PathBuf],
) -> Result<(Batch, Origins), Failure> {
    let mut joined = Joined::new();
    for path in paths {
        let batch = read_batch(scheme, path)?;
        let group = Group {
            slot: batch.slot,
            message: batch.message,
            signers: batch.signers,
        };
        joined.add_file(path, [(Part::Signers, group)])?;
    }
    Ok(joined.into_batch(scheme.known().unwrap_or(PROD)))
}

/// Reads one batch.
pub(crate) fn read_batch(scheme: &mut CommonScheme, path: &Path) -> Result<BatchFile, Failure> {
    let bytes = read(path, max_batch_bytes(&PROD))?;
    let found = scheme_of(scheme, path, &bytes)?;
    BatchFile::parse(&found, &bytes).map_err(|error| Failure::file(path, error))
}

/// Reads slot, message and keys of a batch; its signatures may be anything.
pub(crate) fn read_keys(scheme: &mut CommonScheme, path: &Path) -> Result<BatchKeys, Failure> {
    let bytes = read(path, max_batch_bytes(&PROD))?;
    let found = scheme_of(scheme, path, &bytes)?;
    BatchKeys::parse(&found, &bytes).map_err(|error| Failure::file(path, error))
}

/// The scheme of a batch, which has to be that of the other files.
fn scheme_of(scheme: &mut CommonScheme, path: &Path, bytes: &[u8]) -> Result<Scheme, Failure> {
    let unusable = |why: String| Failure::file(path, why);
    match Kind::of_bytes(bytes) {
        Kind::Batch(found) => {
            scheme.join(path, found)?;
            Ok(found)
        }
        Kind::Unknown => Err(unusable(why_unknown(bytes, "a batch of signatures"))),
        other => Err(unusable(other.instead_of("a batch of signatures"))),
    }
}

/// Why bytes of no known kind are not what is wanted: a batch that is damaged is told from something else altogether.
pub(crate) fn why_unknown(bytes: &[u8], wanted: &str) -> String {
    let signers = match BatchFile::parse(&PROD, bytes) {
        Err(BatchFileError::Length { signers, .. }) => signers as usize,
        Ok(BatchFile { signers, .. }) if signers.is_empty() => {
            return "the file has no signers".to_owned();
        }
        _ => usize::MAX,
    };
    if signers > MAX_SIGNATURES {
        return Kind::Unknown.instead_of(wanted);
    }
    let lengths = Scheme::ALL.map(|scheme| {
        let entry = scheme.public_key_bytes() + scheme.signature_bytes();
        let length = HEADER_BYTES + signers * entry;
        format!("{length} bytes ({})", scheme.name)
    });
    format!(
        "a batch of {} has {}, but the file has {}: it is cut short or damaged",
        count(signers, "signer"),
        either(&lengths),
        bytes.len()
    )
}
