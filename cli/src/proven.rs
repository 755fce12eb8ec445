//! Proofs with their claims, as `merge` and `split` take them: `PROOF=BATCH[,BATCH..]`.

use std::path::{Path, PathBuf};

use sheaf::{Aggregate, Claims, MAX_BYTES, PROD};

use crate::batches::read_keys;
use crate::claims_source::read_claims;
use crate::failure::{Failure, name_of_input};
use crate::identity::FileSet;
use crate::input::{add_once, read};
use crate::joining::{Group, Joined};
use crate::kind::Kind;
use crate::origins::Part;
use crate::scheme::CommonScheme;

/// A proof, and the files that say what it is about.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) proof: PathBuf,
    claims: Vec<PathBuf>,
}

/// A proof that has been read.
pub(crate) struct Proven {
    pub(crate) claims: Claims,
    pub(crate) aggregate: Aggregate,
}

/// Parses `PROOF=BATCH[,BATCH..]`.
pub(crate) fn parse(text: &str) -> Result<Argument, String> {
    let wanted = "a proof and what it is about are PROOF=BATCH[,BATCH..]";
    let (proof, claims) = text.split_once('=').ok_or_else(|| wanted.to_owned())?;
    let claims: Vec<PathBuf> = claims.split(',').map(PathBuf::from).collect();
    let is_empty = |path: &Path| path.as_os_str().is_empty();
    let proof = PathBuf::from(proof);
    if is_empty(&proof) || claims.iter().any(|path| is_empty(path)) {
        return Err(wanted.to_owned());
    }
    Ok(Argument { proof, claims })
}

impl Argument {
    /// Reads the proof and its claims.
    pub(crate) fn read(&self, scheme: &mut CommonScheme) -> Result<Proven, Failure> {
        let path = &self.proof;
        let bytes = read(path, MAX_BYTES)?;
        let aggregate = Aggregate::from_bytes(&bytes).map_err(|error| {
            let why = match Kind::of_bytes(&bytes) {
                Kind::Proof | Kind::RunProof | Kind::Unknown | Kind::Empty => {
                    sheaf::Error::from(error).to_string()
                }
                other => other.instead_of("a proof"),
            };
            Failure::Rejected(format!("{}: {why}", name_of_input(path)))
        })?;
        scheme.join(path, *aggregate.scheme())?;
        let claims = read_claims_of(scheme, &self.claims)?;
        Ok(Proven { claims, aggregate })
    }

    /// A failure about the proof.
    pub(crate) fn failure(&self, error: &sheaf::Error) -> Failure {
        let text = format!("{}: {error}", name_of_input(&self.proof));
        match error {
            sheaf::Error::Rejected(_) => Failure::Rejected(text),
            _ => Failure::Unusable(text),
        }
    }
}

/// What files of batches and of claims say, all together. Signatures are of no account.
pub(crate) fn read_claims_of(
    scheme: &mut CommonScheme,
    paths: &[PathBuf],
) -> Result<Claims, Failure> {
    let mut files = FileSet::default();
    let mut joined = Joined::new();
    for path in paths {
        add_once(&mut files, path)?;
        if matches!(Kind::of_file(path), Ok(Kind::Claims)) {
            let claims = read_claims(path)?;
            scheme.join(path, *claims.scheme())?;
            let groups = claims.groups().iter().enumerate().map(|(index, group)| {
                let group = Group {
                    slot: group.slot,
                    message: group.message,
                    signers: group.keys.clone(),
                };
                (Part::Group(index), group)
            });
            joined.add_file(path, groups)?;
        } else {
            let batch = read_keys(scheme, path)?;
            let group = Group {
                slot: batch.slot,
                message: batch.message,
                signers: batch.keys,
            };
            joined.add_file(path, [(Part::Signers, group)])?;
        }
    }
    let (claims, _) = joined.into_claims(scheme.known().unwrap_or(PROD));
    Ok(claims)
}
