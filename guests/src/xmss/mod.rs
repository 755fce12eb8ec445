//! Verification of XMSS signatures as an ordinary program: `main(n, slot, message) = keys`.
//!
//! - `n` signatures of one message at one slot are valid, of the keys with the digest `keys`: a sponge over blocks `[root 8 | parameter 5]`.
//! - The slot stands in the public tuple as the digest of its *tweaks*, which whoever reads a proof computes from the slot: [`tweak_digest`].
//!   The program takes them from the tape into memory, once for all signatures. That they are base-`p` digits of integers is thus nothing that has to be proven.
//! - The scheme is data: lengths of chains, heights and sums are constants of the program, from [`Scheme`].
//!
//! ```text
//!     load            loop: tweaks from the tape into memory
//!     signatures      loop: key from the tape, into the sponge of keys
//!       signature       message hash (width 24)
//!         element         A = 127 d + r, r < 127
//!         leaf            loop: a block of the leaf's sponge (width 24), each a kind of its own
//!           end             a digit of d, and the end of its chain
//!             chain           loop: a step (width 16); the last one is taken by `end`
//!         path            loop: a node (width 24), a kind for each side
//! ```

mod native;

use std::array;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{
    Base, Builder, Digest, Executable, Function, Loop, Memory, Packed, Row,
};
use sheaf_xmss::params::{PROD, Scheme};
use sheaf_xmss::tree::lengths;

use self::native::{Places, TWEAKS_PER_BLOCK};
pub use self::native::{case, key_digest, signed, tweak_digest, tweaks};
use crate::initial_capacity;

/// A chain value, a node or a root.
type Value = Packed<8>;
/// A key's parameter.
type Parameter = Packed<5>;
/// Two elements of a tweak, and the side of the child below a node: 1 for the right one.
type Tweak = Packed<3>;

/// The program for a scheme.
///
/// # Panics
/// If the scheme's hash functions are not those of [`PROD`], or its digits are not those of a base 8 with 8 to an element,
/// read as there.
#[must_use]
pub fn program(scheme: &Scheme) -> Executable {
    assert!(scheme.base == 8 && scheme.digits_per_element == 8 && scheme.quotient == 127);
    assert!(scheme.digit_weight == PROD.digit_weight);
    assert!(scheme.hashes == PROD.hashes && scheme.sizes == PROD.sizes);
    let places = Places::new(scheme);
    let mut builder = Builder::new();
    let tweaks: Memory<Tweak> = builder.memory("tweaks");
    let element = element(&mut builder);
    let leaf = leaf(&mut builder, scheme, places, &tweaks);
    let path = path(&mut builder, places, &tweaks);

    // Root and parameter, message, its tweak.
    let signature = builder.function::<((Value, Parameter), Packed<9>, [Base; 2]), ()>("signature");
    builder.body(&signature, |row, ((root, parameter), message, tweak)| {
        let rho: [Base; 7] = row.advice();
        let input = padded::<24>(&[&message.0, &parameter.0, &tweak, &rho]);
        let output = row.permute24(&input);
        // One number of eight digits for each element; those that the scheme does not have are zero.
        let numbers: [Base; 6] = array::from_fn(|i| {
            if i < scheme.message_elements() {
                row.call(&element, &(&input[i] + &output[i]))
            } else {
                Base::zero()
            }
        });
        row.call(&leaf.tree, &(root, parameter, Packed(numbers)));
    });
    builder.body(&leaf.tree, |row, (root, parameter, numbers)| {
        row.permute_idly();
        let start = leaf.start(&parameter, numbers);
        let node = row.run_to(&leaf.blocks, &start, |node: &Value| {
            leaf.end(scheme, &parameter, node)
        });
        let side: Base = row.advice();
        let first = Base::number(places.level(1) as u32);
        let top = Base::number(places.level(places.height + 1) as u32);
        let start = ((first, side), (parameter.clone(), node));
        // Above the root there is no side.
        row.run_to(&path, &start, |none: &Base| {
            ((top, none.clone()), (parameter, root))
        });
    });

    // How many remain; digest of keys, message.
    let signatures =
        builder.looping::<(Base, Digest, Packed<9>)>("signatures", |state| state[0] == F::ZERO);
    builder.step(&signatures, |row, (remaining, keys, message)| {
        let root: Value = row.advice();
        let parameter: Parameter = row.advice();
        let keys = row.absorb(&keys, &[&root.0[..], &parameter.0].concat());
        let tweak = row.read_as(&tweaks, &Base::zero(), no_side);
        row.call(&signature, &((root, parameter), message.clone(), tweak));
        (remaining.plus(-1), keys, message)
    });

    let load = load(&mut builder, &tweaks);
    let main = builder.function::<(Base, Digest, Packed<9>), Digest>("xmss");
    builder.body(&main, |row, (n, slot, message)| {
        row.permute_idly();
        // The tape has the tweaks of the slot, and of no other one.
        let end = Base::number((places.blocks() * TWEAKS_PER_BLOCK) as u32);
        let start = (
            Base::number(places.blocks() as u32),
            Base::zero(),
            initial_capacity(),
        );
        row.run_to(&load, &start, |(): &()| (Base::zero(), end, slot));
        let start = (n, initial_capacity(), message.clone());
        row.run_to(&signatures, &start, |keys: &Digest| {
            (Base::zero(), keys.clone(), message)
        })
    });
    builder.finish(&main).expect("a program")
}

