//! Numbers of columns and forms of a row.

/// Cells of a row, which are its first columns.
pub(crate) const CELLS: usize = 96;
/// The column of the constant 1. Between cells and constant are the outputs.
pub(crate) const CONSTANT: usize = 120;
pub(crate) const LOG_COLUMNS: usize = 7;
pub(crate) const FORMS: usize = 512;

pub(crate) const LOG_MESSAGES: usize = 3;
pub(crate) const LOG_POSITIONS: usize = 5;
pub(crate) const LOG_CONSTRAINTS: usize = 4;
pub(crate) const LOG_TERMS: usize = 2;

/// The result of constraint `g`.
pub(crate) fn result(g: usize) -> usize {
    64 + g
}

/// The multiplicity of message `m`.
pub(crate) fn multiplicity(m: usize) -> usize {
    80 + m
}

/// The left factor of term `i` of constraint `g`.
pub(crate) fn left(g: usize, i: usize) -> usize {
    128 + 4 * g + i
}

/// The right factor of term `i` of constraint `g`.
pub(crate) fn right(g: usize, i: usize) -> usize {
    192 + 4 * g + i
}

/// Position `j` of the tuple of message `m`.
pub(crate) fn position(m: usize, j: usize) -> usize {
    256 + 32 * m + j
}

/// Whether there is a form with this number.
pub(crate) fn is_form(number: usize) -> bool {
    (64..88).contains(&number) || (128..FORMS).contains(&number)
}
