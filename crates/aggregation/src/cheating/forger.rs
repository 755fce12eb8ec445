//! The witness of a dishonest prover: the verification of a signature, written out cell by cell.
//!
//! A second and slower way to the tables that [`crate::witness`] fills, one lane at a time, with a *hook* at every value.
//! What a hook changes is used from there on, so a lane stays consistent but for the one thing that it
//! falsifies; the public key is whatever root comes out.

use p3_field::{Field, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_argument::permutation::Trace;
use sheaf_transcript::{F, PF};
use sheaf_xmss::params::{CAPACITY, DIGEST, PARAMETER, RANDOMNESS, RATE};
use sheaf_xmss::poseidon::Lanes;
use sheaf_xmss::tree::leaf_capacity;
use sheaf_xmss::{PublicKey, Scheme};

use crate::prove::prove_witness;
use crate::setup::Setup;
use crate::shape::Shape;
use crate::statement::{Group, Statement};
use crate::strategy::Strategy;
use crate::streams::{Capacity, STREAMS, first_capacity, key_block};
use crate::summary::Summary;
use crate::tweaks::{GroupTweaks, element, position};
use crate::verify::{VerifyError, verify_proof};
use crate::witness::Witness;

/// A value on the way from the message to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What is committed about an element of the message hash: eight digits, low, mid and top of the remainder, inverse.
    Element(usize),
    /// The value that a chain step takes.
    Value(usize),
    /// The position `256 chain + step` of a chain step.
    Position(usize),
    /// The carry of a chain step's tweak.
    Carry(usize),
    /// Whether a chain step is the last of its chain.
    Mark(usize),
    /// The input of a chain step's permutation, its cells left alone.
    StepInput(usize),
    /// The output of a chain step's permutation.
    StepOutput(usize),
    /// The end of a chain, as the leaf absorbs it.
    ChainEnd(usize),
    /// The input of a slot of the wide table, its cells left alone.
    WideInput(usize),
    /// The output of a slot of the wide table.
    WideOutput(usize),
    /// Left and right child of the node at a level.
    Children(usize),
    /// What is added to the output of the node at a level.
    FeedForward(usize),
    /// The root, as the key has it.
    Root,
    /// The capacity that the key is absorbed into.
    KeyCapacity,
}

/// Number of values at [`Place::Element`].
pub(super) const ELEMENT: usize = 12;

pub(super) type Hook<'a> = &'a (dyn Fn(Place, &mut [F]) + Sync);

/// One signer, honest or not.
#[derive(Clone)]
pub(super) struct Signer<'a> {
    pub parameter: [F; PARAMETER],
    pub randomness: [F; RANDOMNESS],
    /// The group of the statement that the signature is claimed for.
    pub group: usize,
    /// The slot and message that are really signed.
    pub slot: u32,
    pub message: [u8; 32],
    /// How many steps each chain takes, if not 7 minus its digit.
    pub lengths: Option<Vec<usize>>,
    pub hook: Hook<'a>,
}

/// Changes nothing.
pub(super) const HONEST: Hook<'static> = &|_, _| {};

/// One lane's cells, and the inputs of its permutations.
#[derive(Clone)]
pub(super) struct Lane<'a> {
    hook: Hook<'a>,
    /// The key that the run ends in.
    pub key: PublicKey,
    cells: Vec<F>,
    results: Vec<[F; DIGEST]>,
    narrow: Vec<[F; 16]>,
    wide: Vec<[F; 24]>,
}

/// The elements of the message hash, with what the signer's hook makes of them.
pub(super) fn message_hash(scheme: &Scheme, signer: &Signer) -> Vec<u32> {
    let tweaks = GroupTweaks::new(scheme, signer.slot);
    let input = message_input(&tweaks, signer);
    let mut state = input;
    (signer.hook)(Place::WideInput(Shape::MESSAGE_SLOT), &mut state);
    F::permute_wide(&mut state);
    (signer.hook)(Place::WideOutput(Shape::MESSAGE_SLOT), &mut state);
    (0..scheme.message_elements())
        .map(|i| (state[i] + input[i]).as_canonical_u32())
        .collect()
}

