//! The arguments as clap knows them, and the way from them to [`Options`].
//!
//! Clap reads all but one of MicroPython's forms as they are. The one is `-O`, whose value may be attached
//! (`-O2`), be the number of letters (`-OO`), or be missing, and is never the next argument; so it is
//! spelled out as `-O2` [before clap reads it](spell_out_optimisation).

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::builder::OsStringValueParser;
use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use wigwag_host::output::ShowLeds;

use super::environment::Environment;
use super::error::CliError;
use super::options::{ClockChoice, EventsTo, Options, Program, ShowWarnings};
use super::values::board::{DEFAULT_BOARD, parse_board};
use super::values::clock::parse_clock;
use super::values::duration::parse_duration_us;
use super::values::implementation::{ImplementationOption, parse_implementation_option};

/// The names of the commands.
pub(super) const COMMANDS: [&str; 1] = ["run"];

/// The status of a command line that the unix port would refuse, too.
const UNIX_PORT_STATUS: u8 = 1;
/// The status of one that it has no opinion about.
const OWN_STATUS: u8 = 2;

/// Run programs for MicroPython boards without the board.
///
/// Everything after FILE, CODE, MODULE or `-` belongs to the program. Without any of them: the REPL, or,
/// if standard input is no terminal, the program that it holds.
#[derive(Debug, Parser)]
#[command(name = "wigwag", bin_name = "wigwag", version, disable_version_flag = true)]
#[command(disable_help_subcommand = true)]
#[command(override_usage = "wigwag [OPTIONS] [FILE [ARG]...]\n       wigwag run [OPTIONS] FILE [ARG]...")]
#[command(after_help = "Environment: WIGWAG_BOARD (the default board), MICROPYPATH, MICROPYINSPECT.")]
struct Arguments {
    #[command(flatten)]
    interpreter: Interpreter,
    #[command(flatten)]
    source: Source,
    #[command(subcommand)]
    command: Option<Command>,
    /// Show the version.
    #[arg(long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a program, with a say over board, clock and what is shown.
    #[command(override_usage = "wigwag run [OPTIONS] FILE [ARG]...")]
    Run(Run),
}

#[derive(Debug, Default, Args)]
struct Run {
    #[command(flatten)]
    interpreter: Interpreter,
    #[command(flatten)]
    board: BoardOptions,
    #[command(flatten)]
    source: Source,
}

/// The options of MicroPython's unix port.
#[derive(Debug, Default, Args)]
struct Interpreter {
    /// Go on with the REPL after the program.
    #[arg(short = 'i')]
    inspect: bool,
    /// Tell more about what is going on; can be given more than once.
    #[arg(short = 'v', action = ArgAction::Count)]
    verbose: u8,
    /// Optimise: 1 leaves out assertions. Also -O for 1, -OO for 2, -OOO for 3.
    #[arg(short = 'O', value_name = "N", action = ArgAction::Append)]
    optimise: Vec<u8>,
    /// Show warnings: always, ignore, or default (when standard error is a terminal).
    #[arg(short = 'W', value_name = "WHEN", value_enum, action = ArgAction::Append)]
    warnings: Vec<WarningsArgument>,
    /// heapsize=N[w][K|M], emit={bytecode,native,viper}, or compile-only.
    #[arg(short = 'X', value_name = "OPTION", action = ArgAction::Append)]
    #[arg(value_parser = parse_implementation_option)]
    implementation: Vec<ImplementationOption>,
}

/// What to run.
#[derive(Debug, Default, Args)]
struct Source {
    /// Run this text; what follows it are its arguments.
    #[arg(short = 'c', value_names = ["CODE", "ARG"], num_args = 1.., allow_hyphen_values = true)]
    #[arg(value_parser = OsStringValueParser::new())]
    code: Option<Vec<OsString>>,
    /// Run this module; what follows it are its arguments.
    #[arg(short = 'm', value_names = ["MODULE", "ARG"], num_args = 1.., allow_hyphen_values = true)]
    #[arg(value_parser = OsStringValueParser::new())]
    module: Option<Vec<OsString>>,
    /// The program, `-` for standard input, and its arguments.
    #[arg(value_name = "FILE", trailing_var_arg = true, num_args = 0..)]
    #[arg(value_parser = OsStringValueParser::new())]
    file: Vec<OsString>,
}

