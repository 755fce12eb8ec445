//! Memories, ranges and tickets while a program runs.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::{F, Tag};

use crate::compile::Compiled;
use crate::rows::KindRows;

/// A write-once memory.
pub(crate) struct Memory {
    pub(crate) tag: Tag,
    elements: usize,
    /// How often each address is read or written; none where it has no word.
    counts: Vec<Option<u32>>,
    words: Vec<F>,
}

impl Memory {
    /// The word at an address, counted once more.
    pub(crate) fn read(&mut self, address: usize) -> Option<&[F]> {
        let count = self.counts.get_mut(address)?.as_mut()?;
        *count += 1;
        Some(&self.words[address * self.elements..][..self.elements])
    }

    /// Writes a word; false if there is another one. An address beyond all others makes room for those between.
    pub(crate) fn write(&mut self, address: usize, word: &[F]) -> bool {
        if self.counts.len() <= address {
            self.counts.resize(address + 1, None);
            self.words.resize((address + 1) * self.elements, F::ZERO);
        }
        let place = &mut self.words[address * self.elements..][..self.elements];
        match &mut self.counts[address] {
            Some(count) => {
                *count += 1;
                place == word
            }
            empty => {
                *empty = Some(1);
                place.copy_from_slice(word);
                true
            }
        }
    }

    /// Makes room for so many words. Returns the first one's address.
    pub(crate) fn allocate(&mut self, words: usize) -> F {
        let address = self.end();
        self.counts.resize(self.counts.len() + words, None);
        self.words
            .resize(self.counts.len() * self.elements, F::ZERO);
        address
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> F {
        F::from_usize(self.counts.len())
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Its chain: address, word, how often.
    pub(crate) fn rows(&self) -> KindRows {
        let mut rows = KindRows::new(self.elements + 2);
        for (address, count) in self.counts.iter().enumerate() {
            let word = &self.words[address * self.elements..][..self.elements];
            let count = F::from_u32(count.unwrap_or(0));
            let address = [F::from_usize(address)].into_iter();
            rows.push(address.chain(word.iter().copied()).chain([count]));
        }
        rows
    }
}

/// A range of numbers.
pub(crate) struct Range {
    counts: Vec<u32>,
}

impl Range {
    /// Counts a number once more; false if it is not in the range.
    pub(crate) fn look_up(&mut self, number: u32) -> bool {
        match self.counts.get_mut(number as usize) {
            Some(count) => {
                *count += 1;
                true
            }
            None => false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Its chain: number, how often.
    pub(crate) fn rows(&self) -> KindRows {
        let mut rows = KindRows::new(2);
        for (number, &count) in self.counts.iter().enumerate() {
            rows.push([F::from_usize(number), F::from_u32(count)]);
        }
        rows
    }
}

/// Tickets given out.
#[derive(Default)]
pub(crate) struct Tickets(usize);

impl Tickets {
    pub(crate) fn next(&mut self) -> F {
        self.0 += 1;
        F::from_usize(self.0 - 1)
    }

    pub(crate) fn end(&self) -> F {
        F::from_usize(self.0)
    }

    pub(crate) const fn len(&self) -> usize {
        self.0
    }

    /// Their chain.
    pub(crate) fn rows(&self) -> KindRows {
        let mut rows = KindRows::new(1);
        for number in 0..self.0 {
            rows.push([F::from_usize(number)]);
        }
        rows
    }
}

/// All of them.
pub(crate) struct Tables {
    pub(crate) memories: Vec<Memory>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) tickets: Tickets,
}

impl Tables {
    pub(crate) fn new(compiled: &Compiled) -> Self {
        let memory = |&(tag, _, _, elements): &(Tag, String, usize, usize)| Memory {
            tag,
            elements,
            counts: Vec::new(),
            words: Vec::new(),
        };
        let range = |&(_, _, size): &(String, usize, u32)| Range {
            counts: vec![0; size as usize],
        };
        Self {
            memories: compiled.memories.iter().map(memory).collect(),
            ranges: compiled.ranges.iter().map(range).collect(),
            tickets: Tickets::default(),
        }
    }

    /// Rows that they will have.
    pub(crate) fn len(&self) -> usize {
        let memories: usize = self.memories.iter().map(Memory::len).sum();
        let ranges: usize = self.ranges.iter().map(Range::len).sum();
        memories + ranges + self.tickets.len()
    }
}
