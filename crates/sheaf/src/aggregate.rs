//! A proof, or a list of signatures in place of one, and its bytes, as specified in `docs/wire-format.md`.

use std::fmt;

use sheaf_transcript::header::{self, kind_name};
use sheaf_xmss::{PROD, Scheme};
use thiserror::Error;

use crate::node::Node;
use crate::{Form, Rate};

/// The first bytes of every aggregate.
pub const MAGIC: [u8; 4] = header::MAGIC;

/// The version of proofs that this library makes and verifies; the byte after [`MAGIC`].
pub const FORMAT_VERSION: u8 = header::VERSION;

/// Bytes before the body: magic, version, scheme, rate and kind.
pub const HEADER_BYTES: usize = header::BYTES;

/// The most bytes that an aggregate may have; proofs stay far below.
pub const MAX_BYTES: usize = header::MAX_PROOF_BYTES;

/// Bytes of one field element, the unit of the body of a proof.
const ELEMENT_BYTES: usize = 4;

/// The kind of an aggregate whose body is a list of signatures: byte 7.
pub const KIND_RAW: u8 = sheaf_aggregation::KIND_RAW;

/// The kind of an aggregate whose body is a proof about signatures.
pub const KIND_LEAF: u8 = sheaf_aggregation::KIND_LEAF;

/// The kind of an aggregate whose body is a proof about proofs.
pub const KIND_NODE: u8 = header::KIND_NODE;

/// Why bytes are not an aggregate that this library can read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There is less than a header.
    #[error("{found} bytes are less than a header of {HEADER_BYTES}")]
    TooShort {
        /// Number of bytes.
        found: usize,
    },
    /// There are more bytes than any aggregate has.
    #[error("{found} bytes or more exceed the {MAX_BYTES} that an aggregate may have")]
    TooLong {
        /// Number of bytes, or of those that were looked at.
        found: usize,
    },
    /// The first four bytes are not [`MAGIC`].
    #[error("the first four bytes do not mark an aggregate")]
    Magic,
    /// The proof is of another version of the protocol.
    #[error("byte 4: the proof has version {found}, this library reads version {FORMAT_VERSION}")]
    Version {
        /// The version of the proof.
        found: u8,
    },
    /// There is no scheme with this identifier.
    #[error("byte 5: {found} identifies no signature scheme")]
    Scheme {
        /// The identifier.
        found: u8,
    },
    /// There is no such rate.
    #[error("byte 6: {found} is not the logarithm of an inverse rate, 1 to 4")]
    Rate {
        /// The byte found.
        found: u8,
    },
    /// A list of signatures has no rate, and zero in its place.
    #[error("byte 6: {found} stands where a list of signatures has 0")]
    RateOfList {
        /// The byte found.
        found: u8,
    },
    /// The body is neither a list of signatures nor a proof about them or about proofs. Version 3 has a number for proofs
    /// about the run of a program (3), which are no aggregates.
    #[error("byte 7: this is of kind {found} ({}), aggregates are of kinds {KIND_RAW}, {KIND_LEAF} and {KIND_NODE}", kind_name(*.found))]
    Kind {
        /// The byte found.
        found: u8,
    },
    /// The body of a proof is not a sequence of four-byte elements.
    #[error("a body of {found} bytes is not a sequence of four-byte elements")]
    Length {
        /// Number of bytes after the header.
        found: usize,
    },
    /// The body of a list is not a sequence of signatures of the scheme.
    #[error("a body of {found} bytes is not a sequence of signatures of {each} bytes")]
    ListLength {
        /// Number of bytes after the header.
        found: usize,
        /// Bytes in a signature of the scheme.
        each: usize,
    },
    /// There are proofs about proofs of one scheme only.
    #[error("byte 5: proofs about proofs are about signatures of {}, and not of {found}", PROD.name)]
    NodeScheme {
        /// The name of the scheme.
        found: &'static str,
    },
    /// The rate in the header is not that of the proof.
    #[error("byte 6: {found} is not the logarithm of the inverse rate of the proof, {proof}")]
    NodeRate {
        /// The byte found.
        found: u8,
        /// What the proof says.
        proof: usize,
    },
    /// A proof about proofs ends within the tree in front of it.
    #[error("a body of {found} bytes ends within the tree of a proof about proofs")]
    NodeLength {
        /// Number of bytes after the header.
        found: usize,
    },
    /// The tree in front of a proof about proofs is none.
    #[error("the tree of a proof about proofs: {0}")]
    Shape(sheaf_recursion::shape::DecodeError),
    /// What follows the tree is no proof about proofs.
    #[error("a proof about proofs: {0}")]
    Node(Box<sheaf_recursion::ProofFormatError>),
}

