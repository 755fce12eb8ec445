//! What the inputs of the hash functions consist of, as data.
//!
//! A [`Layout`] lists the parts of one permutation's input, in order; behind the last one there are zeros. The hash functions
//! fill inputs by it, and a proof system can find out from it where each part stands.

use p3_koala_bear::KoalaBear;

use crate::params::{Sizes, TWEAK, WIDTH_NARROW, WIDTH_WIDE};
use crate::poseidon::Lanes;

/// One of the two permutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// Poseidon1 of width 16.
    Narrow,
    /// Poseidon1 of width 24.
    Wide,
}

impl Width {
    /// Elements of the state.
    #[must_use]
    pub const fn elements(self) -> usize {
        match self {
            Self::Narrow => WIDTH_NARROW,
            Self::Wide => WIDTH_WIDE,
        }
    }
}

/// A part of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// So many zeros.
    Zeros(usize),
    /// So many elements that the lengths of a leaf's input determine (see [`crate::tree::lengths`]).
    Lengths(usize),
    /// The value on a chain.
    Value,
    /// The left child of a node.
    Left,
    /// The right child of a node.
    Right,
    /// The public parameter of the key.
    Parameter,
    /// The tweak of the call.
    Tweak,
    /// The message, as the scheme takes it in.
    Message,
    /// The randomness of the signature.
    Randomness,
    /// So many elements of the result of the call before.
    Previous(usize),
}

impl Part {
    /// Field elements of the part.
    #[must_use]
    pub const fn length(self, sizes: &Sizes) -> usize {
        match self {
            Self::Zeros(length) | Self::Lengths(length) | Self::Previous(length) => length,
            Self::Value | Self::Left | Self::Right => sizes.digest,
            Self::Parameter => sizes.parameter,
            Self::Tweak => TWEAK,
            Self::Message => sizes.message,
            Self::Randomness => sizes.randomness,
        }
    }
}

/// The input of one permutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    /// The permutation.
    pub width: Width,
    /// What it is applied to, from element 0 on.
    pub parts: &'static [Part],
}

/// Field elements of consecutive parts.
#[must_use]
pub fn length(sizes: &Sizes, parts: &[Part]) -> usize {
    parts.iter().map(|part| part.length(sizes)).sum()
}

/// Consecutive parts, each with the place of its first element.
pub fn places<'a>(sizes: &'a Sizes, parts: &'a [Part]) -> impl Iterator<Item = (Part, usize)> + 'a {
    parts.iter().scan(0, |next, &part| {
        let first = *next;
        *next += part.length(sizes);
        Some((part, first))
    })
}

/// Writes the elements of consecutive parts, of which `of` gives those that are not zeros.
#[inline]
pub(crate) fn fill<'a, P: Lanes>(
    sizes: &Sizes,
    parts: &[Part],
    out: &mut [P],
    of: impl Fn(Part) -> &'a [P],
) {
    for (part, first) in places(sizes, parts) {
        if matches!(part, Part::Zeros(_)) {
            continue;
        }
        let length = part.length(sizes);
        out[first..first + length].copy_from_slice(&of(part)[..length]);
    }
}

impl Layout {
    /// The input with these parts; `of` has at least as many elements of each as its length.
    #[inline]
    pub(crate) fn input<'a, P: Lanes>(
        &self,
        sizes: &Sizes,
        of: impl Fn(Part) -> &'a [P],
    ) -> Input<P> {
        let mut state = [P::ZERO; WIDTH_WIDE];
        fill(sizes, self.parts, &mut state, of);
        Input {
            width: self.width,
            state,
        }
    }
}

/// The input of one permutation, or of as many as `P` has lanes.
#[derive(Clone, Copy, Debug)]
pub struct Input<P = KoalaBear> {
    /// The permutation.
    pub width: Width,
    /// Its state; elements beyond the width are zero.
    pub state: [P; WIDTH_WIDE],
}

impl<P: Lanes> Input<P> {
    /// The permutation of the input; elements beyond the width are zero.
    #[inline]
    #[must_use]
    pub fn permute(&self) -> [P; WIDTH_WIDE] {
        let mut state = self.state;
        match self.width {
            Width::Narrow => {
                if let Some(state) = state.first_chunk_mut() {
                    P::permute_narrow(state);
                }
            }
            Width::Wide => P::permute_wide(&mut state),
        }
        state
    }

    /// The input added to its permutation (see [`crate::poseidon`]).
    #[inline]
    #[must_use]
    pub fn compress(&self) -> [P; WIDTH_WIDE] {
        let output = self.permute();
        self.feed_forward(&output)
    }

    /// The input added to its permutation, which is given.
    #[inline]
    #[must_use]
    pub fn feed_forward(&self, output: &[P; WIDTH_WIDE]) -> [P; WIDTH_WIDE] {
        std::array::from_fn(|i| self.state[i] + output[i])
    }
}
