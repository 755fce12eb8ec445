//! Proofs about proofs, as what an aggregate consists of.
//!
//! ```text
//!     length    4   of the shape
//!     shape         the tree, and which claimed keys each leaf is about
//!     proof         that all leaves below its root are valid
//! ```

use std::hash::{Hash, Hasher};

use sheaf_aggregation::Statement;
use sheaf_recursion::{Proof, Shape, verification_cost, verify};
use sheaf_transcript::counting::Cost;

use crate::{FormatError, Rejection};

/// The shape and the proof, with their bytes.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) shape: Shape,
    pub(crate) proof: Proof,
    body: Vec<u8>,
}

impl Node {
    /// A proof with its shape.
    pub(crate) fn new(shape: Shape, proof: Proof) -> Self {
        let tree = shape.encode();
        // Shapes have limits far below.
        let length = u32::try_from(tree.len()).unwrap_or(u32::MAX);
        let mut body = length.to_le_bytes().to_vec();
        body.extend(tree);
        body.extend(proof.encode());
        Self { shape, proof, body }
    }

    /// Reads the body of an aggregate, which may be any.
    pub(crate) fn read(body: &[u8]) -> Result<Self, FormatError> {
        let found = body.len();
        let short = FormatError::NodeLength { found };
        let (&length, rest) = body.split_first_chunk::<4>().ok_or(short.clone())?;
        let (shape, proof) = usize::try_from(u32::from_le_bytes(length))
            .ok()
            .and_then(|length| rest.split_at_checked(length))
            .ok_or(short)?;
        Ok(Self {
            shape: Shape::decode(shape).map_err(FormatError::Shape)?,
            proof: Proof::decode(proof).map_err(|error| FormatError::Node(Box::new(error)))?,
            body: body.to_vec(),
        })
    }

    /// The same proof in front of which stands another shape.
    pub(crate) fn with_shape(&self, shape: Shape) -> Self {
        Self::new(shape, self.proof.clone())
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// What it takes to verify the proof, without the program's coefficients and the claimed keys.
    pub(crate) fn cost(&self) -> Result<Cost, Rejection> {
        let cost = verification_cost(&self.shape.root(), self.shape.height(), &self.proof);
        cost.map_err(|error| Rejection::Inconsistent {
            reason: error.to_string(),
        })
    }

    /// Verifies that the claims of a statement are valid.
    pub(crate) fn verify(&self, statement: &Statement) -> Result<(), Rejection> {
        let inconsistent = |error: &dyn ToString| Rejection::Inconsistent {
            reason: error.to_string(),
        };
        // A shape may name many keys in few bytes: they are hashed if the proof is valid.
        verify(&self.shape.root(), self.shape.height(), &self.proof)
            .map_err(|error| inconsistent(&error))?;
        self.shape
            .check(statement)
            .map_err(|error| inconsistent(&error))
    }
}

// The bytes have all of it.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.body.hash(state);
    }
}
