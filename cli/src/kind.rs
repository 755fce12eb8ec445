//! What a file is, by its first bytes and its length.
//!
//! A reader that is given the wrong kind of file says what it was given, and a writer replaces a file of its own kind only.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sheaf::xmss::{BatchFile, SecretKey};
use sheaf::{CLAIMS_MAGIC, HEADER_BYTES, MAGIC, PublicKey, Scheme, Signature};
use sheaf_machine::KIND_RUN;

/// Kinds of files that the command knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Proof,
    /// A proof about the run of a program.
    RunProof,
    /// Arguments, advice and results of a program.
    Call,
    Batch(Scheme),
    Claims,
    PublicKey,
    Signature(Scheme),
    SecretKey(Scheme),
    Journal,
    Empty,
    Unknown,
}

/// How many of the first bytes [`Kind::of`] looks at.
const HEAD_BYTES: usize = 4096;

/// How journals begin; the byte after it is their version.
const JOURNAL_MAGIC: &[u8] = b"shfslot";

impl Kind {
    /// The kind of a file with these first bytes and this length.
    pub(crate) fn of(head: &[u8], length: u64) -> Self {
        let head = &head[..head.len().min(HEAD_BYTES)];
        if length == 0 {
            Self::Empty
        } else if head.starts_with(&MAGIC) {
            match head.get(HEADER_BYTES - 1) {
                Some(&KIND_RUN) => Self::RunProof,
                _ => Self::Proof,
            }
        } else if head.starts_with(&CLAIMS_MAGIC) || is_json(head, b"\"groups\"") {
            Self::Claims
        } else if is_json(head, b"\"arguments\"") {
            Self::Call
        } else if head.starts_with(JOURNAL_MAGIC) {
            Self::Journal
        } else if let Some(scheme) = BatchFile::scheme_of(head, length) {
            Self::Batch(scheme)
        } else if let Some(scheme) = SecretKey::scheme_of(head) {
            Self::SecretKey(scheme)
        } else if let Some(scheme) = signature_scheme(head, length) {
            Self::Signature(scheme)
        } else if is_public_key(head, length) {
            Self::PublicKey
        } else {
            Self::Unknown
        }
    }

    /// The kind of a file that is there.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = Vec::new();
        file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(Self::of(&head, length))
    }

    /// The kind of bytes that have been read as a whole.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self::of(bytes, bytes.len() as u64)
    }

    /// Whether a file of this kind holds what can't be made again.
    pub(crate) const fn is_irreplaceable(self) -> bool {
        matches!(self, Self::SecretKey(_) | Self::Journal)
    }

    /// Why a file of this kind is no use where another one is wanted.
    pub(crate) fn instead_of(self, wanted: &str) -> String {
        match self {
            Self::Empty => format!("the file is empty, not {wanted}"),
            Self::Unknown => format!("this is not {wanted}, nor anything else that sheaf knows"),
            _ => format!("this is {self}, not {wanted}"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proof => "a proof",
            Self::RunProof => "a proof about the run of a program",
            Self::Call => "an input of a program",
            Self::Batch(_) => "a batch of signatures",
            Self::Claims => "a file of claims",
            Self::PublicKey => "a public key",
            Self::Signature(_) => "a single signature",
            Self::SecretKey(_) => "a secret key",
            Self::Journal => "a journal of used slots",
            Self::Empty => "an empty file",
            Self::Unknown => "a file that sheaf does not know",
        })
    }
}

/// Whether text begins as an object in JSON with this name does.
fn is_json(head: &[u8], name: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{")
        && head.windows(name.len()).any(|window| window == name)
}

/// Whether a file is one public key, of whatever scheme has such.
fn is_public_key(head: &[u8], length: u64) -> bool {
    Scheme::ALL.iter().any(|scheme| {
        length == scheme.public_key_bytes() as u64 && PublicKey::from_bytes(scheme, head).is_ok()
    })
}

fn signature_scheme(head: &[u8], length: u64) -> Option<Scheme> {
    Scheme::ALL.into_iter().find(|scheme| {
        length == scheme.signature_bytes() as u64 && Signature::from_bytes(scheme, head).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use sheaf::xmss::KeyGenerator;
    use sheaf::xmss::one_slot::sign_once;
    use sheaf::{COMPACT, COMPACT_TEST, Claims, FORMAT_VERSION, KIND_LEAF, PROD, TEST};

    use super::*;

    #[test]
    fn every_kind_is_known_by_its_bytes() {
        let journal = {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("journal");
            let (key, _) = sign_once(&TEST, &[1; 32], 7, &[1; 32]).unwrap();
            sheaf::xmss::FileSlotGuard::create(&TEST, &key, &path).unwrap();
            std::fs::read(path).unwrap()
        };
        assert_eq!(Kind::of_bytes(&journal), Kind::Journal);
        for scheme in [TEST, COMPACT_TEST, COMPACT] {
            let generator = KeyGenerator::new(&scheme, 0, 32).unwrap();
            let secret = generator.generate(&mut rand::rng()).1.to_bytes();
            assert_eq!(Kind::of_bytes(&secret), Kind::SecretKey(scheme));
        }
        for scheme in Scheme::ALL {
            let signer = sign_once(&scheme, &[1; 32], 7, &[1; 32]).unwrap();
            let signature = signer.1.to_bytes();
            assert_eq!(Kind::of_bytes(&signature), Kind::Signature(scheme));
            assert_eq!(Kind::of_bytes(&signer.0.to_bytes()), Kind::PublicKey);
            let claims = Claims::new(scheme).with_group(7, [1; 32], [signer.0]);
            assert_eq!(Kind::of_bytes(&claims.to_bytes()), Kind::Claims);
            let batch = BatchFile {
                slot: 7,
                message: [1; 32],
                signers: vec![signer],
            };
            assert_eq!(Kind::of_bytes(&batch.to_bytes()), Kind::Batch(scheme));
        }
        let proof = [&MAGIC[..], &[FORMAT_VERSION, PROD.id, 1, KIND_LEAF]].concat();
        assert_eq!(Kind::of_bytes(&proof), Kind::Proof);
        let proof = [&MAGIC[..], &[FORMAT_VERSION, 1, 1, KIND_RUN]].concat();
        assert_eq!(Kind::of_bytes(&proof), Kind::RunProof);
        assert_eq!(Kind::of_bytes(&proof[..7]), Kind::Proof);
        assert_eq!(Kind::of_bytes(b"{\"arguments\": []}"), Kind::Call);
        assert_eq!(Kind::of_bytes(b"\n {\"groups\": []}"), Kind::Claims);
        assert_eq!(Kind::of_bytes(b""), Kind::Empty);
        assert_eq!(Kind::of_bytes(b"{\"key\": 1}"), Kind::Unknown);
        assert_eq!(Kind::of_bytes(&[0xff; 52]), Kind::Unknown);
        assert_eq!(Kind::of_bytes(&[0xff; 32]), Kind::Unknown);
    }
}
