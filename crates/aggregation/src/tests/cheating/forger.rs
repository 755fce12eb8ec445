//! The witness of a dishonest prover: the verification of a signature, written out cell by cell.
//!
//! A second and slower way to the tables that [`crate::witness`] fills, one lane at a time, with a *hook* at every value.
//! What a hook changes is used from there on, so a lane stays consistent but for the one thing that it
//! falsifies; the public key is whatever root comes out.

use p3_field::{Field, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_argument::permutation::Trace;
use sheaf_transcript::{F, PF};
use sheaf_xmss::layout::{self, Input, Layout, Part, Width};
use sheaf_xmss::params::{MAX_DIGEST, MAX_PARAMETER, MAX_RANDOMNESS, WIDTH_WIDE};
use sheaf_xmss::tree::lengths;
use sheaf_xmss::tweak::{Tweak, message_digits, message_elements};
use sheaf_xmss::{PublicKey, Scheme};

use crate::chain_ends::last_step;
use crate::prove::prove_witness;
use crate::setup::Setup;
use crate::shape::{Calls, Shape, Slots};
use crate::statement::{Group, Statement};
use crate::strategy::Strategy;
use crate::streams::{Absorption, CAPACITY, Capacity, STREAMS, first_capacity, key_item};
use crate::summary::Summary;
use crate::tweaks::{GroupTweaks, element};
use crate::verify::{VerifyError, verify_proof};
use crate::witness::Witness;

/// A value on the way from the message to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What is committed about an element of the message hash: eight digits, low, mid and top of the remainder, inverse.
    Element(usize),
    /// The value that a chain step takes.
    Value(usize),
    /// The number of a chain step.
    Position(usize),
    /// The carry of a chain step's tweak.
    Carry(usize),
    /// Whether a chain step is the last of its chain.
    Mark(usize),
    /// The end of a chain, as the leaf absorbs it.
    ChainEnd(usize),
    /// The input of the permutation in a slot of the table of a width, its cells left alone.
    Input(Width, usize),
    /// Its output.
    Output(Width, usize),
    /// What is added to its output.
    FeedForward(Width, usize),
    /// Left and right child of the node at a level.
    Children(usize),
    /// The root, as the key has it.
    Root,
    /// The capacity that the key's first permutation starts from.
    KeyCapacity,
}

/// Number of values at [`Place::Element`].
pub(super) const ELEMENT: usize = 12;

pub(super) type Hook<'a> = &'a (dyn Fn(Place, &mut [F]) + Sync);

/// One signer, honest or not.
#[derive(Clone)]
pub(super) struct Signer<'a> {
    pub parameter: [F; MAX_PARAMETER],
    pub randomness: [F; MAX_RANDOMNESS],
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
    /// The results of the chain steps.
    results: Vec<[F; MAX_DIGEST]>,
    narrow: Vec<Input>,
    wide: Vec<Input>,
}

/// The result of a call with a feed-forward.
struct Compressed {
    state: [F; WIDTH_WIDE],
}

impl Compressed {
    fn digest(&self, scheme: &Scheme) -> [F; MAX_DIGEST] {
        truncated(&self.state, scheme.sizes.digest)
    }
}

/// The first elements, and zeros.
fn truncated(elements: &[F], length: usize) -> [F; MAX_DIGEST] {
    core::array::from_fn(|j| if j < length { elements[j] } else { F::ZERO })
}

/// The input with these parts.
fn input<'b>(scheme: &Scheme, layout: &Layout, of: impl Fn(Part) -> &'b [F]) -> Input {
    let mut state = [F::ZERO; WIDTH_WIDE];
    for (part, first) in layout::places(scheme.sizes, layout.parts) {
        let length = part.length(scheme.sizes);
        if !matches!(part, Part::Zeros(_)) {
            state[first..][..length].copy_from_slice(&of(part)[..length]);
        }
    }
    Input {
        width: layout.width,
        state,
    }
}

/// Applies a permutation, with what a hook makes of it. Returns the input that it was applied to, and the output.
fn permute(hook: Hook, slot: usize, input: &Input) -> (Input, [F; WIDTH_WIDE]) {
    let (width, elements) = (input.width, input.width.elements());
    let mut actual = *input;
    hook(Place::Input(width, slot), &mut actual.state[..elements]);
    let mut output = actual.permute();
    hook(Place::Output(width, slot), &mut output[..elements]);
    (actual, output)
}

/// Adds an input to its output, with what a hook makes of it.
fn feed_forward(hook: Hook, slot: usize, input: &Input, output: &[F; WIDTH_WIDE]) -> Compressed {
    let mut forward = *input;
    let elements = input.width.elements();
    let place = Place::FeedForward(input.width, slot);
    hook(place, &mut forward.state[..elements]);
    Compressed {
        state: forward.feed_forward(output),
    }
}

