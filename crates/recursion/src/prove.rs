//! The prover of nodes: it runs the guest on proofs, and proves that.

use std::sync::OnceLock;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use sheaf_aggregation as aggregation;
use sheaf_aggregation::{Statement, Summary};
use sheaf_executor::{ExecuteError, Executor, Input};
use sheaf_machine::join::{self, Part};
use sheaf_machine::{self as machine, Proof as RunProof, Scratch, Setup, prove_with};
use sheaf_program::Run;
use sheaf_program::rows::LOG_ROWS_MAX;
use sheaf_recursion_guest::{leaf, machine as guest_machine, node};
use sheaf_transcript::F;
use sheaf_xmss::PROD;
use thiserror::Error;

use crate::guest::{guest, id, results};
use crate::proof::Proof;
use crate::statement::{Digest, MAX_CHILDREN, MAX_HEIGHT, node_digest};
use crate::verify::{VerifyError, setup};

/// What becomes a child of a node, with a proof of it.
#[derive(Clone, Copy, Debug)]
pub enum Proven<'a> {
    /// A statement about signatures.
    Leaf {
        /// The statement.
        statement: &'a Statement,
        /// The logarithm of the proof's inverse rate.
        log_inv_rate: usize,
        /// The proof.
        proof: &'a [u8],
    },
    /// A node.
    Node {
        /// Its digest.
        digest: Digest,
        /// Its height.
        height: usize,
        /// The proof.
        proof: &'a Proof,
    },
}

/// The phases of proving a node, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Verifying the children.
    Children,
    /// Running the guest.
    Run,
    /// Proving the run.
    Prove(machine::Phase),
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 2 + machine::Phase::ALL.len()] = {
        let mut all = [Self::Children; 2 + machine::Phase::ALL.len()];
        all[1] = Self::Run;
        let mut i = 0;
        while i < machine::Phase::ALL.len() {
            all[2 + i] = Self::Prove(machine::Phase::ALL[i]);
            i += 1;
        }
        all
    };

    /// A name for people and for JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Run => "run",
            Self::Prove(phase) => phase.name(),
        }
    }
}

