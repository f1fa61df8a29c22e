//! The targets for modules of the library that take what comes from outside: a script gives the input to the module and
//! checks what must hold.
//!
//! The first four bytes of an input are [settings](crate::settings); the rest is the file `input`, which the script reads
//! and takes apart as it says at its top. What a module may raise for bad input is caught in the script. An exception that
//! is not caught there is a mistake of the module, except for a `MemoryError`, which the settings may bring about anywhere.

use wigwag_engine::engine::Ending;

use crate::files::Files;
use crate::machine::{in_bounds, run};
use crate::settings::take_settings;

/// What a script may do before it is stopped.
const WORK: u64 = 400_000;

/// Scripts by the name of their target, which is the module's.
const SCRIPTS: [(&str, &str); 5] = [
    ("deflate", include_str!("deflate.py")),
    ("json", include_str!("json.py")),
    ("re", include_str!("re.py")),
    ("struct", include_str!("struct.py")),
    ("uctypes", include_str!("uctypes.py")),
];

/// The names of the targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCRIPTS.iter().map(|&(name, _)| name)
}

/// Gives an input to a module.
///
/// # Panics
/// If what must hold does not, or there is no such target.
pub fn module(name: &str, input: &[u8]) {
    let script = SCRIPTS.iter().find(|(known, _)| *known == name).expect("a target of this name").1;
    let (settings, rest) = take_settings(input);
    in_bounds(&settings, || {
        let ending = run(script.as_bytes(), &settings, Files::new().with("input", rest), WORK);
        assert!(
            is_sound(ending.as_ref()),
            "{name}: {}",
            ending.map_or(String::new(), |ending| ending.to_string())
        );
    });
}

/// Whether a script has found nothing wrong.
fn is_sound(ending: Option<&Ending>) -> bool {
    match ending {
        Some(Ending::Exception(text)) => {
            text.lines().last().is_some_and(|line| line.starts_with("MemoryError"))
        }
        Some(ending) => *ending == Ending::Finished,
        // Stopped after so much work.
        None => true,
    }
}
