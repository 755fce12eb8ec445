//! A node: from proofs of several statements, one.
//!
//! ```text
//!     public     (own identity) -> (digest of the node, digest of what is deferred, height)
//!     tape       number of children, height, number of children that are nodes;  each child: 0 and a proof about signatures, or
//!                1 and a proof of a node;  the join
//! ```
//!
//! **Claim.** If the deferred claim is true of the program, then so is each statement under the digest. The digest is that of
//! `sheaf_recursion::statement`: version, number of children and height in a block, then each child's digest in one. A child that is a node is a run of the
//! program with the own identity, whose height is less.
//!
//! **Deferred.** A proof of a node leaves one value of a functional of the program, and what its run has deferred; all of them are [joined](crate::join).

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::initial_capacity;
use sheaf_program::builder::{
    Base, BuildError, Builder, Digest, Executable, Function, Loop, Memory, Packed, Word,
};
use sheaf_program::{E, F};
use sheaf_transcript::Domain;
use sheaf_xmss::Scheme;

use crate::join::{self, Join};
use crate::leaf::Leaf;
use crate::memory::{DIGEST_WORDS, write_digest};
use crate::opening::{Constants, Opening};

/// The version of a node's statement.
pub const VERSION: u32 = 1;
/// Heights are below two to this.
const HEIGHT_BITS: usize = 5;

/// A child on the tape that is a proof about signatures.
pub const LEAF: u32 = 0;
/// A child on the tape that is a proof of a node.
pub const NODE: u32 = 1;

/// The own identity.
const ID: u32 = Constants::LENGTH;
/// The list of parts.
const LIST: u32 = ID + DIGEST_WORDS as u32;

/// Children that remain, parts that remain, height; the sponges over children and over parts.
type Children = ([Base; 3], Digest, Digest);
/// What a child is, parts that remain; the sponge over parts.
type Child = ([Base; 2], Digest);
/// Its digest, the sponge over parts; its height, parts that remain.
type Verified = (Digest, Digest, [Base; 2]);

/// The program.
///
/// # Panics
/// Never, as its test knows.
#[must_use]
pub fn program(scheme: &Scheme) -> Executable {
    build(scheme).unwrap_or_else(|error| panic!("{error}"))
}

fn build(scheme: &Scheme) -> Result<Executable, BuildError> {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let opening = Opening::new(&mut builder, &memory, Constants::at(0));
    let leaf = Leaf::new(&mut builder, &memory, &opening, scheme);
    let weight = builder.function::<[Base; 2], Word>("weight");
    builder.body(&weight, |row, _| {
        row.assert_equal(&Base::zero(), &Base::number(1), "no proofs of nodes yet");
        Word::constant(E::ZERO)
    });
    let join = Join::new(&mut builder, &memory, &weight);
    let child = child(&mut builder, &memory, &leaf);
    let children = children(&mut builder, &child);
    let main = builder.function::<Digest, (Digest, Digest, Base)>("node");
    builder.body(&main, |row, id| {
        opening.prepare(row);
        let [id_at, list] = [ID, LIST].map(Base::number);
        write_digest(row, &memory, &id_at, &id);
        let [count, height, parts]: [Base; 3] = row.advice();
        let tag = initial_capacity::<F>(Domain::StatementNode.tag()).map(Base::constant);
        let header = [Base::number(VERSION), count.clone(), height.clone()];
        let statement = row.absorb(&Packed(tag), &header);
        let bound = join::begin(row, &id, &parts);
        let start = ([count, parts.clone(), height.clone()], statement, bound);
        let (statement, bound) = row.run_to(
            &children,
            &start,
            |(statement, bound): &(Digest, Digest)| {
                let end = [Base::zero(), Base::zero(), height.clone()];
                (end, statement.clone(), bound.clone())
            },
        );
        let free = row.unwritten(&memory);
        let deferred = join.verify(row, &parts, &list, &free, &bound);
        (statement, deferred, height)
    });
    builder.finish(&main)
}

/// Verifies children, and absorbs their digests.
fn children(builder: &mut Builder, child: &Function<Child, Verified>) -> Loop<Children> {
    let children = builder.looping::<Children>("children", |state| state[0] == F::ZERO);
    builder.step(
        &children,
        |row, ([remaining, parts, height], statement, bound)| {
            let what = row.advice();
            let (digest, bound, [below, parts]) = row.call(child, &([what, parts], bound));
            row.bits(&(&height - &below).plus(-1), HEIGHT_BITS);
            let statement = row.absorb(&statement, &digest.0);
            ([remaining.plus(-1), parts, height], statement, bound)
        },
    );
    children
}

/// Verifies a child.
fn child(builder: &mut Builder, memory: &Memory<Word>, leaf: &Leaf) -> Function<Child, Verified> {
    let child = builder.function::<Child, Verified>("child");
    let is = |what: u32| move |arguments: &[F]| arguments[0] == F::from_u32(what);
    builder.branch(
        &child,
        "of signatures",
        is(LEAF),
        |row, ([what, parts], bound)| {
            row.assert_equal(
                &what,
                &Base::number(LEAF),
                "this is a proof about signatures",
            );
            let free = row.unwritten(memory);
            let digest = leaf.verify(row, &free);
            (digest, bound, [Base::zero(), parts])
        },
    );
    child
}
