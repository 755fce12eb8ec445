//! Both verifiers accept what an honest prover makes.

use sheaf_guests::{fibonacci, membership, poseidon_chain, sorting};
use sheaf_transcript::{EF, F};

use crate::random::{self, Shape};
use crate::verdict::Claimed;

fn word(n: u32) -> EF {
    EF::new([n, 5, 0, 7, n].map(F::new))
}

#[test]
fn runs_of_programs_at_every_rate() {
    for rate in 1..=4 {
        for claimed in [
            Claimed::of_case(
                &fibonacci::program(),
                &fibonacci::case(5, word(1), word(2)),
                rate,
            ),
            Claimed::of_case(&poseidon_chain::program(), &poseidon_chain::case(20), rate),
            Claimed::of_case(&membership::program(), &membership::case(5), rate),
            Claimed::of_case(&sorting::program(), &sorting::case(&[7, 5, 9]), rate),
        ] {
            assert_eq!(claimed.verdict(), Ok(()));
        }
    }
}

/// Blocks of rows in sixteen slices, of which some are not live.
#[test]
fn a_run_of_many_rows() {
    let case = fibonacci::case(3000, word(1), word(2));
    let claimed = Claimed::of_case(&fibonacci::program(), &case, 1);
    assert_eq!(claimed.statement().unwrap().rows().log_rows(), 12);
    assert_eq!(claimed.verdict(), Ok(()));
}

/// Shapes of every sort: either zone, either width, both, none; widths without rows; gaps; several blocks of rows.
pub(crate) const SHAPES: [Shape; 11] = [
    shape([0, 0, 0], [0, 0, 1], 1, [0, 0, 20]),
    shape([0, 0, 0], [1, 0, 0], 1, [20, 0, 0]),
    shape([0, 0, 0], [0, 1, 1], 1, [0, 20, 20]),
    shape([0, 0, 0], [2, 2, 2], 1, [20, 20, 20]),
    shape([1, 0, 0], [0, 1, 1], 3, [0, 20, 200]),
    shape([0, 2, 1], [0, 0, 1], 5, [0, 0, 300]),
    shape([1, 1, 1], [1, 1, 1], 16, [300, 10, 300]),
    shape([2, 1, 0], [1, 2, 1], 9, [40, 300, 600]),
    shape([0, 0, 1], [1, 0, 1], 11, [0, 0, 600]),
    shape([0, 0, 3], [1, 1, 0], 6, [0, 0, 0]),
    shape([2, 1, 1], [1, 1, 1], 0, [40, 30, 20]),
];

const fn shape(zone_a: [usize; 3], zone_b: [usize; 3], instances: u32, rows: [u32; 3]) -> Shape {
    Shape {
        kinds: [zone_a, zone_b],
        instances,
        rows,
    }
}

#[test]
fn runs_of_random_programs() {
    for (seed, shape) in (0..).zip(SHAPES) {
        for rate in [1, 3] {
            let (program, run) = random::run(&shape, 10 * seed + rate);
            let claimed = Claimed::of_run(&program, &run, rate as usize);
            assert_eq!(claimed.verdict(), Ok(()), "{shape:?}, rate {rate}");
        }
    }
}
