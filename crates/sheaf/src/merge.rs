//! Merging: from several aggregates and signatures, one aggregate.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sheaf_aggregation::{self as aggregation, Cancelled, LaneOrder, Statement, carries_alike};
use sheaf_recursion::shape::Child;
use sheaf_recursion::statement::MAX_CHILDREN;
use sheaf_recursion::{ChildError, ProveError, Proven, Shape, prove_verified, verify_children};
use sheaf_xmss::{PROD, PublicKey, Scheme, Signature};

use crate::aggregate::Content;
use crate::node::Node;
use crate::prover::{Memory, in_caller_order};
use crate::verify::statement;
use crate::{
    Aggregate, Batch, Claims, Error, InvalidSignature, Options, Phase, Progress, Prover, Rate,
    Rejection, raw,
};

/// An aggregate with its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The union of all claims: groups of the same slot and message are one, and no key is in a group twice.
    pub claims: Claims,
    /// What proves them.
    pub aggregate: Aggregate,
}

/// The phases of merging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergePhase {
    /// Proving that signatures which no proof covers are valid.
    Signatures(Phase),
    /// Proving that proofs are valid.
    Proofs(sheaf_recursion::Phase),
}

impl MergePhase {
    /// A name for people and for JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signatures(phase) => phase.name(),
            Self::Proofs(phase) => phase.name(),
        }
    }
}

/// How far a merge has come: told to an observer before each phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeProgress {
    /// The phase that is about to begin.
    pub phase: MergePhase,
    /// How many phases are over.
    pub done: usize,
    /// How many phases there are.
    pub total: usize,
    /// Whether the merge still waits for earlier proofs of the same prover; told about every 10 ms.
    pub waiting: bool,
}

/// Signers by slot and message.
type Signers = BTreeMap<(u32, [u8; 32]), BTreeMap<PublicKey, Signature>>;

/// A proof that becomes a child, and what it is about.
struct Input<'a> {
    /// Which of the aggregates it is.
    index: usize,
    statement: Statement,
    content: &'a Content,
}

/// A proof about signatures that was made for the merge.
struct Made {
    statement: Statement,
    rate: Rate,
    proof: Vec<u8>,
}

/// The number of signatures up to which a proof that is to be merged is made at rate 1/4: a larger one costs more to make than it saves.
const QUARTER_UP_TO: usize = 150;

impl Prover {
    /// Makes one aggregate of several, for the union of their claims and those of a batch.
    ///
    /// Claims may overlap. Signatures of the batch, and of aggregates that are lists, are proved first, as far as no proof covers them, one proof for each group; so
    /// few of them cost less than many. If there is no proof among the aggregates, this is [`aggregate`](Self::aggregate) of all signatures.
    ///
    /// Aggregates can be merged any number of times, and [split](Aggregate::restrict) again. They have to be of the scheme prod and, if they are proofs about signatures, about one group
    /// each. The options' rate is that of the proof: 1/2, 1/4 or 1/8.
    ///
    /// Deterministic, like [`aggregate`](Self::aggregate).
    ///
    /// # Errors
    /// [`Error::Child`] with the first aggregate that is not valid or can't be merged, and
    /// [`Error::InvalidSignatures`] with every invalid signature of the batch, both before any proving; [`Error::Claims`] if claims are empty, repeat something or
    /// are too many together; [`Error::Merge`] if there are too many aggregates, or too many of those that were merged to them.
    pub fn merge(
        &self,
        children: &[(&Claims, &Aggregate)],
        batch: Option<&Batch>,
        options: impl Into<Options>,
    ) -> Result<Merged, Error> {
        self.merge_observed(children, batch, options, |_| ControlFlow::Continue(()))
    }

