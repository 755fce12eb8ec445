//! What a proof is about, and what both sides absorb of it before anything else.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::identity::header_elements;
use sheaf_program::layout::{KINDS, POSITIONS};
use sheaf_program::{Counts, Header, Id, Program, Rows, RowsError};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, F, Label, Transcript};
use thiserror::Error;

use crate::live::{Live, STAIRS, block_bits};

/// The version of the protocol; absorbed first.
pub const PROTOCOL_VERSION: u32 = 3;

/// Rate, counts and live slices.
pub const SIZES: Label = Label::new("machine/sizes");
/// Version, the identity of the program, and the numbers of its kinds.
pub const PROGRAM: Label = Label::new("machine/program");
/// The public tuple.
pub const PUBLIC: Label = Label::new("machine/public tuple");

/// The claim that a program has a run with this public tuple, with so many rows.
///
/// The number of rows of each kind and the live slices are the prover's choice; they are public, and in bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    id: Id,
    header: Header,
    counts: Counts,
    rows: Rows,
    live: Live,
    public: Vec<EF>,
}

/// Why there is no such statement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    /// The counts are not those of a run.
    #[error("counts: {0}")]
    Rows(#[from] RowsError),
    /// More blocks are live than there are.
    #[error("cells {first}..{}: {live} live blocks of {blocks}", first + 8)]
    Live {
        /// The first cell of the slice.
        first: usize,
        /// Blocks said to be live.
        live: u8,
        /// Blocks that there are.
        blocks: usize,
    },
    /// The header counts too many kinds.
    #[error("the header counts {0} kinds, more than {KINDS}")]
    Kinds(usize),
    /// The public tuple is too long.
    #[error("the public tuple has {0} positions, more than {POSITIONS}")]
    Public(usize),
}

impl Statement {
    /// The statement about a program.
    ///
    /// # Errors
    /// If a number is out of bounds.
    pub fn new(
        program: &Program,
        counts: Counts,
        live: Live,
        public: Vec<EF>,
    ) -> Result<Self, StatementError> {
        Self::about(program.id(), *program.header(), counts, live, public)
    }

    /// The statement about the program of an identity. That the header is that of the identity is for the caller to know.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn about(
        id: Id,
        header: Header,
        counts: Counts,
        live: Live,
        public: Vec<EF>,
    ) -> Result<Self, StatementError> {
        let kinds = header.kinds();
        if kinds > KINDS {
            return Err(StatementError::Kinds(kinds));
        }
        let rows = Rows::new(&header, &counts)?;
        if let Some(i) = live.beyond(rows.log_rows()) {
            return Err(StatementError::Live {
                first: 8 * i,
                live: live.0[i],
                blocks: 1 << block_bits(rows.log_rows()),
            });
        }
        if public.len() > POSITIONS {
            return Err(StatementError::Public(public.len()));
        }
        Ok(Self {
            id,
            header,
            counts,
            rows,
            live,
            public,
        })
    }

    /// The statement of a prover who computes with other rows.
    #[cfg(test)]
    pub(crate) fn with_rows(&self, rows: Rows) -> Self {
        Self {
            rows,
            ..self.clone()
        }
    }

    /// The identity of the program.
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The numbers of the program's kinds.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The rows of each kind.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Where these rows are.
    #[must_use]
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The live slices.
    #[must_use]
    pub const fn live(&self) -> &Live {
        &self.live
    }

    /// The public tuple.
    pub fn public(&self) -> &[EF] {
        &self.public
    }

    /// Binds all that follows to the statement and the rate.
    pub(crate) fn absorb(&self, log_inv_rate: usize, transcript: &mut impl Transcript) {
        let Counts {
            instances,
            log_block,
            ref zone_b,
        } = self.counts;
        let live: [u32; STAIRS] = self.live.0.map(u32::from);
        let sizes: Vec<F> = [log_inv_rate as u32, log_block, instances]
            .into_iter()
            .chain(zone_b.iter().copied())
            .chain(live)
            .map(F::from_u32)
            .collect();
        let program: Vec<F> = core::iter::once(F::from_u32(PROTOCOL_VERSION))
            .chain(self.id)
            .chain(header_elements(&self.header))
            .collect();
        let public: Vec<F> = self.public.iter().copied().flat_map(coefficients).collect();
        // The header says how many counts follow.
        transcript.absorb(PROGRAM, &program);
        transcript.absorb(SIZES, &sizes);
        transcript.absorb(PUBLIC, &public);
    }
}
