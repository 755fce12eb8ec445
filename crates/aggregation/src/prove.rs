//! The prover.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::prove::{Packed, Tree};
use sheaf_argument::permutation::Trace;
use sheaf_argument::{columns, permutation};
use sheaf_pcs::{self as pcs, ParameterError};
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, EPF, PF, ProverTranscript, Transcript};
use sheaf_xmss::{Signature, VerifyError};
use thiserror::Error;

use crate::chain_ends::{self, ChainEnds};
use crate::constraints::digits::{digit_polynomials, top_digit_scale};
use crate::constraints::{self, Constraints};
use crate::fingerprints::Fingerprints;
use crate::link::Links;
use crate::public_columns::PublicColumns;
use crate::setup::Setup;
use crate::shape::Shape;
use crate::stacking;
use crate::statement::Statement;
use crate::strategy::{Honest, Strategy};
use crate::summary::Summary;
use crate::tweaks::element;
use crate::wiring;
use crate::witness::{self, Witness};

/// The phases of proving, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Running the verification of every signature.
    Witness,
    /// Committing to the cells.
    Commit,
    /// The chain-end fractions.
    ChainEnds,
    /// The constraint sumcheck.
    Constraints,
    /// The permutation argument.
    Permutations,
    /// Wiring and the column reduction.
    Columns,
    /// Opening the commitment.
    Open,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 7] = [
        Self::Witness,
        Self::Commit,
        Self::ChainEnds,
        Self::Constraints,
        Self::Permutations,
        Self::Columns,
        Self::Open,
    ];

    /// A name for people and for JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Witness => "witness",
            Self::Commit => "commit",
            Self::ChainEnds => "chain_ends",
            Self::Constraints => "constraints",
            Self::Permutations => "permutations",
            Self::Columns => "columns",
            Self::Open => "open",
        }
    }
}

/// Asks a prover to stop before its next phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProveError {
    /// There are no parameters for this rate and size.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// The set-up is that of statements of another size.
    #[error("the set-up is for a statement of another size")]
    Setup,
    /// Another number of signatures than of keys.
    #[error("{signatures} signatures were given for {keys} keys")]
    Count {
        /// Keys in the statement.
        keys: usize,
        /// Signatures given.
        signatures: usize,
    },
    /// Signatures that are not valid, by lane, in order.
    #[error("{} of the signatures are not valid", .0.len())]
    Invalid(Vec<(usize, VerifyError)>),
    /// A challenge that nothing can be proved with, of probability `2^-123`.
    #[error("a challenge was degenerate")]
    Challenge,
    /// The caller asked to stop.
    #[error("proving was cancelled")]
    Cancelled,
}

/// Buffers that survive from one proof to the next.
#[derive(Default)]
pub struct Scratch {
    trace: Option<Trace>,
    /// Of the last proof. The next one often has the same size and rate.
    setup: Option<Setup>,
}

impl core::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

/// Proves the statement; `signatures` are in lane order.
///
/// Runs in the current rayon pool. `observer` is told of every phase before it
/// begins and may cancel there. The proof is a function of statement, signatures
/// and rate: neither threads nor SIMD width change a byte.
///
/// # Errors
/// If a signature is not valid (all are named), the counts differ, there are no
/// parameters or the observer cancels.
pub fn prove(
    statement: &Statement,
    signatures: &[&Signature],
    log_inv_rate: usize,
    scratch: &mut Scratch,
    observer: impl FnMut(Phase) -> Result<(), Cancelled>,
) -> Result<Vec<u8>, ProveError> {
    let setup = match scratch.setup.take() {
        Some(setup) if setup.fits(statement) && setup.log_inv_rate == log_inv_rate => setup,
        _ => Setup::new(statement, log_inv_rate)?,
    };
    let proof = prove_with(&setup, statement, signatures, scratch, observer);
    scratch.setup = Some(setup);
    proof
}

