//! Generalized XMSS signatures over Poseidon1 and KoalaBear: the schemes with which Lean Ethereum clients sign.
//!
//! A key is a Merkle tree with one leaf per *slot*. A leaf hashes the ends of `v` hash chains. A signature encodes its
//! message to `v` chain positions, reveals the value of each chain at its position and gives the leaf's path. Each slot must
//! sign one message at most: two of them would let anyone walk the chains onward to signatures of further messages.
//!
//! Construction and proof: eprint 2025/055; the aborting encoding: eprint 2026/016. Keys and signatures are byte-compatible
//! with leanSig's `instantiations_aborting` and leanSpec's `PROD_CONFIG` and `TEST_CONFIG`, those of the compact scheme with
//! the crate `xmss` of leanVM as of July 2026.
//!
//! * [`params`] holds the parameter sets: [`PROD`] and [`TEST`], [`COMPACT`] and [`COMPACT_TEST`].
//! * [`poseidon`], [`tweak`], [`encoding`], [`chain`] and [`tree`] are the hash functions, generic over SIMD lanes. A proof
//!   system can rebuild the input of every permutation from them.
//! * [`verify()`] and [`verify_batch`] check signatures; [`BatchFile`] reads them from a file.
//! * [`KeyGenerator`] makes a [`SecretKey`]; a [`SigningKey`] puts it under a [`SlotGuard`] that lets no slot sign twice.
//! * [`one_slot`] makes keys for benchmarks. [`Owner`] tells a process from those that it forks.
//!
//! Without the default features the crate verifies only, and starts no threads.

#![forbid(unsafe_code)]

pub mod batch_file;
pub mod chain;
pub mod encoding;
#[cfg(feature = "signing")]
pub mod file_slot_guard;
#[cfg(feature = "signing")]
pub mod keys;
pub mod layout;
mod montgomery;
#[cfg(feature = "signing")]
pub mod one_slot;
#[cfg(feature = "parallel")]
mod owner;
pub mod params;
pub mod poseidon;
mod postcard;
#[cfg(feature = "signing")]
pub mod prf;
#[cfg(feature = "signing")]
pub mod seed;
#[cfg(feature = "signing")]
pub mod signing_key;
#[cfg(feature = "signing")]
pub mod slot_guard;
pub mod ssz;
pub mod tree;
pub mod tweak;
pub mod types;
pub mod verify;

pub use p3_koala_bear::KoalaBear;

pub use crate::batch_file::{BatchFile, BatchFileError, BatchKeys};
pub use crate::encoding::EncodingError;
#[cfg(feature = "signing")]
pub use crate::file_slot_guard::{FileSlotGuard, JournalSummary};
#[cfg(feature = "signing")]
pub use crate::keys::{
    ActiveRange, Damage, KeyError, KeyGenerator, KeyIdentity, Progress, SecretKey, SignError,
};
#[cfg(feature = "parallel")]
pub use crate::owner::Owner;
pub use crate::params::{COMPACT, COMPACT_TEST, PROD, Scheme, TEST};
#[cfg(feature = "signing")]
pub use crate::signing_key::{SigningError, SigningKey};
#[cfg(feature = "signing")]
pub use crate::slot_guard::{GuardError, MemorySlotGuard, SlotGuard};
pub use crate::ssz::DecodeError;
pub use crate::types::{Digest, Parameter, PublicKey, Randomness, Signature};
#[cfg(feature = "parallel")]
pub use crate::verify::par_verify_batch;
pub use crate::verify::{BatchError, Verifier, VerifyError, verify, verify_batch};
