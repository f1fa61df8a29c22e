//! Exceptions as upstream prints them.

use super::Vm;
use super::print::TextKind;
use crate::heap::{Value, sym};
use alloc::string::String;
use core::fmt::Write;

impl Vm {
    /// The traceback and the last line of an exception, each line with its end.
    pub fn format_exception(&mut self, exception: Value) -> String {
        let limit = self.traceback_limit();
        let mut text = String::new();
        if let Some(object) = self.heap.as_exception(exception)
            && !object.traceback.is_empty()
            && limit > 0
        {
            text.push_str("Traceback (most recent call last):\n");
            for line in object.traceback.iter().rev().take(limit) {
                let file = self.heap.symbols.text(line.file);
                let _ = write!(text, "  File \"{file}\", line {}", line.line);
                let function = self.heap.symbols.text(line.function);
                if !function.is_empty() {
                    let _ = write!(text, ", in {function}");
                }
                text.push('\n');
            }
        }
        // As upstream: a `__repr__` in Python says it all, a `__str__` is not asked.
        let before = text.len();
        let described = match self.python_special(exception, sym::REPR) {
            Ok(Some(_)) => self.write_value(&mut text, exception, TextKind::Repr).is_ok(),
            _ => false,
        };
        if !described {
            text.truncate(before);
            text.push_str(self.heap.type_name(exception));
            text.push_str(": ");
            let _ = self.write_plain_exception(&mut text, exception, TextKind::Str);
        }
        text.push('\n');
        text
    }

    /// How many lines of a traceback are shown: `sys.tracebacklimit`, where a program has set it.
    fn traceback_limit(&self) -> usize {
        let limit = self.sys_namespace().and_then(|sys| {
            let name = self.heap.symbols.find("tracebacklimit")?;
            self.namespace_get(sys, name)
        });
        match limit.and_then(|limit| self.heap.as_int(limit)) {
            Some(limit) => usize::try_from(limit).unwrap_or(0),
            None => usize::MAX,
        }
    }
}
