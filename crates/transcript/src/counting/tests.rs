use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;

use super::{Cost, Counted, Counting, Message};
use crate::field::from_coefficients;
use crate::{
    Channel, EF, Extension, F, Label, ProverTranscript, Transcript, TranscriptError,
    VerifierTranscript,
};

const A: Label = Label::new("a");
const B: Label = Label::new("b");

fn element(seed: u32) -> EF {
    from_coefficients(from_fn(|i| {
        F::from_u32(seed.wrapping_mul(0x9e37_79b9).rotate_right(6 * i as u32) >> 2)
    }))
}

/// What `f` costs.
fn cost_of<T>(f: impl FnOnce() -> T) -> Cost {
    let channel = Counting::new(VerifierTranscript::new(&[]));
    f();
    channel.cost()
}

#[test]
fn products_are_counted_and_nothing_else() {
    let [x, y, z] = [1, 2, 3].map(|i| Counted(element(i)));
    let f = F::from_u32(7);
    let none = Cost::default();
    let ext = |ext| Cost { ext, ..none };
    let mixed = |mixed| Cost { mixed, ..none };
    assert_eq!(cost_of(|| x * y), ext(1));
    assert_eq!(cost_of(|| x.square()), ext(1));
    assert_eq!(cost_of(|| x.cube()), ext(2));
    assert_eq!(
        cost_of(|| [x, y, z].into_iter().product::<Counted>()),
        ext(2)
    );
    assert_eq!(cost_of(|| x * f), mixed(1));
    assert_eq!(
        cost_of(|| {
            let mut x = x;
            x *= y;
            x *= f;
        }),
        Cost { ext: 1, ..mixed(1) }
    );
    let inversion = Cost {
        inversions: 1,
        ..none
    };
    assert_eq!(cost_of(|| x.try_inverse()), inversion);
    assert_eq!(cost_of(|| x + y - z + f - f), none);
    assert_eq!(cost_of(|| (-x.halve()).double()), none);
    assert_eq!(cost_of(|| [x, y, z].into_iter().sum::<Counted>()), none);
    assert_eq!(
        cost_of(|| Counted::from_coefficients(x.coefficients())),
        none
    );
}

#[test]
fn counted_elements_are_elements() {
    for seed in 0..20 {
        let [x, y, z] = [0, 1, 2].map(|i| element(3 * seed + i));
        let [a, b, c] = [x, y, z].map(Counted);
        let f = F::from_u32(seed + 5);
        assert_eq!(
            (a + b, a - b, a * b),
            (Counted(x + y), Counted(x - y), Counted(x * y))
        );
        assert_eq!(
            (a + f, a - f, a * f),
            (Counted(x + f), Counted(x - f), Counted(x * f))
        );
        let (mut counted, mut plain) = (a, x);
        counted += b;
        plain += y;
        counted *= c;
        plain *= z;
        counted -= a;
        plain -= x;
        counted += f;
        plain += f;
        counted *= f;
        plain *= f;
        counted -= f + f;
        plain -= f + f;
        assert_eq!(counted, Counted(plain));
        assert_eq!(
            (-a, a.halve(), a.square()),
            (Counted(-x), Counted(x.halve()), Counted(x.square()))
        );
        assert_eq!([a, b, c].into_iter().sum::<Counted>(), Counted(x + y + z));
        assert_eq!(
            [a, b, c].into_iter().product::<Counted>(),
            Counted(x * y * z)
        );
        assert_eq!(a.coefficients(), x.coefficients());
        assert_eq!(Counted::from_coefficients(x.coefficients()), a);
        assert_eq!(
            Extension::try_inverse(&a),
            Extension::try_inverse(&x).map(Counted)
        );
        assert_eq!(Counted::from(f), Counted(EF::from(f)));
    }
    assert_eq!(Counted::ZERO.try_inverse(), None);
    assert_eq!(
        (Counted::ONE + Counted::ONE, Counted::ZERO - Counted::ONE),
        (Counted::TWO, Counted::NEG_ONE)
    );
}

