//! How much of each kind's rows two points see: `s_k = sum_{r in I_k} eq(a, r) eq(b, r)`.
//!
//! Kinds of zone A have the same rows in consecutive aligned blocks, so that their shares are one table of products; those of
//! zone B are differences of prefix sums. Gap rows belong to no kind.

use sheaf_program::{Counts, Header, Rows};
use sheaf_transcript::Extension;

use crate::digits::{Digits, bits};

/// The share of every kind, in their order.
pub(crate) fn shares<E: Extension>(
    header: &Header,
    counts: &Counts,
    rows: &Rows,
    a: &[E],
    b: &[E],
) -> Vec<E> {
    let high = a.len() - counts.log_block as usize;
    let blocks = Digits::new(bits(&a[..high], &b[..high]).collect());
    let instances = Digits::of_points(&a[high..], &b[high..]).below(counts.instances as usize);
    let all = Digits::of_points(a, b);
    let zone_a = (0..header.kinds_a()).map(|kind| blocks.at(kind) * instances);
    let mut before = all.below(rows.start_b());
    let zone_b = rows.ranges()[header.kinds_a()..].iter().map(|range| {
        let end = all.below(range.end);
        let share = end - before;
        before = end;
        share
    });
    zone_a.chain(zone_b).collect()
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_sumcheck::eq;
    use sheaf_transcript::EF;

    use super::*;

    #[test]
    fn shares_are_sums_over_the_rows_of_a_kind() {
        let header = Header {
            zone_a: [2, 1, 3],
            zone_b: [1, 2, 1],
        };
        for (instances, log_block, zone_b) in [
            (1, 0, [0, 0, 0, 0]),
            (3, 2, [5, 0, 7, 1]),
            (16, 4, [40, 3, 0, 200]),
            (9, 4, [1, 1, 1, 1]),
            (0, 0, [9, 1, 0, 70]),
            (2, 1, [0, 100, 15, 0]),
        ] {
            let counts = Counts {
                instances,
                log_block,
                zone_b: zone_b.to_vec(),
            };
            let rows = Rows::new(&header, &counts).unwrap();
            let point = |seed: usize| -> Vec<EF> {
                let h = rows.log_rows();
                (0..h)
                    .map(|i| EF::from_usize(seed + 17 * i).cube())
                    .collect()
            };
            let (a, b) = (point(100), point(2000));
            let (table_a, table_b) = (eq::table(&a), eq::table(&b));
            let expected: Vec<EF> = rows
                .ranges()
                .iter()
                .map(|range| range.clone().map(|r| table_a[r] * table_b[r]).sum())
                .collect();
            assert_eq!(shares(&header, &counts, &rows, &a, &b), expected);
        }
    }
}
