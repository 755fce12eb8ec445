//! `sheaf completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Cli;
use crate::failure::{Failure, after_help, print};

const EXAMPLES: &str = "Examples:
  sheaf completions bash > ~/.local/share/bash-completion/completions/sheaf
  sheaf completions zsh > \"${fpath[1]}/_sheaf\"
  sheaf completions fish > ~/.config/fish/completions/sheaf.fish";

/// Arguments of `sheaf completions`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "sheaf", &mut script);
    print(&String::from_utf8_lossy(&script))
}
