//! `kemu completions` and `kemu man`: what a shell and `man` need to know of the command line.

use super::terminal::{fail, print};
use clap::{Args, Command};
use clap_complete::Shell;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  kemu completions bash > ~/.local/share/bash-completion/completions/kemu
  kemu completions zsh > ~/.zfunc/_kemu
  kemu completions fish > ~/.config/fish/completions/kemu.fish";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  kemu man ~/.local/share/man/man1 && man kemu-extract";

#[derive(Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Args)]
pub(super) struct Man {
    /// Where the pages go; made if it is not there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn completions(arguments: Completions, mut command: Command) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "kemu", &mut script);
    print(&script)
}

pub(super) fn man(arguments: Man, command: Command) -> ExitCode {
    let write = || -> io::Result<()> {
        std::fs::create_dir_all(&arguments.folder)?;
        clap_mangen::generate_to(command, &arguments.folder)
    };
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("{}: cannot be written: {error}", arguments.folder.display());
            fail(&message, "choose a folder you may write to")
        }
    }
}
