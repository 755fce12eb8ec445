//! Proofs about nodes are made, and only such as are true are accepted.

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{Group, Scratch, Setup, Statement, Summary, prove_with};
use sheaf_recursion::statement::node_digest;
use sheaf_recursion::{Proof, Proven, VerifyError, prove, verify};
use sheaf_xmss::PROD;
use sheaf_xmss::one_slot::sign_once;

struct Leaf {
    statement: Statement,
    log_inv_rate: usize,
    proof: Vec<u8>,
}

impl Leaf {
    fn new(slot: u32, lanes: usize, log_inv_rate: usize) -> Self {
        let message = [slot as u8; 32];
        let (keys, signatures): (Vec<_>, Vec<_>) = (0..lanes)
            .map(|i| {
                let mut seed = [9; 32];
                seed[..8].copy_from_slice(&(i as u64).to_le_bytes());
                sign_once(&PROD, &seed, slot, &message).unwrap()
            })
            .unzip();
        let group = Group {
            slot,
            message,
            keys,
        };
        let (statement, order) = Statement::new(PROD, vec![group]).unwrap();
        let signatures: Vec<_> = order.iter().map(|&(_, key)| &signatures[key]).collect();
        let setup = Setup::from_table(&statement, log_inv_rate).unwrap();
        let mut scratch = Scratch::default();
        let proof = prove_with(&setup, &statement, &signatures, &mut scratch, |_| Ok(())).unwrap();
        Self {
            statement,
            log_inv_rate,
            proof,
        }
    }

    fn proven(&self) -> Proven<'_> {
        Proven::Leaf {
            statement: &self.statement,
            log_inv_rate: self.log_inv_rate,
            proof: &self.proof,
        }
    }

    fn digest(&self) -> [sheaf_transcript::F; 9] {
        Summary::new(&self.statement).digest()
    }
}

#[test]
fn leaves_become_a_node() {
    let leaves = [Leaf::new(1000, 3, 2), Leaf::new(70_000, 17, 1)];
    let children = leaves.each_ref().map(Leaf::proven);
    let mut scratch = sheaf_machine::Scratch::default();
    let (height, proof) = prove(&children, 2, &mut scratch, |_| Ok(())).unwrap();
    assert_eq!(height, 1);
    let digests = leaves.each_ref().map(Leaf::digest);
    let node = node_digest(height, &digests);
    assert_eq!(verify(&node, height, &proof), Ok(()));

    let decoded = Proof::decode(&proof.encode()).unwrap();
    assert_eq!(decoded, proof);
    let others = [
        (node_digest(height, &[digests[1], digests[0]]), 1),
        (node_digest(height, &digests[..1]), 1),
        (node_digest(2, &digests), 1),
        (node, 2),
        (digests[0], 1),
    ];
    for (other, height) in others {
        assert_eq!(verify(&other, height, &proof), Err(VerifyError::Statement));
    }
    let mut deferred = proof.clone();
    deferred.deferred.value += sheaf_transcript::EF::ONE;
    assert_eq!(
        verify(&node, height, &deferred),
        Err(VerifyError::Statement)
    );
}

#[test]
fn nodes_and_leaves_become_a_node() {
    let leaves = [
        Leaf::new(1000, 3, 2),
        Leaf::new(70_000, 2, 1),
        Leaf::new(5, 1, 2),
    ];
    let mut scratch = sheaf_machine::Scratch::default();
    let mut prove = |children: &[Proven<'_>], rate| {
        let (height, proof) = prove(children, rate, &mut scratch, |_| Ok(())).unwrap();
        (height, proof)
    };
    let (one, first) = prove(&[leaves[0].proven(), leaves[1].proven()], 1);
    let low = node_digest(one, &[leaves[0].digest(), leaves[1].digest()]);
    let node = |digest, height, proof| Proven::Node {
        digest,
        height,
        proof,
    };
    let (two, second) = prove(&[leaves[2].proven(), node(low, one, &first)], 1);
    assert_eq!(two, 2);
    let middle = node_digest(two, &[leaves[2].digest(), low]);
    assert_eq!(verify(&middle, two, &second), Ok(()));
    // Only nodes, one of which has nodes below it.
    let (three, third) = prove(&[node(middle, two, &second), node(low, one, &first)], 2);
    assert_eq!(three, 3);
    let top = node_digest(three, &[middle, low]);
    assert_eq!(verify(&top, three, &third), Ok(()));
    assert_eq!(verify(&middle, two, &third), Err(VerifyError::Statement));
}
