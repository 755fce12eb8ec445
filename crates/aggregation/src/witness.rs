//! The witness: running the verification of every signature and writing down what it does.
//!
//! Lanes run in groups of one SIMD register, one signature per SIMD lane, and
//! every group is independent. Since the run *is* the verification, an invalid
//! signature is found and named here, before any proving.

use core::ops::Range;

use p3_field::{PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_argument::permutation::{LaneGroup, Trace};
use sheaf_transcript::{F, PF};
use sheaf_xmss::layout::{Input, Width};
use sheaf_xmss::params::{MAX_CAPACITY, MAX_DIGEST, MAX_PARAMETER, MAX_RANDOMNESS, WIDTH_WIDE};
use sheaf_xmss::{PublicKey, Signature, VerifyError, chain, encoding, tree};

use crate::constraints::digits::{REMAINDERS, TOP_DIGIT};
use crate::public_columns::PublicColumns;
use crate::shape::{Shape, Slots, passed_on};
use crate::statement::Statement;
use crate::streams::{Absorption, CAPACITY, Capacity, Item, capacities_before, key_item};
use crate::tweaks::element;

/// Everything the prover commits to or derives directly from it.
pub(crate) struct Witness {
    /// All cells: for each lane group, each column.
    pub cells: Vec<PF>,
    /// For each lane group and step, the elements of the step's result.
    pub step_results: Vec<PF>,
    /// For each lane group, the indicator of live lanes.
    pub live: Vec<PF>,
}

impl Witness {
    pub(crate) fn groups(&self) -> usize {
        self.live.len()
    }
}

/// A signature that is not valid, by lane.
pub(crate) type Invalid = (usize, VerifyError);

/// Runs all verifications, filling the permutation trace on the way.
///
/// `signatures` are in lane order. Fails with every invalid lane.
pub(crate) fn generate(
    statement: &Statement,
    shape: &Shape,
    public: &PublicColumns,
    signatures: &[&Signature],
    trace: &mut Trace,
) -> Result<Witness, Vec<Invalid>> {
    let groups = shape.lanes.div_ceil(PF::WIDTH);
    let keys: Vec<&PublicKey> = statement.keys().collect();
    let group_of: Vec<usize> = public
        .groups
        .iter()
        .enumerate()
        .flat_map(|(i, g)| core::iter::repeat_n(i, g.lanes))
        .collect();
    let mut witness = Witness {
        cells: PF::zero_vec(groups * shape.columns.count),
        step_results: PF::zero_vec(groups * shape.steps * shape.columns.digest),
        live: PF::zero_vec(groups),
    };
    let lengths = tree::lengths(&shape.scheme);
    let key_capacities = capacities_before(&shape.scheme, &keys);
    let invalid: Vec<Invalid> = witness
        .cells
        .par_chunks_exact_mut(shape.columns.count)
        .zip(
            witness
                .step_results
                .par_chunks_exact_mut(shape.steps * shape.columns.digest),
        )
        .zip(&mut witness.live)
        .zip(trace.groups_mut())
        .enumerate()
        .flat_map_iter(|(g, (((cells, results), live), permutations))| {
            let first = g * PF::WIDTH;
            let count = PF::WIDTH.min(shape.lanes - first);
            *live = PF::from_fn(|lane| F::from_bool(lane < count));
            let mut run = Run {
                shape,
                public,
                statement,
                lengths: &lengths,
                key_capacities: &key_capacities[first..first + count],
                keys: &keys[first..first + count],
                signatures: &signatures[first..first + count],
                group_of: &group_of[first..first + count],
                cells,
                results,
                permutations,
            };
            run.verify()
                .into_iter()
                .map(move |(lane, error)| (first + lane, error))
        })
        .collect();
    if invalid.is_empty() {
        Ok(witness)
    } else {
        Err(invalid)
    }
}

/// The verification of one register of signatures.
struct Run<'a, 'g> {
    shape: &'a Shape,
    public: &'a PublicColumns,
    statement: &'a Statement,
    lengths: &'a [F; MAX_CAPACITY],
    /// What each key's first permutation starts from.
    key_capacities: &'a [Capacity],
    keys: &'a [&'a PublicKey],
    signatures: &'a [&'a Signature],
    /// Index of each lane's group of the statement.
    group_of: &'a [usize],
    cells: &'a mut [PF],
    results: &'a mut [PF],
    permutations: LaneGroup<'g>,
}

impl Run<'_, '_> {
    /// One element per lane; idle lanes get zero.
    fn lanes(&self, value: impl Fn(usize) -> F) -> PF {
        PF::from_fn(|lane| {
            if lane < self.keys.len() {
                value(lane)
            } else {
                F::ZERO
            }
        })
    }

