//! Every wire against a second listing: which cell or public value each input column and each wired output has, slot by slot
//! and lane by lane, written down from the layouts of the scheme and not from the forms.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::LeafClaim;
use sheaf_argument::permutation::{InputClaim, TableClaim};
use sheaf_transcript::{EF, F};
use sheaf_xmss::{PROD, PublicKey, Scheme, TEST};

use crate::chain_ends::ChainEnds;
use crate::constraints::{ConstraintClaims, Constraints, Row};
use crate::public_columns::PublicColumns;
use crate::setup::Setup;
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
    let key = |i: usize| PublicKey {
        root: core::array::from_fn(|j| F::from_usize(8 * i + j)),
        parameter: core::array::from_fn(|j| F::from_usize(70_000_000 + 5 * i + j)),
    };
    let of_group = |g: usize| (0..keys).filter(move |i| i % slots.len() == g);
    let groups = slots.iter().enumerate().map(|(g, &slot)| Group {
        slot,
        message: core::array::from_fn(|i| (7 * g + i) as u8),
        keys: of_group(g).map(key).collect(),
    });
    Statement::new(scheme, groups.collect()).unwrap().0
}

#[test]
fn every_input_of_every_slot_is_what_the_layouts_say() {
    let mut rng = Elements(9);
    for (scheme, slots) in [(TEST, vec![5u32]), (PROD, vec![3u32]), (PROD, vec![32_639])] {
        let st = statement(scheme, &slots, 1);
        let shape = Setup::shape(&st);
        let summary = Summary::new(&st);
        let public = PublicColumns::new(&summary);
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
        let constraints = Constraints::new(
            &shape,
            &ends,
            &leaf,
            rng.one(),
            rng.one(),
            &rng.many(shape.log_rows),
        );
        let claims = ConstraintClaims {
            lane_point: rng.many(shape.log_lanes),
            row_point: rng.many(shape.log_rows),
            row: Row::from_array(core::array::from_fn(|_| rng.one())),
            linear: rng.one(),
            output16: rng.one(),
            output24: rng.one(),
        };
        let tables = shape.permutations();
        let narrow_slots = 1 << tables.narrow.unwrap().log_slots;
        let wide_slots = 1 << tables.wide.unwrap().log_slots;
        // Lane 0 as a point: live is one there.
        let point = vec![EF::ZERO; shape.log_lanes];
        let z = rng.one();
        let powers: Vec<EF> = core::iter::successors(Some(EF::ONE), |&x| Some(x * z))
            .take(52)
            .collect();
        let form_of = |narrow: bool, slot: usize| -> (Vec<EF>, EF) {
            let only = |here: bool, slots: usize| -> Vec<EF> {
                (0..slots)
                    .map(|k| EF::from_bool(here && k == slot))
                    .collect()
            };
            let inputs = InputClaim {
                lane_point: point.clone(),
                narrow: Some(TableClaim {
                    slot_weights: only(narrow, narrow_slots),
                    inputs: [EF::ZERO; 16],
                }),
                wide: Some(TableClaim {
                    slot_weights: only(!narrow, wide_slots),
                    inputs: [EF::ZERO; 24],
                }),
            };
            let at2 = public.at(&claims.lane_point);
            let at3 = public.at(&point);
            let all = Claims {
                shape: &shape,
                summary: &summary,
                constraints: &constraints,
                at_constraints: &at2,
                constraint_claims: &claims,
                at_inputs: &at3,
                inputs: &inputs,
            };
            let wired = wiring::wire(&all, z);
            (wired.terms(&shape)[1].columns.clone(), wired.value)
        };
        // What no slot says.
        let (_, base) = form_of(true, narrow_slots - 1);
        let c = &shape.columns;
        let t = GroupTweaks::new(&scheme, slots[0]);
        let check = |name: String,
                     narrow: bool,
                     slot: usize,
                     cells: Vec<(usize, usize, F)>,
                     known: Vec<(usize, F)>| {
            let (columns, value) = form_of(narrow, slot);
            let first = if narrow { 12 } else { 28 };
            let mut expected = vec![EF::ZERO; c.count];
            for (element, column, w) in cells {
                expected[column] += powers[first + element] * w;
            }
            assert_eq!(columns, expected, "{name}");
            let k: EF = known.iter().map(|&(e, x)| powers[first + e] * x).sum();
            assert_eq!(base - value, k, "{name}");
        };
        let one = F::ONE;
        for k in 0..shape.steps {
            let mut cells: Vec<_> = (0..8)
                .map(|j| (j, c.chain_value + 8 * k + j, one))
                .collect();
            cells.extend((0..5).map(|j| (8 + j, c.parameter + j, one)));
            cells.push((13, c.chain_position + k, F::from_u32(256)));
            let mut second = t.chain[1];
            if shape.carries {
                cells.push((14, c.carry + k, one));
            } else if t.carry == Carry::Always {
                second += one;
            }
            check(
                format!("step {k}"),
                true,
                k,
                cells,
                vec![(13, t.chain[0]), (14, second)],
            );
        }
        for k in shape.steps..narrow_slots {
            check(format!("unused {k}"), true, k, vec![], vec![]);
        }
        let message = sheaf_xmss::tweak::message_elements(&st.groups()[0].message);
        let mut cells: Vec<_> = (0..5).map(|j| (9 + j, c.parameter + j, one)).collect();
        cells.extend((0..7).map(|j| (16 + j, c.randomness + j, one)));
        let mut known: Vec<_> = (0..9).map(|j| (j, message[j])).collect();
        known.extend((0..2).map(|j| (14 + j, t.message[j])));
        check("message".into(), false, 0, cells, known);
        // leaf sponge
        enum What {
            Cell(usize),
            Known(F),
        }
        let mut stream: Vec<What> = (0..5).map(|j| What::Cell(c.parameter + j)).collect();
        stream.extend(t.node(0).map(What::Known));
        stream.extend((0..scheme.chains * 8).map(|i| What::Cell(c.end_value + i)));
        for s in 0..shape.sponge {
            let (mut cells, mut known) = (vec![], vec![]);
            if s == 0 {
                let cap = sheaf_xmss::tree::leaf_capacity(&scheme);
                known.extend((0..9).map(|j| (j, cap[j])));
            } else {
                cells.extend((0..8).map(|j| (j, c.capacity + 8 * (s - 1) + j, one)));
                cells.push((8, c.capacity_last + s - 1, one));
            }
            for j in 0..15 {
                match stream.get(15 * s + j) {
                    Some(What::Cell(x)) => cells.push((9 + j, *x, one)),
                    Some(What::Known(x)) => known.push((9 + j, *x)),
                    None => {}
                }
            }
            check(format!("sponge {s}"), false, 1 + s, cells, known);
        }
        assert!(stream.len() <= 15 * shape.sponge && stream.len() > 15 * (shape.sponge - 1));
        let s = shape.sponge;
        let mut cells: Vec<_> = (0..8)
            .map(|j| (j, c.capacity + 8 * (s - 1) + j, one))
            .collect();
        cells.push((8, c.capacity_last + s - 1, one));
        cells.extend((0..8).map(|j| (9 + j, c.root + j, one)));
        cells.extend((0..5).map(|j| (17 + j, c.parameter + j, one)));
        check("key".into(), false, 1 + s, cells, vec![(22, one)]);
        for level in 1..=shape.height {
            let mut cells: Vec<_> = (0..5).map(|j| (j, c.parameter + j, one)).collect();
            cells.extend((0..8).map(|j| (7 + j, c.left + 8 * (level - 1) + j, one)));
            cells.extend((0..8).map(|j| (15 + j, c.right + 8 * (level - 1) + j, one)));
            let tw =
                sheaf_xmss::tweak::tree_tweak(level as u8, (u64::from(slots[0]) >> level) as u32);
            check(
                format!("level {level}"),
                false,
                1 + s + level,
                cells,
                vec![(5, tw[0]), (6, tw[1])],
            );
        }
        for k in shape.slots24()..wide_slots {
            check(format!("unused wide {k}"), false, k, vec![], vec![]);
        }
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
    ] {
        let st = statement(scheme, &slots, n);
        let shape = Setup::shape(&st);
        let summary = Summary::new(&st);
        let public = PublicColumns::new(&summary);
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
        let constraints = Constraints::new(
            &shape,
            &ends,
            &leaf,
            rng.one(),
            rng.one(),
            &rng.many(shape.log_rows),
        );
        let c = &shape.columns;
        let of_lane: Vec<&Group> = st
            .groups()
            .iter()
            .flat_map(|g| core::iter::repeat_n(g, g.keys.len()))
            .collect();
        let same = |level: usize| {
            of_lane
                .iter()
                .all(|g| (g.slot >> level & 1) == (of_lane[0].slot >> level & 1))
        };
        let mut zero = [F::ZERO; 24];
        <F as sheaf_xmss::poseidon::Lanes>::permute_wide(&mut zero);
        for lane in 0..1usize << shape.log_lanes {
            let point: Vec<EF> = (0..shape.log_lanes)
                .map(|i| EF::from_usize(lane >> (shape.log_lanes - 1 - i) & 1))
                .collect();
            let at = public.at(&point);
            let got = wiring::linear_form(&shape, &summary, &constraints, &at, &point);
            let group = of_lane.get(lane);
            let live = group.is_some();
            let mut cells = vec![EF::ZERO; c.count];
            let mut known = EF::ZERO;
            let mut wired = 0;
            for (slot, j, w) in constraints.outputs.wired() {
                wired += 1;
                if !live {
                    known += w * zero[j];
                }
                if slot == 0 {
                    // out + m = 127 d + low + 8 mid + 64 top
                    let mut place = 127u64;
                    for d in 0..8 {
                        cells[c.digit + 8 * j + d] -= w * F::from_u64(place);
                        place *= 8;
                    }
                    let low = c.digit + 8 * shape.elements;
                    cells[low + j] -= w;
                    cells[low + shape.elements + j] -= w * F::from_u8(8);
                    cells[c.remainder_top + j] -= w * F::from_u8(64);
                    if let Some(g) = group {
                        known -= w * sheaf_xmss::tweak::message_elements(&g.message)[j];
                    }
                } else if slot < shape.sponge {
                    let column = if j < 8 {
                        c.capacity + 8 * (slot - 1) + j
                    } else {
                        c.capacity_last + slot - 1
                    };
                    cells[column] -= w;
                } else if slot == shape.key_slot() {
                    if live && lane + 16 >= n {
                        known += w * summary.capacities[lane % 16][j];
                    }
                } else {
                    let (level, j) = if slot == shape.sponge {
                        (0, j - 9)
                    } else {
                        (slot - shape.key_slot(), j)
                    };
                    if level == shape.height {
                        cells[c.root + j] -= w;
                    } else {
                        let right = match group {
                            Some(g) => g.slot >> level & 1 == 1,
                            None => same(level) && of_lane[0].slot >> level & 1 == 1,
                        };
                        let side = if right { c.right } else { c.left };
                        cells[side + 8 * level + j] -= w;
                    }
                    if level > 0 {
                        match j {
                            0..5 => cells[c.parameter + j] += w,
                            5 | 6 => {
                                if let Some(g) = group {
                                    let t = sheaf_xmss::tweak::tree_tweak(
                                        level as u8,
                                        (u64::from(g.slot) >> level) as u32,
                                    );
                                    known -= w * t[j - 5];
                                }
                            }
                            _ => cells[c.left + 8 * (level - 1)] += w,
                        }
                    }
                }
            }
            assert_eq!(
                wired,
                shape.elements + 9 * (shape.sponge - 1) + 8 + 8 * shape.height + 9
            );
            for (i, &d) in constraints.denominator_digits.iter().enumerate() {
                cells[c.digit + i] += constraints.denominators * d + constraints.sum;
            }
            if live {
                known += constraints.sum * F::from_u32(scheme.target_sum);
            }
            assert_eq!(
                got.form.weights(c.count),
                cells,
                "{} lane {lane}",
                scheme.name
            );
            assert_eq!(
                got.known, known,
                "{} known of lane {lane} of {n}",
                scheme.name
            );
        }
    }
}
