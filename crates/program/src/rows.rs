//! Which rows a kind has: what prover and verifier compute from a header and public counts.
//!
//! ```text
//!     zone A   kind b has rows  b 2^c .. b 2^c + m,  m > 2^(c-1): blocks of 2^c rows, gaps of 2^c - m;
//!              with no instance, m = 0, it has no rows at all: c = 0
//!     S        = (kinds of zone A) 2^c, or 0 if m = 0
//!     zone B   from S on, kind after kind, with no gap
//! ```
//!
//! Rows with a permutation of width 24 are the blocks of zone A's kinds of that width, *gaps included*, and the rows
//! of zone B's. The permutation argument runs over these two ranges per width, and so do masks of its claims.
//!
//! Everything is computed in 64 bits from numbers that are checked first.

use std::ops::Range;

use thiserror::Error;

use crate::{Header, Permutation};

/// The largest `c`: zone A has blocks of at most 16 rows.
pub const LOG_BLOCK_MAX: u32 = 4;
/// The largest `h`: there are fewer than `2^22` rows.
pub const LOG_ROWS_MAX: usize = 22;
/// The smallest `h` and `hp`.
pub const LOG_ROWS_MIN: usize = 7;
/// Bits of the count of a kind of zone B.
pub const COUNT_BITS: usize = 24;

/// How many rows kinds have; public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Rows of each kind of zone A, `m`: from 0 to 16.
    pub instances: u32,
    /// Log2 of the rows of a block of zone A, `c`: the least with `m <= 2^c`. With no instance there are no blocks.
    pub log_block: u32,
    /// Rows of each kind of zone B.
    pub zone_b: Vec<u32>,
}

impl Counts {
    /// So many instances, in the least block that holds them. Whether they are in bounds is for [`Rows::new`] to say.
    #[must_use]
    pub fn new(instances: u32, zone_b: Vec<u32>) -> Self {
        Self {
            instances,
            log_block: instances
                .saturating_sub(1)
                .checked_ilog2()
                .map_or(0, |log| log + 1),
            zone_b,
        }
    }
}

/// Why counts are not those of a run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RowsError {
    /// The block of zone A does not fit its instances.
    #[error(
        "blocks of 2^{log_block} rows for {instances} instances: it must be the least power of two, at most 2^4"
    )]
    Block {
        /// `m`.
        instances: u32,
        /// `c`.
        log_block: u32,
    },
    /// There are not as many counts as kinds of zone B.
    #[error("{counts} counts for {kinds} kinds of zone B")]
    Length {
        /// Counts given.
        counts: usize,
        /// Kinds of the header.
        kinds: usize,
    },
    /// A count is out of range.
    #[error("kind {kind} of zone B has {count} rows, not fewer than 2^24")]
    Count {
        /// Index among the kinds of zone B.
        kind: usize,
        /// Its count.
        count: u32,
    },
    /// There are too many rows.
    #[error("{rows} rows, not fewer than 2^22")]
    Rows {
        /// All rows, gaps included.
        rows: u64,
    },
}

/// The rows of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    ranges: Vec<Range<usize>>,
    start_b: usize,
    end: usize,
    permuted: [[Range<usize>; 2]; 2],
}

