//! The union of claims, which is what a merged proof is about.

use std::collections::BTreeMap;

use sheaf_aggregation::{Group, Statement, StatementError};
use sheaf_xmss::PublicKey;
use thiserror::Error;

/// Why claims have no union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnionError {
    /// There are no claims.
    #[error("there are no claims")]
    None,
    /// Claims about keys of different schemes.
    #[error("claims {child} are about keys of the scheme {found}, and the first ones of {first}")]
    Schemes {
        /// Index of the claims.
        child: usize,
        /// Name of their scheme.
        found: &'static str,
        /// Name of the scheme of the first claims.
        first: &'static str,
    },
    /// What all claims amount to is no statement, being too much.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// The union of claims: groups of the same slot and message are joined, and each key is in a group once.
///
/// # Errors
/// If there are no claims, if they are about keys of different schemes, or about more keys than one statement may have.
pub fn union<'a>(claims: impl IntoIterator<Item = &'a Statement>) -> Result<Statement, UnionError> {
    let mut claims = claims.into_iter().enumerate().peekable();
    let scheme = match claims.peek() {
        Some((_, first)) => *first.scheme(),
        None => return Err(UnionError::None),
    };
    let mut groups: BTreeMap<(u32, [u8; 32]), Vec<&PublicKey>> = BTreeMap::new();
    for (child, claims) in claims {
        if *claims.scheme() != scheme {
            return Err(UnionError::Schemes {
                child,
                found: claims.scheme().name,
                first: scheme.name,
            });
        }
        for group in claims.groups() {
            let keys = groups.entry((group.slot, group.message)).or_default();
            keys.extend(&group.keys);
        }
    }
    let joined = groups.into_iter().map(|((slot, message), mut keys)| {
        keys.sort();
        keys.dedup();
        let keys = keys.into_iter().copied().collect();
        Group {
            slot,
            message,
            keys,
        }
    });
    let (statement, _) = Statement::new(scheme, joined.collect())?;
    Ok(statement)
}
