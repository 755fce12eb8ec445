use proptest::prelude::*;
use sheaf_executor::{Executor, Input};
use sheaf_program::builder::Builder;
use sheaf_program::{F, coefficients};
use sheaf_transcript::Extension;

use super::*;

/// A formula with many long-lived values: products of all with all others, and a polynomial at the end.
fn formula<X: Extension>(given: &[X], seed: u64) -> Vec<X> {
    let mut values = given.to_vec();
    let mut state = seed;
    let mut random = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    for _ in 0..60 {
        let mut pick = || values[random(values.len())];
        let (a, b, c, d) = (pick(), pick(), pick(), pick());
        let next = match random(6) {
            0 => a * b + c * d - a,
            1 => a + b * F::from_u8(7) + F::ONE,
            2 => values.iter().copied().sum(),
            3 => (a + b) * (c - d),
            4 => (a * b + c).try_inverse().unwrap_or(X::ZERO),
            _ => values
                .iter()
                .rev()
                .take(11)
                .fold(X::ZERO, |sum, &x| sum * a + x)
                .halve(),
        };
        values.push(next);
    }
    let last = values.iter().copied().product();
    vec![
        last,
        values[values.len() / 2],
        values.iter().map(|x| x.square()).sum(),
    ]
}

#[test]
fn a_formula_is_what_it_is_natively() {
    for seed in 0..12 {
        let mut builder = Builder::new();
        let memory = builder.memory::<Word>("memory");
        let main = builder.function::<[Word; 7], [Word; 3]>("main");
        builder.body(&main, |row, words| {
            // Four are given, three are in memory.
            for (i, word) in words[4..].iter().enumerate() {
                row.write(&memory, &Base::number(i as u32), word);
            }
            let formula_ = Formula::new();
            let mut symbols: Vec<Symbol> = words[..4].iter().map(|w| formula_.given(w)).collect();
            symbols.extend(formula_.stored_words(&Base::zero(), 3));
            let results = formula(&symbols, seed);
            formula_.store(results[0], &Base::number(3));
            formula_.assert_equal(
                results[1] + results[0],
                results[0] + results[1],
                "sums commute",
            );
            for &x in &results {
                formula_.result(x);
            }
            let scratch = Scratch {
                memory: &memory,
                address: &Base::number(4),
            };
            let written = formula_.write(row, scratch);
            assert!(written.scratch > 0);
            let stored: Word = row.read(&memory, &Base::number(3));
            row.assert_equal_words(&stored, &written.results[0], "what is stored is read");
            std::array::from_fn(|i| written.results[i].clone())
        });
        let executable = builder.finish(&main).unwrap();
        let given: Vec<E> = (0..7)
            .map(|i| {
                E::new(std::array::from_fn(|j| {
                    F::from_usize(1000 + 77 * i * i + 13 * j * (i + 3))
                }))
            })
            .collect();
        let arguments: Vec<F> = given.iter().flat_map(|&x| coefficients(x)).collect();
        let input = Input {
            arguments: &arguments,
            advice: &[],
            max_rows: 10_000,
        };
        let outcome = Executor::new(&executable)
            .run(input)
            .unwrap_or_else(|error| panic!("{error}"));
        outcome.run.check(&executable.program).unwrap();
        let expected: Vec<F> = formula(&given, seed)
            .into_iter()
            .flat_map(coefficients)
            .collect();
        assert_eq!(outcome.results, expected);
    }
}

proptest! {
    #[test]
    fn constants_are_computed_when_the_program_is_written(a in 1u32..1000, b in 1u32..1000) {
        let [x, y] = [a, b].map(|n| Symbol::from(F::from_u32(n)));
        let _formula = Formula::new();
        let expected = Symbol::from(F::from_u32(a * b) - F::from_u32(b));
        prop_assert!(x * y - y == expected);
        prop_assert!(x.try_inverse().unwrap() * x == Symbol::ONE);
    }
}
