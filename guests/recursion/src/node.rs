//! A node: from proofs of several statements, one.
//!
//! ```text
//!     public     (own identity) -> (digest of the node, digest of what is deferred, height)
//!     tape       number of children, height, number of children that are nodes;  each child: 0 and a proof about signatures, or
//!                1, digest, height, what it has deferred and a proof of a node;  the join
//! ```
//!
//! **Claim.** If the deferred claim is true of the program, then so is each statement under the digest. The digest is that of
//! `sheaf_recursion::statement`: version, number of children and height in a block, then each child's digest in one. A child that is a node is a run of the
//! program with the own identity, whose height is less.
//!
//! **Deferred.** A proof of a node leaves one value of a functional of the program, and what its run has deferred; all of them are [joined](crate::join).

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::join::{SEAL, VARIABLES};
use sheaf_poseidon::sponge::initial_capacity;
use sheaf_program::builder::{
    Base, BuildError, Builder, Digest, Executable, Function, Loop, Memory, Packed, Word,
};
use sheaf_program::{E, F, Tag};
use sheaf_transcript::Domain;
use sheaf_xmss::Scheme;

use crate::join::{self, Join};
use crate::leaf::Leaf;
use crate::machine::Machine;
use crate::memory::{DIGEST_WORDS, read_digest, write_digest};
use crate::opening::{Constants, Opening};
use crate::permutation::Shared;
use crate::transcript::Sponge;

/// The version of a node's statement.
pub const VERSION: u32 = 1;
/// Heights of nodes are 1 to two to this.
const HEIGHT_BITS: usize = 5;
/// Nodes have 1 to two to this children.
const COUNT_BITS: usize = 4;

/// A child on the tape that is a proof about signatures.
pub const LEAF: u32 = 0;
/// A child on the tape that is a proof of a node.
pub const NODE: u32 = 1;

/// Positions of the public tuple: tag, identity, digest of the node, digest of what is deferred, height.
const POSITIONS: usize = 8;

/// The own identity.
const ID: u32 = Constants::LENGTH;
/// The list of parts, of which there is a word for each.
const LIST: u32 = ID + DIGEST_WORDS as u32;
/// Behind the list.
const LIST_END: u32 = LIST + MAX_CHILDREN + 1;
/// As many children as a statement may have.
const MAX_CHILDREN: u32 = 1 << COUNT_BITS;

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
    let shared = Shared::new(&mut builder, &memory);
    let leaf = Leaf::new(&mut builder, &memory, &opening, &shared, scheme);
    let machine = Machine::new(&mut builder, &memory, &opening, &shared, POSITIONS);
    let weight = builder.function::<[Base; 2], Word>("weight");
    builder.body(&weight, |row, [functional, point]| {
        let free = row.unwritten(&memory);
        machine.weight_at(row, &functional, &point, &free)
    });
    let join = Join::new(&mut builder, &memory, &weight);
    let child = child(&mut builder, &memory, &leaf, &machine, &join);
    let children = children(&mut builder, &child);
    let main = builder.function::<Digest, (Digest, Digest, Base)>("node");
    builder.body(&main, |row, id| {
        opening.prepare(row);
        let [id_at, list] = [ID, LIST].map(Base::number);
        write_digest(row, &memory, &id_at, &id);
        // So memory is taken from here on.
        let zero = Word::constant(E::ZERO);
        row.write(&memory, &Base::number(LIST_END), &zero);
        let [count, height, parts]: [Base; 3] = row.advice();
        // Heights of children are ranged by their own runs, so that differences are those of integers.
        row.bits(&height.plus(-1), HEIGHT_BITS);
        row.bits(&count.plus(-1), COUNT_BITS);
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
fn child(
    builder: &mut Builder,
    memory: &Memory<Word>,
    leaf: &Leaf,
    machine: &Machine,
    join: &Join,
) -> Function<Child, Verified> {
    let child = builder.function::<Child, Verified>("child");
    let is = |what: u32| move |arguments: &[F]| arguments[0] == F::from_u32(what);
    builder.branch(
        &child,
        "of signatures",
        is(LEAF),
        |row, ([what, parts], bound)| {
            let message = "this is a proof about signatures";
            row.assert_equal(&what, &Base::number(LEAF), message);
            let free = row.unwritten(memory);
            let digest = leaf.verify(row, &free);
            (digest, bound, [Base::zero(), parts])
        },
    );
    builder.branch(
        &child,
        "of a node",
        is(NODE),
        |row, ([what, parts], bound)| {
            row.assert_equal(&what, &Base::number(NODE), "this is a proof of a node");
            let (digest, height): (Digest, Base) = row.advice();
            let part = row.unwritten(memory);
            for i in 0..=VARIABLES as i32 {
                let word: Word = row.advice();
                row.write(memory, &part.plus(join::DEFERRED + i), &word);
            }
            let zero = Word::constant(E::ZERO);
            row.write(memory, &part.plus(join::PLACE - 1), &zero);
            let deferred = join.digest(row, &part.plus(join::DEFERRED));

            // The tuple of a run of this program.
            let id = read_digest(row, memory, &Base::number(ID));
            let public = part.plus(join::PART_WORDS);
            let entry = Word::constant(E::from(Tag::ENTRY.element()));
            row.write(memory, &public, &entry);
            for (at, part) in [(1, &id), (3, &digest), (5, &deferred)] {
                write_digest(row, memory, &public.plus(at), part);
            }
            row.write(memory, &public.plus(7), &Word::from(&height));
            let left = machine.verify(row, &id, &public, &public.plus(POSITIONS as i32));

            let value = &left.value;
            row.write(memory, &part.plus(join::FUNCTIONAL), value);
            let place = Word::from(&left.functional);
            row.write(memory, &part.plus(join::PLACE), &place);
            let entry = &Base::number(LIST) + &parts;
            row.write(memory, &entry, &Word::from(&part));
            let mut sponge = Sponge::resume(&left.capacity);
            sponge.absorb(row, SEAL, &[]);
            let seal = [sponge.sample(row), sponge.sample(row)];
            let bound = join::absorb_part(row, &bound, &seal, value, &deferred);
            (digest, bound, [height, parts.plus(-1)])
        },
    );
    child
}
