//! P3 and P4: loops that know where they started.
//!
//! Loops go forward: a row consumes a state and produces the next one. Nothing in a state says which of two callers
//! it belongs to, so that ends could be swapped. A LOOP tuple therefore carries its start, in positions 1 to 15, and a TLOOP
//! tuple a ticket in position 1, of which every number exists once.
//!
//! An *opener* of a TLOOP tag `L` is three messages of a kind,
//!
//! ```text
//!     -1 (TICKET, i)      +1 (L, i, start)      -1 (L, i, end)
//! ```
//!
//! with the same base form `i`, which no other TICKET or TLOOP tuple of the kind has. Apart from openers, `L` is produced by *steps*:
//! kinds with head `(L, i, state)` that consume `L` at least once, always with that form `i`. Nothing else consumes `L`.
//! All openers of `L` have tickets of one tag.

use std::collections::BTreeMap;

use super::message::{Parsed, Role, Sent, Sign};
use super::{Condition, Report};
use crate::{Class, Tag};

/// Positions of a start, and of a state, in a LOOP tuple.
pub const LOOP_STATE: usize = 15;

/// The messages of an opener, as indices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opener {
    pub(super) ticket: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Whether a message is the start of a LOOP: true as it stands.
pub(super) fn is_start(sent: &Sent<'_>) -> bool {
    sent.tag.class() == Class::Loop
        && sent.sign == Sign::Produce
        && (1..=LOOP_STATE).all(|j| sent.position(j) == sent.position(j + LOOP_STATE))
        && sent.used_from(1 + 2 * LOOP_STATE).is_none()
}

/// The openers among these messages.
pub(super) fn openers(sent: &[Sent<'_>]) -> Vec<Opener> {
    let find = |ticket: usize| {
        let i = sent[ticket].position(1);
        let same: Vec<usize> = (0..sent.len())
            .filter(|&k| {
                let class = sent[k].tag.class();
                matches!(class, Class::Ticket | Class::TicketLoop)
                    && k != ticket
                    && sent[k].position(1) == i
            })
            .collect();
        let &[a, b] = &same[..] else { return None };
        let (start, end) = if sent[a].sign == Sign::Produce {
            (a, b)
        } else {
            (b, a)
        };
        let right = i.is_base()
            && sent[ticket].used_from(2).is_none()
            && sent[ticket].sign == Sign::Consume
            && sent[start].sign == Sign::Produce
            && sent[end].sign == Sign::Consume
            && sent[start].tag == sent[end].tag
            && sent[start].tag.class() == Class::TicketLoop;
        right.then_some(Opener { ticket, start, end })
    };
    (0..sent.len())
        .filter(|&k| sent[k].tag.class() == Class::Ticket)
        .filter_map(find)
        .collect()
}

/// P4: numbers are given out once by one TICKET tag, and by another one once more.
pub(super) fn one_ticket(kinds: &[Parsed<'_>], report: &mut Report) {
    let mut tickets: BTreeMap<Tag, Tag> = BTreeMap::new();
    for kind in kinds {
        for opener in &kind.openers {
            let (ticket, start) = (&kind.sent[opener.ticket], &kind.sent[opener.start]);
            let first = *tickets.entry(start.tag).or_insert(ticket.tag);
            if first != ticket.tag {
                let what = format!("{} has tickets of {first} and of {}", start.tag, ticket.tag);
                report.message(Condition::P4, kind, ticket.number, what);
            }
        }
    }
}

/// P4 of one kind. What chain kinds may send is P5 and P6.
pub(super) fn check(kind: &Parsed<'_>, report: &mut Report) {
    if kind.role == Role::Chain {
        return;
    }
    let is = |class, sent: &Sent<'_>| sent.tag.class() == class;
    for (k, sent) in kind.sent.iter().enumerate() {
        let opened =
            |part: fn(&Opener) -> usize| kind.openers.iter().any(|opener| part(opener) == k);
        if is(Class::Ticket, sent) && sent.sign.consumes() && !opened(|o| o.ticket) {
            let what = "a ticket is consumed, but does not start and end one loop in this kind";
            report.message(Condition::P4, kind, sent.number, what);
        }
        if is(Class::TicketLoop, sent) && sent.sign.consumes() && !opened(|o| o.end) {
            let steps = (kind.heads.iter().map(|&head| &kind.sent[head]))
                .any(|head| head.tag == sent.tag && head.position(1) == sent.position(1));
            if !steps {
                let what = format!(
                    "a state of {} is consumed by what is neither its opener nor a step with the same ticket",
                    sent.tag
                );
                report.at(Condition::P4, kind, Some(sent.number), Some(1), what);
            }
        }
    }
    for head in kind.heads.iter().map(|&head| &kind.sent[head]) {
        let consumes = |(k, sent): (usize, &Sent<'_>)| {
            sent.tag == head.tag
                && sent.sign == Sign::Consume
                && !kind.openers.iter().any(|opener| opener.end == k)
        };
        if is(Class::TicketLoop, head) && !kind.sent.iter().enumerate().any(consumes) {
            let what = format!(
                "a state of {} is produced from no state, and no ticket",
                head.tag
            );
            report.message(Condition::P4, kind, head.number, what);
        }
    }
}
