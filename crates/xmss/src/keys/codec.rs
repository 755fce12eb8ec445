//! The encodings of secret keys.

mod postcard;
mod ssz;

use zeroize::Zeroizing;

use super::SecretKey;
use crate::params::{KeyFormat, Scheme};
use crate::ssz::DecodeError;

impl SecretKey {
    /// The scheme of an encoded secret key; the first 96 bytes suffice.
    ///
    /// Both formats tell the height of the tree. An SSZ key has an offset that can't be otherwise at a fixed place; what begins
    /// as neither is no key.
    #[must_use]
    pub fn scheme_of(bytes: &[u8]) -> Option<Scheme> {
        // A postcard key is that of SSZ with a chance of 2^-96; the other way round it is not negligible.
        let (format, height) = ssz::height(bytes)
            .map(|height| (KeyFormat::Shake, height))
            .or_else(|| postcard::height(bytes).map(|height| (KeyFormat::Poseidon, height)))?;
        Scheme::ALL
            .into_iter()
            .find(|scheme| scheme.key_format == format && scheme.height() as u64 == height)
    }

    /// Decodes a secret key.
    ///
    /// The shape is checked, the hashes are not: a key whose nodes have been altered makes signatures that don't verify, and
    /// finds that out when it signs.
    ///
    /// # Errors
    /// If the active range or the window is not a possible one, a length or an offset does not fit it, or an element is
    /// not canonical.
    pub fn from_bytes(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        match scheme.key_format {
            KeyFormat::Shake => ssz::decode(scheme, bytes),
            KeyFormat::Poseidon => postcard::decode(scheme, bytes),
        }
    }

    /// Encodes the secret key, into bytes that are zeroized when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self.scheme.key_format {
            KeyFormat::Shake => ssz::encode(self),
            KeyFormat::Poseidon => postcard::encode(self),
        }
    }
}
