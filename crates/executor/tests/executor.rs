//! What an executor finds, and what it says if it finds nothing.

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{F, Run};

fn execute(
    executable: &Executable,
    arguments: &[u32],
    advice: &[u32],
) -> Result<Outcome, ExecuteError> {
    let elements = |list: &[u32]| -> Vec<F> { list.iter().map(|&x| F::from_u32(x)).collect() };
    let (arguments, advice) = (elements(arguments), elements(advice));
    let input = Input {
        arguments: &arguments,
        advice: &advice,
        max_rows: 10_000,
    };
    let outcome = Executor::new(executable).run(input)?;
    outcome.run.check(&executable.program).unwrap();
    Ok(outcome)
}

fn run(executable: &Executable, arguments: &[u32]) -> (Vec<F>, Run) {
    let outcome = execute(executable, arguments, &[]).unwrap_or_else(|error| panic!("{error}"));
    (outcome.results, outcome.run)
}

/// `main(x) = x!`, by plain recursion and a branch for zero.
fn factorial() -> Executable {
    let mut builder = Builder::new();
    let f = builder.function::<Base, Base>("factorial");
    builder.branch(
        &f,
        "zero",
        |x| x[0] == F::ZERO,
        |row, x| {
            row.assert_equal(&x, &Base::zero(), "this is zero");
            Base::number(1)
        },
    );
    builder.branch(
        &f,
        "above zero",
        |x| x[0] != F::ZERO,
        |row, x| {
            // It has an inverse, so that it is not zero.
            let inverse: Base = row.hint(&[&x], |x| Ok(vec![x[0].inverse()]));
            row.assert_zero(
                &[(&x, &inverse)],
                &Base::number(1).times(-F::ONE),
                "this is not zero",
            );
            let below = row.call(&f, &x.plus(-1));
            row.product(&x, &below)
        },
    );
    builder.finish(&f).unwrap()
}

#[test]
fn rows_that_fill_no_cell_are_rows() {
    let mut builder = Builder::new();
    let nothing = builder.function::<(), ()>("nothing");
    builder.body(&nothing, |_, ()| ());
    let main = builder.function::<(), ()>("main");
    builder.body(&main, |row, ()| {
        row.call(&nothing, &());
        row.call(&nothing, &());
    });
    let (_, run) = run(&builder.finish(&main).unwrap(), &[]);
    // The first row, main's, and one for each call.
    assert_eq!(run.counts.zone_b.iter().sum::<u32>(), 4);
}

#[test]
fn a_function_calls_itself_as_deep_as_there_are_rows() {
    let program = factorial();
    assert_eq!(run(&program, &[0]).0, [F::ONE]);
    assert_eq!(run(&program, &[10]).0, [F::from_u32(3_628_800)]);
    let (_, deep) = run(&program, &[9000]);
    // Widest kinds first.
    assert_eq!(deep.counts.zone_b, [9000, 1, 1]);
    let error = execute(&program, &[10_000], &[]).unwrap_err();
    assert_eq!(error.problem, Problem::TooManyRows { most: 10_000 });
    assert_eq!((error.callers.len(), error.left_out), (16, 9999 - 16));
    assert!(error.to_string().contains("more .."), "{error}");
}

#[test]
fn a_failed_assertion_is_named_with_its_line_and_all_callers() {
    let mut builder = Builder::new();
    let inner = builder.function::<Base, ()>("inner");
    builder.body(&inner, |row, x| {
        row.assert_equal(&x, &Base::number(7), "x is seven")
    });
    let steps = builder.looping::<Base>("steps", |state| state[0] == F::ZERO);
    builder.step(&steps, |row, x| {
        row.call(&inner, &x);
        x.plus(-1)
    });
    let main = builder.function::<Base, Base>("main");
    builder.body(&main, |row, x| row.run(&steps, &x));
    let program = builder.finish(&main).unwrap();
    let error = execute(&program, &[7], &[]).unwrap_err();
    assert_eq!(
        error.problem,
        Problem::Assertion {
            message: "x is seven".into()
        }
    );
    let names: Vec<&str> = error
        .callers
        .iter()
        .map(|caller| caller.kind.as_str())
        .collect();
    assert_eq!(names, ["inner", "steps", "main"]);
    let lines: Vec<u32> = error
        .callers
        .iter()
        .map(|caller| caller.location.line())
        .collect();
    // Below each other in this file, in the order in which they are written.
    assert!(lines.is_sorted_by(|a, b| a < b), "{lines:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("`inner` at crates/executor/tests/executor.rs:"),
        "{text}"
    );
    assert!(
        text.contains(": an assertion does not hold: x is seven\n  called by `steps` at"),
        "{text}"
    );
}

