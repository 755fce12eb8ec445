use p3_field::{PackedValue, PrimeCharacteristicRing};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sheaf_sumcheck::eq;
use sheaf_transcript::field::ORDER;
use sheaf_transcript::{EF, F, PF, ProverTranscript, Transcript, VerifierTranscript};

use super::{Split, Stacking, Table};
use crate::{Claim, ParameterError, Parameters, commit, open, receive_commitment, verify_opening};

const fn table(columns: usize, rows: usize, log_rows: usize) -> Table {
    Table {
        columns,
        rows,
        log_rows,
    }
}

const fn split(column_bits: usize, row_bits: usize) -> Split {
    Split {
        column_bits,
        row_bits,
    }
}

/// Slices of `2^7` cells.
fn stackings() -> Vec<Vec<(Table, Split)>> {
    let wide = (table(37, 50, 6), split(3, 2));
    let tall = (table(3, 290, 9), split(1, 3));
    let narrow = (table(7, 16, 4), split(0, 0));
    let long = (table(1, 257, 9), split(0, 2));
    vec![
        vec![wide],
        vec![tall],
        vec![wide, tall],
        vec![wide, tall, long, narrow],
        // Slices are left out between these.
        vec![narrow, tall, wide],
    ]
}

/// Random cells for whole registers of the rows that count.
fn cells(tables: &[(Table, Split)], rng: &mut SmallRng) -> Vec<Vec<PF>> {
    let mut cell = || PF::from_fn(|_| F::from_u32(rng.random_range(0..ORDER)));
    let list = |(table, _): &(Table, Split)| {
        let registers = table.rows.div_ceil(PF::WIDTH) * table.columns;
        (0..registers).map(|_| cell()).collect()
    };
    tables.iter().map(list).collect()
}

/// The value of a table's polynomial, from the definition.
fn evaluate(table: &Table, cells: &[PF], column_point: &[EF], row_point: &[EF]) -> EF {
    let (columns, rows) = (eq::table(column_point), eq::table(row_point));
    let mut sum = EF::ZERO;
    for (i, register) in cells.iter().enumerate() {
        let (group, column) = (i / table.columns, i % table.columns);
        for (lane, &x) in register.as_slice().iter().enumerate() {
            if let Some(&row) = rows.get(group * PF::WIDTH + lane) {
                sum += columns[column] * row * x;
            }
        }
    }
    sum
}

#[test]
fn evaluations_of_every_table_are_evaluations_of_what_is_committed_to() {
    let mut rng = SmallRng::seed_from_u64(5);
    for tables in stackings() {
        let stacking = Stacking::new(&tables).unwrap();
        let parameters = Parameters::new(stacking.layout(), 1, 60.0, tables.len()).unwrap();
        let cells = cells(&tables, &mut rng);
        let lists: Vec<&[PF]> = cells.iter().map(Vec::as_slice).collect();
        let mut transcript = ProverTranscript::new();
        let committed = commit(&parameters, stacking.stack(&lists), &mut transcript);
        let claims: Vec<Claim> = (tables.iter().zip(&cells).enumerate())
            .map(|(i, ((table, _), cells))| {
                let column_point = transcript.sample_point(table.log_columns());
                let row_point = transcript.sample_point(table.log_rows);
                let value = evaluate(table, cells, &column_point, &row_point);
                stacking.claim(i, &column_point, &row_point, value)
            })
            .collect();
        open(&parameters, committed, &claims, &mut transcript);
        let proof = transcript.into_bytes();

        let verify = |claims: &[Claim]| {
            let mut transcript = VerifierTranscript::new(&proof);
            let commitment = receive_commitment(&parameters, &mut transcript)?;
            for (table, _) in &tables {
                transcript.sample_point(table.log_columns());
                transcript.sample_point(table.log_rows);
            }
            verify_opening(&parameters, commitment, claims, &mut transcript)
        };
        assert_eq!(verify(&claims), Ok(()), "{tables:?}");
        let mut false_claims = claims.clone();
        false_claims[tables.len() - 1].value += EF::ONE;
        assert!(verify(&false_claims).is_err(), "{tables:?}");
    }
}