/// The options that only `run` has.
#[derive(Debug, Default, Args)]
struct BoardOptions {
    /// The board: pybv11, pybd, or none for MicroPython's unix port.
    #[arg(long, value_name = "NAME", value_parser = parse_board)]
    board: Option<&'static str>,
    /// The clock: real, virtual (waits for nothing), or a pace as in 10x.
    #[arg(long, value_name = "CLOCK", value_parser = parse_clock)]
    clock: Option<ClockChoice>,
    /// End the run after so much of the program's time: 3s, 24h, 150ms.
    #[arg(long, value_name = "TIME", value_parser = parse_duration_us)]
    until: Option<u64>,
    /// When to show the strip of LEDs.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    leds: Leds,
    /// Write each change on the board as a line of JSON, to a file or to standard output (-).
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new())]
    events: Option<OsString>,
    /// Keep what is in the board's flash (pyb.Flash) in this file.
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new())]
    flash: Option<OsString>,
    /// Fuel for each step of the engine.
    #[arg(long, value_name = "N", hide = true)]
    fuel: Option<NonZeroU32>,
    /// Collect garbage at every Nth safepoint.
    #[arg(long, value_name = "N", hide = true)]
    gc_stress: Option<NonZeroU32>,
}

/// [`ShowLeds`], as clap spells it.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Leds {
    #[default]
    Auto,
    Always,
    Never,
}

impl From<Leds> for ShowLeds {
    fn from(leds: Leds) -> Self {
        match leds {
            Leds::Auto => ShowLeds::Auto,
            Leds::Always => ShowLeds::Always,
            Leds::Never => ShowLeds::Never,
        }
    }
}

/// Reads a whole command line, the command's name first.
pub(super) fn read(arguments: Vec<OsString>, environment: &Environment) -> Result<Options, CliError> {
    let run = match read_plain(arguments) {
        Ok(run) => run,
        Err(arguments) => read_by_clap(arguments)?,
    };
    options_of(run, environment)
}

/// Reads `wigwag FILE [ARG…]`, the form that programs are mostly started in, and gives any other back. It says what clap
/// would say, but a program as small as `print("hello")` would spend more time and memory in clap than in its run.
fn read_plain(arguments: Vec<OsString>) -> Result<Run, Vec<OsString>> {
    let is_file = |argument: &OsString| {
        !argument.as_encoded_bytes().starts_with(b"-") && !COMMANDS.iter().any(|command| argument == command)
    };
    if !arguments.get(1).is_some_and(is_file) {
        return Err(arguments);
    }
    let file = arguments.into_iter().skip(1).collect();
    Ok(Run { source: Source { file, ..Source::default() }, ..Run::default() })
}

/// Reads any form.
fn read_by_clap(mut arguments: Vec<OsString>) -> Result<Run, CliError> {
    let mut command = Arguments::command();
    command.build();
    let has_command = spell_out_optimisation(&command, &mut arguments);
    let status = if has_command { OWN_STATUS } else { UNIX_PORT_STATUS };
    let refuse = |message| CliError::Arguments { message, status };

    let matches = command.try_get_matches_from_mut(arguments).map_err(refuse)?;
    let read = Arguments::from_arg_matches(&matches).map_err(|error| refuse(error.format(&mut command)))?;
    let mut run = match read.command {
        None => Run { source: read.source, ..Run::default() },
        Some(Command::Run(run)) => run,
    };
    run.interpreter = read.interpreter.followed_by(run.interpreter);
    if has_command && run.source.is_empty() && !run.interpreter.inspect {
        let message = "there is nothing to run: give a FILE (or '-' for standard input)";
        return Err(refuse(command.error(ErrorKind::MissingRequiredArgument, message)));
    }
    Ok(run)
}