    /// As [`merge`](Self::merge), with an observer that may cancel, as that of [`aggregate_observed`](Self::aggregate_observed).
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the observer breaks; otherwise as [`merge`](Self::merge).
    pub fn merge_observed(
        &self,
        children: &[(&Claims, &Aggregate)],
        batch: Option<&Batch>,
        options: impl Into<Options>,
        mut observer: impl FnMut(MergeProgress) -> ControlFlow<()> + Send,
    ) -> Result<Merged, Error> {
        self.check_process()?;
        let options = options.into();
        let mut signers = Signers::new();
        let mut inputs = Vec::new();
        for (index, &(claims, aggregate)) in children.iter().enumerate() {
            let child = |error: Error| Error::Child {
                child: index,
                error: Box::new(error),
            };
            let (statement, order) = statement(claims, aggregate).map_err(child)?;
            match aggregate.content() {
                Content::Raw(list) => {
                    raw::verify(&statement, &order, list).map_err(|error| child(error.into()))?;
                    add_list(&mut signers, &statement, list);
                }
                content => inputs.push(Input {
                    index,
                    statement,
                    content,
                }),
            }
        }
        if let Some(batch) = batch {
            add_batch(&mut signers, batch)?;
        }
        let scheme = scheme(children, batch)?;
        if inputs.is_empty() {
            return self.aggregate_signers(scheme, &signers, options, observer);
        }
        drop_covered(&mut signers, &inputs);
        if let ([input], true) = (&inputs[..], signers.is_empty()) {
            let aggregate = Aggregate::new(scheme, input.content.clone());
            let claims = claims_of(&input.statement);
            crate::verify(&claims, &aggregate).map_err(|error| Error::Child {
                child: input.index,
                error: Box::new(error),
            })?;
            return Ok(Merged { claims, aggregate });
        }
        let Some(rate) = options.rate() else {
            let reason = "there are proofs among them, which are not lists of signatures".into();
            return Err(Error::Merge { reason });
        };

        let children = inputs.len() + signers.len();
        if children > MAX_CHILDREN {
            return Err(Error::Merge {
                reason: format!(
                    "{children} proofs at once, of which {} are still to be made for a group of signatures each, are more than {MAX_CHILDREN}",
                    signers.len()
                ),
            });
        }

        let phases = sheaf_recursion::Phase::ALL.len() + usize::from(!signers.is_empty());
        let total = signers.len() * Phase::ALL.len() + phases;
        let mut done = 0;
        let mut tell = |phase, waiting| {
            let progress = MergeProgress {
                phase,
                done,
                total,
                waiting,
            };
            done += usize::from(!waiting);
            match observer(progress) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Cancelled),
            }
        };
        let first = MergePhase::Proofs(sheaf_recursion::Phase::Children);
        let _place =
            self.wait_for_turn(|| tell(first, true).map_err(|Cancelled| Error::Cancelled))?;
        let mut memory = self.borrow_memory();
        let memory = &mut memory.memory;
        self.install_without_stealing(|| {
            merge_proofs(scheme, &inputs, signers, rate, memory, tell)
        })?
    }

    /// All of them in one aggregate.
    fn aggregate_signers(
        &self,
        scheme: Scheme,
        signers: &Signers,
        options: Options,
        mut observer: impl FnMut(MergeProgress) -> ControlFlow<()> + Send,
    ) -> Result<Merged, Error> {
        let mut batch = Batch::new(scheme);
        for (&(slot, message), signers) in signers {
            let signers = signers
                .iter()
                .map(|(&key, signature)| (key, signature.clone()));
            batch = batch.with_group(slot, message, signers);
        }
        let aggregate = self.aggregate_observed(&batch, options, |progress: Progress| {
            observer(MergeProgress {
                phase: MergePhase::Signatures(progress.phase),
                done: progress.done,
                total: progress.total,
                waiting: progress.waiting,
            })
        })?;
        let claims = batch.claims();
        Ok(Merged { claims, aggregate })
    }
}

/// The scheme of all that is merged: it is compared where claims are joined.
fn scheme(children: &[(&Claims, &Aggregate)], batch: Option<&Batch>) -> Result<Scheme, Error> {
    let schemes = children.iter().map(|(claims, _)| claims.scheme());
    let mut schemes = schemes.chain(batch.map(Batch::scheme));
    let first = schemes.next().ok_or_else(|| Error::Merge {
        reason: "there is nothing to merge".into(),
    })?;
    match schemes.find(|&other| other != first) {
        None => Ok(*first),
        Some(other) => Err(Error::Merge {
            reason: format!(
                "they are about keys of the schemes {} and {}",
                first.name, other.name
            ),
        }),
    }
}