#[test]
fn live_slices_hold_cells_that_count() {
    for tables in stackings() {
        let stacking = Stacking::new(&tables).unwrap();
        let ones: Vec<Vec<PF>> = tables
            .iter()
            .map(|(table, _)| vec![PF::ONE; table.rows.div_ceil(PF::WIDTH) * table.columns])
            .collect();
        let lists: Vec<&[PF]> = ones.iter().map(Vec::as_slice).collect();
        let matrix = stacking.stack(&lists);
        let cells = |list: &[PF]| list.len() * PF::WIDTH;
        let count: usize = lists.iter().copied().map(cells).sum();
        let ones = matrix.iter().filter(|&&x| x == F::ONE).count();
        assert_eq!(ones, count, "{tables:?}");
        let width = stacking.layout().width();
        for slice in 0..width {
            let mut column = matrix[slice..].iter().step_by(width);
            assert!(column.any(|&x| x == F::ONE), "{tables:?}");
        }
    }
}

#[test]
fn a_single_table_has_no_place() {
    let stacking = Stacking::new(&stackings()[0]).unwrap();
    let layout = stacking.layout();
    assert_eq!((layout.slice_variables, layout.inner_variables), (5, 7));
    // Five of eight blocks of columns, four of four blocks of rows.
    assert_eq!(layout.live, (0..20).collect::<Vec<_>>());
    let point =
        |n: usize, from: usize| -> Vec<EF> { (0..n).map(|i| EF::from_usize(from + i)).collect() };
    let claim = stacking.claim(0, &point(6, 10), &point(6, 20), EF::TWO);
    let order = [10, 11, 12, 20, 21, 13, 14, 15, 22, 23, 24, 25];
    assert_eq!(claim.point, order.map(EF::from_usize));
}

#[test]
fn blocks_begin_at_multiples_of_their_length() {
    let stackings = stackings();
    let layout = |i: usize| Stacking::new(&stackings[i]).unwrap().layout().clone();
    // Blocks of 32, 16, 4 and 1 slices.
    let live: Vec<usize> = (0..20)
        .chain([32, 33, 34, 35, 36, 40, 41, 42, 43, 44])
        .chain(48..51)
        .chain([52])
        .collect();
    assert_eq!((layout(3).slice_variables, layout(3).live), (6, live));
    let live: Vec<usize> = [0]
        .into_iter()
        .chain([16, 17, 18, 19, 20, 24, 25, 26, 27, 28])
        .chain(32..52)
        .collect();
    assert_eq!((layout(4).slice_variables, layout(4).live), (6, live));
}

#[test]
fn numbers_out_of_bounds_are_named() {
    let fine = (table(37, 50, 6), split(3, 2));
    assert!(Stacking::new(&[fine, fine]).is_ok());
    let cases = [
        (
            (table(0, 50, 6), split(0, 2)),
            "columns is 0, which is not in 1..=16777216",
        ),
        (
            (table(37, 65, 6), split(3, 2)),
            "rows is 65, which is not in 1..=64",
        ),
        (
            (table(37, 0, 6), split(3, 2)),
            "rows is 0, which is not in 1..=64",
        ),
        (
            (table(37, 7, 3), split(3, 0)),
            "log_rows is 3, which is not in 4..=24",
        ),
        (
            (table(37, 50, 64), split(3, 2)),
            "log_rows is 64, which is not in 4..=24",
        ),
        (
            (table(37, 50, 6), split(7, 2)),
            "column_bits is 7, which is not in 0..=6",
        ),
        (
            (table(37, 50, 6), split(3, 3)),
            "row_bits is 3, which is not in 0..=2",
        ),
        (
            (table(37, 50, 6), split(3, 1)),
            "inner variables is 8, which is not in 7..=7",
        ),
    ];
    for (second, what) in cases {
        let error = Stacking::new(&[fine, second]).unwrap_err();
        assert_eq!(error.to_string(), format!("table 1: {what}"));
    }
    let none = ParameterError::LiveSlices { slice_variables: 0 };
    assert_eq!(Stacking::new(&[]), Err(none));
}
