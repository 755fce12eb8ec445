//! Which keys of a claimed group a leaf is about.
//!
//! ```text
//!     number 2 b + f, then b numbers     runs: keys of the group in turn are in (if f = 1) or out, out or in, ..
//!     number 0, then ceil(n / 8) bytes   a bitmap: bit i mod 8 of byte i / 8 is key i
//! ```
//!
//! The `b` numbers are lengths of runs, none zero; one run more has the keys that are left, which is not zero either. So all keys
//! are the number 1, and to leave some out takes as many bytes as to name them. No key at all would be the number 0, which is
//! the bitmap's. Of the two the shorter one is written, runs if they are as long: a set has one encoding.

use core::ops::Range;

use super::encoding::DecodeError;
use super::reader::{Reader, number_bytes, put_number};

/// Some keys of a group, at least one. What it says depends on the size of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeySet {
    /// Whether the first key is in, and where that changes.
    Runs { first: bool, changes: Box<[u32]> },
    /// A bit for each key.
    Bitmap(Box<[u8]>),
}

impl KeySet {
    /// All keys of a group.
    pub(crate) fn all() -> Self {
        Self::Runs {
            first: true,
            changes: Box::default(),
        }
    }

    /// The keys in some ranges that ascend and lie within the group; these may touch. `None` if there is no key.
    pub(crate) fn new(size: u32, ranges: impl IntoIterator<Item = Range<u32>>) -> Option<Self> {
        let mut changes = Vec::new();
        for range in ranges {
            if range.is_empty() {
                continue;
            }
            if changes.last() == Some(&range.start) {
                changes.pop();
            } else {
                changes.push(range.start);
            }
            changes.push(range.end);
        }
        if changes.is_empty() {
            return None;
        }
        let first = changes[0] == 0;
        if first {
            changes.remove(0);
        }
        if changes.last() == Some(&size) {
            changes.pop();
        }
        if runs_bytes(first, changes.iter().copied()) <= bitmap_bytes(size) {
            let changes = changes.into();
            return Some(Self::Runs { first, changes });
        }
        let mut bits = vec![0u8; (size as usize).div_ceil(8)];
        for range in Runs::new(size, first, changes.iter().copied()) {
            for key in range {
                bits[key as usize / 8] |= 1 << (key % 8);
            }
        }
        Some(Self::Bitmap(bits.into()))
    }

    /// Runs of keys, which ascend and do not touch.
    pub(crate) fn ranges(&self, size: u32) -> impl Iterator<Item = Range<u32>> + '_ {
        let (first, changes, bits): (_, &[u32], &[u8]) = match self {
            Self::Runs { first, changes } => (*first, changes, &[]),
            Self::Bitmap(bits) => (bit(bits, 0), &[], bits),
        };
        Runs::new(
            size,
            first,
            changes.iter().copied().chain(bit_changes(bits, size)),
        )
    }

    /// How many keys there are.
    pub(crate) fn count(&self, size: u32) -> usize {
        match self {
            Self::Runs { .. } => self.ranges(size).map(|range| range.len()).sum(),
            Self::Bitmap(bits) => bits.iter().map(|byte| byte.count_ones() as usize).sum(),
        }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Runs { first, changes } => {
                put_number(out, head(*first, changes.len()));
                let mut last = 0;
                for &change in changes {
                    put_number(out, change - last);
                    last = change;
                }
            }
            Self::Bitmap(bits) => {
                out.push(0);
                out.extend_from_slice(bits);
            }
        }
    }

    /// Reads some keys of a group of `size`.
    pub(crate) fn decode(reader: &mut Reader<'_>, size: u32) -> Result<Self, DecodeError> {
        let offset = reader.at();
        let bad = DecodeError::Keys { offset };
        let head = reader.number()?;
        let bitmap = bitmap_bytes(size);
        if head == 0 {
            let bits = reader.take(bitmap - 1)?;
            let spare = size % 8;
            let outside = bits
                .last()
                .is_some_and(|&last| spare != 0 && last >> spare != 0);
            let runs = runs_bytes(bit(bits, 0), bit_changes(bits, size));
            // Of a bitmap without a key the runs are shorter, too.
            if outside || runs <= bitmap {
                return Err(bad);
            }
            return Ok(Self::Bitmap(bits.into()));
        }
        let count = head as usize / 2;
        // Before there is memory for them: every one takes a byte.
        if count >= bitmap {
            return Err(bad);
        }
        let mut last = 0;
        let mut changes = Vec::with_capacity(count.min(reader.left()));
        for _ in 0..count {
            let length = reader.number()?;
            last = match length.checked_add(last) {
                Some(change) if length > 0 && change < size => change,
                _ => return Err(bad),
            };
            changes.push(last);
        }
        if reader.at() - offset > bitmap {
            return Err(bad);
        }
        Ok(Self::Runs {
            first: head % 2 == 1,
            changes: changes.into(),
        })
    }
}

/// Bytes of a set as a bitmap.
const fn bitmap_bytes(size: u32) -> usize {
    1 + size.div_ceil(8) as usize
}

/// The number in front of runs.
const fn head(first: bool, changes: usize) -> u32 {
    2 * changes as u32 + first as u32
}

