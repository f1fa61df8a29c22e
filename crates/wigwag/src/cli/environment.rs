//! What the environment has to say, read once and handed on, so that tests can say something else.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Where modules are looked for beside the program's own directory, unless `MICROPYPATH` says otherwise.
const DEFAULT_MODULE_PATH: &str = ".frozen:~/.micropython/lib:/usr/lib/micropython";

/// The variables that matter to the command.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `WIGWAG_BOARD`.
    pub board: Option<OsString>,
    /// `MICROPYINSPECT`.
    pub inspect: Option<OsString>,
    /// `MICROPYPATH`.
    pub module_path: Option<OsString>,
    /// `HOME`.
    pub home: Option<OsString>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Environment {
            board: std::env::var_os("WIGWAG_BOARD"),
            inspect: std::env::var_os("MICROPYINSPECT"),
            module_path: std::env::var_os("MICROPYPATH"),
            home: std::env::var_os("HOME"),
        }
    }

    /// `sys.path` after its first entry, which is the program's own directory.
    pub(super) fn module_path_entries(&self) -> Vec<OsString> {
        let path = self.module_path.as_deref().unwrap_or(OsStr::new(DEFAULT_MODULE_PATH)).as_bytes();
        // An empty first entry is the one that is there anyway.
        let path = path.strip_prefix(b":").unwrap_or(path);
        if path.is_empty() {
            return Vec::new();
        }
        path.split(|&byte| byte == b':').map(|entry| self.expand_home(entry)).collect()
    }

    fn expand_home(&self, entry: &[u8]) -> OsString {
        match (&self.home, entry.strip_prefix(b"~")) {
            (Some(home), Some(rest)) if rest.starts_with(b"/") => {
                OsString::from_vec([home.as_bytes(), rest].concat())
            }
            _ => OsString::from_vec(entry.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(path: Option<&str>, home: Option<&str>) -> Vec<OsString> {
        let environment = Environment {
            module_path: path.map(Into::into),
            home: home.map(Into::into),
            ..Environment::default()
        };
        environment.module_path_entries()
    }

    #[test]
    fn as_the_unix_port_reads_it() {
        assert_eq!(entries(None, Some("/h")), [".frozen", "/h/.micropython/lib", "/usr/lib/micropython"]);
        assert_eq!(entries(Some("a:b"), None), ["a", "b"]);
        assert_eq!(entries(Some(":a"), None), ["a"]);
        assert_eq!(entries(Some("a::b"), None), ["a", "", "b"]);
        assert_eq!(entries(Some("~/x:~y:~"), Some("/h")), ["/h/x", "~y", "~"]);
        assert_eq!(entries(Some("~/x"), None), ["~/x"]);
        assert!(entries(Some(""), None).is_empty());
        assert!(entries(Some(":"), None).is_empty());
    }
}
