//! Both verifiers on the same claims and bytes.
#![allow(dead_code)] // Each test file uses its own part.

use sheaf::xmss::one_slot::sign_once;
use sheaf::{
    Batch, COMPACT_TEST, Claims, HEADER_BYTES, Options, Prover, PublicKey, Rate, Rejection, Scheme,
    Signature, TEST,
};
use sheaf_aggregation::{ConstraintError, LaneOrder, Statement, VerifyError};
use sheaf_argument::{columns, fractions, permutation};
use sheaf_naive_verifier::{self as naive, Group, Reject};
use sheaf_pcs::Layout;
use sheaf_pcs::parameters::Round;
use sheaf_transcript::TranscriptError;

/// The step at which the real verifier rejects, in the words of the naive one.
fn step(error: VerifyError) -> Reject {
    if let Some(error) = error.transcript() {
        return shape_step(error);
    }
    match error {
        VerifyError::Parameters(_) => Reject::Parameters,
        VerifyError::Challenge => Reject::Challenge,
        VerifyError::ChainEnds(fractions::verify::Error::Layer { layer }) => {
            Reject::ChainEnds(layer)
        }
        VerifyError::Constraints(ConstraintError::Unsatisfied) => Reject::Constraints,
        VerifyError::Permutations(permutation::Error::Layer { layer }) => {
            Reject::Permutations(layer)
        }
        VerifyError::Columns(columns::verify::Error::Mismatch) => Reject::Columns,
        VerifyError::Commitment(error) => opening_step(error),
        other => panic!("no proof, however wrong, leads to {other:?}"),
    }
}

/// Where a proof of another shape is rejected.
pub(crate) fn shape_step(error: TranscriptError) -> Reject {
    match error {
        TranscriptError::Truncated { label } => Reject::Truncated(label),
        TranscriptError::NotCanonical { label, .. } => Reject::NotCanonical(label),
        TranscriptError::Trailing { .. } => Reject::Trailing,
        TranscriptError::Grinding { label, .. } => Reject::ProofOfWork(label),
    }
}

/// Where an opening is rejected that has the right shape.
pub(crate) fn opening_step(error: sheaf_pcs::Error) -> Reject {
    match error {
        sheaf_pcs::Error::Rows { oracle } => Reject::Rows(oracle),
        sheaf_pcs::Error::FinalSum => Reject::FinalSum,
        other => panic!("no opening, however wrong, leads to {other:?}"),
    }
}

/// Where a list is rejected. The real verifier names signatures as the caller counts, and all that are invalid.
fn list_step(error: sheaf::Error, order: &LaneOrder) -> Reject {
    let lane = |place: (usize, usize)| order.iter().position(|&other| other == place).unwrap();
    match error {
        sheaf::Error::Rejected(Rejection::Count { .. }) => Reject::Count,
        sheaf::Error::Rejected(Rejection::Unreadable { group, index, .. }) => {
            Reject::Unreadable(lane((group, index)))
        }
        sheaf::Error::Rejected(Rejection::InvalidSignatures(all)) => {
            let lanes = all.iter().map(|s| lane((s.group, s.index)));
            Reject::Signature(lanes.min().unwrap())
        }
        other => panic!("no list, however wrong, leads to {other:?}"),
    }
}

/// The verdict of the real verifier.
fn real(claims: &Claims, bytes: &[u8]) -> Result<(), Reject> {
    let public = sheaf::Aggregate::from_bytes(bytes)
        .map_err(sheaf::Error::from)
        .and_then(|aggregate| sheaf::verify(claims, &aggregate));
    let verdict = match sheaf::Aggregate::from_bytes(bytes) {
        Ok(aggregate) if aggregate.scheme() == claims.scheme() => {
            match Statement::new(*claims.scheme(), claims.groups().to_vec()) {
                Ok((statement, order)) => match aggregate.rate() {
                    Some(rate) => {
                        let rate = rate.log_inverse().into();
                        sheaf_aggregation::verify(&statement, rate, aggregate.body()).map_err(step)
                    }
                    None => public.clone().map_err(|error| list_step(error, &order)),
                },
                Err(_) => Err(Reject::Claims),
            }
        }
        _ => Err(Reject::Header),
    };
    assert_eq!(public.is_ok(), verdict.is_ok());
    verdict
}

pub(crate) fn naive_scheme(scheme: &Scheme) -> naive::Scheme {
    match scheme.id {
        1 => naive::PROD,
        2 => naive::TEST,
        3 => naive::COMPACT,
        4 => naive::COMPACT_TEST,
        id => panic!("no scheme has the number {id}"),
    }
}

/// The schemes for tests.
pub(crate) const TEST_SCHEMES: [Scheme; 2] = [TEST, COMPACT_TEST];

/// Elements of a key.
pub(crate) const fn key_elements(scheme: &Scheme) -> usize {
    scheme.sizes.digest + scheme.sizes.parameter
}

