//! P7: facts; and what a violation names.

use super::*;

fn fact(multiplicity: Form, rank: Form, value: Form) -> Message {
    send(multiplicity, [tag(Class::Fact, 0), rank, value])
}

#[test]
fn p7_a_fact_supports_itself() {
    let main = || kind("main", vec![], [entry([c(0)]), fact(k(-1), k(3), c(0))]);
    let own = kind(
        "own",
        vec![],
        [fact(c(2), c(1), c(0)), fact(k(-1), c(1), c(0))],
    );
    forged(P7, [(main(), &[&[99]]), (own, &[&[99, 3, 2]])], &[1, 99]);
    // Through a function.
    let calls = kind(
        "calls",
        vec![],
        [fact(c(2), c(1), c(0)), fun(-1, 0, c(1), c(0))],
    );
    let reads = kind(
        "reads",
        vec![],
        [fun(1, 0, c(1), c(0)), fact(k(-1), c(1), c(0))],
    );
    forged(
        P7,
        [
            (main(), &[&[99]]),
            (calls, &[&[99, 3, 2]]),
            (reads, &[&[99, 3]]),
        ],
        &[1, 99],
    );
    // Through another fact.
    let other = |m: Form| send(m, [tag(Class::Fact, 1), c(1), c(0)]);
    let one = kind("one", vec![], [fact(c(2), c(1), c(0)), other(k(-1))]);
    let two = kind("two", vec![], [other(c(2)), fact(k(-1), c(1), c(0))]);
    forged(
        P7,
        [
            (main(), &[&[99]]),
            (one, &[&[99, 3, 2]]),
            (two, &[&[99, 3, 1]]),
        ],
        &[1, 99],
    );
}

#[test]
fn p7_ranks_up_and_down_meet() {
    let main = || kind("main", vec![], [entry([c(0)]), fact(k(-1), k(3), c(0))]);
    let up = kind(
        "up",
        vec![],
        [fact(c(2), &c(1) + &k(1), c(0)), fact(k(-1), c(1), c(0))],
    );
    let down = kind(
        "down",
        vec![],
        [fact(c(2), &c(1) - &k(1), c(0)), fact(k(-1), c(1), c(0))],
    );
    forged(
        P7,
        [
            (main(), &[&[99]]),
            (up.clone(), &[&[99, 2, 2]]),
            (down, &[&[99, 3, 1]]),
        ],
        &[1, 99],
    );
    // Up alone starts somewhere.
    let start = kind(
        "start",
        vec![equal(&c(0), &k(99))],
        [fact(c(1), k(1), c(0))],
    );
    honest(
        [
            (main(), &[&[99]]),
            (start, &[&[99, 1]]),
            (up, &[&[99, 1, 1], &[99, 2, 1]]),
        ],
        &[1, 99],
    );
}

#[test]
fn p7_a_row_with_a_head_produces_the_fact_that_it_needs() {
    let main = kind("main", vec![], [entry([c(0)]), fun(-1, 0, c(0), c(0))]);
    let f = kind(
        "f",
        vec![],
        [
            fun(1, 0, c(0), c(0)),
            fact(k(-1), k(0), c(0)),
            fact(k(1), k(0), c(0)),
        ],
    );
    forged(P7, [(main, &[&[99]]), (f, &[&[99]])], &[1, 99]);
}

#[test]
fn a_violation_names_kind_message_and_position() {
    let any = kind("any", vec![], [send(k(1), [c(2), c(0), c(1)])]);
    let (program, _) = parts([(main_calls(0), &[]), (any, &[])], &[1]);
    assert_eq!(
        program.check().unwrap_err().to_string(),
        "P0: kind `any`, message 0, position 0: position 0 is not the constant form of a tag"
    );
    let f = kind("f", vec![], [send(k(2), [tag(Class::Fun, 7), c(0)])]);
    let (program, _) = parts([(f, &[])], &[1]);
    assert_eq!(
        program.check().unwrap_err().to_string(),
        "P1: kind `f`, message 0: a tuple of FUN 7 is sent neither once, nor consumed once or a boolean's times"
    );
}