/// What shows that the signatures of some claims are valid: a proof, or the signatures themselves ([`Form`]).
///
/// Holding one means nothing: it may come from anywhere. Only [`verify`](crate::verify)
/// says whether it proves given claims. Its bytes identify no claims: the same claims have aggregates of both forms and of every rate,
/// and whoever knows the signatures can make others.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    scheme: Scheme,
    content: Content,
}

/// What the tree of a proof about proofs says, whoever it comes from: nothing of it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tree {
    /// How often was merged above the lowest proof.
    pub height: usize,
    /// The proofs about signatures that claims rest on; others may be hidden.
    pub leaves: usize,
    /// How many signatures are claimed.
    pub signatures: usize,
}

/// What follows the header, and the header's facts about it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    /// A list of signatures, of whole ones.
    Raw(Vec<u8>),
    /// A proof about signatures at a rate, of whole elements.
    Leaf(Rate, Vec<u8>),
    /// A proof about proofs.
    Node(Box<Node>),
}

impl Content {
    fn read_list(scheme: &Scheme, rate: u8, list: &[u8]) -> Result<Self, FormatError> {
        let (found, each) = (list.len(), scheme.signature_bytes());
        if rate != 0 {
            Err(FormatError::RateOfList { found: rate })
        } else if !found.is_multiple_of(each) {
            Err(FormatError::ListLength { found, each })
        } else {
            Ok(Self::Raw(list.to_vec()))
        }
    }

    fn read_proof(_: &Scheme, rate: u8, proof: &[u8]) -> Result<Self, FormatError> {
        let rate = Rate::from_log_inverse(rate).ok_or(FormatError::Rate { found: rate })?;
        if proof.len().is_multiple_of(ELEMENT_BYTES) {
            Ok(Self::Leaf(rate, proof.to_vec()))
        } else {
            let found = proof.len();
            Err(FormatError::Length { found })
        }
    }

    fn read_node(scheme: &Scheme, rate: u8, body: &[u8]) -> Result<Self, FormatError> {
        if *scheme != PROD {
            return Err(FormatError::NodeScheme { found: scheme.name });
        }
        let node = Node::read(body)?;
        match node.proof.run.log_inv_rate {
            proof if proof == usize::from(rate) => Ok(Self::Node(Box::new(node))),
            proof => Err(FormatError::NodeRate { found: rate, proof }),
        }
    }
}

impl Aggregate {
    pub(crate) const fn new(scheme: Scheme, content: Content) -> Self {
        Self { scheme, content }
    }

