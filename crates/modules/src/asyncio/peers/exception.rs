//! `Exception`: a Python exception on Rust's side, and an error of Rust's on its way to Python.

use super::Object;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::error::Error;
use core::fmt;

/// An exception: the name of its class and its message.
///
/// On its way to Python the name is looked up among the exceptions that were registered with a module
/// ([`Module::exception`](super::Module::exception)), then among the built-in ones; with a dot in it
/// (`"asyncio.TimeoutError"`) it is a name of a module. An unknown one becomes a `RuntimeError` that says so. One that came
/// from Python goes back as the very same object, with its traceback.
///
/// ```
/// use wigwag_modules::asyncio::peers::Exception;
///
/// fn parse(text: &str) -> Result<i64, Exception> {
///     text.parse().map_err(|error| Exception::new("ValueError", error))
/// }
/// assert_eq!(parse("x").unwrap_err().to_string(), "ValueError: invalid digit found in string");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    name: Cow<'static, str>,
    message: String,
    pub(super) object: Option<Object>,
}

impl Exception {
    /// An exception of this class with this message.
    pub fn new(name: impl Into<Cow<'static, str>>, message: impl fmt::Display) -> Exception {
        Exception { name: name.into(), message: message.to_string(), object: None }
    }

    /// What a cancelled task ends with.
    pub fn cancelled() -> Exception {
        Exception::new("asyncio.CancelledError", "")
    }

    pub(super) fn of_python(name: String, message: String, object: Object) -> Exception {
        Exception { name: Cow::Owned(name), message, object: Some(object) }
    }

    /// The name of its class.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its message; empty if it has none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The exception object, if it came from Python.
    pub fn object(&self) -> Option<&Object> {
        self.object.as_ref()
    }

    /// Whether it says that the task was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.name.rsplit('.').next() == Some("CancelledError")
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(&self.name),
            message => write!(f, "{}: {message}", self.name),
        }
    }
}

impl Error for Exception {}

/// What cannot fail.
impl From<core::convert::Infallible> for Exception {
    fn from(never: core::convert::Infallible) -> Exception {
        match never {}
    }
}

/// A `RuntimeError`.
impl From<&str> for Exception {
    fn from(message: &str) -> Exception {
        Exception::new("RuntimeError", message)
    }
}

/// A `RuntimeError`.
impl From<String> for Exception {
    fn from(message: String) -> Exception {
        Exception::new("RuntimeError", message)
    }
}

/// The exception inside, if it is one; otherwise a `RuntimeError` with the error's text. So `?` works on everything in a
/// function whose error is `Box<dyn Error>`.
impl From<Box<dyn Error>> for Exception {
    fn from(error: Box<dyn Error>) -> Exception {
        match error.downcast::<Exception>() {
            Ok(exception) => *exception,
            Err(error) => Exception::new("RuntimeError", error),
        }
    }
}