fn message_input(tweaks: &GroupTweaks, signer: &Signer) -> [F; 24] {
    let message = sheaf_xmss::tweak::message_elements(&signer.message);
    let parts = [
        &message[..],
        &signer.parameter,
        &tweaks.message,
        &signer.randomness,
    ]
    .concat();
    core::array::from_fn(|i| parts.get(i).copied().unwrap_or(F::ZERO))
}

/// The base-8 digits of the quotient and the digits of the remainder, with the inverse.
pub(super) fn decompose(a: u32) -> [F; ELEMENT] {
    let (quotient, remainder) = (a / 127, a % 127);
    core::array::from_fn(|i| match i {
        0..8 => F::from_u32(quotient >> (3 * i) & 7),
        8 => F::from_u32(remainder & 7),
        9 => F::from_u32(remainder >> 3 & 7),
        10 => F::from_u32(remainder >> 6),
        _ => (F::from_u32(remainder) - element(127)).inverse(),
    })
}

/// The inverse that goes with the remainder among the values of an element; zero if there is none.
pub(super) fn inverse_of(values: &[F]) -> F {
    let remainder = values[8] + values[9] * F::from_u8(8) + values[10] * F::from_u8(64);
    (remainder - element(127)).try_inverse().unwrap_or_default()
}

impl<'a> Lane<'a> {
    fn run(shape: &Shape, signer: &Signer<'a>) -> Self {
        let tweaks = GroupTweaks::new(&shape.scheme, signer.slot);
        let mut lane = Self {
            hook: signer.hook,
            key: PublicKey {
                root: [F::ZERO; DIGEST],
                parameter: signer.parameter,
            },
            cells: vec![F::ZERO; shape.columns.count],
            results: Vec::new(),
            narrow: Vec::new(),
            wide: vec![[F::ZERO; 24]; shape.slots24()],
        };
        let digits = lane.message(shape, signer, &tweaks);
        let lengths = signer.lengths.clone().unwrap_or_else(|| {
            let length = |x: &F| 7usize.saturating_sub(x.as_canonical_u32() as usize);
            digits.iter().map(length).collect()
        });
        let ends = lane.chains(shape, signer, &tweaks, &lengths);
        let leaf = lane.leaf(shape, signer, &tweaks, &ends);
        lane.key.root = lane.path(shape, signer, &tweaks, leaf);
        (lane.hook)(Place::Root, &mut lane.key.root);
        lane
    }

    /// Runs a slot of the wide table.
    fn permute(&mut self, slot: usize, input: &[F; 24]) -> [F; 24] {
        let mut state = *input;
        (self.hook)(Place::WideInput(slot), &mut state);
        self.wide[slot] = state;
        F::permute_wide(&mut state);
        (self.hook)(Place::WideOutput(slot), &mut state);
        state
    }

    fn set(&mut self, first: usize, values: &[F]) {
        self.cells[first..][..values.len()].copy_from_slice(values);
    }

    fn set_capacity(&mut self, shape: &Shape, t: usize, capacity: &Capacity) {
        for (column, &x) in shape.columns.capacities(t).zip(capacity) {
            self.cells[column] = x;
        }
    }

    /// Absorbs the key; returns the capacity for the next key of the stream.
    fn key(&mut self, shape: &Shape, mut capacity: Capacity) -> Capacity {
        (self.hook)(Place::KeyCapacity, &mut capacity);
        self.set_capacity(shape, shape.sponge, &capacity);
        self.set(shape.columns.root, &self.key.root.clone());
        self.set(shape.columns.parameter, &self.key.parameter.clone());
        let block = key_block(&self.key);
        let input = core::array::from_fn(|i| match i.checked_sub(CAPACITY) {
            None => capacity[i],
            Some(i) => block[i],
        });
        let output = self.permute(shape.key_slot(), &input);
        core::array::from_fn(|j| output[j])
    }

