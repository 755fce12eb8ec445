//! Fractions that are not stored.

use p3_field::{PackedFieldExtension, PrimeCharacteristicRing};
use sheaf_transcript::{EF, EPF, ProverTranscript};

use super::{MIN, ROOT, naive};
use crate::fractions::RootClaim;
use crate::fractions::prove::{Layer, Packed, Tree};

/// Groups of lanes, each with its own number of fractions; all others are `0 / absent`.
fn ragged(widths: &[usize], absent: EF) -> Layer<EPF> {
    Layer::from_fn(widths.to_vec(), absent, |group, i| {
        let element = |k: usize| EPF::from_ext_fn(|l| EF::from_usize(97 * group + 31 * i + k + l));
        if i < widths[group] {
            [1, 2].map(|k| element(k).cube())
        } else {
            [EPF::ZERO, absent.into()]
        }
    })
}

#[test]
fn absent_fractions_are_zero_over_a_public_denominator() {
    let log_leaves = 3;
    let absent = EF::from_u32(123_456).cube();
    for widths in [
        vec![1, 0, 7, 2, 0, 3, 1],
        vec![1; 5],
        vec![2; 8],
        vec![2, 8],
        vec![0, 0, 1],
        vec![],
    ] {
        let log_groups = 3;
        let layer = ragged(&widths, absent);
        let (mut p, mut q) = (Vec::new(), Vec::new());
        for group in 0..1 << log_groups {
            for i in 0..1 << log_leaves {
                let fraction = layer.row(group).get(i).copied();
                let [numerator, denominator] = fraction.unwrap_or(layer.absent());
                p.push(numerator);
                q.push(denominator);
            }
        }
        let run = |tree: Tree<Packed>| {
            let log_lanes = MIN + log_groups;
            let mut transcript = ProverTranscript::new();
            let over_lanes = tree.over_lanes(log_lanes);
            let root = over_lanes.root(&[]);
            transcript.send(ROOT, &[root.numerator, root.denominator]);
            let claim = over_lanes.prove(root, &mut transcript);
            let root = RootClaim {
                lane_point: claim.leaf_point,
                numerator: claim.numerator,
                denominator: claim.denominator,
            };
            let truth = tree.root(&root.lane_point);
            assert_eq!(
                [root.numerator, root.denominator],
                [truth.numerator, truth.denominator]
            );
            let claim = tree.prove(root, &mut transcript);
            assert_eq!(claim.numerator, naive(&p, log_leaves, &claim));
            assert_eq!(claim.denominator, naive(&q, log_leaves, &claim));
            transcript.into_bytes()
        };
        let written_out = run(Tree::full(log_leaves, &p, &q));
        assert!(
            run(Tree::new(log_leaves, layer)) == written_out,
            "{widths:?}"
        );
    }
}
