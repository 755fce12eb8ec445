//! What a guard must know of a secret key.

use super::SecretKey;
use crate::params::Scheme;
use crate::types::PublicKey;

/// Bytes of the fingerprint of a PRF key or a seed.
pub const FINGERPRINT_BYTES: usize = 32;

/// Which key a guard belongs to; no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyIdentity {
    /// The parameter set.
    pub scheme: Scheme,
    /// The public key, which holds the parameter.
    pub public_key: PublicKey,
    /// A hash of the PRF key or the seed alone: equal for keys that must not both sign at one slot, whatever their public keys.
    pub fingerprint: [u8; FINGERPRINT_BYTES],
}

impl SecretKey {
    /// What binds a guard to this key.
    #[must_use]
    pub fn identity(&self) -> KeyIdentity {
        KeyIdentity {
            scheme: self.scheme,
            public_key: self.public_key(),
            fingerprint: self.secret.fingerprint(),
        }
    }
}
