//! The first bytes of every proof, whatever it is about; and of a list of signatures, which stands for one.
//!
//! ```text
//!     0   4   `shfp`
//!     4   1   version
//!     5   1   for the kind to say: of signatures the scheme, of a run the version of the machine's protocol
//!     6   1   r of the code's rate 2^-r; of a list of signatures 0
//!     7   1   kind
//! ```
//!
//! A reader looks at the first five before anything else, since another version may change all that follows, and then at the
//! kind. The crate of a kind has a reader for what is behind.

/// What every proof begins with.
pub const MAGIC: [u8; 4] = *b"shfp";

/// The version of proofs: byte 4.
pub const VERSION: u8 = 3;

/// Bytes of a header.
pub const BYTES: usize = 8;

/// The most bytes that a proof of any kind may have; real ones stay far below.
pub const MAX_PROOF_BYTES: usize = 4 << 20;

/// The kind of a list of signatures: byte 7.
pub const KIND_RAW: u8 = 0;
/// The kind of a proof about signatures.
pub const KIND_LEAF: u8 = 1;
/// The kind of a proof about proofs.
pub const KIND_NODE: u8 = 2;
/// The kind of a proof about the run of a program.
pub const KIND_RUN: u8 = 3;

/// What a kind of proof is about.
#[must_use]
pub const fn kind_name(kind: u8) -> &'static str {
    match kind {
        KIND_RAW => "a list of signatures",
        KIND_LEAF => "a proof about signatures",
        KIND_NODE => "a proof about proofs",
        KIND_RUN => "a proof about the run of a program",
        _ => "unknown",
    }
}