/// The signers of a list that has been verified.
fn add_list(signers: &mut Signers, statement: &Statement, list: &[u8]) {
    let scheme = statement.scheme();
    let mut signatures = list.chunks_exact(scheme.signature_bytes());
    for group in statement.groups() {
        let of_group = signers.entry((group.slot, group.message)).or_default();
        for (key, bytes) in group.keys.iter().zip(signatures.by_ref()) {
            if let Ok(signature) = Signature::from_bytes(scheme, bytes) {
                of_group.insert(*key, signature);
            }
        }
    }
}

/// The signers of a batch, whose signatures are verified.
fn add_batch(signers: &mut Signers, batch: &Batch) -> Result<(), Error> {
    Claims::check_count(batch.signatures())?;
    let (statement, order) = batch.claims().into_statement()?;
    let signatures: Vec<&Signature> = order
        .iter()
        .map(|&(group, index)| &batch.groups()[group].signers[index].1)
        .collect();
    let invalid: Vec<InvalidSignature> =
        raw::invalid(&statement, &order, signatures.iter().copied().cloned());
    if !invalid.is_empty() {
        return Err(Error::InvalidSignatures(invalid));
    }
    let mut signatures = signatures.into_iter();
    for group in statement.groups() {
        let of_group = signers.entry((group.slot, group.message)).or_default();
        let keys = group.keys.iter().copied();
        of_group.extend(keys.zip(signatures.by_ref().cloned()));
    }
    Ok(())
}

