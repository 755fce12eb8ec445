use p3_field::PrimeCharacteristicRing;

use super::*;

#[test]
fn base_equations_share_constraints_and_word_equations_do_not() {
    let mut builder = Builder::new();
    let f = builder.function::<([Base; 4], Word), Base>("f");
    builder.body(&f, |row, (x, w)| {
        let products: Vec<Base> = (0..4)
            .map(|i| row.product(&x[i], &x[(i + 1) % 4]))
            .collect();
        row.assert_equal(&products[0], &products[1], "");
        let square = row.word_products(&[(&w, &w)], &Word::constant(E::ONE));
        row.assert_equal_words(&square, &w, "");
        let bits: Vec<Base> = (0..6).map(|_| row.boolean(&[], |_| false)).collect();
        Base::sum(&bits)
    });
    let executable = builder.finish(&f).unwrap();
    let kind = &executable.program.kinds()[executable.procedures[0].kind];
    // Four products and one equation; two of the extension; six booleans in two.
    assert_eq!(kind.constraints.len(), 1 + 2 + 2);
    assert_eq!(crate::check::boolean::booleans(kind).len(), 6);
}

#[test]
fn inputs_of_a_permutation_come_first_and_copies_are_made_where_needed() {
    let mut builder = Builder::new();
    let f = builder.function::<[Base; 2], Base>("f");
    builder.body(&f, |row, [x, y]| {
        row.name(&y, "y");
        let inputs: [Base; 16] = std::array::from_fn(|i| match i {
            0 | 2 => y.clone(),
            1 => x.plus(3),
            _ => Base::zero(),
        });
        row.permute16(&inputs)[5].clone()
    });
    let executable = builder.finish(&f).unwrap();
    let kind = &executable.program.kinds()[0];
    assert_eq!(kind.cells[0], "y");
    assert_eq!(executable.procedures[0].parameters, [16, 0].map(Slot::Cell));
    assert_eq!(executable.procedures[0].cells.len(), 17);
}

#[test]
fn what_fits_in_no_row_is_named_with_its_line() {
    let mut builder = Builder::new();
    let f = builder.function::<[Base; 90], Base>("long");
    builder.body(&f, |row, all| {
        let squares: Vec<Base> = all.iter().map(|x| row.product(x, x)).collect();
        // All of them are needed up to the end.
        let sums = [Base::sum(&squares), Base::sum(&all)];
        let cubes: Vec<Base> = (squares.iter().zip(&all))
            .map(|(s, x)| row.product(s, x))
            .collect();
        row.product(&(&sums[0] + &sums[1]), &Base::sum(&cubes))
    });
    let error = builder.finish(&f).err().unwrap().to_string();
    assert!(
        error.starts_with("`long` at crates/program/src/builder/tests.rs:"),
        "{error}"
    );
    assert!(error.contains("a row has 96 cells"), "{error}");
}

#[test]
fn a_long_body_is_cut_where_few_values_are_alive() {
    let mut builder = Builder::new();
    let f = builder.function::<[Base; 2], [Base; 2]>("long");
    builder.body(&f, |row, [x, y]| {
        let first = row.product(&x, &y);
        let mut last = first.clone();
        for _ in 0..200 {
            last = row.product(&last, &y);
        }
        [first, last]
    });
    let executable = builder.finish(&f).unwrap();
    let parts: Vec<_> = (executable.procedures.iter())
        .map(|p| (p.parameters.len(), p.results.len(), p.cells.len()))
        .collect();
    // The first result is known in the first row; others pass on two values and get one.
    assert_eq!(parts[0].0, 2);
    assert_eq!(parts[0].1, 2);
    assert!(parts.len() == 4 || parts.len() == 3, "{parts:?}");
    assert!(
        parts[1..].iter().all(|part| (part.0, part.1) == (2, 1)),
        "{parts:?}"
    );
    assert!(parts.iter().all(|part| part.2 <= 96), "{parts:?}");
    let names: Vec<_> = (executable.program.kinds().iter())
        .map(|k| &k.name[..])
        .collect();
    assert!(names.contains(&"long, part 2"), "{names:?}");
}

#[test]
fn what_has_no_body_is_named() {
    let mut builder = Builder::new();
    let f = builder.function::<Base, Base>("f");
    let error = builder.finish(&f).err().unwrap().to_string();
    assert!(error.contains("has no body"), "{error}");
}

