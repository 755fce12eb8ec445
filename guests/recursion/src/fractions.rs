//! The verifier of a sum of fractions (`sheaf_argument::fractions`), for any numbers of lanes and leaves.
//!
//! A layer's point is written behind that of the layer before: lanes, then nodes.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::{CHILDREN, ROUND};
use sheaf_program::builder::{Base, Builder, Digest, Loop, Memory, Row, Word};
use sheaf_program::{E, F};

use crate::rounds::{Claimed, Rounds};
use crate::transcript::Sponge;

/// How many layers remain, the address of the point, and how many coordinates it has.
type Place = (Base, Base, Base);
/// The capacity, and the words to be drawn that are left of the block: the first one batches the claims of the layer.
type Drawn = (Digest, [Word; 2]);
/// The claims about numerators and denominators.
type Claims = (Word, Word);

/// The reduction.
pub struct Fractions {
    layers: Loop<(Place, Drawn, Claims)>,
}

/// The sums of all lanes, over their common denominators, at one lane point.
#[must_use = "a claim that is not reduced is not proven"]
pub struct RootClaim {
    /// The address of the point in the lane variables, most significant first. What follows it is written by the reduction.
    pub lane_point: Base,
    /// Lane variables.
    pub log_lanes: Base,
    /// Claimed extension of the numerators.
    pub numerator: Word,
    /// Claimed extension of the denominators.
    pub denominator: Word,
}

/// Evaluations of the leaves at one point.
#[must_use = "the leaves must be tied to committed data"]
pub struct LeafClaim {
    /// The address of the point in the lane variables, most significant first.
    pub lane_point: Base,
    /// The address of the point in the leaf variables.
    pub leaf_point: Base,
    /// Claimed extension of the numerators.
    pub numerator: Word,
    /// Claimed extension of the denominators.
    pub denominator: Word,
    /// The first address that nobody has written.
    pub end: Base,
}

impl Fractions {
    /// Writes what the reduction needs.
    #[track_caller]
    pub fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let rounds = Rounds::new(builder, memory, ROUND, 2, Claimed::Eq);
        let layers = builder.looping::<(Place, Drawn, Claims)>("fractions", |s| s[0] == F::ZERO);
        builder.step(&layers, |row, ((remaining, from, count), drawn, claims)| {
            row.permute_idly();
            let (capacity, [lambda, _]) = drawn;
            let (p, q) = claims;
            let claim = row.word_products(&[(&lambda, &q)], &p);
            let to = &from + &count;
            let (capacity, claim) = rounds.run(row, &(capacity, claim), &from, &to, &count);
            let mut sponge = Sponge::resume(&capacity);
            let children = sponge.receive(row, CHILDREN, 4);
            let [p0, p1, q0, q1] = [0, 1, 2, 3].map(|i| &children[i]);
            let weighed = row.word_products(&[(&lambda, q1)], p1);
            let message = "a layer of the fraction tree is inconsistent";
            row.assert_zero_words(&[(p0, q1), (&weighed, q0)], &claim.times(-E::ONE), message);
            let bit = sponge.sample(row);
            row.write(memory, &(&to + &count), &bit);
            let p = row.word_products(&[(&bit, &(p1 - p0))], p0);
            let q = row.word_products(&[(&bit, &(q1 - q0))], q0);
            let drawn = [sponge.sample(row), sponge.sample(row)];
            let place = (remaining.plus(-1), to, count.plus(1));
            (place, (sponge.capacity(), drawn), (p, q))
        });
        Self { layers }
    }

    /// Reduces a claim about the sums of `2^log_leaves` fractions per lane to one about the fractions. There is at least one layer.
    #[track_caller]
    pub fn verify(
        &self,
        row: &mut Row,
        sponge: &mut Sponge,
        root: &RootClaim,
        log_leaves: &Base,
    ) -> LeafClaim {
        let RootClaim {
            lane_point,
            log_lanes,
            numerator,
            denominator,
        } = root;
        let lambda = sponge.sample(row);
        // Nobody draws the second word: a message is next.
        let drawn = [lambda, Word::constant(E::ZERO)];
        let start = (
            (log_leaves.clone(), lane_point.clone(), log_lanes.clone()),
            (sponge.capacity(), drawn),
            (numerator.clone(), denominator.clone()),
        );
        let count = log_lanes + log_leaves;
        let (point, (capacity, drawn), (numerator, denominator)) = row.run_to(
            &self.layers,
            &start,
            |(point, drawn, claims): &(Base, Drawn, Claims)| {
                let place = (Base::zero(), point.clone(), count.clone());
                (place, drawn.clone(), claims.clone())
            },
        );
        *sponge = Sponge::drawn(&capacity, &drawn);
        LeafClaim {
            leaf_point: &point + log_lanes,
            end: &point + &count,
            lane_point: point,
            numerator,
            denominator,
        }
    }
}
