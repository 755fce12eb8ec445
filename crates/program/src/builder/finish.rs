//! From bodies and chains to a program.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;

use super::procedure::{EntryRow, Executable, Place, Routine};
use super::row::{FIRST_VALUE, Row};
use super::value::{Base, Value, pack};
use super::{BuildError, Builder, ChainRow, Declared, Function, Written};
use crate::layout::CELLS;
use crate::{Class, E, Form, Kind, Permutation, Program, Tag};

impl Builder {
    /// The program whose public tuple is main's arguments and results.
    ///
    /// # Errors
    /// If a row has too many cells, equations or messages, or a function no body, or the conditions are violated.
    #[track_caller]
    pub fn finish<A: Value, R: Value>(
        self,
        main: &Function<A, R>,
    ) -> Result<Executable, BuildError> {
        self.finish_of(main.tag, A::widths(), R::widths(), Place::caller())
    }

    pub(super) fn finish_of(
        mut self,
        main: Tag,
        arguments: Vec<u8>,
        results: Vec<u8>,
        location: Place,
    ) -> Result<Executable, BuildError> {
        let loops = self
            .declared
            .keys()
            .any(|tag| tag.class() == Class::TicketLoop);
        let tickets = Tag::new(Class::Chain, 0).expect("there is a chain 0");
        if loops {
            let ticket = Tag::new(Class::Ticket, 0).expect("there is a ticket 0");
            let mut row = ChainRow::new(tickets);
            row.row
                .send(Form::constant(E::ONE), ticket, vec![row.address.clone()]);
            self.chain(row, "tickets", tickets, ticket, 0);
        }
        // The first row: main is called, and chains have their ends.
        let mut row = Row::new();
        let positions: Vec<Form> = (arguments.iter().chain(&results))
            .map(|&width| {
                let elements = (0..width).map(|_| Base(Form::column(row.new_parameter())));
                pack(&elements.collect::<Vec<_>>())
            })
            .collect();
        row.send(Form::constant(E::ONE), Tag::ENTRY, positions.clone());
        row.send(Form::constant(-E::ONE), main, positions);
        let mut entry = EntryRow {
            kind: 0,
            main,
            arguments,
            results,
            memories: BTreeMap::new(),
            tickets: None,
        };
        for &(_, chain, table, size) in &self.chains {
            let end = if chain.class() == Class::Range {
                Form::constant(E::from_u32(size))
            } else {
                let value = row.new_cells(1)[0];
                // Nothing moves it: this row has no inputs of a permutation.
                let cell = (value - FIRST_VALUE) as u8;
                if chain == tickets {
                    entry.tickets = Some((cell, 0));
                } else {
                    entry.memories.insert(table, cell);
                }
                Form::column(value)
            };
            row.send(Form::constant(E::ONE), chain, vec![Form::ZERO]);
            row.send(Form::constant(-E::ONE), chain, vec![end]);
        }
        // One row, as wide as it likes where it is among those that come first.
        let wide = |body: &Written| body.complete.kind.permutation == Permutation::Width24;
        if self.rows.iter().any(wide) {
            row.permute_idly();
        }
        let too_wide = row.values > CELLS;
        if let Some((location, what)) = row.error.take() {
            self.fail("entry", location, what);
        } else if too_wide {
            let what = format!("arguments and results of main have at most {CELLS} elements");
            self.fail("entry", location, what);
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        let first = row.alone("entry");
        debug_assert!(
            (0..first.cells.len()).all(|c| usize::from(first.cell(FIRST_VALUE + c)) == c)
        );

        // Kinds in the order of the header, which the program keeps.
        let mut kinds: Vec<(Kind, Origin)> = vec![(first.kind, Origin::Entry)];
        for (index, body) in self.rows.iter().enumerate() {
            kinds.push((body.complete.kind.clone(), Origin::Body(index)));
        }
        for (index, chain) in self.chains.iter().enumerate() {
            kinds.push((chain.0.clone(), Origin::Chain(index)));
        }
        let per_instance = |place: &Origin| match *place {
            Origin::Body(index) => self.rows[index].procedure.per_instance,
            Origin::Entry | Origin::Chain(_) => false,
        };
        // Widest first: cells are committed column by column, for as many rows from the first one as need them.
        kinds.sort_by_cached_key(|(kind, place)| {
            let permutation = kind.permutation.index();
            (!per_instance(place), permutation, Reverse(kind.width()))
        });
        let zone_a = kinds
            .iter()
            .filter(|(_, place)| per_instance(place))
            .count();
        let mut chain_kinds = vec![0; self.chains.len()];
        for (number, (_, place)) in kinds.iter().enumerate() {
            match *place {
                Origin::Entry => entry.kind = number,
                Origin::Body(index) => self.rows[index].procedure.kind = number,
                Origin::Chain(index) => chain_kinds[index] = number,
            }
        }
        let mut zone_a_kinds: Vec<Kind> = kinds.into_iter().map(|(kind, _)| kind).collect();
        let zone_b_kinds = zone_a_kinds.split_off(zone_a);
        let program = Program::new(zone_a_kinds, zone_b_kinds)?;
        program.check()?;

        let mut routines = BTreeMap::new();
        for (&(_, chain, table, number), &kind) in self.chains.iter().zip(&chain_kinds) {
            let name = || self.declared[&table].name.clone();
            if chain == tickets {
                entry.tickets = entry.tickets.map(|(cell, _)| (cell, kind));
            } else if chain.class() == Class::Range {
                routines.insert(
                    table,
                    Routine::Range {
                        name: name(),
                        kind,
                        size: number,
                    },
                );
            } else {
                let elements = number as usize;
                routines.insert(
                    table,
                    Routine::Memory {
                        name: name(),
                        kind,
                        elements,
                    },
                );
            }
        }
        for (
            tag,
            Declared {
                name,
                location,
                until,
                ..
            },
        ) in self.declared
        {
            if tag.class() == Class::Table {
                continue;
            }
            let procedures: Vec<usize> = (0..self.rows.len())
                .filter(|&index| self.rows[index].tag == tag)
                .collect();
            if procedures.is_empty() {
                return Err(BuildError::NoBody { name, location });
            }
            let routine = match (tag.class(), until) {
                (Class::TicketLoop, Some(until)) => Routine::Loop {
                    name,
                    procedures,
                    until,
                },
                (Class::Fact, _) => Routine::Memoised { name, procedures },
                _ => Routine::Function { name, procedures },
            };
            routines.insert(tag, routine);
        }
        for body in &self.rows {
            for step in &body.procedure.steps {
                if step
                    .action
                    .tag()
                    .is_some_and(|tag| !routines.contains_key(&tag))
                {
                    return Err(BuildError::Row {
                        kind: body.complete.kind.name.clone(),
                        location: step.location,
                        what: "this is not of the same builder".into(),
                    });
                }
            }
        }
        let procedures = self.rows.into_iter().map(|body| body.procedure).collect();
        Ok(Executable {
            program,
            procedures,
            routines,
            entry,
        })
    }
}

/// What a kind is for, before it has a number.
#[derive(Clone, Copy)]
enum Origin {
    Entry,
    Body(usize),
    Chain(usize),
}
