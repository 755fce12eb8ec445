//! Programs that violate one condition, each with a balanced run of what is not so.

mod chains;
mod facts;
mod heads;
mod loops;

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

/// The range `0..4` with the multiplicity in cell 1, and what is consumed to be in it.
fn range() -> Kind {
    chain(
        "range",
        Class::Range,
        0,
        [send(c(1), [tag(Class::Table, 1), c(0)])],
    )
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
