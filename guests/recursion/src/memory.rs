//! The memory of a verifier: one for all parts, of elements of the extension.
//!
//! Whoever calls a part says at which address it may begin to write; a part says where it ended. So what it writes depends on the
//! sizes of a proof, and no address is left out.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Digest, Loop, Memory, Packed, Row, Word};
use sheaf_program::{DEGREE, F};

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

/// Copies words.
pub struct Copies(Loop<[Base; 3]>);

impl Copies {
    /// Adds the loop to a program.
    #[must_use]
    pub fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        // Words that remain, from where, to where.
        let copies = builder.looping("copy", |state| state[0] == F::ZERO);
        builder.step(&copies, |row, [remaining, from, to]: [Base; 3]| {
            let word: Word = row.read(memory, &from);
            row.write(memory, &to, &word);
            [remaining.plus(-1), from.plus(1), to.plus(1)]
        });
        Self(copies)
    }

    /// Copies so many words, from and to these addresses. Returns the address behind the last one.
    #[track_caller]
    pub fn copy(&self, row: &mut Row, from: &Base, to: &Base, count: &Base) -> Base {
        let ends = [from + count, to + count];
        let start = [count.clone(), from.clone(), to.clone()];
        row.run_to(&self.0, &start, |(): &()| {
            let [from, to] = ends.clone();
            [Base::zero(), from, to]
        });
        let [_, end] = ends;
        end
    }
}
