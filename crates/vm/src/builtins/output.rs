//! `print`

use crate::heap::{Raised, Value, sym};
use crate::run::print::TextKind;
use crate::run::{Arguments, Outcome, Stream, Vm};
use alloc::string::String;

/// `print(*values, sep=' ', end='\n', file=sys.stdout)`
pub fn print(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let mut separator = String::from(" ");
    let mut end = String::from("\n");
    let mut file = Value::NONE;
    for (name, value) in arguments.keywords(vm) {
        match name {
            sym::SEP | sym::END if value.is_none() => {}
            sym::SEP | sym::END => match vm.heap.as_str(value) {
                Some(text) if name == sym::SEP => separator = String::from(text),
                Some(text) => end = String::from(text),
                None => return Err(vm.type_error("sep and end must be strings")),
            },
            sym::FILE => file = value,
            _ => return Err(vm.type_error("extra keyword arguments given")),
        }
    }
    let mut text = String::new();
    for number in 0..arguments.count {
        if number > 0 {
            text.push_str(&separator);
        }
        let value = arguments.at(vm, number);
        vm.write_value(&mut text, value, TextKind::Str)?;
    }
    text.push_str(&end);
    if !file.is_none() {
        return write_to(vm, file, text);
    }
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

fn write_to(vm: &mut Vm, file: Value, text: String) -> Result<Outcome, Raised> {
    let text = vm.heap.string(text)?;
    let write = vm.heap.special(file, sym::WRITE)?;
    match write {
        Some(method) => Ok(Outcome::Call(method, crate::run::FewArguments::new(&[file, text]))),
        None => Err(vm.type_error("stream operation not supported")),
    }
}
