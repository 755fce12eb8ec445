//! Where a verifier's claims come from: batches, files of claims, or slot, message and keys.

use std::path::{Path, PathBuf};

use clap::Args;
use sheaf::{CLAIMS_MAGIC, Claims, MAX_CLAIMS_BYTES, PROD};

use crate::arguments::parse_message;
use crate::batches::read_keys;
use crate::claims_json::{self, MAX_JSON_BYTES};
use crate::failure::Failure;
use crate::identity::FileSet;
use crate::input::{add_once, read};
use crate::joining::{Group, Joined};
use crate::kind::Kind;
use crate::origins::{Origins, Part};
use crate::public_keys::read_public_keys;
use crate::scheme::ExpectedSchemeArgument;

/// Who is claimed to have signed what.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct ClaimsArguments {
    /// A batch file whose slot, message and keys are meant; may be repeated
    #[arg(long = "batch", value_name = "FILE")]
    batches: Vec<PathBuf>,
    /// A file of claims, binary or JSON; may be repeated
    #[arg(long = "claims", value_name = "FILE")]
    claims: Vec<PathBuf>,
    /// The slot at which the owners of the `--keys` have signed
    #[arg(long, requires_all = ["message", "keys"])]
    slot: Option<u32>,
    /// The message that they have signed, 32 bytes in hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_message, requires = "slot")]
    message: Option<[u8; 32]>,
    /// Files of public keys, one or more keys in each: all that follow, up to the next option
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "slot")]
    keys: Vec<PathBuf>,
}

/// Claims that have been read.
pub(crate) struct ReadClaims {
    pub(crate) claims: Claims,
    pub(crate) origins: Origins,
    /// Whether nothing but the default says of which scheme the keys are.
    pub(crate) scheme_is_assumed: bool,
}

impl ClaimsArguments {
    /// Adds the files to those of a command. No file may be given twice.
    pub(crate) fn add_to(&self, files: &mut FileSet) -> Result<(), Failure> {
        self.paths().try_for_each(|path| add_once(files, path))
    }

    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.batches.iter().chain(&self.claims).chain(&self.keys)
    }

    /// Reads the claims of all files, and joins them.
    pub(crate) fn read(&self, scheme: ExpectedSchemeArgument) -> Result<ReadClaims, Failure> {
        let mut scheme = scheme.common();
        let mut joined = Joined::new();
        for path in &self.batches {
            let batch = read_keys(&mut scheme, path)?;
            let group = Group {
                slot: batch.slot,
                message: batch.message,
                signers: batch.keys,
            };
            joined.add_file(path, [(Part::Signers, group)])?;
        }
        for path in &self.claims {
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
        }
        // What other files or the user say comes first, then what the length of the first file of keys tells.
        let known = scheme.known();
        let mut assumed = known;
        if let (Some(slot), Some(message)) = (self.slot, self.message) {
            for path in &self.keys {
                let (found, signers) = read_public_keys(path, assumed)?;
                assumed.get_or_insert(found);
                let group = Group {
                    slot,
                    message,
                    signers,
                };
                joined.add_file(path, [(Part::Keys, group)])?;
            }
        }
        let (claims, origins) = joined.into_claims(assumed.unwrap_or(PROD));
        Ok(ReadClaims {
            claims,
            origins,
            scheme_is_assumed: known.is_none(),
        })
    }
}

/// Reads a file of claims, binary or JSON.
pub(crate) fn read_claims(path: &Path) -> Result<Claims, Failure> {
    let bytes = read(path, MAX_CLAIMS_BYTES.max(MAX_JSON_BYTES))?;
    parse_claims(&bytes).map_err(|error| Failure::file(path, error))
}

/// Decodes claims, binary or JSON.
pub(crate) fn parse_claims(bytes: &[u8]) -> Result<Claims, String> {
    if bytes.starts_with(&CLAIMS_MAGIC) {
        return Claims::from_bytes(bytes).map_err(|error| error.to_string());
    }
    match Kind::of_bytes(bytes) {
        // What is JSON without groups gets an error of JSON.
        Kind::Unknown if !bytes.trim_ascii_start().starts_with(b"{") => {
            Err(Kind::Unknown.instead_of("a file of claims"))
        }
        Kind::Claims | Kind::Unknown => {
            claims_json::parse(bytes).map_err(|error| error.to_string())
        }
        other => Err(other.instead_of("a file of claims")),
    }
}
