//! Numbers of columns and of forms.
//!
//! ```text
//!     columns (7 bits)   0..96     cells, committed
//!                        96 + j    output j of the row's permutation, j < 24
//!                        120       the constant 1
//!     forms (9 bits)     T(m, j) = 256 + 32 m + j    position j of the tuple of message m
//!                        A(g, i) = 128 + 4 g + i     left factor i of constraint g
//!                        B(g, i) = 192 + 4 g + i     right factor
//!                        C(g)    =  64 + g           result
//!                        M(m)    =  80 + m           multiplicity of message m
//! ```
//!
//! Each family is an aligned block, so that a multilinear weight on it is a product. Other numbers are unused; in
//! particular the coefficient of form 0 at column 0 is zero in every program.

/// Cells of a row; the first columns.
pub const CELLS: usize = 96;
/// Outputs of a permutation that a form may name.
pub const OUTPUTS: usize = 24;
/// The first column of outputs.
pub const FIRST_OUTPUT: usize = CELLS;
/// The column of the constant 1.
pub const CONSTANT: usize = FIRST_OUTPUT + OUTPUTS;
/// Columns that a form may name: the constant is the last.
pub const COLUMNS: usize = CONSTANT + 1;
/// Bits of a column's number.
pub const COLUMN_BITS: usize = 7;

/// Constraints of a kind.
pub const CONSTRAINTS: usize = 16;
/// Products that a constraint adds up.
pub const TERMS: usize = 4;
/// Messages of a kind.
pub const MESSAGES: usize = 8;
/// Positions of a tuple; position 0 is the tag.
pub const POSITIONS: usize = 32;
/// Bits of a form's number.
pub const FORM_BITS: usize = 9;

/// Bits of a kind's number.
pub const KIND_BITS: usize = 12;
/// Kinds of a program.
pub const KINDS: usize = 1 << KIND_BITS;

/// The column of output `j`; `j < 24`.
#[must_use]
pub const fn output(j: usize) -> usize {
    debug_assert!(j < OUTPUTS);
    FIRST_OUTPUT + j
}

/// The number of the form at position `j` of the tuple of message `m`.
#[must_use]
pub const fn tuple_form(m: usize, j: usize) -> usize {
    debug_assert!(m < MESSAGES && j < POSITIONS);
    256 + POSITIONS * m + j
}

/// The number of the left factor of term `i` of constraint `g`.
#[must_use]
pub const fn left_form(g: usize, i: usize) -> usize {
    debug_assert!(g < CONSTRAINTS && i < TERMS);
    128 + TERMS * g + i
}

/// The number of the right factor of term `i` of constraint `g`.
#[must_use]
pub const fn right_form(g: usize, i: usize) -> usize {
    debug_assert!(g < CONSTRAINTS && i < TERMS);
    192 + TERMS * g + i
}

/// The number of the result of constraint `g`.
#[must_use]
pub const fn result_form(g: usize) -> usize {
    debug_assert!(g < CONSTRAINTS);
    64 + g
}

/// The number of the multiplicity of message `m`.
#[must_use]
pub const fn multiplicity_form(m: usize) -> usize {
    debug_assert!(m < MESSAGES);
    80 + m
}

/// What the number of a form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormPlace {
    /// Result of a constraint.
    Result(usize),
    /// Multiplicity of a message.
    Multiplicity(usize),
    /// Left factor: constraint and term.
    Left(usize, usize),
    /// Right factor: constraint and term.
    Right(usize, usize),
    /// Message and position.
    Tuple(usize, usize),
}

impl FormPlace {
    /// What `number` stands for, if it is used at all.
    #[must_use]
    pub const fn of(number: usize) -> Option<Self> {
        match number {
            64..=79 => Some(Self::Result(number - 64)),
            80..=87 => Some(Self::Multiplicity(number - 80)),
            128..=191 => Some(Self::Left((number - 128) / TERMS, number % TERMS)),
            192..=255 => Some(Self::Right((number - 192) / TERMS, number % TERMS)),
            256..=511 => Some(Self::Tuple((number - 256) / POSITIONS, number % POSITIONS)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_different_numbers_in_aligned_blocks() {
        let mut places = vec![None; 1 << FORM_BITS];
        let mut take = |number: usize, place: FormPlace| {
            assert_eq!(
                places[number].replace(place),
                None,
                "{number} is taken twice"
            );
        };
        for g in 0..CONSTRAINTS {
            take(result_form(g), FormPlace::Result(g));
            for i in 0..TERMS {
                take(left_form(g, i), FormPlace::Left(g, i));
                take(right_form(g, i), FormPlace::Right(g, i));
            }
        }
        for m in 0..MESSAGES {
            take(multiplicity_form(m), FormPlace::Multiplicity(m));
            for j in 0..POSITIONS {
                take(tuple_form(m, j), FormPlace::Tuple(m, j));
            }
        }
        for (number, &place) in places.iter().enumerate() {
            assert_eq!(FormPlace::of(number), place);
        }
        assert_eq!(places[0], None);
        assert_eq!(FormPlace::of(512), None);
        let blocks = [
            (tuple_form(0, 0), MESSAGES * POSITIONS),
            (left_form(0, 0), CONSTRAINTS * TERMS),
            (right_form(0, 0), CONSTRAINTS * TERMS),
            (result_form(0), CONSTRAINTS),
            (multiplicity_form(0), MESSAGES),
        ];
        for (start, length) in blocks {
            assert_eq!(start % length, 0);
        }
    }

    #[test]
    fn columns_are_cells_outputs_and_the_constant() {
        assert_eq!(
            (output(0), output(23), CONSTANT, COLUMNS),
            (96, 119, 120, 121)
        );
        assert_eq!(COLUMNS.next_power_of_two(), 1 << COLUMN_BITS);
    }
}
