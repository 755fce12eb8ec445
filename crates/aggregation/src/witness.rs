//! The witness: running the verification of every signature and writing down what it does.
//!
//! Lanes run in groups of one SIMD register, one signature per SIMD lane, and
//! every group is independent. Since the run *is* the verification, an invalid
//! signature is found and named here, before any proving.

use p3_field::{PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_argument::permutation::{LaneGroup, Trace};
use sheaf_transcript::{F, PF};
use sheaf_xmss::params::{CAPACITY, DIGEST};
use sheaf_xmss::{PublicKey, Signature, VerifyError, encoding, tree};

use crate::constraints::digits::{REMAINDERS, TOP_DIGIT};
use crate::public_columns::PublicColumns;
use crate::shape::Shape;
use crate::statement::Statement;
use crate::streams::{Block, Capacity, capacities_before, key_block};
use crate::tweaks::{element, position};

/// Everything the prover commits to or derives directly from it.
pub(crate) struct Witness {
    /// All cells: for each lane group, each column.
    pub cells: Vec<PF>,
    /// For each lane group and step, the eight elements of the step's result.
    pub step_results: Vec<[PF; DIGEST]>,
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
        step_results: vec![[PF::ZERO; DIGEST]; groups * shape.steps],
        live: PF::zero_vec(groups),
    };
    let capacity = tree::leaf_capacity(&shape.scheme);
    let key_capacities = capacities_before(&keys);
    let invalid: Vec<Invalid> = witness
        .cells
        .par_chunks_exact_mut(shape.columns.count)
        .zip(witness.step_results.par_chunks_exact_mut(shape.steps))
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
                capacity: &capacity,
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
    capacity: &'a [F; CAPACITY],
    /// What each key's permutation starts from.
    key_capacities: &'a [Capacity],
    keys: &'a [&'a PublicKey],
    signatures: &'a [&'a Signature],
    /// Index of each lane's group of the statement.
    group_of: &'a [usize],
    cells: &'a mut [PF],
    results: &'a mut [[PF; DIGEST]],
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

    fn parameter(&self) -> [PF; 5] {
        core::array::from_fn(|i| self.lanes(|lane| self.keys[lane].parameter[i]))
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
                (0..DIGEST).any(|j| root[j].as_slice()[lane] != self.keys[lane].root[j])
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
        let root: [PF; DIGEST] =
            core::array::from_fn(|j| self.lanes(|lane| self.keys[lane].root[j]));
        let parameter = self.parameter();
        self.cells[shape.columns.root..][..DIGEST].copy_from_slice(&root);
        self.cells[shape.columns.parameter..][..parameter.len()].copy_from_slice(&parameter);
        let blocks: Vec<Block> = self.keys.iter().map(|key| key_block(key)).collect();
        let input: [PF; 24] = core::array::from_fn(|i| match i.checked_sub(CAPACITY) {
            None => self.lanes(|lane| self.key_capacities[lane][i]),
            Some(i) => self.lanes(|lane| blocks[lane][i]),
        });
        self.set_capacity(shape.sponge, &input);
        let _ = self.permutations.permute24(shape.key_slot(), input);
    }

    /// Writes down the capacity that permutation `t` of the leaf's sponge starts from, or the key's.
    fn set_capacity(&mut self, t: usize, state: &[PF; 24]) {
        for (column, &x) in self.shape.columns.capacities(t).zip(state) {
            self.cells[column] = x;
        }
    }

    /// Hashes the messages; returns the digits of each lane.
    fn message_hash(&mut self) -> Result<Vec<Vec<u8>>, Vec<Invalid>> {
        let shape = self.shape;
        let columns = &shape.columns;
        let parameter = self.parameter();
        let randomness: [PF; 7] =
            core::array::from_fn(|j| self.lanes(|lane| self.signatures[lane].rho[j]));
        self.cells[columns.randomness..][..7].copy_from_slice(&randomness);
        let group = |lane: usize| &self.public.groups[self.group_of[lane]];
        let mut input = [PF::ZERO; 24];
        for (i, slot) in input[..9].iter_mut().enumerate() {
            *slot = self.lanes(|lane| group(lane).message[i]);
        }
        input[9..14].copy_from_slice(&parameter);
        for (i, slot) in input[14..16].iter_mut().enumerate() {
            *slot = self.lanes(|lane| group(lane).tweaks.message[i]);
        }
        input[16..23].copy_from_slice(&randomness);
        let output = self.permutations.permute24(Shape::MESSAGE_SLOT, input);

        let mut invalid = Vec::new();
        let mut all = Vec::with_capacity(self.keys.len());
        let per_element = shape.scheme.digits_per_element;
        for lane in 0..self.keys.len() {
            let hash: [F; 24] =
                core::array::from_fn(|i| output[i].as_slice()[lane] + input[i].as_slice()[lane]);
            match encoding::codeword(&shape.scheme, &hash) {
                Ok(digits) => all.push(digits),
                Err(error) => {
                    invalid.push((lane, VerifyError::Encoding(error)));
                    continue;
                }
            }
            for (i, a) in hash[..shape.elements].iter().enumerate() {
                let a = a.as_canonical_u32();
                let (mut quotient, remainder) =
                    (a / shape.scheme.quotient, a % shape.scheme.quotient);
                for d in 0..per_element {
                    self.set(
                        columns.digit + i * per_element + d,
                        lane,
                        quotient % shape.scheme.base,
                    );
                    quotient /= shape.scheme.base;
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
    fn chains(&mut self, digits: &[Vec<u8>]) -> Vec<[PF; DIGEST]> {
        let shape = self.shape;
        let columns = &shape.columns;
        let chains = shape.scheme.chains;
        let parameter = self.parameter();
        let mut ends = vec![[PF::ZERO; DIGEST]; chains];
        for (c, end) in ends.iter_mut().enumerate() {
            // Chains without steps end where the signature says; the others are overwritten.
            *end = core::array::from_fn(|j| self.lanes(|lane| self.signatures[lane].hashes[c][j]));
        }
        // Per lane: the chain walked, and the position that its value has.
        let mut chain = vec![0usize; self.keys.len()];
        let mut at: Vec<usize> = digits.iter().map(|d| usize::from(d[0])).collect();
        let mut value = [PF::ZERO; DIGEST];
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
                at[lane] += 1;
                let here = position(chain[lane], at[lane]);
                q.as_slice_mut()[lane] = element(here);
                carry.as_slice_mut()[lane] = F::from_bool(here >= self.tweaks(lane).threshold());
                last.as_slice_mut()[lane] = F::from_bool(at[lane] == TOP_DIGIT);
            }
            let mut input = [PF::ZERO; 16];
            input[..8].copy_from_slice(&value);
            input[8..13].copy_from_slice(&parameter);
            input[13] = b0 + q * element(256);
            input[14] = b1 + carry;
            self.cells[columns.chain_value + DIGEST * k..][..DIGEST].copy_from_slice(&value);
            self.cells[columns.chain_position + k] = q;
            self.cells[columns.chain_end + k] = last;
            if shape.carries {
                self.cells[columns.carry + k] = carry;
            }
            let output = self.permutations.permute16(k, input);
            value = core::array::from_fn(|j| value[j] + output[j]);
            self.results[k] = value;
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
        self.cells[columns.end_value..][..chains * DIGEST].copy_from_slice(ends.as_flattened());
        ends
    }

    /// The leaf that hashes the chain ends.
    fn leaf(&mut self, ends: &[[PF; DIGEST]]) -> [PF; DIGEST] {
        let shape = self.shape;
        let parameter = self.parameter();
        let tweak = core::array::from_fn(|i| self.lanes(|lane| self.tweaks(lane).node(0)[i]));
        let mut state = [PF::ZERO; 24];
        for (i, slot) in state[..CAPACITY].iter_mut().enumerate() {
            *slot = self.lanes(|_| self.capacity[i]);
        }
        for (t, block) in tree::leaf_blocks(&parameter, &tweak, ends).enumerate() {
            if t > 0 {
                self.clear_idle(&mut state);
                self.set_capacity(t, &state);
            }
            state[CAPACITY..].copy_from_slice(&block);
            state = self.permutations.permute24(shape.sponge_slot(t), state);
        }
        core::array::from_fn(|j| state[CAPACITY + j])
    }

    /// Walks the path from the leaf; returns the root.
    fn path(&mut self, leaf: [PF; DIGEST]) -> [PF; DIGEST] {
        let shape = self.shape;
        let parameter = self.parameter();
        let mut node = leaf;
        for level in 1..=shape.height {
            self.clear_idle(&mut node);
            let right = self.lanes(|lane| F::from_bool(self.tweaks(lane).is_right(level - 1)));
            let sibling: [PF; DIGEST] = core::array::from_fn(|j| {
                self.lanes(|lane| self.signatures[lane].path[level - 1][j])
            });
            let mut input = [PF::ZERO; 24];
            input[..5].copy_from_slice(&parameter);
            for (i, slot) in input[5..7].iter_mut().enumerate() {
                *slot = self.lanes(|lane| self.tweaks(lane).node(level)[i]);
            }
            for j in 0..DIGEST {
                let swap = right * (sibling[j] - node[j]);
                input[7 + j] = node[j] + swap;
                input[15 + j] = sibling[j] - swap;
            }
            let child = DIGEST * (level - 1);
            self.cells[shape.columns.left + child..][..DIGEST].copy_from_slice(&input[7..15]);
            self.cells[shape.columns.right + child..][..DIGEST].copy_from_slice(&input[15..23]);
            let output = self.permutations.permute24(shape.node_slot(level), input);
            node = core::array::from_fn(|j| output[j] + input[j]);
        }
        node
    }

    /// Sets idle lanes to zero.
    fn clear_idle(&self, values: &mut [PF]) {
        for v in values {
            for idle in &mut v.as_slice_mut()[self.keys.len()..] {
                *idle = F::ZERO;
            }
        }
    }
}
