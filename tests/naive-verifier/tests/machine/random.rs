//! Random programs and runs, with all that a kind can have.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sheaf_program::layout::{CELLS, CONSTANT, CONSTRAINTS, MESSAGES, POSITIONS, TERMS, output};
use sheaf_program::run::columns;
use sheaf_program::{
    Constraint, Counts, DEGREE, Form, Kind, Message, Permutation, Program, Run, coefficients,
};
use sheaf_transcript::{EF, F};

/// Cells that are chosen at will. Behind them, constraint `g` determines a word.
const FREE_CELLS: usize = 26;
/// Constraints with a word of their own.
const SOLVED: usize = (CELLS - FREE_CELLS) / DEGREE;

/// How many kinds there are and how many rows: what decides about a proof's shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Kinds of zone A with width 24, width 16, and none; of zone B.
    pub kinds: [[usize; 3]; 2],
    pub instances: u32,
    /// The most rows that a kind of zone B has, by its permutation.
    pub rows: [u32; 3],
}

struct Random(StdRng);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    fn base(&mut self) -> F {
        F::new(self.0.random_range(0..1 << 30))
    }

    fn word(&mut self) -> EF {
        EF::new(core::array::from_fn(|_| self.base()))
    }

    /// A form of a few columns, of which the last `words` words of constraints may be some.
    fn form(&mut self, permutation: Permutation, words: usize) -> Form {
        let mut names: Vec<usize> = (0..FREE_CELLS + DEGREE * words).collect();
        names.extend((0..permutation.width()).map(output));
        names.push(CONSTANT);
        let terms = 1 + self.below(3);
        Form::new((0..terms).map(|_| (names[self.below(names.len())], self.word())))
    }

    fn kind(&mut self, permutation: Permutation) -> Kind {
        let mut kind = Kind::new("random", permutation);
        for g in 0..self.below(SOLVED + 1) {
            let terms = self.below(TERMS + 1);
            let mut form = || self.form(permutation, g);
            let products = (0..terms).map(|_| (form(), form())).collect();
            let result = &form() + &Form::word(FREE_CELLS + DEGREE * g);
            kind.constraints.push(Constraint { products, result });
        }
        // The last constraint of all is another one once more.
        if let Some(first) = kind.constraints.first().cloned() {
            kind.constraints.resize(CONSTRAINTS, Constraint::default());
            kind.constraints[CONSTRAINTS - 1] = first;
        }
        // Messages cancel within the row.
        for _ in 0..self.below(MESSAGES / 2 + 1) {
            let positions = 1 + self.below(POSITIONS);
            let multiplicity = self.form(permutation, SOLVED);
            let tuple: Vec<Form> = (0..positions)
                .map(|_| self.form(permutation, SOLVED))
                .collect();
            for multiplicity in [-&multiplicity, multiplicity] {
                kind.messages.push(Message {
                    multiplicity,
                    tuple: tuple.clone(),
                });
            }
        }
        kind
    }

    /// The cells of a row that satisfies its kind.
    fn row(&mut self, kind: &Kind) -> [F; CELLS] {
        let mut cells = [F::default(); CELLS];
        for cell in &mut cells[..FREE_CELLS] {
            *cell = self.base();
        }
        for (g, constraint) in kind.constraints.iter().take(SOLVED).enumerate() {
            let known = columns(kind.permutation, &cells);
            let product = |(a, b): &(Form, Form)| a.evaluate(&known) * b.evaluate(&known);
            let sum: EF = constraint.products.iter().map(product).sum();
            let word = sum - constraint.result.evaluate(&known);
            cells[FREE_CELLS + DEGREE * g..][..DEGREE].copy_from_slice(&coefficients(word));
        }
        cells
    }
}

/// A program of this shape, and a run. One more kind, of one row, produces the public tuple.
pub(crate) fn run(shape: &Shape, seed: u64) -> (Program, Run) {
    let mut random = Random(StdRng::seed_from_u64(seed));
    let [zone_a, mut zone_b] = shape.kinds.map(|counts| {
        let kinds = Permutation::ALL.into_iter().zip(counts);
        let permutations = kinds.flat_map(|(permutation, n)| vec![permutation; n]);
        permutations.map(|p| random.kind(p)).collect::<Vec<Kind>>()
    });
    let public: Vec<EF> = (0..random.below(POSITIONS + 1))
        .map(|_| random.word())
        .collect();
    zone_b.push(Kind {
        messages: vec![Message {
            multiplicity: Form::constant(EF::new([1, 0, 0, 0, 0].map(F::new))),
            tuple: public.iter().map(|&x| Form::constant(x)).collect(),
        }],
        ..Kind::new("entry", Permutation::None)
    });
    let program = Program::new(zone_a, zone_b).expect("a program");

    let kinds_of_a = program.header().kinds_a();
    let last = program.kinds().len() - 1;
    let mut counts = Counts {
        instances: shape.instances,
        log_block: shape.instances.next_power_of_two().ilog2(),
        zone_b: Vec::new(),
    };
    let mut cells = Vec::new();
    for (number, kind) in program.kinds().iter().enumerate() {
        let rows = match Permutation::ALL.iter().position(|&p| p == kind.permutation) {
            _ if number < kinds_of_a => shape.instances,
            _ if number == last => 1,
            Some(sort) => random.below(shape.rows[sort] as usize + 1) as u32,
            None => unreachable!("one of all permutations"),
        };
        let mut gap = 0;
        if number < kinds_of_a {
            if shape.instances > 0 {
                gap = (1 << counts.log_block) - shape.instances;
            }
        } else {
            counts.zone_b.push(rows);
        }
        for _ in 0..rows {
            cells.extend(random.row(kind));
        }
        cells.extend(vec![F::default(); gap as usize * CELLS]);
    }
    let run = Run {
        counts,
        cells,
        public,
    };
    run.check(&program).expect("a run");
    (program, run)
}
