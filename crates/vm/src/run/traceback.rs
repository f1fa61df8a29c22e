//! Exceptions as upstream prints them.

use super::Vm;
use super::print::TextKind;
use crate::heap::{Value, sym};
use alloc::string::String;
use core::fmt::Write;

/// So many exceptions of a group are shown, as CPython does.
const WIDEST_GROUP: usize = 15;
/// Groups in groups are shown down to here.
const DEEPEST_GROUP: usize = 10;

impl Vm {
    /// The traceback and the last line of an exception, each line with its end.
    pub fn format_exception(&mut self, exception: Value) -> String {
        let mut text = self.format_one(exception);
        self.format_group(&mut text, exception, "  ", 0);
        text
    }

    /// The exceptions of a group, each with a heading, further in.
    fn format_group(&mut self, text: &mut String, group: Value, margin: &str, depth: usize) {
        let exceptions = self.heap.exceptions_of_group(group).to_vec();
        if exceptions.is_empty() || depth == DEEPEST_GROUP {
            return;
        }
        for (number, &exception) in exceptions.iter().take(WIDEST_GROUP).enumerate() {
            let _ = writeln!(text, "{margin}+---------------- {} ----------------", number + 1);
            for line in self.format_one(exception).lines() {
                let _ = writeln!(text, "{margin}| {line}");
            }
            let inner = alloc::format!("{margin}| ");
            self.format_group(text, exception, &inner, depth + 1);
        }
        if exceptions.len() > WIDEST_GROUP {
            let _ = writeln!(text, "{margin}| and {} more", exceptions.len() - WIDEST_GROUP);
        }
        let _ = writeln!(text, "{margin}+------------------------------------");
    }

    fn format_one(&mut self, exception: Value) -> String {
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
