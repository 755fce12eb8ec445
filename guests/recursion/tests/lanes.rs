//! Sums over lanes are what they are by definition, for every number of lanes.

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{E, F, coefficients};
use sheaf_recursion_guest::leaf::lanes::Lanes;
use sheaf_sumcheck::eq;

/// From the number of lane variables and of the last lane to that of variables again, and all sums; points are on the tape.
fn program() -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let lanes = Lanes::new(&mut builder, &memory);
    let load = builder.looping::<(Base, Base)>("load", |state| state[0] == state[1]);
    builder.step(&load, |row, (address, end)| {
        let word: Word = row.advice();
        row.write(&memory, &address, &word);
        (address.plus(1), end)
    });
    let main = builder.function::<(Base, Base), (Base, [Word; 7])>("main");
    builder.body(&main, |row, (log_lanes, last)| {
        let end = &log_lanes + &log_lanes;
        row.run_to(&load, &(Base::zero(), end.clone()), |(): &()| {
            (end.clone(), end.clone())
        });
        let found = lanes.log_lanes(row, &last);
        let one = lanes.at_point(row, &Base::zero(), &log_lanes, &last);
        let two = lanes.at_points(row, [&Base::zero(), &log_lanes], &log_lanes, &last);
        let [row_of_last, before] = one.rows;
        (
            found,
            [
                one.live,
                one.first,
                row_of_last,
                before,
                two.eq,
                two.next,
                two.first,
            ],
        )
    });
    builder.finish(&main).unwrap()
}

#[test]
fn sums_are_those_over_the_lanes() {
    let executable = program();
    let executor = Executor::new(&executable);
    for log_lanes in 4..8 {
        let point = |seed: usize| -> Vec<E> {
            (0..log_lanes)
                .map(|i| E::from_usize(seed + 17 * i).cube() + E::new([F::ONE; 5]))
                .collect()
        };
        let (r, x) = (point(1000), point(2000));
        let (at_r, at_x) = (eq::table(&r), eq::table(&x));
        let high = eq::table(&r[..log_lanes - 4]);
        for lanes in 1..=1usize << log_lanes {
            let minimal = lanes > 1 << (log_lanes - 1) || log_lanes == 4;
            let advice: Vec<F> = r.iter().chain(&x).flat_map(|&c| coefficients(c)).collect();
            let arguments = [log_lanes, lanes - 1].map(F::from_usize);
            let input = Input {
                arguments: &arguments,
                advice: &advice,
                max_rows: 10_000,
            };
            let outcome = executor
                .run(input)
                .unwrap_or_else(|error| panic!("{error}"));
            outcome.run.check(&executable.program).unwrap();
            if minimal {
                assert_eq!(outcome.results[0], F::from_usize(log_lanes));
            }
            let first = lanes.min(16);
            let row = (lanes - 1) / 16;
            let expected: [E; 7] = [
                at_r[..lanes].iter().copied().sum(),
                at_r[..first].iter().copied().sum(),
                high[row],
                if row == 0 { E::ZERO } else { high[row - 1] },
                at_r.iter().zip(&at_x).map(|(&a, &b)| a * b).sum(),
                (16..lanes).map(|o| at_r[o - 16] * at_x[o]).sum(),
                (0..first).map(|o| at_r[o] * at_x[o]).sum(),
            ];
            let expected: Vec<F> = expected.into_iter().flat_map(coefficients).collect();
            assert_eq!(outcome.results[1..], expected, "{lanes} of 2^{log_lanes}");
        }
    }
}
