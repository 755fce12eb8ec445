//! Nodes of proofs.

mod proofs;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::Summary;
use sheaf_executor::{Executor, Input};
use sheaf_machine::join::PointClaim;
use sheaf_poseidon::sponge::Sponge;
use sheaf_program::F;
use sheaf_recursion_guest::node;
use sheaf_transcript::Domain;
use sheaf_xmss::PROD;

fn node_digest(height: usize, children: &[[F; 9]]) -> [F; 9] {
    let mut sponge = Sponge::<F>::new(Domain::StatementNode.tag());
    sponge.absorb_single(&[node::VERSION as usize, children.len(), height].map(F::from_usize));
    for child in children {
        sponge.absorb_single(child);
    }
    sponge.capacity()
}

#[test]
fn proofs_about_signatures_become_a_node() {
    let executable = node::program(&PROD);
    let id = executable.program.id();
    let all = [(1, 2), (15, 4), (17, 1)].map(|(lanes, rate)| proofs::proof(lanes, rate));
    let mut tape = [all.len(), 1, 0].map(F::from_usize).to_vec();
    for proof in &all {
        tape.push(F::from_u32(node::LEAF));
        let (elements, accepted) = proofs::tape(proof);
        assert!(accepted);
        tape.extend(elements);
    }
    let input = Input {
        arguments: &id,
        advice: &tape,
        max_rows: 1 << 20,
    };
    let outcome = Executor::new(&executable)
        .run(input)
        .unwrap_or_else(|error| panic!("{error}"));
    let digests = all
        .each_ref()
        .map(|proof| Summary::new(&proof.statement).digest());
    let expected = [
        &node_digest(1, &digests)[..],
        &PointClaim::EMPTY.digest(),
        &[F::ONE],
    ];
    assert_eq!(outcome.results, expected.concat());
    assert_eq!(outcome.advice_used, tape.len());
    outcome.run.check(&executable.program).unwrap();
}

/// So that heights fall from parent to child, and no node stands for nothing.
#[test]
fn heights_and_numbers_of_children_are_ranged() {
    let executable = node::program(&PROD);
    let proof = proofs::proof(1, 2);
    let (leaf, _) = proofs::tape(&proof);
    let id = executable.program.id();
    let run = |count: usize, height: F| {
        let mut tape = vec![F::from_usize(count), height, F::ZERO];
        for _ in 0..count {
            tape.push(F::from_u32(node::LEAF));
            tape.extend(&leaf);
        }
        let input = Input {
            arguments: &id,
            advice: &tape,
            max_rows: 1 << 20,
        };
        Executor::new(&executable).run(input)
    };
    for height in [1, 2, 32].map(F::from_u32) {
        assert!(run(1, height).is_ok());
    }
    for height in [F::ZERO, F::from_u32(33), -F::from_u32(5)] {
        assert!(run(1, height).is_err(), "{height}");
    }
    assert!(run(16, F::ONE).is_ok());
    for count in [0, 17] {
        assert!(run(count, F::ONE).is_err(), "{count} children");
    }
}