#[test]
fn a_memoised_result_is_found_once_and_used_often() {
    let mut builder = Builder::new();
    let square = builder.memoised::<Base, Base>("square");
    builder.body(&square, |row, x| row.product(&x, &x));
    let main = builder.function::<[Base; 4], Base>("main");
    builder.body(&main, |row, all| {
        let squares: Vec<Base> = all.iter().map(|x| row.call(&square, x)).collect();
        Base::sum(&squares)
    });
    let program = builder.finish(&main).unwrap();
    let outcome = execute(&program, &[3, 5, 3, 3], &[]).unwrap();
    assert_eq!(outcome.results, [F::from_u8(52)]);
    let rows = outcome
        .profile
        .kinds
        .iter()
        .find(|kind| kind.name == "square")
        .unwrap()
        .rows;
    assert_eq!(rows, 2);
}

#[test]
fn memory_is_written_once_and_read_after_that() {
    let mut builder = Builder::new();
    let memory = builder.memory::<(Base, Word)>("memory");
    let main = builder.function::<[Base; 3], Base>("main");
    builder.body(&main, |row, [first, second, read]| {
        let word = Word::from(&Base::number(9));
        row.write(&memory, &first, &(Base::number(4), word.clone()));
        row.write(&memory, &second, &(first.clone(), word));
        let (number, _) = row.read(&memory, &read);
        number
    });
    let program = builder.finish(&main).unwrap();
    assert_eq!(run(&program, &[1, 0, 0]).0, [F::ONE]);
    // Addresses between are rows too, that nobody reads.
    assert_eq!(run(&program, &[6, 2, 6]).0, [F::from_u8(4)]);
    // The same word again.
    assert_eq!(run(&program, &[4, 4, 4]).0, [F::from_u8(4)]);
    let problem = |arguments: &[u32]| execute(&program, arguments, &[]).unwrap_err().problem;
    let name = || "memory".to_owned();
    assert_eq!(
        problem(&[3, 3, 3]),
        Problem::WrittenTwice {
            name: name(),
            address: 3
        }
    );
    assert_eq!(
        problem(&[1, 3, 2]),
        Problem::Unwritten {
            name: name(),
            address: 2
        }
    );
    assert_eq!(
        problem(&[1, 3, 99]),
        Problem::Unwritten {
            name: name(),
            address: 99
        }
    );
    let far = Problem::Address {
        name: name(),
        address: 10_000,
        most: 10_000,
    };
    assert_eq!(problem(&[10_000, 3, 2]), far);
}

#[test]
fn a_number_beyond_a_range_is_named() {
    let mut builder = Builder::new();
    let digits = builder.range("digits", 10);
    let main = builder.function::<Base, ()>("main");
    builder.body(&main, |row, x| {
        row.assert_in(&digits, &x);
        row.assert_in(&digits, &x);
    });
    let program = builder.finish(&main).unwrap();
    run(&program, &[9]);
    let problem = execute(&program, &[10], &[]).unwrap_err().problem;
    assert_eq!(
        problem,
        Problem::NotInRange {
            name: "digits".into(),
            number: 10,
            size: 10
        }
    );
}

#[test]
fn tape_hints_branches_and_arguments_are_named() {
    let mut builder = Builder::new();
    let odd = builder.function::<Base, ()>("odd");
    builder.branch(
        &odd,
        "one",
        |x| x[0] == F::ONE,
        |row, x| row.assert_equal(&x, &Base::number(1), ""),
    );
    let main = builder.function::<Base, Base>("main");
    builder.body(&main, |row, x| {
        row.call(&odd, &x);
        let y: Base = row.advice();
        let z: Base = row.hint(&[&y], |y| match y[0] {
            F::ZERO => Err("zero has no inverse".into()),
            F::ONE => Ok(vec![]),
            y => Ok(vec![y.inverse()]),
        });
        row.product(&y, &z)
    });
    let program = builder.finish(&main).unwrap();
    let problem = |arguments: &[u32], advice: &[u32]| {
        execute(&program, arguments, advice).unwrap_err().problem
    };
    assert_eq!(problem(&[1], &[]), Problem::Advice { length: 0 });
    assert_eq!(
        problem(&[1], &[0]),
        Problem::Hint("zero has no inverse".into())
    );
    assert_eq!(
        problem(&[1], &[1]),
        Problem::HintLength {
            given: 0,
            expected: 1
        }
    );
    let no_branch = Problem::NoBranch {
        name: "odd".into(),
        values: vec![F::TWO],
    };
    assert_eq!(problem(&[2], &[5]), no_branch);
    assert_eq!(
        problem(&[1, 2], &[5]),
        Problem::Arguments {
            given: 2,
            expected: 1
        }
    );
    assert_eq!(execute(&program, &[1], &[5, 6]).unwrap().advice_used, 1);
}

