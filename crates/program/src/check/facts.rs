//! P7: facts, which may be consumed any number of times.
//!
//! A *fact kind* produces FACT tuples, with any multiplicities, and has no head; nothing else produces them. Since nothing is counted, a fact must not
//! depend on itself. Tags of classes FUN, LOOP, TLOOP and FACT have *strata*:
//!
//! - a kind with a head consumes heads of its stratum or lower ones, and facts of lower ones;
//! - a fact kind, whose facts are of one stratum, consumes heads and facts of lower ones;
//! - a fact kind may consume facts of its own stratum if all have one base form `l` in position 1, and all that it
//!   produces have `l + 1` there; or all fact kinds of a stratum have `l - 1`.
//!
//! Strata are found, not given: they exist if no circle of dependencies has a step that must go down.

use std::collections::{BTreeMap, BTreeSet};

use p3_field::PrimeCharacteristicRing;

use super::message::{Parsed, Role, Sent, Sign};
use super::{Condition, Report};
use crate::{Class, E, Tag};

/// P7 of all kinds.
pub(super) fn check(kinds: &[Parsed<'_>], report: &mut Report) {
    for kind in kinds {
        shape(kind, report);
    }
    let mut graph = Graph::default();
    for kind in kinds {
        let produced = produced(kind);
        for pair in produced.windows(2) {
            graph.edge(pair[0], pair[1]);
            graph.edge(pair[1], pair[0]);
        }
        if let Some(&tag) = produced.first() {
            for sent in consumed(kind) {
                graph.edge(tag, sent.tag);
            }
        }
    }
    let components = graph.components();
    // The sign of ranks in a stratum, by its number.
    let mut signs: BTreeMap<usize, (E, String)> = BTreeMap::new();
    for kind in kinds {
        let Some(&own) = produced(kind).first() else {
            continue;
        };
        for sent in consumed(kind).filter(|sent| components.same(own, sent.tag)) {
            match (kind.role, sent.tag.class()) {
                (Role::Fact, Class::Fact) => match rank(kind, sent) {
                    Some(sign) => {
                        let known = signs
                            .entry(components.of(own))
                            .or_insert_with(|| (sign, kind.kind.name.clone()));
                        if known.0 != sign {
                            let what = format!("ranks go the other way than in kind `{}`", known.1);
                            report.message(Condition::P7, kind, sent.number, what);
                        }
                    }
                    None => {
                        let what =
                            format!("{} depends on itself, with no rank in position 1", sent.tag);
                        report.at(Condition::P7, kind, Some(sent.number), Some(1), what);
                    }
                },
                (Role::Fact, _) | (_, Class::Fact) => {
                    let what =
                        format!("{own} and {} depend on each other through a fact", sent.tag);
                    report.message(Condition::P7, kind, sent.number, what);
                }
                _ => {}
            }
        }
    }
}

/// Who may produce facts, and what else they may produce. Chains have said so of their kinds.
fn shape(kind: &Parsed<'_>, report: &mut Report) {
    match kind.role {
        Role::Fact => {
            for sent in kind.heads.iter().map(|&head| &kind.sent[head]) {
                let what = format!("a kind that produces facts has a head, {}", sent.tag);
                report.message(Condition::P7, kind, sent.number, what);
            }
        }
        Role::Entry => {
            for sent in &kind.sent {
                if sent.tag.class() == Class::Fact && sent.sign == Sign::Produce {
                    report.message(
                        Condition::P7,
                        kind,
                        sent.number,
                        "an ENTRY kind produces a fact",
                    );
                }
            }
        }
        Role::Chain | Role::Plain => {}
    }
}

/// The tags that rows of a kind derive, which have a stratum. ENTRY is above all.
fn produced(kind: &Parsed<'_>) -> Vec<Tag> {
    match kind.role {
        Role::Fact => (kind.sent.iter())
            .filter(|s| s.tag.class() == Class::Fact && s.sign.produces())
            .map(|s| s.tag)
            .collect(),
        Role::Plain => kind.heads.iter().map(|&head| kind.sent[head].tag).collect(),
        Role::Entry | Role::Chain => Vec::new(),
    }
}

/// What it consumes of classes that have strata.
fn consumed<'a>(kind: &'a Parsed<'_>) -> impl Iterator<Item = &'a Sent<'a>> {
    kind.sent.iter().filter(|sent| {
        let class = sent.tag.class();
        sent.sign.consumes() && (class == Class::Fact || class.is_head()) && class != Class::Entry
    })
}

/// By how much facts that a kind produces are above `consumed`, in position 1: 1 or -1, the same for all.
fn rank(kind: &Parsed<'_>, consumed: &Sent<'_>) -> Option<E> {
    let base = consumed.position(1);
    let mut steps = (kind.sent.iter())
        .filter(|s| s.tag.class() == Class::Fact && s.sign.produces())
        .map(|s| (s.position(1) - base).as_constant());
    let step = steps.next()??;
    let right =
        base.is_base() && (step == E::ONE || step == -E::ONE) && steps.all(|s| s == Some(step));
    right.then_some(step)
}

/// Which tags need which.
#[derive(Default)]
pub(super) struct Graph {
    edges: BTreeMap<Tag, BTreeSet<Tag>>,
}

/// The numbers of strongly connected components.
pub(super) struct Components(BTreeMap<Tag, usize>);

impl Components {
    fn of(&self, tag: Tag) -> usize {
        self.0[&tag]
    }

    /// Whether both need each other, or are one.
    pub(super) fn same(&self, a: Tag, b: Tag) -> bool {
        a == b || self.0.get(&a).is_some_and(|x| self.0.get(&b) == Some(x))
    }
}

impl Graph {
    pub(super) fn edge(&mut self, from: Tag, to: Tag) {
        self.edges.entry(from).or_default().insert(to);
        self.edges.entry(to).or_default();
    }

    /// Components by two passes: tags in the order in which they are left, then what reaches them (Kosaraju).
    pub(super) fn components(&self) -> Components {
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for &tag in self.edges.keys() {
            Self::visit(&self.edges, tag, &mut seen, &mut order);
        }
        let mut reverse: BTreeMap<Tag, BTreeSet<Tag>> = BTreeMap::new();
        for (&from, tos) in &self.edges {
            reverse.entry(from).or_default();
            for &to in tos {
                reverse.entry(to).or_default().insert(from);
            }
        }
        let mut components = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (number, &tag) in order.iter().rev().enumerate() {
            let mut members = Vec::new();
            Self::visit(&reverse, tag, &mut seen, &mut members);
            components.extend(members.into_iter().map(|member| (member, number)));
        }
        Components(components)
    }

    /// Visits what `tag` leads to, depth first, with a stack of its own: a program may have a thousand kinds in a row.
    fn visit(
        edges: &BTreeMap<Tag, BTreeSet<Tag>>,
        tag: Tag,
        seen: &mut BTreeSet<Tag>,
        left: &mut Vec<Tag>,
    ) {
        if !seen.insert(tag) {
            return;
        }
        let mut stack = vec![(tag, edges[&tag].iter())];
        while let Some((tag, next)) = stack.last_mut() {
            match next.find(|&&to| seen.insert(to)) {
                Some(&to) => stack.push((to, edges[&to].iter())),
                None => {
                    left.push(*tag);
                    stack.pop();
                }
            }
        }
    }
}
