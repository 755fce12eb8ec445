//! The parameter set of keys and signatures: found in files where they tell it, asked for where they don't.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use sheaf::{COMPACT, COMPACT_TEST, PROD, Scheme, TEST};

use crate::failure::{Failure, name_of_input};

/// The parameter set of what a command makes.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SchemeArgument {
    /// Parameter set of keys and signatures
    #[arg(long, value_enum, default_value_t = SchemeName(PROD))]
    scheme: SchemeName,
}

/// The parameter set that files are expected to have.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExpectedSchemeArgument {
    /// Parameter set of keys and signatures [default: that of the files; `prod` for public keys of 52 bytes and `compact` for those of 32, which do not tell]
    #[arg(long, value_enum)]
    scheme: Option<SchemeName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SchemeName(Scheme);

/// All of them, in the order in which the help lists them.
const NAMES: [SchemeName; Scheme::ALL.len()] = [
    SchemeName(PROD),
    SchemeName(COMPACT),
    SchemeName(TEST),
    SchemeName(COMPACT_TEST),
];

impl ValueEnum for SchemeName {
    fn value_variants<'a>() -> &'a [Self] {
        &NAMES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let Scheme { name, .. } = self.0;
        let help = if self.0.is_for_tests {
            format!("For tests: {} slots, no security", self.0.lifetime())
        } else {
            let (key, signature) = (self.0.public_key_bytes(), self.0.signature_bytes());
            format!("Public keys of {key} bytes, signatures of {signature}")
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl SchemeArgument {
    pub(crate) const fn scheme(self) -> Scheme {
        self.scheme.0
    }
}

impl ExpectedSchemeArgument {
    /// The scheme that was asked for, if one was.
    pub(crate) fn asked(self) -> Option<Scheme> {
        self.scheme.map(|name| name.0)
    }

    /// Where the files of a command have to agree.
    pub(crate) fn common(self) -> CommonScheme {
        CommonScheme {
            asked: self.asked(),
            found: None,
        }
    }
}

/// The scheme of all files of a command, as far as they have been looked at.
#[derive(Debug)]
pub(crate) struct CommonScheme {
    asked: Option<Scheme>,
    found: Option<(Scheme, PathBuf)>,
}

impl CommonScheme {
    /// Takes note of the scheme of a file, which has to be that of the other ones.
    pub(crate) fn join(&mut self, path: &Path, scheme: Scheme) -> Result<(), Failure> {
        let name = scheme.name;
        match (&self.asked, &self.found) {
            (Some(asked), _) if *asked != scheme => Err(Failure::file(
                path,
                format!(
                    "the file is of the scheme {name}, and --scheme {} was given; leave it out, or give --scheme {name}",
                    asked.name
                ),
            )),
            (_, Some((first, earlier))) if *first != scheme => Err(Failure::file(
                path,
                format!(
                    "the file is of the scheme {name}, and {} of {}: they can't be taken together",
                    name_of_input(earlier),
                    first.name
                ),
            )),
            _ => {
                self.found.get_or_insert((scheme, path.to_owned()));
                Ok(())
            }
        }
    }

    /// The scheme that was asked for or found.
    pub(crate) fn known(&self) -> Option<Scheme> {
        self.asked
            .or(self.found.as_ref().map(|(scheme, _)| *scheme))
    }
}