    fn message(&mut self, shape: &Shape, signer: &Signer, tweaks: &GroupTweaks) -> Vec<F> {
        let columns = &shape.columns;
        self.set(columns.randomness, &signer.randomness);
        let input = message_input(tweaks, signer);
        let output = self.permute(Shape::MESSAGE_SLOT, &input);
        let mut digits = Vec::new();
        for i in 0..shape.elements {
            let mut values = decompose((output[i] + input[i]).as_canonical_u32());
            (signer.hook)(Place::Element(i), &mut values);
            self.set(columns.digit + 8 * i, &values[..8]);
            digits.extend_from_slice(&values[..8]);
            let low = columns.digit + 8 * shape.elements + i;
            self.cells[low] = values[8];
            self.cells[low + shape.elements] = values[9];
            self.cells[columns.remainder_top + i] = values[10];
            self.cells[columns.remainder_inverse + i] = values[11];
        }
        digits.truncate(shape.scheme.chains);
        digits
    }

    fn chains(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        lengths: &[usize],
    ) -> Vec<[F; DIGEST]> {
        let columns = &shape.columns;
        let steps = lengths
            .iter()
            .enumerate()
            .flat_map(|(c, &n)| (0..n).map(move |i| (c, n, i)));
        // Rows that no chain needs are filled with steps that lead nowhere.
        let rows: Vec<_> = steps
            .chain(core::iter::repeat((0, 9, 0)))
            .take(shape.steps)
            .collect();
        let start = |c: usize| core::array::from_fn(|j| element(1000 * c + j + 77));
        let mut ends: Vec<[F; DIGEST]> = (0..shape.scheme.chains).map(start).collect();
        let mut value = [F::ZERO; DIGEST];
        for (k, (chain, length, i)) in rows.into_iter().enumerate() {
            if i == 0 {
                value = start(chain);
            }
            (signer.hook)(Place::Value(k), &mut value);
            let mut q = [element(position(chain, 7)) - element(length - 1 - i)];
            (signer.hook)(Place::Position(k), &mut q);
            let threshold = tweaks.threshold();
            let mut carry = [F::from_bool(q[0].as_canonical_u32() as usize >= threshold)];
            (signer.hook)(Place::Carry(k), &mut carry);
            let mut mark = [F::from_bool(i + 1 == length)];
            (signer.hook)(Place::Mark(k), &mut mark);
            self.set(columns.chain_value + DIGEST * k, &value);
            self.cells[columns.chain_position + k] = q[0];
            self.cells[columns.chain_end + k] = mark[0];
            if shape.carries {
                self.cells[columns.carry + k] = carry[0];
            }

            let mut input = [F::ZERO; 16];
            input[..8].copy_from_slice(&value);
            input[8..13].copy_from_slice(&signer.parameter);
            input[13] = tweaks.chain[0] + q[0] * element(256);
            input[14] = tweaks.chain[1] + carry[0];
            (signer.hook)(Place::StepInput(k), &mut input);
            self.narrow.push(input);
            F::permute_narrow(&mut input);
            (signer.hook)(Place::StepOutput(k), &mut input);
            value = core::array::from_fn(|j| value[j] + input[j]);
            self.results.push(value);
            if i + 1 == length {
                ends[chain] = value;
            }
        }
        for (c, end) in ends.iter_mut().enumerate() {
            (signer.hook)(Place::ChainEnd(c), end);
        }
        self.set(columns.end_value, ends.as_flattened());
        ends
    }

    fn leaf(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        ends: &[[F; DIGEST]],
    ) -> [F; DIGEST] {
        let mut absorbed = [&signer.parameter[..], &tweaks.node(0), ends.as_flattened()].concat();
        absorbed.resize(shape.sponge * RATE, F::ZERO);
        let mut capacity = leaf_capacity(&shape.scheme);
        let mut digest = [F::ZERO; DIGEST];
        for (t, block) in absorbed.chunks(RATE).enumerate() {
            if t > 0 {
                self.set_capacity(shape, t, &capacity);
            }
            let input = core::array::from_fn(|i| match i.checked_sub(CAPACITY) {
                None => capacity[i],
                Some(i) => block[i],
            });
            let output = self.permute(shape.sponge_slot(t), &input);
            capacity = core::array::from_fn(|i| output[i]);
            digest = core::array::from_fn(|i| output[CAPACITY + i]);
        }
        digest
    }

