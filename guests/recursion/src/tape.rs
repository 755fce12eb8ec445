//! The tape of a proof: what a native verifier reads, as the program takes it.
//!
//! A [`Recorder`] is a channel that a native verifier runs over. It notes
//!
//! - messages and nonces, in the order of the proof;
//! - public data that the program takes from the tape and absorbs: that of the labels with which the recorder is made;
//! - opened rows where the program wants them: query by query from the last that was drawn to the first. Behind each are the nodes on its
//!   path that no query before has passed, from the leaf up, each with its sibling.
//!
//! The tape of a proof that is rejected ends where the verifier stopped, so that the program fails there or before.

use std::collections::HashSet;

use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::merkle::{self, DIGEST, Digest};
use sheaf_pcs::messages::{NODES, ROWS, STATEMENT};
use sheaf_transcript::{
    Channel, EF, F, Label, RATE, Transcript, TranscriptError, VerifierTranscript,
};

use crate::opening::SHORT_BLOCK;

/// A [`VerifierTranscript`] that notes the tape of a program.
#[derive(Clone, Debug)]
pub struct Recorder<'a> {
    transcript: VerifierTranscript<'a>,
    proof: &'a [u8],
    /// Elements of the proof that have been read.
    read: usize,
    /// Messages that are absorbed and not sent, but taken from the tape.
    public: &'a [Label],
    tape: Vec<F>,
    queries: Queries,
}

/// The queries to an oracle.
#[derive(Clone, Debug, Default)]
struct Queries {
    /// Oracles of the opening that have been queried.
    oracles: usize,
    depth: usize,
    drawn: Vec<usize>,
    /// The rows at the distinct positions, one after the other.
    rows: Vec<F>,
}

impl<'a> Recorder<'a> {
    /// Starts reading a proof. Public data with one of the labels of `public` is a part of the tape.
    #[must_use]
    pub fn new(proof: &'a [u8], public: &'a [Label]) -> Self {
        Self {
            transcript: VerifierTranscript::new(proof),
            proof,
            read: 0,
            public,
            tape: Vec::new(),
            queries: Queries::default(),
        }
    }

    /// Ends the proof. Returns the tape, and an error if something is left of the proof.
    pub fn finish(self) -> (Vec<F>, Result<(), TranscriptError>) {
        (self.tape, self.transcript.finish())
    }
}

impl Transcript for Recorder<'_> {
    type Extension = EF;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.transcript.absorb(label, values);
        if self.public.contains(&label) {
            self.tape.extend(values);
        }
        if label == STATEMENT {
            self.queries = Queries::default();
        }
    }

    fn sample(&mut self) -> EF {
        self.transcript.sample()
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.queries.depth = bits;
        self.queries.drawn = self.transcript.sample_indices(count, bits);
        self.queries.drawn.clone()
    }
}

impl Channel for Recorder<'_> {
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let values = self.transcript.receive_base(label, count)?;
        self.read += count;
        self.tape.extend(&values);
        Ok(values)
    }

    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let values = self.transcript.hint(label, count)?;
        self.read += count;
        match label {
            ROWS => self.queries.rows.clone_from(&values),
            NODES => self.queries.expand(&values, &mut self.tape),
            _ => self.tape.extend(&values),
        }
        Ok(values)
    }

    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError> {
        if bits > 0 {
            // The transcript reads the nonce itself, and says whether it is an element.
            let bytes = self.proof.get(4 * self.read..).unwrap_or_default();
            if let Some(&nonce) = bytes.first_chunk() {
                self.tape.push(F::from_u32(u32::from_le_bytes(nonce)));
            }
            self.read += 1;
        }
        self.transcript.check_grind(label, bits)
    }
}

impl Queries {
    /// Notes all rows with their paths, of which `nodes` are those that do not follow from rows.
    fn expand(&mut self, nodes: &[F], tape: &mut Vec<F>) {
        let mut distinct = self.drawn.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let is_first = self.oracles == 0;
        self.oracles += 1;
        // There is at least one query.
        let length = self.rows.len() / distinct.len().max(1);
        let (siblings, _): (&[Digest], _) = nodes.as_chunks::<DIGEST>();
        let leaves = merkle::hash_rows(&self.rows, length);
        let Some(paths) = merkle::paths(self.depth, &distinct, leaves, siblings) else {
            return;
        };
        // A node and all above it.
        let mut passed = HashSet::new();
        for position in self.drawn.iter().rev() {
            let Ok(index) = distinct.binary_search(position) else {
                continue;
            };
            tape.extend(&self.rows[index * length..][..length]);
            // Rows of base elements end with a whole block, of one of two sizes.
            if is_first {
                let padded = match (length - 1) % RATE {
                    0..SHORT_BLOCK => (length - 1) / RATE * RATE + SHORT_BLOCK,
                    _ => length.next_multiple_of(RATE),
                };
                tape.extend(vec![F::ZERO; padded - length]);
            }
            let path = paths[index].iter().enumerate();
            let unknown =
                path.take_while(|(height, _)| passed.insert((*height, position >> height)));
            tape.extend(unknown.flat_map(|(_, pair)| pair.iter().flatten()));
        }
    }
}
