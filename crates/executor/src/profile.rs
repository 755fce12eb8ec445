//! Where the rows of a run went.

use std::fmt;

use sheaf_program::builder::Executable;
use sheaf_program::{Counts, Permutation};

/// One kind's share of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindProfile {
    /// The kind's name.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// Cells in use in these rows.
    pub cells: usize,
    /// Permutations.
    pub permutations: usize,
    /// Messages.
    pub messages: usize,
}

/// What each kind of a program needs in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// In the order of the program's kinds.
    pub kinds: Vec<KindProfile>,
}

impl Profile {
    pub(crate) fn new(executable: &Executable, counts: &Counts) -> Self {
        let zone_a = executable.program.header().kinds_a();
        let rows = std::iter::repeat_n(&counts.instances, zone_a).chain(&counts.zone_b);
        let kinds = executable.program.kinds().iter().zip(rows);
        let kinds = kinds
            .map(|(kind, &rows)| {
                let rows = rows as usize;
                KindProfile {
                    name: kind.name.clone(),
                    rows,
                    cells: rows * kind.width(),
                    permutations: rows * usize::from(kind.permutation != Permutation::None),
                    messages: rows * kind.messages.len(),
                }
            })
            .collect();
        Self { kinds }
    }

    /// The sum over all kinds.
    #[must_use]
    pub fn total(&self) -> KindProfile {
        let sum = |part: fn(&KindProfile) -> usize| self.kinds.iter().map(part).sum();
        KindProfile {
            name: "total".into(),
            rows: sum(|k| k.rows),
            cells: sum(|k| k.cells),
            permutations: sum(|k| k.permutations),
            messages: sum(|k| k.messages),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<28} {:>9} {:>11} {:>12} {:>10}",
            "kind", "rows", "cells", "permutations", "messages"
        )?;
        let mut kinds: Vec<&KindProfile> = self.kinds.iter().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.cells));
        let total = self.total();
        for kind in kinds.into_iter().chain([&total]) {
            let KindProfile {
                name,
                rows,
                cells,
                permutations,
                messages,
            } = kind;
            writeln!(
                f,
                "{name:<28} {rows:>9} {cells:>11} {permutations:>12} {messages:>10}"
            )?;
        }
        Ok(())
    }
}
