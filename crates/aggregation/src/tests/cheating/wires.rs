//! Every wire against a second listing: which cell or public value each input column and each wired output has, slot by slot
//! and lane by lane, written down from the layouts of the scheme and not from the forms.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::LeafClaim;
use sheaf_argument::permutation::{InputClaim, SlotWeights, TableClaim};
use sheaf_sumcheck::skip;
use sheaf_transcript::{EF, F};
use sheaf_xmss::layout::Width;
use sheaf_xmss::tweak::{message_digits, message_elements, tree_tweak};
use sheaf_xmss::{COMPACT, COMPACT_TEST, PROD, PublicKey, Scheme, TEST};

use crate::chain_ends::ChainEnds;
use crate::chain_ends::Fingerprint;
use crate::constraints::{ConstraintClaims, Constraints, Row};
use crate::link::Links;
use crate::public_columns::PublicColumns;
use crate::setup::Setup;
use crate::shape::Shape;
use crate::statement::{Group, Statement};
use crate::summary::Summary;
use crate::tweaks::{Carry, GroupTweaks};
use crate::wiring::{self, Claims};

/// Elements without a pattern.
struct Elements(u64);

impl Elements {
    fn one(&mut self) -> EF {
        self.0 += 1;
        let x = EF::from_u64(self.0 * 7919 + 31);
        (x + sheaf_transcript::field::from_coefficients([1, 2, 3, 4, 5].map(F::from_u8)))
            .exp_u64(self.0 + 1000)
    }

    fn many(&mut self, n: usize) -> Vec<EF> {
        (0..n).map(|_| self.one()).collect()
    }
}

/// As many keys as there are to be, in as many groups as there are slots.
fn statement(scheme: Scheme, slots: &[u32], keys: usize) -> Statement {
    let key = |i: usize| {
        let root = core::array::from_fn(|j| F::from_usize(8 * i + j));
        let parameter = core::array::from_fn(|j| F::from_usize(70_000_000 + 5 * i + j));
        PublicKey::new(&scheme, root, parameter)
    };
    let of_group = |g: usize| (0..keys).filter(move |i| i % slots.len() == g);
    let groups = slots.iter().enumerate().map(|(g, &slot)| Group {
        slot,
        message: core::array::from_fn(|i| (7 * g + i) as u8),
        keys: of_group(g).map(key).collect(),
    });
    Statement::new(scheme, groups.collect()).unwrap().0
}

/// A statement, and challenges of a verifier of it.
struct Instance {
    statement: Statement,
    shape: Shape,
    summary: Summary,
    public: PublicColumns,
    constraints: Constraints,
    claims: ConstraintClaims,
    z: EF,
}

impl Instance {
    fn new(statement: Statement, rng: &mut Elements) -> Self {
        let shape = Setup::shape(&statement);
        let summary = Summary::new(&statement);
        let leaf = LeafClaim {
            leaf_point: rng.many(shape.log_ends),
            lane_point: rng.many(shape.log_lanes),
            numerator: rng.one(),
            denominator: rng.one(),
        };
        let ends = ChainEnds {
            alpha: rng.one(),
            beta: rng.one(),
            residues: rng.many(shape.steps),
        };
        let (live, zeta, tau) = (rng.one(), rng.one(), rng.many(shape.log_rows));
        let constraints = Constraints::new(&shape, &ends, &leaf, live, zeta, &tau);
        let claims = ConstraintClaims {
            lane_point: rng.many(shape.log_lanes),
            row_point: rng.many(shape.log_rows),
            row: Row::from_array(core::array::from_fn(|_| rng.one())),
            linear: rng.one(),
            step_outputs: rng.one(),
            wired_outputs: rng.one(),
        };
        Self {
            public: PublicColumns::new(&summary),
            statement,
            shape,
            summary,
            constraints,
            claims,
            z: rng.one(),
        }
    }

