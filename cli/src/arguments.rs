//! Arguments that several subcommands take.

use clap::{Args, ValueEnum};
use sheaf::{BuildInfo, MAX_SIGNATURES, Options, Prover, Rate, build_info};

use crate::failure::{Failure, remark};

/// The rate of a proof.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RateArgument {
    /// R of the rate 2^-R: 1 proves fastest, 4 gives the smallest proofs
    #[arg(long = "rate-log", value_name = "R", default_value = "1", value_parser = parse_rate)]
    rate: Rate,
}

impl RateArgument {
    pub(crate) const fn rate(self) -> Rate {
        self.rate
    }
}

/// What is made of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// The smaller one of the two
    Auto,
    /// A list of the signatures
    Raw,
    /// A proof
    Proof,
}

impl Form {
    pub(crate) const fn options(self, rate: Rate) -> Options {
        match self {
            Self::Auto => Options::smallest(rate),
            Self::Raw => Options::raw(),
            Self::Proof => Options::proof(rate),
        }
    }
}

/// The form of an aggregate.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FormArgument {
    /// What to make. Few signatures are smaller as a list than as a proof
    #[arg(long, value_name = "FORM", default_value = "auto")]
    form: Form,
}

impl FormArgument {
    /// What a prover is asked to make.
    pub(crate) const fn options(self, rate: RateArgument) -> Options {
        self.form.options(rate.rate())
    }
}

pub(crate) fn parse_rate(text: &str) -> Result<Rate, String> {
    text.parse()
        .ok()
        .and_then(Rate::from_log_inverse)
        .ok_or_else(|| "a rate is a number from 1 to 4".to_owned())
}

/// Parses a number of signatures that one proof can cover.
pub(crate) fn parse_signatures(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=MAX_SIGNATURES) => Ok(count),
        _ => Err(format!(
            "a proof covers from 1 to {MAX_SIGNATURES} signatures"
        )),
    }
}

/// Parses a number of proofs to make.
pub(crate) fn parse_repeat(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("at least one proof must be made".to_owned()),
        Ok(n) => Ok(n),
    }
}

/// The threads of a prover.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ThreadsArgument {
    /// Number of threads; 0 means one per core
    #[arg(long, value_name = "T", default_value_t = 0)]
    threads: usize,
}

impl ThreadsArgument {
    /// Starts a prover, and says so if this build is slower than the machine.
    pub(crate) fn prover(self) -> Result<Prover, Failure> {
        if let Some(warning) = unused_simd(&build_info()) {
            remark(warning);
        }
        Ok(Prover::new(self.threads)?)
    }
}

/// What to do about a build that is slower than the machine. Who has a release does not compile.
const FASTER: &str = if option_env!("SHEAF_RELEASE").is_some() {
    "bin/sheaf runs the fastest build that the release has"
} else {
    "build with RUSTFLAGS=\"-C target-cpu=native\" to use it"
};

/// A warning, in one line, if the CPU has wider instructions than the build uses.
fn unused_simd(build: &BuildInfo) -> Option<String> {
    build.leaves_simd_unused().then(|| {
        format!(
            "warning: built for {}, but this CPU has {}; {FASTER}",
            build.simd, build.cpu_simd
        )
    })
}

/// Parses 32 bytes in hexadecimal digits.
pub(crate) fn parse_message(text: &str) -> Result<[u8; 32], String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut message = [0; 32];
    hex::decode_to_slice(digits, &mut message)
        .map_err(|_| "a message is 64 hexadecimal digits, for its 32 bytes".to_owned())?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use sheaf::SimdLevel::{Avx2, Avx512, Scalar};

    use super::*;

    #[test]
    fn simd_that_is_not_used_is_worth_one_line() {
        let mut build = build_info();
        for (simd, cpu_simd, warns) in [
            (Scalar, Scalar, false),
            (Avx2, Avx2, false),
            (Scalar, Avx2, true),
            (Scalar, Avx512, true),
            (Avx2, Avx512, true),
        ] {
            (build.simd, build.cpu_simd) = (simd, cpu_simd);
            let warning = unused_simd(&build);
            assert_eq!(warning.is_some(), warns);
            if let Some(line) = warning {
                assert!(line.contains(simd.name()) && line.contains(cpu_simd.name()));
                assert!(!line.contains('\n'));
            }
        }
    }
}
