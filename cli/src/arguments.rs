//! Arguments that several subcommands take.

use clap::{Args, ValueEnum};
use sheaf::{PROD, Prover, Rate, Scheme, TEST, build_info};

use crate::failure::{Failure, warn};

/// The parameter set of keys and signatures.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SchemeArgument {
    /// Parameter set of keys and signatures; `test` gives no security
    #[arg(long, value_enum, default_value_t = SchemeName::Prod)]
    scheme: SchemeName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemeName {
    Prod,
    Test,
}

impl SchemeArgument {
    pub(crate) const fn scheme(self) -> Scheme {
        match self.scheme {
            SchemeName::Prod => PROD,
            SchemeName::Test => TEST,
        }
    }
}

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

fn parse_rate(text: &str) -> Result<Rate, String> {
    text.parse()
        .ok()
        .and_then(Rate::from_log_inverse)
        .ok_or_else(|| "a rate is a number from 1 to 4".to_owned())
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
        let build = build_info();
        if build.leaves_simd_unused() {
            warn(format_args!(
                "warning: built for {}, but this CPU has {}; build with RUSTFLAGS=\"-C target-cpu=native\" to use it",
                build.simd, build.cpu_simd
            ));
        }
        Ok(Prover::new(self.threads)?)
    }
}

/// Parses 32 bytes in hexadecimal digits.
pub(crate) fn parse_message(text: &str) -> Result<[u8; 32], String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut message = [0; 32];
    hex::decode_to_slice(digits, &mut message)
        .map_err(|_| "a message is 64 hexadecimal digits, for its 32 bytes".to_owned())?;
    Ok(message)
}
