//! `sheaf keygen`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sheaf::Scheme;
use sheaf::xmss::KeyGenerator;
use sheaf::xmss::params::KeyFormat;

use crate::arguments::ThreadsArgument;
use crate::failure::{Failure, after_help};
use crate::key_pair;
use crate::measure::timed;
use crate::progress::Bar;
use crate::report::{Facts, JsonArgument, bytes, time};
use crate::scheme::SchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf keygen --out alice
  sheaf keygen --out alice --start 11000000 --slots 500000
  sheaf keygen --out carol --scheme compact --slots 7889400
  sheaf keygen --out toy --scheme test

Writes NAME.key (secret, readable by its owner only), NAME.pub and NAME.journal, the record of the
slots at which the key has signed. Never copy a key without its journal, and never restore an old
journal: a key that signs two messages at one slot is broken.";

/// From so many slots on a key takes seconds.
const MANY: u64 = 4096;

/// Arguments of `sheaf keygen`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// Name of the key files to write, which must not exist
    #[arg(long, value_name = "NAME")]
    out: PathBuf,
    /// First slot at which the key can sign
    #[arg(long, value_name = "SLOT", default_value_t = 0)]
    start: u32,
    /// Number of slots, rounded up to whole subtrees (not with `compact`): time grows with it [default: 131072, the least of `prod`]
    #[arg(long, value_name = "COUNT")]
    slots: Option<u64>,
    #[command(flatten)]
    scheme: SchemeArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    json: JsonArgument,
}

/// The slots of a key if none are asked for: the least number of the formats that have one, as many in those that don't.
fn default_slots(scheme: &Scheme, start: u32) -> u64 {
    match scheme.key_format {
        KeyFormat::Shake => 1,
        KeyFormat::Poseidon => {
            let left = scheme.lifetime().saturating_sub(start.into());
            scheme.window_slots().min(left).max(1)
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let files = key_pair::check(&arguments.out)?;
    let wanted = arguments
        .slots
        .unwrap_or_else(|| default_slots(&scheme, arguments.start));
    let generator = KeyGenerator::new(&scheme, arguments.start, wanted)
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    let prover = arguments.threads.prover()?;
    let slots = generator.active_range().slots();
    let number = slots.end - slots.start;

    let (keys, duration) = timed(|| {
        let what = format!("making a key for {number} slots");
        let bar = Bar::new(what, number, number >= MANY);
        prover.run(|| {
            generator.generate_with_progress(&mut rand::rng(), &|progress| {
                bar.set(progress.done);
                ControlFlow::Continue(())
            })
        })
    });
    let (public, secret) = keys?.map_err(|error| Failure::Unusable(error.to_string()))?;
    let secret_bytes = secret.to_bytes().len() as u64;
    key_pair::write(&files, &public, &secret)?;

    let mut facts = Facts::default();
    facts.word("scheme", scheme.name);
    facts.line("slots", format!("{} to {}", slots.start, slots.end - 1));
    facts.field("first_slot", slots.start);
    facts.field("last_slot", slots.end - 1);
    facts.hex("public key", &public.to_bytes());
    facts.line(
        "secret key",
        format!("{}, {}", files.secret.display(), bytes(secret_bytes)),
    );
    for (name, path) in [
        ("secret_key_file", &files.secret),
        ("public_key_file", &files.public),
        ("journal_file", &files.journal),
    ] {
        facts.field(name, path.display().to_string());
    }
    facts.line("time", time(duration));
    facts.field("seconds", duration.as_secs_f64());
    facts.print(arguments.json)
}