/// What a command line asks for in this environment.
fn options_of(run: Run, environment: &Environment) -> Result<Options, CliError> {
    let interpreter = run.interpreter;
    let board = match (run.board.board, &environment.board) {
        (Some(board), _) => board,
        (None, Some(name)) if !name.is_empty() => {
            parse_board(&name.to_string_lossy()).map_err(CliError::BoardVariable)?
        }
        (None, _) => DEFAULT_BOARD,
    };
    let mut options = Options {
        program: run.source.into_program(),
        inspect: interpreter.inspect || environment.inspect.as_ref().is_some_and(|value| !value.is_empty()),
        verbose: interpreter.verbose,
        optimise: interpreter.optimise.last().copied().unwrap_or(0),
        warnings: interpreter.warnings.last().map_or_else(Default::default, |&when| when.into()),
        heap_bytes: None,
        emitter: Default::default(),
        compile_only: false,
        module_path: environment.module_path_entries(),
        home: environment.home.clone().map(PathBuf::from),
        board,
        clock: run.board.clock.unwrap_or_default(),
        until_us: run.board.until,
        leds: run.board.leds.into(),
        events: run.board.events.map(|path| match path.to_str() {
            Some("-") => EventsTo::StandardOutput,
            _ => EventsTo::File(PathBuf::from(path)),
        }),
        flash: run.board.flash.map(PathBuf::from),
        fuel: run.board.fuel,
        gc_stress: run.board.gc_stress,
    };
    for option in interpreter.implementation {
        match option {
            ImplementationOption::HeapBytes(bytes) => options.heap_bytes = Some(bytes),
            ImplementationOption::Emit(emitter) => options.emitter = emitter,
            ImplementationOption::CompileOnly => options.compile_only = true,
        }
    }
    Ok(options)
}

/// The values of `-W`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum WarningsArgument {
    Default,
    Always,
    Ignore,
}

impl From<WarningsArgument> for ShowWarnings {
    fn from(argument: WarningsArgument) -> ShowWarnings {
        match argument {
            WarningsArgument::Default => ShowWarnings::Default,
            WarningsArgument::Always => ShowWarnings::Always,
            WarningsArgument::Ignore => ShowWarnings::Ignore,
        }
    }
}

impl Interpreter {
    /// Options before the command's name count as if they stood after it.
    fn followed_by(mut self, later: Interpreter) -> Interpreter {
        self.inspect |= later.inspect;
        self.verbose = self.verbose.saturating_add(later.verbose);
        self.optimise.extend(later.optimise);
        self.warnings.extend(later.warnings);
        self.implementation.extend(later.implementation);
        self
    }
}

impl Source {
    fn is_empty(&self) -> bool {
        self.code.is_none() && self.module.is_none() && self.file.is_empty()
    }

    fn into_program(self) -> Program {
        // At most one of the three is there: each takes all that follows it.
        let first_and_rest = |words: Vec<OsString>| {
            let mut words = words.into_iter();
            words.next().map(|first| (first, words.collect()))
        };
        if let Some((text, arguments)) = self.code.and_then(first_and_rest) {
            Program::Code { text, arguments }
        } else if let Some((name, arguments)) = self.module.and_then(first_and_rest) {
            Program::Module { name, arguments }
        } else {
            match first_and_rest(self.file) {
                Some((path, arguments)) if path == "-" => Program::StandardInput { arguments },
                Some((path, arguments)) => Program::File { path: path.into(), arguments },
                None => Program::Interactive,
            }
        }
    }
}

