//! Random programs with random runs.

mod edges;
mod hostile;
mod round_trip;
mod security;
mod table;

use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sheaf_program::layout::{CELLS, COLUMNS, CONSTANT, FIRST_OUTPUT};
use sheaf_program::run::columns;
use sheaf_program::{Constraint, Counts, Form, Kind, Message, Permutation, Program, Rows, Run};
use sheaf_transcript::{EF, F};

/// Cells that nothing defines, which are those that permutations take.
const FREE: usize = 24;
/// The cells that constraint `g` defines.
pub(crate) const fn defined(g: usize) -> usize {
    30 + 5 * g
}
/// Copies of what the row before has sent: a cell, a word, an output.
pub(crate) const COPY: usize = 60;
/// Whether there is a row before.
pub(crate) const FLAG: usize = COPY + 7;

fn base(rng: &mut StdRng) -> F {
    F::from_u32(rng.random_range(0..1 << 30))
}

fn word(rng: &mut StdRng) -> EF {
    EF::new(core::array::from_fn(|_| base(rng)))
}

/// A form in cells that nothing defines, outputs and the constant.
fn form(rng: &mut StdRng, permutation: Permutation) -> Form {
    let terms = rng.random_range(1..5);
    Form::new((0..terms).map(|_| {
        let column = match rng.random_range(0..4) {
            0 => CONSTANT,
            1 if permutation.width() > 0 => FIRST_OUTPUT + rng.random_range(0..permutation.width()),
            _ => rng.random_range(0..FREE),
        };
        let value = match rng.random_range(0..3) {
            0 => word(rng),
            1 => EF::ONE,
            _ => base(rng).into(),
        };
        (column, value)
    }))
}

/// What every row sends, and what it takes from the row before.
fn messages(permutation: Permutation) -> [Message; 2] {
    let tag = Form::constant(EF::from_u32(5));
    let output = match permutation {
        Permutation::None => Form::ZERO,
        _ => Form::output(3),
    };
    let sent = vec![tag.clone(), Form::cell(2), Form::word(defined(0)), output];
    let taken = vec![
        tag,
        Form::cell(COPY),
        Form::word(COPY + 1),
        Form::cell(COPY + 6),
    ];
    [
        Message {
            multiplicity: Form::constant(EF::ONE),
            tuple: sent,
        },
        Message {
            multiplicity: -&Form::cell(FLAG),
            tuple: taken,
        },
    ]
}

fn kind(rng: &mut StdRng, permutation: Permutation) -> Kind {
    let mut kind = Kind::new("kind", permutation);
    for g in 0..rng.random_range(1..6) {
        let products = (0..rng.random_range(1..5))
            .map(|_| (form(rng, permutation), form(rng, permutation)))
            .collect();
        let result = &Form::word(defined(g)) - &form(rng, permutation);
        kind.constraints.push(Constraint { products, result });
    }
    // Messages stand at any number.
    let [sent, taken] = messages(permutation);
    kind.messages = vec![Message::default(); 8];
    let first = rng.random_range(0..8);
    let second = (first + rng.random_range(1..8)) % 8;
    kind.messages[first] = sent;
    kind.messages[second] = taken;
    kind
}

/// A program with so many kinds of each sort.
pub(crate) fn program(seed: u64, zone_a: [usize; 3], zone_b: [usize; 3]) -> Program {
    let rng = &mut StdRng::seed_from_u64(seed);
    let mut zone = |counts: [usize; 3]| -> Vec<Kind> {
        Permutation::ALL
            .into_iter()
            .zip(counts)
            .flat_map(|(permutation, count)| vec![permutation; count])
            .map(|permutation| kind(rng, permutation))
            .collect()
    };
    let (a, b) = (zone(zone_a), zone(zone_b));
    Program::new(a, b).unwrap()
}

/// The counts of a run.
pub(crate) fn counts(instances: u32, zone_b: &[u32]) -> Counts {
    Counts {
        instances,
        log_block: instances.next_power_of_two().ilog2(),
        zone_b: zone_b.to_vec(),
    }
}

/// A run of a program that [`program`] has made.
pub(crate) fn run(seed: u64, program: &Program, instances: u32, zone_b: &[u32]) -> Run {
    let run = run_with(seed, program, counts(instances, zone_b), &|_, _| {});
    assert_eq!(run.check(program), Ok(()));
    run
}

/// What would be a run if the columns of rows were what `edit` makes of them.
pub(crate) fn run_with(
    seed: u64,
    program: &Program,
    counts: Counts,
    edit: &dyn Fn(usize, &mut [F; COLUMNS]),
) -> Run {
    let rng = &mut StdRng::seed_from_u64(seed);
    let rows = Rows::new(program.header(), &counts).unwrap();
    let mut cells = vec![F::ZERO; rows.end() * CELLS];
    let mut public = Vec::new();
    for (row, cells) in cells.as_chunks_mut::<CELLS>().0.iter_mut().enumerate() {
        let Some(number) = rows.kind(row) else {
            continue;
        };
        let kind = &program.kinds()[number];
        for cell in &mut cells[..FREE] {
            *cell = base(rng);
        }
        if let [_, cell, word, output] = public[..] {
            let in_base = |x: EF| sheaf_transcript::field::coefficients(x)[0];
            cells[COPY] = in_base(cell);
            cells[COPY + 1..][..5].copy_from_slice(&sheaf_transcript::field::coefficients(word));
            cells[COPY + 6] = in_base(output);
            cells[FLAG] = F::ONE;
        }
        let mut z = columns(kind.permutation, cells);
        edit(row, &mut z);
        for (g, constraint) in kind.constraints.iter().enumerate() {
            let products = constraint.products.iter();
            let sum: EF = products.map(|(a, b)| a.evaluate(&z) * b.evaluate(&z)).sum();
            // The word is zero as yet.
            let value = sum - constraint.result.evaluate(&z);
            cells[defined(g)..][..5].copy_from_slice(&sheaf_transcript::field::coefficients(value));
        }
        let mut z = columns(kind.permutation, cells);
        edit(row, &mut z);
        let [sent, _] = messages(kind.permutation);
        public = sent.tuple.iter().map(|form| form.evaluate(&z)).collect();
    }
    Run {
        counts,
        cells,
        public,
    }
}
