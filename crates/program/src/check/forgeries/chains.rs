//! P5 and P6: chains, tables, tickets.

use super::*;

#[test]
fn p5_ends_in_a_function_give_memory_two_words() {
    let main = kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), read(k(0), c(0)), read(k(0), c(1))],
    );
    let ends = || anchors(Class::Chain, 0, k(0), k(1));
    let f = with(
        kind("f", vec![], [fun(1, 0, c(0), c(1)), fun(-1, 1, c(0), c(1))]),
        ends(),
    );
    let g = kind("g", vec![], [fun(1, 1, c(0), c(1)), fun(-1, 0, c(0), c(1))]);
    forged(
        P5,
        [
            (with(main, ends()), &[&[5, 9]]),
            (f, &[&[0, 0]]),
            (g, &[&[0, 0]]),
            (memory(), &[&[0, 5, 1], &[0, 9, 1]]),
        ],
        &[1, 5, 9],
    );
}

#[test]
fn p5_a_range_without_an_end_contains_anything() {
    let main = |end| {
        let main = kind(
            "main",
            vec![],
            [entry([c(0)]), send(k(-1), [tag(Class::Table, 1), c(0)])],
        );
        with(main, anchors(Class::Range, 0, k(0), end))
    };
    let rows: [&[i32]; 3] = [&[0, 0], &[1, 0], &[2, 1]];
    forged(P5, [(main(c(1)), &[&[2, 3]]), (range(), &rows)], &[1, 2]);
    honest([(main(k(3)), &[&[2]]), (range(), &rows)], &[1, 2]);
}

#[test]
fn p5_a_range_that_starts_at_a_cell_contains_what_is_before_it() {
    let main = kind(
        "main",
        vec![],
        [entry([c(0)]), send(k(-1), [tag(Class::Table, 1), c(0)])],
    );
    let main = with(main, anchors(Class::Range, 0, c(1), k(100)));
    forged(P5, [(main, &[&[99, 99]]), (range(), &[&[99, 1]])], &[1, 99]);
}

#[test]
fn p5_a_chain_row_that_stays_where_it_is_gives_an_address_two_words() {
    let mut stays = memory();
    stays.name = "stays".into();
    stays.messages[1].tuple[1] = c(0);
    let main = kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), read(k(0), c(0)), read(k(0), c(1))],
    );
    let main = with(main, anchors(Class::Chain, 0, k(0), k(0)));
    forged(
        P5,
        [(main, &[&[5, 9]]), (stays, &[&[0, 5, 1], &[0, 9, 1]])],
        &[1, 5, 9],
    );
}

#[test]
fn p6_an_address_has_two_words() {
    let main = kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), read(k(0), c(0)), read(k(0), c(1))],
    );
    let main = with(main, anchors(Class::Chain, 0, k(0), k(1)));
    let twice = with(memory(), [send(c(4), [tag(Class::Table, 0), c(0), c(3)])]);
    forged(
        P6,
        [(main.clone(), &[&[5, 9]]), (twice, &[&[0, 5, 1, 9, 1]])],
        &[1, 5, 9],
    );
    // At an address that is not the chain's.
    let mut elsewhere = memory();
    elsewhere.messages[2].tuple[1] = c(3);
    let main2 = with(
        kind(
            "main",
            vec![],
            [entry([c(0), c(1)]), read(k(0), c(0)), read(k(0), c(1))],
        ),
        anchors(Class::Chain, 0, k(0), k(2)),
    );
    forged(
        P6,
        [
            (main2, &[&[5, 9]]),
            (elsewhere, &[&[0, 5, 1, 0], &[1, 9, 1, 0]]),
        ],
        &[1, 5, 9],
    );
    // Produced once by a row of no chain.
    let outside = kind(
        "outside",
        vec![],
        [send(k(1), [tag(Class::Table, 0), c(0), c(1)])],
    );
    forged(
        P6,
        [
            (main, &[&[5, 9]]),
            (memory(), &[&[0, 5, 1]]),
            (outside, &[&[0, 9]]),
        ],
        &[1, 5, 9],
    );
}

#[test]
fn p6_one_table_on_two_chains_has_two_words() {
    let main = kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), read(k(0), c(0)), read(k(0), c(1))],
    );
    let main = with(main, anchors(Class::Chain, 0, k(0), k(1)));
    let main = with(main, anchors(Class::Chain, 1, k(0), k(1)));
    let word = send(c(2), [tag(Class::Table, 0), c(0), c(1)]);
    let other = chain("other", Class::Chain, 1, [word]);
    forged(
        P6,
        [
            (main, &[&[5, 9]]),
            (memory(), &[&[0, 5, 1]]),
            (other, &[&[0, 9, 1]]),
        ],
        &[1, 5, 9],
    );
}

#[test]
fn p6_a_ticket_is_given_out_twice() {
    let main = with(main_twice(), anchors(Class::Chain, 0, k(0), k(1)));
    let steps: [&[i32]; 4] = [&[0, 2, 1], &[0, 1, 2], &[0, 2, 10], &[0, 1, 11]];
    let twice = with(tickets(0), [send(k(1), [tag(Class::Ticket, 0), c(0)])]);
    forged(
        P6,
        [
            (main, &[&[1, 10, 12, 3]]),
            (looping(&[0]), &[&[1, 12, 0], &[10, 3, 0]]),
            (step(c(0)), &steps),
            (twice, &[&[0]]),
        ],
        &[1, 1, 10, 12, 3],
    );
}

#[test]
fn p6_tables_support_each_other() {
    // A square is in table 2 if it is in table 0, and conversely.
    let here = send(c(2), [tag(Class::Table, 0), c(0), c(1)]);
    let there = send(k(-1), [tag(Class::Table, 2), c(0), c(1)]);
    let first = chain("first", Class::Chain, 0, [here, there]);
    let here = send(c(2), [tag(Class::Table, 2), c(0), c(1)]);
    let there = send(k(-1), [tag(Class::Table, 0), c(0), c(1)]);
    let second = chain("second", Class::Chain, 1, [here, there]);
    let main = kind("main", vec![], [entry([c(0)]), read(k(0), c(0))]);
    let main = with(main, anchors(Class::Chain, 0, k(0), k(1)));
    let main = with(main, anchors(Class::Chain, 1, k(0), k(1)));
    forged(
        P6,
        [
            (main, &[&[99]]),
            (first, &[&[0, 99, 2]]),
            (second, &[&[0, 99, 1]]),
        ],
        &[1, 99],
    );
}

#[test]
fn p6_a_chain_row_consumes_what_is_no_table() {
    // Each address calls a function, which reads that address.
    let word = send(c(2), [tag(Class::Table, 0), c(0), c(1)]);
    let calls = chain("calls", Class::Chain, 0, [word, fun(-1, 0, c(0), c(1))]);
    let reads = kind("reads", vec![], [fun(1, 0, c(0), c(1)), read(c(0), c(1))]);
    let main = kind("main", vec![], [entry([c(0)]), read(k(0), c(0))]);
    let main = with(main, anchors(Class::Chain, 0, k(0), k(1)));
    forged(
        P6,
        [
            (main, &[&[99]]),
            (calls, &[&[0, 99, 2]]),
            (reads, &[&[0, 99]]),
        ],
        &[1, 99],
    );
}
