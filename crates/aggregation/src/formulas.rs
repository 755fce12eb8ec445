//! What a verifier computes between its challenges, step by step, in numbers that are given: no proof, no transcript, no statement.
//!
//! [`verify_with`](crate::verify_with) is made of the same functions. They are generic in the numbers, so that a program about proofs
//! can have them as its own formulas. Whoever uses them takes challenges from a transcript, in the order of the
//! protocol (docs/protocol.md), and computes what depends on the number of lanes: the values of [`Lanes`] and [`Capacities`].

use std::collections::BTreeMap;

use sheaf_argument::fractions::LeafClaim;
use sheaf_argument::permutation::{InputClaim, OutputClaim};
use sheaf_sumcheck::eq;
use sheaf_transcript::Extension;
use sheaf_xmss::Scheme;
use sheaf_xmss::params::MESSAGE;

use crate::chain_ends::ChainEnds;
use crate::constraints::{ConstraintClaims, Constraints, ROW_COLUMNS, Row, row_term};
use crate::link::Links;
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::streams::{CAPACITY, STREAMS, first_capacity};
use crate::tweaks::element;
use crate::wiring::{self, LaneWeights};

/// Names of messages between the commitment and the permutations, and the degrees of their round polynomials.
pub mod labels {
    pub use crate::chain_ends::ROOT as FRACTIONS_ROOT;
    pub use crate::constraints::{
        LANE_DEGREE, LANE_ROUND, LINEAR, OUTPUTS, ROW_DEGREE, ROW_ROUND, ROW_VALUES,
    };
}

/// What proofs of a scheme about slots without mixed carries have in common, whatever the number of lanes.
#[derive(Clone, Debug)]
pub struct Relation {
    shape: Shape,
}

/// The challenges from the commitment to the constraints, and the claim of the chain ends' fractions.
#[derive(Clone, Debug)]
pub struct Challenges<E> {
    /// `alpha` of the chain ends.
    pub alpha: E,
    /// `beta` of the chain ends.
    pub beta: E,
    /// `zeta`, which batches the constraints.
    pub zeta: E,
    /// `tau`, one for each of [`Relation::log_rows`].
    pub tau: Vec<E>,
    /// The point of the fractions' leaves, one for each of [`Relation::log_ends`].
    pub leaf_point: Vec<E>,
}

/// What is public at a lane point, for a statement with one group.
#[derive(Clone, Debug)]
pub struct Group<E> {
    /// The message, as the message hash takes it in.
    pub message: [E; MESSAGE],
    /// The tweak of chain steps without their number, with the carry of all steps.
    pub chain_tweak: [E; 2],
    /// The tweak of the message hash.
    pub message_tweak: [E; 2],
    /// The tweaks of the path's nodes from the leaf on.
    pub node_tweaks: Vec<[E; 2]>,
    /// Whether the path's node at a level is a right child, from the leaf on.
    pub right: Vec<E>,
}

/// What the prover claims after the sumcheck of the constraints.
#[derive(Clone, Debug)]
pub struct RowClaims<E> {
    /// The point of the rows.
    pub point: Vec<E>,
    /// The values there.
    pub values: [E; ROW_COLUMNS],
    /// The linear value.
    pub linear: E,
    /// The claims *steps* and *wired*.
    pub outputs: [E; 2],
}

/// What depends on the number of lanes, when claims are joined.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<E> {
    /// The indicator of live lanes at the point of the constraints.
    pub live_at_constraints: E,
    /// The same at the point of the inputs.
    pub live_at_inputs: E,
    /// The weighted capacities after the last keys and before the first ones.
    pub last: E,
    /// See `last`.
    pub first: E,
}

/// What the claims about capacities depend on, at the point of the constraints.
#[derive(Clone, Debug)]
pub struct Capacities<E> {
    /// The last four coordinates of the point: of the number of a stream.
    pub stream_point: [E; 4],
    /// `eq` of the coordinates before with the row of sixteen lanes of the last lane, and with the row before; zero if there is none.
    pub rows: [E; 2],
    /// For each stream whether it has a lane in the last row.
    pub in_last_row: [E; STREAMS],
    /// The indicator of the first lanes of the streams.
    pub first_lanes: E,
    /// The capacities after the last keys.
    pub last: [[E; CAPACITY]; STREAMS],
}

/// The weights of lanes at the point of the columns.
#[derive(Clone, Debug)]
pub struct AtLanes<E> {
    /// `eq` with the point of the constraints.
    pub constraints: E,
    /// `eq` with the point of the inputs.
    pub inputs: E,
    /// The sums over lanes that pass a capacity on, and over first lanes.
    pub capacities: [E; 2],
}

