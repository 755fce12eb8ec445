//! Procedures with forms as lists of base coefficients, and tags as indices.

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::procedure::Hint;
use sheaf_program::builder::{self, Action, Executable, Guard, Place, Routine, Slot};
use sheaf_program::layout::COLUMNS;
use sheaf_program::{DEGREE, E, F, Form, Tag, coefficients};

/// All columns of a row.
pub(crate) type Columns = [F; COLUMNS];

/// A form with base coefficients: one coefficient of a form's value.
#[derive(Clone)]
pub(crate) struct Linear {
    terms: Vec<(u8, F)>,
}

impl Linear {
    /// Coefficient `i` of a form.
    fn new(form: &Form, i: usize) -> Self {
        let terms = form
            .terms()
            .map(|(column, value)| (column as u8, coefficients(value)[i]))
            .filter(|&(_, value)| value != F::ZERO)
            .collect();
        Self { terms }
    }

    #[inline]
    pub(crate) fn evaluate(&self, columns: &Columns) -> F {
        match self.terms[..] {
            [(column, F::ONE)] => columns[usize::from(column)],
            _ => self
                .terms
                .iter()
                .map(|&(column, value)| value * columns[usize::from(column)])
                .sum(),
        }
    }
}

/// All coefficients of a form.
#[derive(Clone)]
pub(crate) struct WordLinear([Linear; DEGREE]);

impl WordLinear {
    fn new(form: &Form) -> Self {
        Self(core::array::from_fn(|i| Linear::new(form, i)))
    }

    pub(crate) fn evaluate(&self, columns: &Columns) -> E {
        E::new(core::array::from_fn(|i| self.0[i].evaluate(columns)))
    }
}

/// `sum of products + linear`, of forms of one sort.
pub(crate) struct Sum<L> {
    products: Vec<(L, L)>,
    linear: L,
}

impl Sum<Linear> {
    #[inline]
    pub(crate) fn evaluate(&self, columns: &Columns) -> F {
        let mut sum = self.linear.evaluate(columns);
        for (a, b) in &self.products {
            sum += a.evaluate(columns) * b.evaluate(columns);
        }
        sum
    }
}

impl Sum<WordLinear> {
    pub(crate) fn evaluate(&self, columns: &Columns) -> E {
        let mut sum = self.linear.evaluate(columns);
        for (a, b) in &self.products {
            sum += a.evaluate(columns) * b.evaluate(columns);
        }
        sum
    }
}

/// Where elements go that come from elsewhere.
pub(crate) struct Received {
    /// Index of an element, and its cell.
    cells: Vec<(usize, u8)>,
    /// Index of an element, and what it has to be.
    known: Vec<(usize, Linear)>,
}

impl Received {
    fn new(slots: &[Slot]) -> Self {
        let mut received = Self {
            cells: Vec::new(),
            known: Vec::new(),
        };
        for (index, slot) in slots.iter().enumerate() {
            match slot {
                Slot::Cell(cell) => received.cells.push((index, *cell)),
                Slot::Known(form) => received.known.push((index, base(form))),
            }
        }
        received
    }

    /// The cells that elements are put into.
    pub(crate) fn cells(&self) -> impl Iterator<Item = u8> {
        self.cells.iter().map(|&(_, cell)| cell)
    }

    /// Puts elements into their cells. Returns the first one that is not what it has to be, with what it is.
    pub(crate) fn put(&self, columns: &mut Columns, elements: &[F]) -> Result<(), (usize, F)> {
        for &(index, cell) in &self.cells {
            columns[usize::from(cell)] = elements[index];
        }
        for (index, form) in &self.known {
            if form.evaluate(columns) != elements[*index] {
                return Err((*index, elements[*index]));
            }
        }
        Ok(())
    }
}

/// One thing that is done.
pub(crate) enum Op {
    Advice {
        cells: Vec<u8>,
    },
    Hint {
        inputs: Vec<Linear>,
        cells: Vec<u8>,
        compute: Hint,
    },
    Solve {
        cell: u8,
        sum: Sum<Linear>,
    },
    SolveWord {
        cells: [u8; DEGREE],
        sum: Sum<WordLinear>,
    },
    Assert {
        sum: Sum<Linear>,
        message: String,
    },
    AssertWord {
        sum: Sum<WordLinear>,
        message: String,
    },
    Permute24,
    Permute16,
    Call {
        routine: usize,
        arguments: Vec<Linear>,
        results: Received,
    },
    Loop {
        routine: usize,
        ticket: u8,
        start: Vec<Linear>,
        end: Received,
    },
    Allocate {
        memory: usize,
        words: Linear,
        cell: u8,
    },
    Read {
        memory: usize,
        address: Linear,
        word: Received,
    },
    Write {
        memory: usize,
        address: Linear,
        word: Vec<Linear>,
    },
    Lookup {
        range: usize,
        number: Linear,
    },
}

/// A procedure, ready to be followed.
pub(crate) struct Procedure {
    pub(crate) kind: usize,
    pub(crate) name: String,
    pub(crate) parameters: Received,
    pub(crate) results: Vec<Linear>,
    pub(crate) guard: Option<Guard>,
    pub(crate) ticket: Option<u8>,
    pub(crate) multiplicity: Option<u8>,
    pub(crate) ops: Vec<Op>,
    pub(crate) locations: Vec<Place>,
    pub(crate) location: Place,
}

/// A function or loop.
pub(crate) struct Callable {
    pub(crate) name: String,
    pub(crate) procedures: Vec<usize>,
    pub(crate) memoised: bool,
    pub(crate) until: Option<Guard>,
}

