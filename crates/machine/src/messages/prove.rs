//! The prover of the messages.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::fractions::prove::{Layer, Packed, Tree};
use sheaf_argument::fractions::{LeafClaim, RootClaim};
use sheaf_program::layout::COLUMNS;
use sheaf_program::{Kind, Program, Rows};
use sheaf_transcript::{EF, EPF, PF, ProverTranscript};

use super::{Fingerprint, GRINDING, MESSAGE_BITS, MessageClaim, ROOT, grinding};
use crate::strategy::Strategy;
use crate::witness::{RegisterForm, Witness, mask};

/// A kind that has rows: its messages as two forms each.
struct Sender {
    range: core::ops::Range<usize>,
    /// Multiplicity, fingerprint.
    messages: Vec<[RegisterForm; 2]>,
}

impl Sender {
    fn new(range: &core::ops::Range<usize>, kind: &Kind, fingerprint: &Fingerprint) -> Self {
        let messages = kind.messages.iter().map(|message| {
            let mut tuple = [EF::ZERO; COLUMNS];
            for (form, &weight) in message.tuple.iter().zip(&fingerprint.positions) {
                for (column, value) in form.terms() {
                    tuple[column] += weight * value;
                }
            }
            let multiplicity = RegisterForm::new(message.multiplicity.terms());
            [multiplicity, RegisterForm::dense(&tuple)]
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
    // The sums of all messages of a row, then the sum of all rows: one tree whose upper layers have no lanes.
    let of_rows = Tree::<Packed>::new(MESSAGE_BITS, leaves(program, rows, witness, &fingerprint));
    let of_all = of_rows.over_lanes(rows.log_rows());
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

/// The fractions of all rows: for each group of rows as many as a row in it has messages.
fn leaves(
    program: &Program,
    rows: &Rows,
    witness: &Witness,
    fingerprint: &Fingerprint,
) -> Layer<EPF> {
    let senders: Vec<Sender> = rows
        .ranges()
        .par_iter()
        .zip(program.kinds())
        .filter(|(range, _)| !range.is_empty())
        .map(|(range, kind)| Sender::new(range, kind, fingerprint))
        .collect();
    let mut widths = vec![0; rows.end().div_ceil(PF::WIDTH)];
    for Sender { range, messages } in &senders {
        for width in &mut widths[range.start / PF::WIDTH..range.end.div_ceil(PF::WIDTH)] {
            *width = messages.len().max(*width);
        }
    }
    let alpha = EPF::from(fingerprint.alpha);
    Layer::from_fn(widths, fingerprint.alpha, |group, m| {
        let first = group * PF::WIDTH;
        let next = senders.partition_point(|sender| sender.range.end <= first);
        let here = senders[next..].iter();
        let here = here.take_while(|sender| sender.range.start < first + PF::WIDTH);
        let mut fraction = [EPF::ZERO, alpha];
        for Sender { range, messages } in here {
            let message = messages.get(m);
            let mask = mask(first, core::slice::from_ref(range));
            if let (Some([multiplicity, tuple]), Some(mask)) = (message, mask) {
                fraction[0] += multiplicity.masked(witness, group, mask);
                fraction[1] -= tuple.masked(witness, group, mask);
            }
        }
        fraction
    })
}
