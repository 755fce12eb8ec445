//! The error terms.

use super::{PROD, TEST, with_lanes, with_ranges};
use crate::permutation::{Shape, error_terms};

#[test]
fn every_term_of_the_error_is_small() {
    let shape = with_lanes(PROD, 20, 1 << 20);
    let total: f64 = error_terms(&shape)
        .iter()
        .map(|term| (-term.bits).exp2())
        .sum();
    assert!(-total.log2() > 143.0, "{}", -total.log2());
}

fn roots(shape: &Shape) -> Vec<String> {
    let terms = error_terms(shape).into_iter();
    let formula = |formula: String| formula.trim_end_matches(" / |EF|").to_owned();
    terms.map(|term| formula(term.formula)).collect()
}

/// Lanes, slots, univariate rounds, rounds of full and of partial layers, batching of full and of partial layers.
#[test]
fn the_error_is_that_of_the_tables_that_there_are() {
    let both = [
        "3 * 6",
        "4 * 5",
        "21 * 30",
        "3 * 8 * 7",
        "3 * 8 * 23",
        "40 * 7",
        "2 * 23",
    ];
    assert_eq!(roots(&with_ranges(TEST, 6, [40, 3])), both);
    let narrow = [
        "3 * 6",
        "4 * 5",
        "21 * 27",
        "3 * 8 * 7",
        "3 * 8 * 20",
        "16 * 7",
        "1 * 20",
    ];
    assert_eq!(roots(&with_ranges(TEST, 6, [40, 0])), narrow);
    let wide = [
        "3 * 6",
        "4 * 4",
        "21 * 30",
        "3 * 7 * 7",
        "3 * 7 * 23",
        "24 * 7",
        "2 * 23",
    ];
    assert_eq!(roots(&with_ranges(TEST, 6, [0, 40])), wide);
}