/// Adds one to an element of a key: of the root, or of the parameter behind it.
pub(crate) fn add_one(scheme: &Scheme, key: &mut PublicKey, element: usize) {
    assert!(element < key_elements(scheme));
    let one = sheaf::xmss::KoalaBear::new(1);
    let (mut root, mut parameter) = (*key.root(), *key.parameter());
    match element.checked_sub(scheme.sizes.digest) {
        None => root[element] += one,
        Some(element) => parameter[element] += one,
    }
    *key = PublicKey::new(scheme, root, parameter);
}

pub(crate) fn naive_groups(claims: &Claims) -> Vec<Group> {
    let group = |g: &sheaf::Group| Group {
        slot: g.slot,
        message: g.message,
        keys: g.keys.iter().map(|key| key.to_bytes().to_vec()).collect(),
    };
    claims.groups().iter().map(group).collect()
}

pub(crate) fn real_layout(layout: &naive::Layout) -> Layout {
    Layout {
        inner_variables: layout.inner_variables,
        slice_variables: layout.slice_variables,
        live: layout.live.clone(),
    }
}

/// The naive verifier's parameters, as the real prover and verifier take them.
pub(crate) fn real_parameters(parameters: &naive::Parameters) -> sheaf_pcs::Parameters {
    let layout = real_layout(&parameters.layout);
    let rounds = parameters.rounds.iter().map(real_round).collect();
    sheaf_pcs::Parameters::from_rounds(&layout, CLAIMS, rounds).unwrap()
}

/// What the commitment is asked for.
pub(crate) const COMMITMENT_BITS: f64 = 128.05;
/// Claims that are opened.
pub(crate) const CLAIMS: usize = 1;

pub(crate) fn naive_round(round: &Round) -> naive::Round {
    naive::Round {
        row: round.row_elements,
        fold: round.slice_variables,
        inner: round.inner_variables,
        rate: round.log_inv_rate,
        slack: round.slack,
        fold_grinding: round.fold_grinding,
        queries: round.queries,
        query_grinding: round.query_grinding,
    }
}

fn real_round(round: &naive::Round) -> Round {
    Round {
        row_elements: round.row,
        slice_variables: round.fold,
        inner_variables: round.inner,
        log_inv_rate: round.rate,
        slack: round.slack,
        fold_grinding: round.fold_grinding,
        queries: round.queries,
        query_grinding: round.query_grinding,
    }
}

/// The verdict of both verifiers, which must be the same.
pub(crate) fn verdict(claims: &Claims, bytes: &[u8]) -> Result<(), Reject> {
    let real = real(claims, bytes);
    let naive = naive::verify(&naive_scheme(claims.scheme()), &naive_groups(claims), bytes);
    assert_eq!(
        real, naive,
        "the real verifier's verdict, and the naive one's"
    );
    real
}

/// `count` signers of `message` at `slot`; `seed` keeps groups apart.
pub(crate) fn signers(
    scheme: &Scheme,
    seed: u8,
    count: usize,
    slot: u32,
    message: [u8; 32],
) -> Vec<(PublicKey, Signature)> {
    let signer = |i: usize| {
        let mut bytes = [seed; 32];
        bytes[..8].copy_from_slice(&(i as u64).to_le_bytes());
        sign_once(scheme, &bytes, slot, &message).unwrap()
    };
    (0..count).map(signer).collect()
}

/// A batch with one group for each `(slot, number of signers)`.
pub(crate) fn batch(scheme: Scheme, groups: &[(u32, usize)]) -> Batch {
    let mut batch = Batch::new(scheme);
    for (seed, &(slot, count)) in (1..).zip(groups) {
        let message = [seed; 32];
        batch = batch.with_group(slot, message, signers(&scheme, seed, count, slot, message));
    }
    batch
}

pub(crate) fn prove(batch: &Batch, rate: Rate) -> Vec<u8> {
    let prover = Prover::new(1).unwrap();
    let aggregate = prover.aggregate(batch, Options::proof(rate)).unwrap();
    aggregate.to_bytes()
}

pub(crate) fn list(batch: &Batch) -> Vec<u8> {
    let prover = Prover::new(1).unwrap();
    prover.aggregate(batch, Options::raw()).unwrap().to_bytes()
}

/// A proof as elements of the base field.
pub(crate) fn elements(bytes: &[u8]) -> Vec<u32> {
    bytes[HEADER_BYTES..]
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect()
}

/// The bytes of a proof with the header of another.
pub(crate) fn assemble(header: &[u8], elements: &[u32]) -> Vec<u8> {
    let body = elements.iter().flat_map(|x| x.to_le_bytes());
    header[..HEADER_BYTES].iter().copied().chain(body).collect()
}

/// The order of the base field.
pub(crate) const P: u32 = 0x7f00_0001;

/// Adds one, or takes the largest element, or zero.
pub(crate) fn other_value(x: u32, kind: usize) -> u32 {
    match kind % 3 {
        0 => (x + 1) % P,
        1 if x != P - 1 => P - 1,
        _ if x != 0 => 0,
        _ => 1,
    }
}
