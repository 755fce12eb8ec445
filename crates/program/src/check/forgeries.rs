//! Programs that violate one condition, each with a balanced run of what is not so.

use p3_field::PrimeCharacteristicRing;

use super::Condition::{self, P0, P1, P2, P3, P4, P5, P6, P7};
use crate::layout::CELLS;
use crate::{Class, Constraint, Counts, E, F, Form, Kind, Message, Permutation, Program, Run, Tag};

/// A constant form.
fn k(n: i32) -> Form {
    Form::constant(E::from_i32(n))
}

/// A cell.
fn c(cell: usize) -> Form {
    Form::cell(cell)
}

/// A tag.
fn tag(class: Class, number: u32) -> Form {
    Tag::new(class, number).unwrap().form()
}

/// A message.
fn send<const N: usize>(multiplicity: Form, tuple: [Form; N]) -> Message {
    Message {
        multiplicity,
        tuple: tuple.to_vec(),
    }
}

/// `left right = result`.
fn product(left: Form, right: Form, result: Form) -> Constraint {
    Constraint {
        products: vec![(left, right)],
        result,
    }
}

/// `a = b`.
fn equal(a: &Form, b: &Form) -> Constraint {
    Constraint {
        products: vec![],
        result: a - b,
    }
}

fn kind<const M: usize>(name: &str, constraints: Vec<Constraint>, messages: [Message; M]) -> Kind {
    Kind {
        constraints,
        messages: messages.to_vec(),
        ..Kind::new(name, Permutation::None)
    }
}

