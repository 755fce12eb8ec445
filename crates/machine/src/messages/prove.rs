//! The prover of the messages.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::fractions::prove::{Layer, Packed, Tree};
use sheaf_argument::fractions::{LeafClaim, RootClaim};
use sheaf_program::layout::COLUMNS;
use sheaf_program::{Kind, Program, Rows};
use sheaf_transcript::{EF, EPF, PF, ProverTranscript};

use super::{Fingerprint, GRINDING, MESSAGE_BITS, MessageClaim, ROOT, grinding};
use crate::functional::Multiples;
use crate::strategy::Strategy;
use crate::witness::{RegisterForms, Witness, mask};

/// A kind that has rows.
struct Sender {
    range: core::ops::Range<usize>,
    messages: usize,
    /// Multiplicity and fingerprint of each message.
    forms: RegisterForms,
}

impl Sender {
    fn new(range: &core::ops::Range<usize>, kind: &Kind, positions: &[Multiples]) -> Self {
        let mut forms = RegisterForms::default();
        for message in &kind.messages {
            let mut tuple = [EF::ZERO; COLUMNS];
            for (form, weight) in message.tuple.iter().zip(positions) {
                for (column, value) in form.terms() {
                    weight.add_to(&mut tuple[column], value);
                }
            }
            forms.push(message.multiplicity.terms());
            forms.push_dense(&tuple);
        }
        Self {
            range: range.clone(),
            messages: kind.messages.len(),
            forms,
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
    let positions: Vec<_> = fingerprint
        .positions
        .iter()
        .map(|&weight| Multiples::new(weight))
        .collect();
    let senders: Vec<Sender> = rows
        .ranges()
        .par_iter()
        .zip(program.kinds())
        .filter(|(range, _)| !range.is_empty())
        .map(|(range, kind)| Sender::new(range, kind, &positions))
        .collect();
    let mut widths = vec![0; rows.end().div_ceil(PF::WIDTH)];
    for Sender {
        range, messages, ..
    } in &senders
    {
        for width in &mut widths[range.start / PF::WIDTH..range.end.div_ceil(PF::WIDTH)] {
            *width = (*messages).max(*width);
        }
    }
    let alpha = EPF::from(fingerprint.alpha);
    Layer::from_fn(widths, fingerprint.alpha, |group, m| {
        let first = group * PF::WIDTH;
        let next = senders.partition_point(|sender| sender.range.end <= first);
        let here = senders[next..].iter();
        let here = here.take_while(|sender| sender.range.start < first + PF::WIDTH);
        let mut fraction = [EPF::ZERO, alpha];
        for Sender {
            range,
            messages,
            forms,
        } in here
        {
            if m < *messages
                && let Some(mask) = mask(first, core::slice::from_ref(range))
            {
                fraction[0] += forms.masked(2 * m, witness, group, mask);
                fraction[1] -= forms.masked(2 * m + 1, witness, group, mask);
            }
        }
        fraction
    })
}
