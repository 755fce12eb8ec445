//! Formulas of the native verifiers, as rows.
//!
//! Verifiers are generic in their [`Extension`](sheaf_transcript::Extension). A [`Symbol`] is one: what is computed with symbols is noted, and [`Formula::write`] makes a
//! body of it. So a formula has one source, and is not written a second time for programs.
//!
//! ```text
//!     symbols    sums of products of linear sums, and constants; sums are free
//!     atoms      symbols that have cells of their own: what is given or in memory, and sums that would get too long for a constraint
//! ```
//!
//! A constraint has four products, and so has a symbol; what is added to more becomes an atom first, and so does a sum of products that is
//! multiplied. Equal sums are one atom. When the formula is written, at most [`ALIVE`] atoms are at hand at a time. The one that is needed last makes room for what is
//! needed next; it goes to memory, unless it is there already, and comes back when its turn has come.
//!
//! Symbols are compared by [`Formula::assert_equal`] alone: whether two are equal is not known before a program runs.

use std::cell::RefCell;
use std::collections::HashMap;

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_program::E;
use sheaf_program::builder::{Base, Memory, Row, Word};

mod operators;
mod write;

/// Atoms that are at hand at a time: each is five cells of every row in which it is alive.
pub const ALIVE: usize = 9;

/// Products of a sum: those of a constraint.
const PRODUCTS: usize = 4;
/// Atoms of a sum. Each has to be at hand where the sum is.
const ATOMS: usize = 8;
/// Atoms of a linear sum that is a factor.
const FACTOR_ATOMS: usize = 2;

/// An element of the extension while a program is written.
#[derive(Clone, Copy, Debug)]
pub enum Symbol {
    /// The same in every run.
    Constant(E),
    /// What a run computes: the number of a sum of the formula.
    Value(usize),
}

/// `sum of coefficients times atoms + constant`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Linear {
    terms: Vec<(usize, E)>,
    constant: E,
}

/// `sum of products + linear`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Sum {
    products: Vec<(Linear, Linear)>,
    linear: Linear,
}

/// Where an atom comes from.
#[derive(Clone)]
enum Atom {
    /// It is at hand from the beginning.
    Given(Word),
    /// It is in memory.
    Stored(Base),
    /// A step finds it.
    Found,
}

/// What is done, one after the other.
#[derive(Clone)]
enum Step {
    Find(usize, Sum),
    Invert(usize, Linear),
    Assert(Sum, String),
    Store(Linear, Base),
    Return(Linear),
}

/// What has been noted on this thread.
#[derive(Default)]
struct Notes {
    sums: Vec<Sum>,
    atoms: Vec<Atom>,
    steps: Vec<Step>,
    /// Sums that are atoms already.
    known: HashMap<Sum, usize>,
}

thread_local! {
    // Operators have no formula to tell, so they tell the thread.
    static NOTES: RefCell<Option<Notes>> = const { RefCell::new(None) };
}

fn noting<R>(f: impl FnOnce(&mut Notes) -> R) -> R {
    NOTES.with_borrow_mut(|notes| {
        f(notes
            .as_mut()
            .expect("a formula is being noted on this thread"))
    })
}

/// A formula that is being noted: there is one on a thread at a time.
pub struct Formula(());

/// Where atoms go that have to make room.
#[derive(Clone, Copy)]
pub struct Scratch<'a> {
    /// The memory.
    pub memory: &'a Memory<Word>,
    /// The first address; nobody else writes this one or those that follow.
    pub address: &'a Base,
}

/// What a formula has become.
pub struct Written {
    /// What [`Formula::result`] was told, in order.
    pub results: Vec<Word>,
    /// How many addresses of the scratch memory are taken.
    pub scratch: usize,
}

impl Formula {
    /// An empty formula.
    ///
    /// # Panics
    /// If another one is being noted on this thread.
    #[must_use]
    pub fn new() -> Self {
        let before = NOTES.replace(Some(Notes::default()));
        assert!(before.is_none(), "a formula is being noted on this thread");
        Self(())
    }

