//! The memory of a verifier: one for all parts, of elements of the extension.
//!
//! Whoever calls a part says at which address it may begin to write; a part says where it ended. So what it writes depends on the
//! sizes of a proof, and no address is left out.

use std::array;

use sheaf_program::DEGREE;
use sheaf_program::builder::{Base, Digest, Memory, Packed, Row, Word};

/// The words of a digest.
pub const DIGEST_WORDS: i32 = 2;

/// Writes words one after the other.
#[track_caller]
pub fn write_words(row: &mut Row, memory: &Memory<Word>, address: &Base, words: &[Word]) {
    for (i, word) in (0..).zip(words) {
        row.write(memory, &address.plus(i), word);
    }
}

/// Reads words that stand one after the other.
#[track_caller]
pub fn read_words(row: &mut Row, memory: &Memory<Word>, address: &Base, count: usize) -> Vec<Word> {
    (0..)
        .take(count)
        .map(|i| row.read(memory, &address.plus(i)))
        .collect()
}

/// Writes a digest, as [`DIGEST_WORDS`] words.
#[track_caller]
pub fn write_digest(row: &mut Row, memory: &Memory<Word>, address: &Base, digest: &Digest) {
    let part = |first: usize| {
        let element = |i| digest.0.get(first + i).cloned().unwrap_or_else(Base::zero);
        Word::from_coefficients(&array::from_fn(element))
    };
    write_words(row, memory, address, &[part(0), part(DEGREE)]);
}

/// Reads a digest, which [`write_digest`] has written.
#[track_caller]
pub fn read_digest(row: &mut Row, memory: &Memory<Word>, address: &Base) -> Digest {
    let low: Word = row.read(memory, address);
    let high: Packed<4> = row.read_as(memory, &address.plus(1), |high: &Packed<4>| {
        let element = |i: usize| high.0.get(i).cloned().unwrap_or_else(Base::zero);
        Word::from_coefficients(&array::from_fn(element))
    });
    let low = low.coefficients();
    Packed(array::from_fn(|i| match i.checked_sub(DEGREE) {
        None => low[i].clone(),
        Some(i) => high.0[i].clone(),
    }))
}
