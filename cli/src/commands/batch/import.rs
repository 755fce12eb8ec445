//! `sheaf batch import`.

use std::path::{Path, PathBuf};

use clap::Args;
use sheaf::xmss::{BatchFile, par_verify_batch};
use sheaf::{PROD, Scheme, Signature};

use crate::arguments::parse_message;
use crate::failure::{Failure, after_help, name_of_input};
use crate::identity::FileSet;
use crate::input::{add_once, read};
use crate::kind::Kind;
use crate::output::{OutputArgument, OutputKind};
use crate::public_keys::read_public_keys;
use crate::report::{count, either, list};
use crate::scheme::{CommonScheme, ExpectedSchemeArgument};

const EXAMPLES: &str = "Examples:
  sheaf batch import --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --keys alice.pub bob.pub --signatures alice.sig bob.sig --out slot-7.batch

A file of keys has one public key, or several; a file of signatures has one. The first
signature is that of the first key, and so on. All are verified before anything is written.";

/// Arguments of `sheaf batch import`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// The slot at which the message was signed
    #[arg(long)]
    slot: u32,
    /// The message, 32 bytes in hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_message)]
    message: [u8; 32],
    /// Files of public keys: all that follow, up to the next option
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    keys: Vec<PathBuf>,
    /// Files of signatures, in the order of the keys: all that follow, up to the next option
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    signatures: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    for path in arguments.keys.iter().chain(&arguments.signatures) {
        add_once(&mut inputs, path)?;
    }
    let output = arguments.output.check(OutputKind::Batch, &inputs)?;

    let mut common = arguments.scheme.common();
    let signatures = arguments
        .signatures
        .iter()
        .map(|path| read_signature(&mut common, path))
        .collect::<Result<Vec<_>, _>>()?;
    // Signatures tell their scheme, keys do not.
    let mut keys = Vec::new();
    for path in &arguments.keys {
        keys.extend(read_public_keys(path, common.known())?.1);
    }
    if keys.len() != arguments.signatures.len() {
        return Err(Failure::Unusable(format!(
            "there are {} and {}: each key needs its signature",
            count(keys.len(), "key"),
            count(arguments.signatures.len(), "signature")
        )));
    }
    let scheme = common.known().unwrap_or(PROD);
    let batch = BatchFile {
        slot: arguments.slot,
        message: arguments.message,
        signers: keys.into_iter().zip(signatures).collect(),
    };
    verify(&scheme, &batch, &arguments.signatures)?;
    output.write(&batch.to_bytes())?;
    output.report(&format!(
        "{} at slot {} in {}\n",
        count(batch.signers.len(), "signature"),
        batch.slot,
        output.name()
    ))
}

fn read_signature(common: &mut CommonScheme, path: &Path) -> Result<Signature, Failure> {
    let longest = PROD.signature_bytes();
    let bytes = read(path, longest)?;
    let unusable = |why: String| Failure::file(path, why);
    // By its length, so that a damaged one is called that.
    let of_length = |scheme: &Scheme| scheme.signature_bytes() == bytes.len();
    match Kind::of_bytes(&bytes) {
        Kind::Signature(_) | Kind::Unknown => {}
        other => return Err(unusable(other.instead_of("a single signature"))),
    }
    let scheme = Scheme::ALL.into_iter().find(of_length).ok_or_else(|| {
        let lengths =
            Scheme::ALL.map(|scheme| format!("{} ({})", scheme.signature_bytes(), scheme.name));
        unusable(format!(
            "a signature in SSZ has {} bytes, the file {}",
            either(&lengths),
            bytes.len()
        ))
    })?;
    common.join(path, scheme)?;
    Signature::from_bytes(&scheme, &bytes).map_err(|error| unusable(error.to_string()))
}

/// A batch with an invalid signature would only be found out when it is aggregated.
fn verify(scheme: &Scheme, batch: &BatchFile, files: &[PathBuf]) -> Result<(), Failure> {
    par_verify_batch(scheme, batch.slot, &batch.message, &batch.signers).map_err(|error| {
        let failures = error.failures();
        let each = list(failures, |(index, reason)| {
            format!("{}: {reason}", name_of_input(&files[*index]))
        });
        Failure::Unusable(format!(
            "{} not valid for slot, message and key in the same place: {each}",
            match failures.len() {
                1 => "one signature is".to_owned(),
                n => format!("{n} signatures are"),
            }
        ))
    })
}
