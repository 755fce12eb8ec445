//! Both verifiers reject a damaged proof, and at the same step.

use sheaf_guests::{fibonacci, membership, poseidon_chain};
use sheaf_naive_verifier::Reject;
use sheaf_transcript::{EF, F};

use crate::common::{P, other_value};
use crate::honest::SHAPES;
use crate::listing::messages;
use crate::random;
use crate::verdict::Claimed;

impl Claimed {
    fn elements(&self) -> Vec<u32> {
        let numbers = self.body.as_chunks().0.iter();
        numbers.copied().map(u32::from_le_bytes).collect()
    }

    fn with_elements(&self, elements: &[u32]) -> Self {
        Self {
            body: elements.iter().flat_map(|x| x.to_le_bytes()).collect(),
            ..self.clone()
        }
    }
}

/// Proofs with a permutation of one width, of both, and of none.
fn proofs() -> [Claimed; 3] {
    let word = |n| EF::new([F::new(n); 5]);
    let (program, run) = random::run(&SHAPES[3], 77);
    [
        Claimed::of_case(
            &fibonacci::program(),
            &fibonacci::case(3, word(4), word(5)),
            1,
        ),
        Claimed::of_case(&poseidon_chain::program(), &poseidon_chain::case(3), 4),
        Claimed::of_run(&program, &run, 3),
    ]
}

#[test]
fn every_message_changed() {
    for claimed in proofs() {
        let elements = claimed.elements();
        let mut steps = Vec::new();
        let mut start = 0;
        for (number, (label, length)) in messages(&claimed).into_iter().enumerate() {
            // One element of each message; of the long ones of the opening, more.
            for at in (number % length..length).step_by(200) {
                let mut changed = elements.clone();
                let element = &mut changed[start + at];
                *element = other_value(*element, number);
                let verdict = claimed.with_elements(&changed).verdict();
                let step = verdict.expect_err(label);
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
            start += length;
        }
        assert_eq!(start, elements.len());

        // Damage to every part of a proof has been tried, and been found where it is.
        let statement = claimed.statement().unwrap();
        let mut expected = vec![Reject::Balance, Reject::Product, Reject::Shares];
        expected.extend((0..statement.rows().log_rows() + 3).map(Reject::Messages));
        let header = statement.header();
        let is_permuted = |width: usize| header.zone_a[width] + header.zone_b[width] > 0;
        let last_layer = [is_permuted(0).then_some(30), is_permuted(1).then_some(27)];
        if let Some(last) = last_layer.into_iter().flatten().max() {
            expected.extend((0..=last).map(Reject::Permutations));
        }
        expected.extend([Reject::Columns, Reject::Rows(0), Reject::Rows(1)]);
        expected.extend(["pcs/fold grinding", "pcs/query grinding"].map(Reject::ProofOfWork));
        expected.push(Reject::FinalSum);
        for step in expected {
            assert!(steps.contains(&step), "{step:?} is not in {steps:?}");
        }
    }
}

/// The sum of the messages, as `P / Q`: with `Q = 0`, with the same fraction in other words, and with `0 / 0`.
#[test]
fn roots() {
    let [claimed, ..] = proofs();
    let elements = claimed.elements();
    let messages = messages(&claimed);
    let before = messages
        .iter()
        .take_while(|(label, _)| *label != "machine/message root");
    let root = before.map(|&(_, length)| length).sum::<usize>();
    let verdict_on = |change: &dyn Fn(&mut [u32])| {
        let mut changed = elements.clone();
        change(&mut changed[root..root + 10]);
        claimed.with_elements(&changed).verdict()
    };
    let double = |x: &mut u32| *x = (2 * u64::from(*x) % u64::from(P)) as u32;
    assert_eq!(verdict_on(&|_| {}), Ok(()));
    assert_eq!(verdict_on(&|root| root[5..].fill(0)), Err(Reject::Root));
    assert_eq!(verdict_on(&|root| root.fill(0)), Err(Reject::Root));
    assert_eq!(verdict_on(&|root| root[..5].fill(0)), Err(Reject::Balance));
    assert_eq!(
        verdict_on(&|root| root.iter_mut().for_each(double)),
        Err(Reject::Messages(0))
    );
}

#[test]
fn elements_removed_appended_and_not_canonical() {
    let claimed = Claimed::of_case(&membership::program(), &membership::case(5), 3);
    let elements = claimed.elements();
    let mut start = 0;
    for (number, (label, length)) in messages(&claimed).into_iter().enumerate() {
        // Most are rounds, and alike: two of three are left out.
        if number % 3 > 0 {
            start += length;
            continue;
        }
        // Before the first element of the message, and before its last.
        for end in [start, start + length - 1] {
            let truncated = claimed.with_elements(&elements[..end]);
            assert_eq!(truncated.verdict(), Err(Reject::Truncated(label)));
        }
        let mut changed = elements.clone();
        changed[start] += P;
        let not_canonical = claimed.with_elements(&changed);
        assert_eq!(not_canonical.verdict(), Err(Reject::NotCanonical(label)));
        start += length;
    }
    for extra in [0, 1, P - 1] {
        let mut extended = elements.clone();
        extended.push(extra);
        assert_eq!(
            claimed.with_elements(&extended).verdict(),
            Err(Reject::Trailing)
        );
    }
}

/// So many rows that there is a nonce before the messages. What comes after the forms is too large for dense tables.
#[test]
fn a_nonce_before_the_messages() {
    let word = EF::new([F::new(1); 5]);
    let case = fibonacci::case(1 << 16, word, word);
    let claimed = Claimed::of_case(&fibonacci::program(), &case, 1);
    let elements = claimed.elements();
    let messages = messages(&claimed);
    let start = |label: &str| {
        let before = messages.iter().take_while(|message| message.0 != label);
        before.map(|&(_, length)| length).sum::<usize>()
    };
    let mut changed = elements.clone();
    changed[start("machine/shares")] ^= 1;
    assert_eq!(
        claimed.with_elements(&changed).verdict(),
        Err(Reject::Shares)
    );
    // Some other nonces have the one bit of work as well, and lead to other challenges.
    let mut steps = Vec::new();
    for nonce in 0..20 {
        let mut changed = elements.clone();
        changed[start("machine/message grinding")] = 1_000_000 + nonce;
        steps.push(claimed.with_elements(&changed).verdict());
    }
    for step in [
        Reject::ProofOfWork("machine/message grinding"),
        Reject::Balance,
    ] {
        assert!(steps.contains(&Err(step)), "{steps:?}");
    }
}
