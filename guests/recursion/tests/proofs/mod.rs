//! Proofs about signatures, as the program takes them.

use sheaf_aggregation::{Group, Scratch, Setup, Statement, Summary, prove_with};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Executable, Word};
use sheaf_recursion_guest::leaf::{self, Leaf};
use sheaf_recursion_guest::opening::{Constants, Opening};
use sheaf_recursion_guest::permutation::Shared;
use sheaf_xmss::PROD;
use sheaf_xmss::one_slot::sign_once;

const SLOT: u32 = 11_259_375;
const MESSAGE: [u8; 32] = [7; 32];

/// Verifies one proof, and returns the digest of its statement.
#[allow(dead_code, reason = "not every test has one")]
pub(crate) fn program() -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let constants = Constants::at(0);
    let opening = Opening::new(&mut builder, &memory, constants);
    let shared = Shared::new(&mut builder, &memory);
    let leaf = Leaf::new(&mut builder, &memory, &opening, &shared, &PROD);
    let main = builder.function::<(), Digest>("main");
    builder.body(&main, |row, ()| {
        opening.prepare(row);
        leaf.verify(row, &Base::number(Constants::LENGTH))
    });
    builder
        .finish(&main)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A proof with all that a verifier knows.
#[derive(Clone)]
pub(crate) struct Proof {
    pub(crate) statement: Statement,
    pub(crate) setup: Setup,
    pub(crate) bytes: Vec<u8>,
}

/// A proof with the set-up of its size class.
pub(crate) fn proof(lanes: usize, log_inv_rate: usize) -> Proof {
    let (keys, signatures): (Vec<_>, Vec<_>) = (0..lanes)
        .map(|i| {
            let mut seed = [3; 32];
            seed[..8].copy_from_slice(&(i as u64).to_le_bytes());
            sign_once(&PROD, &seed, SLOT, &MESSAGE).unwrap()
        })
        .unzip();
    let group = Group {
        slot: SLOT,
        message: MESSAGE,
        keys,
    };
    let (statement, order) = Statement::new(PROD, vec![group]).unwrap();
    let signatures: Vec<_> = order.iter().map(|&(_, key)| &signatures[key]).collect();
    let setup = Setup::from_table(&statement, log_inv_rate).unwrap();
    let mut scratch = Scratch::default();
    let bytes = prove_with(&setup, &statement, &signatures, &mut scratch, |_| Ok(())).unwrap();
    Proof {
        statement,
        setup,
        bytes,
    }
}

/// What the program takes from the tape, up to where the native verifier stops, and whether it accepts.
pub(crate) fn tape(proof: &Proof) -> (Vec<F>, bool) {
    let summary = Summary::new(&proof.statement);
    let (tape, verified) = leaf::tape(&proof.setup, &proof.statement, &summary, &proof.bytes);
    (tape, verified.is_ok())
}
