//! Files of public keys, one or several in each, in SSZ. They tell their sizes only, not their scheme.

use std::path::Path;

use sheaf::xmss::params::MAX_PUBLIC_KEY_BYTES;
use sheaf::{MAX_SIGNATURES, PublicKey, Scheme};

use crate::failure::Failure;
use crate::input::read;
use crate::kind::Kind;
use crate::report::{count, either};

/// Reads the keys of a file; see [`parse`].
pub(crate) fn read_public_keys(
    path: &Path,
    known: Option<Scheme>,
) -> Result<(Scheme, Vec<PublicKey>), Failure> {
    let bytes = read(path, MAX_SIGNATURES * MAX_PUBLIC_KEY_BYTES)?;
    match Kind::of_bytes(&bytes) {
        Kind::PublicKey | Kind::Unknown => {}
        other => return Err(Failure::file(path, other.instead_of("a public key"))),
    }
    parse(&bytes, known).map_err(|error| Failure::file(path, error))
}

/// The schemes of which keys without a scheme may be: that which is known, or all that are for real keys.
fn possible(known: Option<Scheme>) -> impl Iterator<Item = Scheme> {
    Scheme::ALL.into_iter().filter(move |scheme| match known {
        Some(known) => *scheme == known,
        None => !scheme.is_for_tests,
    })
}

/// The possible schemes of which the bytes are a whole number of keys.
pub(crate) fn fitting(bytes: &[u8], known: Option<Scheme>) -> Vec<Scheme> {
    possible(known)
        .filter(|scheme| bytes.len().is_multiple_of(scheme.public_key_bytes()))
        .collect()
}

/// Decodes keys, of the scheme that is known or else of the only one for real keys that fits the length.
pub(crate) fn parse(
    bytes: &[u8],
    known: Option<Scheme>,
) -> Result<(Scheme, Vec<PublicKey>), String> {
    let scheme = match fitting(bytes, known)[..] {
        [one] => one,
        [] => {
            let sizes: Vec<String> = possible(known)
                .map(|scheme| format!("{} bytes ({})", scheme.public_key_bytes(), scheme.name))
                .collect();
            return Err(format!(
                "{} bytes are no whole number of public keys of {}",
                bytes.len(),
                either(&sizes)
            ));
        }
        ref several => {
            let readings: Vec<String> = several
                .iter()
                .map(|scheme| {
                    let keys = count(bytes.len() / scheme.public_key_bytes(), "key");
                    format!("{keys} of {}", scheme.name)
                })
                .collect();
            return Err(format!(
                "{} bytes may be {}: say which by --scheme",
                bytes.len(),
                either(&readings)
            ));
        }
    };
    bytes
        .chunks_exact(scheme.public_key_bytes())
        .enumerate()
        .map(|(index, key)| {
            PublicKey::from_bytes(&scheme, key).map_err(|error| format!("key {index}: {error}"))
        })
        .collect::<Result<_, _>>()
        .map(|keys| (scheme, keys))
}

#[cfg(test)]
mod tests {
    use sheaf::{COMPACT, COMPACT_TEST, PROD};

    use super::*;

    #[test]
    fn the_length_tells_the_sizes_where_it_can() {
        let of = |length, known| {
            parse(&vec![0; length], known).map(|(scheme, keys)| (scheme.name, keys.len()))
        };
        assert_eq!(of(52, None), Ok(("prod", 1)));
        assert_eq!(of(104, None), Ok(("prod", 2)));
        assert_eq!(of(32, None), Ok(("compact", 1)));
        assert_eq!(of(96, None), Ok(("compact", 3)));
        assert_eq!(of(96, Some(COMPACT_TEST)), Ok(("compact-test", 3)));
        assert_eq!(of(416, Some(PROD)), Ok(("prod", 8)));
        assert_eq!(of(416, Some(COMPACT)), Ok(("compact", 13)));
        let error = of(416, None).unwrap_err();
        let wanted = "416 bytes may be 8 keys of prod or 13 keys of compact: say which by --scheme";
        assert_eq!(error, wanted);
        let error = of(33, None).unwrap_err();
        let wanted =
            "33 bytes are no whole number of public keys of 52 bytes (prod) or 32 bytes (compact)";
        assert_eq!(error, wanted);
        let error = of(32, Some(PROD)).unwrap_err();
        let wanted = "32 bytes are no whole number of public keys of 52 bytes (prod)";
        assert_eq!(error, wanted);
    }
}
