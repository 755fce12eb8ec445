//! Bodies that are cut into rows mean what they say, wherever the cuts are.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use proptest::prelude::*;
use sheaf_executor::{Executor, Input};
use sheaf_poseidon::{permute16, permute24};
use sheaf_program::builder::{Base, Builder, Executable, Function, Memory, Packed, Row, Word};
use sheaf_program::{E, F, coefficients};

/// A step, on numbers of earlier values.
#[derive(Clone, Debug)]
enum Op {
    Product(usize, usize),
    Sum(usize, usize),
    Word(usize, usize),
    Permute24(usize),
    Permute16(usize),
    Call(usize),
    Remember(usize),
    Hint(usize),
    Boolean(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let value = || 0..1000usize;
    prop_oneof![
        4 => (value(), value()).prop_map(|(a, b)| Op::Product(a, b)),
        2 => (value(), value()).prop_map(|(a, b)| Op::Sum(a, b)),
        3 => (value(), value()).prop_map(|(a, b)| Op::Word(a, b)),
        2 => value().prop_map(Op::Permute24),
        1 => value().prop_map(Op::Permute16),
        1 => value().prop_map(Op::Call),
        1 => value().prop_map(Op::Remember),
        1 => value().prop_map(Op::Hint),
        1 => value().prop_map(Op::Boolean),
    ]
}

/// The last values, of which the next ones are made: few are alive at a time, so that a row has room for them.
const WINDOW: usize = 12;

fn pick<T: Clone>(values: &[T], number: usize) -> T {
    let window = values.len().min(WINDOW);
    values[values.len() - window + number % window].clone()
}

fn native(ops: &[Op], start: [F; 3]) -> [F; 6] {
    let mut values = start.to_vec();
    for op in ops {
        match *op {
            Op::Product(a, b) => values.push(pick(&values, a) * pick(&values, b)),
            Op::Sum(a, b) => values.push(pick(&values, a) + pick(&values, b).double()),
            Op::Word(a, b) => {
                let word = |n: usize| E::new(core::array::from_fn(|i| pick(&values, n + i)));
                values.extend(coefficients(word(a) * word(b)));
            }
            Op::Permute24(a) => {
                let mut state = core::array::from_fn(|i| pick(&values, a + i));
                permute24(&mut state);
                values.extend(&state[..9]);
            }
            Op::Permute16(a) => {
                let mut state = core::array::from_fn(|i| pick(&values, a + i));
                permute16(&mut state);
                values.push(state[15]);
            }
            Op::Call(a) => values.push(pick(&values, a).square()),
            Op::Remember(a) | Op::Hint(a) => values.push(pick(&values, a)),
            Op::Boolean(a) => values.push(parity(pick(&values, a))),
        }
    }
    core::array::from_fn(|i| values[(i * 7) % 3.max(values.len().saturating_sub(i))])
}

fn parity(x: F) -> F {
    F::from_u32(x.as_canonical_u32() % 2)
}

fn write(
    row: &mut Row,
    ops: &[Op],
    start: Packed<3>,
    square: &Function<Base, Base>,
    memory: &Memory<Base>,
    first_address: u32,
) -> [Base; 6] {
    let mut values = start.0.to_vec();
    let mut address = first_address;
    for op in ops {
        match *op {
            Op::Product(a, b) => values.push(row.product(&pick(&values, a), &pick(&values, b))),
            Op::Sum(a, b) => {
                let sum = &pick(&values, a) + &pick(&values, b).times(F::TWO);
                values.push(row.cell(&sum));
            }
            Op::Word(a, b) => {
                let word = |n: usize| {
                    Word::from_coefficients(&core::array::from_fn(|i| pick(&values, n + i)))
                };
                let product = row.word_products(&[(&word(a), &word(b))], &Word::constant(E::ZERO));
                values.extend(product.coefficients());
            }
            Op::Permute24(a) => {
                let outputs = row.permute24(&core::array::from_fn(|i| pick(&values, a + i)));
                values.extend_from_slice(&outputs[..9]);
            }
            Op::Permute16(a) => {
                let outputs = row.permute16(&core::array::from_fn(|i| pick(&values, a + i)));
                values.push(outputs[15].clone());
            }
            Op::Call(a) => values.push(row.call(square, &pick(&values, a))),
            Op::Remember(a) => {
                let address_form = Base::number(address);
                row.write(memory, &address_form, &pick(&values, a));
                values.push(row.read(memory, &address_form));
                address += 1;
            }
            Op::Hint(a) => {
                let value = pick(&values, a);
                let hint: Base = row.hint(&[&value], |x| Ok(vec![x[0]]));
                row.assert_equal(&hint, &value, "the hint is right");
                values.push(hint);
            }
            Op::Boolean(a) => {
                values.push(row.boolean(&[&pick(&values, a)], |x| parity(x[0]) == F::ONE))
            }
        }
    }
    core::array::from_fn(|i| values[(i * 7) % 3.max(values.len().saturating_sub(i))].clone())
}

/// The steps as a function, as a step of a loop that is taken twice, and as a memoised function.
fn program(ops: &[Op]) -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Base>("memory");
    let square = builder.function::<Base, Base>("square");
    builder.body(&square, |row, x| row.product(&x, &x));
    let function = builder.function::<Packed<3>, [Base; 6]>("function");
    builder.body(&function, |row, start| {
        write(row, ops, start, &square, &memory, 0)
    });
    let twice =
        builder.looping::<(Base, Packed<3>, [Base; 3])>("twice", |state| state[0] == F::TWO);
    builder.step(&twice, |row, (i, start, _)| {
        // The second step would write other words.
        let ops: Vec<Op> = ops
            .iter()
            .filter(|op| !matches!(op, Op::Remember(_)))
            .cloned()
            .collect();
        let [a, b, c, d, e, f] = write(row, &ops, start, &square, &memory, 1000);
        (i.plus(1), Packed([a, b, c]), [d, e, f])
    });
    let memoised = builder.memoised::<Packed<3>, [Base; 6]>("memoised");
    builder.body(&memoised, |row, start| {
        write(row, ops, start, &square, &memory, 0)
    });
    let main = builder.function::<Packed<3>, [[Base; 6]; 4]>("main");
    builder.body(&main, |row, start| {
        let once = row.call(&function, &start);
        let state = (
            Base::zero(),
            start.clone(),
            core::array::from_fn(|_| Base::zero()),
        );
        let (_, Packed([a, b, c]), [d, e, f]) = row.run(&twice, &state);
        let [first, second] = [0; 2].map(|_| row.call(&memoised, &start));
        [once, [a, b, c, d, e, f], first, second]
    });
    builder.finish(&main).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_body_that_is_cut_computes_what_it_says(
        ops in prop::collection::vec(op(), 1..120),
        start in prop::array::uniform3(0u32..0x7f00_0001),
    ) {
        let start = start.map(F::from_u32);
        let executable = program(&ops);
        executable.program.check().unwrap();
        let input = Input { arguments: &start, advice: &[], max_rows: 10_000 };
        let outcome = Executor::new(&executable).run(input).unwrap();
        outcome.run.check(&executable.program).unwrap();

        let once = native(&ops, start);
        let pure: Vec<Op> = ops.iter().filter(|op| !matches!(op, Op::Remember(_))).cloned().collect();
        let [a, b, c, ..] = native(&pure, start);
        let twice = native(&pure, [a, b, c]);
        prop_assert_eq!(outcome.results, [once, twice, once, once].concat());
    }
}
