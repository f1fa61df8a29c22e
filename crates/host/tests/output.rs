//! The strip and the program's output, as a person at a terminal sees them.

mod common;

use std::io;
use std::time::{Duration, Instant};

use common::PseudoTerminal;
use wigwag_host::led_strip::{LedStrip, StripLed};
use wigwag_host::output::{ShowLeds, TerminalOutput};
use wigwag_host::terminal::{Abilities, Colours};

const DARK: &str = "\r[ ] 3 yellow  t=0.000 s\x1b[K";
const LIT: &str = "\r[Y] 3 yellow  t=0.150 s\x1b[K";
const ERASED: &str = "\r\x1b[K";

fn strip() -> LedStrip {
    let led = StripLed { id: 3, name: "yellow".into(), colour: "yellow".into() };
    LedStrip::new([led], Abilities { colours: Colours::None, unicode: true, control_sequences: true })
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn the_strip_follows_the_leds_at_a_bounded_rate() -> io::Result<()> {
    let terminal = PseudoTerminal::open(80)?;
    let mut output = TerminalOutput::new(&terminal.program, &terminal.program, Some(strip()))?;
    let start = Instant::now();
    output.refresh(start, 0);
    assert_eq!(terminal.shown()?, DARK);
    output.set_led(3, 255);
    output.refresh(start + milliseconds(10), 150_000);
    assert_eq!(terminal.shown()?, "", "too soon");
    let due = output.refresh_due(start).expect("a change is to be shown");
    assert_eq!(due, start + milliseconds(33));
    output.refresh(due, 150_000);
    assert_eq!(terminal.shown()?, LIT);
    output.set_led(3, 255);
    output.refresh(due + milliseconds(50), 150_000);
    assert_eq!(terminal.shown()?, "", "nothing changed");
    output.refresh(due + milliseconds(100), 150_000);
    assert_eq!(terminal.shown()?, LIT, "the clock goes on");
    output.finish()?;
    assert_eq!(terminal.shown()?, ERASED);
    drop(output);
    assert_eq!(terminal.shown()?, "");
    Ok(())
}

#[test]
fn before_a_prompt_it_is_left_standing_if_a_light_has_changed() -> io::Result<()> {
    let terminal = PseudoTerminal::open(80)?;
    let mut output = TerminalOutput::new(&terminal.program, &terminal.program, Some(strip()))?;
    let now = Instant::now();
    output.settle_strip(now, 0);
    assert_eq!(terminal.shown()?, "", "nothing has changed");
    output.set_led(3, 255);
    output.refresh(now, 0);
    terminal.shown()?;
    output.settle_strip(now, 150_000);
    assert_eq!(terminal.shown()?, format!("{LIT}\r\n"));
    output.settle_strip(now, 150_000);
    assert_eq!(terminal.shown()?, "", "once is enough");
    output.set_led(3, 0);
    output.stdout(b">>> ")?;
    output.flush()?;
    output.settle_strip(now, 0);
    assert_eq!(terminal.shown()?, ">>> ", "no place for it");
    Ok(())
}

#[test]
fn the_strip_steps_aside() -> io::Result<()> {
    let terminal = PseudoTerminal::open(80)?;
    let mut output = TerminalOutput::new(&terminal.program, &terminal.program, Some(strip()))?;
    let mut now = Instant::now();
    let mut refresh = |output: &mut TerminalOutput| {
        now += milliseconds(500);
        output.refresh(now, 0);
    };
    refresh(&mut output);
    assert_eq!(terminal.shown()?, DARK);
    output.stdout(b"one")?;
    assert_eq!(terminal.shown()?, "", "buffered, so nothing need move yet");
    output.stdout(b" line\n")?;
    assert_eq!(terminal.shown()?, format!("{ERASED}one line\r\n"));
    refresh(&mut output);
    assert_eq!(terminal.shown()?, DARK);

    output.stdout(b"50 %")?;
    output.flush()?;
    assert_eq!(terminal.shown()?, format!("{ERASED}50 %"));
    refresh(&mut output);
    assert_eq!(terminal.shown()?, "", "an unfinished line is there");
    assert_eq!(output.refresh_due(Instant::now()), None);
    output.stderr(b"error\n")?;
    assert_eq!(terminal.shown()?, "error\r\n");
    refresh(&mut output);
    assert_eq!(terminal.shown()?, DARK);

    output.stdout(b"out ")?;
    output.stderr(b"err")?;
    assert_eq!(terminal.shown()?, format!("{ERASED}out err"), "in the order they were written");
    drop(output);
    assert_eq!(terminal.shown()?, "", "the program's last line stays as it is");
    Ok(())
}

#[test]
fn output_that_goes_elsewhere_moves_nothing() -> io::Result<()> {
    let terminal = PseudoTerminal::open(80)?;
    let (read_end, write_end) = rustix::pipe::pipe()?;
    let mut output = TerminalOutput::new(&write_end, &terminal.program, Some(strip()))?;
    drop(write_end);
    output.refresh(Instant::now(), 0);
    assert_eq!(terminal.shown()?, DARK);
    output.stdout(b"to a pipe\n")?;
    output.flush()?;
    let mut buffer = [0; 64];
    let count = rustix::io::read(&read_end, &mut buffer)?;
    assert_eq!(&buffer[..count], b"to a pipe\n");
    assert_eq!(terminal.shown()?, "");

    // Nobody reads any more: an error for the program, and all else goes on.
    drop(read_end);
    output.stdout(b"more")?;
    assert_eq!(output.flush().map_err(|error| error.kind()), Err(io::ErrorKind::BrokenPipe));
    output.stderr(b"so\n")?;
    assert_eq!(terminal.shown()?, format!("{ERASED}so\r\n"));
    Ok(())
}

#[test]
fn a_full_buffer_is_written() -> io::Result<()> {
    let (read_end, write_end) = rustix::pipe::pipe()?;
    let mut output = TerminalOutput::new(&write_end, &write_end, None)?;
    for _ in 0..1000 {
        output.stdout(b"ten bytes\n")?;
    }
    let mut buffer = [0; 20_000];
    assert_eq!(rustix::io::read(&read_end, &mut buffer)?, 8200);
    drop(output);
    assert_eq!(rustix::io::read(&read_end, &mut buffer)?, 1800);
    Ok(())
}

#[test]
fn a_terminal_that_hangs_up_takes_the_strip_with_it() -> io::Result<()> {
    let PseudoTerminal { person, program } = PseudoTerminal::open(80)?;
    let mut output = TerminalOutput::new(&program, &program, Some(strip()))?;
    drop(person);
    let now = Instant::now();
    output.refresh(now, 0);
    assert_eq!(output.refresh_due(now + milliseconds(500)), None);
    assert!(output.stderr(b"x").is_err());
    Ok(())
}

#[test]
fn when_leds_are_shown() {
    assert!(ShowLeds::Auto.decide(true, true));
    assert!(!ShowLeds::Auto.decide(true, false));
    assert!(!ShowLeds::Auto.decide(false, true));
    assert!(ShowLeds::Always.decide(false, false));
    assert!(!ShowLeds::Never.decide(true, true));
}
