//! `sheaf sign`.
//!
//! A slot that is recorded is used up, so everything that can fail comes first, for all keys and the output. Should
//! recording a later key's slot fail all the same, the same command can be run again: a slot may sign its message twice.

mod signer;

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use sheaf::xmss::{BatchFile, SecretKey};

use crate::arguments::parse_message;
use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::key_files::KeyFiles;
use crate::output::{OutputArgument, OutputKind};
use crate::report::count;
use crate::scheme::ExpectedSchemeArgument;

use self::signer::Signer;

const EXAMPLES: &str = "Examples:
  sheaf sign --key alice --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --out alice.batch
  sheaf sign --key alice --key bob --slot 7 --message 0x0202020202020202020202020202020202020202020202020202020202020202 --out both.batch

Writes a batch file: slot, message, and the public key and signature of each signer. The slot is
recorded in the key's journal before the signature is made; another message at the same slot is
refused, the same message gives the same signature again.

A slot more than a window beyond the slots that a key has prepared is refused, since it is more
likely a mistake than meant. To sign there, say it twice: --slot N --skip-to N. Slots that are passed
over stay free, but take seconds to prepare again.";

/// Arguments of `sheaf sign`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// Name of the key files, as given to keygen; several signers may sign at once
    #[arg(long = "key", value_name = "NAME", required = true)]
    keys: Vec<PathBuf>,
    /// The slot
    #[arg(long)]
    slot: u32,
    /// The slot once more, if it lies more than a window beyond the prepared ones
    #[arg(long, value_name = "SLOT")]
    skip_to: Option<u32>,
    /// The message, 32 bytes in hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_message)]
    message: [u8; 32],
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(skip_to) = arguments.skip_to
        && skip_to != arguments.slot
    {
        return Err(Failure::Unusable(format!(
            "--slot {} and --skip-to {skip_to} are not the same slot",
            arguments.slot
        )));
    }
    let files: Vec<KeyFiles> = arguments
        .keys
        .iter()
        .map(|name| KeyFiles::named(name))
        .collect();
    let mut inputs = FileSet::default();
    for files in &files {
        files.add_to(&mut inputs)?;
    }
    let output = arguments.output.check(OutputKind::Batch, &inputs)?;

    let mut scheme = arguments.scheme.common();
    let mut secrets = Vec::with_capacity(files.len());
    for files in &files {
        let secret = files.read_secret()?;
        scheme.join(&files.secret, *secret.scheme())?;
        secrets.push(secret);
    }
    refuse_copies(&files, &secrets)?;
    let mut ready = files
        .iter()
        .zip(secrets)
        .map(|(files, secret)| {
            let may_skip = arguments.skip_to.is_some();
            Signer::ready(files, secret, arguments.slot, may_skip, &arguments.message)
        })
        .collect::<Result<Vec<_>, _>>()?;

    let signers = ready
        .iter_mut()
        .map(|signer| signer.sign(arguments.slot, &arguments.message))
        .collect::<Result<_, _>>()?;
    let batch = BatchFile {
        slot: arguments.slot,
        message: arguments.message,
        signers,
    };
    output.write(&batch.to_bytes()).map_err(|failure| {
        failure.with("the slot is used up for this message, and the same command makes the same signatures again")
    })?;
    ready.iter().for_each(Signer::keep_window);
    output.report(&format!(
        "{} at slot {} in {}\n",
        count(batch.signers.len(), "signature"),
        batch.slot,
        output.name()
    ))
}

/// A copy of a key under another name is the same key, and a batch has each key once.
fn refuse_copies(files: &[KeyFiles], secrets: &[SecretKey]) -> Result<(), Failure> {
    let mut seen = HashMap::new();
    for (files, secret) in files.iter().zip(secrets) {
        let key = secret.identity();
        if let Some((earlier, public_key)) = seen.insert(key.fingerprint, (files, key.public_key)) {
            // Keys of other ranges may come from one seed.
            let what = if public_key == key.public_key {
                "are copies of one key: remove one, since two copies"
            } else {
                "have the same secret: remove one, since two such keys"
            };
            return Err(Failure::Unusable(format!(
                "{} and {} {what} will sign two messages at one slot",
                earlier.secret.display(),
                files.secret.display()
            )));
        }
    }
    Ok(())
}
