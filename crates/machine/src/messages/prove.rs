//! The prover of the messages.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::fractions::prove::{Packed, Single, Tree};
use sheaf_argument::fractions::{LeafClaim, RootClaim};
use sheaf_program::layout::{COLUMNS, MESSAGES};
use sheaf_program::{Kind, Program, Rows};
use sheaf_transcript::{EF, EPF, PF, ProverTranscript};

use super::{Fingerprint, GRINDING, MESSAGE_BITS, MessageClaim, ROOT, grinding};
use crate::strategy::Strategy;
use crate::witness::{RegisterForm, Witness, mask};

/// A kind that has rows: its messages as two forms each.
struct Sender {
    range: core::ops::Range<usize>,
    /// Number, multiplicity, fingerprint.
    messages: Vec<(usize, [RegisterForm; 2])>,
}

impl Sender {
    fn new(range: &core::ops::Range<usize>, kind: &Kind, fingerprint: &Fingerprint) -> Self {
        let messages = kind.messages.iter().enumerate().map(|(m, message)| {
            let mut tuple = [EF::ZERO; COLUMNS];
            for (form, &weight) in message.tuple.iter().zip(&fingerprint.positions) {
                for (column, value) in form.terms() {
                    tuple[column] += weight * value;
                }
            }
            let multiplicity = RegisterForm::new(message.multiplicity.terms());
            (m, [multiplicity, RegisterForm::dense(&tuple)])
        });
        Self {
            range: range.clone(),
            messages: messages.collect(),
        }
    }
}

/// Finds the nonce, draws the challenges, and reduces the messages of all rows.
pub(crate) fn prove(
    program: &Program,
    rows: &Rows,
    public: &[EF],
    witness: &Witness,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> MessageClaim {
    transcript.grind(GRINDING, grinding(rows));
    let fingerprint = Fingerprint::draw(transcript);
    let (numerators, denominators) = leaves(program, rows, witness, &fingerprint);
    // The sums of all messages of a row, then the sum of all rows: one tree whose upper layers have no lanes.
    let of_rows = Tree::<Packed>::new(MESSAGE_BITS, numerators, denominators);
    let (numerators, denominators) = of_rows.sums();
    let of_all = Tree::<Single>::new(rows.log_rows(), numerators, denominators);
    let mut root = of_all.root(&[]);
    let mut sent = [root.numerator, root.denominator];
    strategy.root(&mut sent, fingerprint.alpha - fingerprint.of(public));
    transcript.send(ROOT, &sent);
    [root.numerator, root.denominator] = sent;
    let LeafClaim {
        leaf_point,
        numerator,
        denominator,
        ..
    } = of_all.prove(root, transcript);
    let root = RootClaim {
        lane_point: leaf_point,
        numerator,
        denominator,
    };
    let mut leaf = of_rows.prove(root, transcript);
    leaf.leaf_point = [leaf.lane_point, leaf.leaf_point].concat();
    leaf.lane_point = Vec::new();
    MessageClaim::new(leaf, fingerprint)
}

/// The fractions of all rows: for each group of rows, every message.
fn leaves(
    program: &Program,
    rows: &Rows,
    witness: &Witness,
    fingerprint: &Fingerprint,
) -> (Vec<EPF>, Vec<EPF>) {
    let senders: Vec<Sender> = rows
        .ranges()
        .par_iter()
        .zip(program.kinds())
        .filter(|(range, _)| !range.is_empty())
        .map(|(range, kind)| Sender::new(range, kind, fingerprint))
        .collect();
    let groups = (1 << rows.log_rows()) / PF::WIDTH;
    let mut numerators = EPF::zero_vec(groups * MESSAGES);
    let mut denominators = EPF::zero_vec(groups * MESSAGES);
    let alpha = EPF::from(fingerprint.alpha);
    numerators
        .par_chunks_exact_mut(MESSAGES)
        .zip(denominators.par_chunks_exact_mut(MESSAGES))
        .with_min_len(8)
        .enumerate()
        .for_each(|(group, (numerators, denominators))| {
            denominators.fill(alpha);
            let first = group * PF::WIDTH;
            let next = senders.partition_point(|sender| sender.range.end <= first);
            for sender in &senders[next..] {
                if sender.range.start >= first + PF::WIDTH {
                    break;
                }
                let Some(mask) = mask(first, core::slice::from_ref(&sender.range)) else {
                    continue;
                };
                for (m, [multiplicity, tuple]) in &sender.messages {
                    numerators[*m] += multiplicity.masked(witness, group, mask);
                    denominators[*m] -= tuple.masked(witness, group, mask);
                }
            }
        });
    (numerators, denominators)
}