    fn parameter(&self) -> [PF; MAX_PARAMETER] {
        core::array::from_fn(|i| self.lanes(|lane| self.keys[lane].parameter()[i]))
    }

    /// Permutes, and writes down the permutation in a slot.
    fn permute(&mut self, slots: Slots, i: usize, input: &Input<PF>) -> [PF; WIDTH_WIDE] {
        permute(&mut self.permutations, slots, i, input)
    }

    fn tweaks(&self, lane: usize) -> &crate::tweaks::GroupTweaks {
        &self.public.groups[self.group_of[lane]].tweaks
    }

    fn verify(&mut self) -> Vec<Invalid> {
        self.key();
        let digits = match self.message_hash() {
            Ok(digits) => digits,
            Err(encoding) => return self.complete(encoding),
        };
        let ends = self.chains(&digits);
        let leaf = self.leaf(&ends);
        let root = self.path(leaf);
        (0..self.keys.len())
            .filter(|&lane| {
                (0..self.shape.columns.digest)
                    .any(|j| root[j].as_slice()[lane] != self.keys[lane].root()[j])
            })
            .map(|lane| (lane, VerifyError::RootMismatch))
            .collect()
    }

    /// Adds the lanes that fail for another reason than the encoding, which the register can't be run for.
    fn complete(&self, mut invalid: Vec<Invalid>) -> Vec<Invalid> {
        let seen: Vec<usize> = invalid.iter().map(|&(lane, _)| lane).collect();
        for lane in (0..self.keys.len()).filter(|lane| !seen.contains(lane)) {
            let group = &self.statement.groups()[self.group_of[lane]];
            let verifier = sheaf_xmss::verify(
                &self.shape.scheme,
                self.keys[lane],
                group.slot,
                &group.message,
                self.signatures[lane],
            );
            invalid.extend(verifier.err().map(|error| (lane, error)));
        }
        invalid.sort_by_key(|&(lane, _)| lane);
        invalid
    }

    /// Writes down the keys, and absorbs them.
    fn key(&mut self) {
        let shape = self.shape;
        let columns = &shape.columns;
        let items: Vec<Item> = self.keys.iter().map(|key| key_item(key)).collect();
        let how = Absorption::of_keys(&shape.scheme);
        let item: Vec<PF> = (0..how.elements)
            .map(|i| self.lanes(|lane| items[lane][i]))
            .collect();
        let (root, others) = item.split_at(columns.digest);
        self.cells[columns.root..][..root.len()].copy_from_slice(root);
        let parameter = &others[..shape.scheme.sizes.parameter];
        self.cells[columns.parameter..][..parameter.len()].copy_from_slice(parameter);

        let mut capacity: [PF; CAPACITY] =
            core::array::from_fn(|i| self.lanes(|lane| self.key_capacities[lane][i]));
        for (t, block) in item.chunks(how.rate()).enumerate() {
            self.clear_idle(&mut capacity);
            for (column, x) in columns.key_capacity.row(t).zip(capacity) {
                self.cells[column] = x;
            }
            let mut state = [PF::ZERO; WIDTH_WIDE];
            state[..CAPACITY].copy_from_slice(&capacity);
            state[CAPACITY..][..block.len()].copy_from_slice(block);
            let width = how.width;
            let output = self.permute(shape.calls.key, t, &Input { width, state });
            capacity.copy_from_slice(&output[..CAPACITY]);
        }
    }