/// All claims about columns, joined.
#[derive(Debug)]
#[must_use = "a claim that nobody opens proves nothing"]
pub struct Joined<'a, E> {
    relation: &'a Relation,
    wired: wiring::Wired<E>,
}

impl Relation {
    /// That of a scheme.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        // No formula here depends on the number of lanes.
        let shape = Shape::with_lanes(*scheme, 1, false);
        Self { shape }
    }

    /// Variables of the rows of the constraints.
    #[must_use]
    pub const fn log_rows(&self) -> usize {
        self.shape.log_rows
    }

    /// Variables of the leaves of the chain ends' fractions.
    #[must_use]
    pub const fn log_ends(&self) -> usize {
        self.shape.log_ends
    }

    /// Variables of the columns.
    #[must_use]
    pub const fn log_columns(&self) -> usize {
        self.shape.log_columns()
    }

    /// Levels of the signers' trees.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.shape.height
    }

    /// The tables of permutations, for so many lane variables.
    #[must_use]
    pub fn permutations(&self, log_lanes: usize) -> sheaf_argument::permutation::Shape {
        let lanes = 1 << log_lanes;
        Shape::with_lanes(self.shape.scheme, lanes, false).permutations()
    }

    /// The constraints, without what only their claim depends on.
    fn constraints<E: Extension>(
        &self,
        challenges: &Challenges<E>,
        leaf: LeafValues<E>,
    ) -> Constraints<E> {
        let Challenges {
            alpha,
            beta,
            zeta,
            ref tau,
            ref leaf_point,
        } = *challenges;
        let poles = (0..self.shape.steps).map(|k| alpha - element(k));
        // Where `alpha` is in the base field, a proof is rejected before.
        let residues = poles.map(|pole| pole.try_inverse().unwrap_or_default());
        let ends = ChainEnds {
            alpha,
            beta,
            residues: residues.collect(),
        };
        let claim = LeafClaim {
            leaf_point: leaf_point.clone(),
            lane_point: Vec::new(),
            numerator: leaf.numerator,
            denominator: leaf.denominator,
        };
        Constraints::new(&self.shape, &ends, &claim, leaf.live, zeta, tau)
    }

    /// The claim that the sumcheck of the constraints starts from.
    pub fn claim<E: Extension>(&self, challenges: &Challenges<E>, leaf: LeafValues<E>) -> E {
        self.constraints(challenges, leaf).claim
    }

    /// What the sumcheck of the constraints has to end with, less the linear value. `live` is the indicator of live lanes at its point.
    pub fn rows<E: Extension>(
        &self,
        challenges: &Challenges<E>,
        claims: &RowClaims<E>,
        live: E,
    ) -> E {
        let constraints = self.constraints(challenges, LeafValues::default());
        let public = self.public(None, live);
        let weights = constraints.row_weights_at(&self.shape, &public, &claims.point);
        row_term(
            &Row::from_array(claims.values),
            &weights,
            live,
            challenges.beta,
        )
    }

    /// The claim about outputs that the permutations start from. The point of its lanes is that of the constraints, and left out.
    pub fn outputs<E: Extension>(
        &self,
        challenges: &Challenges<E>,
        claims: &RowClaims<E>,
        theta: E,
    ) -> OutputClaim<E> {
        let constraints = self.constraints(challenges, LeafValues::default());
        wiring::output_claim(&self.shape, &constraints, &claims.claims(), theta)
    }

    /// The weighted capacities after the last keys and before the first ones, which [`Lanes`] holds.
    pub fn capacities<E: Extension>(
        &self,
        challenges: &Challenges<E>,
        capacities: &Capacities<E>,
    ) -> [E; 2] {
        let weights = self.constraints(challenges, LeafValues::default());
        let weights = weights.outputs.key_weights();
        let weighed = |capacity: &[E; CAPACITY]| -> E {
            weights.iter().zip(capacity).map(|(&g, &x)| g * x).sum()
        };
        let [of_last, before] = capacities.rows;
        let low = eq::table(&capacities.stream_point);
        let of_stream = |s: usize| {
            let row = before + capacities.in_last_row[s] * (of_last - before);
            low[s] * row * weighed(&capacities.last[s])
        };
        let last = (0..STREAMS).map(of_stream).sum();
        let first = weighed(&first_capacity().map(E::from));
        [last, capacities.first_lanes * first]
    }

    /// All claims about columns, joined by the powers of a challenge. The lane point of `inputs` is not looked at.
    pub fn join<E: Extension>(
        &self,
        challenges: &Challenges<E>,
        claims: &RowClaims<E>,
        inputs: &InputClaim<E>,
        lanes: Lanes<E>,
        group: &Group<E>,
        challenge: E,
    ) -> Joined<'_, E> {
        let constraints = self.constraints(challenges, LeafValues::default());
        let links = Links {
            last: lanes.last,
            first: lanes.first,
        };
        let claims = wiring::Claims {
            shape: &self.shape,
            links,
            constraints: &constraints,
            at_constraints: &self.public(Some(group), lanes.live_at_constraints),
            constraint_claims: &claims.claims(),
            at_inputs: &self.public(Some(group), lanes.live_at_inputs),
            inputs,
        };
        Joined {
            relation: self,
            wired: wiring::wire(&claims, challenge),
        }
    }

    /// The public columns of a group, where live lanes have the indicator `live`.
    fn public<E: Extension>(&self, group: Option<&Group<E>>, live: E) -> PublicEvaluations<E> {
        let mut public = PublicEvaluations {
            live,
            message: [E::ZERO; MESSAGE],
            chain_tweak: [E::ZERO; 2],
            message_tweak: [E::ZERO; 2],
            node_tweaks: Vec::new(),
            right: Vec::new(),
            by_threshold: BTreeMap::new(),
        };
        if let Some(group) = group {
            public.message = group.message.map(|x| x * live);
            public.chain_tweak = group.chain_tweak.map(|x| x * live);
            public.message_tweak = group.message_tweak.map(|x| x * live);
            let node_tweaks = group.node_tweaks.iter();
            public.node_tweaks = node_tweaks.map(|tweak| tweak.map(|x| x * live)).collect();
            // These are the same in idle lanes.
            public.right.clone_from(&group.right);
        }
        public
    }
}

