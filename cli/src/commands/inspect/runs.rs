//! What there is to say about a proof about the run of a program, and about an input of one.

use serde_json::Value;
use sheaf_guests::catalogue::Guest;
use sheaf_machine::{PROTOCOL_VERSION, Proof, Setup};

use crate::call::{Call, id_bytes, numbers, shown};
use crate::report::Facts;

/// A proof about a run: what it says that it proves.
pub(super) fn proof(content: &[u8], facts: &mut Facts) -> Result<(), String> {
    let proof = Proof::from_bytes(content).map_err(|error| error.to_string())?;
    let statement = &proof.statement;
    let guest = Guest::with_id(statement.id());
    facts.add("kind", "proof about the run of a program", "run proof");
    facts.number("version", sheaf::FORMAT_VERSION.into());
    facts.number("machine version", PROTOCOL_VERSION.into());
    match guest {
        Some(guest) => facts.word("program", guest.name),
        None => facts.add("program", "none that sheaf knows", Value::Null),
    }
    facts.hex("identity", &id_bytes(statement.id()));
    if let Some((arguments, results)) =
        guest.and_then(|guest| guest.program().entry.call(statement.public()))
    {
        facts.add("arguments", shown(&arguments), numbers(&arguments));
        facts.add("results", shown(&results), numbers(&results));
    }
    facts.number("rows", statement.rows().end() as u64);
    facts.line("rate", format!("1/{}", 1 << proof.log_inv_rate));
    facts.field("rate_log", proof.log_inv_rate);
    facts.number("elements", (proof.body.len() / 4) as u64);
    let setup = Setup::new(statement, proof.log_inv_rate).map_err(|error| error.to_string())?;
    let bits = setup.security(statement).bits();
    facts.line("security", format!("{bits:.1} bits, proven"));
    facts.field("security_bits", bits);
    Ok(())
}

/// An input of a program: how much of everything there is.
pub(super) fn call(content: &[u8], facts: &mut Facts) -> Result<(), String> {
    let call = Call::parse(content).map_err(|error| error.to_string())?;
    facts.add("kind", "input of a program", "input");
    for (name, length) in call.lengths() {
        match length {
            Some(length) => facts.number(name, length as u64),
            None => facts.add(name, "not given", Value::Null),
        }
    }
    Ok(())
}
