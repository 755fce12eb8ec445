//! Where the messages of a proof are.
//!
//! A proof contains neither lengths nor tags. But a verifier that is given the first `k` elements of an honest proof says in
//! which message it ends: bisection over `k` finds the borders between messages.

use std::ops::Range;

use sheaf::{Aggregate, Claims, Error, HEADER_BYTES, Rejection, verify};

/// A message of a proof, or several of one kind in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Name of the message.
    pub label: &'static str,
    /// Its elements, counted from the first one of the body.
    pub elements: Range<usize>,
}

/// Digest and out-of-domain value of the commitment, with which a proof begins.
const COMMITMENT_ELEMENTS: usize = 9 + 5;

/// Where messages may be shorter than this, borders are searched for element by element.
const LONG: usize = 512;

/// The sections of the opening: from the first message after the claims about columns to the end.
///
/// # Panics
/// If the proof is not valid for the claims.
#[must_use]
pub fn sections(claims: &Claims, proof: &[u8]) -> Vec<Section> {
    let count = (proof.len() - HEADER_BYTES) / 4;
    let label = |elements: usize| -> &'static str {
        let prefix = Aggregate::from_bytes(&proof[..HEADER_BYTES + 4 * elements]);
        match verify(claims, &prefix.expect("whole elements")) {
            Err(Error::Rejected(Rejection::Truncated { message })) => message,
            other => panic!("{elements} of {count} elements: {other:?}"),
        }
    };
    // Labels of the opening begin with its name, and nothing but the opening follows its first message.
    let (mut before, mut inside) = (COMMITMENT_ELEMENTS, count - 1);
    while inside - before > 1 {
        let middle = before.midpoint(inside);
        if label(middle).starts_with("pcs/") {
            inside = middle;
        } else {
            before = middle;
        }
    }

    let mut labels = vec![(inside, label(inside)), (count - 1, label(count - 1))];
    let mut i = 0;
    while i + 1 < labels.len() {
        let ((a, first), (b, second)) = (labels[i], labels[i + 1]);
        let settled = match first {
            "pcs/rows" | "pcs/nodes" | "pcs/final polynomial" => LONG,
            _ => 5,
        };
        if b - a <= 1 || first == second && b - a <= settled {
            i += 1;
        } else {
            let middle = a.midpoint(b);
            labels.insert(i + 1, (middle, label(middle)));
        }
    }

    let mut sections: Vec<Section> = Vec::new();
    for (at, label) in labels {
        match sections.last_mut() {
            Some(last) if last.label == label => last.elements.end = at + 1,
            _ => sections.push(Section {
                label,
                elements: at..at + 1,
            }),
        }
    }
    sections
}
