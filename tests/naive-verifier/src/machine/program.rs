//! A program of the machine, from its bytes, and its identity.

use std::ops::Range;

use p3_field::PrimeCharacteristicRing;

use super::layout::{CELLS, CONSTANT, is_form};
use crate::Reject;
use crate::field::{DEGREE, EF, F, P, ef};
use crate::poseidon::{RATE, absorb_block, start};

const MAGIC: &[u8] = b"sheafpr\x02";
const MAX_KINDS: usize = 4096;

/// The tags of the sponges over a header and over coefficients.
const TAGS: [usize; 2] = [8, 9];

/// A coefficient of a form, other than zero.
pub(crate) struct Coefficient {
    pub kind: usize,
    pub form: usize,
    pub column: usize,
    pub value: EF,
}

pub(crate) struct Program {
    /// Kinds of zone A with the permutation of width 24, of width 16, and with none; the same of zone B.
    pub header: [usize; 6],
    pub coefficients: Vec<Coefficient>,
    pub id: Vec<F>,
}

/// Takes numbers from bytes, little-endian.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, bytes: usize) -> Result<usize, Reject> {
        let (number, rest) = self.0.split_at_checked(bytes).ok_or(Reject::Program)?;
        self.0 = rest;
        let digits = number.iter().rev();
        Ok(digits.fold(0, |n, &byte| 256 * n + usize::from(byte)))
    }
}

impl Program {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Reject> {
        let mut reader = Reader(bytes.strip_prefix(MAGIC).ok_or(Reject::Program)?);
        let mut header = [0; 6];
        for count in &mut header {
            *count = reader.number(2)?;
        }
        let kinds: usize = header.iter().sum();
        if kinds > MAX_KINDS {
            return Err(Reject::Program);
        }
        let widths = widths(&header);

        let count = reader.number(4)?;
        let mut coefficients: Vec<Coefficient> = Vec::new();
        // What the digest of the coefficients is over.
        let mut elements = vec![F::from_usize(kinds), F::from_usize(count)];
        for _ in 0..count {
            let place = reader.number(4)?;
            let [column, form, kind] = [place % 128, (place >> 7) % 512, (place >> 16) % 4096];
            let length = (place >> 28) + 1;
            let follows = coefficients
                .last()
                .is_none_or(|c| (c.kind, c.form, c.column) < (kind, form, column));
            if length > DEGREE || kind >= kinds || !is_form(form) || !follows {
                return Err(Reject::Program);
            }
            if !has_column(widths[kind], column) {
                return Err(Reject::Program);
            }
            let mut value = Vec::new();
            for _ in 0..length {
                let element = reader.number(4)?;
                if element >= P as usize {
                    return Err(Reject::Program);
                }
                value.push(F::from_usize(element));
            }
            if value[length - 1] == F::ZERO {
                return Err(Reject::Program);
            }
            elements.push(F::from_usize(place));
            elements.extend(&value);
            value.resize(DEGREE, F::ZERO);
            coefficients.push(Coefficient {
                kind,
                form,
                column,
                value: ef(&value),
            });
        }
        if !reader.0.is_empty() {
            return Err(Reject::Program);
        }
        Ok(Self {
            header,
            coefficients,
            id: id(&header, &elements),
        })
    }
}

/// The width of the permutation of each kind, or zero.
pub(crate) fn widths(header: &[usize; 6]) -> Vec<usize> {
    let widths = [24, 16, 0, 24, 16, 0].into_iter().zip(header);
    widths.flat_map(|(width, &n)| vec![width; n]).collect()
}

/// Whether rows with a permutation of this width have a column.
fn has_column(width: usize, column: usize) -> bool {
    let outputs: Range<usize> = CELLS..CELLS + width;
    column < CELLS || outputs.contains(&column) || column == CONSTANT
}

fn id(header: &[usize; 6], elements: &[F]) -> Vec<F> {
    let [of_header, of_coefficients] = TAGS.map(start);
    let blocks = elements.chunks(RATE);
    let digest = blocks.fold(of_coefficients, |capacity, block| {
        absorb_block(&capacity, block)
    });
    let header = header.map(F::from_usize);
    absorb_block(&of_header, &[&header[..], &digest].concat())
}
