use p3_field::PrimeCharacteristicRing;

use crate::{
    Channel, EF, F, Label, ProverTranscript, Transcript, TranscriptError, VerifierTranscript,
};

const A: Label = Label::new("a");
const B: Label = Label::new("b");

fn elements(n: usize) -> Vec<EF> {
    (0..n).map(|i| EF::from_usize(i * i + 7)).collect()
}

#[test]
fn prover_and_verifier_draw_the_same_challenges() {
    let mut p = ProverTranscript::new();
    p.absorb(A, &[F::ONE, F::TWO]);
    p.send(B, &elements(7));
    let c0 = p.sample();
    p.grind(A, 6);
    p.hint(&[F::TWO; 3]);
    let c1 = p.sample_point(4);
    let c2 = p.sample_indices(20, 11);
    let bytes = p.into_bytes();

    let mut v = VerifierTranscript::new(&bytes);
    v.absorb(A, &[F::ONE, F::TWO]);
    assert_eq!(v.receive(B, 7).unwrap(), elements(7));
    assert_eq!(v.sample(), c0);
    v.check_grind(A, 6).unwrap();
    assert_eq!(v.hint(B, 3).unwrap(), vec![F::TWO; 3]);
    assert_eq!(v.sample_point(4), c1);
    assert_eq!(v.sample_indices(20, 11), c2);
    v.finish().unwrap();
}

#[test]
fn labels_and_framing_separate_transcripts() {
    let run = |steps: &[(Label, usize)]| {
        let mut p = ProverTranscript::new();
        for &(label, n) in steps {
            p.absorb(label, &vec![F::ONE; n]);
        }
        p.sample()
    };
    let reference = run(&[(A, 3), (B, 2)]);
    assert_eq!(reference, run(&[(A, 3), (B, 2)]));
    assert_ne!(reference, run(&[(B, 3), (A, 2)]));
    assert_ne!(reference, run(&[(A, 3), (A, 2)]));
    assert_ne!(reference, run(&[(A, 5)]));
    assert_ne!(reference, run(&[(A, 2), (B, 3)]), "where a message ends");
    assert_ne!(run(&[(A, 14)]), run(&[(A, 15)]));
    assert_ne!(run(&[(A, 20), (B, 2)]), run(&[(A, 21), (B, 1)]));
    assert_ne!(run(&[(A, 0)]), run(&[]));
}

#[test]
fn challenges_depend_on_all_that_came_before() {
    let mut p = ProverTranscript::new();
    p.absorb(A, &[F::ONE; 4]);
    let mut q = p.clone();
    assert_eq!(p.sample(), q.sample());
    p.send(B, &[EF::ONE]);
    q.send(B, &[EF::TWO]);
    assert_ne!(p.sample(), q.sample());
}

#[test]
fn malformed_proofs_are_errors() {
    let mut p = ProverTranscript::new();
    p.send(A, &elements(2));
    let bytes = p.into_bytes();

    let mut v = VerifierTranscript::new(&bytes);
    assert_eq!(
        v.receive(A, 3),
        Err(TranscriptError::Truncated { label: "a" })
    );
    let mut v = VerifierTranscript::new(&bytes);
    assert_eq!(
        v.receive(A, usize::MAX / 8),
        Err(TranscriptError::Truncated { label: "a" })
    );
    let mut v = VerifierTranscript::new(&bytes);
    v.receive(A, 1).unwrap();
    assert_eq!(v.finish(), Err(TranscriptError::Trailing { bytes: 20 }));

    let mut bad = bytes.clone();
    bad[20..24].copy_from_slice(&0x7f00_0001u32.to_le_bytes());
    let mut v = VerifierTranscript::new(&bad);
    assert_eq!(
        v.receive(A, 2),
        Err(TranscriptError::NotCanonical {
            label: "a",
            index: 5
        })
    );
}

#[test]
fn a_weak_nonce_is_rejected() {
    let mut p = ProverTranscript::new();
    p.grind(A, 12);
    let bytes = p.into_bytes();
    VerifierTranscript::new(&bytes).check_grind(A, 12).unwrap();
    let other = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) + 1;
    let bad = other.to_le_bytes();
    assert_eq!(
        VerifierTranscript::new(&bad).check_grind(A, 12),
        Err(TranscriptError::Grinding {
            label: "a",
            bits: 12
        })
    );
}
