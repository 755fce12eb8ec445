//! P0 to P2: tags, multiplicities, heads.

use super::*;

#[test]
fn p0_a_row_speaks_for_any_function() {
    let any = kind("any", vec![], [send(k(1), [c(2), c(0), c(1)])]);
    let fun0 = Class::Fun as i32;
    forged(
        P0,
        [
            (main_calls(0), &[&[5, 99]]),
            (square(), &[]),
            (any, &[&[5, 99, fun0]]),
        ],
        &[1, 5, 99],
    );
}

#[test]
fn p1_a_row_supports_itself_by_producing_twice() {
    let f = kind(
        "f",
        vec![],
        [
            fun(-1, 0, c(0), c(1)),
            send(k(2), [tag(Class::Fun, 0), c(0), c(1)]),
        ],
    );
    forged(
        P1,
        [(main_calls(0), &[&[5, 99]]), (f, &[&[5, 99]])],
        &[1, 5, 99],
    );
}

#[test]
fn p1_a_check_is_skipped_by_a_multiplicity_that_is_free() {
    let skipped = kind(
        "main",
        vec![],
        [entry([c(0)]), send(-&c(1), [tag(Class::Table, 1), c(0)])],
    );
    let skipped = with(skipped, anchors(Class::Range, 0, k(0), k(4)));
    let rows: [&[i32]; 4] = [&[0, 0], &[1, 0], &[2, 0], &[3, 0]];
    forged(
        P1,
        [(skipped.clone(), &[&[99, 0]]), (range(), &rows)],
        &[1, 99],
    );
    // As it is with a boolean that has a second term in its constraint.
    let mut second = skipped.clone();
    second.constraints = vec![Constraint {
        products: vec![(c(1), c(1)), (c(2), c(2))],
        result: c(1),
    }];
    forged(P1, [(second, &[&[99, 0, 0]]), (range(), &rows)], &[1, 99]);
    // A boolean may skip a check: then the program says so.
    let mut boolean = skipped;
    boolean.constraints = vec![product(c(1), c(1), c(1))];
    honest([(boolean, &[&[99, 0]]), (range(), &rows)], &[1, 99]);
}

#[test]
fn p1_a_table_has_entries_from_nowhere() {
    let main = kind(
        "main",
        vec![],
        [entry([c(0)]), send(k(-1), [tag(Class::Table, 1), c(0)])],
    );
    let main = with(main, anchors(Class::Range, 0, k(0), k(1)));
    let other = kind("other", vec![], [send(c(1), [tag(Class::Table, 1), c(0)])]);
    forged(
        P1,
        [
            (main, &[&[99]]),
            (range(), &[&[0, 0]]),
            (other, &[&[99, 1]]),
        ],
        &[1, 99],
    );
}

#[test]
fn p2_a_row_with_two_heads_consumes_one_of_them() {
    let both = kind(
        "both",
        vec![],
        [
            fun(1, 0, c(0), c(1)),
            fun(1, 1, c(0), c(1)),
            fun(-1, 1, c(0), c(1)),
        ],
    );
    forged(
        P2,
        [(main_calls(0), &[&[5, 99]]), (both, &[&[5, 99]])],
        &[1, 5, 99],
    );
}

#[test]
fn p2_two_entries_give_memory_two_words() {
    let ends = || anchors(Class::Chain, 0, k(0), k(1));
    let main = with(
        kind("main", vec![], [entry([c(0), c(0)]), read(k(0), c(0))]),
        ends(),
    );
    let consumed = send(k(-1), [Tag::ENTRY.form(), c(0), c(0)]);
    let second = kind(
        "second",
        vec![],
        [
            entry([c(0), c(1)]),
            consumed,
            read(k(0), c(0)),
            read(k(0), c(1)),
        ],
    );
    let second = with(second, ends());
    forged(
        P2,
        [
            (main, &[&[5]]),
            (second, &[&[5, 9]]),
            (memory(), &[&[0, 5, 2], &[0, 9, 1]]),
        ],
        &[1, 5, 9],
    );
}