#[test]
fn permutations_of_the_sponge_are_counted() {
    let mut channel = Counting::new(VerifierTranscript::new(&[]));
    let mut permutations = |step: &dyn Fn(&mut Counting<'_>)| {
        step(&mut channel);
        channel.cost().transcript_permutations
    };
    // What is absorbed waits until the rate of 15 is full, or something is drawn.
    assert_eq!(permutations(&|c| c.absorb(A, &[F::ONE; 15])), 0);
    assert_eq!(permutations(&|c| c.absorb(A, &[F::ONE])), 1);
    // One permutation gives three elements.
    assert_eq!(permutations(&|c| drop(c.sample_point(3))), 2);
    assert_eq!(permutations(&|c| drop(c.sample_point(1))), 3);
    // The remaining ten elements of that one are ten positions.
    assert_eq!(permutations(&|c| drop(c.sample_indices(10, 4))), 3);
    assert_eq!(permutations(&|c| drop(c.sample_indices(1, 4))), 4);
}

#[test]
fn hashes_are_counted_where_they_are_noted() {
    let mut channel = Counting::new(VerifierTranscript::new(&[]));
    channel.hashed(3);
    channel.hashed(4);
    let expected = Cost {
        hash_permutations: 7,
        ..Cost::default()
    };
    assert_eq!(channel.cost(), expected);
}

#[test]
fn messages_are_listed_by_label_and_length() {
    let mut p = ProverTranscript::new();
    p.send(A, &[element(1), element(2)]);
    p.send(B, &[element(3)]);
    p.send(A, &[element(4), element(5)]);
    p.absorb(A, &[F::ONE]);
    p.grind(B, 3);
    p.hint(&[F::ONE; 7]);
    p.send(A, &[element(6)]);
    let proof = p.into_bytes();

    let mut channel = Counting::new(VerifierTranscript::new(&proof));
    let read = |channel: &mut Counting<'_>| -> Result<(), TranscriptError> {
        channel.receive(A, 2)?;
        channel.receive_one(B)?;
        channel.receive(A, 2)?;
        // Neither of these reads anything.
        channel.check_grind(A, 0)?;
        channel.absorb(A, &[F::ONE]);
        assert_eq!(channel.cost().transcript_permutations, 1);
        channel.check_grind(B, 3)?;
        // One more for the seed, and that of the nonce.
        assert_eq!(channel.cost().transcript_permutations, 3);
        channel.hint(B, 7)?;
        channel.receive_one(A)?;
        Ok(())
    };
    read(&mut channel).unwrap();
    let message = |label, elements, times| Message {
        label,
        elements,
        times,
    };
    let expected = [
        message(A, 10, 2),
        message(B, 5, 1),
        message(B, 1, 1),
        message(B, 7, 1),
        message(A, 5, 1),
    ];
    assert_eq!(channel.messages(), expected);
    let elements: usize = expected.iter().map(|m| m.elements * m.times).sum();
    assert_eq!(4 * elements, proof.len());
    channel.finish().unwrap();
}

#[test]
fn a_counting_channel_rejects_what_a_plain_one_rejects() {
    let bytes = [[1, 0, 0, 0], [0xff; 4]].concat();
    let plain = || VerifierTranscript::new(&bytes);
    let counting = || Counting::new(plain());
    assert_eq!(plain().hint(A, 3), counting().hint(A, 3));
    assert_eq!(plain().receive_base(A, 2), counting().receive_base(A, 2));
    assert_eq!(plain().check_grind(A, 31), counting().check_grind(A, 31));
    assert_eq!(plain().finish(), counting().finish());
    assert_eq!(
        counting().finish(),
        Err(TranscriptError::Trailing { bytes: 8 })
    );
    let mut channel = counting();
    assert!(channel.receive(A, usize::MAX / 2).is_err());
    assert_eq!(channel.messages(), []);
}