/// Turns `-O`, `-OO` and the like into `-O1`, `-O2`, up to where the program's own arguments begin. Says
/// whether there is a command on the way.
///
/// It walks as clap will: it asks clap which options take a value, and which take all the rest.
fn spell_out_optimisation(command: &clap::Command, arguments: &mut [OsString]) -> bool {
    let mut command = command;
    let mut has_command = false;
    let mut position = 1;
    while let Some(argument) = arguments.get_mut(position) {
        position += 1;
        let Some(text) = argument.to_str() else { break };
        let option = match text.strip_prefix('-') {
            None | Some("") => match command.find_subcommand(text) {
                Some(found) => {
                    has_command = true;
                    command = found;
                    continue;
                }
                None => break,
            },
            Some("-") => break,
            Some(short) if short.starts_with('O') => {
                let level = optimisation_level(short);
                *argument = format!("-O{level}").into();
                continue;
            }
            Some(option) => option,
        };
        match value_of(command, option) {
            OptionValue::None => {}
            OptionValue::Next => position += 1,
            OptionValue::AllTheRest => break,
        }
    }
    has_command
}

/// The level that `O…` stands for: its digit, or the number of its letters.
fn optimisation_level(text: &str) -> usize {
    let digit = text.chars().nth(1).and_then(|character| character.to_digit(10));
    let letters = text.chars().take_while(|&character| character == 'O').count();
    digit.map_or(letters.min(9), |digit| digit as usize)
}

/// What an option takes beyond its own argument.
enum OptionValue {
    None,
    Next,
    AllTheRest,
}

/// `option` is an argument without its first hyphen.
fn value_of(command: &clap::Command, option: &str) -> OptionValue {
    let takes = |argument: &clap::Arg, attached: bool| {
        let most = argument.get_num_args().map_or(0, |range| range.max_values());
        match (argument.get_action().takes_values(), most) {
            (true, usize::MAX) => OptionValue::AllTheRest,
            (true, 1..) if !attached => OptionValue::Next,
            _ => OptionValue::None,
        }
    };
    if let Some(long) = option.strip_prefix('-') {
        let (name, attached) = long.split_once('=').map_or((long, false), |(name, _)| (name, true));
        let found = command.get_arguments().find(|argument| argument.get_long() == Some(name));
        return found.map_or(OptionValue::None, |argument| takes(argument, attached));
    }
    for (index, letter) in option.char_indices() {
        let Some(argument) = command.get_arguments().find(|argument| argument.get_short() == Some(letter))
        else {
            break;
        };
        if argument.get_action().takes_values() {
            return takes(argument, index + letter.len_utf8() < option.len());
        }
    }
    OptionValue::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_with_it() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_is_known_by_name() {
        let command = Arguments::command();
        assert!(command.get_subcommands().map(clap::Command::get_name).eq(COMMANDS));
    }

    #[test]
    fn the_plain_form_is_read_as_clap_reads_it() {
        let line = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let options = |run| match options_of(run, &Environment::default()) {
            Ok(options) => options,
            Err(error) => panic!("{error}"),
        };
        for words in [
            &["wigwag", "f.py"] as &[_],
            &["wigwag", "f.py", "-v", "--", "-c", "x", "run"],
            &["wigwag", "run.py"],
            &["wigwag", ""],
            &["wigwag", "./run", "-"],
        ] {
            let (Ok(plain), Ok(by_clap)) = (read_plain(line(words)), read_by_clap(line(words))) else {
                panic!("{words:?} is not read by both");
            };
            assert_eq!(options(plain), options(by_clap), "{words:?}");
        }
        for words in
            [&[] as &[_], &["wigwag"], &["wigwag", "run", "f"], &["wigwag", "-"], &["wigwag", "-v", "f"]]
        {
            assert_eq!(read_plain(line(words)).err(), Some(line(words)));
        }
    }

    #[test]
    fn levels() {
        for (text, level) in [("O", 1), ("OO", 2), ("OOO", 3), ("O0", 0), ("O3", 3), ("O31", 3), ("Ox", 1)] {
            assert_eq!(optimisation_level(text), level, "{text}");
        }
        assert_eq!(optimisation_level(&"O".repeat(1000)), 9);
    }
}
