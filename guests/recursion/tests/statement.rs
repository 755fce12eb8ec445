//! A statement is read as the native verifier summarises it.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_aggregation::{Group, Statement, Summary};
use sheaf_executor::{ExecuteError, Executor, Input, Outcome};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Executable, Memory, Word};
use sheaf_recursion_guest::leaf::lanes::Lanes;
use sheaf_recursion_guest::leaf::statement::{Places, Statements};
use sheaf_xmss::{PROD, PublicKey, tweak};

/// What a statement's first addresses hold behind the capacities: of this the program returns the sum with powers of three.
fn program() -> Executable {
    let mut builder = Builder::new();
    let memory: Memory<Word> = builder.memory("memory");
    let lanes = Lanes::new(&mut builder, &memory);
    let statements = Statements::new(&mut builder, &memory, &lanes, &PROD);
    let count = Places::new(PROD.height()).count();
    let sum = builder.looping::<(Base, Base)>("sum", move |state| state[0] == F::from_usize(count));
    builder.step(&sum, |row, (address, sum)| {
        let x: Base = row.read_as(&memory, &address, |x: &Base| Word::from(x));
        (address.plus(1), &sum.times(F::from_u8(3)) + &x)
    });
    let main = builder.function::<(), (Digest, [Base; 3])>("main");
    builder.body(&main, |row, ()| {
        let read = statements.read(row, &Base::zero());
        let start = (Base::number(Places::MESSAGE as u32), Base::zero());
        let sum: Base = row.run_to(&sum, &start, |sum: &Base| {
            (Base::number(count as u32), sum.clone())
        });
        (read.digest, [read.last, read.log_lanes, sum])
    });
    builder.finish(&main).unwrap()
}

fn key(i: usize) -> PublicKey {
    let element = |j: usize| F::from_usize(1 + 1000 * i + j);
    PublicKey::new(
        &PROD,
        std::array::from_fn(element),
        std::array::from_fn(|j| element(8 + j)),
    )
}

fn tape(slot: u32, lanes: usize, message: &[u8; 32], summary: &Summary) -> Vec<F> {
    let mut tape = vec![F::from_u32(slot & 0xffff), F::from_u32(slot >> 16)];
    tape.push(F::from_usize(lanes - 1));
    tape.extend(tweak::message_digits(message));
    tape.extend(summary.capacities().as_flattened());
    tape
}

fn run(executable: &Executable, tape: &[F]) -> Result<Outcome, ExecuteError> {
    let input = Input {
        arguments: &[],
        advice: tape,
        max_rows: 10_000,
    };
    let outcome = Executor::new(executable).run(input)?;
    outcome.run.check(&executable.program).unwrap();
    Ok(outcome)
}

#[test]
fn digest_and_tweaks_are_those_of_the_native_summary() {
    let executable = program();
    // Slots that never carry, or always; 2^32 - 1 has the longest digits.
    for (slot, lanes) in [
        (0, 1),
        (1, 15),
        (127, 16),
        (32_512, 17),
        (u32::MAX, 33),
        (11_259_375, 100),
    ] {
        let message: [u8; 32] = std::array::from_fn(|i| (slot as usize + 7 * i) as u8);
        let group = Group {
            slot,
            message,
            keys: (0..lanes).map(key).collect(),
        };
        let (statement, _) = Statement::new(PROD, vec![group]).unwrap();
        let summary = Summary::new(&statement);
        let outcome = run(&executable, &tape(slot, lanes, &message, &summary))
            .unwrap_or_else(|error| panic!("slot {slot}: {error}"));

        let log_lanes = (lanes.next_power_of_two().trailing_zeros() as usize).max(4);
        let mut words = tweak::message_digits(&message).to_vec();
        let mut chain: tweak::Tweak = tweak::base_p(u64::from(slot) << 24);
        let first = 256 * PROD.step_number(0, 0) as u64;
        let carries = u64::from(chain[0].as_canonical_u32()) + first > 127 << 24;
        chain[1] += F::from_bool(carries);
        words.extend(chain);
        words.extend(tweak::message_tweak(&PROD, slot));
        for level in 0..=32 {
            let position = u64::from(slot) >> level;
            words.extend(tweak::tree_tweak(&PROD, level, position as u32));
        }
        words.extend((0..=48).map(|level| F::from_u64((u64::from(slot) >> level) & 1)));
        let sum = words
            .iter()
            .fold(F::ZERO, |sum, &x| sum * F::from_u8(3) + x);
        let mut expected = summary.digest().to_vec();
        expected.extend([F::from_usize(lanes - 1), F::from_usize(log_lanes), sum]);
        assert_eq!(outcome.results, expected, "{lanes} lanes at slot {slot}");
    }
}

#[test]
fn a_slot_of_which_some_steps_carry_is_refused() {
    let executable = program();
    let tape = |slot: u32| {
        let group = Group {
            slot,
            message: [5; 32],
            keys: vec![key(1)],
        };
        let (statement, _) = Statement::new(PROD, vec![group]).unwrap();
        tape(slot, 1, &[5; 32], &Summary::new(&statement))
    };
    assert!(run(&executable, &tape(32_512)).is_ok());
    let error = run(&executable, &tape(32_639)).err().unwrap().to_string();
    assert!(error.contains("carry"), "{error}");
}

#[test]
fn numbers_that_are_no_slot_or_size_have_no_run() {
    let executable = program();
    let group = Group {
        slot: 5,
        message: [5; 32],
        keys: vec![key(1)],
    };
    let (statement, _) = Statement::new(PROD, vec![group]).unwrap();
    let honest = tape(5, 1, &[5; 32], &Summary::new(&statement));
    assert!(run(&executable, &honest).is_ok());
    for (place, value) in [(0, 1 << 16), (1, 1 << 16), (2, 1 << 16)] {
        let mut tape = honest.clone();
        tape[place] = F::from_u32(value);
        assert!(run(&executable, &tape).is_err(), "{value} at {place}");
    }
}

/// The bits of a slot plus `p` lead from the slot to zero as well, in the field: whoever halves it takes bits that were ranged.
#[test]
fn no_level_brings_bits_of_its_own() {
    let executable = program();
    let kinds = executable.program.kinds();
    let levels: Vec<_> = (executable.procedures.iter())
        .filter(|p| kinds[p.kind].name.starts_with("tweaks of nodes"))
        .collect();
    assert!(!levels.is_empty());
    assert!(levels.iter().all(|p| p.hints.is_empty()));
}
