//! The weights of the cubes of full layers, `M^T w`, in memory: the columns of all tables, one after the other.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};
use sheaf_program::{E, F};

use super::Times;
use super::partial::Records;
use super::powers::Powers;
use super::tables::{Table, Tables};

/// Words that are at hand while sums of them are written.
const AT_HAND: usize = 16;
/// The same while what is before has to be read, too.
const AT_HAND_LATER: usize = 12;

/// A word in memory, and its coefficient in each of several sums.
type Given = (Base, Vec<F>);

/// From any weights at the first address to those of cubes at the second one, and the first address that is free.
#[track_caller]
pub(super) fn from_any(
    builder: &mut Builder,
    memory: &Memory<Word>,
    times: Times,
    tables: &Tables,
) -> Function<(Base, Base), Base> {
    let function = times.once(builder, "weights from any");
    builder.body(&function, |row, (from, to): (Base, Base)| {
        let mut free = to.plus(tables.columns() as i32);
        for table in tables.iter() {
            let matrix = table.rows_of_power(1);
            let given: Vec<Given> = (places(table, &from).into_iter().enumerate())
                .map(|(j, address)| (address, matrix.iter().map(|row| row[j]).collect()))
                .collect();
            write_sums(row, memory, &given, None, &places(table, &to), &mut free);
        }
        free
    });
    function
}

/// Across the partial layers: from the powers at the first address and the differences in the records at the second one to weights of cubes at
/// the third one. Returns the constants of all these layers, and the first address that is free.
#[track_caller]
pub(super) fn across(
    builder: &mut Builder,
    memory: &Memory<Word>,
    times: Times,
    tables: &Tables,
) -> Function<(Base, Base, Base), (Word, Base)> {
    let function = times.once(builder, "weights across partial layers");
    builder.body(&function, |row, (from, records, to): (Base, Base, Base)| {
        let records = Records::new(tables, &records);
        let mut free = to.plus(tables.columns() as i32);
        let mut constants = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            let count = table.partial_rounds();
            let (of_weights, of_differences) = table.constants_across();
            // The constants are one more sum.
            let mut matrix = table.rows_of_power(count + 1);
            matrix.push(of_weights);
            let powers = Powers::read(row, memory, &from, table);
            let before = take(&mut free, matrix.len());
            for (coefficients, address) in matrix.iter().zip(&before) {
                let sum = powers.sum(row, coefficients, &zero());
                row.write(memory, address, &sum);
            }
            let given: Vec<Given> = (of_differences.iter().enumerate())
                .map(|(i, &constant)| {
                    let mut coefficients = table.difference_after(count - i);
                    coefficients.push(constant);
                    (records.difference(index, i as i32), coefficients)
                })
                .collect();
            let constant = free.clone();
            free = free.plus(1);
            let to = [places(table, &to), vec![constant.clone()]].concat();
            write_sums(row, memory, &given, Some(before), &to, &mut free);
            constants.push(constant);
        }
        let constant = constants.iter().fold(zero(), |sum, address| {
            let constant: Word = row.read(memory, address);
            &sum + &constant
        });
        (constant, free)
    });
    function
}

/// The sums of given words, and of what is before, to addresses.
#[track_caller]
fn write_sums(
    row: &mut Row,
    memory: &Memory<Word>,
    mut given: &[Given],
    mut before: Option<Vec<Base>>,
    to: &[Base],
    free: &mut Base,
) {
    while !given.is_empty() {
        let most = match before {
            Some(_) => AT_HAND_LATER,
            None => AT_HAND,
        };
        let (chunk, rest) = given.split_at(most.min(given.len()));
        given = rest;
        let after = match given {
            [] => to.to_vec(),
            _ => take(free, to.len()),
        };
        let words: Vec<Word> = chunk.iter().map(|(at, _)| row.read(memory, at)).collect();
        for (l, address) in after.iter().enumerate() {
            let start = match &before {
                Some(before) => row.read(memory, &before[l]),
                None => zero(),
            };
            let terms = words
                .iter()
                .zip(chunk)
                .map(|(w, (_, c))| w.times(c[l].into()));
            let sum = terms.fold(start, |sum, term| &sum + &term);
            row.write(memory, address, &sum);
        }
        before = Some(after);
    }
}

/// So many addresses.
fn take(free: &mut Base, count: usize) -> Vec<Base> {
    let first = free.clone();
    *free = free.plus(count as i32);
    (0..).take(count).map(|i| first.plus(i)).collect()
}

/// The addresses of a table's columns, among those of all tables from an address on.
fn places(table: &Table, address: &Base) -> Vec<Base> {
    take(&mut address.plus(table.first as i32), table.width)
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}
