//! `sheaf machine prove`.

use std::path::PathBuf;

use clap::Args;
use sheaf_machine::{Scratch, prove};

use super::{GuestArgument, execute};
use crate::arguments::{RateArgument, ThreadsArgument};
use crate::call::{Call, id_bytes, shown};
use crate::failure::{Failure, after_help, remark};
use crate::identity::FileSet;
use crate::input::add_once;
use crate::measure::timed;
use crate::output::{OutputArgument, OutputKind};
use crate::progress::RunBar;
use crate::report::{Table, bytes, time};

const EXAMPLES: &str = "Examples:
  sheaf machine prove fibonacci --input fibonacci.json --out fibonacci.proof
  sheaf machine prove sorting --input numbers.json --rate-log 3 --out small.proof
  sheaf machine example membership --out - | sheaf machine prove membership --input - --out path.proof

The input is JSON: \"arguments\", \"advice\" and, if the run is to be compared with them, \"results\": lists of
elements, which are numbers below 2130706433. `sheaf machine example` writes one.";

/// Arguments of `sheaf machine prove`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    guest: GuestArgument,
    /// Arguments and advice, in JSON; `-` is standard input
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let guest = arguments.guest.guest;
    let mut inputs = FileSet::default();
    add_once(&mut inputs, &arguments.input)?;
    let output = arguments.output.check(OutputKind::RunProof, &inputs)?;
    let unusable = |why: String| Failure::file(&arguments.input, why);
    let call = Call::read(&arguments.input)?;
    let case = call
        .case()
        .ok_or_else(|| unusable("there are no arguments".to_owned()))?;
    let executable = guest.program();
    let (result, run_time) = timed(|| execute(guest.name, &executable, &case));
    let outcome = result.map_err(unusable)?;
    call.compare(&case.arguments, &outcome.results)
        .map_err(|why| unusable(format!("the run has other results: {why}")))?;

    let prover = arguments.threads.prover()?;
    let rate = arguments.rate.rate();
    let (program, run) = (&executable.program, &outcome.run);
    let (proof, prove_time) = timed(|| {
        let bar = RunBar::new(guest.name, outcome.profile.total().rows, rate, "");
        prover.run(|| {
            prove(
                program,
                run,
                rate.log_inverse().into(),
                &mut Scratch::default(),
                |phase| {
                    bar.show(phase);
                    Ok(())
                },
            )
        })
    });
    let proof = proof?.map_err(|error| Failure::Unusable(error.to_string()))?;
    let encoded = proof.to_bytes();
    output.write(&encoded)?;
    let (advice, used) = (case.advice.len(), outcome.advice_used);
    if used < advice {
        remark(format!(
            "warning: of {advice} elements of advice the run took {used}"
        ));
    }

    let mut table = Table::default();
    table.row("program", guest.name);
    table.row("identity", hex::encode(id_bytes(proof.statement.id())));
    table.row("arguments", shown(&case.arguments));
    table.row("results", shown(&outcome.results));
    table.row("rows", proof.statement.rows().end().to_string());
    table.row("rate", rate.to_string());
    table.row("run", time(run_time));
    table.row("prove", time(prove_time));
    table.row(
        "proof",
        format!("{}, {}", output.name(), bytes(encoded.len() as u64)),
    );
    output.report(&table.render())
}