/// The claim of the chain ends' fractions, and the indicator of live lanes at its point.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeafValues<E> {
    /// The numerator.
    pub numerator: E,
    /// The denominator.
    pub denominator: E,
    /// The indicator of live lanes.
    pub live: E,
}

impl<E: Extension> RowClaims<E> {
    fn claims(&self) -> ConstraintClaims<E> {
        ConstraintClaims {
            lane_point: Vec::new(),
            row_point: self.point.clone(),
            row: Row::from_array(self.values),
            linear: self.linear,
            step_outputs: self.outputs[0],
            wired_outputs: self.outputs[1],
        }
    }
}

impl<E: Extension> Joined<'_, E> {
    /// The claim's value.
    #[must_use]
    pub fn value(&self) -> E {
        self.wired.value
    }

    /// The extension of the weights of all cells.
    #[must_use]
    pub fn weight(&self, lanes: &AtLanes<E>, column_point: &[E]) -> E {
        let lanes = LaneWeights {
            constraints: lanes.constraints,
            inputs: lanes.inputs,
            capacities: lanes.capacities,
        };
        self.wired
            .weight(&self.relation.shape, &lanes, column_point)
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::{EF, F};
    use sheaf_xmss::{COMPACT, PROD};

    use super::*;

    #[test]
    fn capacities_are_those_of_the_link() {
        let number = |i: usize| EF::from_usize(i * i + 31 * i + 7).cube();
        for scheme in [PROD, COMPACT] {
            let relation = Relation::new(&scheme);
            let list = |seed: usize, n: usize| (seed..seed + n).map(number).collect::<Vec<_>>();
            let challenges = Challenges {
                alpha: number(1),
                beta: number(2),
                zeta: number(3),
                tau: list(10, relation.log_rows()),
                leaf_point: list(20, relation.log_ends()),
            };
            let r = list(50, 6);
            let last: [[F; CAPACITY]; STREAMS] =
                core::array::from_fn(|s| core::array::from_fn(|j| F::from_usize(100 * s + j)));
            let constraints = relation.constraints(&challenges, LeafValues::default());
            let weights = constraints.outputs.key_weights();
            for lanes in [1, 15, 16, 17, 31, 32, 33, 64] {
                let row = (lanes - 1) / STREAMS;
                let of_row = |row: usize| eq::index(&r[..2], row);
                let capacities = Capacities {
                    stream_point: core::array::from_fn(|i| r[2 + i]),
                    rows: [
                        of_row(row),
                        if row == 0 { EF::ZERO } else { of_row(row - 1) },
                    ],
                    in_last_row: core::array::from_fn(|s| EF::from_bool(STREAMS * row + s < lanes)),
                    first_lanes: eq::prefix_sum(&r, lanes.min(STREAMS)),
                    last: last.map(|capacity| capacity.map(EF::from)),
                };
                let links = Links::new(&r, lanes, &last, &weights);
                let found = relation.capacities(&challenges, &capacities);
                assert_eq!(found, [links.last, links.first], "{lanes} lanes");
            }
        }
    }
}
