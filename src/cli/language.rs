//! The language of the command line itself: chosen before anything is parsed, for help and mistakes are told in it too.

use clap::{Command, ValueEnum};
use kemu::lang::Language;
use std::ffi::OsString;

/// A value of `--lang`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    En,
    Zh,
}

/// The language that `--lang` names, else that of the locale.
pub(super) fn chosen(arguments: &[OsString]) -> Language {
    let texts = arguments.iter().map(|argument| argument.to_str());
    let values = texts.clone().zip(texts.skip(1)).filter_map(|(name, value)| match name?.strip_prefix("--lang")? {
        "" => value,
        rest => rest.strip_prefix('='),
    });
    // The last argument may be `--lang=zh`; nothing comes after it.
    let last = arguments.last().and_then(|last| last.to_str()?.strip_prefix("--lang="));
    let named = values.chain(last).find_map(|value| Lang::from_str(value, false).ok());
    match named {
        Some(Lang::En) => Language::English,
        Some(Lang::Zh) => Language::Chinese,
        None => Language::of_locale(|name| std::env::var(name).ok()),
    }
}

/// The command line with its help in a language.
pub(super) fn translated(command: Command, language: Language) -> Command {
    let tell = |text: &dyn std::fmt::Display| language.tell(&text.to_string());
    let [about, long_about] = [command.get_about(), command.get_long_about()].map(|text| text.map(|t| tell(t)));
    let after_help = command.get_after_help().map(|text| tell(text));
    let mut told = command;
    if let Some(about) = about {
        told = told.about(about);
    }
    if let Some(about) = long_about {
        told = told.long_about(about);
    }
    if let Some(after) = after_help {
        told = told.after_help(after);
    }
    let told = told.mut_args(|argument| {
        let [help, long_help] =
            [argument.get_help(), argument.get_long_help()].map(|text| text.map(|t| language.tell(&t.to_string())));
        let argument = if let Some(help) = help { argument.help(help) } else { argument };
        if let Some(help) = long_help { argument.long_help(help) } else { argument }
    });
    told.mut_subcommands(|subcommand| translated(subcommand, language))
}

/// What clap itself says, where it knows English alone: headings, its own options, mistakes.
pub(super) fn retold(text: &str, language: Language) -> String {
    let notes = ["default", "possible values"];
    let lines = text.lines().map(|line| {
        notes.iter().fold(language.tell(line), |line, note| {
            line.replace(&format!("[{note}: "), &format!("[{}: ", language.tell(note)))
        })
    });
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn all(command: &Command) -> Vec<&Command> {
        command.get_subcommands().flat_map(all).chain([command]).collect()
    }

    #[test]
    fn all_help_is_known_in_chinese() {
        let cli = super::super::Cli::command();
        let mut unknown = Vec::new();
        for command in all(&cli) {
            let own = [command.get_about(), command.get_long_about(), command.get_after_help()];
            let arguments =
                command.get_arguments().flat_map(|argument| [argument.get_help(), argument.get_long_help()]);
            for text in own.into_iter().chain(arguments).flatten().map(ToString::to_string) {
                // A usage line alone needs no words.
                let lines = text.lines().filter(|line| !line.contains("kemu ") || line.trim().contains("  "));
                let lines: Vec<&str> = lines.collect();
                if !Language::Chinese.knows(&text) && !Language::Chinese.knows(&lines.join("\n")) {
                    let missing = lines.into_iter().filter(|line| !Language::Chinese.knows(line)).map(str::to_owned);
                    unknown.extend(missing);
                }
            }
        }
        assert!(unknown.is_empty(), "put these into src/lang/zh.toml:\n{}", unknown.join("\n"));
    }

    #[test]
    fn the_option_goes_before_the_locale() {
        let chosen = |arguments: &[&str]| chosen(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(chosen(&["kemu", "--lang", "zh", "--help"]), Language::Chinese);
        assert_eq!(chosen(&["kemu", "report", "--lang=zh"]), Language::Chinese);
        assert_eq!(chosen(&["kemu", "--lang=en", "report"]), Language::English);
    }
}
