//! Splitting: from an aggregate, one for a part of its claims.

use std::collections::BTreeMap;

use sheaf_aggregation::Statement;
use sheaf_xmss::PublicKey;

use crate::aggregate::Content;
use crate::{Aggregate, Claims, Error};

impl Aggregate {
    /// The aggregate for a part of its claims, without any proving.
    ///
    /// A list of signatures can be split at will, and a proof about signatures not at all. Of a proof about proofs, what was proven together stays together:
    /// `kept` has to be the claims of some of the aggregates that were merged, or of several. What does not belong to them is replaced by a digest, from
    /// which a guess of it can be confirmed.
    ///
    /// `claims` are those that the aggregate proves: whether it does is for [`verify`](crate::verify) to say.
    ///
    /// # Errors
    /// [`Error::Restrict`] if `kept` is not a part of the claims, or not one that can be had without proving;
    /// [`Error::Claims`] if either are none, and [`Error::Rejected`] if the aggregate is not about them.
    pub fn restrict(&self, claims: &Claims, kept: &Claims) -> Result<Self, Error> {
        let [from, to] = [claims, kept].map(|claims| -> Result<Statement, Error> {
            let (statement, _) = crate::verify::statement(claims, self)?;
            Ok(statement)
        });
        let (from, to) = (from?, to?);
        let content = match self.content() {
            Content::Raw(list) => Content::Raw(pick(&from, &to, list)?),
            Content::Leaf(..) if from.groups() == to.groups() => self.content().clone(),
            Content::Leaf(..) => {
                let reason = "a proof about signatures is about all of them: what is to be split has to be proven apart, and merged".into();
                return Err(Error::Restrict { reason });
            }
            Content::Node(node) => {
                let shape = node.shape.restrict(&from, &to);
                let shape = shape.map_err(|error| Error::Restrict {
                    reason: error.to_string(),
                })?;
                Content::Node(Box::new(node.with_shape(shape)))
            }
        };
        Ok(Self::new(*self.scheme(), content))
    }
}

/// The signatures of some keys.
fn pick(from: &Statement, to: &Statement, list: &[u8]) -> Result<Vec<u8>, Error> {
    let each = from.scheme().signature_bytes();
    if list.len() != each * from.lanes() {
        return Err(crate::Rejection::Count {
            claimed: from.lanes(),
            found: list.len() / each,
        }
        .into());
    }
    let mut signatures: BTreeMap<(u32, &[u8; 32], &PublicKey), &[u8]> = BTreeMap::new();
    let mut rest = list.chunks_exact(each);
    for group in from.groups() {
        let keys = group
            .keys
            .iter()
            .map(|key| (group.slot, &group.message, key));
        signatures.extend(keys.zip(rest.by_ref()));
    }
    let mut picked = Vec::with_capacity(each * to.lanes());
    for group in to.groups() {
        for key in &group.keys {
            let signature = signatures.get(&(group.slot, &group.message, key));
            picked.extend_from_slice(signature.ok_or_else(|| Error::Restrict {
                reason: format!(
                    "a key of slot {} is to be kept that is not claimed",
                    group.slot
                ),
            })?);
        }
    }
    Ok(picked)
}
