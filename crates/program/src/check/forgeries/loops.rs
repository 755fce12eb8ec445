//! P3 and P4: loops that carry their start, and loops with tickets.

use super::*;

#[test]
fn p3_a_start_that_is_not_carried_lets_callers_swap_their_ends() {
    // State: steps that remain, and a number that grows by 1.
    let caller = |start: [Form; 2], end: [Form; 2]| {
        let start = Message {
            multiplicity: k(1),
            tuple: far(start.clone(), [k(2), c(0)]),
        };
        let end = Message {
            multiplicity: k(-1),
            tuple: far(end, [k(0), c(1)]),
        };
        kind("f", vec![], [fun(1, 0, c(0), c(1)), start, end])
    };
    let step = kind(
        "step",
        vec![],
        [
            Message {
                multiplicity: k(1),
                tuple: far([c(2), c(3)], [&c(0) - &k(1), &c(1) + &k(1)]),
            },
            Message {
                multiplicity: k(-1),
                tuple: far([c(2), c(3)], [c(0), c(1)]),
            },
        ],
    );
    let dropped = caller([k(0), k(0)], [k(0), k(0)]);
    let rows: [&[i32]; 4] = [&[2, 1], &[1, 2], &[2, 10], &[1, 11]];
    forged(
        P3,
        [
            (main_twice(), &[&[1, 10, 12, 3]]),
            (dropped, &[&[1, 12], &[10, 3]]),
            (step.clone(), &rows),
        ],
        &[1, 1, 10, 12, 3],
    );
    let carried = caller([k(2), c(0)], [k(2), c(0)]);
    let rows: [&[i32]; 4] = [
        &[2, 1, 2, 1],
        &[1, 2, 2, 1],
        &[2, 10, 2, 10],
        &[1, 11, 2, 10],
    ];
    honest(
        [
            (main_twice(), &[&[1, 10, 3, 12]]),
            (carried, &[&[1, 3], &[10, 12]]),
            (step, &rows),
        ],
        &[1, 1, 10, 3, 12],
    );
}

#[test]
fn p4_equal_numbers_let_callers_swap_their_ends() {
    let steps: [&[i32]; 4] = [&[7, 2, 1], &[7, 1, 2], &[7, 2, 10], &[7, 1, 11]];
    forged(
        P4,
        [
            (main_twice(), &[&[1, 10, 12, 3]]),
            (looping(&[]), &[&[1, 12, 7], &[10, 3, 7]]),
            (step(c(0)), &steps),
        ],
        &[1, 1, 10, 12, 3],
    );
    let steps: [&[i32]; 4] = [&[0, 2, 1], &[0, 1, 2], &[1, 2, 10], &[1, 1, 11]];
    honest(
        [
            (
                with(main_twice(), anchors(Class::Chain, 0, k(0), k(2))),
                &[&[1, 10, 3, 12]],
            ),
            (looping(&[0]), &[&[1, 3, 0], &[10, 12, 1]]),
            (step(c(0)), &steps),
            (tickets(0), &[&[0], &[1]]),
        ],
        &[1, 1, 10, 3, 12],
    );
}

#[test]
fn p4_a_ticket_that_need_not_be_consumed_is_used_twice() {
    let mut f = looping(&[0]);
    f.constraints = vec![product(c(3), c(3), c(3))];
    f.messages[3].multiplicity = -&c(3);
    let steps: [&[i32]; 4] = [&[7, 2, 1], &[7, 1, 2], &[7, 2, 10], &[7, 1, 11]];
    forged(
        P4,
        [
            (
                with(main_twice(), anchors(Class::Chain, 0, k(0), k(0))),
                &[&[1, 10, 12, 3]],
            ),
            (f, &[&[1, 12, 7, 0], &[10, 3, 7, 0]]),
            (step(c(0)), &steps),
            (tickets(0), &[]),
        ],
        &[1, 1, 10, 12, 3],
    );
}