    /// The symbol of a word that is at hand.
    #[must_use]
    pub fn given(&self, word: &Word) -> Symbol {
        noting(|notes| {
            let atom = notes.atom(Atom::Given(word.clone()));
            notes.symbol(Sum::atom(atom))
        })
    }

    /// The symbol of a word in memory. It is read when it is needed.
    #[must_use]
    pub fn stored(&self, address: &Base) -> Symbol {
        noting(|notes| {
            let atom = notes.atom(Atom::Stored(address.clone()));
            notes.symbol(Sum::atom(atom))
        })
    }

    /// The symbols of `count` words in memory, one after the other.
    #[must_use]
    pub fn stored_words(&self, address: &Base, count: usize) -> Vec<Symbol> {
        (0..count)
            .map(|i| self.stored(&address.plus(i as i32)))
            .collect()
    }

    /// Asserts that two symbols are equal; `message` says what it means if they are not.
    pub fn assert_equal(&self, a: Symbol, b: Symbol, message: &str) {
        let difference = a - b;
        noting(|notes| {
            let sum = notes.sum(difference);
            notes.steps.push(Step::Assert(sum, message.into()));
        });
    }

    /// Writes a symbol to memory.
    pub fn store(&self, x: Symbol, address: &Base) {
        noting(|notes| {
            let linear = notes.linear(x, ATOMS);
            notes.steps.push(Step::Store(linear, address.clone()));
        });
    }

    /// Makes a symbol one of the results.
    pub fn result(&self, x: Symbol) {
        noting(|notes| {
            let linear = notes.linear(x, 1);
            notes.steps.push(Step::Return(linear));
        });
    }

    /// Writes the rows.
    #[track_caller]
    #[must_use]
    pub fn write(self, row: &mut Row, scratch: Scratch<'_>) -> Written {
        let notes = NOTES
            .take()
            .expect("a formula is being noted on this thread");
        write::Writer::new(&notes, scratch).write(row)
    }
}

impl Default for Formula {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Formula {
    fn drop(&mut self) {
        NOTES.set(None);
    }
}

impl Linear {
    fn constant(constant: E) -> Self {
        Self {
            terms: Vec::new(),
            constant,
        }
    }

    fn times(&self, factor: E) -> Self {
        Self {
            terms: self
                .terms
                .iter()
                .map(|&(atom, c)| (atom, c * factor))
                .collect(),
            constant: self.constant * factor,
        }
    }

    fn add(&mut self, other: &Self) {
        for &(atom, c) in &other.terms {
            match self.terms.iter_mut().find(|term| term.0 == atom) {
                Some(term) => term.1 += c,
                None => self.terms.push((atom, c)),
            }
        }
        self.terms.retain(|&(_, c)| c != E::ZERO);
        self.constant += other.constant;
    }
}

impl Sum {
    fn atom(atom: usize) -> Self {
        Linear {
            terms: vec![(atom, E::ONE)],
            constant: E::ZERO,
        }
        .into()
    }

    fn times(&self, factor: E) -> Self {
        Self {
            products: (self.products.iter())
                .map(|(a, b)| (a.times(factor), b.clone()))
                .collect(),
            linear: self.linear.times(factor),
        }
    }

    /// The atoms in it, some of them several times.
    fn atoms(&self) -> impl Iterator<Item = usize> + '_ {
        (self.products.iter().flat_map(|(a, b)| [a, b]))
            .chain([&self.linear])
            .flat_map(|linear| linear.terms.iter().map(|&(atom, _)| atom))
    }
}

impl From<Linear> for Sum {
    fn from(linear: Linear) -> Self {
        Self {
            products: Vec::new(),
            linear,
        }
    }
}

impl Notes {
    fn atom(&mut self, atom: Atom) -> usize {
        self.atoms.push(atom);
        self.atoms.len() - 1
    }

    fn symbol(&mut self, sum: Sum) -> Symbol {
        if sum.products.is_empty() && sum.linear.terms.is_empty() {
            return Symbol::Constant(sum.linear.constant);
        }
        self.sums.push(sum);
        Symbol::Value(self.sums.len() - 1)
    }