#[test]
fn a_loop_inside_a_loop_has_a_ticket_of_its_own() {
    let mut builder = Builder::new();
    let add = builder.looping::<(Base, Base)>("add", |state| state[0] == F::ZERO);
    builder.step(&add, |_, (left, sum)| (left.plus(-1), sum.plus(1)));
    let multiply = builder.looping::<(Base, (Base, Base))>("multiply", |state| state[0] == F::ZERO);
    builder.step(&multiply, |row, (left, (x, sum))| {
        let (zero, sum) = row.run(&add, &(x.clone(), sum));
        row.assert_equal(&zero, &Base::zero(), "added");
        (left.plus(-1), (x, sum))
    });
    let main = builder.function::<(Base, Base), Base>("main");
    builder.body(&main, |row, (x, y)| {
        let (zero, (_, sum)) = row.run(&multiply, &(x, (y, Base::zero())));
        row.assert_equal(&zero, &Base::zero(), "multiplied");
        sum
    });
    let program = builder.finish(&main).unwrap();
    let outcome = execute(&program, &[6, 7], &[]).unwrap();
    assert_eq!(outcome.results, [F::from_u8(42)]);
    let total = outcome.profile.total();
    // One of the first kind, main, six and 42 steps, seven tickets.
    assert_eq!(total.rows, 1 + 1 + 6 + 42 + 7);
    assert!(outcome.profile.to_string().contains("multiply"));
    assert_eq!(run(&program, &[0, 7]).0, [F::ZERO]);
}

/// Calls `outer`, which calls `inner`, once for each child, and `inner` once more where `again` says so.
fn children(again: bool) -> Executable {
    let mut builder = Builder::new();
    let outer = builder.per_instance::<Base, Base>("outer");
    let inner = builder.per_instance::<Base, Base>("inner");
    builder.body(&inner, |row, x| {
        row.permute16(&std::array::from_fn(|_| x.clone()))[3].clone()
    });
    builder.body(&outer, |row, x| {
        let y = row.call(&inner, &x);
        row.product(&y, &y)
    });
    let children = builder.looping::<(Base, Base)>("children", |state| state[0] == F::ZERO);
    builder.step(&children, |row, (left, sum)| {
        let y = row.call(&outer, &left);
        (left.plus(-1), &sum + &y)
    });
    let main = builder.function::<(Base, Base), Base>("main");
    builder.body(&main, |row, (n, extra)| {
        let (zero, sum) = row.run(&children, &(n, Base::zero()));
        row.assert_equal(&zero, &Base::zero(), "all children");
        if again {
            &sum + &row.call(&inner, &extra)
        } else {
            &sum + &extra
        }
    });
    builder.finish(&main).unwrap()
}

#[test]
fn functions_of_instances_are_called_equally_often() {
    let problem = execute(&children(true), &[3, 1], &[]).unwrap_err().problem;
    let text =
        "`outer` is called 3 times and `inner` 4 times: both once for each of at most 16 instances";
    assert_eq!(problem.to_string(), text);

    let program = children(false);
    assert_eq!(program.program.header().zone_a, [0, 1, 1]);
    for (n, log_block) in [(0, 0), (1, 0), (2, 1), (3, 2), (5, 3), (16, 4)] {
        let (_, counted) = run(&program, &[n, 0]);
        assert_eq!(
            (counted.counts.instances, counted.counts.log_block),
            (n, log_block)
        );
    }
    let problem = execute(&program, &[17, 0], &[]).unwrap_err().problem;
    assert!(matches!(problem, Problem::Instances { .. }), "{problem}");
}