    fn path(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        leaf: [F; DIGEST],
    ) -> [F; DIGEST] {
        let mut node = leaf;
        for level in 1..=shape.height {
            let sibling: [F; DIGEST] = core::array::from_fn(|j| element(50 * level + j));
            let mut children = if tweaks.is_right(level - 1) {
                [sibling, node]
            } else {
                [node, sibling]
            };
            (signer.hook)(Place::Children(level), children.as_flattened_mut());
            let child = DIGEST * (level - 1);
            self.set(shape.columns.left + child, &children[0]);
            self.set(shape.columns.right + child, &children[1]);
            let parts = [
                &signer.parameter[..],
                &tweaks.node(level),
                children.as_flattened(),
            ]
            .concat();
            let input = core::array::from_fn(|i| parts.get(i).copied().unwrap_or(F::ZERO));
            let output = self.permute(shape.node_slot(level), &input);
            let mut forward: [F; DIGEST] = core::array::from_fn(|j| input[j]);
            (signer.hook)(Place::FeedForward(level), &mut forward);
            node = core::array::from_fn(|j| output[j] + forward[j]);
        }
        node
    }

    /// The outputs of the narrow table.
    pub(super) fn narrow_outputs(&self) -> impl Iterator<Item = [F; 16]> {
        self.narrow.iter().map(|&input| {
            let mut state = input;
            F::permute_narrow(&mut state);
            state
        })
    }

    /// The output of a slot of the wide table.
    pub(super) fn wide_output(&self, slot: usize) -> [F; 24] {
        let mut state = self.wide[slot];
        F::permute_wide(&mut state);
        state
    }
}

/// A statement, and the tables that are to prove it.
pub(super) struct Forgery<'a> {
    pub statement: Statement,
    /// What the argument takes in.
    pub summary: Summary,
    /// Where the keys of the lanes lead to.
    capacities: [Capacity; STREAMS],
    pub setup: Setup,
    pub witness: Witness,
    pub trace: Trace,
    /// In the order of the statement.
    pub lanes: Vec<Lane<'a>>,
    /// The lane of each signer.
    pub lane_of: Vec<usize>,
}

/// Runs all signers, each under the key that its run ends in. `groups` are the slots and messages claimed.
pub(super) fn forge<'a>(
    scheme: Scheme,
    groups: &[(u32, [u8; 32])],
    signers: &[Signer<'a>],
) -> Forgery<'a> {
    let carries = groups.iter().any(|&(slot, _)| {
        matches!(
            GroupTweaks::new(&scheme, slot).carry,
            crate::tweaks::Carry::From(_)
        )
    });
    let shape = Shape::with_lanes(scheme, signers.len(), carries);
    let runs: Vec<Lane> = signers.iter().map(|s| Lane::run(&shape, s)).collect();
    let members = |group: usize| {
        let of_group = move |&i: &usize| signers[i].group == group;
        (0..signers.len()).filter(of_group)
    };
    let claimed = groups
        .iter()
        .enumerate()
        .map(|(g, &(slot, message))| Group {
            slot,
            message,
            keys: members(g).map(|i| runs[i].key).collect(),
        })
        .collect();
    let (statement, order) = Statement::new(scheme, claimed).expect("sound groups");
    let order: Vec<usize> = order
        .iter()
        .map(|&(g, key)| members(g).nth(key).expect("a key per member"))
        .collect();
    let lane_of = (0..signers.len())
        .map(|i| {
            order
                .iter()
                .position(|&j| j == i)
                .expect("a lane per signer")
        })
        .collect();
    let lanes: Vec<Lane> = order.iter().map(|&i| runs[i].clone()).collect();
    let mut forgery = Forgery::new(statement, lanes, lane_of);
    // As if the keys had led there: false only where a hook has made them.
    forgery.summary.capacities = forgery.capacities;
    forgery
}

