//! The parameter set of keys and signatures: found in files where they tell it, asked for where they don't.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use sheaf::{PROD, Scheme, TEST};

use crate::failure::{Failure, name_of_input};

/// The parameter set of what a command makes.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SchemeArgument {
    /// Parameter set of keys and signatures; `test` gives no security
    #[arg(long, value_enum, default_value_t = SchemeName::Prod)]
    scheme: SchemeName,
}

/// The parameter set that files are expected to have.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExpectedSchemeArgument {
    /// Parameter set of keys and signatures [default: that of the files; `prod` for public keys, which do not tell]
    #[arg(long, value_enum)]
    scheme: Option<SchemeName>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemeName {
    Prod,
    Test,
}

impl SchemeName {
    const fn scheme(self) -> Scheme {
        match self {
            Self::Prod => PROD,
            Self::Test => TEST,
        }
    }
}

impl SchemeArgument {
    pub(crate) const fn scheme(self) -> Scheme {
        self.scheme.scheme()
    }
}

impl ExpectedSchemeArgument {
    /// The scheme that was asked for, if one was.
    pub(crate) fn asked(self) -> Option<Scheme> {
        self.scheme.map(SchemeName::scheme)
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
