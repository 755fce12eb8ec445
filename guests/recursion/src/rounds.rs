//! Rounds of sumchecks (`sheaf_sumcheck::round`), as loops: how many there are is known when a program runs.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Digest, Loop, Memory, Row, Word};
use sheaf_program::{DEGREE, E, F};
use sheaf_transcript::{Label, RATE};

use crate::transcript::Sponge;

/// What a claim says about its round polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// `g(0) + g(1)`.
    Sum,
    /// `(1 - r) g(0) + r g(1)`, for a coordinate `r` of a point.
    Eq,
}

/// A claim in the midst of a sumcheck, with the capacity of the transcript: the next thing is a message.
pub type Running = (Digest, Word);

/// How many rounds remain, the address of the next coordinate, that of the next challenge.
type Place = (Base, Base, Base);

/// Rounds with one label, degree and sort of claim.
pub struct Rounds {
    /// The capacity is announced for a round's message.
    steps: Loop<(Place, Running)>,
    claimed: Claimed,
    label: Label,
    /// Elements of the message.
    length: usize,
    /// From one coordinate to the next.
    stride: i32,
}

impl Rounds {
    /// Writes the rounds. Points and challenges are in `memory`.
    #[track_caller]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        label: Label,
        degree: usize,
        claimed: Claimed,
    ) -> Self {
        Self::with_stride(builder, memory, label, degree, claimed, 1)
    }

    /// Rounds that begin with the least significant variable: coordinates and challenges stand one *before* the other, so that points are in order.
    #[track_caller]
    pub fn upwards(
        builder: &mut Builder,
        memory: &Memory<Word>,
        label: Label,
        degree: usize,
        claimed: Claimed,
    ) -> Self {
        Self::with_stride(builder, memory, label, degree, claimed, -1)
    }

    #[track_caller]
    fn with_stride(
        builder: &mut Builder,
        memory: &Memory<Word>,
        label: Label,
        degree: usize,
        claimed: Claimed,
        stride: i32,
    ) -> Self {
        let name = format!("{}, degree {degree}", label.name());
        let length = degree * DEGREE;
        let steps = builder.looping::<(Place, Running)>(&name, |state| state[0] == F::ZERO);
        builder.step(&steps, |row, ((remaining, from, to), (capacity, claim))| {
            row.permute_idly();
            let mut sponge = Sponge::announced(&capacity, length.min(RATE));
            let coefficients = sponge.receive_more(row, length);
            let at = [&from, &to];
            let next = answer(row, memory, claimed, &mut sponge, &coefficients, &claim, at);
            let from = match claimed {
                Claimed::Sum => from,
                Claimed::Eq => from.plus(stride),
            };
            let place = (remaining.plus(-1), from, to.plus(stride));
            let capacity = Sponge::announce_message(&sponge.capacity(), label, length);
            (place, (capacity, next))
        });
        Self {
            steps,
            claimed,
            label,
            length,
            stride,
        }
    }

    /// One round, in a transcript that may have absorbed something before its message. Its coordinate stands at `from`, and its challenge is
    /// written to `to`.
    #[track_caller]
    pub fn round(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        sponge: &mut Sponge,
        claim: &Word,
        at: [&Base; 2],
    ) -> Word {
        let coefficients = sponge.receive(row, self.label, self.length / DEGREE);
        answer(row, memory, self.claimed, sponge, &coefficients, claim, at)
    }

    /// `count` rounds: their coordinates stand at `from` and after it, if the claims have some, and their challenges are written to `to` and
    /// after it (or before it, [upwards](Self::upwards)). What is left is the claim about the last challenge.
    #[track_caller]
    pub fn run(
        &self,
        row: &mut Row,
        running: &Running,
        from: &Base,
        to: &Base,
        count: &Base,
    ) -> Running {
        let length = match self.stride {
            1 => count.clone(),
            _ => -count,
        };
        let from_end = match self.claimed {
            Claimed::Sum => from.clone(),
            Claimed::Eq => from + &length,
        };
        let (capacity, claim) = running;
        let capacity = Sponge::announce_message(capacity, self.label, self.length);
        let place = (count.clone(), from.clone(), to.clone());
        let start = (place, (capacity, claim.clone()));
        let (capacity, claim) = row.run_to(&self.steps, &start, |left: &Running| {
            ((Base::zero(), from_end, to + &length), left.clone())
        });
        let capacity = Sponge::before_message(&capacity, self.label, self.length);
        (capacity, claim)
    }
}

/// Draws the challenge of a round with these coefficients, and writes it. Returns the claim about the value there.
#[track_caller]
fn answer(
    row: &mut Row,
    memory: &Memory<Word>,
    claimed: Claimed,
    sponge: &mut Sponge,
    coefficients: &[Word],
    claim: &Word,
    [from, to]: [&Base; 2],
) -> Word {
    let x = sponge.sample(row);
    row.write(memory, to, &x);
    let sum = coefficients.iter().fold(zero(), |sum, c| &sum + c);
    let higher = polynomial(row, coefficients, &x);
    match claimed {
        Claimed::Sum => {
            let constant = (claim - &sum).times(E::ONE.halve());
            row.word_products(&[(&x, &higher)], &constant)
        }
        Claimed::Eq => {
            let r = row.read(memory, from);
            let sum = sum.times(-E::ONE);
            row.word_products(&[(&x, &higher), (&r, &sum)], claim)
        }
    }
}

/// `sum_i coefficients[i] x^i`, three coefficients at a time: a constraint has four products.
#[track_caller]
pub fn polynomial(row: &mut Row, coefficients: &[Word], x: &Word) -> Word {
    let mut powers = vec![x.clone()];
    while powers.len() + 1 < coefficients.len().min(4) {
        powers.push(row.word_products(&[(&powers[powers.len() - 1], x)], &zero()));
    }
    let mut higher: Option<Word> = None;
    for chunk in coefficients.chunks(3).rev() {
        // With the third power, what is before the higher ones is three coefficients.
        let factors: Vec<&Word> = chunk.iter().skip(1).chain(&higher).collect();
        higher = Some(match &factors[..] {
            [] => chunk[0].clone(),
            _ => {
                let products: Vec<_> = powers.iter().zip(factors).collect();
                row.word_products(&products, &chunk[0])
            }
        });
    }
    higher.unwrap_or_else(zero)
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}
