//! What a loop with two words of state costs to prove, phase by phase: `cargo run --release -p sheaf-machine --example loop [log of the steps]`.

use std::time::{Duration, Instant};

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::{Phase, Scratch, Setup, prove, verify};
use sheaf_program::layout::CELLS;
use sheaf_program::{
    Constraint, Counts, Form, Kind, Message, Permutation, Program, Run, coefficients,
};
use sheaf_transcript::{EF, F};

fn message(multiplicity: EF, tuple: Vec<Form>) -> Message {
    Message {
        multiplicity: Form::constant(multiplicity),
        tuple,
    }
}

/// `(a, b) -> (b, a b + 1)`, as often as the entry says.
fn program() -> Program {
    let tag = |n: u32| Form::constant(EF::from_u32(n));
    let state = |i: Form, a: usize, b: usize| vec![tag(2), i, Form::word(a), Form::word(b)];
    let mut step = Kind::new("step", Permutation::None);
    step.constraints = vec![Constraint {
        products: vec![(Form::word(0), Form::word(5))],
        result: &Form::word(11) - &Form::constant(EF::ONE),
    }];
    let next = &Form::cell(10) + &Form::constant(EF::ONE);
    step.messages = vec![
        message(EF::ONE, state(next, 5, 11)),
        message(-EF::ONE, state(Form::cell(10), 0, 5)),
    ];
    let mut entry = Kind::new("entry", Permutation::None);
    entry.messages = vec![
        message(EF::ONE, vec![tag(1), Form::cell(20), Form::word(10)]),
        message(EF::ONE, state(Form::ZERO, 0, 5)),
        message(-EF::ONE, state(Form::cell(20), 10, 15)),
    ];
    Program::new(vec![], vec![entry, step]).unwrap()
}

fn run(steps: usize) -> Run {
    let mut cells = vec![F::ZERO; (steps + 1) * CELLS];
    let put =
        |cells: &mut [F], at: usize, x: EF| cells[at..at + 5].copy_from_slice(&coefficients(x));
    let (mut a, mut b) = (EF::from_u32(3), EF::from_u32(4));
    put(&mut cells, 0, a);
    put(&mut cells, 5, b);
    for i in 0..steps {
        let row = &mut cells[(i + 1) * CELLS..][..CELLS];
        let c = a * b + EF::ONE;
        put(row, 0, a);
        put(row, 5, b);
        row[10] = F::from_usize(i);
        put(row, 11, c);
        (a, b) = (b, c);
    }
    put(&mut cells, 10, a);
    put(&mut cells, 15, b);
    cells[20] = F::from_usize(steps);
    Run {
        counts: Counts {
            instances: 1,
            log_block: 0,
            zone_b: vec![1, steps as u32],
        },
        cells,
        public: vec![EF::ONE, EF::from_usize(steps), a],
    }
}

fn main() {
    let log_steps = std::env::args()
        .nth(1)
        .map_or(18, |n| n.parse().expect("a number"));
    let program = program();
    let run = run((1 << log_steps) - 8);
    let mut scratch = Scratch::default();
    for _ in 0..2 {
        let mut times: Vec<(Phase, Instant)> = Vec::new();
        let start = Instant::now();
        let proof = prove(&program, &run, 1, &mut scratch, |phase| {
            times.push((phase, Instant::now()));
            Ok(())
        })
        .unwrap();
        let end = Instant::now();
        let ends = times.iter().skip(1).map(|&(_, at)| at).chain([end]);
        for ((phase, begin), end) in times.iter().zip(ends) {
            println!("{:>14} {:>8.1?}", phase.name(), round(end - *begin));
        }
        println!("{:>14} {:>8.1?}", "all", round(end - start));
        let setup = Setup::new(&proof.statement, 1).unwrap();
        let start = Instant::now();
        verify(&setup, &program, &proof.statement, &proof.body).unwrap();
        println!(
            "{:>14} {:>8.1?}, {} bytes",
            "verify",
            round(start.elapsed()),
            proof.body.len()
        );
    }
}

fn round(time: Duration) -> Duration {
    Duration::from_micros(time.as_micros() as u64)
}
