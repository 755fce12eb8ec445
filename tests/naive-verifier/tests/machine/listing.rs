//! The messages of a proof: what the real verifier reads, in order.

use sheaf_machine::{Setup, reduce};
use sheaf_transcript::{Channel, EF, F, Label, Transcript, TranscriptError, VerifierTranscript};

use crate::verdict::Claimed;

/// A message, by its name and its length in base elements.
pub(crate) type Message = (&'static str, usize);

/// A transcript that notes what is read.
struct Listing<'a> {
    transcript: VerifierTranscript<'a>,
    messages: Vec<Message>,
}

impl Transcript for Listing<'_> {
    type Extension = EF;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.transcript.absorb(label, values);
    }

    fn sample(&mut self) -> EF {
        self.transcript.sample()
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.transcript.sample_indices(count, bits)
    }
}

impl Channel for Listing<'_> {
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        self.messages.push((label.name(), count));
        self.transcript.receive_base(label, count)
    }

    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        self.messages.push((label.name(), count));
        self.transcript.hint(label, count)
    }

    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError> {
        if bits > 0 {
            self.messages.push((label.name(), 1));
        }
        self.transcript.check_grind(label, bits)
    }
}

/// The messages of a valid proof.
pub(crate) fn messages(claimed: &Claimed) -> Vec<Message> {
    let statement = claimed.statement().expect("a statement");
    let setup = Setup::new(&statement, claimed.rate).expect("a set-up");
    let mut channel = Listing {
        transcript: VerifierTranscript::new(&claimed.body),
        messages: Vec::new(),
    };
    let evaluate = |functional: &sheaf_machine::Functional| functional.evaluate(&claimed.program);
    let _ = reduce(&setup, &statement, evaluate, &mut channel).expect("a valid proof");
    channel.transcript.finish().expect("a whole proof");
    channel.messages
}
