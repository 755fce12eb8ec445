//! Where a body is cut into rows.
//!
//! A body is a list of steps. What does not fit into a row goes on in another one: the first calls the second like a function,
//! with the values that steps to come need, and gets what it returns itself and does not know yet. So a value that crosses a cut is a cell
//! more; results are known in the row that finds them, and cells in those before.
//!
//! Steps keep their order. Of all cuts the ones with the fewest cells are taken, by dynamic programming over prefixes. What is needed
//! long after it is found is a cell in every row between: put it into memory.

use std::ops::Range;

use super::equations::Equations;
use super::procedure::{Action, Place, Position, Slot};
use super::row::{FIRST_VALUE, Item, Row, as_cell};
use super::value::Base;
use crate::layout::{CELLS, CONSTRAINTS, MESSAGES, POSITIONS};
use crate::{DEGREE, Form};

/// What a row costs beside its cells: its messages, and its share of everything that is done by rows.
const ROW_COST: usize = 4;

/// What the first row of a body sends and holds beside the body.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// Messages.
    pub(super) messages: usize,
    /// Cells: a ticket, a multiplicity.
    pub(super) cells: usize,
}

/// An element of the body's results.
pub(super) struct Element {
    pub(super) form: Form,
    /// How many steps there are up to the one that finds it.
    pub(super) ready: usize,
}

/// Which values are needed where.
pub(super) struct Flow {
    /// Steps up to the one that finds a value; zero for parameters.
    found: Vec<usize>,
    /// Steps up to the last one that needs it; zero if none does.
    needed: Vec<usize>,
    pub(super) results: Vec<Element>,
    /// How many values are alive after so many steps.
    alive: Vec<usize>,
    /// How many elements of the results are not known after so many steps.
    unknown: Vec<usize>,
}

impl Flow {
    pub(super) fn new(row: &Row, results: &[Position]) -> Self {
        let mut found = vec![0; row.values];
        let mut needed = vec![0; row.values];
        for (index, item) in row.items.iter().enumerate() {
            let outputs = item.permutation.iter().flat_map(|(_, _, outputs)| outputs);
            for &value in item.cells.iter().chain(outputs) {
                found[value - FIRST_VALUE] = index + 1;
            }
            for value in item.values() {
                needed[value - FIRST_VALUE] = index + 1;
            }
        }
        let mut flow = Self {
            found,
            needed,
            results: Vec::new(),
            alive: Vec::new(),
            unknown: Vec::new(),
        };
        for (form, width) in results {
            for i in 0..usize::from(*width) {
                let form = form.coefficient(i);
                let ready = values(&form).map(|v| flow.found[v - FIRST_VALUE]).max();
                let ready = ready.unwrap_or(0);
                for value in values(&form) {
                    let needed = &mut flow.needed[value - FIRST_VALUE];
                    *needed = (*needed).max(ready);
                }
                flow.results.push(Element { form, ready });
            }
        }
        let steps = row.items.len();
        let lives = flow.found.iter().zip(&flow.needed);
        flow.alive = covered(steps, lives.map(|(&found, &needed)| found..needed));
        let waits = flow.results.iter().map(|element| 0..element.ready);
        flow.unknown = covered(steps, waits);
        flow
    }

    /// The values that a row needs which begins after `start` steps.
    pub(super) fn alive(&self, start: usize) -> impl Iterator<Item = usize> + '_ {
        (self.found.iter().zip(&self.needed).enumerate())
            .filter(move |&(_, (&found, &needed))| found <= start && needed > start)
            .map(|(value, _)| FIRST_VALUE + value)
    }

    /// The elements of the results that are not known after `end` steps.
    pub(super) fn unknown(&self, end: usize) -> impl Iterator<Item = usize> + '_ {
        (self.results.iter().enumerate())
            .filter(move |(_, element)| element.ready > end)
            .map(|(index, _)| index)
    }

    /// The steps of each row.
    pub(super) fn cut(&self, row: &Row, head: Head) -> Result<Vec<Range<usize>>, (Place, String)> {
        let steps = row.items.len();
        // The least cost of each prefix, and where its last row begins.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; steps + 1];
        best[0] = Some((0, 0));
        for start in 0..steps.max(1) {
            let Some((before, _)) = best[start] else {
                continue;
            };
            let given = if start == 0 {
                Given {
                    cells: row.parameters.len() + head.cells,
                    messages: head.messages,
                    // Types say how a tuple is made.
                    positions: 0,
                }
            } else {
                let (cells, results) = (self.alive[start], self.unknown[start]);
                Given {
                    cells,
                    messages: 1,
                    positions: cells.div_ceil(DEGREE) + results.div_ceil(DEGREE),
                }
            };
            if given.positions + 1 > POSITIONS {
                continue;
            }
            for (end, cells) in Rows::new(self, row, given, start) {
                let cost = before + cells + ROW_COST;
                if best[end].is_none_or(|(least, _)| cost < least) {
                    best[end] = Some((cost, start));
                }
            }
        }
        if best[steps].is_none() {
            let reached = best.iter().rposition(Option::is_some).unwrap_or(0);
            let here = row.items.get(reached).and_then(|item| item.step.as_ref());
            let location = here.map_or_else(Place::caller, |step| step.1);
            let alive = self.alive[reached];
            let what = format!(
                "this step and {alive} values that are needed from here on do not fit: a row has {CELLS} cells, {CONSTRAINTS} constraints \
                 and {MESSAGES} messages; pass less, or put values into memory"
            );
            return Err((location, what));
        }
        let mut rows = Vec::new();
        let mut end = steps;
        while let Some((_, start)) = best[end] {
            rows.push(start..end);
            if start == 0 {
                break;
            }
            end = start;
        }
        rows.reverse();
        Ok(rows)
    }
}