impl Rows {
    /// The rows of kinds with these counts.
    ///
    /// # Errors
    /// If a count is out of range, or there are too many rows.
    pub fn new(header: &Header, counts: &Counts) -> Result<Self, RowsError> {
        let &Counts {
            instances,
            log_block,
            ref zone_b,
        } = counts;
        let fits = match instances {
            0 => log_block == 0,
            _ => {
                log_block <= LOG_BLOCK_MAX
                    && instances <= 1 << log_block
                    && 2 * u64::from(instances) > 1 << log_block
            }
        };
        if !fits {
            return Err(RowsError::Block {
                instances,
                log_block,
            });
        }
        if zone_b.len() != header.kinds_b() {
            return Err(RowsError::Length {
                counts: zone_b.len(),
                kinds: header.kinds_b(),
            });
        }
        for (kind, &count) in zone_b.iter().enumerate() {
            if count >> COUNT_BITS != 0 {
                return Err(RowsError::Count { kind, count });
            }
        }
        let block = |kinds: u32| match instances {
            0 => 0,
            _ => u64::from(kinds) << log_block,
        };
        let [a24, a16, a0] = header.zone_a.map(block);
        let start_b = a24 + a16 + a0;
        let rows = start_b + zone_b.iter().map(|&n| u64::from(n)).sum::<u64>();
        if rows >> LOG_ROWS_MAX != 0 {
            return Err(RowsError::Rows { rows });
        }
        // Everything below is less than 2^22.
        let [a24, a16, start_b] = [a24, a16, start_b].map(|n| n as usize);

        let mut ranges: Vec<Range<usize>> = (0..header.kinds_a())
            .map(|b| match instances {
                0 => 0..0,
                _ => (b << log_block)..(b << log_block) + instances as usize,
            })
            .collect();
        let mut end = start_b;
        for &count in zone_b {
            ranges.push(end..end + count as usize);
            end += count as usize;
        }
        let boundary = |kinds: u32| -> usize {
            start_b
                + zone_b[..kinds as usize]
                    .iter()
                    .map(|&n| n as usize)
                    .sum::<usize>()
        };
        let [b24, b16, _] = header.zone_b;
        let (end24, end16) = (boundary(b24), boundary(b24 + b16));
        Ok(Self {
            ranges,
            start_b,
            end,
            permuted: [[0..a24, start_b..end24], [a24..a24 + a16, end24..end16]],
        })
    }

    /// The rows of each kind, in the order of the kinds.
    #[must_use]
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Where zone B begins: `S`.
    #[must_use]
    pub const fn start_b(&self) -> usize {
        self.start_b
    }

    /// The number of rows, gaps of zone A included.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.end
    }

    /// The bits of a row's number, `h`: those of [`end`](Self::end), at least 7, so that every boundary is below `2^h`.
    #[must_use]
    pub fn log_rows(&self) -> usize {
        bit_length(self.end)
    }

    /// Where rows with a permutation end in zone B: `S + N24 + N16`.
    #[must_use]
    pub const fn permuted_end(&self) -> usize {
        self.permuted[1][1].end
    }

    /// The bits of a permuted row's number, `hp`: those of [`permuted_end`](Self::permuted_end), at least 7.
    #[must_use]
    pub fn log_permuted_rows(&self) -> usize {
        bit_length(self.permuted_end())
    }

    /// Rows with the permutation of width 24, gaps of zone A's blocks included: one range in each zone.
    #[must_use]
    pub const fn width24(&self) -> &[Range<usize>; 2] {
        &self.permuted[0]
    }

    /// The same of width 16.
    #[must_use]
    pub const fn width16(&self) -> &[Range<usize>; 2] {
        &self.permuted[1]
    }

    /// The permutation that stands on a row, gaps included.
    #[must_use]
    pub fn permutation(&self, row: usize) -> Permutation {
        let [wide, narrow] = &self.permuted;
        if wide.iter().any(|range| range.contains(&row)) {
            Permutation::Width24
        } else if narrow.iter().any(|range| range.contains(&row)) {
            Permutation::Width16
        } else {
            Permutation::None
        }
    }

    /// The kind of a row; gaps have none.
    #[must_use]
    pub fn kind(&self, row: usize) -> Option<usize> {
        let next = self.ranges.partition_point(|range| range.start <= row);
        // Kinds without rows share their start with the next one.
        let kind = next.checked_sub(1)?;
        self.ranges[kind].contains(&row).then_some(kind)
    }
}

