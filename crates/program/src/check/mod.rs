//! Conditions under which balanced messages mean a run.
//!
//! Balance says that as much is consumed as is produced, not that anything happened. Conditions P0 to P7 are about
//! the syntax of a program alone, and suffice:
//!
//! > If all rows satisfy their kinds and all messages and `-1 t` cancel, where `t` has the tag ENTRY, then there are
//! > partial functions `m_T`, one for each TABLE tag, and `t` has a finite derivation: a tree of rows in which whatever
//! > a row consumes of class FUN, LOOP or TLOOP is the head of a child, or the start of a loop; what it consumes of
//! > class TABLE lies in `m_T`; and what it consumes of class FACT has been derived from rows in the same way.
//!
//! - **P0** Every message has a tag: a constant form at position 0, with a class. Tuples always have 32 positions, so
//!   that arity and types are no conditions; whoever writes programs checks them.
//! - **P1** Multiplicities are `+1`, `-1`, or `-b` where the kind has `b b = b` ([`boolean`]); any other only for TABLE
//!   tuples of chain kinds and FACT tuples of fact kinds, where it is taken as production.
//! - **P2** A kind has at most one head, a tuple of class ENTRY, FUN, LOOP or TLOOP that it produces. No kind consumes ENTRY.
//! - **P3** LOOP tuples are `(L, start, state)`; one with the same forms for both is no head: it is true as it stands.
//! - **P4** TLOOP tuples are `(L, i, state)`. They are started and ended by kinds that consume the ticket `i` ([`loops`]),
//!   and else occur in kinds with such a head that keep `i`.
//! - **P5** Chains go from one constant address to an end, both in the ENTRY row, with chain kinds between ([`chains`]).
//! - **P6** TABLE and TICKET tuples are produced by the kinds of one chain, once for each address. Chain kinds consume TABLE only,
//!   of chains that come before theirs.
//! - **P7** FACT tuples are produced by kinds with no head, from what does not depend on them, or from facts of the rank
//!   below ([`facts`]).
//!
//! No condition says that a kind is reached from ENTRY: what ENTRY does not need is not enforced, and does no harm.

pub mod boolean;
pub mod chains;
pub mod facts;
pub mod loops;
mod message;

#[cfg(test)]
mod forgeries;

use std::fmt;

use thiserror::Error;

use crate::{Class, Program};
use message::{Parsed, Role, Sign};

/// A condition; see [the module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the module's documentation states them")]
pub enum Condition {
    P0,
    P1,
    P2,
    P3,
    P4,
    P5,
    P6,
    P7,
}

/// Where a program does not meet a condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{condition:?}: kind `{kind}`{}{}: {what}", At("message", *.message), At("position", *.position))]
pub struct Violation {
    /// The condition.
    pub condition: Condition,
    /// The name of the kind.
    pub kind: String,
    /// The number of the message, if it is one message's fault.
    pub message: Option<usize>,
    /// The position in its tuple.
    pub position: Option<usize>,
    /// What is wrong.
    pub what: String,
}

/// All places where a program does not meet the conditions; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Violations(pub Vec<Violation>);

struct At(&'static str, Option<usize>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1
            .map_or(Ok(()), |number| write!(f, ", {} {number}", self.0))
    }
}

/// Collects violations.
#[derive(Default)]
struct Report(Vec<Violation>);

impl Report {
    /// Notes one about a kind as a whole.
    fn kind(&mut self, condition: Condition, kind: &Parsed<'_>, what: impl Into<String>) {
        self.at(condition, kind, None, None, what);
    }

    /// Notes one about a message.
    fn message(
        &mut self,
        condition: Condition,
        kind: &Parsed<'_>,
        message: usize,
        what: impl Into<String>,
    ) {
        self.at(condition, kind, Some(message), None, what);
    }

    /// Notes one about a position.
    fn at(
        &mut self,
        condition: Condition,
        kind: &Parsed<'_>,
        message: Option<usize>,
        position: Option<usize>,
        what: impl Into<String>,
    ) {
        self.0.push(Violation {
            condition,
            kind: kind.kind.name.clone(),
            message,
            position,
            what: what.into(),
        });
    }
}

impl Program {
    /// Whether balanced messages mean a run: conditions P0 to P7 of [the module](crate::check).
    ///
    /// A program that is not checked proves nothing, whatever is verified about its rows.
    ///
    /// # Errors
    /// Everything that violates a condition.
    pub fn check(&self) -> Result<(), Violations> {
        let mut report = Report::default();
        let kinds: Vec<Parsed<'_>> = self
            .kinds()
            .iter()
            .map(|kind| Parsed::new(kind, &mut report))
            .collect();
        for kind in &kinds {
            multiplicities(kind, &mut report);
            heads(kind, &mut report);
            loops::check(kind, &mut report);
        }
        loops::one_ticket(&kinds, &mut report);
        chains::check(&kinds, &mut report);
        facts::check(&kinds, &mut report);
        if report.0.is_empty() {
            Ok(())
        } else {
            Err(Violations(report.0))
        }
    }
}

/// P1, where it is not [`Sign`] that says it.
fn multiplicities(kind: &Parsed<'_>, report: &mut Report) {
    for sent in &kind.sent {
        let may_be_free = match kind.role {
            Role::Chain => sent.tag.class() == Class::Table,
            Role::Fact => sent.tag.class() == Class::Fact,
            Role::Entry | Role::Plain => false,
        };
        if sent.sign == Sign::Free && !may_be_free {
            let what = format!(
                "a tuple of {} is sent neither once, nor consumed once or a boolean's times",
                sent.tag
            );
            report.message(Condition::P1, kind, sent.number, what);
        }
    }
}

/// P2, and of P3 and P4 that what starts a loop is no head. Heads of chain kinds are against P5, those of fact kinds against P7.
fn heads(kind: &Parsed<'_>, report: &mut Report) {
    for sent in &kind.sent {
        if sent.tag.class() == Class::Entry && sent.sign.consumes() {
            report.message(
                Condition::P2,
                kind,
                sent.number,
                "ENTRY is consumed; only the public tuple does that",
            );
        }
    }
    if !matches!(kind.role, Role::Entry | Role::Plain) {
        return;
    }
    let mut heads: Vec<_> = kind.heads.iter().map(|&head| &kind.sent[head]).collect();
    heads.sort_by_key(|head| matches!(head.tag.class(), Class::Loop | Class::TicketLoop));
    let Some((first, others)) = heads.split_first() else {
        return;
    };
    for other in others {
        let (condition, what) = match other.tag.class() {
            Class::Loop => (Condition::P3, ", or a start that it does not carry"),
            Class::TicketLoop => (Condition::P4, ", or a start without its ticket"),
            _ => (Condition::P2, ""),
        };
        let what = format!(
            "{} is a second head beside {} of message {}{what}",
            other.tag, first.tag, first.number
        );
        report.message(condition, kind, other.number, what);
    }
}