    /// Slots of the table of a width, used or not; none if there is no table.
    fn slots(&self, width: Width) -> usize {
        let tables = self.shape.permutations();
        let table = match width {
            Width::Narrow => tables.narrow,
            Width::Wide => tables.wide,
        };
        table.map_or(0, |table| 1 << table.log_slots)
    }

    /// The columns of a term of what all claims become, if one slot has weight in lane 0, or none; and the value.
    fn wired(&self, slot: Option<(Width, usize)>, term: usize) -> (Vec<EF>, EF) {
        let weights = |width: Width| -> SlotWeights {
            let own = slot.filter(|&(of, _)| of == width).map(|(_, k)| k);
            let high_bits = self.slots(width).ilog2() as usize - skip::LOG_SIZE;
            let high = own.unwrap_or_default() >> skip::LOG_SIZE;
            SlotWeights {
                low: core::array::from_fn(|i| {
                    EF::from_bool(own.is_some_and(|k| k % skip::SIZE == i))
                }),
                high: (0..high_bits)
                    .rev()
                    .map(|i| EF::from_bool(high >> i & 1 == 1))
                    .collect(),
            }
        };
        // Lane 0 as a point: live is one there.
        let point = vec![EF::ZERO; self.shape.log_lanes];
        let inputs = InputClaim {
            lane_point: point.clone(),
            narrow: (self.slots(Width::Narrow) > 0).then(|| TableClaim {
                slots: weights(Width::Narrow),
                inputs: [EF::ZERO; 16],
            }),
            wide: (self.slots(Width::Wide) > 0).then(|| TableClaim {
                slots: weights(Width::Wide),
                inputs: [EF::ZERO; 24],
            }),
        };
        let wired = wiring::wire(
            &Claims {
                shape: &self.shape,
                links: self.links(&self.claims.lane_point),
                constraints: &self.constraints,
                at_constraints: &self.public.at(&self.claims.lane_point),
                constraint_claims: &self.claims,
                at_inputs: &self.public.at(&point),
                inputs: &inputs,
            },
            self.z,
        );
        (wired.terms(&self.shape)[term].columns.clone(), wired.value)
    }

    fn links(&self, point: &[EF]) -> Links<EF> {
        let weights = self.constraints.outputs.key_weights();
        Links::new(point, self.shape.lanes, &self.summary.capacities, &weights)
    }

    fn powers(&self, count: usize) -> Vec<EF> {
        let powers = core::iter::successors(Some(EF::ONE), |&x| Some(x * self.z));
        powers.take(count).collect()
    }
}

/// What an element of an input is, or a part of it.
#[derive(Clone, Copy, Debug)]
enum Wire {
    /// A multiple of a cell.
    Cell(usize, F),
    Known(F),
}

/// The cells from a column on.
fn cells(first: usize, count: usize) -> impl Iterator<Item = Wire> {
    (first..first + count).map(|column| Wire::Cell(column, F::ONE))
}

fn known(elements: &[F]) -> impl Iterator<Item = Wire> {
    elements.iter().copied().map(Wire::Known)
}

/// An element each of these sources, none for a zero.
fn alone(wires: impl IntoIterator<Item = Wire>) -> Vec<Vec<Wire>> {
    wires.into_iter().map(|wire| vec![wire]).collect()
}

fn zeros(count: usize) -> Vec<Vec<Wire>> {
    vec![vec![]; count]
}

/// The input of a slot: for each element the sum that it is. Elements beyond the last one are zero.
struct Listed {
    width: Width,
    slot: usize,
    elements: Vec<Vec<Wire>>,
}