fn bit_length(n: usize) -> usize {
    ((usize::BITS - n.leading_zeros()) as usize).max(LOG_ROWS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        zone_a: [2, 1, 1],
        zone_b: [1, 2, 2],
    };

    fn counts(instances: u32, log_block: u32, zone_b: &[u32]) -> Counts {
        Counts {
            instances,
            log_block,
            zone_b: zone_b.to_vec(),
        }
    }

    #[test]
    fn ranges_are_disjoint_and_gaps_belong_to_no_kind() {
        let rows = Rows::new(&HEADER, &counts(3, 2, &[5, 0, 7, 1, 2])).unwrap();
        let expected = [
            0..3,
            4..7,
            8..11,
            12..15,
            16..21,
            21..21,
            21..28,
            28..29,
            29..31,
        ];
        assert_eq!(rows.ranges(), expected);
        assert_eq!(
            (rows.start_b(), rows.end(), rows.permuted_end()),
            (16, 31, 28)
        );
        assert_eq!(rows.width24(), &[0..8, 16..21]);
        assert_eq!(rows.width16(), &[8..12, 21..28]);
        for row in 0..40 {
            let kind = expected.iter().position(|range| range.contains(&row));
            assert_eq!(rows.kind(row), kind, "row {row}");
            if let Some(kind) = kind {
                let permutation = HEADER.permutations().nth(kind).unwrap();
                assert_eq!(rows.permutation(row), permutation);
            }
        }
        assert_eq!(
            (rows.kind(3), rows.permutation(3)),
            (None, Permutation::Width24)
        );
        assert_eq!(
            (rows.kind(11), rows.permutation(11)),
            (None, Permutation::Width16)
        );
        assert_eq!(
            (rows.kind(15), rows.permutation(15)),
            (None, Permutation::None)
        );
    }

    #[test]
    fn zone_a_has_no_rows_without_an_instance() {
        let rows = Rows::new(&HEADER, &Counts::new(0, vec![5, 0, 7, 1, 2])).unwrap();
        let expected = [0..0, 0..0, 0..0, 0..0, 0..5, 5..5, 5..12, 12..13, 13..15];
        assert_eq!(rows.ranges(), expected);
        assert_eq!((rows.start_b(), rows.end()), (0, 15));
        assert_eq!(rows.width24(), &[0..0, 0..5]);
        assert_eq!(rows.width16(), &[0..0, 5..12]);
        assert_eq!(rows.kind(0), Some(4));
    }

    #[test]
    fn every_boundary_is_below_the_power_of_two() {
        let header = Header {
            zone_a: [0; 3],
            zone_b: [1, 0, 1],
        };
        for (wide, other, h, hp) in [
            (0, 0, 7, 7),
            (127, 0, 7, 7),
            (128, 0, 8, 8),
            (127, 1, 8, 7),
            (255, 0, 8, 8),
            (256, 0, 9, 9),
            ((1 << 22) - 1, 0, 22, 22),
            (1, (1 << 22) - 2, 22, 7),
        ] {
            let rows = Rows::new(&header, &counts(1, 0, &[wide, other])).unwrap();
            assert_eq!((rows.log_rows(), rows.log_permuted_rows()), (h, hp));
            assert!(rows.end() < 1 << h && rows.permuted_end() < 1 << hp);
        }
        assert_eq!(
            Rows::new(&header, &counts(1, 0, &[1 << 21, 1 << 21])),
            Err(RowsError::Rows { rows: 1 << 22 })
        );
    }

    #[test]
    fn a_number_of_instances_has_one_block() {
        let header = Header {
            zone_a: [1, 0, 0],
            zone_b: [0; 3],
        };
        for instances in 0..40 {
            let fitting: Vec<u32> = (0..8)
                .filter(|&c| Rows::new(&header, &counts(instances, c, &[])).is_ok())
                .collect();
            let expected: Vec<u32> = match instances {
                0 => vec![0],
                1..=16 => vec![instances.next_power_of_two().ilog2()],
                _ => vec![],
            };
            assert_eq!(fitting, expected, "{instances}");
            let least = Counts::new(instances, vec![]);
            assert_eq!(Rows::new(&header, &least).is_ok(), !fitting.is_empty());
        }
        assert!(Rows::new(&header, &Counts::new(u32::MAX, vec![])).is_err());
        assert!(Rows::new(&header, &counts(u32::MAX, u32::MAX, &[])).is_err());
    }

    #[test]
    fn counts_out_of_range_are_refused() {
        let good = [5, 0, 7, 1, 2];
        for length in [0, 4, 6] {
            let mut zone_b = good.to_vec();
            zone_b.resize(length, 1);
            let error = Rows::new(&HEADER, &counts(1, 0, &zone_b)).unwrap_err();
            assert_eq!(
                error,
                RowsError::Length {
                    counts: length,
                    kinds: 5
                }
            );
        }
        for count in [1 << 24, u32::MAX] {
            let mut zone_b = good;
            zone_b[2] = count;
            let error = Rows::new(&HEADER, &counts(1, 0, &zone_b)).unwrap_err();
            assert_eq!(error, RowsError::Count { kind: 2, count });
        }
    }
}