/// The parts one after the other, and zeros.
fn padded<const N: usize>(parts: &[&[Base]]) -> [Base; N] {
    let mut elements = parts.concat().into_iter();
    array::from_fn(|_| elements.next().unwrap_or_else(Base::zero))
}

/// A word of memory where nothing is beside a node.
fn no_side([low, high]: &[Base; 2]) -> Tweak {
    Packed([low.clone(), high.clone(), Base::zero()])
}

/// Tweaks from the tape into memory: blocks that remain, the next address, digest.
fn load(builder: &mut Builder, tweaks: &Memory<Tweak>) -> Loop<(Base, Base, Digest)> {
    let load = builder.looping::<(Base, Base, Digest)>("load", |state| state[0] == F::ZERO);
    builder.step(&load, |row, (remaining, address, capacity)| {
        let words: [Tweak; TWEAKS_PER_BLOCK] = row.advice();
        for (i, word) in words.iter().enumerate() {
            row.write(tweaks, &address.plus(i as i32), word);
        }
        let block: Vec<Base> = words.iter().flat_map(|word| word.0.clone()).collect();
        let capacity = row.absorb(&capacity, &block);
        (
            remaining.plus(-1),
            address.plus(TWEAKS_PER_BLOCK as i32),
            capacity,
        )
    });
    load
}

/// An element of the message hash to the number whose digits it has: `A = 127 d + r` with `r < 127`.
///
/// That `d` is below 2^24 is for its digits to show. Then there is one such `d`, and none if `A = p - 1`.
fn element(builder: &mut Builder) -> Function<Base, Base> {
    let element = builder.function::<Base, Base>("element");
    builder.body(&element, |row, hash| {
        let number: Base = row.hint(&[&hash], |x| {
            Ok(vec![F::from_u32(x[0].as_canonical_u32() / 127)])
        });
        row.name(&number, "d");
        let bits = row.bits(&(&hash - &number.times(F::from_u8(127))), 7);
        // Seven ones are 127: their number is not 7.
        let missing = &Base::number(7) - &Base::sum(&bits);
        row.inverse(&missing);
        number
    });
    element
}

