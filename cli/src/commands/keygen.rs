//! `sheaf keygen`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sheaf::xmss::{FileSlotGuard, KeyGenerator};

use crate::arguments::{SchemeArgument, ThreadsArgument};
use crate::failure::{Failure, print};
use crate::files::{Access, Existing, KeyFiles, write};
use crate::measure::timed;
use crate::progress::Bar;
use crate::report::{Table, bytes, time};

const EXAMPLES: &str = "Examples:
  sheaf keygen --out alice
  sheaf keygen --out alice --start 11000000 --slots 500000
  sheaf keygen --out toy --scheme test

Writes NAME.key (secret, readable by its owner only), NAME.pub and NAME.journal, the record of the
slots at which the key has signed. Never copy a key without its journal, and never restore an old
journal: a key that signs two messages at one slot is broken.";

/// Arguments of `sheaf keygen`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Name of the key files to write, which must not exist
    #[arg(long, value_name = "NAME")]
    out: PathBuf,
    /// First slot at which the key can sign
    #[arg(long, value_name = "SLOT", default_value_t = 0)]
    start: u32,
    /// Number of slots, rounded up to whole subtrees: time grows with it [default: the least, 131072]
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 1,
        hide_default_value = true
    )]
    slots: u64,
    #[command(flatten)]
    scheme: SchemeArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let files = KeyFiles::named(&arguments.out);
    // Before the work; writing refuses as well, should one appear meanwhile.
    for path in [&files.secret, &files.public, &files.journal] {
        if path.exists() {
            return Err(Failure::file(path, "the file exists"));
        }
    }
    let generator = KeyGenerator::new(&scheme, arguments.start, arguments.slots)
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    let prover = arguments.threads.prover()?;

    let (keys, duration) = timed(|| {
        let slots = generator.active_range().slots();
        let bar = Bar::new("making the key", slots.end - slots.start);
        prover.run(|| {
            generator.generate_with_progress(&mut rand::rng(), &|progress| {
                bar.set(progress.done);
                ControlFlow::Continue(())
            })
        })
    });
    let (public, secret) = keys.map_err(|error| Failure::Unusable(error.to_string()))?;

    // The journal comes first: a key that is there has one, so that a missing journal means a lost one.
    FileSlotGuard::open_or_create(&scheme, &public, &files.journal)
        .map_err(|error| Failure::file(&files.journal, error))?;
    let encoded = secret.to_bytes();
    write(&files.secret, &encoded, Access::Secret, Existing::Refuse)?;
    write(
        &files.public,
        &public.to_bytes(),
        Access::Public,
        Existing::Refuse,
    )?;

    let slots = generator.active_range().slots();
    let mut table = Table::default();
    table.row("scheme", scheme.name);
    table.row("slots", format!("{} to {}", slots.start, slots.end - 1));
    table.row("public key", hex::encode(public.to_bytes()));
    table.row(
        "secret key",
        format!(
            "{}, {}",
            files.secret.display(),
            bytes(encoded.len() as u64)
        ),
    );
    table.row("time", time(duration));
    print(&table.render())
}