#[test]
fn an_element_has_one_reading_in_bits() {
    let mut builder = Builder::new();
    let main = builder.function::<Base, Base>("main");
    builder.body(&main, |row, x| row.canonical_bits(&x)[0].clone());
    let program = builder.finish(&main).unwrap();
    let procedure = &program.procedures[0];
    let (bits, quotient) = procedure.hints.split_at(31);
    let row = |run: &Run| run.rows(&program.program).unwrap().ranges()[procedure.kind].start;
    let p = F::ORDER_U32;
    for x in [
        0,
        1,
        2,
        (1 << 24) - 2,
        (1 << 24) - 1,
        1 << 24,
        127 << 24,
        (127 << 24) - 1,
        p / 2,
    ] {
        let (results, honest) = run(&program, &[x]);
        assert_eq!(results, [F::from_u32(x & 1)]);
        // The other reading, if there is one: whatever the hint beside it, it is refused.
        let Some(other) = x.checked_add(p).filter(|other| other >> 31 == 0) else {
            assert!(x >= (1 << 24) - 1);
            continue;
        };
        let start = row(&honest) * sheaf_program::layout::CELLS;
        for w in [0, 1, p - 1, 77] {
            let mut forged = honest.clone();
            for (i, &cell) in bits.iter().enumerate() {
                forged.cells[start + usize::from(cell)] = F::from_u32(other >> i & 1);
            }
            forged.cells[start + usize::from(quotient[0])] = F::from_u32(w);
            let error = forged.check(&program.program).unwrap_err();
            assert!(
                matches!(error, sheaf_program::RunError::Constraint { .. }),
                "{error}"
            );
        }
    }
}

#[test]
fn what_is_known_of_an_end_or_a_word_is_asserted() {
    let mut builder = Builder::new();
    let memory = builder.memory::<(Base, Base)>("memory");
    let count = builder.looping::<(Base, Base)>("count", |state| state[0] == F::ZERO);
    builder.step(&count, |_, (left, sum)| (left.plus(-1), sum.plus(2)));
    let main = builder.function::<(Base, Base), Base>("main");
    builder.body(&main, |row, (n, guess)| {
        row.write(&memory, &Base::zero(), &(n.clone(), n.clone()));
        let word = row.read_as(&memory, &Base::zero(), |second: &Base| {
            (n.clone(), second.clone())
        });
        row.run_to(&count, &(word, Base::zero()), |(): &()| {
            (Base::zero(), guess)
        });
        n
    });
    let program = builder.finish(&main).unwrap();
    run(&program, &[5, 10]);
    let error = execute(&program, &[5, 11], &[]).unwrap_err();
    assert_eq!(
        error.problem,
        Problem::Unexpected {
            name: "count".into(),
            index: 1,
            found: 10
        }
    );
    assert_eq!(error.callers[0].kind, "main");

    let mut builder = Builder::new();
    let memory = builder.memory::<(Base, Base)>("memory");
    let main = builder.function::<(Base, Base), Base>("main");
    builder.body(&main, |row, (n, guess)| {
        row.write(&memory, &n, &(n.clone(), n.clone()));
        row.read_as(&memory, &n, |first: &Base| (first.clone(), guess.clone()))
    });
    let program = builder.finish(&main).unwrap();
    run(&program, &[5, 5]);
    let problem = execute(&program, &[5, 6], &[]).unwrap_err().problem;
    assert_eq!(
        problem,
        Problem::Unexpected {
            name: "memory".into(),
            index: 1,
            found: 5
        }
    );
}

#[test]
fn inverses_are_those_of_both_fields_and_zero_has_none() {
    let mut builder = Builder::new();
    let main = builder.function::<(Base, Word), (Base, Word)>("main");
    builder.body(&main, |row, (x, w)| {
        // A form that is no five cells: the word plus X.
        let shifted = &w + &Word::constant(sheaf_program::form::power_of_x(1));
        (row.inverse(&x), row.word_inverse(&shifted))
    });
    let program = builder.finish(&main).unwrap();
    let (results, _) = run(&program, &[4, 7, 1, 0, 2, 0]);
    assert_eq!(results[0] * F::from_u8(4), F::ONE);
    let word = |x: [F; 5]| sheaf_program::E::new(x);
    let shifted = word([7, 2, 0, 2, 0].map(F::from_u8));
    assert_eq!(
        shifted * word(core::array::from_fn(|i| results[i + 1])),
        sheaf_program::E::ONE
    );
    for zero in [[0, 7, 1, 0, 2, 0], [4, 0, F::ORDER_U32 - 1, 0, 0, 0]] {
        let problem = execute(&program, &zero, &[]).unwrap_err().problem;
        assert_eq!(problem, Problem::Hint("zero has no inverse".into()));
    }
}