/// Bytes of a set as runs.
fn runs_bytes(first: bool, changes: impl Iterator<Item = u32>) -> usize {
    let (mut last, mut count, mut bytes) = (0, 0, 0);
    for change in changes {
        bytes += number_bytes(change - last);
        (last, count) = (change, count + 1);
    }
    number_bytes(head(first, count)) + bytes
}

fn bit(bits: &[u8], i: u32) -> bool {
    bits.get(i as usize / 8)
        .is_some_and(|byte| byte >> (i % 8) & 1 == 1)
}

/// Where the bits of `size` keys differ from the ones before; nowhere if there are no bits.
fn bit_changes(bits: &[u8], size: u32) -> impl Iterator<Item = u32> + '_ {
    let mut before = bits.first().map_or(0, |byte| byte & 1);
    let changes = (0..).step_by(8).zip(bits).flat_map(move |(first, &byte)| {
        let mut changed = byte ^ (byte << 1 | before);
        before = byte >> 7;
        core::iter::from_fn(move || {
            let lowest = changed.trailing_zeros();
            // None is left: 8 is no place of a bit.
            (lowest < 8).then(|| {
                changed &= changed - 1;
                first + lowest
            })
        })
    });
    changes.filter(move |&i| i < size)
}

/// Ranges of keys, from the places at which keys change between out and in.
struct Runs<I> {
    size: u32,
    /// Where the next range begins, if that is known already.
    start: Option<u32>,
    changes: I,
}

impl<I: Iterator<Item = u32>> Runs<I> {
    fn new(size: u32, first: bool, changes: I) -> Self {
        let start = first.then_some(0);
        Self {
            size,
            start,
            changes,
        }
    }
}

impl<I: Iterator<Item = u32>> Iterator for Runs<I> {
    type Item = Range<u32>;

    fn next(&mut self) -> Option<Range<u32>> {
        let start = self.start.take().or_else(|| self.changes.next())?;
        Some(start..self.changes.next().unwrap_or(self.size))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(size: u32, member: impl Fn(u32) -> bool) -> Option<KeySet> {
        KeySet::new(size, (0..size).filter(|&i| member(i)).map(|i| i..i + 1))
    }

    fn encoded(set: &KeySet) -> Vec<u8> {
        let mut bytes = Vec::new();
        set.encode(&mut bytes);
        bytes
    }

    fn decoded(bytes: &[u8], size: u32) -> Option<KeySet> {
        let mut reader = Reader::new(bytes);
        let set = KeySet::decode(&mut reader, size).ok()?;
        (reader.left() == 0).then_some(set)
    }

    #[test]
    fn what_is_simple_is_short() {
        let all = of(65_536, |_| true).unwrap();
        assert_eq!(all, KeySet::all());
        assert_eq!(encoded(&all), [1]);
        assert_eq!(encoded(&of(1000, |i| i != 500).unwrap()), [5, 0xf4, 3, 1]);
        assert_eq!(encoded(&of(1000, |i| i == 500).unwrap()), [4, 0xf4, 3, 1]);
        assert_eq!(encoded(&of(1000, |i| i < 500).unwrap()), [3, 0xf4, 3]);
        assert_eq!(encoded(&of(1000, |i| i >= 500).unwrap()), [2, 0xf4, 3]);
        assert_eq!(encoded(&of(1000, |i| i % 2 == 0).unwrap()).len(), 126);
        assert_eq!(of(10, |_| false), None);
    }

    /// All sets of up to nine keys, and all short strings of bytes.
    #[test]
    fn sets_and_encodings_are_one_to_one() {
        for size in 1..=9 {
            for members in 1..1u32 << size {
                let set = of(size, |i| members >> i & 1 == 1).unwrap();
                assert_eq!(decoded(&encoded(&set), size), Some(set.clone()));
                assert!(encoded(&set).len() <= 3);
                let found: u32 = set.ranges(size).flatten().map(|i| 1 << i).sum();
                assert_eq!(
                    (found, set.count(size)),
                    (members, members.count_ones() as usize)
                );
            }
        }
        for size in 1..=8 {
            let short = (0..=u8::MAX).map(|byte| vec![byte]);
            let long = (0..=u16::MAX).map(|bytes| bytes.to_le_bytes().to_vec());
            let accepted = short
                .chain(long)
                .filter(|bytes| decoded(bytes, size).is_some());
            assert_eq!(accepted.count(), (1 << size) - 1, "{size}");
        }
    }

    proptest! {
        #[test]
        fn accepted_bytes_are_written_again(size in 1u32..300, bytes in proptest::collection::vec(0u8..40, 0..60)) {
            if let Some(set) = decoded(&bytes, size) {
                prop_assert_eq!(encoded(&set), bytes);
                let again = KeySet::new(size, set.ranges(size));
                prop_assert_eq!(again, Some(set));
            }
        }

        #[test]
        fn sets_are_read_again(members in proptest::collection::vec(any::<bool>(), 1..300), runs in 1usize..20) {
            let size = members.len() as u32;
            if let Some(set) = of(size, |i| members[i as usize / runs]) {
                prop_assert_eq!(decoded(&encoded(&set), size), Some(set.clone()));
                let all: Vec<u32> = set.ranges(size).flatten().collect();
                let wanted: Vec<u32> = (0..size).filter(|&i| members[i as usize / runs]).collect();
                prop_assert_eq!(all, wanted);
            }
        }
    }
}