impl<'a> Forgery<'a> {
    fn new(statement: Statement, mut lanes: Vec<Lane<'a>>, lane_of: Vec<usize>) -> Self {
        let setup = Setup::new(&statement, 1).expect("parameters");
        let mut capacities = [first_capacity(); STREAMS];
        for (o, lane) in lanes.iter_mut().enumerate() {
            let capacity = &mut capacities[o % STREAMS];
            *capacity = lane.key(&setup.shape, *capacity);
        }
        let witness = Forgery::witness(&setup.shape, &lanes);
        let mut trace = Trace::new(setup.shape.permutations());
        trace.groups_mut().enumerate().for_each(|(g, mut group)| {
            let of = |lane: usize| lanes.get(g * PF::WIDTH + lane);
            for k in 0..setup.shape.steps {
                let input = core::array::from_fn(|j| {
                    PF::from_fn(|lane| of(lane).map_or(F::ZERO, |l| l.narrow[k][j]))
                });
                let _ = group.permute16(k, input);
            }
            for slot in 0..setup.shape.slots24() {
                let input = core::array::from_fn(|j| {
                    PF::from_fn(|lane| of(lane).map_or(F::ZERO, |l| l.wide[slot][j]))
                });
                let _ = group.permute24(slot, input);
            }
        });
        Self {
            summary: Summary::new(&statement),
            statement,
            capacities,
            setup,
            witness,
            trace,
            lanes,
            lane_of,
        }
    }

    /// Proves, with another strategy than the honest one or with that.
    pub(super) fn prove(&mut self, strategy: &impl Strategy) -> Vec<u8> {
        let Self {
            summary,
            setup,
            witness,
            trace,
            ..
        } = self;
        prove_witness(summary, setup, witness, trace, strategy, |_| Ok(()))
            .expect("a proof, true or false")
    }

    /// Verifies a proof of what the argument is about.
    pub(super) fn verify(&self, proof: &[u8]) -> Result<(), VerifyError> {
        verify_proof(&self.setup, &self.summary, proof)
    }

    /// The same lanes, or some of them, or some of them twice, for another statement.
    pub(super) fn as_proof_of(&self, statement: Statement, lanes: &[usize]) -> Self {
        let lanes = lanes.iter().map(|&i| self.lanes[i].clone()).collect();
        Self::new(statement, lanes, Vec::new())
    }

    fn witness(shape: &Shape, lanes: &[Lane]) -> Witness {
        let groups = lanes.len().div_ceil(PF::WIDTH);
        let pack = |g: usize, value: &dyn Fn(&Lane) -> F| {
            PF::from_fn(|i| lanes.get(g * PF::WIDTH + i).map_or(F::ZERO, value))
        };
        Witness {
            cells: (0..groups * shape.columns.count)
                .map(|i| {
                    let (g, column) = (i / shape.columns.count, i % shape.columns.count);
                    pack(g, &|lane| lane.cells[column])
                })
                .collect(),
            step_results: (0..groups * shape.steps)
                .map(|i| {
                    let (g, k) = (i / shape.steps, i % shape.steps);
                    core::array::from_fn(|j| pack(g, &|lane| lane.results[k][j]))
                })
                .collect(),
            live: (0..groups).map(|g| pack(g, &|_| F::ONE)).collect(),
        }
    }

    /// The witness with other cells in one lane.
    pub(super) fn with_cells(&self, lane: usize, change: impl FnOnce(&mut [F])) -> Witness {
        let shape = &self.setup.shape;
        let mut witness = Self::witness(shape, &self.lanes);
        let mut cells = self.lanes[lane].cells.clone();
        change(&mut cells);
        let first = lane / PF::WIDTH * shape.columns.count;
        for (register, x) in witness.cells[first..].iter_mut().zip(cells) {
            register.as_slice_mut()[lane % PF::WIDTH] = x;
        }
        witness
    }
}
