//! `sheaf sign`.

use std::path::{Path, PathBuf};

use clap::Args;
use sheaf::xmss::{BatchFile, FileSlotGuard, SecretKey, SigningKey};
use sheaf::{PublicKey, Scheme, Signature};

use crate::arguments::{SchemeArgument, parse_message};
use crate::failure::{Failure, print};
use crate::files::{Access, Existing, KeyFiles, read_secret, write};
use crate::report::count;

const EXAMPLES: &str = "Examples:
  sheaf sign --key alice --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --out alice.batch
  sheaf sign --key alice --key bob --slot 7 --message 0x0202020202020202020202020202020202020202020202020202020202020202 --out both.batch

Writes a batch file: slot, message, and the public key and signature of each signer. The slot is
recorded in the key's journal before the signature is made; another message at the same slot is
refused, the same message gives the same signature again.";

/// Arguments of `sheaf sign`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Name of the key files, as given to keygen; several signers may sign at once
    #[arg(long = "key", value_name = "NAME", required = true)]
    keys: Vec<PathBuf>,
    /// The slot
    #[arg(long)]
    slot: u32,
    /// The message, 32 bytes in hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_message)]
    message: [u8; 32],
    /// The batch file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    scheme: SchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let signers = arguments
        .keys
        .iter()
        .map(|name| sign(&scheme, name, arguments.slot, &arguments.message))
        .collect::<Result<_, _>>()?;
    let file = BatchFile {
        slot: arguments.slot,
        message: arguments.message,
        signers,
    };
    write(
        &arguments.out,
        &file.to_bytes(),
        Access::Public,
        Existing::Replace,
    )?;
    print(&format!(
        "{} at slot {} in {}\n",
        count(file.signers.len(), "signature"),
        file.slot,
        arguments.out.display()
    ))
}

fn sign(
    scheme: &Scheme,
    name: &Path,
    slot: u32,
    message: &[u8; 32],
) -> Result<(PublicKey, Signature), Failure> {
    let files = KeyFiles::named(name);
    let secret = SecretKey::from_bytes(scheme, &read_secret(&files.secret)?)
        .map_err(|error| Failure::file(&files.secret, error))?;
    let public = secret.public_key();
    let guard = FileSlotGuard::open(scheme, &public, &files.journal)
        .map_err(|error| Failure::file(&files.journal, error))?;
    let window = secret.window_slots();
    let mut key = SigningKey::new(secret, guard);
    let signature = key
        .sign(slot, message)
        .map_err(|error| Failure::file(&files.secret, error))?;
    if key.secret_key().window_slots() != window {
        // Seconds of work that the next signature needs again. The journal is still locked by this process.
        let encoded = key.secret_key().to_bytes();
        write(&files.secret, &encoded, Access::Secret, Existing::Replace)?;
    }
    Ok((public, signature))
}
