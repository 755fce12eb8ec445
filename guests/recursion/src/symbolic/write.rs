//! A formula becomes rows: which atoms are at hand when.

use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::E;
use sheaf_program::builder::{Base, Row, Word};

use super::{ALIVE, Atom, Linear, Notes, Scratch, Step, Sum, Written, uses};

pub(super) struct Writer<'a> {
    /// In the order in which they are written.
    steps: Vec<Step>,
    scratch: Scratch<'a>,
    /// The steps that need an atom, in ascending order.
    uses: HashMap<usize, Vec<usize>>,
    /// Atoms at hand, with the word that each is.
    at_hand: HashMap<usize, Word>,
    /// Where atoms are in memory.
    stored: HashMap<usize, Base>,
    taken: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(notes: &'a Notes, scratch: Scratch<'a>) -> Self {
        let (mut at_hand, mut stored) = (HashMap::new(), HashMap::new());
        for (index, atom) in notes.atoms.iter().enumerate() {
            match atom {
                Atom::Given(word) => {
                    at_hand.insert(index, word.clone());
                }
                Atom::Stored(address) => {
                    stored.insert(index, address.clone());
                }
                Atom::Found => {}
            }
        }
        let steps = by_demand(&needed(&notes.steps));
        Self {
            scratch,
            uses: uses(&steps),
            steps,
            at_hand,
            stored,
            taken: 0,
        }
    }

    #[track_caller]
    pub(super) fn write(mut self, row: &mut Row) -> Written {
        let mut results = Vec::new();
        let steps = std::mem::take(&mut self.steps);
        for (now, step) in steps.iter().enumerate() {
            let atoms = step.atoms();
            self.fetch(row, &atoms, now);
            match step {
                Step::Find(atom, sum) => {
                    let word = self.find(row, sum);
                    self.at_hand.insert(*atom, word);
                }
                Step::Invert(atom, linear) => {
                    let word = row.word_inverse(&self.word(linear));
                    self.at_hand.insert(*atom, word);
                }
                Step::Assert(sum, message) => {
                    let (products, linear) = self.words(sum);
                    let products: Vec<_> = products.iter().map(|(a, b)| (a, b)).collect();
                    row.assert_zero_words(&products, &linear, message);
                }
                Step::Store(linear, address) => {
                    row.write(self.scratch.memory, address, &self.word(linear));
                }
                Step::Return(linear) => results.push(self.word(linear)),
            }
            self.forget(now);
        }
        Written {
            results,
            scratch: self.taken,
        }
    }

    /// Has all of these atoms at hand, and not too many others.
    #[track_caller]
    fn fetch(&mut self, row: &mut Row, atoms: &[usize], now: usize) {
        let missing: Vec<usize> = (atoms.iter().copied())
            .filter(|atom| !self.at_hand.contains_key(atom))
            .collect();
        // What is found in this step needs room too.
        while self.at_hand.len() + missing.len() + 1 > ALIVE {
            let others = self.at_hand.keys().filter(|atom| !atoms.contains(atom));
            let last = others.max_by_key(|&&atom| (self.next_use(atom, now), atom));
            let Some(&atom) = last else { break };
            let Some(word) = self.at_hand.remove(&atom) else {
                break;
            };
            if self.next_use(atom, now).is_some() && !self.stored.contains_key(&atom) {
                let address = self.scratch.address.plus(self.taken as i32);
                row.write(self.scratch.memory, &address, &word);
                self.stored.insert(atom, address);
                self.taken += 1;
            }
        }
        for atom in missing {
            let address = &self.stored[&atom];
            let word = row.read(self.scratch.memory, address);
            self.at_hand.insert(atom, word);
        }
    }

    /// The first step from `now` on that needs an atom. What is never needed again comes before everything else.
    fn next_use(&self, atom: usize, now: usize) -> Option<usize> {
        let uses = self.uses.get(&atom)?;
        uses.get(uses.partition_point(|&step| step < now)).copied()
    }

    /// Lets go of atoms that nobody needs after this step.
    fn forget(&mut self, now: usize) {
        let done: Vec<usize> = (self.at_hand.keys().copied())
            .filter(|&atom| self.next_use(atom, now + 1).is_none())
            .collect();
        for atom in done {
            self.at_hand.remove(&atom);
        }
    }

    #[track_caller]
    fn find(&self, row: &mut Row, sum: &Sum) -> Word {
        let (products, linear) = self.words(sum);
        let products: Vec<_> = products.iter().map(|(a, b)| (a, b)).collect();
        row.word_products(&products, &linear)
    }

    fn words(&self, sum: &Sum) -> (Vec<(Word, Word)>, Word) {
        let products = (sum.products.iter())
            .map(|(a, b)| (self.word(a), self.word(b)))
            .collect();
        (products, self.word(&sum.linear))
    }

    fn word(&self, linear: &Linear) -> Word {
        (linear.terms.iter()).fold(Word::constant(linear.constant), |sum, &(atom, c)| {
            let word = &self.at_hand[&atom];
            match c {
                E::ONE => &sum + word,
                _ => &sum + &word.times(c),
            }
        })
    }
}

/// The steps without those that find what nobody needs.
fn needed(steps: &[Step]) -> Vec<Step> {
    let mut wanted = std::collections::HashSet::new();
    let mut kept: Vec<Step> = Vec::new();
    for step in steps.iter().rev() {
        let wants = match step {
            Step::Find(atom, _) | Step::Invert(atom, _) => wanted.contains(atom),
            Step::Assert(..) | Step::Store(..) | Step::Return(..) => true,
        };
        if wants {
            wanted.extend(step.atoms());
            kept.push(step.clone());
        }
    }
    kept.reverse();
    kept
}

/// The steps in the order in which they are needed: what finds an atom comes right before the first step that needs it, and what is asserted,
/// stored or returned stays in order. So fewer atoms have to make room.
fn by_demand(steps: &[Step]) -> Vec<Step> {
    let finds: HashMap<usize, usize> = (steps.iter().enumerate())
        .filter_map(|(index, step)| match step {
            Step::Find(atom, _) | Step::Invert(atom, _) => Some((*atom, index)),
            _ => None,
        })
        .collect();
    let mut done = vec![false; steps.len()];
    let mut order = Vec::with_capacity(steps.len());
    for (root, step) in steps.iter().enumerate() {
        if matches!(step, Step::Find(..) | Step::Invert(..)) {
            continue;
        }
        let mut stack = vec![(root, false)];
        while let Some((index, ready)) = stack.pop() {
            if done[index] {
                continue;
            }
            if ready {
                done[index] = true;
                order.push(steps[index].clone());
                continue;
            }
            stack.push((index, true));
            // What was noted last comes first.
            let before = (steps[index].atoms().into_iter()).filter_map(|atom| finds.get(&atom));
            stack.extend(before.map(|&before| (before, false)));
        }
    }
    order
}
