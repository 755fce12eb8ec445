use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::{F, VerifierTranscript};

use super::{Digest, Tree, hash_rows, paths, sibling_count};

fn matrix(depth: usize, width: usize) -> Vec<F> {
    (0..width << depth)
        .map(|i| F::from_usize(i * i + 1))
        .collect()
}

fn open(matrix: &[F], width: usize, positions: &[usize]) -> Vec<Digest> {
    let rows: Vec<F> = positions
        .iter()
        .flat_map(|&i| &matrix[i * width..][..width])
        .copied()
        .collect();
    hash_rows(&rows, width)
}

fn root(
    depth: usize,
    positions: &[usize],
    leaves: Vec<Digest>,
    siblings: &[Digest],
) -> Option<Digest> {
    let mut channel = VerifierTranscript::new(&[]);
    super::root(depth, positions, leaves, siblings, &mut channel)
}

#[test]
fn multiproofs_lead_to_the_root() {
    for depth in 0..6 {
        for width in [1, 14, 15, 16, 31] {
            let matrix = matrix(depth, width);
            let tree = Tree::new(&matrix, width);
            for stride in 1..8 {
                let positions: Vec<usize> = (0..1 << depth).step_by(stride).collect();
                let leaves = open(&matrix, width, &positions);
                let siblings = tree.siblings(&positions);
                assert_eq!(siblings.len(), sibling_count(&positions, depth));
                let computed = root(depth, &positions, leaves.clone(), &siblings);
                assert_eq!(computed, Some(tree.root()));

                let paths = paths(depth, &positions, leaves.clone(), &siblings).unwrap();
                for (path, &position) in paths.iter().zip(&positions) {
                    for (height, &[node, sibling]) in path.iter().enumerate() {
                        let index = position >> height;
                        assert_eq!(node, tree.levels()[height][index]);
                        assert_eq!(sibling, tree.levels()[height][index ^ 1]);
                    }
                    assert_eq!(path.len(), depth);
                }

                let mut longer = siblings.clone();
                longer.push(tree.root());
                assert_eq!(root(depth, &positions, leaves.clone(), &longer), None);
                if let Some((_, shorter)) = siblings.split_last() {
                    assert_eq!(root(depth, &positions, leaves, shorter), None);
                }
            }
        }
    }
}

#[test]
fn every_element_of_a_row_matters() {
    let width = 33;
    let row = matrix(0, width);
    let digest = hash_rows(&row, width);
    for i in 0..width {
        let mut other = row.clone();
        other[i] += F::ONE;
        assert_ne!(hash_rows(&other, width), digest);
    }
}

#[test]
fn rows_hash_alike_in_batches_of_any_size() {
    let (depth, width) = (5, 20);
    let matrix = matrix(depth, width);
    let all = hash_rows(&matrix, width);
    for n in 1..=1 << depth {
        assert_eq!(hash_rows(&matrix[..n * width], width), all[..n]);
    }
}