/// A digit and the end of its chain: from a number, the address of the chain's first tweak and the parameter to the number without
/// its last digit, that digit, and the chain's end.
///
/// A row takes the last step of its chain itself, unless the digit is 7 and there is none. That a number without a digit is divided by 8
/// is in the field; numbers are zero when all their digits are gone, so that the digits are those of an integer below 2^24.
fn chain_end(
    builder: &mut Builder,
    tweaks: &Memory<Tweak>,
) -> Function<(Base, Base, Parameter), (Base, Base, Value)> {
    // Address of the next tweak, parameter, value. The last step is not taken here.
    let before_last = |state: &[F]| state[0].as_canonical_u32() % 8 == 6;
    let chain = builder.looping::<(Base, Parameter, Value)>("chain", before_last);
    builder.step(&chain, |row, (address, parameter, value)| {
        let next = chain_step(row, tweaks, &address, &parameter, &value);
        (address.plus(1), parameter, next)
    });
    let end = builder.function::<(Base, Base, Parameter), (Base, Base, Value)>("end");
    let eighth = F::from_u8(8).inverse();
    let is_seven = |arguments: &[F]| arguments[0].as_canonical_u32() % 8 == 7;
    builder.branch(&end, "seven", is_seven, |row, (number, _, _)| {
        (number.plus(-7).times(eighth), Base::number(7), row.advice())
    });
    let is_less = move |arguments: &[F]| !is_seven(arguments);
    builder.branch(
        &end,
        "with a step",
        is_less,
        |row, (number, address, parameter)| {
            row.name(&number, "number");
            let bits: [Base; 3] = array::from_fn(|i| {
                row.boolean(&[&number], move |x| x[0].as_canonical_u32() >> i & 1 == 1)
            });
            let [low, middle, high] = bits;
            let digit = Base::sum(&[low, middle.times(F::TWO), high.times(F::from_u8(4))]);
            let value: Value = row.advice();
            let last = address.plus(6);
            // From 7 there is no way to 6: it would take as many steps as there are elements.
            let start = (&address + &digit, parameter.clone(), value);
            let value = row.run_to(&chain, &start, |value: &Value| {
                (last.clone(), parameter.clone(), value.clone())
            });
            let end = chain_step(row, tweaks, &last, &parameter, &value);
            ((&number - &digit).times(eighth), digit, end)
        },
    );
    end
}

/// A step of a chain with the tweak at an address.
fn chain_step(
    row: &mut Row,
    tweaks: &Memory<Tweak>,
    address: &Base,
    parameter: &Parameter,
    value: &Value,
) -> Value {
    let tweak = row.read_as(tweaks, address, no_side);
    let input = padded::<16>(&[&value.0, &parameter.0, &tweak]);
    let output = row.permute16(&input);
    Packed(array::from_fn(|i| &input[i] + &output[i]))
}

/// What is left over of the ends of chains when a block is full: at most seven elements, the first ones of those given, and zeros.
type LeftOver = Packed<7>;
/// The number of the next block, capacity, what is left over; numbers whose digits come next, sum of digits so far, parameter.
type Blocks = ((Base, Digest, LeftOver), (Packed<6>, Base, Parameter));

/// The leaf's sponge, over the ends of all chains.
struct Leaf {
    /// A block is a kind of its own, since ends have 8 elements and blocks 15. The last one leaves the leaf where the capacity was.
    blocks: Loop<Blocks>,
    /// What calls it: from root, parameter and numbers.
    tree: Function<(Value, Parameter, Packed<6>), ()>,
    capacity: [F; 9],
    count: usize,
}

impl Leaf {
    fn start(&self, parameter: &Parameter, numbers: Packed<6>) -> Blocks {
        let capacity = Packed(self.capacity.map(Base::constant));
        (
            (Base::zero(), capacity, Packed(padded(&[]))),
            (numbers, Base::zero(), parameter.clone()),
        )
    }

    /// The end, of which the leaf alone is not known.
    fn end(&self, scheme: &Scheme, parameter: &Parameter, leaf: &Value) -> Blocks {
        let capacity = Packed(padded(&[&leaf.0]));
        let sum = Base::number(scheme.target_sum);
        let count = Base::number(self.count as u32);
        (
            (count, capacity, Packed(padded(&[]))),
            (Packed(padded(&[])), sum, parameter.clone()),
        )
    }
}

