//! `sheaf bench`.

mod forms;
mod measurement;

use clap::Args;
use sheaf::{Rate, security_report};

use crate::arguments::{Form, ThreadsArgument, parse_rate, parse_repeat, parse_signatures};
use crate::failure::{Failure, after_help, print};
use crate::report::print_json;
use crate::scheme::SchemeArgument;
use crate::signers::Cache;

use self::measurement::Work;

const EXAMPLES: &str = "Examples:
  sheaf bench
  sheaf bench --signatures 2048 --rate-log 2 --repeat 5
  sheaf bench --signatures 400 --threads 1 --json
  sheaf bench --signatures 10,100,1000 --rate-log 1,2,3,4 --csv
  sheaf bench --signatures 10 --form raw

Makes its own signers, and keeps them in the user's cache directory. Times are medians; the peak
memory is that of the whole process during the proofs of one line. JSON is one object, or an array of
them if several numbers or rates are given. A list of signatures has no rate and no security of its own.";

/// Arguments of `sheaf bench`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// Number of signatures, or several with commas between
    #[arg(
        long,
        value_name = "N",
        default_value = "256",
        value_delimiter = ',',
        value_parser = parse_signatures
    )]
    signatures: Vec<usize>,
    /// R of the rate 2^-R, or several with commas between: 1 proves fastest, 4 gives the smallest proofs
    #[arg(
        long = "rate-log",
        value_name = "R",
        default_value = "1",
        value_delimiter = ',',
        value_parser = parse_rate
    )]
    rates: Vec<Rate>,
    /// What to make; auto is the smaller one of the two
    #[arg(long, value_name = "FORM", default_value = "proof")]
    form: Form,
    /// Number of proofs to make
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = parse_repeat)]
    repeat: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print lines of comma-separated values, after a line of their names
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Make all signers anew, and keep none
    #[arg(long)]
    no_cache: bool,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: SchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let mut works = Vec::new();
    for &signatures in &arguments.signatures {
        for &rate in &arguments.rates {
            // Refuses sizes that can't be proved, before any work.
            let options = arguments.form.options(rate);
            let security = options
                .proof_rate(&scheme, signatures)
                .map(|rate| security_report(scheme, signatures, rate))
                .transpose()?;
            works.push(Work {
                scheme,
                signatures,
                options,
                repeat: arguments.repeat,
                security_bits: security.map(|report| report.bits()),
            });
        }
    }
    let cache = if arguments.no_cache {
        Cache::Avoid
    } else {
        Cache::Use
    };
    let prover = arguments.threads.prover()?;
    let measurements = measurement::measure_all(&works, &prover, cache)?;
    match measurements.as_slice() {
        _ if arguments.csv => print(&forms::csv(&measurements)?),
        [one] if arguments.json => print_json(one),
        all if arguments.json => print_json(&all),
        [one] => print(&forms::table_of_one(one)),
        all => print(&forms::table_of_many(all)),
    }
}