/// The inputs of a lane of a group, by the layouts of `prod`.
fn inputs_of_both_widths(shape: &Shape, group: &Group) -> Vec<Listed> {
    let c = &shape.columns;
    let t = GroupTweaks::new(&shape.scheme, group.slot);
    let chains = shape.scheme.chains;
    let sponge = (7 + 8 * chains).div_ceil(15);
    let parameter = || alone(cells(c.parameter, 5));
    let capacity = |at: &crate::shape::CapacityColumns, row: usize| {
        alone(cells(at.whole + 8 * row, 8).chain(cells(at.rest + row, 1)))
    };
    let mut all = Vec::new();
    let mut list = |width, slot, elements: &[Vec<Vec<Wire>>]| {
        let elements = elements.concat();
        all.push(Listed {
            width,
            slot,
            elements,
        });
    };
    for k in 0..shape.steps {
        let position = Wire::Cell(c.chain_position + k, F::from_u32(256));
        let mut second = vec![Wire::Known(t.chain[1])];
        if shape.carries {
            second.push(Wire::Cell(c.carry + k, F::ONE));
        } else if t.carry == Carry::Always {
            second.push(Wire::Known(F::ONE));
        }
        let tweak = vec![vec![Wire::Known(t.chain[0]), position], second];
        let value = alone(cells(c.chain_value + 8 * k, 8));
        list(Width::Narrow, k, &[value, parameter(), tweak]);
    }
    let message = message_digits(&group.message);
    let randomness = alone(cells(c.randomness, 7));
    let (message, tweak) = (alone(known(&message)), alone(known(&t.message)));
    list(Width::Wide, 0, &[message, parameter(), tweak, randomness]);

    let mut absorbed = parameter();
    absorbed.extend(alone(known(&t.node(0))));
    absorbed.extend(alone(cells(c.end_value, 8 * chains)));
    assert_eq!(absorbed.chunks(15).count(), sponge);
    for (s, block) in absorbed.chunks(15).enumerate() {
        let before = match s {
            0 => alone(known(&sheaf_xmss::tree::lengths(&shape.scheme))),
            _ => capacity(&c.capacity, s - 1),
        };
        list(Width::Wide, 1 + s, &[before, block.to_vec()]);
    }
    let before = capacity(&c.key_capacity, 0);
    let root = alone(cells(c.root, 8));
    let one = alone([Wire::Known(F::ONE)]);
    list(Width::Wide, 1 + sponge, &[before, root, parameter(), one]);
    for level in 1..=shape.height {
        let position = (u64::from(group.slot) >> level) as u32;
        let tweak = alone(known(&tree_tweak(&shape.scheme, level, position)));
        let children = [c.left, c.right].map(|table| alone(cells(table + 8 * (level - 1), 8)));
        let [left, right] = children;
        let slot = 1 + sponge + level;
        list(Width::Wide, slot, &[parameter(), tweak, left, right]);
    }
    all
}

/// A tweak of words: a kind, a part below `2^10` and an index.
fn words(kind: u32, sub: u32, index: u32) -> [F; 2] {
    [
        F::from_u32(kind << 26 | index >> 16 << 10 | sub),
        F::from_u32(index & 0xffff),
    ]
}

/// The tweak of the node at a level above a slot.
fn compact_node(level: usize, slot: u32) -> [F; 2] {
    words(2, level as u32, (u64::from(slot) >> level) as u32)
}

/// The first slot of each kind of call behind the chain steps: message, leaf, key, nodes.
fn compact_slots(shape: &Shape) -> [usize; 4] {
    let message = shape.steps;
    let leaf = message + 2;
    // One block of zeros, then two ends a block.
    let key = leaf + 1 + shape.scheme.chains / 2;
    [message, leaf, key, key + 2]
}

