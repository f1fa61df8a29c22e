//! Every form of the command line, and every wrong one.

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::os::unix::ffi::OsStringExt;

use wigwag_host::clock::Speed;
use wigwag_host::output::ShowLeds;

use super::*;

fn read_in(environment: &Environment, arguments: &[&str]) -> Result<Options, CliError> {
    parse(["wigwag"].iter().chain(arguments).map(OsString::from), environment)
}

#[track_caller]
fn read(arguments: &[&str]) -> Options {
    match read_in(&Environment::default(), arguments) {
        Ok(options) => options,
        Err(error) => panic!("{arguments:?}: {error}"),
    }
}

/// The message and the status.
#[track_caller]
fn refused(arguments: &[&str]) -> (String, u8) {
    match read_in(&Environment::default(), arguments) {
        Ok(options) => panic!("{arguments:?}: {options:?}"),
        Err(error) => (error.to_string(), error.exit_status()),
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn file(path: &str, arguments: &[&str]) -> Program {
    Program::File { path: path.into(), arguments: words(arguments) }
}

#[test]
fn nothing_is_the_repl_with_every_default() {
    let options = read(&[]);
    assert_eq!(
        options,
        Options {
            program: Program::Interactive,
            inspect: false,
            verbose: 0,
            optimise: 0,
            warnings: ShowWarnings::Default,
            heap_bytes: None,
            emitter: Emitter::Bytecode,
            compile_only: false,
            module_path: words(&[".frozen", "~/.micropython/lib", "/usr/lib/micropython"]),
            home: None,
            board: "pybv11",
            clock: ClockChoice::Real,
            until_us: None,
            leds: ShowLeds::Auto,
            events: None,
            flash: None,
            fuel: None,
            gc_stress: None,
        }
    );
    assert!(options.program.argv().is_empty());
}

#[test]
fn warnings_are_shown_when_asked_for() {
    assert_eq!(read(&["-W", "always", "f"]).warnings, ShowWarnings::Always);
    assert_eq!(
        read(&["-W", "always", "-Wignore", "f"]).warnings,
        ShowWarnings::Ignore,
        "the last one counts"
    );
    assert_eq!(read(&["-W", "default", "f"]).warnings, ShowWarnings::Default);
}

#[test]
fn a_file_takes_all_that_follows() {
    for rest in [
        &[][..],
        &["a", "b"],
        &["-v", "-i", "-O"],
        &["--help"],
        &["-h", "--version", "--nonsense"],
        &["-c", "x"],
        &["run", "--board", "pybd"],
        &["--", "x"],
        &["-"],
        &[""],
    ] {
        for first in [
            &["main.py"][..],
            &["run", "main.py"],
            &["-v", "main.py"],
            &["run", "--board", "pybd", "main.py"],
        ] {
            let options = read(&[first, rest].concat());
            assert_eq!(options.program, file("main.py", rest));
            assert_eq!(options.program.argv(), words(&[&["main.py"], rest].concat()));
        }
    }
}

#[test]
fn code_and_modules_take_all_that_follows() {
    for rest in
        [&[][..], &["a"], &["-i", "-v"], &["--", "-O"], &["-c", "y"], &["-m", "z"], &["run", "f"], &["-h"]]
    {
        for before in [&[][..], &["-i"], &["run"], &["run", "--clock", "virtual", "-i"]] {
            let options = read(&[before, &["-c", "print(1)"], rest].concat());
            assert_eq!(options.program, Program::Code { text: "print(1)".into(), arguments: words(rest) });
            assert_eq!(options.program.argv(), words(&[&["-c"], rest].concat()));
            assert_eq!(options.inspect, before.contains(&"-i"));

            let options = read(&[before, &["-m", "a.b"], rest].concat());
            assert_eq!(options.program, Program::Module { name: "a.b".into(), arguments: words(rest) });
            assert_eq!(options.program.argv(), words(&[&["a.b"], rest].concat()));
        }
    }
    assert_eq!(read(&["-c", "-1"]).program, Program::Code { text: "-1".into(), arguments: vec![] });
    assert_eq!(read(&["-c", ""]).program, Program::Code { text: "".into(), arguments: vec![] });
}

#[test]
fn standard_input() {
    let options = read(&["-", "a", "-v"]);
    assert_eq!(options.program, Program::StandardInput { arguments: words(&["a", "-v"]) });
    assert_eq!(options.program.argv(), words(&["-", "a", "-v"]));
    assert_eq!(read(&["run", "-"]).program, Program::StandardInput { arguments: vec![] });
}

#[test]
fn a_file_named_like_a_command() {
    assert_eq!(read(&["./run", "x"]).program, file("./run", &["x"]));
    assert_eq!(read(&["--", "run", "x"]).program, file("run", &["x"]));
    assert_eq!(read(&["run", "run"]).program, file("run", &[]));
    assert_eq!(read(&["--", "-x.py"]).program, file("-x.py", &[]));
    assert_eq!(similar_command("rnu".as_ref()), Some("run"));
    assert_eq!(similar_command("main.py".as_ref()), None);
}

#[test]
fn names_need_not_be_unicode() {
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    let options = parse(["wigwag".into(), odd.clone(), odd.clone()], &Environment::default());
    let program = options.map(|options| options.program);
    assert!(
        matches!(program, Ok(Program::File { path, arguments }) if path == odd && arguments == [odd.clone()])
    );
    assert!(parse([], &Environment::default()).is_ok(), "not even the command's name");
}

#[test]
fn the_unix_ports_options() {
    for before in [&[][..], &["run"]] {
        let options = |options: &[&str]| read(&[before, options, &["f"]].concat());
        assert!(options(&["-i"]).inspect);
        assert_eq!(options(&["-v"]).verbose, 1);
        assert_eq!(options(&["-vv", "-v"]).verbose, 3);
        for (text, level) in
            [("-O", 1), ("-OO", 2), ("-OOO", 3), ("-O0", 0), ("-O1", 1), ("-O2", 2), ("-O3", 3), ("-O9", 9)]
        {
            let options = options(&[text]);
            assert_eq!((options.optimise, options.program), (level, file("f", &[])), "{text}");
        }
        assert_eq!(options(&["-O3", "-O"]).optimise, 1, "the last one counts");
        assert_eq!(options(&["-X", "heapsize=64K", "-X", "heapsize=1M"]).heap_bytes, Some(1 << 20));
        assert_eq!(options(&["-Xheapsize=64K"]).heap_bytes, Some(64 << 10));
        assert_eq!(options(&["-X", "emit=native"]).emitter, Emitter::Native);
        assert!(options(&["-X", "compile-only"]).compile_only);
        assert_eq!(options(&["-X", "compile-only", "-O2"]).optimise, 2);
    }
    let options = read(&["-v", "-O", "-X", "compile-only", "run", "-vi", "-O3", "f"]);
    assert_eq!(
        (options.verbose, options.optimise, options.compile_only, options.inspect),
        (2, 3, true, true)
    );
}

#[test]
fn the_options_of_run() {
    let options = |options: &[&str]| read(&[&["run"], options, &["f"]].concat());
    assert_eq!(options(&["--board", "pybd"]).board, "pybd");
    assert_eq!(options(&["--board=none"]).board, "none");
    assert_eq!(options(&["--clock", "virtual"]).clock, ClockChoice::Virtual);
    assert_eq!(options(&["--clock", "real"]).clock, ClockChoice::Real);
    assert_eq!(
        Speed::from_thousandths(10_000).map(ClockChoice::Scaled),
        Some(options(&["--clock", "10x"]).clock)
    );
    assert_eq!(options(&["--until", "3s"]).until_us, Some(3_000_000));
    assert_eq!(options(&["--leds", "auto"]).leds, ShowLeds::Auto);
    assert_eq!(options(&["--leds", "always"]).leds, ShowLeds::Always);
    assert_eq!(options(&["--leds=never"]).leds, ShowLeds::Never);
    assert_eq!(options(&["--events", "-"]).events, Some(EventsTo::StandardOutput));
    assert_eq!(options(&["--flash", "flash.img"]).flash, Some("flash.img".into()));
    assert_eq!(options(&["--events=-"]).events, Some(EventsTo::StandardOutput));
    assert_eq!(options(&["--events", "out.jsonl"]).events, Some(EventsTo::File("out.jsonl".into())));
    assert_eq!(options(&["--fuel", "1"]).fuel, NonZeroU32::new(1));
    assert_eq!(options(&["--gc-stress", "7"]).gc_stress, NonZeroU32::new(7));
    let together = options(&[
        "--clock", "virtual", "--until", "24h", "--events", "-", "--leds", "never", "-O", "--board", "pybd",
    ]);
    assert_eq!((together.optimise, together.until_us), (1, Some(86_400_000_000)));
    assert_eq!(read(&["run", "-i"]).program, Program::Interactive);
}

#[test]
fn the_environment() {
    let with = |board: &str| Environment { board: Some(board.into()), ..Environment::default() };
    let board = |environment: &Environment, arguments: &[&str]| {
        read_in(environment, arguments)
            .map(|options| options.board)
            .map_err(|error| (error.to_string(), error.exit_status()))
    };
    assert_eq!(board(&with("none"), &["f"]), Ok("none"));
    assert_eq!(board(&with("pybd"), &["run", "f"]), Ok("pybd"));
    assert_eq!(board(&with("pybd"), &["run", "--board", "none", "f"]), Ok("none"));
    assert_eq!(board(&with(""), &["f"]), Ok("pybv11"));
    let refused =
        "in WIGWAG_BOARD: unknown board 'pybx'; did you mean 'pybd'? (there are: pybv11, pybd, none)";
    assert_eq!(board(&with("pybx"), &["f"]), Err((refused.into(), 2)));
    assert_eq!(board(&with("pybx"), &["run", "--board", "none", "f"]), Ok("none"), "nobody asked it");

    let inspect = |value: &str| {
        let environment = Environment { inspect: Some(value.into()), ..Environment::default() };
        read_in(&environment, &["f"]).map(|options| options.inspect).ok()
    };
    assert_eq!(inspect("1"), Some(true));
    assert_eq!(inspect(""), Some(false));
}

#[test]
fn help_and_version_are_no_errors() {
    for arguments in
        [&["-h"][..], &["--help"], &["-v", "-h"], &["run", "-h"], &["run", "--help", "f"], &["--version"]]
    {
        let (text, status) = refused(arguments);
        assert_eq!(status, 0, "{arguments:?}");
        assert!(text.contains("wigwag"), "{text}");
    }
    let (version, _) = refused(&["--version"]);
    assert_eq!(version, format!("wigwag {}\n", env!("CARGO_PKG_VERSION")));
    let (help, _) = refused(&["run", "-h"]);
    for shown in [
        "--board <NAME>",
        "--clock <CLOCK>",
        "--until <TIME>",
        "--leds <WHEN>",
        "--events <PATH>",
        "--flash <PATH>",
        "-X <OPTION>",
    ] {
        assert!(help.contains(shown), "{shown} in {help}");
    }
    assert!(!help.contains("--fuel") && !help.contains("--gc-stress"), "{help}");
}

#[test]
fn the_unix_ports_errors_end_with_1() {
    for (arguments, said) in [
        (&["--nonsense"][..], "unexpected argument '--nonsense'"),
        (&["-z", "f"], "unexpected argument '-z'"),
        (&["-c"], "a value is required for '-c <CODE> [ARG]...'"),
        (&["-m"], "a value is required for '-m <MODULE> [ARG]...'"),
        (&["-X"], "a value is required for '-X <OPTION>'"),
        (&["-X", "heapsize=lots", "f"], "'lots' is no heap size"),
        (&["-X", "heapsize=1", "f"], "a heap has at least 700 bytes"),
        (&["-X", "heapsiz=1M", "f"], "did you mean 'heapsize=1M'?"),
        (&["-X", "emit=natve", "f"], "did you mean 'native'?"),
        (&["--versoin"], "--version"),
        (&["--board", "pybd", "f"], "unexpected argument '--board'"),
    ] {
        let (text, status) = refused(arguments);
        assert!(text.contains(said), "{arguments:?}: {text}");
        assert_eq!(status, 1, "{arguments:?}");
    }
}

#[test]
fn the_errors_of_run_end_with_2() {
    for (options, said) in [
        (&["--bord", "pybd", "f"][..], "--board"),
        (&["--board", "pybv12", "f"], "unknown board 'pybv12'; did you mean 'pybv11'?"),
        (&["--board", "esp32", "f"], "(there are: pybv11, pybd, none)"),
        (&["--board"], "a value is required for '--board <NAME>'"),
        (&["--clock", "vitual", "f"], "unknown clock 'vitual'; did you mean 'virtual'?"),
        (&["--clock", "10", "f"], "did you mean '10x'?"),
        (&["--clock", "0x", "f"], "stands still"),
        (&["--until", "3", "f"], "'3' is no duration; did you mean '3s'?"),
        (&["--until", "3sec", "f"], "did you mean '3s'?"),
        (&["--until", "99999999999999999999s", "f"], "longer than time is counted here"),
        (&["--until", "0.1us", "f"], "whole microseconds"),
        (&["--leds", "alwys", "f"], "always"),
        (&["--leds", "sometimes", "f"], "[possible values: auto, always, never]"),
        (&["--fuel", "0", "f"], "--fuel"),
        (&["--events", "-v", "f"], "a value is required for '--events <PATH>'"),
        (&["--gc-stress", "-1", "f"], "'-1'"),
        (&["-X", "nonsense", "f"], "unknown option 'nonsense'"),
        (&["-z", "f"], "unexpected argument '-z'"),
        (&[], "there is nothing to run"),
        (&["--clock", "real"], "there is nothing to run"),
    ] {
        let (text, status) = refused(&[&["run"], options].concat());
        assert!(text.contains(said), "{options:?}: {text}");
        assert_eq!(status, 2, "{options:?}");
    }
}
