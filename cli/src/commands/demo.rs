//! `sheaf demo`: everything that the library is for, in one command.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sheaf::{
    Aggregate, Batch, Claims, Error, Group, HEADER_BYTES, Options, PROD, Prover, PublicKey,
    build_info, security_report, verify,
};

use crate::arguments::{FormArgument, RateArgument, ThreadsArgument, parse_signatures};
use crate::batches::read_batches;
use crate::failure::{Failure, after_help, print};
use crate::identity::FileSet;
use crate::input::add_once;
use crate::measure::{peak_rss_bytes, timed};
use crate::progress::ProofBar;
use crate::report::{Table, bytes, count, time};
use crate::scheme::ExpectedSchemeArgument;
use crate::signers::{self, Cache};

const EXAMPLES: &str = "Examples:
  sheaf demo
  sheaf demo --signatures 1000 --rate-log 2
  sheaf demo --signatures 10 --form raw
  sheaf demo --batch slot-7.batch";

/// Arguments of `sheaf demo`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// Number of signers to make
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = parse_signatures)]
    signatures: usize,
    /// Load signatures from a batch file instead; may be repeated
    #[arg(long = "batch", value_name = "FILE", conflicts_with = "signatures")]
    batches: Vec<PathBuf>,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    form: FormArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let options = arguments.form.options(arguments.rate);
    let mut inputs = FileSet::default();
    for path in &arguments.batches {
        add_once(&mut inputs, path)?;
    }
    let prover = arguments.threads.prover()?;
    let build = build_info();
    print(&format!(
        "sheaf {}, {}, {}\n\nHonest signers\n",
        build.version,
        build.simd,
        count(prover.threads(), "thread")
    ))?;

    let mut table = Table::default();
    let batch = if arguments.batches.is_empty() {
        let signatures = arguments.signatures;
        let scheme = arguments.scheme.asked().unwrap_or(PROD);
        security_report(scheme, signatures, arguments.rate.rate())?;
        let (group, duration) =
            timed(|| signers::group(&prover, &scheme, signatures, Cache::Avoid));
        let mut batch = Batch::new(scheme);
        batch.push(group?);
        let made = count(signatures, "signature");
        table.row(
            "sign",
            format!(
                "{}, {made} of one message ({})",
                time(duration),
                scheme.name
            ),
        );
        batch
    } else {
        let (batch, _) = read_batches(&mut arguments.scheme.common(), &arguments.batches)?;
        table.row("load", count(batch.signatures(), "signature"));
        batch
    };
    let aggregate = honest(&prover, &batch, options, &mut table)?;
    print(&table.render())?;

    print("\nDishonest ones\n")?;
    let mut table = Table::default();
    forge(&prover, &batch, options, &mut table)?;
    tamper(&batch.claims(), &aggregate, &mut table)?;
    print(&table.render())
}

/// Aggregates and verifies.
fn honest(
    prover: &Prover,
    batch: &Batch,
    options: Options,
    table: &mut Table,
) -> Result<Aggregate, Failure> {
    let rate = options.proof_rate(batch.scheme(), batch.signatures());
    let (aggregate, duration) = timed(|| {
        let bar = ProofBar::new(batch.signatures(), rate, "");
        prover.aggregate_observed(batch, options, |progress| {
            bar.show(progress);
            ControlFlow::Continue(())
        })
    });
    let aggregate = aggregate?;
    let signatures = batch.signatures();
    let throughput = signatures as f64 / duration.as_secs_f64();
    let proved = format!("{}, {throughput:.1} signatures/s", time(duration));
    table.row("aggregate", proved);

    let proof = aggregate.to_bytes();
    let size = bytes(proof.len() as u64);
    match rate {
        Some(rate) => {
            let replaced = signatures * batch.scheme().signature_bytes();
            let replaced = bytes(replaced as u64);
            let what = format!("{size} at rate {rate}, in place of {replaced} of signatures");
            table.row("proof", what);
        }
        None => table.row("list", format!("{size}: the signatures themselves")),
    }
    let received = Aggregate::from_bytes(&proof).map_err(Error::from)?;
    let claims = batch.claims();
    let (verdict, duration) = timed(|| verify(&claims, &received));
    verdict?;
    table.row("verify", format!("{}, accepted", time(duration)));

    if let Some(rate) = rate {
        let security = security_report(*batch.scheme(), signatures, rate)?;
        table.row("security", format!("{:.1} bits, proven", security.bits()));
    }
    if let Some(peak) = peak_rss_bytes() {
        table.row("peak memory", bytes(peak));
    }
    Ok(aggregate)
}

/// Damages one signature: it must be named, and nothing proved.
fn forge(
    prover: &Prover,
    batch: &Batch,
    options: Options,
    table: &mut Table,
) -> Result<(), Failure> {
    let target = batch.signatures() / 2;
    let mut forged = Batch::new(*batch.scheme());
    let mut first = 0;
    for group in batch.groups() {
        let mut group = group.clone();
        let signers = group.signers.len();
        if let Some((_, signature)) = target
            .checked_sub(first)
            .and_then(|i| group.signers.get_mut(i))
        {
            signature.path.swap(0, 1);
        }
        forged.push(group);
        first += signers;
    }
    match prover.aggregate(&forged, options) {
        Err(error @ Error::InvalidSignatures(_)) => {
            table.row("a forged signature", format!("not proved: {error}"));
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err(Failure::Rejected(
            "a forged signature was proved".to_owned(),
        )),
    }
}

/// Changes what the proof is verified against, and the proof: all must be rejected.
fn tamper(claims: &Claims, aggregate: &Aggregate, table: &mut Table) -> Result<(), Failure> {
    let mut expect = |what: &str, verdict: Result<(), Error>| match verdict {
        Err(error) => {
            table.row(what, error.to_string());
            Ok(())
        }
        Ok(()) => Err(Failure::Rejected(format!("{what} was accepted"))),
    };
    let scheme = claims.scheme();
    let with = |change: &dyn Fn(&mut Group)| {
        let mut changed = Claims::new(*scheme);
        for (i, group) in claims.groups().iter().enumerate() {
            let mut group = group.clone();
            if i == 0 {
                change(&mut group);
            }
            changed.add_group(group.slot, group.message, group.keys);
        }
        verify(&changed, aggregate)
    };
    expect("another message", with(&|group| group.message[0] ^= 1))?;
    expect("another slot", with(&|group| group.slot ^= 1))?;
    expect(
        "another key",
        with(&|group| {
            let (mut root, parameter) = (*group.keys[0].root(), *group.keys[0].parameter());
            root.swap(0, 1);
            group.keys[0] = PublicKey::new(scheme, root, parameter);
        }),
    )?;
    expect(
        "one more key",
        with(&|group| {
            let (root, mut parameter) = (*group.keys[0].root(), *group.keys[0].parameter());
            parameter.swap(0, 1);
            group.keys.push(PublicKey::new(scheme, root, parameter));
        }),
    )?;

    let verify_bytes = |bytes: &[u8]| verify(claims, &Aggregate::from_bytes(bytes)?);
    let proof = aggregate.to_bytes();
    let mut flipped = proof.clone();
    if let Some(byte) = flipped.get_mut(HEADER_BYTES + proof.len() / 2) {
        *byte ^= 1;
    }
    expect("one flipped bit", verify_bytes(&flipped))?;
    let cut = proof.len().saturating_sub(4);
    expect("a truncated proof", verify_bytes(&proof[..cut]))?;
    expect(
        "four more bytes",
        verify_bytes(&[&proof[..], &[0; 4]].concat()),
    )
}
