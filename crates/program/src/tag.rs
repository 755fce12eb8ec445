//! Tags of tuples, and their classes.
//!
//! A tag is the constant at position 0 of a tuple, `class + 16 number`: what a tuple may be used for is written in
//! the tuple, and needs no declaration beside the program.

use std::fmt;

use p3_field::PrimeField32;

use crate::form::in_base;
use crate::{E, F, Form};

/// What tuples with a tag may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The program's public tuple; there is one such tag, of number 0.
    Entry = 1,
    /// Arguments and results of a function. One row produces what one row consumes.
    Fun = 2,
    /// Start and state of a loop, `(L, start 15, state 15)`: a state carries the start that it comes from.
    Loop = 3,
    /// Ticket and state of a loop, `(L, i, state)`.
    TicketLoop = 4,
    /// A chain of addresses, `(c, a)`, that goes on for as long as the run has rows.
    Chain = 5,
    /// Numbers of which each is consumed once, `(T, i)`; those of a chain.
    Ticket = 6,
    /// Entries of a table, `(T, a, ..)` with one for each address of a chain; consumed any number of times.
    Table = 7,
    /// What has been derived, and may be consumed any number of times.
    Fact = 8,
    /// A chain of addresses from one constant to another.
    Range = 9,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 9] = [
        Self::Entry,
        Self::Fun,
        Self::Loop,
        Self::TicketLoop,
        Self::Chain,
        Self::Ticket,
        Self::Table,
        Self::Fact,
        Self::Range,
    ];

    /// Whether a row with such a tuple has it as its head: what the row derives.
    #[must_use]
    pub const fn is_head(self) -> bool {
        matches!(
            self,
            Self::Entry | Self::Fun | Self::Loop | Self::TicketLoop
        )
    }

    /// Whether its tuples are the addresses of a chain.
    #[must_use]
    pub const fn is_chain(self) -> bool {
        matches!(self, Self::Chain | Self::Range)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entry => "ENTRY",
            Self::Fun => "FUN",
            Self::Loop => "LOOP",
            Self::TicketLoop => "TLOOP",
            Self::Chain => "CHAIN",
            Self::Ticket => "TICKET",
            Self::Table => "TABLE",
            Self::Fact => "FACT",
            Self::Range => "RANGE",
        })
    }
}

/// A tag: below `p`, and not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u32);

/// Tags of one class are so far apart.
const STEP: u32 = 16;

impl Tag {
    /// The tag of public tuples.
    pub const ENTRY: Self = Self(Class::Entry as u32);
    /// Numbers that tags of a class may have: `0..NUMBERS`.
    pub const NUMBERS: u32 = 1 << 26;

    /// The tag of this class and number; none if the class has no such number.
    #[must_use]
    pub const fn new(class: Class, number: u32) -> Option<Self> {
        if number < Self::NUMBERS && (number == 0 || class as u32 != Class::Entry as u32) {
            Some(Self(class as u32 + STEP * number))
        } else {
            None
        }
    }

    /// The tag that a form is, if it is one in every row.
    #[must_use]
    pub fn of(form: &Form) -> Option<Self> {
        let value = in_base(form.as_constant()?)?.as_canonical_u32();
        let class = Class::ALL
            .into_iter()
            .find(|&class| class as u32 == value % STEP)?;
        Self::new(class, value / STEP)
    }

    /// Its class.
    #[must_use]
    pub fn class(self) -> Class {
        Class::ALL[(self.0 % STEP) as usize - 1]
    }

    /// Its number among the tags of its class.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0 / STEP
    }

    /// The element at position 0 of its tuples.
    pub const fn element(self) -> F {
        F::new(self.0)
    }

    /// The form at position 0 of its tuples.
    #[must_use]
    pub fn form(self) -> Form {
        Form::constant(E::from(self.element()))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class() {
            Class::Entry => write!(f, "ENTRY"),
            class => write!(f, "{class} {}", self.number()),
        }
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    #[test]
    fn a_tag_is_read_from_its_form() {
        for class in Class::ALL {
            for number in [0, 1, 77, Tag::NUMBERS - 1] {
                if let Some(tag) = Tag::new(class, number) {
                    assert_eq!(Tag::of(&tag.form()), Some(tag));
                    assert_eq!((tag.class(), tag.number()), (class, number));
                }
            }
        }
        assert_eq!(Tag::new(Class::Entry, 1), None);
        assert_eq!(Tag::new(Class::Fun, Tag::NUMBERS), None);
        for no_tag in [0, 10, 15, 16, 17, 0x7f00_0000] {
            assert_eq!(
                Tag::of(&Form::constant(E::from_u32(no_tag))),
                None,
                "{no_tag}"
            );
        }
        assert_eq!(Tag::of(&Form::cell(0)), None);
        assert_eq!(Tag::of(&Form::constant(crate::form::power_of_x(1))), None);
    }
}
