//! Ctrl-C, in a process of its own: the test starts itself again as the process that is interrupted.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use wigwag_host::interrupt::Interrupt;
use wigwag_host::wait::{Waiter, Woken};

const ROLE: &str = "WIGWAG_TEST_INTERRUPTED";

/// The process that is interrupted. Run by itself, it does nothing.
#[test]
fn interrupted() -> io::Result<()> {
    let Ok(role) = std::env::var(ROLE) else { return Ok(()) };
    let waiter = Waiter::new()?;
    let interrupt = Interrupt::install(&waiter)?;
    assert!(!interrupt.is_pending());
    eprintln!("ready");
    let mut handled = 0;
    loop {
        assert_eq!(waiter.wait(None, &mut [])?, Woken::Called);
        assert!(interrupt.is_pending());
        if role == "handles" {
            assert!(interrupt.take());
            assert!(!interrupt.take());
            handled += 1;
        }
        eprintln!("woken");
        if handled == 3 {
            std::process::exit(7);
        }
    }
}

struct Interrupted {
    process: Child,
    says: BufReader<std::process::ChildStderr>,
}

impl Interrupted {
    fn start(role: &str) -> io::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--exact", "interrupted", "--nocapture"])
            .env(ROLE, role)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let says = BufReader::new(process.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Interrupted { process, says })
    }

    fn hear(&mut self, word: &str) -> io::Result<()> {
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        assert_eq!(line.trim(), word);
        Ok(())
    }

    fn interrupt(&self) -> io::Result<()> {
        let id =
            i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
        Ok(kill_process(id, Signal::INT)?)
    }
}

#[test]
fn each_interrupt_that_is_handled_is_a_first_one() -> io::Result<()> {
    let mut program = Interrupted::start("handles")?;
    program.hear("ready")?;
    for _ in 0..3 {
        program.interrupt()?;
        program.hear("woken")?;
    }
    assert_eq!(program.process.wait()?.code(), Some(7));
    Ok(())
}

#[test]
fn a_second_one_ends_a_program_that_handles_none() -> io::Result<()> {
    let mut program = Interrupted::start("ignores")?;
    program.hear("ready")?;
    program.interrupt()?;
    program.hear("woken")?;
    program.interrupt()?;
    // To a shell this is status 130.
    assert_eq!(program.process.wait()?.signal(), Some(Signal::INT.as_raw()));
    Ok(())
}