#[test]
fn a_memoised_function_that_depends_on_itself_is_refused() {
    let mut builder = Builder::new();
    let f = builder.memoised::<Base, Base>("f");
    builder.body(&f, |row, x| row.call(&f, &x));
    let main = builder.function::<Base, Base>("main");
    builder.body(&main, |row, x| row.call(&f, &x));
    let error = builder.finish(&main).err().unwrap();
    assert!(
        matches!(&error, BuildError::Check(violations)
        if violations.0[0].condition == crate::Condition::P7),
        "{error}"
    );
}

#[test]
fn a_memoised_function_may_depend_on_itself_for_the_rank_below() {
    let mut builder = Builder::new();
    let f = builder.memoised::<Base, Base>("f");
    let is_zero = |x: &[F]| x[0] == F::ZERO;
    builder.branch(&f, "zero", is_zero, |row, x| {
        row.assert_equal(&x, &Base::zero(), "this is another rank");
        Base::number(1)
    });
    builder.branch(
        &f,
        "above",
        move |x| !is_zero(x),
        |row, x| {
            let below = row.call(&f, &x.plus(-1));
            // What is known of a result needs no cell.
            row.call_to(&f, &x.plus(-1), |(): &()| below.clone());
            row.product(&below, &x)
        },
    );
    let main = builder.function::<Base, Base>("factorial");
    builder.body(&main, |row, x| row.call(&f, &x));
    let executable = builder.finish(&main).unwrap();
    let above = executable
        .program
        .kinds()
        .iter()
        .find(|k| k.name == "f, above")
        .unwrap();
    // Argument, result of the call, product, multiplicity.
    assert_eq!(above.width(), 4);
}

#[test]
fn what_another_builder_made_is_refused_with_its_line() {
    let mut other = Builder::new();
    let foreign = other.memory::<Base>("foreign");
    let mut builder = Builder::new();
    let f = builder.function::<Base, Base>("f");
    builder.body(&f, |row, x| row.read(&foreign, &x));
    let error = builder.finish(&f).err().unwrap().to_string();
    assert!(error.contains("tests.rs:"), "{error}");
    assert!(
        error.ends_with("this is not of the same builder"),
        "{error}"
    );
}

#[test]
fn wide_rows_that_are_few_come_first_with_an_idle_permutation() {
    let mut builder = Builder::new();
    let hash = builder.function::<Base, Base>("hash");
    builder.body(&hash, |row, x| {
        row.permute24(&std::array::from_fn(|_| x.clone()))[0].clone()
    });
    let main = builder.function::<[Base; 30], Base>("main");
    builder.body(&main, |row, all| {
        row.permute_idly();
        row.call(&hash, &all[29])
    });
    let executable = builder.finish(&main).unwrap();
    assert_eq!(executable.program.header().zone_b, [3, 0, 0]);
    // Its cells are where they would be without.
    let main = executable
        .procedures
        .iter()
        .find(|p| p.cells.len() == 31)
        .unwrap();
    assert_eq!(main.parameters, (0..30).map(Slot::Cell).collect::<Vec<_>>());
    assert_eq!(executable.program.kinds()[main.kind].width(), 31);
}

#[test]
fn a_public_tuple_tells_arguments_and_results() {
    let mut builder = Builder::new();
    let f = builder.function::<(Base, Word), Packed<7>>("f");
    builder.body(&f, |row, (x, w)| {
        let square = row.product(&x, &x);
        let word = row.word_products(&[(&w, &w)], &Word::from(&square));
        let [a, b, c, d, e] = word.coefficients();
        Packed([a, b, c, d, e, x, square])
    });
    let entry = builder.finish(&f).unwrap().entry;
    let numbers = |n: usize| (1..=n).map(F::from_usize).collect::<Vec<_>>();
    let (arguments, results) = (numbers(6), numbers(7));
    let public = entry.public(&arguments, &results);
    assert_eq!(entry.call(&public), Some((arguments, results)));

    // Another tag; an element where there is none; a position too many, too few, none.
    let mut others = vec![public.clone(); 3];
    others[0][0] += E::ONE;
    others[1][1] += E::new([F::ZERO, F::ONE, F::ZERO, F::ZERO, F::ZERO]);
    others[2].push(E::ZERO);
    others.extend([
        public[..public.len() - 1].to_vec(),
        public[..2].to_vec(),
        vec![],
    ]);
    for other in others {
        assert_eq!(entry.call(&other), None);
    }
}