/// The inputs of a lane of a group, by the layouts of `compact`.
fn inputs_of_one_width(shape: &Shape, group: &Group) -> Vec<Listed> {
    let c = &shape.columns;
    let [message, leaf, key, nodes] = compact_slots(shape);
    let parameter = || alone(cells(c.parameter, 4));
    let mut all = Vec::new();
    let mut list = |slot, elements: &[Vec<Vec<Wire>>]| {
        let elements = elements.concat();
        all.push(Listed {
            width: Width::Narrow,
            slot,
            elements,
        });
    };
    for k in 0..shape.steps {
        let [first, second] = words(0, 0, group.slot);
        let position = Wire::Cell(c.chain_position + k, F::ONE);
        let tweak = vec![
            vec![Wire::Known(first), position],
            vec![Wire::Known(second)],
        ];
        let value = alone(cells(c.chain_value + 4 * k, 4));
        list(k, &[tweak, zeros(2), value, parameter()]);
    }
    let m = message_elements(&shape.scheme, &message_digits(&group.message));
    let randomness = alone(cells(c.randomness, 6));
    let tweak = alone(known(&words(3, 0, group.slot)));
    list(message, &[alone(known(&m[..8])), randomness, tweak]);
    list(message + 1, &[alone(cells(c.previous, 8)), parameter()]);

    let tweak = alone(known(&words(1, 0, group.slot)));
    list(leaf, &[tweak, zeros(2), parameter(), zeros(8)]);
    for j in 0..shape.scheme.chains / 2 {
        let before = alone(cells(c.capacity.whole + 8 * j, 8));
        let ends = alone(cells(c.end_value + 8 * j, 8));
        list(leaf + 1 + j, &[before, ends]);
    }
    // Seven elements of root | parameter | 1, and the other two.
    let mut item = alone(cells(c.root, 4));
    item.extend(parameter());
    item.push(vec![Wire::Known(F::ONE)]);
    for (i, block) in [&item[..7], &item[7..]].into_iter().enumerate() {
        let at = &c.key_capacity;
        let before = alone(cells(at.whole + 8 * i, 8).chain(cells(at.rest + i, 1)));
        list(key + i, &[before, block.to_vec()]);
    }
    for level in 1..=shape.height {
        let tweak = alone(known(&compact_node(level, group.slot)));
        let children = [c.left, c.right].map(|table| alone(cells(table + 4 * (level - 1), 4)));
        let [left, right] = children;
        list(
            nodes + level - 1,
            &[tweak, zeros(2), parameter(), left, right],
        );
    }
    all
}

fn listed_inputs(shape: &Shape, group: &Group) -> Vec<Listed> {
    match shape.scheme.name {
        "prod" | "test" => inputs_of_both_widths(shape, group),
        "compact" | "compact-test" => inputs_of_one_width(shape, group),
        other => panic!("no listing of {other}"),
    }
}

#[test]
fn every_input_of_every_slot_is_what_the_layouts_say() {
    let mut rng = Elements(9);
    for (scheme, slot) in [
        (TEST, 5u32),
        (PROD, 3),
        (PROD, 32_639),
        (COMPACT_TEST, 5),
        (COMPACT, 3),
        (COMPACT, 0xfedc_ba98),
        (COMPACT, u32::MAX),
    ] {
        let at = Instance::new(statement(scheme, &[slot], 1), &mut rng);
        let listed = listed_inputs(&at.shape, &at.statement.groups()[0]);
        let powers = at.powers(52);
        let (_, base) = at.wired(None, 1);
        let mut seen = 0;
        for (width, first) in [(Width::Narrow, 12), (Width::Wide, 28)] {
            for slot in 0..at.slots(width) {
                let here = listed.iter().find(|l| (l.width, l.slot) == (width, slot));
                let elements = here.map_or(&[][..], |l| &l.elements[..]);
                seen += usize::from(here.is_some());
                assert!(elements.len() <= width.elements());
                let mut columns = vec![EF::ZERO; at.shape.columns.count];
                let mut value = base;
                for (wires, &power) in elements.iter().zip(&powers[first..]) {
                    for &wire in wires {
                        match wire {
                            Wire::Cell(column, x) => columns[column] += power * x,
                            Wire::Known(x) => value -= power * x,
                        }
                    }
                }
                let name = format!("{}: slot {slot} of {width:?}", scheme.name);
                assert_eq!(at.wired(Some((width, slot)), 1), (columns, value), "{name}");
            }
        }
        assert_eq!(
            seen,
            listed.len(),
            "a slot listed twice, or beyond the tables"
        );
    }
}