/// As [`prove`], at the rate of a set-up that was made for a statement of the same size.
///
/// Whoever verifies needs the same set-up.
///
/// # Errors
/// As [`prove`]; [`ProveError::Setup`] if the statement has another size.
pub fn prove_with(
    setup: &Setup,
    statement: &Statement,
    signatures: &[&Signature],
    scratch: &mut Scratch,
    mut observer: impl FnMut(Phase) -> Result<(), Cancelled>,
) -> Result<Vec<u8>, ProveError> {
    if !setup.fits(statement) {
        return Err(ProveError::Setup);
    }
    let mut begin = |phase| observer(phase).map_err(|Cancelled| ProveError::Cancelled);
    let summary = Summary::new(statement);
    let public = PublicColumns::new(&summary);
    check_shapes(statement, &setup.shape, signatures)?;

    begin(Phase::Witness)?;
    let permutations = setup.shape.permutations();
    let trace = match &mut scratch.trace {
        Some(trace) => {
            trace.reset(permutations);
            trace
        }
        none => none.insert(Trace::new(permutations)),
    };
    let witness = witness::generate(statement, &setup.shape, &public, signatures, trace)
        .map_err(ProveError::Invalid)?;
    prove_witness(&summary, setup, &witness, trace, &Honest, begin)
}

/// Proves the statement of a witness whose permutations are in `trace`.
///
/// Nothing is checked: a false witness gives a proof that is rejected.
pub(crate) fn prove_witness(
    summary: &Summary,
    setup: &Setup,
    witness: &Witness,
    trace: &mut Trace,
    strategy: &impl Strategy,
    mut begin: impl FnMut(Phase) -> Result<(), ProveError>,
) -> Result<Vec<u8>, ProveError> {
    let Setup {
        shape,
        stacking,
        parameters,
        log_inv_rate,
    } = setup;
    let public = &PublicColumns::new(summary);
    let permutations = shape.permutations();

    begin(Phase::Commit)?;
    let mut transcript = ProverTranscript::new();
    summary.absorb(*log_inv_rate, &mut transcript);
    let cells = stacking.stack(&[&witness.cells]);
    let committed = pcs::commit(parameters, cells, &mut transcript);

    begin(Phase::ChainEnds)?;
    let ends = ChainEnds::draw(shape, &mut transcript).ok_or(ProveError::Challenge)?;
    let fingerprint = ends.fingerprint(shape);
    let fingerprints = Fingerprints::new(shape, witness, &fingerprint);
    let (numerators, denominators) = match strategy.leaf_witness() {
        None => fraction_leaves(shape, witness, &fingerprints, &ends),
        Some(other) => {
            let fingerprints = Fingerprints::new(shape, other, &fingerprint);
            fraction_leaves(shape, other, &fingerprints, &ends)
        }
    };
    let tree = Tree::<Packed>::full(shape.log_ends, &numerators, &denominators);
    let root = chain_ends::send_root(shape, &tree, &mut transcript);
    let leaf = tree.prove(root, &mut transcript);

    begin(Phase::Constraints)?;
    let zeta = transcript.sample();
    let tau = transcript.sample_point(shape.log_rows);
    let live = eq::prefix_sum(&leaf.lane_point, shape.lanes);
    let constraints = Constraints::new(shape, &ends, &leaf, live, zeta, &tau);
    let proved = constraints::prove::prove(
        &constraints::Inputs {
            summary,
            shape,
            public,
            witness,
            fingerprints: &fingerprints,
            constraints: &constraints,
        },
        &leaf,
        strategy,
        &mut transcript,
    );

    begin(Phase::Permutations)?;
    let theta = transcript.sample();
    let outputs = wiring::output_claim(shape, &constraints, &proved.claims, theta);
    let inputs = permutation::prove::prove(&permutations, trace, outputs, &mut transcript);

    begin(Phase::Columns)?;
    let challenge = transcript.sample();
    let weights = constraints.outputs.key_weights();
    let lane_point = &proved.claims.lane_point;
    let links = Links::new(lane_point, shape.lanes, &summary.capacities, &weights);
    let claims = wiring::Claims {
        shape,
        links,
        constraints: &constraints,
        at_constraints: &proved.public,
        constraint_claims: &proved.claims,
        at_inputs: &public.at(&inputs.lane_point),
        inputs: &inputs,
    };
    let wired = wiring::wire(&claims, challenge);
    let evaluation = columns::prove::prove(
        shape.log_lanes,
        shape.log_columns(),
        wired.value,
        wired.terms(shape),
        &[columns::Columns {
            count: shape.columns.count,
            cells: &witness.cells,
        }],
        &mut transcript,
    );

    begin(Phase::Open)?;
    let opening = stacking::claim(stacking, &evaluation);
    pcs::open(parameters, committed, &[opening], &mut transcript);
    Ok(transcript.into_bytes())
}

