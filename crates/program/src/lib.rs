//! Programs as rows, products, permutations and messages.
//!
//! A *program* is a list of *kinds* of rows. A row has [`layout::CELLS`] cells in the base field [`F`], the outputs of
//! at most one permutation of its first cells, and the constant 1. A kind says, in [`Form`]s over these columns with
//! coefficients in [`E`], which products a row of it satisfies and which *messages* it sends. A *run* is a list of
//! rows, sorted by kind, whose messages cancel against one public tuple.
//!
//! Nothing here knows how a run is found or proven.
//!
//! | module | content |
//! |---|---|
//! | [`layout`] | numbers of columns and forms |
//! | [`form`], [`kind`] | linear forms; constraints, messages, kinds |
//! | [`program`] | kinds in the order of a header; their coefficients |
//! | [`encoding`] | the one way in which a program is bytes |
//! | [`identity`] | nine elements that bind a program |
//! | [`tag`], [`mod@check`] | classes of tuples; when balanced messages mean a run |
//! | [`builder`] | programs written as Rust |
//! | [`rows`], [`run`] | which rows a kind has; what satisfies a program |

#![forbid(unsafe_code)]

use p3_field::BasedVectorSpace;
use p3_field::extension::QuinticTrinomialExtensionField;
use p3_koala_bear::KoalaBear;

pub mod builder;
pub mod check;
mod display;
pub mod encoding;
pub mod form;
pub mod identity;
pub mod kind;
pub mod layout;
pub mod program;
pub mod rows;
pub mod run;
pub mod tag;

pub use check::{Condition, Violation, Violations};
pub use encoding::DecodeError;
pub use form::Form;
pub use identity::Id;
pub use kind::{Constraint, Kind, Message, Permutation};
pub use program::{Coefficient, Header, Program, ShapeError};
pub use rows::{Counts, Rows, RowsError};
pub use run::{Run, RunError};
pub use tag::{Class, Tag};

/// The base field, of order `p = 2^31 - 2^24 + 1`.
pub type F = KoalaBear;

/// The extension `F[X] / (X^5 + X^2 - 1)`, in which forms have their coefficients and tuples are compared.
pub type E = QuinticTrinomialExtensionField<F>;

/// Coefficients of an element of [`E`].
pub const DEGREE: usize = 5;

/// The coefficients of `x` in the basis `1, X, .., X^4`.
pub fn coefficients(x: E) -> [F; DEGREE] {
    let slice: &[F] = x.as_basis_coefficients_slice();
    core::array::from_fn(|i| slice[i])
}
