//! Programs in the language: what `rustc` makes of them, what the interpreter does, and the rows.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{agrees, mutations};
use p3_field::PrimeCharacteristicRing;
use sheaf_compiler::{Program, Source, compile};
use sheaf_executor::{Executor, Input};
use sheaf_guest::{Digest, E, Flat, compress, with_advice};
use sheaf_guests::Case;
use sheaf_guests::language::{
    ALL, factors, fibonacci, life, matrices, membership, polynomial, roots, sorting,
};
use sheaf_program::F;

/// The program of this name.
fn program(name: &str) -> Program {
    let text = ALL
        .iter()
        .find(|text| text.path.ends_with(&format!("/{name}.rs")))
        .unwrap();
    match compile(&Source::new(text.path, text.text)) {
        Ok(program) => {
            assert!(program.warnings.all().is_empty(), "{}", program.warnings);
            program
        }
        Err(errors) => panic!("{errors}"),
    }
}

fn elements(value: &impl Flat) -> Vec<F> {
    let elements = value.to_elements();
    elements
        .iter()
        .map(|x| F::from_u32(x.canonical()))
        .collect()
}

/// What a program gives natively.
fn native<A: Flat, R: Flat>(
    arguments: A,
    advice: &[sheaf_guest::F],
    main: impl FnOnce(A) -> R,
) -> Case {
    let given = elements(&arguments);
    let (result, taken) = with_advice(advice, || main(arguments));
    assert_eq!(taken, advice.len());
    Case {
        arguments: given,
        advice: elements_of(advice),
        results: elements(&result),
    }
}

fn elements_of(list: &[sheaf_guest::F]) -> Vec<F> {
    list.iter().map(|x| F::from_u32(x.canonical())).collect()
}

/// Native, interpreter and rows agree.
fn same<A: Flat, R: Flat>(
    program: &Program,
    arguments: A,
    advice: &[sheaf_guest::F],
    main: impl FnOnce(A) -> R,
) -> Case {
    let case = native(arguments, advice, main);
    agrees(&program.executable, &case);
    let interpreted = program
        .interpret(&case.arguments, &case.advice, 1 << 24)
        .unwrap();
    assert_eq!(interpreted, (case.results.clone(), case.advice.len()));
    case
}

/// All of them fail.
fn fails<A: Flat, R: Flat>(
    program: &Program,
    arguments: A,
    advice: &[sheaf_guest::F],
    main: impl FnOnce(A) -> R,
) {
    let given = elements(&arguments);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        with_advice(advice, || elements(&main(arguments)))
    }));
    assert!(panicked.is_err());
    let tape = elements_of(advice);
    program.interpret(&given, &tape, 1 << 24).unwrap_err();
    let input = Input {
        arguments: &given,
        advice: &tape,
        max_rows: 1 << 20,
    };
    assert!(Executor::new(&program.executable).run(input).is_err());
}

fn numbers(list: &[usize]) -> Vec<sheaf_guest::F> {
    list.iter().map(|&n| sheaf_guest::F::new(n)).collect()
}

#[test]
fn fibonacci_is_the_same_on_all_sides() {
    let program = program("fibonacci");
    for n in [0, 1, 2, 300] {
        same(&program, n, &[], fibonacci::main);
    }
    let case = same(&program, 3, &[], fibonacci::main);
    assert!(mutations(&program.executable, &case, 3).is_empty());
}

#[test]
fn membership_is_the_same_on_all_sides() {
    let program = program("membership");
    let leaf = Digest::new(std::array::from_fn(|i| sheaf_guest::F::new(7 * i + 1)));
    let siblings: Vec<Digest> = (0..20)
        .map(|level| {
            Digest::new(std::array::from_fn(|i| {
                sheaf_guest::F::new(100 * level + i)
            }))
        })
        .collect();
    let tape: Vec<sheaf_guest::F> = siblings.iter().flat_map(Flat::to_elements).collect();
    for index in [0, 1, 0b1010_0110_0101_1010_0111, (1 << 20) - 1] {
        let mut root = leaf;
        for (level, &sibling) in siblings.iter().enumerate() {
            root = match index >> level & 1 {
                0 => compress(root, sibling),
                _ => compress(sibling, root),
            };
        }
        let main = |(root, index, leaf)| membership::main(root, index, leaf);
        let case = same(&program, (root, index, leaf), &tape, main);
        if index == 1 {
            assert!(mutations(&program.executable, &case, 2).is_empty());
        }
        fails(&program, (leaf, index, leaf), &tape, main);
        fails(&program, (root, index ^ 8, leaf), &tape, main);
        fails(&program, (root, index + (1 << 20), leaf), &tape, main);
    }
}