/// In how many of these ranges each number up to `last` is.
fn covered(last: usize, ranges: impl Iterator<Item = Range<usize>>) -> Vec<usize> {
    let mut begins = vec![0usize; last + 2];
    let mut ends = vec![0usize; last + 2];
    for range in ranges.filter(|range| !range.is_empty()) {
        begins[range.start] += 1;
        ends[range.end] += 1;
    }
    let mut count = 0;
    (0..=last)
        .map(|i| {
            count = count + begins[i] - ends[i];
            count
        })
        .collect()
}

/// What a row has before its first step.
struct Given {
    cells: usize,
    messages: usize,
    positions: usize,
}

/// The ends of rows that begin at one place, with their cells.
struct Rows<'a> {
    flow: &'a Flow,
    row: &'a Row,
    end: usize,
    cells: usize,
    messages: usize,
    permutations: usize,
    equations: Equations,
    /// Whether a row without steps has been given, which is one if the body has none.
    empty: bool,
}

impl<'a> Rows<'a> {
    fn new(flow: &'a Flow, row: &'a Row, given: Given, start: usize) -> Self {
        Self {
            flow,
            row,
            end: start,
            cells: given.cells,
            messages: given.messages,
            permutations: 0,
            equations: Equations::default(),
            empty: row.items.is_empty(),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        if std::mem::take(&mut self.empty) {
            return (self.cells <= CELLS).then_some((0, self.cells));
        }
        while let Some(item) = self.row.items.get(self.end) {
            self.end += 1;
            let copies = item.copies();
            self.cells += item.cells.len() + copies;
            self.messages += item.messages.len();
            self.permutations += usize::from(item.permutation.is_some());
            self.equations.extend(&item.equations);
            self.equations.add_copies(copies);
            let too_much = self.cells > CELLS
                || self.messages > MESSAGES
                || self.permutations > 1
                || self.equations.constraints() > CONSTRAINTS;
            if too_much {
                return None;
            }
            let last = self.end == self.row.items.len();
            let (alive, received) = (self.flow.alive[self.end], self.flow.unknown[self.end]);
            let positions = alive.div_ceil(DEGREE) + received.div_ceil(DEGREE) + 1;
            let fits = last || (self.messages < MESSAGES && positions <= POSITIONS);
            if fits && self.cells + received <= CELLS {
                return Some((self.end, self.cells + received));
            }
        }
        None
    }
}

impl Item {
    /// Inputs of its permutation that need a cell of their own: those that are no value, or one that is an input already.
    fn copies(&self) -> usize {
        let inputs = self
            .permutation
            .as_ref()
            .map_or(&[][..], |(_, inputs, _)| inputs);
        inputs.len() - own_inputs(inputs).iter().flatten().count()
    }

    /// The values that it needs, in any order, some of them several times.
    fn values(&self) -> impl Iterator<Item = usize> + '_ {
        let action = self.step.iter().flat_map(|(action, _)| action.forms());
        let messages = (self.messages.iter())
            .flat_map(|message| message.tuple.iter().chain([&message.multiplicity]));
        let inputs = self.permutation.iter().flat_map(|(_, inputs, _)| inputs);
        (action.chain(messages).chain(self.equations.forms()))
            .chain(inputs.map(Base::form))
            .flat_map(values)
    }
}

/// For each input of a permutation the value that it is, if it is one and no earlier input is the same.
pub(super) fn own_inputs(inputs: &[Base]) -> Vec<Option<usize>> {
    let mut taken = Vec::new();
    for input in inputs {
        let value = as_cell(input.form()).filter(|value| !taken.contains(&Some(*value)));
        taken.push(value);
    }
    taken
}

/// The values that a form names.
fn values(form: &Form) -> impl Iterator<Item = usize> + '_ {
    form.terms()
        .map(|(column, _)| column)
        .filter(|&column| column >= FIRST_VALUE)
}

impl Action<usize> {
    /// All forms in it.
    fn forms(&self) -> Vec<&Form> {
        fn pairs(list: &[(Form, Form)]) -> impl Iterator<Item = &Form> {
            list.iter().flat_map(|(a, b)| [a, b])
        }
        fn positions(list: &[Position]) -> impl Iterator<Item = &Form> {
            list.iter().map(|(form, _)| form)
        }
        fn known(list: &[Slot<usize>]) -> impl Iterator<Item = &Form> {
            list.iter().filter_map(|slot| match slot {
                Slot::Known(form) => Some(form),
                Slot::Cell(_) => None,
            })
        }
        match self {
            Self::Advice { .. } | Self::Permute => Vec::new(),
            Self::Hint { inputs, .. } => inputs.iter().collect(),
            Self::Solve {
                products, linear, ..
            }
            | Self::Assert {
                products, linear, ..
            } => pairs(products).chain([linear]).collect(),
            Self::Call {
                arguments, results, ..
            } => positions(arguments).chain(known(results)).collect(),
            Self::Loop { start, end, .. } => positions(start).chain(known(end)).collect(),
            Self::Read { address, word, .. } => known(word).chain([address]).collect(),
            Self::Write { address, word, .. } => positions(word).chain([address]).collect(),
            Self::Lookup { number, .. } => vec![number],
            Self::Allocate { words, .. } => vec![words],
        }
    }
}