/// Forgets signers that a proof is about.
fn drop_covered(signers: &mut Signers, inputs: &[Input<'_>]) {
    for group in inputs.iter().flat_map(|input| input.statement.groups()) {
        let Some(of_group) = signers.get_mut(&(group.slot, group.message)) else {
            continue;
        };
        let covered: BTreeSet<&PublicKey> = group.keys.iter().collect();
        of_group.retain(|key, _| !covered.contains(key));
    }
    signers.retain(|_, of_group| !of_group.is_empty());
}

fn claims_of(statement: &Statement) -> Claims {
    let mut claims = Claims::new(*statement.scheme());
    for group in statement.groups() {
        claims.add_group(group.slot, group.message, group.keys.iter().copied());
    }
    claims
}

/// Proves that the signatures of a group are valid.
fn prove_group(
    scheme: Scheme,
    (slot, message): (u32, [u8; 32]),
    signers: BTreeMap<PublicKey, Signature>,
    memory: &mut Memory,
    tell: impl FnMut(Phase) -> Result<(), Cancelled>,
) -> Result<Made, Error> {
    let rate = match signers.len() {
        0..=QUARTER_UP_TO => Rate::Quarter,
        _ => Rate::Half,
    };
    let (keys, signatures): (Vec<_>, Vec<_>) = signers.into_iter().unzip();
    let claims = Claims::new(scheme).with_group(slot, message, keys);
    let (statement, order): (_, LaneOrder) = claims.into_statement()?;
    let signatures: Vec<&Signature> = order.iter().map(|&(_, index)| &signatures[index]).collect();
    let log_inv_rate = rate.log_inverse().into();
    let scratch = &mut memory.signatures;
    let proof = aggregation::prove(&statement, &signatures, log_inv_rate, scratch, tell)
        .map_err(|error| in_caller_order(error, &order))?;
    Ok(Made {
        statement,
        rate,
        proof,
    })
}

/// Verifies proofs, proves signatures, and proves that all of these proofs are valid.
fn merge_proofs(
    scheme: Scheme,
    inputs: &[Input<'_>],
    signers: Signers,
    rate: Rate,
    memory: &mut Memory,
    mut tell: impl FnMut(MergePhase, bool) -> Result<(), Cancelled>,
) -> Result<Merged, Error> {
    // Nothing is proved before all that is given is known to be in order.
    for &(slot, _) in signers.keys() {
        check_slot(scheme, slot)?;
    }
    let mut tell_of = |phase| {
        let told = tell(MergePhase::Proofs(phase), false);
        told.map_err(|Cancelled| sheaf_recursion::Cancelled)
    };
    let proven: Vec<Proven<'_>> = inputs.iter().filter_map(Input::proven).collect();
    let mut verified =
        verify_children(&proven, 0, &mut tell_of).map_err(|error| failure(error, inputs))?;
    for input in inputs {
        input.check_shape()?;
    }
    let made = signers.into_iter().map(|(group, signers)| {
        let tell = |phase| tell(MergePhase::Signatures(phase), false);
        prove_group(scheme, group, signers, memory, tell)
    });
    let made: Vec<Made> = made.collect::<Result<_, _>>()?;
    let mut tell_of = |phase| {
        let told = tell(MergePhase::Proofs(phase), false);
        told.map_err(|Cancelled| sheaf_recursion::Cancelled)
    };
    if !made.is_empty() {
        let proven: Vec<Proven<'_>> = made.iter().map(Made::proven).collect();
        verified.extend(
            verify_children(&proven, inputs.len(), &mut tell_of)
                .map_err(|error| failure(error, inputs))?,
        );
    }

    let inputs_shapes = inputs.iter().map(|input| Child {
        claims: &input.statement,
        shape: input.shape(),
    });
    let made_shapes = made.iter().map(|made| Child {
        claims: &made.statement,
        shape: None,
    });
    let shapes: Vec<Child<'_>> = inputs_shapes.chain(made_shapes).collect();
    let merged = Shape::merge(&shapes).map_err(|error| Error::Merge {
        reason: error.to_string(),
    })?;
    let log_inv_rate = rate.log_inverse().into();
    let (_, proof) = prove_verified(verified, log_inv_rate, &mut memory.run, tell_of)
        .map_err(|error| failure(error, inputs))?;
    let node = Node::new(merged.shape, proof);
    Ok(Merged {
        claims: claims_of(&merged.claims),
        aggregate: Aggregate::new(PROD, Content::Node(Box::new(node))),
    })
}

/// Refuses slots of which no proof can be merged.
fn check_slot(scheme: Scheme, slot: u32) -> Result<(), Error> {
    if carries_alike(&scheme, slot) {
        return Ok(());
    }
    let error = ChildError::Carries { slot };
    Err(Error::Merge {
        reason: error.to_string(),
    })
}

impl Input<'_> {
    fn shape(&self) -> Option<&Shape> {
        match self.content {
            Content::Node(node) => Some(&node.shape),
            Content::Raw(_) | Content::Leaf(..) => None,
        }
    }

    /// The proof as a child; a list is none.
    fn proven(&self) -> Option<Proven<'_>> {
        match self.content {
            Content::Raw(_) => None,
            Content::Leaf(rate, proof) => Some(Proven::Leaf {
                statement: &self.statement,
                log_inv_rate: rate.log_inverse().into(),
                proof,
            }),
            Content::Node(node) => Some(Proven::Node {
                digest: node.shape.root(),
                height: node.shape.height(),
                proof: &node.proof,
            }),
        }
    }

    /// Checks that the tree in front of a proof that is valid is about the claims.
    fn check_shape(&self) -> Result<(), Error> {
        let Some(shape) = self.shape() else {
            return Ok(());
        };
        shape.check(&self.statement).map_err(|error| Error::Child {
            child: self.index,
            error: Box::new(inconsistent(&error)),
        })
    }
}

impl Made {
    fn proven(&self) -> Proven<'_> {
        Proven::Leaf {
            statement: &self.statement,
            log_inv_rate: self.rate.log_inverse().into(),
            proof: &self.proof,
        }
    }
}

fn failure(error: ProveError, inputs: &[Input<'_>]) -> Error {
    match error {
        ProveError::Cancelled => Error::Cancelled,
        ProveError::Child { index, error } => {
            let error = child_error(error);
            match inputs.get(index) {
                Some(input) => Error::Child {
                    child: input.index,
                    error: Box::new(error),
                },
                None => error,
            }
        }
        error => Error::Merge {
            reason: error.to_string(),
        },
    }
}

fn child_error(error: ChildError) -> Error {
    match error {
        ChildError::Leaf(error) => crate::verify::rejection(error).into(),
        ChildError::Node(error) => inconsistent(&error),
        error => Error::Merge {
            reason: error.to_string(),
        },
    }
}

fn inconsistent(error: &dyn ToString) -> Error {
    Rejection::Inconsistent {
        reason: error.to_string(),
    }
    .into()
}