#[test]
fn every_row_value_is_what_the_layouts_say() {
    let mut rng = Elements(10);
    for (scheme, slot) in [
        (TEST, 5u32),
        (PROD, 32_639),
        (COMPACT_TEST, 5),
        (COMPACT, 77),
    ] {
        let at = Instance::new(statement(scheme, &[slot], 3), &mut rng);
        let (shape, c) = (&at.shape, &at.shape.columns);
        let rows = sheaf_sumcheck::eq::table(&at.claims.row_point);
        let power = at.powers(11);
        let Fingerprint {
            number: beta,
            elements,
        } = &at.constraints.fingerprint;
        let digest = elements.len();
        assert_eq!(digest, if scheme.sizes.digest == 4 { 4 } else { 8 });
        let linear = wiring::linear_form(
            shape,
            &at.constraints,
            &at.public.at(&at.claims.lane_point),
            at.links(&at.claims.lane_point).last,
        );
        let mut expected = linear.form.weights(c.count);
        expected.iter_mut().for_each(|x| *x *= power[10]);
        for k in 0..shape.steps {
            expected[c.chain_end + k] += power[0] * rows[k];
            expected[c.chain_position + k] += power[2] * rows[k] * *beta;
            for (j, &b) in elements.iter().enumerate() {
                match digest {
                    // A step's input begins with the value, or with the tweak, whose first element has the number in it.
                    8 => expected[c.chain_value + 8 * k + j] += power[2] * rows[k] * b,
                    _ if j == 0 => expected[c.chain_position + k] += power[2] * rows[k] * b,
                    _ => {}
                }
                if k > 0 {
                    expected[c.chain_value + digest * k + j] += power[1] * rows[k - 1] * b;
                }
            }
            if k > 0 {
                expected[c.chain_position + k] += power[1] * rows[k - 1] * *beta;
            }
            if shape.carries {
                expected[c.carry + k] += power[8] * rows[k];
                if k > 0 {
                    expected[c.carry + k] += power[9] * rows[k - 1];
                }
            }
        }
        for i in 0..10 * shape.elements {
            expected[c.digit + i] += power[3] * rows[i];
        }
        for chain in 0..scheme.chains {
            for (j, &b) in elements.iter().enumerate() {
                expected[c.end_value + digest * chain + j] += power[4] * rows[chain] * b;
            }
        }
        let low = c.digit + 8 * shape.elements;
        for i in 0..shape.elements {
            expected[c.remainder_top + i] += (power[5] + power[6] * F::from_u8(64)) * rows[i];
            expected[low + i] += power[6] * rows[i];
            expected[low + shape.elements + i] += power[6] * rows[i] * F::from_u8(8);
            expected[c.remainder_inverse + i] += power[7] * rows[i];
        }
        assert_eq!(at.wired(None, 0).0, expected, "{}", scheme.name);
    }
}

/// What a wired output is equal to.
enum Fed {
    /// A sum, of which the known part is zero in lanes that are not live.
    Sum(Vec<Wire>),
    /// The node at a level: a child of the next one, or the root; less what the input adds.
    Node(usize, usize, Vec<Wire>),
    /// The capacity that a key passes on, element by element.
    Link(usize),
}

/// The digits and the remainder of an element of the message hash: 8 digits from a weight on, and a weight.
fn element_of_hash(shape: &Shape, i: usize, digits: u32, remainder: u32) -> Vec<Wire> {
    let c = &shape.columns;
    let weight = |w: u64| F::from_u64(w);
    let mut all: Vec<Wire> = (0..8)
        .map(|d| Wire::Cell(c.digit + 8 * i + d, weight(u64::from(digits) << (3 * d))))
        .collect();
    let low = c.digit + 8 * shape.elements + i;
    let tables = [
        (low, 1),
        (low + shape.elements, 8),
        (c.remainder_top + i, 64),
    ];
    all.extend(tables.map(|(column, w)| Wire::Cell(column, weight(w * u64::from(remainder)))));
    all
}

