//! `sheaf security`.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};
use sheaf::{ErrorKind, ErrorTerm, SecurityReport, security_report};

use crate::arguments::{RateArgument, parse_signatures};
use crate::failure::{Failure, after_help, print};
use crate::report::{JsonArgument, count, print_json};
use crate::scheme::SchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf security
  sheaf security --signatures 2048 --rate-log 2
  sheaf security --json

Lists every way in which a false statement may be accepted, with a proven bound: a term of b bits
has a probability of at most 2^-b per attempt. Probabilities add up; collisions of a hash are a bound
on an attacker's work instead, and stand apart.

Bounds are about classical attackers, in the random oracle model. A quantum computer searches faster: it
is expected to need about the square root of the evaluations (docs/soundness.md).";

/// Arguments of `sheaf security`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// Number of signatures in the proof
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = parse_signatures)]
    signatures: usize,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    scheme: SchemeArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scheme = arguments.scheme.scheme();
    let rate = arguments.rate.rate();
    let report = security_report(scheme, arguments.signatures, rate)?;
    if arguments.json.json {
        return print_json(&json(arguments, &report));
    }
    let mut out = format!(
        "A proof of {} of the scheme {} at rate {rate}\n\n",
        count(arguments.signatures, "signature"),
        scheme.name
    );
    out += &render(&report);
    print(&out)
}

/// The report for programs. A term's bits are a probability of `2^-bits` per attempt, or for a hash the work of an attack.
fn json(arguments: &Arguments, report: &SecurityReport) -> Value {
    let term = |term: &ErrorTerm| {
        json!({
            "name": term.name,
            "bits": term.bits,
            "bound": term.formula,
            "source": term.source,
            "is_hash": term.kind == ErrorKind::Hash,
        })
    };
    json!({
        "scheme": arguments.scheme.scheme().name,
        "signatures": arguments.signatures,
        "rate_log": arguments.rate.rate().log_inverse(),
        "security_bits": report.bits(),
        "algebraic_bits": report.algebraic_bits(),
        "weakest_term": report.weakest().map(|term| &term.name),
        "terms": report.terms.iter().map(term).collect::<Vec<_>>(),
    })
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
            match term.kind {
                ErrorKind::Challenge => "",
                ErrorKind::Hash => " (work)",
            }
        );
    }
    let _ = writeln!(
        out,
        "\nsum of all probabilities: 2^-{:.2}",
        report.algebraic_bits()
    );
    for hash in report.of_kind(ErrorKind::Hash) {
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
