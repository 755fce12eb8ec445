//! The one way in which a program is bytes.
//!
//! ```text
//!     magic                8 bytes
//!     header               six u16: zone A's kinds of width 24, 16, none; zone B's
//!     coefficients         u32, how many follow
//!     each                 u32, its place (see [`identity`]); 1 to 5 u32, its value without zeros at the end
//! ```
//!
//! All numbers are little endian. Places ascend without repetition when the length of the value is left aside; elements are below `p`; the last
//! one of a value is not zero. So a program has one encoding, and its identity binds what this decodes to. Names are not encoded.
//!
//! A decoder takes memory for what the bytes hold, and for at most 1024 kinds.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::identity::place_and_value;
use crate::layout::{COLUMN_BITS, FORM_BITS, FormPlace, KIND_BITS, KINDS};
use crate::{Coefficient, DEGREE, E, F, Form, Header, Kind, Program};

/// What an encoded program begins with. The last byte is the version of the encoding.
pub const MAGIC: [u8; 8] = *b"sheafpr\x02";

/// Why bytes are no program.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// They do not begin as a program does.
    #[error(
        "these bytes are no program: they do not begin with its mark, or are of another version"
    )]
    Magic,
    /// They end too early.
    #[error("the program ends at byte {at}, {missing} bytes too early")]
    Truncated {
        /// Number of bytes given.
        at: usize,
        /// Bytes that the next item needs beyond them.
        missing: usize,
    },
    /// There are bytes behind the program.
    #[error("{0} bytes follow the program")]
    Trailing(usize),
    /// The header counts too many kinds.
    #[error("the header counts {0} kinds, more than {KINDS}")]
    Kinds(usize),
    /// A place has bits that mean nothing.
    #[error("coefficient {number}: {place:#x} is no place")]
    Place {
        /// The coefficient's number.
        number: usize,
        /// Its place.
        place: u32,
    },
    /// A coefficient belongs to a kind that the header does not count.
    #[error("coefficient {number} belongs to kind {kind}, of {kinds}")]
    Kind {
        /// The coefficient's number.
        number: usize,
        /// The kind.
        kind: usize,
        /// Kinds of the header.
        kinds: usize,
    },
    /// A coefficient belongs to a form that there is not.
    #[error("coefficient {number} belongs to form {form}, which is not in the layout")]
    Form {
        /// The coefficient's number.
        number: usize,
        /// The form.
        form: usize,
    },
    /// A coefficient is of a column that rows of its kind do not have.
    #[error("coefficient {number} is of column {column}, which rows of kind {kind} do not have")]
    Column {
        /// The coefficient's number.
        number: usize,
        /// Its kind.
        kind: usize,
        /// The column.
        column: usize,
    },
    /// Coefficients are not in ascending order.
    #[error("coefficient {number} does not come after the one before")]
    Order {
        /// The coefficient's number.
        number: usize,
    },
    /// An element is not below `p`.
    #[error("coefficient {number} has the element {element}, which is not below p")]
    Element {
        /// The coefficient's number.
        number: usize,
        /// The element.
        element: u32,
    },
    /// A value ends with zero.
    #[error("coefficient {number} has a value that ends with zero")]
    Zero {
        /// The coefficient's number.
        number: usize,
    },
}