/// Why a child can't be one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChildError {
    /// Its scheme is not the one that the guest verifies.
    #[error("its scheme is {found}; proofs about proofs are for {}", PROD.name)]
    Scheme {
        /// The name of the scheme.
        found: &'static str,
    },
    /// It has several groups.
    #[error("it is about {found} groups of keys; a proof that is merged has to be about one")]
    Groups {
        /// The number of groups.
        found: usize,
    },
    /// Its slot is one of the few at which some steps of a chain carry and others do not.
    #[error(
        "tweaks of slot {slot} carry in some steps of a chain and not in others; proofs about such slots can't be merged"
    )]
    Carries {
        /// The slot.
        slot: u32,
    },
    /// The proof about signatures is not valid.
    #[error(transparent)]
    Leaf(#[from] aggregation::VerifyError),
    /// The proof about a node is not valid.
    #[error(transparent)]
    Node(#[from] VerifyError),
    /// Its rate is none that proofs have.
    #[error(transparent)]
    Rate(#[from] aggregation::TableError),
}

/// Why there is no proof about a node.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ProveError {
    /// There are none, or too many children.
    #[error("{found} children; a node has 1 to {MAX_CHILDREN}")]
    Children {
        /// The number of children.
        found: usize,
    },
    /// The node would be too high.
    #[error("a child of height {found}; heights are at most {MAX_HEIGHT}")]
    Height {
        /// The child's height.
        found: usize,
    },
    /// A child is none.
    #[error("child {index}: {error}")]
    Child {
        /// Which one, from 0.
        index: usize,
        /// Why.
        error: ChildError,
    },
    /// The guest does not run on proofs that are valid.
    #[error("the program does not run: {0}")]
    Run(#[from] Box<ExecuteError>),
    /// The run can't be proven.
    #[error(transparent)]
    Prove(#[from] machine::ProveError),
    /// There are no parameters for the run.
    #[error(transparent)]
    Parameters(#[from] machine::TableError),
    /// The caller asked to stop.
    #[error("proving was cancelled")]
    Cancelled,
}

/// A child that has been verified: what the guest takes from the tape, and what is left open.
#[derive(Clone, Debug)]
pub struct Verified {
    digest: Digest,
    height: usize,
    tape: Vec<F>,
    part: Option<Part>,
}

/// Proves that all leaves below the node of these children are valid. Returns its height, and the proof.
///
/// Runs in the current rayon pool. `observer` is told of every phase before it begins and may cancel there. The proof is a function of
/// the children and the rate, 1 to 3: neither threads nor SIMD width change a byte.
///
/// # Errors
/// If a child's proof is not valid or of a sort that can't be merged, before anything is proven; if the run can't be proven at this rate; or if the
/// observer cancels.
pub fn prove(
    children: &[Proven<'_>],
    log_inv_rate: usize,
    scratch: &mut Scratch,
    mut observer: impl FnMut(Phase) -> Result<(), machine::Cancelled>,
) -> Result<(usize, Proof), ProveError> {
    let verified = verify_children(children, 0, &mut observer)?;
    prove_verified(verified, log_inv_rate, scratch, observer)
}

/// Verifies children, all at once, of which the first is named by the number `first`. The observer is told of [`Phase::Children`].
///
/// # Errors
/// With the first child that is none, or if the observer cancels.
pub fn verify_children(
    children: &[Proven<'_>],
    first: usize,
    mut observer: impl FnMut(Phase) -> Result<(), machine::Cancelled>,
) -> Result<Vec<Verified>, ProveError> {
    observer(Phase::Children).map_err(|machine::Cancelled| ProveError::Cancelled)?;
    let verified = children.par_iter().enumerate().map(|(index, child)| {
        let verified = child.verify();
        let index = first + index;
        verified.map_err(|error| ProveError::Child { index, error })
    });
    // In order, so that the error is the same whoever comes first.
    let verified: Vec<Result<Verified, ProveError>> = verified.collect();
    verified.into_iter().collect()
}

/// As [`prove`], of children that have been verified.
///
/// # Errors
/// As [`prove`].
pub fn prove_verified(
    children: Vec<Verified>,
    log_inv_rate: usize,
    scratch: &mut Scratch,
    mut observer: impl FnMut(Phase) -> Result<(), machine::Cancelled>,
) -> Result<(usize, Proof), ProveError> {
    let mut begin = |phase| observer(phase).map_err(|machine::Cancelled| ProveError::Cancelled);
    if !(1..=MAX_CHILDREN).contains(&children.len()) {
        let found = children.len();
        return Err(ProveError::Children { found });
    }
    let highest = children.iter().map(|child| child.height).max();
    let highest = highest.unwrap_or(0);
    if highest >= MAX_HEIGHT {
        return Err(ProveError::Height { found: highest });
    }
    let height = highest + 1;
    let guest = guest();
    let digests: Vec<Digest> = children.iter().map(|child| child.digest).collect();
    let parts: Vec<Part> = (children.iter())
        .filter_map(|child| child.part.clone())
        .collect();
    let mut tape: Vec<F> = [children.len(), height, parts.len()]
        .map(F::from_usize)
        .to_vec();
    for child in children {
        tape.push(F::from_u32(match child.part {
            None => node::LEAF,
            Some(_) => node::NODE,
        }));
        tape.extend(child.tape);
    }
    let (deferred, messages) = join::prove(&guest.program, &id(), &parts);
    tape.extend(messages);

    begin(Phase::Run)?;
    let run = run(&tape)?;
    let digest = node_digest(height, &digests);
    let results = results(&digest, &deferred.digest(), F::from_usize(height));
    debug_assert_eq!(run.public, guest.entry.public(&id(), &results));

    let setup = Setup::from_table(&machine::statement(&guest.program, &run)?, log_inv_rate)?;
    let mut cancelled = false;
    let run = prove_with(&setup, &guest.program, &run, scratch, |phase| {
        observer(Phase::Prove(phase)).inspect_err(|_| cancelled = true)
    });
    match run {
        Err(_) if cancelled => Err(ProveError::Cancelled),
        run => Ok((
            height,
            Proof {
                deferred,
                run: run?,
            },
        )),
    }
}

/// The run of the guest on a tape.
fn run(tape: &[F]) -> Result<Run, ProveError> {
    static EXECUTOR: OnceLock<Executor<'static>> = OnceLock::new();
    let executor = EXECUTOR.get_or_init(|| Executor::new(guest()));
    let input = Input {
        arguments: &id(),
        advice: tape,
        max_rows: (1 << LOG_ROWS_MAX) - 1,
    };
    let outcome = executor.run(input).map_err(Box::new)?;
    Ok(outcome.run)
}

impl Proven<'_> {
    /// Verifies the proof, and notes what the guest takes from the tape.
    fn verify(&self) -> Result<Verified, ChildError> {
        match *self {
            Self::Leaf {
                statement,
                log_inv_rate,
                proof,
            } => {
                let found = statement.scheme().name;
                if *statement.scheme() != PROD {
                    return Err(ChildError::Scheme { found });
                }
                let [group] = statement.groups() else {
                    let found = statement.groups().len();
                    return Err(ChildError::Groups { found });
                };
                let setup = aggregation::Setup::from_table(statement, log_inv_rate)?;
                if setup.carries() {
                    return Err(ChildError::Carries { slot: group.slot });
                }
                let summary = Summary::new(statement);
                let (tape, verified) = leaf::tape(&setup, statement, &summary, proof);
                verified?;
                Ok(Verified {
                    digest: summary.digest(),
                    height: 0,
                    tape,
                    part: None,
                })
            }
            Self::Node {
                digest,
                height,
                proof,
            } => {
                let program = &guest().program;
                let setup = setup(&digest, height, proof)?;
                let mut tape = digest.to_vec();
                tape.push(F::from_usize(height));
                tape.extend(proof.deferred.elements());
                let RunProof {
                    statement, body, ..
                } = &proof.run;
                let (of_run, read) = guest_machine::tape(&setup, program, statement, body);
                tape.extend(of_run);
                let read = read.map_err(VerifyError::from)?;
                if !proof.deferred.holds(program) {
                    return Err(VerifyError::Deferred.into());
                }
                Ok(Verified {
                    digest,
                    height,
                    tape,
                    part: Some(Part {
                        seal: read.seal,
                        functional: read.functional,
                        value: read.value,
                        deferred: proof.deferred.clone(),
                    }),
                })
            }
        }
    }
}
