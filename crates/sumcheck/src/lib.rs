//! Sumcheck building blocks: equality polynomials, round polynomials, kernels.
//!
//! Conventions of the whole proof system:
//!
//! - A multilinear polynomial in `n` variables is the vector of its `2^n` values
//!   on the hypercube. Coordinate 0 of a point belongs to the *most* significant
//!   bit of the index.
//! - `eq(x, y) = prod_i (x_i y_i + (1 - x_i)(1 - y_i))`.
//! - Sumcheck rounds bind the most significant remaining variable first, except
//!   where a module says otherwise.
//!
//! Modules behind the feature `prover` are the kernels; they are generic in the
//! packed field `P`, so that the same code runs on vectors and on single elements.

#![forbid(unsafe_code)]

pub mod eq;
pub mod inverse;
pub mod round;
pub mod skip;
pub mod tensor;
pub mod univariate;
pub mod weights;

#[cfg(feature = "prover")]
pub mod cube_root;
#[cfg(feature = "prover")]
pub mod quintic;
#[cfg(feature = "prover")]
pub mod rounds;
#[cfg(feature = "prover")]
pub mod skip_kernel;