    fn sum(&self, x: Symbol) -> Sum {
        match x {
            Symbol::Constant(c) => Linear::constant(c).into(),
            Symbol::Value(number) => self.sums[number].clone(),
        }
    }

    /// The symbol without products, and with so many atoms at most: it becomes an atom if it has to.
    fn linear(&mut self, x: Symbol, atoms: usize) -> Linear {
        let sum = self.sum(x);
        if sum.products.is_empty() && sum.linear.terms.len() <= atoms {
            return sum.linear;
        }
        self.settle(x)
    }

    /// Makes a symbol an atom, for all who have it.
    fn settle(&mut self, x: Symbol) -> Linear {
        let Symbol::Value(number) = x else {
            return self.sum(x).linear;
        };
        let sum = self.sums[number].clone();
        let atom = match self.known.get(&sum) {
            Some(&atom) => atom,
            None => {
                let atom = self.atom(Atom::Found);
                self.steps.push(Step::Find(atom, sum.clone()));
                self.known.insert(sum, atom);
                atom
            }
        };
        self.sums[number] = Sum::atom(atom);
        self.sums[number].linear.clone()
    }

    fn add(&mut self, a: Symbol, b: Symbol) -> Symbol {
        let (mut left, mut right) = (self.sum(a), self.sum(b));
        // If both do not fit, the larger one becomes an atom: then there is room for more.
        let size = |left: &Sum, right: &Sum| {
            let mut atoms: Vec<usize> = left.atoms().chain(right.atoms()).collect();
            atoms.sort_unstable();
            atoms.dedup();
            (left.products.len() + right.products.len(), atoms.len())
        };
        let (products, atoms) = size(&left, &right);
        if products > PRODUCTS || atoms > ATOMS {
            if (left.products.len(), left.atoms().count())
                >= (right.products.len(), right.atoms().count())
            {
                left = self.settle(a).into();
            } else {
                right = self.settle(b).into();
            }
        }
        if size(&left, &right).1 > ATOMS {
            left = self.settle(a).into();
            right = self.settle(b).into();
        }
        left.products.append(&mut right.products);
        left.linear.add(&right.linear);
        self.symbol(left)
    }

    fn multiply(&mut self, a: Symbol, b: Symbol) -> Symbol {
        match (a, b) {
            (Symbol::Constant(x), Symbol::Constant(y)) => Symbol::Constant(x * y),
            (Symbol::Constant(c), x) | (x, Symbol::Constant(c)) => {
                let sum = self.sum(x).times(c);
                if c == E::ZERO {
                    return Symbol::Constant(c);
                }
                self.symbol(sum)
            }
            _ => {
                let left = self.linear(a, FACTOR_ATOMS);
                let right = self.linear(b, FACTOR_ATOMS);
                self.symbol(Sum {
                    products: vec![(left, right)],
                    linear: Linear::default(),
                })
            }
        }
    }

    fn invert(&mut self, x: Symbol) -> Option<Symbol> {
        match x {
            Symbol::Constant(c) => Field::try_inverse(&c).map(Symbol::Constant),
            Symbol::Value(_) => {
                let linear = self.linear(x, FACTOR_ATOMS);
                let atom = self.atom(Atom::Found);
                self.steps.push(Step::Invert(atom, linear));
                Some(self.symbol(Sum::atom(atom)))
            }
        }
    }
}

/// Where each atom is needed, in ascending order of the steps.
fn uses(steps: &[Step]) -> HashMap<usize, Vec<usize>> {
    let mut uses: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        for atom in step.atoms() {
            let list = uses.entry(atom).or_default();
            if list.last() != Some(&index) {
                list.push(index);
            }
        }
    }
    uses
}

impl Step {
    /// The atoms that it needs.
    fn atoms(&self) -> Vec<usize> {
        let mut atoms: Vec<usize> = match self {
            Self::Find(_, sum) | Self::Assert(sum, _) => sum.atoms().collect(),
            Self::Invert(_, linear) | Self::Store(linear, _) | Self::Return(linear) => {
                linear.terms.iter().map(|&(atom, _)| atom).collect()
            }
        };
        atoms.sort_unstable();
        atoms.dedup();
        atoms
    }
}

#[cfg(test)]
mod tests;