    /// Reads an aggregate from bytes, which may be any.
    ///
    /// Checks the header and that the body has a possible length; the rest is for
    /// [`verify`](crate::verify). Memory is bounded by the length of `bytes`.
    ///
    /// # Errors
    /// If the bytes do not begin with a known header, or have an impossible length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let Some((&[m0, m1, m2, m3, version, scheme, rate, kind], body)) =
            bytes.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(FormatError::TooShort { found: bytes.len() });
        };
        if [m0, m1, m2, m3] != MAGIC {
            return Err(FormatError::Magic);
        }
        // Another version may have another header, so nothing else is looked at before.
        if version != FORMAT_VERSION {
            return Err(FormatError::Version { found: version });
        }
        // What the bytes before it mean is the kind's to say.
        let read = match kind {
            KIND_RAW => Content::read_list,
            KIND_LEAF => Content::read_proof,
            KIND_NODE => Content::read_node,
            found => return Err(FormatError::Kind { found }),
        };
        let scheme = Scheme::from_id(scheme).ok_or(FormatError::Scheme { found: scheme })?;
        if bytes.len() > MAX_BYTES {
            return Err(FormatError::TooLong { found: bytes.len() });
        }
        let content = read(&scheme, rate, body)?;
        Ok(Self { scheme, content })
    }

    /// The bytes of the aggregate.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let [rate, kind] = match &self.content {
            Content::Raw(_) => [0, KIND_RAW],
            Content::Leaf(rate, _) => [rate.log_inverse(), KIND_LEAF],
            // Rates are at most 4.
            Content::Node(node) => [node.proof.run.log_inv_rate as u8, KIND_NODE],
        };
        let mut bytes = Vec::with_capacity(self.byte_len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[FORMAT_VERSION, self.scheme.id, rate, kind]);
        bytes.extend_from_slice(self.body());
        bytes
    }

    /// How many bytes [`to_bytes`](Self::to_bytes) returns.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        HEADER_BYTES + self.body().len()
    }

    /// The scheme of the signatures, as the header states it.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Whether it is a list of signatures or a proof, as the header states it.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self.content {
            Content::Raw(_) => Form::Raw,
            Content::Leaf(..) => Form::Proof,
            Content::Node(_) => Form::Merged,
        }
    }

    /// The rate of the proof, as the header states it; a list of signatures has none.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        match &self.content {
            Content::Raw(_) => None,
            Content::Leaf(rate, _) => Some(*rate),
            Content::Node(node) => Rate::from_log_inverse(node.proof.run.log_inv_rate as u8),
        }
    }

    /// What a proof about proofs shows of its tree; nothing if it is none.
    #[must_use]
    pub fn tree(&self) -> Option<Tree> {
        match &self.content {
            Content::Raw(_) | Content::Leaf(..) => None,
            Content::Node(node) => Some(Tree {
                height: node.shape.height(),
                leaves: node.shape.leaves().len(),
                signatures: node.shape.claimed(),
            }),
        }
    }

    /// The body: the transcript of the proof, in front of one about proofs its tree; or the signatures.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match &self.content {
            Content::Raw(list) => list,
            Content::Leaf(_, proof) => proof,
            Content::Node(node) => node.body(),
        }
    }

    pub(crate) const fn content(&self) -> &Content {
        &self.content
    }
}

impl fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregate")
            .field("scheme", &self.scheme.name)
            .field("form", &self.form())
            .field("rate", &self.rate())
            .field("bytes", &self.byte_len())
            .finish_non_exhaustive()
    }
}

impl TryFrom<&[u8]> for Aggregate {
    type Error = FormatError;