fn negative(wire: Wire) -> Wire {
    match wire {
        Wire::Cell(column, x) => Wire::Cell(column, -x),
        Wire::Known(x) => Wire::Known(-x),
    }
}

/// What output `j` of a slot feeds, by the layouts of `prod`.
fn output_of_both_widths(shape: &Shape, group: Option<&Group>, slot: usize, j: usize) -> Fed {
    let c = &shape.columns;
    let sponge = (7 + 8 * shape.scheme.chains).div_ceil(15);
    let or_zero = |x: Option<F>| Wire::Known(x.unwrap_or_default());
    if slot == 0 {
        // out + m = 127 d + low + 8 mid + 64 top
        let mut sum = element_of_hash(shape, j, 127, 1);
        sum.push(negative(or_zero(
            group.map(|g| message_digits(&g.message)[j]),
        )));
        Fed::Sum(sum)
    } else if slot < sponge {
        let column = match j {
            0..8 => c.capacity.whole + 8 * (slot - 1) + j,
            _ => c.capacity.rest + slot - 1,
        };
        Fed::Sum(vec![Wire::Cell(column, F::ONE)])
    } else if slot == sponge {
        Fed::Node(0, j - 9, vec![])
    } else if slot == sponge + 1 {
        Fed::Link(j)
    } else {
        let level = slot - sponge - 1;
        let tweak = |g: &Group, i: usize| {
            tree_tweak(&shape.scheme, level, (u64::from(g.slot) >> level) as u32)[i]
        };
        let forward = match j {
            0..5 => Wire::Cell(c.parameter + j, F::ONE),
            5 | 6 => or_zero(group.map(|g| tweak(g, j - 5))),
            _ => Wire::Cell(c.left + 8 * (level - 1), F::ONE),
        };
        Fed::Node(level, j, vec![forward])
    }
}

/// What output `j` of a slot feeds, by the layouts of `compact`.
fn output_of_one_width(shape: &Shape, group: Option<&Group>, slot: usize, j: usize) -> Fed {
    let c = &shape.columns;
    let [message, leaf, key, nodes] = compact_slots(shape);
    let cell = |column| Wire::Cell(column, F::ONE);
    if slot == message {
        // h = out + m
        let m = |g: &Group| message_elements(&shape.scheme, &message_digits(&g.message))[j];
        let m = Wire::Known(group.map(m).unwrap_or_default());
        Fed::Sum(vec![cell(c.previous + j), negative(m)])
    } else if slot == message + 1 {
        // out + h = d + 2^24 (low + 8 mid + 64 top)
        let mut sum = element_of_hash(shape, j, 1, 1 << 24);
        sum.push(negative(cell(c.previous + j)));
        Fed::Sum(sum)
    } else if slot < key - 1 {
        Fed::Sum(vec![cell(c.capacity.whole + 8 * (slot - leaf) + j)])
    } else if slot == key - 1 {
        Fed::Node(0, j - 8, vec![])
    } else if slot == key {
        let at = &c.key_capacity;
        let column = if j < 8 { at.whole + 8 + j } else { at.rest + 1 };
        Fed::Sum(vec![cell(column)])
    } else if slot == key + 1 {
        Fed::Link(j)
    } else {
        let level = slot - nodes + 1;
        let forward = match (j, group) {
            (0 | 1, Some(g)) => vec![Wire::Known(compact_node(level, g.slot)[j])],
            _ => vec![],
        };
        Fed::Node(level, j, forward)
    }
}

