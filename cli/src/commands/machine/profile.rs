//! `sheaf machine profile`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use sheaf_executor::KindProfile;

use super::{GuestArgument, SizeArgument, execute};
use crate::call::Call;
use crate::failure::{Failure, after_help, print};
use crate::report::{JsonArgument, print_json};

const EXAMPLES: &str = "Examples:
  sheaf machine profile sorting --size 1000
  sheaf machine profile fibonacci --input fibonacci.json
  sheaf machine profile xmss --size 4 --json

A line for each kind of rows, those with the most cells first.";

/// Arguments of `sheaf machine profile`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    guest: GuestArgument,
    #[command(flatten)]
    size: SizeArgument,
    /// Arguments and advice instead of an example, in JSON; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "size")]
    input: Option<PathBuf>,
    #[command(flatten)]
    json: JsonArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let guest = arguments.guest.guest;
    let executable = guest.program();
    let outcome = match &arguments.input {
        Some(path) => {
            let case = Call::read(path)?
                .case()
                .ok_or_else(|| Failure::file(path, "there are no arguments"))?;
            execute(guest.name, &executable, &case).map_err(|why| Failure::file(path, why))
        }
        None => {
            let case = guest
                .case(arguments.size.of(guest)?)
                .map_err(|error| Failure::Unusable(error.to_string()))?;
            execute(guest.name, &executable, &case).map_err(Failure::Unusable)
        }
    }?;
    let profile = outcome.profile;
    if !arguments.json.json {
        return print(&profile.to_string());
    }
    let kinds: Vec<Value> = profile.kinds.iter().map(fields).collect();
    print_json(&json!({
        "program": guest.name,
        "kinds": kinds,
        "total": fields(&profile.total()),
    }))
}

fn fields(kind: &KindProfile) -> Value {
    json!({
        "name": kind.name,
        "rows": kind.rows,
        "cells": kind.cells,
        "permutations": kind.permutations,
        "messages": kind.messages,
    })
}
