//! Honest objects, from which inputs are made. All of them are functions of constants.

use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;
use sheaf::xmss::{BatchFile, KeyGenerator, one_slot};
use sheaf::{PROD, PublicKey, Scheme, Signature};

/// A key and its signature.
pub type Signer = (PublicKey, Signature);

/// Signers of `message` at `slot`, with keys that can sign once; `seed` keeps those of different groups apart.
///
/// # Panics
/// If the scheme has no such slot.
#[must_use]
pub fn signers(
    scheme: &Scheme,
    seed: u8,
    count: usize,
    slot: u32,
    message: [u8; 32],
) -> Vec<Signer> {
    (0..count)
        .map(|i| {
            let mut bytes = [seed; 32];
            bytes[..8].copy_from_slice(&(i as u64).to_le_bytes());
            one_slot::sign_once(scheme, &bytes, slot, &message).expect("the slot exists")
        })
        .collect()
}

/// A batch file of signers as above.
#[must_use]
pub fn batch_file(scheme: &Scheme, seed: u8, count: usize, slot: u32) -> BatchFile {
    let message = [seed; 32];
    BatchFile {
        slot,
        message,
        signers: signers(scheme, seed, count, slot, message),
    }
}

/// An encoded secret key that is active at `count` slots from `start`.
///
/// # Panics
/// If the scheme has no such slots.
#[must_use]
pub fn secret_key(scheme: &Scheme, start: u32, count: u64, advance: usize) -> Vec<u8> {
    let generator = KeyGenerator::new(scheme, start, count).expect("the slots exist");
    let mut rng = StdRng::seed_from_u64(u64::from(start) + count);
    let (_, mut key) = generator.generate(&mut rng);
    for _ in 0..advance {
        key.advance_window().expect("the key is whole");
    }
    key.to_bytes().to_vec()
}

/// Signatures of real keys, from another implementation.
///
/// # Panics
/// If the files of the repository are damaged.
#[must_use]
pub fn vectors() -> [BatchFile; 2] {
    // The second one's tweaks carry within a lane, which changes the shape of proofs.
    ["prod-slot-77777.bin", "prod-slot-32639.bin"].map(|name| {
        // Read when it runs, since a package of this crate does not hold another crate's files.
        let directory = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../crates/xmss/tests/vectors"
        );
        let bytes = std::fs::read(Path::new(directory).join(name)).expect("the vector is there");
        BatchFile::parse(&PROD, &bytes).expect("the vector is well-formed")
    })
}