/// The calls of the message hash: for each the input, the input that the permutation was applied to, and the result.
fn message_calls(scheme: &Scheme, calls: &Calls, signer: &Signer) -> Vec<(Input, [F; WIDTH_WIDE])> {
    let tweaks = GroupTweaks::new(scheme, signer.slot);
    let message = message_elements(scheme, &message_digits(&signer.message));
    let mut previous = [F::ZERO; WIDTH_WIDE];
    let mut all = Vec::new();
    for (layout, slots) in scheme.hashes.message.iter().zip(&calls.message) {
        let input = input(scheme, layout, |part| match part {
            Part::Message => &message,
            Part::Parameter => &signer.parameter,
            Part::Tweak => &tweaks.message,
            Part::Randomness => &signer.randomness,
            _ => &previous,
        });
        let (actual, output) = permute(signer.hook, slots.first, &input);
        previous = feed_forward(signer.hook, slots.first, &input, &output).state;
        all.push((actual, previous));
    }
    all
}

/// The elements of the message hash, with what the signer's hook makes of them.
pub(super) fn message_hash(scheme: &Scheme, calls: &Calls, signer: &Signer) -> Vec<u32> {
    let results = message_calls(scheme, calls, signer);
    let (_, hash) = results.last().expect("a call");
    let hash = &hash[..scheme.message_elements()];
    hash.iter().map(PrimeField32::as_canonical_u32).collect()
}

/// What the digits are taken from, and the remainder.
pub(super) fn split(scheme: &Scheme, a: u32) -> (u32, u32) {
    match scheme.digit_weight {
        127 => (a / 127, a % 127),
        1 => (a & 0xff_ffff, a >> 24),
        other => panic!("no scheme weighs digits by {other}"),
    }
}

/// The base-8 digits and the digits of the remainder, with the inverse.
pub(super) fn decompose(scheme: &Scheme, a: u32) -> [F; ELEMENT] {
    let (digits, remainder) = split(scheme, a);
    core::array::from_fn(|i| match i {
        0..8 => F::from_u32(digits >> (3 * i) & 7),
        8 => F::from_u32(remainder & 7),
        9 => F::from_u32(remainder >> 3 & 7),
        10 => F::from_u32(remainder >> 6),
        _ => (F::from_u32(remainder) - element(127))
            .try_inverse()
            .unwrap_or_default(),
    })
}

/// The inverse that goes with the remainder among the values of an element; zero if there is none.
pub(super) fn inverse_of(values: &[F]) -> F {
    let remainder = values[8] + values[9] * F::from_u8(8) + values[10] * F::from_u8(64);
    (remainder - element(127)).try_inverse().unwrap_or_default()
}

impl<'a> Lane<'a> {
    fn run(shape: &Shape, signer: &Signer<'a>) -> Self {
        let scheme = &shape.scheme;
        let tweaks = GroupTweaks::new(scheme, signer.slot);
        let empty = |width: Width| {
            let state = [F::ZERO; WIDTH_WIDE];
            vec![Input { width, state }; shape.calls.slots(width)]
        };
        let mut lane = Self {
            hook: signer.hook,
            key: PublicKey::new(scheme, [F::ZERO; MAX_DIGEST], signer.parameter),
            cells: vec![F::ZERO; shape.columns.count],
            results: Vec::new(),
            narrow: empty(Width::Narrow),
            wide: empty(Width::Wide),
        };
        let digits = lane.message(shape, signer);
        let lengths = signer.lengths.clone().unwrap_or_else(|| {
            let length = |x: &F| 7usize.saturating_sub(x.as_canonical_u32() as usize);
            digits.iter().map(length).collect()
        });
        let ends = lane.chains(shape, signer, &tweaks, &lengths);
        let leaf = lane.leaf(shape, signer, &tweaks, &ends);
        let mut root = lane.path(shape, signer, &tweaks, leaf);
        (lane.hook)(Place::Root, &mut root[..shape.columns.digest]);
        lane.key = PublicKey::new(scheme, root, signer.parameter);
        lane
    }

    /// Writes down what a permutation was applied to.
    fn record(&mut self, slot: usize, actual: Input) {
        let table = match actual.width {
            Width::Narrow => &mut self.narrow,
            Width::Wide => &mut self.wide,
        };
        table[slot] = actual;
    }

    /// Runs permutation `i` of some slots.
    fn permute(&mut self, slots: Slots, i: usize, input: &Input) -> [F; WIDTH_WIDE] {
        let slot = slots.first + i;
        let (actual, output) = permute(self.hook, slot, input);
        self.record(slot, actual);
        output
    }

