//! What a kind sends, as the conditions see it.

use p3_field::PrimeCharacteristicRing;

use super::boolean::booleans;
use super::loops::{Opener, is_start, openers};
use super::{Condition, Report};
use crate::{Class, E, Form, Kind, Tag};

/// What a multiplicity says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// `+1`.
    Produce,
    /// `-1`.
    Consume,
    /// `-b` for a boolean `b`.
    ConsumeIf,
    /// Anything else.
    Free,
}

impl Sign {
    pub(super) fn consumes(self) -> bool {
        matches!(self, Self::Consume | Self::ConsumeIf)
    }

    pub(super) fn produces(self) -> bool {
        !self.consumes()
    }
}

/// A message with a tag.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    /// Its number in the kind.
    pub(super) number: usize,
    pub(super) tag: Tag,
    pub(super) sign: Sign,
    tuple: &'a [Form],
}

impl Sent<'_> {
    /// The form at a position.
    pub(super) fn position(&self, j: usize) -> &Form {
        static ZERO: Form = Form::ZERO;
        self.tuple.get(j).unwrap_or(&ZERO)
    }

    /// The first position from `start` on that is not zero.
    pub(super) fn used_from(&self, start: usize) -> Option<usize> {
        (start..self.tuple.len()).find(|&j| !self.tuple[j].is_zero())
    }
}

/// What rows of a kind are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It produces ENTRY.
    Entry,
    /// It has an address of a chain, and does not produce ENTRY.
    Chain,
    /// It produces FACT, and is none of the above.
    Fact,
    /// None of these.
    Plain,
}

/// A kind with its messages sorted out.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) kind: &'a Kind,
    pub(super) sent: Vec<Sent<'a>>,
    pub(super) role: Role,
    /// Loops with tickets that it starts and ends.
    pub(super) openers: Vec<Opener>,
    /// Indices in `sent` of its heads: what it produces of a class of heads, starts of loops apart.
    pub(super) heads: Vec<usize>,
}

impl<'a> Parsed<'a> {
    /// Sorts out messages, and reports those without a tag (P0), which all else leaves out.
    pub(super) fn new(kind: &'a Kind, report: &mut Report) -> Self {
        let booleans = booleans(kind);
        let mut parsed = Self {
            kind,
            sent: Vec::new(),
            role: Role::Plain,
            openers: Vec::new(),
            heads: Vec::new(),
        };
        for (number, message) in kind.messages.iter().enumerate() {
            let what = match message.tuple.first().map(Tag::of) {
                None => "the tuple is empty".to_owned(),
                Some(None) => "position 0 is not the constant form of a tag".to_owned(),
                Some(Some(_)) if message.multiplicity.is_zero() => "it is never sent".to_owned(),
                Some(Some(tag)) => {
                    let sign = match message.multiplicity.as_constant() {
                        Some(E::ONE) => Sign::Produce,
                        Some(c) if c == -E::ONE => Sign::Consume,
                        _ if booleans.contains(&-&message.multiplicity) => Sign::ConsumeIf,
                        _ => Sign::Free,
                    };
                    let tuple = &message.tuple;
                    parsed.sent.push(Sent {
                        number,
                        tag,
                        sign,
                        tuple,
                    });
                    continue;
                }
            };
            report.at(Condition::P0, &parsed, Some(number), Some(0), what);
        }
        let produces =
            |class| (parsed.sent.iter()).any(|s| s.tag.class() == class && s.sign.produces());
        parsed.role = if produces(Class::Entry) {
            Role::Entry
        } else if parsed.sent.iter().any(|s| s.tag.class().is_chain()) {
            Role::Chain
        } else if produces(Class::Fact) {
            Role::Fact
        } else {
            Role::Plain
        };
        parsed.openers = openers(&parsed.sent);
        parsed.heads = (0..parsed.sent.len())
            .filter(|&i| {
                let sent = &parsed.sent[i];
                sent.tag.class().is_head()
                    && sent.sign.produces()
                    && !is_start(sent)
                    && !parsed.openers.iter().any(|opener| opener.start == i)
            })
            .collect();
        parsed
    }
}