#[test]
fn p4_one_ticket_for_two_loops_of_a_row_swaps_their_ends() {
    // f(x, y) = (x + 2, y + 2), both with the ticket in cell 4.
    let f = kind(
        "f",
        vec![],
        [
            send(k(1), [tag(Class::Fun, 0), c(0), c(1), c(2), c(3)]),
            send(k(-1), [tag(Class::Ticket, 0), c(4)]),
            state(1, c(4), k(2), c(0)),
            state(-1, c(4), k(0), c(2)),
            state(1, c(4), k(2), c(1)),
            state(-1, c(4), k(0), c(3)),
        ],
    );
    let main = kind(
        "main",
        vec![],
        [
            entry([c(0), c(1), c(2), c(3)]),
            send(k(-1), [tag(Class::Fun, 0), c(0), c(1), c(2), c(3)]),
        ],
    );
    let steps: [&[i32]; 4] = [&[0, 2, 1], &[0, 1, 2], &[0, 2, 10], &[0, 1, 11]];
    forged(
        P4,
        [
            (
                with(main, anchors(Class::Chain, 0, k(0), k(1))),
                &[&[1, 10, 12, 3]],
            ),
            (f, &[&[1, 10, 12, 3, 0]]),
            (step(c(0)), &steps),
            (tickets(0), &[&[0]]),
        ],
        &[1, 1, 10, 12, 3],
    );
}

#[test]
fn p4_two_sorts_of_tickets_give_a_number_out_twice() {
    let main = with(main_twice(), anchors(Class::Chain, 0, k(0), k(1)));
    let main = with(main, anchors(Class::Chain, 1, k(0), k(1)));
    let steps: [&[i32]; 4] = [&[0, 2, 1], &[0, 1, 2], &[0, 2, 10], &[0, 1, 11]];
    forged(
        P4,
        [
            (main, &[&[1, 10, 12, 3]]),
            (looping(&[0]), &[&[1, 12, 0]]),
            (looping(&[1]), &[&[10, 3, 0]]),
            (step(c(0)), &steps),
            (tickets(0), &[&[0]]),
            (tickets(1), &[&[0]]),
        ],
        &[1, 1, 10, 12, 3],
    );
}

#[test]
fn p4_a_step_that_changes_its_ticket_swaps_ends_as_well() {
    let main = with(main_twice(), anchors(Class::Chain, 0, k(0), k(2)));
    let steps: [&[i32]; 4] = [&[0, 2, 1, 1], &[1, 1, 2, 1], &[1, 2, 10, 0], &[0, 1, 11, 0]];
    forged(
        P4,
        [
            (main, &[&[1, 10, 12, 3]]),
            (looping(&[0]), &[&[1, 12, 0], &[10, 3, 1]]),
            (step(c(3)), &steps),
            (tickets(0), &[&[0], &[1]]),
        ],
        &[1, 1, 10, 12, 3],
    );
}

#[test]
fn p4_a_state_comes_from_nothing() {
    let main = with(
        kind(
            "main",
            vec![],
            [entry([c(0), c(1)]), fun(-1, 0, c(0), c(1))],
        ),
        anchors(Class::Chain, 0, k(0), k(1)),
    );
    let nothing = kind("nothing", vec![], [state(1, c(0), k(0), c(1))]);
    // Somebody has to consume the start.
    let swallow = kind(
        "swallow",
        vec![],
        [fun(1, 1, c(0), c(1)), state(-1, c(0), k(2), c(1))],
    );
    forged(
        P4,
        [
            (main, &[&[1, 99]]),
            (looping(&[0]), &[&[1, 99, 0]]),
            (tickets(0), &[&[0]]),
            (nothing, &[&[0, 99]]),
            (with(swallow, [fun(-1, 1, c(0), c(1))]), &[&[0, 1]]),
        ],
        &[1, 1, 99],
    );
}