    /// Runs it, and adds its input.
    fn compress(&mut self, slots: Slots, i: usize, input: &Input) -> Compressed {
        let output = self.permute(slots, i, input);
        feed_forward(self.hook, slots.first + i, input, &output)
    }

    fn set(&mut self, first: usize, values: &[F]) {
        self.cells[first..][..values.len()].copy_from_slice(values);
    }

    /// Absorbs the key; returns the capacity for the next key of the stream.
    fn key(&mut self, shape: &Shape, mut capacity: Capacity) -> Capacity {
        (self.hook)(Place::KeyCapacity, &mut capacity);
        let sizes = shape.scheme.sizes;
        let key = self.key;
        self.set(shape.columns.root, &key.root()[..sizes.digest]);
        self.set(shape.columns.parameter, &key.parameter()[..sizes.parameter]);
        let how = Absorption::of_keys(&shape.scheme);
        let item = &key_item(&key)[..how.elements];
        for (t, block) in item.chunks(how.rate()).enumerate() {
            for (column, &x) in shape.columns.key_capacity.row(t).zip(&capacity) {
                self.cells[column] = x;
            }
            let mut state = [F::ZERO; WIDTH_WIDE];
            state[..CAPACITY].copy_from_slice(&capacity);
            state[CAPACITY..][..block.len()].copy_from_slice(block);
            let width = how.width;
            let output = self.permute(shape.calls.key, t, &Input { width, state });
            capacity.copy_from_slice(&output[..CAPACITY]);
        }
        capacity
    }

    fn message(&mut self, shape: &Shape, signer: &Signer) -> Vec<F> {
        let (scheme, columns) = (&shape.scheme, &shape.columns);
        let randomness = &signer.randomness[..scheme.sizes.randomness];
        self.set(columns.randomness, randomness);
        let results = message_calls(scheme, &shape.calls, signer);
        for (slots, &(actual, _)) in shape.calls.message.iter().zip(&results) {
            self.record(slots.first, actual);
        }
        if let [(_, passed), _] = &results[..] {
            self.set(columns.previous, &passed[..8]);
        }
        let (_, hash) = results.last().expect("a call");
        let mut digits = Vec::new();
        for (i, x) in hash[..shape.elements].iter().enumerate() {
            let mut values = decompose(scheme, x.as_canonical_u32());
            (signer.hook)(Place::Element(i), &mut values);
            self.set(columns.digit + 8 * i, &values[..8]);
            digits.extend_from_slice(&values[..8]);
            let low = columns.digit + 8 * shape.elements + i;
            self.cells[low] = values[8];
            self.cells[low + shape.elements] = values[9];
            self.cells[columns.remainder_top + i] = values[10];
            self.cells[columns.remainder_inverse + i] = values[11];
        }
        digits.truncate(scheme.chains);
        digits
    }

    fn chains(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        lengths: &[usize],
    ) -> Vec<[F; MAX_DIGEST]> {
        let (scheme, columns) = (&shape.scheme, &shape.columns);
        let digest = columns.digest;
        let steps = lengths
            .iter()
            .enumerate()
            .flat_map(|(c, &n)| (0..n).map(move |i| (c, n, i)));
        // Rows that no chain needs are filled with steps that lead nowhere.
        let rows: Vec<_> = steps
            .chain(core::iter::repeat((0, 9, 0)))
            .take(shape.steps)
            .collect();
        let start = |c: usize| -> [F; MAX_DIGEST] {
            let elements: [F; MAX_DIGEST] = core::array::from_fn(|j| element(1000 * c + j + 77));
            truncated(&elements, digest)
        };
        let mut ends: Vec<[F; MAX_DIGEST]> = (0..scheme.chains).map(start).collect();
        let mut value = [F::ZERO; MAX_DIGEST];
        for (k, (chain, length, i)) in rows.into_iter().enumerate() {
            if i == 0 {
                value = start(chain);
            }
            (signer.hook)(Place::Value(k), &mut value[..digest]);
            let mut q = [element(last_step(scheme, chain)) - element(length - 1 - i)];
            (signer.hook)(Place::Position(k), &mut q);
            let threshold = tweaks.threshold();
            let mut carry = [F::from_bool(q[0].as_canonical_u32() as usize >= threshold)];
            (signer.hook)(Place::Carry(k), &mut carry);
            let mut mark = [F::from_bool(i + 1 == length)];
            (signer.hook)(Place::Mark(k), &mut mark);
            self.set(columns.chain_value + digest * k, &value[..digest]);
            self.cells[columns.chain_position + k] = q[0];
            self.cells[columns.chain_end + k] = mark[0];
            if shape.carries {
                self.cells[columns.carry + k] = carry[0];
            }

            let scale = element(scheme.step_numbers.scale);
            let tweak = [tweaks.chain[0] + q[0] * scale, tweaks.chain[1] + carry[0]];
            let input = input(scheme, &scheme.hashes.step, |part| match part {
                Part::Value => &value,
                Part::Parameter => &signer.parameter,
                _ => &tweak,
            });
            value = self.compress(shape.calls.steps, k, &input).digest(scheme);
            self.results.push(value);
            if i + 1 == length {
                ends[chain] = value;
            }
        }
        for (c, end) in ends.iter_mut().enumerate() {
            (signer.hook)(Place::ChainEnd(c), &mut end[..digest]);
            self.set(columns.end_value + digest * c, &end[..digest]);
        }
        ends
    }

