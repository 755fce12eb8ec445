//! The permutations of a lane: which there are, and where they stand.

use std::ops::Range;

use crate::poseidon::CAPACITY;
use crate::shape::Shape;
use crate::statement::{Family, Scheme};

/// A permutation of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A chain step, counted over all chains.
    Step(usize),
    /// A call of the message hash.
    Message(usize),
    /// A permutation of the leaf sponge.
    Leaf(usize),
    /// A permutation that absorbs the key.
    Key(usize),
    /// The node of the path at this level, from 1.
    Node(usize),
}

/// A permutation and its place: a slot in the table of its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub call: Call,
    pub width: usize,
    pub slot: usize,
}

impl Scheme {
    /// Calls of the message hash.
    pub(crate) fn message_calls(&self) -> usize {
        match self.family {
            Family::BothWidths => 1,
            Family::Compact => 2,
        }
    }

    /// The width of a permutation.
    pub(crate) fn width(&self, call: Call) -> usize {
        match (self.family, call) {
            (Family::Compact, _) | (_, Call::Step(_)) => 16,
            _ => 24,
        }
    }

    /// All permutations, in the order of their slots.
    pub(crate) fn calls(&self) -> Vec<Placed> {
        let steps = (0..self.steps()).map(Call::Step);
        let calls = steps
            .chain((0..self.message_calls()).map(Call::Message))
            .chain((0..self.sponge()).map(Call::Leaf))
            .chain((0..self.key_permutations()).map(Call::Key))
            .chain((1..=self.height).map(Call::Node));
        let mut placed: Vec<Placed> = Vec::new();
        for call in calls {
            let width = self.width(call);
            let slot = placed.iter().filter(|other| other.width == width).count();
            placed.push(Placed { call, width, slot });
        }
        placed
    }
}

impl Shape {
    /// The permutations with wired outputs, in the order in which these are weighed: the key comes last.
    pub(crate) fn wired(&self) -> Vec<(Placed, Range<usize>)> {
        let is_key = |call: Call| matches!(call, Call::Key(_));
        let calls = self.scheme.calls();
        let (last, first): (Vec<_>, Vec<_>) = calls.into_iter().partition(|c| is_key(c.call));
        let ordered = first.into_iter().chain(last);
        ordered
            .map(|placed| (placed, self.wired_outputs(placed.call)))
            .filter(|(_, outputs)| !outputs.is_empty())
            .collect()
    }

    /// The outputs of a permutation that lead somewhere; those of chain steps are a matter of their own.
    fn wired_outputs(&self, call: Call) -> Range<usize> {
        let scheme = &self.scheme;
        let capacity = scheme.leaf_capacity();
        match call {
            Call::Step(_) => 0..0,
            Call::Message(i) if i + 1 < scheme.message_calls() => 0..scheme.previous(),
            Call::Message(_) => 0..self.elements,
            Call::Leaf(t) if t + 1 < self.sponge => 0..capacity,
            Call::Leaf(_) => capacity..capacity + scheme.digest(),
            Call::Node(_) => 0..scheme.digest(),
            Call::Key(_) => 0..CAPACITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{COMPACT, PROD};

    /// The numbers in docs/protocol.md.
    #[test]
    fn slots() {
        let slots = |scheme: Scheme, width: usize| {
            let calls = scheme.calls();
            calls.iter().filter(|c| c.width == width).count()
        };
        assert_eq!((slots(PROD, 16), slots(PROD, 24)), (122, 59));
        assert_eq!((slots(COMPACT, 16), slots(COMPACT, 24)), (168, 0));
    }
}
