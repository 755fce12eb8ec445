//! Which row belongs to which kind, and what is permuted on it.

use super::Statement;
use super::program::{Program, widths};
use crate::Reject;
use crate::field::log2_ceil;

const MAX_LOG_BLOCK: usize = 4;
const MAX_LOG_ROWS: usize = 22;
const MIN_LOG_ROWS: usize = 7;
const MAX_COUNT: usize = 1 << 24;

/// What stands on a row.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// None in a gap.
    pub kind: Option<usize>,
    /// The width of the permutation, or zero. A gap has that of its block.
    pub width: usize,
}

/// All rows up to the last one, gaps included, and how many bits number them.
pub(crate) struct Rows {
    pub rows: Vec<Row>,
    /// `h`
    pub log_rows: usize,
    /// The widths of which the program has a kind.
    tables: Vec<usize>,
    /// `hp`: the bits that number rows up to the last one of zone B with a permutation.
    pub log_permuted: usize,
}

impl Rows {
    pub(crate) fn new(program: &Program, statement: &Statement) -> Result<Self, Reject> {
        let &Statement {
            instances,
            log_block,
            ref counts,
            ..
        } = statement;
        // The block is the least power of two that holds the instances.
        let fits = |bits: usize| instances <= 1 << bits;
        let is_least = log_block <= MAX_LOG_BLOCK
            && fits(log_block)
            && (log_block == 0 || !fits(log_block - 1));
        let header = &program.header;
        let kinds_of_a: usize = header[..3].iter().sum();
        let kinds_of_b: usize = header[3..].iter().sum();
        // Without an instance there are no blocks.
        let blocks = if instances > 0 { kinds_of_a } else { 0 };
        let is_in_range = is_least
            && counts.len() == kinds_of_b
            && counts.iter().all(|&n| n < MAX_COUNT)
            && (blocks << log_block) + counts.iter().sum::<usize>() < 1 << MAX_LOG_ROWS;
        if !is_in_range {
            return Err(Reject::Claims);
        }

        let mut rows = Vec::new();
        // Where zone A ends, if nothing of zone B is permuted.
        let mut end_of_permuted = blocks << log_block;
        for (kind, width) in widths(header).into_iter().enumerate() {
            let row = Row {
                kind: Some(kind),
                width,
            };
            match kind.checked_sub(kinds_of_a) {
                None => {
                    let gap = Row { kind: None, width };
                    rows.extend(vec![row; instances]);
                    if instances > 0 {
                        rows.extend(vec![gap; (1 << log_block) - instances]);
                    }
                }
                Some(kind) => {
                    rows.extend(vec![row; counts[kind]]);
                    if width > 0 {
                        end_of_permuted = rows.len();
                    }
                }
            }
        }
        Ok(Self {
            log_rows: bits(rows.len()),
            log_permuted: bits(end_of_permuted),
            rows,
            tables: widths(header),
        })
    }

    /// Whether there is a table of permutations of this width.
    pub(crate) fn has_table(&self, width: usize) -> bool {
        self.tables.contains(&width)
    }

    /// Rows with a permutation of this width.
    pub(crate) fn permuted(&self, width: usize) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        let permuted = rows.filter(|(_, row)| row.width == width);
        permuted.map(|(r, _)| r).collect()
    }
}

/// The bits of a number, seven at least.
fn bits(n: usize) -> usize {
    log2_ceil(n + 1).max(MIN_LOG_ROWS)
}