    fn leaf(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        ends: &[[F; MAX_DIGEST]],
    ) -> [F; MAX_DIGEST] {
        let scheme = &shape.scheme;
        let leaf = &scheme.hashes.leaf;
        let (width, tweak, lengths) = (leaf.width, tweaks.node(0), lengths(scheme));
        let of = |part: Part| -> &[F] {
            match part {
                Part::Parameter => &signer.parameter,
                Part::Tweak => &tweak,
                _ => &lengths,
            }
        };
        let parts = |parts: &'static [Part]| input(scheme, &Layout { width, parts }, of).state;
        let prefix = layout::length(scheme.sizes, leaf.prefix);
        let mut absorbed = parts(leaf.prefix)[..prefix].to_vec();
        absorbed.extend(ends.iter().flat_map(|end| &end[..scheme.sizes.digest]));
        absorbed.resize(shape.calls.leaf.count * leaf.rate(), F::ZERO);
        let mut state = parts(leaf.start);
        for (t, block) in absorbed.chunks(leaf.rate()).enumerate() {
            if t > 0 {
                for (column, &x) in shape.columns.capacity.row(t - 1).zip(&state) {
                    self.cells[column] = x;
                }
            }
            state[leaf.capacity..][..block.len()].copy_from_slice(block);
            state = self.permute(shape.calls.leaf, t, &Input { width, state });
        }
        truncated(&state[leaf.capacity..], scheme.sizes.digest)
    }

    fn path(
        &mut self,
        shape: &Shape,
        signer: &Signer,
        tweaks: &GroupTweaks,
        leaf: [F; MAX_DIGEST],
    ) -> [F; MAX_DIGEST] {
        let scheme = &shape.scheme;
        let digest = shape.columns.digest;
        let mut node = leaf;
        for level in 1..=shape.height {
            let sibling: Vec<F> = (0..digest).map(|j| element(50 * level + j)).collect();
            let node_elements = &node[..digest];
            let mut children = match tweaks.is_right(level - 1) {
                true => [&sibling, node_elements].concat(),
                false => [node_elements, &sibling].concat(),
            };
            (signer.hook)(Place::Children(level), &mut children);
            let (left, right) = children.split_at(digest);
            let child = digest * (level - 1);
            self.set(shape.columns.left + child, left);
            self.set(shape.columns.right + child, right);
            let tweak: Tweak = tweaks.node(level);
            let input = input(scheme, &scheme.hashes.node, |part| match part {
                Part::Parameter => &signer.parameter,
                Part::Tweak => &tweak,
                Part::Left => left,
                _ => right,
            });
            let nodes = shape.calls.nodes;
            node = self.compress(nodes, level - 1, &input).digest(scheme);
        }
        node
    }

    /// The input of the permutation in a slot of the table of a width.
    fn input(&self, width: Width, slot: usize) -> &Input {
        match width {
            Width::Narrow => &self.narrow[slot],
            Width::Wide => &self.wide[slot],
        }
    }

    /// The output of that permutation.
    pub(super) fn output(&self, width: Width, slot: usize) -> [F; WIDTH_WIDE] {
        self.input(width, slot).permute()
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
            let element = |width, slot, j: usize| {
                PF::from_fn(|lane| of(lane).map_or(F::ZERO, |l| l.input(width, slot).state[j]))
            };
            for slot in 0..setup.shape.calls.slots(Width::Narrow) {
                let input = core::array::from_fn(|j| element(Width::Narrow, slot, j));
                let _ = group.permute16(slot, input);
            }
            for slot in 0..setup.shape.calls.slots(Width::Wide) {
                let input = core::array::from_fn(|j| element(Width::Wide, slot, j));
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
            step_results: (0..groups * shape.steps * shape.columns.digest)
                .map(|i| {
                    let (row, j) = (i / shape.columns.digest, i % shape.columns.digest);
                    let (g, k) = (row / shape.steps, row % shape.steps);
                    pack(g, &|lane| lane.results[k][j])
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