/// In live lanes, in those that pass their capacity on, and in idle ones.
#[test]
fn every_target_of_an_output_is_what_the_layouts_say() {
    let mut rng = Elements(11);
    for (scheme, slots, n) in [
        (TEST, vec![5u32, 200], 17usize),
        (PROD, vec![3], 1),
        (PROD, vec![u32::MAX], 17),
        (PROD, vec![0, 1 << 31, u32::MAX - 1, 32_639], 33),
        (PROD, vec![u32::MAX - 1, u32::MAX], 40),
        (COMPACT_TEST, vec![5, 200], 17),
        (COMPACT_TEST, vec![255], 15),
        (COMPACT_TEST, vec![1], 16),
        (COMPACT, vec![3], 1),
        (COMPACT, vec![u32::MAX], 17),
        (COMPACT, vec![0, 1 << 31, u32::MAX - 1, 65_536], 33),
        (COMPACT, vec![u32::MAX - 1, u32::MAX], 31),
    ] {
        let at = Instance::new(statement(scheme, &slots, n), &mut rng);
        for lane in 0..1usize << at.shape.log_lanes {
            check_outputs(&at, n, lane);
        }
    }
}

fn check_outputs(at: &Instance, n: usize, lane: usize) {
    let (shape, summary, constraints) = (&at.shape, &at.summary, &at.constraints);
    let (scheme, c) = (&shape.scheme, &shape.columns);
    let groups = at.statement.groups().iter();
    let of_lane: Vec<&Group> = groups
        .flat_map(|g| core::iter::repeat_n(g, g.keys.len()))
        .collect();
    let side = |g: &Group, level: usize| g.slot >> level & 1 == 1;
    let point: Vec<EF> = (0..shape.log_lanes)
        .map(|i| EF::from_usize(lane >> (shape.log_lanes - 1 - i) & 1))
        .collect();
    let public = at.public.at(&point);
    let got = wiring::linear_form(shape, constraints, &public, at.links(&point).last);
    let group = of_lane.get(lane).copied();
    let mut columns = vec![EF::ZERO; c.count];
    let mut total = EF::ZERO;
    let mut count = 0;
    for (width, slot, j, w) in constraints.outputs.wired() {
        count += 1;
        if group.is_none() {
            let state = [F::ZERO; 24];
            total += w * sheaf_xmss::layout::Input { width, state }.permute()[j];
        }
        let fed = match scheme.sizes.digest {
            8 => output_of_both_widths(shape, group, slot, j),
            _ => output_of_one_width(shape, group, slot, j),
        };
        let mut feed = |wire: Wire| match wire {
            Wire::Cell(column, x) => columns[column] -= w * x,
            Wire::Known(x) => total += w * x,
        };
        match fed {
            Fed::Sum(sum) => sum.into_iter().for_each(feed),
            Fed::Node(level, j, forward) => {
                forward.into_iter().for_each(|wire| feed(negative(wire)));
                let column = if level == shape.height {
                    c.root + j
                } else {
                    let same = of_lane
                        .iter()
                        .all(|g| side(g, level) == side(of_lane[0], level));
                    // Where all lanes agree, idle ones do, too.
                    let right = match group {
                        Some(g) => side(g, level),
                        None => same && side(of_lane[0], level),
                    };
                    let table = if right { c.right } else { c.left };
                    table + c.digest * level + j
                };
                feed(Wire::Cell(column, F::ONE));
            }
            Fed::Link(j) => {
                if group.is_some() && lane + 16 >= n {
                    feed(Wire::Known(summary.capacities[lane % 16][j]));
                }
            }
        }
    }
    let expected = match scheme.sizes.digest {
        8 => {
            let sponge = (7 + 8 * scheme.chains).div_ceil(15);
            shape.elements + 9 * (sponge - 1) + 8 + 8 * shape.height + 9
        }
        _ => 8 + shape.elements + 8 * (scheme.chains / 2) + 4 + 4 * shape.height + 9 + 9,
    };
    assert_eq!(count, expected);
    for (i, &d) in constraints.denominator_digits.iter().enumerate() {
        columns[c.digit + i] += constraints.denominators * d + constraints.sum;
    }
    if group.is_some() {
        total += constraints.sum * F::from_u32(scheme.target_sum);
    }
    let name = format!("{} lane {lane} of {n}", scheme.name);
    assert_eq!(got.form.weights(c.count), columns, "{name}");
    assert_eq!(got.known, total, "known of {name}");
}
