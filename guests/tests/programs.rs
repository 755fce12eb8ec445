//! Programs against their native twins.

mod common;

use common::{agrees, mutations, run};
use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input, Problem};
use sheaf_guests::catalogue::{self, Guest};
use sheaf_guests::{fibonacci, membership, polynomial, poseidon_chain, sorting};
use sheaf_program::{E, F};

fn word(n: u32) -> E {
    E::new(core::array::from_fn(|i| F::from_u32(n + 3 * i as u32)))
}

#[test]
fn fibonacci_agrees_with_its_twin() {
    let program = fibonacci::program();
    for n in [0, 1, 2, 100] {
        agrees(&program, &fibonacci::case(n, word(1), word(9)));
    }
    assert!(mutations(&program, &fibonacci::case(3, word(1), word(9)), 3).is_empty());
}

#[test]
fn fibonacci_of_many_steps_has_a_row_for_each() {
    let n = 1 << 18;
    let outcome = agrees(&fibonacci::program(), &fibonacci::case(n, word(1), word(9)));
    let steps = outcome
        .profile
        .kinds
        .iter()
        .find(|kind| kind.name == "steps")
        .unwrap();
    assert_eq!((steps.rows, steps.cells), (n as usize, 12 * n as usize));
}

#[test]
fn a_chain_of_permutations_agrees_with_its_twin() {
    let program = poseidon_chain::program();
    for n in [0, 1, 50] {
        agrees(&program, &poseidon_chain::case(n));
    }
    assert!(mutations(&program, &poseidon_chain::case(2), 2).is_empty());
}

#[test]
fn membership_agrees_with_its_twin_on_every_side() {
    let program = membership::program();
    for index in [0, 1, 0b1010_0110_0101_1010_0111, (1 << 20) - 1] {
        agrees(&program, &membership::case(index));
    }
    assert!(mutations(&program, &membership::case(5), 2).is_empty());
}

#[test]
fn membership_at_another_index_or_under_another_root_has_no_run() {
    let program = membership::program();
    let executor = Executor::new(&program);
    // A root, an index and a leaf; and an index beyond the tree.
    for (change, by) in [(0, 1), (9, 1), (10, 1), (9, 1 << 20)] {
        let mut case = membership::case(77);
        case.arguments[change] += F::from_u32(by);
        let input = Input {
            arguments: &case.arguments,
            advice: &case.advice,
            max_rows: 1000,
        };
        let error = executor.run(input).unwrap_err();
        assert!(
            matches!(&error.problem, Problem::Unexpected { name, .. } if name == "path"),
            "{error}"
        );
        assert!(
            error
                .to_string()
                .contains("`membership` at guests/src/membership.rs:"),
            "{error}"
        );
    }
}

#[test]
fn a_polynomial_agrees_with_its_twin() {
    let program = polynomial::program();
    for n in [0, 1, 20] {
        agrees(&program, &polynomial::case(n, word(5)));
    }
    assert!(mutations(&program, &polynomial::case(2, word(5)), 2).is_empty());
}

#[test]
fn sorting_agrees_with_its_twin() {
    let program = sorting::program();
    let many: Vec<u32> = (0..500).map(|i| i * i * 7 % 4096).collect();
    for numbers in [&[][..], &[5], &[3, 3, 1], &[4095, 0, 4095, 17], &many] {
        agrees(&program, &sorting::case(numbers));
    }
    assert!(mutations(&program, &sorting::case(&[9, 4, 6]), 3).is_empty());
}

#[test]
fn a_list_that_is_not_sorted_has_no_run() {
    let program = sorting::program();
    let executor = Executor::new(&program);
    let problem = |change: &dyn Fn(&mut Vec<F>)| {
        let mut case = sorting::case(&[9, 4, 6]);
        change(&mut case.advice);
        let input = Input {
            arguments: &case.arguments,
            advice: &case.advice,
            max_rows: 10_000,
        };
        executor.run(input).unwrap_err().problem
    };
    // 9 and 4 change places; 6 takes the place of 9; 9 goes beyond the list.
    let swapped = problem(&|tape| tape.swap(1, 3));
    assert!(matches!(swapped, Problem::Assertion { .. }), "{swapped}");
    let twice = problem(&|tape| tape[5] = tape[1]);
    assert!(
        matches!(twice, Problem::WrittenTwice { address: 2, .. }),
        "{twice}"
    );
    let beyond = problem(&|tape| tape[1] = F::from_u8(3));
    assert!(matches!(beyond, Problem::Assertion { .. }), "{beyond}");
}

#[test]
fn rows_are_bounded_by_the_caller() {
    let program = fibonacci::program();
    let case = fibonacci::case(1000, word(1), word(2));
    let needed = run(&program, &case).profile.total().rows;
    let executor = Executor::new(&program);
    for (max_rows, enough) in [(needed, true), (needed - 1, false), (0, false)] {
        let input = Input {
            arguments: &case.arguments,
            advice: &[],
            max_rows,
        };
        match executor.run(input) {
            Ok(_) => assert!(enough),
            Err(error) => {
                assert!(!enough);
                assert_eq!(error.problem, Problem::TooManyRows { most: max_rows });
            }
        }
    }
    // A loop that never ends.
    let mut endless = case;
    endless.arguments[0] = -F::ONE;
    let input = Input {
        arguments: &endless.arguments,
        advice: &[],
        max_rows: 5000,
    };
    assert!(executor.run(input).is_err());
}

#[test]
fn a_hint_that_nothing_asserts_is_found() {
    use sheaf_guests::Case;
    use sheaf_program::builder::{Base, Builder};

    let mut builder = Builder::new();
    let main = builder.function::<Base, Base>("careless");
    builder.body(&main, |row, x| {
        // The root of a square has two signs; that any is one is asserted, which is not.
        let root: Base = row.hint(&[&x], |x| Ok(vec![x[0]]));
        let square = row.product(&root, &root);
        let free: Base = row.advice();
        row.product(&free, &Base::zero());
        square
    });
    let program = builder.finish(&main).unwrap();
    let case = Case {
        arguments: vec![F::TWO],
        advice: vec![F::ONE],
        results: vec![F::from_u8(4)],
    };
    agrees(&program, &case);
    assert_eq!(mutations(&program, &case, 1), ["careless"]);
}

#[test]
fn examples_of_the_catalogue_run_and_have_names() {
    for guest in &catalogue::ALL {
        let program = guest.program();
        assert_eq!(Guest::named(guest.name).map(|g| g.name), Some(guest.name));
        let found = Guest::with_id(&program.program.id());
        assert_eq!(found.map(|g| g.name), Some(guest.name));
        assert!(guest.sizes.contains(&guest.size));
        let small = (*guest.sizes.start()).max(1);
        for size in [*guest.sizes.start(), small.min(*guest.sizes.end())] {
            agrees(&program, &guest.case(size).unwrap());
        }
    }
    assert!(Guest::named("nothing").is_none());
    assert!(Guest::with_id(&[F::ONE; 9]).is_none());
}