/// A kind with its rows.
type Rows<'a> = (Kind, &'a [&'a [i32]]);

fn parts<const N: usize>(kinds: [Rows<'_>; N], public: &[i32]) -> (Program, Run) {
    let mut cells = Vec::new();
    let mut zone_b = Vec::new();
    for (_, rows) in &kinds {
        zone_b.push(rows.len() as u32);
        for row in *rows {
            cells.extend(row.iter().map(|&x| F::from_i32(x)));
            cells.resize(cells.len().next_multiple_of(CELLS), F::ZERO);
        }
    }
    let program = Program::new(vec![], kinds.map(|(kind, _)| kind).to_vec()).unwrap();
    let run = Run {
        counts: Counts {
            instances: 1,
            log_block: 0,
            zone_b,
        },
        cells,
        public: public.iter().map(|&x| E::from_i32(x)).collect(),
    };
    (program, run)
}

/// The rows balance, and the program is refused for this condition alone.
fn forged<const N: usize>(condition: Condition, kinds: [Rows<'_>; N], public: &[i32]) {
    let (program, run) = parts(kinds, public);
    run.check(&program).expect("the forged run balances");
    let violations = program.check().expect_err("the program is refused").0;
    for violation in &violations {
        assert_eq!(violation.condition, condition, "{violation}");
    }
}

/// The rows balance, and the program is right.
fn honest<const N: usize>(kinds: [Rows<'_>; N], public: &[i32]) {
    let (program, run) = parts(kinds, public);
    run.check(&program).unwrap();
    program.check().unwrap();
}

fn entry<const N: usize>(forms: [Form; N]) -> Message {
    let mut tuple = vec![Tag::ENTRY.form()];
    tuple.extend(forms);
    Message {
        multiplicity: k(1),
        tuple,
    }
}

fn fun(sign: i32, number: u32, x: Form, y: Form) -> Message {
    send(k(sign), [tag(Class::Fun, number), x, y])
}

/// `main(x) = f(x)`, both in cells 0 and 1.
fn main_calls(number: u32) -> Kind {
    kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), fun(-1, number, c(0), c(1))],
    )
}

/// `f(x) = x x`.
fn square() -> Kind {
    kind(
        "square",
        vec![product(c(0), c(0), c(1))],
        [fun(1, 0, c(0), c(1))],
    )
}

/// A chain's row at the address in cell 0, which sends what is given.
fn chain<const M: usize>(name: &str, class: Class, number: u32, messages: [Message; M]) -> Kind {
    let mut row = kind(
        name,
        vec![],
        [
            send(k(-1), [tag(class, number), c(0)]),
            send(k(1), [tag(class, number), &c(0) + &k(1)]),
        ],
    );
    row.messages.extend(messages);
    row
}

/// The ends of a chain.
fn anchors(class: Class, number: u32, start: Form, end: Form) -> [Message; 2] {
    [
        send(k(1), [tag(class, number), start]),
        send(k(-1), [tag(class, number), end]),
    ]
}

/// Memory: `(TABLE 0, a, word)` in cells 0 and 1, as often as cell 2 says.
fn memory() -> Kind {
    let word = send(c(2), [tag(Class::Table, 0), c(0), c(1)]);
    chain("memory", Class::Chain, 0, [word])
}

/// A read of memory.
fn read(address: Form, word: Form) -> Message {
    send(k(-1), [tag(Class::Table, 0), address, word])
}

fn with<const M: usize>(mut kind: Kind, messages: [Message; M]) -> Kind {
    kind.messages.extend(messages);
    kind
}

#[test]
fn a_call_a_memory_and_a_range_are_right() {
    honest(
        [(main_calls(0), &[&[5, 25]]), (square(), &[&[5, 25]])],
        &[1, 5, 25],
    );
    let main = kind(
        "main",
        vec![],
        [entry([c(0), c(1)]), read(k(0), c(0)), read(k(1), c(1))],
    );
    let main = with(main, anchors(Class::Chain, 0, k(0), c(2)));
    honest(
        [(main, &[&[5, 9, 2]]), (memory(), &[&[0, 5, 1], &[1, 9, 1]])],
        &[1, 5, 9],
    );
}

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

/// The range `0..4` with the multiplicity in cell 1, and what is consumed to be in it.
fn range() -> Kind {
    chain(
        "range",
        Class::Range,
        0,
        [send(c(1), [tag(Class::Table, 1), c(0)])],
    )
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

/// Positions 16 on.
fn far<const N: usize>(start: [Form; N], state: [Form; N]) -> Vec<Form> {
    let mut tuple = vec![Form::ZERO; 31];
    tuple[0] = tag(Class::Loop, 0);
    for (j, (x, s)) in start.into_iter().zip(state).enumerate() {
        tuple[1 + j] = x;
        tuple[16 + j] = s;
    }
    tuple
}

/// `main(x, y) = (f(x), f(y))`.
fn main_twice() -> Kind {
    kind(
        "main",
        vec![],
        [
            entry([c(0), c(1), c(2), c(3)]),
            fun(-1, 0, c(0), c(2)),
            fun(-1, 0, c(1), c(3)),
        ],
    )
}

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

/// `(TLOOP 0, i, steps, number)`.
fn state(sign: i32, i: Form, steps: Form, number: Form) -> Message {
    send(k(sign), [tag(Class::TicketLoop, 0), i, steps, number])
}

/// Adds 1 and counts down: ticket, steps and number in cells 0 to 2.
fn step(head: Form) -> Kind {
    kind(
        "step",
        vec![],
        [
            state(1, head, &c(1) - &k(1), &c(2) + &k(1)),
            state(-1, c(0), c(1), c(2)),
        ],
    )
}

/// `f(x) = x + 2` by a loop; ticket in cell 2.
fn looping(tickets: &[u32]) -> Kind {
    let mut f = kind(
        "f",
        vec![],
        [
            fun(1, 0, c(0), c(1)),
            state(1, c(2), k(2), c(0)),
            state(-1, c(2), k(0), c(1)),
        ],
    );
    let consumed = tickets
        .iter()
        .map(|&n| send(k(-1), [tag(Class::Ticket, n), c(2)]));
    f.messages.extend(consumed);
    f
}

/// Tickets, on a chain each.
fn tickets(number: u32) -> Kind {
    chain(
        "tickets",
        Class::Chain,
        number,
        [send(k(1), [tag(Class::Ticket, number), c(0)])],
    )
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