    fn try_from(bytes: &[u8]) -> Result<Self, FormatError> {
        Self::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sheaf_xmss::TEST;

    use super::*;

    fn aggregate(content: Content) -> Vec<u8> {
        Aggregate {
            scheme: TEST,
            content,
        }
        .to_bytes()
    }

    fn sample() -> Vec<u8> {
        aggregate(Content::Leaf(Rate::Quarter, vec![1, 2, 3, 4, 5, 6, 7, 8]))
    }

    fn list(signatures: usize) -> Vec<u8> {
        aggregate(Content::Raw(vec![0; signatures * TEST.signature_bytes()]))
    }

    #[test]
    fn every_header_byte_is_checked() {
        let parse = |at: usize, value: u8| {
            let mut bytes = sample();
            bytes[at] = value;
            Aggregate::from_bytes(&bytes)
        };
        for at in 0..4 {
            assert_eq!(parse(at, b'!'), Err(FormatError::Magic));
        }
        assert_eq!(parse(4, 9), Err(FormatError::Version { found: 9 }));
        assert_eq!(parse(5, 77), Err(FormatError::Scheme { found: 77 }));
        assert_eq!(parse(6, 0), Err(FormatError::Rate { found: 0 }));
        assert_eq!(parse(6, 5), Err(FormatError::Rate { found: 5 }));
        for (found, name) in [(3, "a proof about the run of a program"), (4, "unknown")] {
            let error = parse(7, found).unwrap_err();
            assert_eq!(error, FormatError::Kind { found });
            assert!(error.to_string().contains(name), "{error}");
        }
        let old = parse(4, 2).unwrap_err();
        assert_eq!(
            old.to_string(),
            "byte 4: the proof has version 2, this library reads version 3"
        );
        // A proof is no list and a list no proof, whatever else would fit.
        assert_eq!(
            parse(7, KIND_RAW),
            Err(FormatError::RateOfList { found: 2 })
        );
        let mut bytes = list(1);
        bytes[7] = KIND_LEAF;
        let error = FormatError::Rate { found: 0 };
        assert_eq!(Aggregate::from_bytes(&bytes), Err(error));
    }

    #[test]
    fn a_list_has_no_rate_and_whole_signatures() {
        let each = TEST.signature_bytes();
        for signatures in [0, 1, 2] {
            let read = Aggregate::from_bytes(&list(signatures)).unwrap();
            assert_eq!((read.form(), read.rate()), (Form::Raw, None));
            assert_eq!(read.body().len(), signatures * each);
        }
        for found in 1..=u8::MAX {
            let mut bytes = list(1);
            bytes[6] = found;
            let error = FormatError::RateOfList { found };
            assert_eq!(Aggregate::from_bytes(&bytes), Err(error));
        }
        for found in (1..each).chain([each + 1, 2 * each - 4]) {
            let bytes = &list(2)[..HEADER_BYTES + found];
            let error = FormatError::ListLength { found, each };
            assert_eq!(Aggregate::from_bytes(bytes), Err(error));
        }
        let longest = (MAX_BYTES - HEADER_BYTES) / each;
        assert!(Aggregate::from_bytes(&list(longest)).is_ok());
        let long = list(longest + 1);
        let error = FormatError::TooLong { found: long.len() };
        assert_eq!(Aggregate::from_bytes(&long), Err(error));
    }

    #[test]
    fn lengths_are_checked() {
        let bytes = sample();
        for found in 0..HEADER_BYTES {
            assert_eq!(
                Aggregate::from_bytes(&bytes[..found]),
                Err(FormatError::TooShort { found })
            );
        }
        assert_eq!(
            Aggregate::from_bytes(&bytes[..HEADER_BYTES + 3]),
            Err(FormatError::Length { found: 3 })
        );
        let mut long = bytes;
        long.resize(MAX_BYTES, 0);
        assert!(Aggregate::from_bytes(&long).is_ok());
        long.extend([0; 4]);
        assert_eq!(
            Aggregate::from_bytes(&long),
            Err(FormatError::TooLong {
                found: MAX_BYTES + 4
            })
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_an_error(bytes: Vec<u8>) {
            if let Ok(aggregate) = Aggregate::from_bytes(&bytes) {
                prop_assert_eq!(aggregate.to_bytes(), bytes);
            }
        }

        #[test]
        fn damaged_headers_round_trip_or_fail(at in 0..HEADER_BYTES, value: u8, is_list: bool, extra: Vec<u8>) {
            let mut bytes = if is_list { list(1) } else { sample() };
            bytes[at] = value;
            bytes.extend(extra);
            if let Ok(aggregate) = Aggregate::from_bytes(&bytes) {
                prop_assert_eq!(aggregate.byte_len(), bytes.len());
                prop_assert_eq!(aggregate.to_bytes(), bytes);
            }
        }
    }
}
