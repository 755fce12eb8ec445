//! The messages of a proof are pinned: their labels, their lengths, and how many of each there are.
//!
//! A change here is a change of the protocol: it wants a new version, and its reasons. The bytes of whole proofs are pinned in the crate.

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input};
use sheaf_guests::{Case, fibonacci, poseidon_chain, xmss};
use sheaf_machine::{Scratch, Setup, prove, reduce};
use sheaf_program::E;
use sheaf_program::builder::Executable;
use sheaf_transcript::VerifierTranscript;
use sheaf_transcript::counting::Counting;
use sheaf_xmss::TEST;

/// For each program a line with its name, and one for all messages of a label and a length: the label, elements in each, how many there are.
/// How many rows and siblings an opening has depends on the positions that are drawn, and with them on everything: `..` stands for that.
const MESSAGES: &str = include_str!("vectors/messages.txt");

/// The messages of a proof at rate 1/2, in the order in which each first occurs.
fn messages(name: &str, executable: &Executable, case: &Case) -> String {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 20,
    };
    let run = Executor::new(executable).run(input).unwrap().run;
    let program = &executable.program;
    let proof = prove(program, &run, 1, &mut Scratch::default(), |_| Ok(())).unwrap();
    let setup = Setup::new(&proof.statement, 1).unwrap();
    let mut channel = Counting::new(VerifierTranscript::new(&proof.body));
    let _ = reduce(
        &setup,
        &proof.statement,
        |x| x.evaluate(program),
        &mut channel,
    )
    .unwrap();
    let mut lines = format!("# {name}\n");
    let mut elements = 0;
    for message in channel.messages() {
        let (label, length, times) = (message.label.name(), message.elements, message.times);
        lines += &match label {
            "pcs/rows" | "pcs/nodes" => format!("{label} ..\n"),
            _ => format!("{label} {length} {times}\n"),
        };
        elements += length * times;
    }
    assert_eq!(4 * elements, proof.body.len());
    lines
}

#[test]
fn messages_are_those_that_are_written_down() {
    let (a, b) = (E::ONE, E::TWO);
    let programs = [
        // So many rows that there is a nonce, and none of them permutes.
        (
            "fibonacci, 2^16 steps",
            fibonacci::program(),
            fibonacci::case(1 << 16, a, b),
        ),
        (
            "poseidon, 20 permutations of width 24",
            poseidon_chain::program(),
            poseidon_chain::case(20),
        ),
        (
            "xmss, one signature of the scheme test: both widths",
            xmss::program(&TEST),
            xmss::signed(&TEST, 1).unwrap(),
        ),
    ];
    let messages: String = programs
        .iter()
        .map(|(name, program, case)| messages(name, program, case))
        .collect();
    assert!(messages == MESSAGES, "the messages are now\n{messages}");
}
