//! What is committed and what is claimed about it.

use sheaf_transcript::EF;

/// The shape of a committed polynomial: a matrix of which every column is a slice.
///
/// The polynomial `f` has `slice_variables + inner_variables` variables. The
/// first ones select a slice, the others a position in it:
///
/// ```text
///     f(s, j) = cells[j][c]     if s = live[c]
///     f(s, j) = 0               if s is not live
/// ```
///
/// Slices that are not live are publicly zero: they are neither encoded nor
/// hashed nor opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Log of the height of the matrix.
    pub inner_variables: usize,
    /// Log of the number of slices, and the number of variables folded first.
    pub slice_variables: usize,
    /// The slices that may be nonzero, strictly increasing.
    pub live: Vec<usize>,
}

impl Layout {
    /// The layout whose first `live` slices are live.
    #[must_use]
    pub fn prefix(inner_variables: usize, slice_variables: usize, live: usize) -> Self {
        Self {
            inner_variables,
            slice_variables,
            live: (0..live).collect(),
        }
    }

    /// The number of variables of the polynomial.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.inner_variables + self.slice_variables
    }

    /// Rows of the matrix of cells.
    #[must_use]
    pub const fn height(&self) -> usize {
        1 << self.inner_variables
    }

    /// Columns of the matrix of cells.
    #[must_use]
    pub fn width(&self) -> usize {
        self.live.len()
    }
}

/// The claim `f(point) = value` about a committed polynomial.
#[must_use = "a claim that no opening consumes proves nothing"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<E = EF> {
    /// One coordinate per variable: slice variables first, then inner variables.
    pub point: Vec<E>,
    /// The value claimed.
    pub value: E,
}