#[test]
fn a_polynomial_is_the_same_on_all_sides() {
    let program = program("polynomial");
    let x = E::new(std::array::from_fn(|i| sheaf_guest::F::new(i + 2)));
    for n in [0, 1, 20] {
        let tape = numbers(&(0..5 * n).map(|i| i * i + 3).collect::<Vec<_>>());
        let case = same(&program, (n, x), &tape, |(n, x)| polynomial::main(n, x));
        assert!(mutations(&program.executable, &case, 2).is_empty());
    }
}

#[test]
fn sorting_is_the_same_on_all_sides() {
    let program = program("sorting");
    for list in [
        &[][..],
        &[5],
        &[3, 3, 1],
        &[(1 << 24) - 1, 0, 4095, 17, 17, 2],
    ] {
        let mut from: Vec<usize> = (0..list.len()).collect();
        from.sort_by_key(|&i| list[i]);
        let mut to = vec![0; list.len()];
        for (place, &i) in from.iter().enumerate() {
            to[i] = place;
        }
        let tape = |from: &[usize], to: &[usize]| numbers(&[list, from, to].concat());
        let case = same(&program, list.len(), &tape(&from, &to), sorting::main);
        assert!(mutations(&program.executable, &case, 2).is_empty());
        if list.len() > 1 {
            // A number twice; one beyond the list; two that are not sorted.
            let (mut twice, mut beyond) = (from.clone(), from.clone());
            twice[0] = twice[1];
            beyond[0] = list.len();
            fails(&program, list.len(), &tape(&twice, &to), sorting::main);
            fails(&program, list.len(), &tape(&beyond, &to), sorting::main);
            from.swap(0, list.len() - 1);
            to.swap(from[0], from[list.len() - 1]);
            fails(&program, list.len(), &tape(&from, &to), sorting::main);
        }
    }
}

#[test]
fn matrices_are_the_same_on_all_sides() {
    let program = program("matrices");
    for n in [0, 1, 2, 5] {
        let tape = numbers(&(0..2 * n * n).map(|i| i * 77 + 5).collect::<Vec<_>>());
        let case = same(&program, n, &tape, matrices::main);
        if n == 2 {
            assert!(mutations(&program.executable, &case, 1).is_empty());
        }
    }
}

#[test]
fn life_is_the_same_on_all_sides() {
    let program = program("life");
    let glider = [2, 1, 7, 0, 0, 0, 0, 0];
    let main = |(start, steps)| life::main(start, steps);
    for steps in [0, 1, 5] {
        same(&program, (glider, steps), &[], main);
    }
    fails(&program, ([256, 0, 0, 0, 0, 0, 0, 0], 0), &[], main);
}

#[test]
fn factors_are_the_same_on_all_sides() {
    let program = program("factors");
    for (a, b) in [(2, 2), (17, 19), (4093, 4091), (2, (1 << 23) - 1)] {
        let case = same(&program, a * b, &numbers(&[a, b]), factors::main);
        assert!(mutations(&program.executable, &case, 1).is_empty());
    }
    // 1, a factor that is none, and a product that is right modulo p only.
    for (n, a, b) in [(7, 1, 7), (323, 17, 18), ((1 << 24) - 1, 1 << 20, 1 << 11)] {
        fails(&program, n, &numbers(&[a, b]), factors::main);
    }
}

#[test]
fn roots_are_the_same_on_all_sides() {
    let program = program("roots");
    // A power of 2^24 is a root of unity of order 127.
    let mut x = sheaf_guest::F::new(3);
    for _ in 0..24 {
        x *= x;
    }
    let case = same(&program, x, &[], roots::main);
    assert!(mutations(&program.executable, &case, 1).is_empty());
    fails(&program, sheaf_guest::F::new(3), &[], roots::main);
}

#[test]
fn the_document_shows_programs_that_are_here() {
    let document = include_str!("../../docs/language.md");
    let programs: Vec<&str> = (document.split("```rust\n").skip(1))
        .filter_map(|block| block.split("```").next())
        .filter(|block| block.contains("fn main"))
        .collect();
    assert!(programs.len() >= 4);
    for program in programs {
        let shown = ALL.iter().any(|text| text.text.contains(program.trim()));
        assert!(shown, "no program has this text:\n{program}");
    }
}