    /// Hashes the messages; returns the digits of each lane.
    fn message_hash(&mut self) -> Result<Vec<Vec<u8>>, Vec<Invalid>> {
        let shape = self.shape;
        let (scheme, columns) = (&shape.scheme, &shape.columns);
        let parameter = self.parameter();
        let randomness: [PF; MAX_RANDOMNESS] =
            core::array::from_fn(|j| self.lanes(|lane| self.signatures[lane].rho[j]));
        let length = scheme.sizes.randomness;
        self.cells[columns.randomness..][..length].copy_from_slice(&randomness[..length]);
        let group = |lane: usize| &self.public.groups[self.group_of[lane]];
        let message = core::array::from_fn(|i| self.lanes(|lane| group(lane).message[i]));
        let tweak = core::array::from_fn(|i| self.lanes(|lane| group(lane).tweaks.message[i]));
        let idle = self.idle_lanes();
        let (cells, permutations) = (&mut *self.cells, &mut self.permutations);
        let hash = encoding::message_hash(
            scheme,
            &message,
            &parameter,
            &tweak,
            &randomness,
            |call, input| {
                let mut output = permute(permutations, shape.calls.message[call], 0, input);
                if let Some(next) = scheme.hashes.message.get(call + 1) {
                    // Idle lanes pass zeros on.
                    clear(idle.clone(), &mut output);
                    let passed = input.feed_forward(&output);
                    let length = passed_on(scheme, next);
                    cells[columns.previous..][..length].copy_from_slice(&passed[..length]);
                }
                output
            },
        );

        let mut invalid = Vec::new();
        let mut all = Vec::with_capacity(self.keys.len());
        let per_element = shape.scheme.digits_per_element;
        for lane in 0..self.keys.len() {
            let hash: [F; 24] = core::array::from_fn(|i| hash[i].as_slice()[lane]);
            match encoding::codeword(&shape.scheme, &hash) {
                Ok(digits) => all.push(digits),
                Err(error) => {
                    invalid.push((lane, VerifyError::Encoding(error)));
                    continue;
                }
            }
            for (i, a) in hash[..shape.elements].iter().enumerate() {
                let a = a.as_canonical_u32();
                let (mut digits, remainder) = shape.scheme.split(a);
                for d in 0..per_element {
                    self.set(
                        columns.digit + i * per_element + d,
                        lane,
                        digits % shape.scheme.base,
                    );
                    digits /= shape.scheme.base;
                }
                let low = columns.digit + shape.elements * per_element + i;
                self.set(low, lane, remainder & 7);
                self.set(low + shape.elements, lane, remainder >> 3 & 7);
                self.set(columns.remainder_top + i, lane, remainder >> 6);
                // The remainder is below 127, so the difference has an inverse.
                let difference = F::from_u32(remainder) - element(REMAINDERS);
                self.cells[columns.remainder_inverse + i].as_slice_mut()[lane] =
                    p3_field::Field::inverse(&difference);
            }
        }
        if invalid.is_empty() {
            Ok(all)
        } else {
            Err(invalid)
        }
    }

    fn set(&mut self, column: usize, lane: usize, value: u32) {
        self.cells[column].as_slice_mut()[lane] = F::from_u32(value);
    }

    /// Walks all chains, step by step without gaps; returns their ends.
    fn chains(&mut self, digits: &[Vec<u8>]) -> Vec<[PF; MAX_DIGEST]> {
        let shape = self.shape;
        let columns = &shape.columns;
        let chains = shape.scheme.chains;
        let parameter = self.parameter();
        let mut ends = vec![[PF::ZERO; MAX_DIGEST]; chains];
        for (c, end) in ends.iter_mut().enumerate() {
            // Chains without steps end where the signature says; the others are overwritten.
            *end = core::array::from_fn(|j| self.lanes(|lane| self.signatures[lane].hashes[c][j]));
        }
        // Per lane: the chain walked, and the position that its value has.
        let mut chain = vec![0usize; self.keys.len()];
        let mut at: Vec<usize> = digits.iter().map(|d| usize::from(d[0])).collect();
        let mut value = [PF::ZERO; MAX_DIGEST];
        let digest = columns.digest;
        let scale = element(shape.scheme.step_numbers.scale);
        let b0 = self.lanes(|lane| self.tweaks(lane).chain[0]);
        let b1 = self.lanes(|lane| self.tweaks(lane).chain[1]);
        for k in 0..shape.steps {
            let (mut q, mut carry, mut last) = (PF::ZERO, PF::ZERO, PF::ZERO);
            for lane in 0..self.keys.len() {
                let starts = k == 0 || at[lane] == TOP_DIGIT;
                if k > 0 && at[lane] == TOP_DIGIT {
                    chain[lane] += 1;
                }
                if starts {
                    // The target sum leaves exactly `steps` steps, so a chain with a step remains.
                    while usize::from(digits[lane][chain[lane]]) == TOP_DIGIT {
                        chain[lane] += 1;
                    }
                    let c = chain[lane];
                    at[lane] = usize::from(digits[lane][c]);
                    for (j, v) in value.iter_mut().enumerate() {
                        v.as_slice_mut()[lane] = self.signatures[lane].hashes[c][j];
                    }
                }
                let here = shape.scheme.step_number(chain[lane], at[lane]);
                at[lane] += 1;
                q.as_slice_mut()[lane] = element(here);
                carry.as_slice_mut()[lane] = F::from_bool(here >= self.tweaks(lane).threshold());
                last.as_slice_mut()[lane] = F::from_bool(at[lane] == TOP_DIGIT);
            }
            let tweak = [b0 + q * scale, b1 + carry];
            let input = chain::step_input(&shape.scheme, &value, &parameter, &tweak);
            self.cells[columns.chain_value + digest * k..][..digest]
                .copy_from_slice(&value[..digest]);
            self.cells[columns.chain_position + k] = q;
            self.cells[columns.chain_end + k] = last;
            if shape.carries {
                self.cells[columns.carry + k] = carry;
            }
            let output = self.permute(shape.calls.steps, k, &input);
            value = chain::digest(&shape.scheme, &input.feed_forward(&output), 0);
            self.results[digest * k..][..digest].copy_from_slice(&value[..digest]);
            for lane in 0..self.keys.len() {
                if at[lane] == TOP_DIGIT {
                    for (j, v) in value.iter().enumerate() {
                        ends[chain[lane]][j].as_slice_mut()[lane] = v.as_slice()[lane];
                    }
                }
            }
            // Idle lanes restart from zero at every step.
            for v in &mut value {
                for idle in &mut v.as_slice_mut()[self.keys.len()..] {
                    *idle = F::ZERO;
                }
            }
        }
        let (cells, _) = self.cells.split_at_mut(columns.left);
        let cells = cells[columns.end_value..].chunks_exact_mut(digest);
        for (cells, end) in cells.zip(&ends) {
            cells.copy_from_slice(&end[..digest]);
        }
        ends
    }

