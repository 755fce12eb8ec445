//! `sheaf security`.

use std::fmt::Write;

use clap::Args;
use sheaf::{ErrorTerm, SecurityReport, security_report};

use crate::arguments::{RateArgument, SchemeArgument};
use crate::failure::{Failure, print};
use crate::report::count;

const EXAMPLES: &str = "Examples:
  sheaf security
  sheaf security --signatures 2048 --rate-log 2

Lists every way in which a false statement may be accepted, with a proven bound: a term of b bits
has a probability of at most 2^-b per attempt. Probabilities add up; collisions of a hash are a bound
on an attacker's work instead, and stand apart.

Bounds are about classical attackers, in the random oracle model. A quantum computer searches faster: it
is expected to need about the square root of the evaluations (docs/soundness.md).";

/// Arguments of `sheaf security`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Number of signatures in the proof
    #[arg(long, value_name = "N", default_value_t = 1024)]
    signatures: usize,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    scheme: SchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let rate = arguments.rate.rate();
    let report = security_report(scheme, arguments.signatures, rate)?;
    let mut out = format!(
        "A proof of {} of the scheme {} at rate {rate}\n\n",
        count(arguments.signatures, "signature"),
        scheme.name
    );
    out += &render(&report);
    print(&out)
}

fn render(report: &SecurityReport) -> String {
    let width = |field: fn(&ErrorTerm) -> &str| {
        let lengths = report.terms.iter().map(|t| field(t).chars().count());
        lengths.max().unwrap_or(0)
    };
    let (names, formulas) = (width(|t| &t.name), width(|t| &t.formula));
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{:<names$}  {:>7}  {:<formulas$}  source",
        "term", "bits", "bound"
    );
    for term in &report.terms {
        let _ = writeln!(
            out,
            "{:<names$}  {:>7.2}  {:<formulas$}  {}{}",
            term.name,
            term.bits,
            term.formula,
            term.source,
            if term.is_hash { " (work)" } else { "" }
        );
    }
    let _ = writeln!(
        out,
        "\nsum of all probabilities: 2^-{:.2}",
        report.algebraic_bits()
    );
    for hash in report.terms.iter().filter(|t| t.is_hash) {
        let _ = writeln!(out, "{}: work of 2^{:.2}", hash.name, hash.bits);
    }
    if let Some(weakest) = report.weakest() {
        let _ = writeln!(
            out,
            "weakest term: {}, {:.2} bits",
            weakest.name, weakest.bits
        );
    }
    let _ = writeln!(
        out,
        "security: {:.2} bits against classical attackers, in the random oracle model",
        report.bits()
    );
    out
}