fn leaf(builder: &mut Builder, scheme: &Scheme, places: Places, tweaks: &Memory<Tweak>) -> Leaf {
    let end = chain_end(builder, tweaks);
    let count = scheme.sponge_permutations();
    let rate = scheme.hashes.leaf.rate();
    let blocks = builder.looping::<Blocks>("leaf", move |state| state[0] == F::from_usize(count));
    let unused = 8 * scheme.message_elements() - scheme.chains;
    let mut chain = 0;
    let mut left = 0;
    for block in 0..count {
        let this = move |state: &[F]| state[0] == F::from_usize(block);
        builder.step_if(&blocks, &format!("block {block}"), this, |row, state| {
            let ((number, capacity, left_over), (numbers, sum, parameter)) = state;
            let here = Base::number(block as u32);
            row.assert_equal(&number, &here, "blocks come in order");
            let mut numbers = numbers.0.to_vec();
            let mut sum = sum;
            let mut elements = left_over.0[..left].to_vec();
            if block == 0 {
                let tweak = row.read_as(tweaks, &Base::number(places.level(0) as u32), no_side);
                elements.extend(parameter.0.clone());
                elements.extend(tweak);
            }
            while elements.len() < rate && chain < scheme.chains {
                let address = Base::number(places.chain(chain) as u32);
                let (rest, digit, value) =
                    row.call(&end, &(numbers[0].clone(), address, parameter.clone()));
                elements.extend(value.0);
                sum = &sum + &digit;
                numbers[0] = rest;
                chain += 1;
                // A number without a digit left is zero, and the next one follows.
                if chain % 8 == 0 {
                    row.assert_equal(
                        &numbers[0],
                        &Base::zero(),
                        "an element of the message hash is p - 1",
                    );
                }
                if chain % 8 == 0 || chain == scheme.chains {
                    if chain % 8 != 0 {
                        row.bits(&numbers[0], 3 * unused);
                    }
                    numbers.remove(0);
                    numbers.push(Base::zero());
                }
            }
            left = elements.len().saturating_sub(rate);
            let rest = elements.split_off(elements.len() - left);
            let state = row.permute24(&padded(&[&capacity.0, &elements]));
            let capacity: [Base; 9] = if block + 1 == count {
                padded(&[&state[9..17]])
            } else {
                padded(&[&state[..9]])
            };
            let next = (here.plus(1), Packed(capacity), Packed(padded(&[&rest])));
            (next, (Packed(padded(&[&numbers])), sum, parameter))
        });
    }
    let tree = builder.function("tree");
    Leaf {
        blocks,
        tree,
        capacity: lengths(scheme),
        count,
    }
}

/// Address of the tweak of the node above, side of this node; parameter, node.
type Path = ((Base, Base), (Parameter, Value));

/// From the leaf to the root.
fn path(builder: &mut Builder, places: Places, tweaks: &Memory<Tweak>) -> Loop<Path> {
    let top = F::from_usize(places.level(places.height + 1));
    let path = builder.looping::<Path>("path", move |state| state[0] == top);
    for (name, side) in [("left", 0), ("right", 1)] {
        let this = move |state: &[F]| state[1] == F::from_u32(side);
        builder.step_if(
            &path,
            name,
            this,
            |row, ((address, given), (parameter, node))| {
                row.assert_equal(&given, &Base::number(side), "this is the other side");
                let [low, high] = row.read_as(tweaks, &address, |[low, high]: &[Base; 2]| {
                    Packed([low.clone(), high.clone(), Base::number(side)])
                });
                let sibling: Value = row.advice();
                let next: Base = row.advice();
                let (left, right) = if side == 0 {
                    (&node, &sibling)
                } else {
                    (&sibling, &node)
                };
                let input = padded::<24>(&[&parameter.0, &[low, high], &left.0, &right.0]);
                let output = row.permute24(&input);
                let parent = array::from_fn(|i| &input[i] + &output[i]);
                ((address.plus(1), next), (parameter, Packed(parent)))
            },
        );
    }
    path
}
