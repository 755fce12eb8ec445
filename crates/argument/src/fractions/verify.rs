//! The verifier of a sum of fractions.

use sheaf_sumcheck::round;
use sheaf_transcript::{Channel, TranscriptError};
use thiserror::Error;

use crate::checks::{Check, applies};

use super::{CHILDREN, LeafClaim, ROUND, RootClaim};

/// Why a sum of fractions is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The evaluations of the children do not give the claim of layer `layer`.
    #[error("layer {layer} of the fraction tree is inconsistent")]
    Layer {
        /// Depth of the layer; 0 is the root.
        layer: usize,
    },
}

/// Reduces a claim about the sums of `2^log_leaves` fractions per lane to one about the fractions.
///
/// # Errors
/// If the proof is malformed or inconsistent.
pub fn verify<C: Channel>(
    root: RootClaim<C::Extension>,
    log_leaves: usize,
    channel: &mut C,
) -> Result<LeafClaim<C::Extension>, Error> {
    let RootClaim {
        mut lane_point,
        numerator: mut p,
        denominator: mut q,
    } = root;
    let log_lanes = lane_point.len();
    let mut leaf_point: Vec<C::Extension> = Vec::new();
    for layer in 0..log_leaves {
        let lambda = channel.sample();
        let claim = p + lambda * q;
        // Lanes are bound first, then nodes.
        let point: Vec<C::Extension> = lane_point.iter().chain(&leaf_point).copied().collect();
        let (mut next, claim) = round::receive_all(ROUND, 2, claim, &point, channel)?;
        let children = channel.receive(CHILDREN, 4)?;
        let [p0, p1, q0, q1] = [children[0], children[1], children[2], children[3]];
        let expected = p0 * q1 + (p1 + lambda * q1) * q0;
        if claim != expected && applies(Check::FractionLayer(layer)) {
            return Err(Error::Layer { layer });
        }
        let bit = channel.sample();
        p = p0 + bit * (p1 - p0);
        q = q0 + bit * (q1 - q0);
        leaf_point = next.split_off(log_lanes);
        leaf_point.push(bit);
        lane_point = next;
    }
    Ok(LeafClaim {
        leaf_point,
        lane_point,
        numerator: p,
        denominator: q,
    })
}
