//! False values beside a true run.

use p3_field::{Field, PrimeCharacteristicRing};

use super::{Cheat, Cheater, sample};
use crate::VerifyError;
use crate::checks::Check;

#[test]
fn a_root_that_cancels_by_force_is_rejected() {
    let program = sample();
    // Zero over zero cancels against anything.
    let strategy = Cheater {
        root: Some(|root, _| *root = Default::default()),
        ..Cheater::default()
    };
    let cheat = Cheat::saying("0 / 0", &program, &[], strategy);
    assert_eq!(cheat.run(&[]), Err(VerifyError::Root));
    let error = cheat.run(&[Check::Root]).unwrap_err();
    assert!(matches!(error, VerifyError::Messages(_)), "{error}");
    // A numerator that fits is not that of the fractions.
    let strategy = Cheater {
        root: Some(|root, pole| {
            root[1] += sheaf_transcript::EF::ONE;
            root[0] = root[1] * pole.inverse();
        }),
        ..Cheater::default()
    };
    let cheat = Cheat::saying("P", &program, &[], strategy);
    let error = cheat.run(&[]).unwrap_err();
    assert!(matches!(error, VerifyError::Messages(_)), "{error}");
}

#[test]
fn false_values_of_linear_forms_are_rejected_also_if_a_factor_makes_up_for_them() {
    let program = sample();
    for (i, check) in [(0, 0), (1, 1), (2, 4)] {
        let linear: fn(&mut [sheaf_transcript::EF; 3]) = match i {
            0 => |values| values[0] += sheaf_transcript::EF::ONE,
            1 => |values| values[1] += sheaf_transcript::EF::ONE,
            _ => |values| values[2] += sheaf_transcript::EF::ONE,
        };
        let strategy = Cheater {
            linear: Some(linear),
            ..Cheater::default()
        };
        let breaks = [Check::Form(check), Check::Product];
        Cheat::saying("linear", &program, &breaks, strategy).check();
        let strategy = Cheater {
            linear: Some(linear),
            factors: Some(|factors, claim| factors[1] = claim * factors[0].inverse()),
            ..Cheater::default()
        };
        let breaks = [Check::Form(check), Check::Form(3)];
        Cheat::saying("linear, right", &program, &breaks, strategy).check();
        let strategy = Cheater {
            linear: Some(linear),
            factors: Some(|factors, claim| factors[0] = claim * factors[1].inverse()),
            ..Cheater::default()
        };
        let breaks = [Check::Form(check), Check::Form(2)];
        Cheat::saying("linear, left", &program, &breaks, strategy).check();
    }
}

#[test]
fn factors_that_trade_a_scalar_are_rejected() {
    let program = sample();
    let strategy = Cheater {
        factors: Some(|factors, _| {
            factors[0] = factors[0].double();
            factors[1] = factors[1].halve();
        }),
        ..Cheater::default()
    };
    let breaks = [Check::Form(2), Check::Form(3)];
    Cheat::saying("factors", &program, &breaks, strategy).check();
}

#[test]
fn an_error_shifted_between_the_shares_is_false_in_both() {
    let program = sample();
    let strategy = Cheater {
        shares: Some(|cells, outputs, top| {
            *cells += top;
            *outputs -= sheaf_transcript::EF::ONE;
        }),
        ..Cheater::default()
    };
    let breaks = [Check::Cells, Check::Outputs];
    Cheat::saying("shift", &program, &breaks, strategy).check();
    let strategy = Cheater {
        shares: Some(|cells, _, _| *cells += sheaf_transcript::EF::ONE),
        ..Cheater::default()
    };
    let breaks = [Check::Cells, Check::Shares];
    Cheat::saying("cells", &program, &breaks, strategy).check();
    let strategy = Cheater {
        shares: Some(|_, outputs, _| *outputs += sheaf_transcript::EF::ONE),
        ..Cheater::default()
    };
    let breaks = [Check::Outputs, Check::Shares];
    Cheat::saying("outputs", &program, &breaks, strategy).check();
}
