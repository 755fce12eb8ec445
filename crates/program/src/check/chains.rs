//! P5 and P6: chains of addresses, and the tables on them.
//!
//! A chain is a row for each address from a start to an end. Its tuples are `(c, a)`:
//!
//! ```text
//!     chain kinds     -1 (c, a)    +1 (c, a + 1)             once each, of one chain, and no head
//!     ENTRY kinds     +1 (c, start)    -1 (c, end)           once each, or not at all
//! ```
//!
//! There is one ENTRY row, so that there is one row for each address, and a table on a chain, `(T, a, ..)`, is a
//! function of `a`. An end that is a cell is however many rows there are; that of a RANGE is a constant, so that
//! to be found on it says something about an address.
//!
//! An ENTRY kind without a chain's ends means that a run that begins with it has no rows of that chain.

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;

use super::facts::Graph;
use super::message::{Parsed, Role, Sent, Sign};
use super::{Condition, Report};
use crate::{Class, E, Form, Tag};

/// P5 and P6 of all kinds.
pub(super) fn check(kinds: &[Parsed<'_>], report: &mut Report) {
    let mut chains = Chains::default();
    for kind in kinds {
        match kind.role {
            Role::Entry => anchors(kind, report),
            Role::Chain => link(kind, &mut chains, report),
            Role::Fact | Role::Plain => {}
        }
        if kind.role != Role::Chain {
            for sent in &kind.sent {
                let of_chains = matches!(sent.tag.class(), Class::Table | Class::Ticket);
                if of_chains && sent.sign.produces() && sent.sign != Sign::Free {
                    let what = format!("{} is produced outside a chain", sent.tag);
                    report.message(Condition::P6, kind, sent.number, what);
                }
            }
        }
    }
    chains.strata(kinds, report);
}

/// P5 of an ENTRY kind.
fn anchors(kind: &Parsed<'_>, report: &mut Report) {
    let mut ends: BTreeMap<Tag, [usize; 2]> = BTreeMap::new();
    for sent in kind.sent.iter().filter(|s| s.tag.class().is_chain()) {
        let counts = ends.entry(sent.tag).or_default();
        counts[usize::from(sent.sign.consumes())] += 1;
        let mut wrong = |position, what: &str| {
            report.at(Condition::P5, kind, Some(sent.number), Some(position), what);
        };
        if let Some(position) = sent.used_from(2) {
            wrong(position, "an address of a chain is one position");
        }
        let constant = sent.position(1).as_constant().is_some();
        match sent.sign {
            Sign::Produce if !constant => wrong(1, "a chain starts from a constant"),
            Sign::Consume if !constant && sent.tag.class() == Class::Range => {
                wrong(1, "a range ends at a constant");
            }
            Sign::ConsumeIf => wrong(1, "a chain always ends"),
            _ => {}
        }
    }
    for (tag, counts) in ends {
        if counts != [1, 1] {
            let what = format!(
                "{tag} has {} starts and {} ends, not one of each",
                counts[0], counts[1]
            );
            report.kind(Condition::P5, kind, what);
        }
    }
}

/// P5 and P6 of a chain kind, but for the order of chains.
fn link<'a>(kind: &Parsed<'a>, chains: &mut Chains, report: &mut Report) {
    let ends: Vec<&Sent<'a>> = kind
        .sent
        .iter()
        .filter(|s| s.tag.class().is_chain())
        .collect();
    let address = match ends[..] {
        [a, b] if a.tag == b.tag => {
            let (from, to) = if a.sign == Sign::Consume {
                (a, b)
            } else {
                (b, a)
            };
            let next = from.position(1) + &Form::constant(E::ONE);
            let right = from.sign == Sign::Consume
                && to.sign == Sign::Produce
                && *to.position(1) == next
                && from.used_from(2).or(to.used_from(2)).is_none();
            right.then(|| (a.tag, from.position(1)))
        }
        _ => None,
    };
    let Some((chain, address)) = address else {
        let what =
            "a chain kind consumes one address of one chain, and produces the next, and no other";
        report.kind(Condition::P5, kind, what);
        return;
    };
    let mut produced: Vec<Tag> = Vec::new();
    for sent in &kind.sent {
        let class = sent.tag.class();
        let p6 = |what: String, report: &mut Report| {
            report.message(Condition::P6, kind, sent.number, what);
        };
        if class.is_chain() {
            continue;
        }
        if sent.sign.consumes() {
            match class {
                Class::Table => chains.consumed.push((chain, sent.tag)),
                // Consumption of ENTRY is against P2 already.
                Class::Entry => {}
                _ => p6(
                    format!("a chain kind consumes {}, and not only tables", sent.tag),
                    report,
                ),
            }
        } else if matches!(class, Class::Table | Class::Ticket) {
            if produced.contains(&sent.tag) {
                p6(
                    format!("{} is produced a second time at this address", sent.tag),
                    report,
                );
            }
            produced.push(sent.tag);
            if sent.position(1) != address {
                let what = format!("position 1 of {} is not the address of the chain", sent.tag);
                report.at(Condition::P6, kind, Some(sent.number), Some(1), what);
            }
            if class == Class::Ticket && sent.used_from(2).is_some() {
                p6(format!("{} is more than a number", sent.tag), report);
            }
            match chains.of_table.insert(sent.tag, chain) {
                Some(other) if other != chain => {
                    p6(
                        format!("{} is produced on {chain} and on {other}", sent.tag),
                        report,
                    );
                }
                _ => {}
            }
        } else if class.is_head() {
            let what = format!("a chain kind produces {}", sent.tag);
            report.message(Condition::P5, kind, sent.number, what);
        } else if sent.sign != Sign::Free {
            report.message(
                Condition::P7,
                kind,
                sent.number,
                "a chain kind produces a fact",
            );
        }
    }
}

/// Which chain tables are on, and which tables chains need.
#[derive(Default)]
struct Chains {
    of_table: BTreeMap<Tag, Tag>,
    consumed: Vec<(Tag, Tag)>,
}

impl Chains {
    /// P6: the order of chains.
    fn strata(&self, kinds: &[Parsed<'_>], report: &mut Report) {
        let mut graph = Graph::default();
        for (chain, table) in &self.consumed {
            if let Some(other) = self.of_table.get(table) {
                graph.edge(*chain, *other);
            }
        }
        let components = graph.components();
        for kind in kinds.iter().filter(|kind| kind.role == Role::Chain) {
            let chain = (kind.sent.iter().map(|s| s.tag)).find(|tag| tag.class().is_chain());
            for sent in kind.sent.iter().filter(|s| s.sign.consumes()) {
                let (Some(chain), Some(other)) = (chain, self.of_table.get(&sent.tag)) else {
                    continue;
                };
                if components.same(chain, *other) {
                    let what = format!(
                        "{} is on {other}, which does not come before {chain}",
                        sent.tag
                    );
                    report.message(Condition::P6, kind, sent.number, what);
                }
            }
        }
    }
}