/// Signatures fit the keys in number and the scheme in shape.
fn check_shapes(
    statement: &Statement,
    shape: &Shape,
    signatures: &[&Signature],
) -> Result<(), ProveError> {
    if signatures.len() != shape.lanes {
        return Err(ProveError::Count {
            keys: shape.lanes,
            signatures: signatures.len(),
        });
    }
    let scheme = statement.scheme();
    let misshapen: Vec<(usize, VerifyError)> = signatures
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.fits(scheme))
        .map(|(lane, s)| {
            let error = VerifyError::Shape {
                path: s.path.len(),
                hashes: s.hashes.len(),
            };
            (lane, error)
        })
        .collect();
    if misshapen.is_empty() {
        Ok(())
    } else {
        Err(ProveError::Invalid(misshapen))
    }
}

/// The leaves of the chain-end fractions, for every group of lanes.
fn fraction_leaves(
    shape: &Shape,
    witness: &Witness,
    fingerprints: &Fingerprints,
    ends: &ChainEnds,
) -> (Vec<EPF>, Vec<EPF>) {
    use rayon::prelude::*;

    let leaves = 1 << shape.log_ends;
    let groups = witness.groups();
    let chains = shape.scheme.chains;
    let mut numerators = EPF::zero_vec(groups * leaves);
    let mut denominators = EPF::zero_vec(groups * leaves);
    let live_numerators: Vec<EPF> = (0..chains)
        .map(|c| EPF::from(EF::ONE + ends.beta * element(chain_ends::last_step(&shape.scheme, c))))
        .collect();
    let constants: Vec<EPF> = (0..chains)
        .map(|c| EPF::from(ends.denominator_constant(c)))
        .collect();
    numerators
        .par_chunks_exact_mut(leaves)
        .zip(denominators.par_chunks_exact_mut(leaves))
        .enumerate()
        .for_each(|(g, (numerators, denominators))| {
            let live = witness.live[g];
            let cells = &witness.cells[g * shape.columns.count..(g + 1) * shape.columns.count];
            let digits = &cells[shape.columns.digit..][..chains];
            let mut digit_sum = PF::ZERO;
            for (c, &x) in digits.iter().enumerate() {
                let [_, is_top] = digit_polynomials(x, PF::from(top_digit_scale()));
                digit_sum += x;
                let end = fingerprints.ends[g * chains + c];
                numerators[c] = (end + live_numerators[c] * live) * (PF::ONE - is_top);
                denominators[c] = constants[c] * live + digit_sum;
            }
            for denominator in &mut denominators[chains..] {
                *denominator = live.into();
            }
            let marks = &cells[shape.columns.chain_end..][..shape.steps];
            let outputs = &fingerprints.outputs[g * shape.steps..(g + 1) * shape.steps];
            let sum: EPF = marks
                .iter()
                .zip(outputs)
                .zip(&ends.residues)
                .map(|((&e, &output), &residue)| (output + live) * e * residue)
                .sum();
            numerators[leaves - 1] = -sum;
        });
    (numerators, denominators)
}