impl Program {
    /// The program's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let Header { zone_a, zone_b } = *self.header();
        for count in zone_a.into_iter().chain(zone_b) {
            // At most 1024 kinds.
            bytes.extend((count as u16).to_le_bytes());
        }
        let count = self.coefficients().count() as u32;
        bytes.extend(count.to_le_bytes());
        for coefficient in self.coefficients() {
            let (place, value) = place_and_value(&coefficient);
            bytes.extend(place.to_le_bytes());
            bytes.extend(value.flat_map(|x| x.as_canonical_u32().to_le_bytes()));
        }
        bytes
    }

    /// The program with these bytes. Its kinds are called `kind 0` and so on.
    ///
    /// That it has a right encoding says nothing about [`check`](Program::check).
    ///
    /// # Errors
    /// If the bytes are not what [`encode`](Program::encode) makes of a program.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes, at: 0 };
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(DecodeError::Magic);
        }
        reader.at = MAGIC.len();
        let mut counts = [0; 6];
        for count in &mut counts {
            *count = u32::from(u16::from_le_bytes(reader.take()?));
        }
        let [a24, a16, a0, b24, b16, b0] = counts;
        let header = Header {
            zone_a: [a24, a16, a0],
            zone_b: [b24, b16, b0],
        };
        if header.kinds() > KINDS {
            return Err(DecodeError::Kinds(header.kinds()));
        }
        let mut kinds: Vec<Kind> = header
            .permutations()
            .enumerate()
            .map(|(number, permutation)| Kind::new(format!("kind {number}"), permutation))
            .collect();

        let count = reader.u32()? as usize;
        let mut last = None;
        let mut form = Vec::new();
        for number in 0..count {
            let c = reader.coefficient(number, &kinds)?;
            let order = (c.kind, c.form, c.column);
            if last.is_some_and(|last| last >= order) {
                return Err(DecodeError::Order { number });
            }
            if let Some((kind, number, _)) = last
                && (kind, number) != (c.kind, c.form)
            {
                put(&mut kinds[kind], number, Form::new(form.drain(..)));
            }
            form.push((c.column, c.value));
            last = Some(order);
        }
        if let Some((kind, number, _)) = last {
            put(&mut kinds[kind], number, Form::new(form));
        }
        match bytes.len() - reader.at {
            0 => {
                let zone_b = kinds.split_off(header.kinds_a());
                Ok(Self::new(kinds, zone_b).expect("places have been checked"))
            }
            more => Err(DecodeError::Trailing(more)),
        }
    }
}

/// Puts a form into its place, which is in the layout.
fn put(kind: &mut Kind, number: usize, form: Form) {
    fn at<T: Default + Clone>(list: &mut Vec<T>, index: usize) -> &mut T {
        if list.len() <= index {
            list.resize(index + 1, T::default());
        }
        &mut list[index]
    }
    let constraints = &mut kind.constraints;
    let messages = &mut kind.messages;
    match FormPlace::of(number) {
        Some(FormPlace::Result(g)) => at(constraints, g).result = form,
        Some(FormPlace::Left(g, i)) => at(&mut at(constraints, g).products, i).0 = form,
        Some(FormPlace::Right(g, i)) => at(&mut at(constraints, g).products, i).1 = form,
        Some(FormPlace::Multiplicity(m)) => at(messages, m).multiplicity = form,
        Some(FormPlace::Tuple(m, j)) => *at(&mut at(messages, m).tuple, j) = form,
        None => unreachable!("checked before"),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.bytes[self.at..].first_chunk() {
            Some(&chunk) => {
                self.at += N;
                Ok(chunk)
            }
            None => Err(DecodeError::Truncated {
                at: self.bytes.len(),
                missing: N - (self.bytes.len() - self.at),
            }),
        }
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        self.take().map(u32::from_le_bytes)
    }

    fn coefficient(&mut self, number: usize, kinds: &[Kind]) -> Result<Coefficient, DecodeError> {
        let place = self.u32()?;
        let bits = |from: usize, count: usize| place as usize >> from & ((1 << count) - 1);
        let column = bits(0, COLUMN_BITS);
        let form = bits(COLUMN_BITS, FORM_BITS);
        let kind = bits(COLUMN_BITS + FORM_BITS, KIND_BITS);
        let length = (place >> (COLUMN_BITS + FORM_BITS + KIND_BITS)) as usize + 1;
        if length > DEGREE {
            return Err(DecodeError::Place { number, place });
        }
        let Some(row) = kinds.get(kind) else {
            return Err(DecodeError::Kind {
                number,
                kind,
                kinds: kinds.len(),
            });
        };
        if FormPlace::of(form).is_none() {
            return Err(DecodeError::Form { number, form });
        }
        if !row.permutation.has_column(column) {
            return Err(DecodeError::Column {
                number,
                kind,
                column,
            });
        }
        let mut value = [F::ZERO; DEGREE];
        for x in &mut value[..length] {
            let element = self.u32()?;
            if element >= F::ORDER_U32 {
                return Err(DecodeError::Element { number, element });
            }
            *x = F::new(element);
        }
        if value[length - 1] == F::ZERO {
            return Err(DecodeError::Zero { number });
        }
        Ok(Coefficient {
            kind,
            form,
            column,
            value: E::new(value),
        })
    }
}

#[cfg(test)]
mod tests;