    /// The leaf that hashes the chain ends.
    fn leaf(&mut self, ends: &[[PF; MAX_DIGEST]]) -> [PF; MAX_DIGEST] {
        let shape = self.shape;
        let parameter = self.parameter();
        let tweak = core::array::from_fn(|i| self.lanes(|lane| self.tweaks(lane).node(0)[i]));
        let idle = self.idle_lanes();
        let columns = &shape.columns.capacity;
        let (cells, permutations) = (&mut *self.cells, &mut self.permutations);
        tree::leaf(
            &shape.scheme,
            self.lengths,
            &parameter,
            &tweak,
            ends,
            |t, input| {
                let mut input = *input;
                clear(idle.clone(), &mut input.state);
                if t > 0 {
                    for (column, x) in columns.row(t - 1).zip(input.state) {
                        cells[column] = x;
                    }
                }
                permute(permutations, shape.calls.leaf, t, &input)
            },
        )
    }

    /// Walks the path from the leaf; returns the root.
    fn path(&mut self, leaf: [PF; MAX_DIGEST]) -> [PF; MAX_DIGEST] {
        let shape = self.shape;
        let (columns, digest) = (&shape.columns, shape.columns.digest);
        let parameter = self.parameter();
        let mut node = leaf;
        for level in 1..=shape.height {
            self.clear_idle(&mut node);
            let right = self.lanes(|lane| F::from_bool(self.tweaks(lane).is_right(level - 1)));
            let sibling: [PF; MAX_DIGEST] = core::array::from_fn(|j| {
                self.lanes(|lane| self.signatures[lane].path[level - 1][j])
            });
            let tweak =
                core::array::from_fn(|i| self.lanes(|lane| self.tweaks(lane).node(level)[i]));
            let swap: [PF; MAX_DIGEST] = core::array::from_fn(|j| right * (sibling[j] - node[j]));
            let children = [
                (columns.left, core::array::from_fn(|j| node[j] + swap[j])),
                (
                    columns.right,
                    core::array::from_fn(|j| sibling[j] - swap[j]),
                ),
            ];
            for (table, child) in &children {
                let cells = &mut self.cells[table + digest * (level - 1)..][..digest];
                cells.copy_from_slice(&child[..digest]);
            }
            let [(_, left), (_, right)] = &children;
            let input = tree::node_input(&shape.scheme, &parameter, &tweak, left, right);
            let output = self.permute(shape.calls.nodes, level - 1, &input);
            node = chain::digest(&shape.scheme, &input.feed_forward(&output), 0);
        }
        node
    }

    /// The lanes that hold no signature.
    fn idle_lanes(&self) -> Range<usize> {
        self.keys.len()..PF::WIDTH
    }

    /// Sets idle lanes to zero.
    fn clear_idle(&self, values: &mut [PF]) {
        clear(self.idle_lanes(), values);
    }
}

/// Sets some lanes to zero.
fn clear(lanes: Range<usize>, values: &mut [PF]) {
    for v in values {
        v.as_slice_mut()[lanes.clone()].fill(F::ZERO);
    }
}

/// Permutes, and writes down the permutation in the slot with index `i` among some.
fn permute(
    permutations: &mut LaneGroup<'_>,
    slots: Slots,
    i: usize,
    input: &Input<PF>,
) -> [PF; WIDTH_WIDE] {
    let slot = slots.first + i;
    let state = &input.state;
    match input.width {
        Width::Narrow => {
            let output = permutations.permute16(slot, core::array::from_fn(|j| state[j]));
            core::array::from_fn(|j| output.get(j).copied().unwrap_or(PF::ZERO))
        }
        Width::Wide => permutations.permute24(slot, *state),
    }
}
