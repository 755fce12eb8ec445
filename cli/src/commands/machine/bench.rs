//! `sheaf machine bench`.

mod measurement;

use clap::Args;
use sheaf_machine::Phase;

use self::measurement::{Measurement, Work, measure};
use super::{GuestArgument, SizeArgument};
use crate::arguments::{RateArgument, ThreadsArgument, parse_repeat};
use crate::failure::{Failure, after_help, print};
use crate::report::{JsonArgument, Table, bytes, print_json, seconds};

const EXAMPLES: &str = "Examples:
  sheaf machine bench fibonacci
  sheaf machine bench xmss --size 128 --repeat 5
  sheaf machine bench poseidon --size 16000 --rate-log 2 --threads 1 --json

Times are medians. `steps per second` are of the unit of the size, of which `prove` is the time: a run of the
program, before it, has a time of its own. The peak memory is that of the whole process.";

/// Arguments of `sheaf machine bench`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    guest: GuestArgument,
    #[command(flatten)]
    size: SizeArgument,
    /// Number of proofs to make
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = parse_repeat)]
    repeat: usize,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let guest = arguments.guest.guest;
    let work = Work {
        guest,
        size: arguments.size.of(guest)?,
        rate: arguments.rate.rate(),
        repeat: arguments.repeat,
    };
    let prover = arguments.threads.prover()?;
    let measurement = measure(work, &prover)?;
    if arguments.json.json {
        print_json(&measurement)
    } else {
        print(&table(&measurement, guest.unit).render())
    }
}

fn table(m: &Measurement, unit: &str) -> Table {
    let mut table = Table::default();
    table.row("program", format!("{}, {} {unit}", m.program, m.size));
    table.row("rate", format!("1/{}", 1 << m.rate_log));
    table.row("threads", format!("{}, {}", m.threads, m.setting.simd));
    if let Some(cpu) = &m.setting.cpu {
        table.row("CPU", cpu);
    }
    table.row("rows", format!("{} of {} kinds", m.rows, m.kinds));
    table.row(
        "cells",
        format!("{} in use, {} committed", m.cells, m.committed_cells),
    );
    table.row("permutations", m.permutations.to_string());
    table.row("messages", m.messages.to_string());
    table.row("run", seconds(m.run_seconds));
    let speed = format!(
        "{}, {:.0} {unit}/s",
        seconds(m.prove_seconds),
        m.steps_per_second
    );
    table.row("prove", speed);
    for phase in Phase::ALL {
        if let Some(&s) = m.phases.get(phase.name()) {
            table.row(format!("  {}", phase.name()), seconds(s));
        }
    }
    table.row("verify", seconds(m.verify_seconds));
    table.row("proof", bytes(m.proof_bytes as u64));
    if let Some(peak) = m.peak_rss_bytes {
        table.row("peak memory", bytes(peak));
    }
    table.row("security", format!("{:.1} bits", m.security_bits));
    table
}
