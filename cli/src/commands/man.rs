//! `sheaf man`.

use std::io;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::Cli;
use crate::failure::{Failure, after_help, print};

const EXAMPLES: &str = "Examples:
  sheaf man | man -l -
  sheaf man verify > sheaf-verify.1
  sheaf man batch import > sheaf-batch-import.1";

/// Arguments of `sheaf man`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// The subcommand that the page is about; if not given, the command as a whole
    #[arg(value_name = "SUBCOMMAND")]
    subcommand: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let page = page(&arguments.subcommand)?;
    let page = render(page).map_err(|error| Failure::Unusable(error.to_string()))?;
    print(&String::from_utf8_lossy(&page))
}

/// The page in troff. What follows the options in the help stands as it is, since it holds commands.
fn render(command: Command) -> io::Result<Vec<u8>> {
    let after_help = command
        .get_after_long_help()
        .or(command.get_after_help())
        .map_or(String::new(), ToString::to_string);
    let has_subcommands = command.has_subcommands();
    let man = Man::new(command)
        .manual("sheaf")
        .source(concat!("sheaf ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_subcommands {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend_from_slice(b".SH NOTES\n.nf\n");
    for line in after_help.lines() {
        // No line is a request, and no hyphen a dash.
        page.extend_from_slice(b"\\&");
        page.extend_from_slice(line.replace('\\', "\\e").replace('-', "\\-").as_bytes());
        page.push(b'\n');
    }
    page.extend_from_slice(b".fi\n");
    Ok(page)
}

/// The command that a page describes.
fn page(subcommand: &[String]) -> Result<Command, Failure> {
    // The long version speaks of the machine at hand, and a page is for all of them.
    let mut command = Cli::command()
        .disable_help_subcommand(true)
        .long_version(None::<&str>);
    command.build();
    subcommand.iter().try_fold(command, |command, name| {
        command.find_subcommand(name).cloned().ok_or_else(|| {
            Failure::Unusable(format!(
                "there is no subcommand {name}; `{} --help` lists them",
                command.get_bin_name().unwrap_or("sheaf")
            ))
        })
    })
}
