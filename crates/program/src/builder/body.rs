//! From a body to rows: the first one stands for the body, and each calls the next.

use p3_field::PrimeCharacteristicRing;

use super::complete::{Continuation, Heads, positions};
use super::procedure::{Guard, Place, Position, Procedure, Slot};
use super::row::Row;
use super::split::{Flow, Head};
use super::value::{Base, pack};
use super::{Builder, Written};
use crate::{Class, E, Form, Message, Tag};

/// A body, with what its row is for.
pub(super) struct Body<'a> {
    pub(super) tag: Tag,
    pub(super) branch: Option<&'a str>,
    pub(super) guard: Option<Guard>,
    pub(super) row: Row,
    /// Arguments, or the state before a step.
    pub(super) given: Vec<Form>,
    /// Where each of their elements goes.
    pub(super) parameters: Vec<Slot<usize>>,
    /// Results, or the state after it.
    pub(super) results: Vec<Position>,
    pub(super) ticket: Option<usize>,
    pub(super) multiplicity: Option<usize>,
    pub(super) location: Place,
}

impl Builder {
    /// Adds the rows of a body.
    pub(super) fn add(&mut self, mut body: Body<'_>) {
        let declared = &self.declared[&body.tag];
        let per_instance = declared.per_instance;
        let name = match body.branch {
            Some(branch) => format!("{}, {branch}", declared.name),
            None => declared.name.clone(),
        };
        if let Some((location, what)) = body.row.error.take() {
            return self.fail(&name, location, what);
        }
        let flow = Flow::new(&body.row, &body.results);
        // Where an element of the results is in the rows before the one that finds it.
        let received = body.row.new_values(flow.results.len());
        let head = Head {
            messages: if body.ticket.is_some() { 2 } else { 1 },
            cells: body.ticket.iter().chain(&body.multiplicity).count(),
        };
        let rows = match flow.cut(&body.row, head) {
            Ok(rows) => rows,
            Err((location, what)) => return self.fail(&name, location, what),
        };
        let mut tag = body.tag;
        for (index, steps) in rows.iter().enumerate() {
            let element = |i: usize| -> Form {
                let element = &flow.results[i];
                if element.ready <= steps.end {
                    element.form.clone()
                } else {
                    Form::column(received[i])
                }
            };
            let (heads, parameters, results) = if index == 0 {
                let results = known(&body.results, &element);
                let heads = body.heads(&results);
                (heads, std::mem::take(&mut body.parameters), results)
            } else {
                let alive: Vec<usize> = flow.alive(steps.start).collect();
                let results = packed(flow.unknown(steps.start).map(element));
                let produced = Message {
                    multiplicity: Form::constant(E::ONE),
                    tuple: tuple(tag, None, forms(&positions(&alive)), &results),
                };
                let heads = Heads {
                    messages: vec![produced],
                    before: alive.clone(),
                    after: Vec::new(),
                };
                let parameters = alive.into_iter().map(Slot::Cell).collect();
                (heads, parameters, results)
            };
            let part = match index {
                0 => name.clone(),
                _ => format!("{name}, part {}", index + 1),
            };
            let next = (index + 1 < rows.len()).then(|| {
                let name = format!("{name}, part {}", index + 2);
                let tag = self.declare(Class::Fun, &name, None);
                if let Some(declared) = self.declared.get_mut(&tag) {
                    declared.per_instance = per_instance;
                    declared.location = body.location;
                }
                let alive: Vec<usize> = flow.alive(steps.end).collect();
                Continuation {
                    tag,
                    arguments: positions(&alive),
                    results: flow.unknown(steps.end).map(|i| received[i]).collect(),
                }
            });
            let next_tag = next.as_ref().map(|next| next.tag);
            let complete = body.row.complete(part, steps.clone(), heads, next);
            let first = index == 0;
            let cell = |value: Option<usize>| value.filter(|_| first).map(|v| complete.cell(v));
            let procedure = Procedure {
                kind: 0,
                per_instance,
                parameters: complete.slots(parameters),
                results: (results.iter())
                    .map(|(form, width)| (complete.form(form), *width))
                    .collect(),
                guard: body.guard.take(),
                ticket: cell(body.ticket),
                multiplicity: cell(body.multiplicity),
                steps: complete.steps.clone(),
                cells: complete.cells.clone(),
                hints: complete.hints.clone(),
                location: body.location,
            };
            self.rows.push(Written {
                tag,
                complete,
                procedure,
            });
            tag = next_tag.unwrap_or(tag);
        }
    }
}

impl Body<'_> {
    /// What its first row produces, and consumes if it is a step.
    fn heads(&self, results: &[Position]) -> Heads {
        let plus = Form::constant(E::ONE);
        let messages = match self.ticket {
            Some(ticket) => vec![
                Message {
                    multiplicity: -&plus,
                    tuple: tuple(self.tag, Some(ticket), self.given.clone(), &[]),
                },
                Message {
                    multiplicity: plus,
                    tuple: tuple(self.tag, Some(ticket), Vec::new(), results),
                },
            ],
            None => vec![Message {
                multiplicity: self.multiplicity.map_or(plus, Form::column),
                tuple: tuple(self.tag, None, self.given.clone(), results),
            }],
        };
        Heads {
            messages,
            before: (self.ticket.iter().copied())
                .chain(self.row.parameters.iter().copied())
                .collect(),
            after: self.multiplicity.into_iter().collect(),
        }
    }
}

fn tuple(tag: Tag, ticket: Option<usize>, given: Vec<Form>, results: &[Position]) -> Vec<Form> {
    let ticket = ticket.map(Form::column);
    let head = [tag.form()].into_iter().chain(ticket);
    head.chain(given).chain(forms(results)).collect()
}

fn forms(positions: &[Position]) -> Vec<Form> {
    positions.iter().map(|(form, _)| form.clone()).collect()
}

/// Results with their elements as a row knows them.
fn known(results: &[Position], element: &dyn Fn(usize) -> Form) -> Vec<Position> {
    let mut next = 0;
    (results.iter())
        .map(|&(_, width)| {
            let elements = (0..usize::from(width)).map(|i| Base(element(next + i)));
            let elements: Vec<Base> = elements.collect();
            next += elements.len();
            (pack(&elements), width)
        })
        .collect()
}

/// Elements as results: five in a position.
fn packed(elements: impl Iterator<Item = Form>) -> Vec<Position> {
    let elements: Vec<Base> = elements.map(Base).collect();
    (elements.chunks(crate::DEGREE))
        .map(|chunk| (pack(chunk), chunk.len() as u8))
        .collect()
}