/// A program, ready to be run.
pub(crate) struct Compiled {
    pub(crate) kinds: usize,
    pub(crate) procedures: Vec<Procedure>,
    pub(crate) callables: Vec<Callable>,
    /// Tag, name, kind and elements of a word.
    pub(crate) memories: Vec<(Tag, String, usize, usize)>,
    /// Name, kind and size.
    pub(crate) ranges: Vec<(String, usize, u32)>,
    indices: BTreeMap<Tag, usize>,
}

impl Compiled {
    pub(crate) fn new(executable: &Executable) -> Self {
        let mut compiled = Self {
            kinds: executable.program.kinds().len(),
            procedures: Vec::new(),
            callables: Vec::new(),
            memories: Vec::new(),
            ranges: Vec::new(),
            indices: BTreeMap::new(),
        };
        for (&tag, routine) in &executable.routines {
            let name = routine.name().to_owned();
            let mut callable = |procedures: &Vec<usize>, memoised, until| {
                let procedures = procedures.clone();
                compiled.callables.push(Callable {
                    name: name.clone(),
                    procedures,
                    memoised,
                    until,
                });
                compiled.callables.len() - 1
            };
            let index = match routine {
                Routine::Function { procedures, .. } => callable(procedures, false, None),
                Routine::Memoised { procedures, .. } => callable(procedures, true, None),
                Routine::Loop {
                    procedures, until, ..
                } => callable(procedures, false, Some(until.clone())),
                &Routine::Memory { kind, elements, .. } => {
                    compiled.memories.push((tag, name, kind, elements));
                    compiled.memories.len() - 1
                }
                &Routine::Range { kind, size, .. } => {
                    compiled.ranges.push((name, kind, size));
                    compiled.ranges.len() - 1
                }
            };
            compiled.indices.insert(tag, index);
        }
        compiled.procedures = (executable.procedures.iter())
            .map(|procedure| compiled.procedure(procedure, executable))
            .collect();
        compiled
    }

    /// The index of a tag among callables, memories or ranges.
    pub(crate) fn routine(&self, tag: Tag) -> usize {
        self.indices[&tag]
    }

    pub(crate) fn memory_kind(&self, index: usize) -> usize {
        self.memories[index].2
    }

    pub(crate) fn range_kind(&self, index: usize) -> usize {
        self.ranges[index].1
    }

    fn procedure(&self, procedure: &builder::Procedure, executable: &Executable) -> Procedure {
        let kind = &executable.program.kinds()[procedure.kind];
        let wide = kind.permutation.width() == 24;
        Procedure {
            kind: procedure.kind,
            name: kind.name.clone(),
            parameters: Received::new(&procedure.parameters),
            results: elements(&procedure.results),
            guard: procedure.guard.clone(),
            ticket: procedure.ticket,
            multiplicity: procedure.multiplicity,
            ops: (procedure.steps.iter())
                .map(|step| self.op(&step.action, wide))
                .collect(),
            locations: procedure.steps.iter().map(|step| step.location).collect(),
            location: procedure.location,
        }
    }

    fn op(&self, action: &Action, wide: bool) -> Op {
        match action {
            Action::Advice { cells } => Op::Advice {
                cells: cells.clone(),
            },
            Action::Hint {
                inputs,
                cells,
                compute,
            } => Op::Hint {
                inputs: inputs.iter().map(base).collect(),
                cells: cells.clone(),
                compute: compute.clone(),
            },
            Action::Solve {
                cells,
                products,
                linear,
            } => match cells[..] {
                [cell] => Op::Solve {
                    cell,
                    sum: sum(products, linear, base),
                },
                _ => Op::SolveWord {
                    cells: core::array::from_fn(|i| cells[i]),
                    sum: sum(products, linear, WordLinear::new),
                },
            },
            Action::Assert {
                products,
                linear,
                message,
            } => {
                let message = message.clone();
                let mut forms = products.iter().flat_map(|(a, b)| [a, b]);
                if linear.is_base() && forms.all(Form::is_base) {
                    Op::Assert {
                        sum: sum(products, linear, base),
                        message,
                    }
                } else {
                    Op::AssertWord {
                        sum: sum(products, linear, WordLinear::new),
                        message,
                    }
                }
            }
            Action::Permute if wide => Op::Permute24,
            Action::Permute => Op::Permute16,
            Action::Call {
                tag,
                arguments,
                results,
            } => Op::Call {
                routine: self.routine(*tag),
                arguments: elements(arguments),
                results: Received::new(results),
            },
            Action::Loop {
                tag,
                ticket,
                start,
                end,
            } => Op::Loop {
                routine: self.routine(*tag),
                ticket: *ticket,
                start: elements(start),
                end: Received::new(end),
            },
            Action::Allocate { tag, words, cell } => Op::Allocate {
                memory: self.routine(*tag),
                words: base(words),
                cell: *cell,
            },
            Action::Read { tag, address, word } => Op::Read {
                memory: self.routine(*tag),
                address: base(address),
                word: Received::new(word),
            },
            Action::Write { tag, address, word } => Op::Write {
                memory: self.routine(*tag),
                address: base(address),
                word: elements(word),
            },
            Action::Lookup { tag, number } => Op::Lookup {
                range: self.routine(*tag),
                number: base(number),
            },
        }
    }
}

fn base(form: &Form) -> Linear {
    Linear::new(form, 0)
}

fn sum<L>(products: &[(Form, Form)], linear: &Form, new: fn(&Form) -> L) -> Sum<L> {
    Sum {
        products: products.iter().map(|(a, b)| (new(a), new(b))).collect(),
        linear: new(linear),
    }
}

/// The elements at positions, one after the other.
fn elements(positions: &[(Form, u8)]) -> Vec<Linear> {
    positions
        .iter()
        .flat_map(|(form, width)| (0..usize::from(*width)).map(move |i| Linear::new(form, i)))
        .collect()
}
