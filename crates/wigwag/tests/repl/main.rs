//! The REPL as it is met: through a pseudo-terminal by a person, through one or through pipes by a tool.

mod people;
mod terminal;
mod tools;
mod troubles;

/// Where the command is started. Run by itself, it does nothing.
#[test]
fn the_command() {
    terminal::become_the_command();
}
