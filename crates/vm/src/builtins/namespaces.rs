//! What names there are: `globals`, `locals`, `dir`, `help`.

use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, Value, sym};
use crate::run::print::TextKind;
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Stream, Vm};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// `globals()`
pub fn globals(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(vm.current_globals().value().into())
}

/// `locals()`: as upstream, the namespace of the class body or module that is being executed, never the variables of a
/// function.
pub fn locals(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(vm.current_locals().value().into())
}

/// `dir()`, `dir(x)`: names in order.
pub fn dir(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(value) = arguments.get(vm, 0) else {
        let mut names = Vec::new();
        let locals = vm.current_locals();
        names_in(vm, locals, &mut names);
        return listed(vm, names);
    };
    if let Some(method) = vm.special_method(value, sym::DIR)? {
        return Ok(Outcome::Frame(Box::new(OwnDir { method, value })));
    }
    let names = attribute_names(vm, value)?;
    listed(vm, names)
}

/// Asks `__dir__`; as upstream has it, what it gives is the answer, whatever it is.
struct OwnDir {
    method: Value,
    value: Value,
}

impl NativeFrame for OwnDir {
    fn step(&mut self, _: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(names) => Ok(Step::Return(names)),
            _ => Ok(Step::Call(self.method, FewArguments::new(&[self.value]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.value]);
    }
}

/// The names in a namespace, in the order in which they came.
pub fn names_in(vm: &Vm, namespace: Handle, names: &mut Vec<Symbol>) {
    if let Some(table) = vm.heap.as_dict(namespace.value()) {
        names.extend(table.iter().filter_map(|entry| entry.key.as_symbol()));
    }
}

fn listed(vm: &mut Vm, mut names: Vec<Symbol>) -> Result<Outcome, Raised> {
    let symbols = &vm.heap.symbols;
    names.sort_unstable_by(|x, y| symbols.text(*x).cmp(symbols.text(*y)));
    names.dedup();
    let values: Vec<Value> = names.into_iter().map(Value::from_symbol).collect();
    Ok(vm.heap.list(&values)?.into())
}

/// The names of a value's own attributes and of those of its classes, without asking `__dir__`.
pub fn attribute_names(vm: &mut Vm, value: Value) -> Result<Vec<Symbol>, Raised> {
    let mut names = alloc::vec![sym::DUNDER_CLASS];
    let mut class = Some(vm.heap.class_of(value));
    match vm.heap.slot_of(value) {
        Some(Slot::Module(namespace)) => {
            let namespace = *namespace;
            names_in(vm, namespace, &mut names);
            names.push(sym::DUNDER_DICT);
            class = None;
        }
        Some(Slot::Class(_)) => {
            names.extend_from_slice(&[sym::DUNDER_NAME, sym::DUNDER_BASES, sym::DUNDER_DICT]);
            class = vm.heap.as_class(value);
        }
        Some(Slot::Instance(_)) => {
            names.push(sym::DUNDER_DICT);
            names.extend(vm.instance_attributes(value).into_iter().map(|(name, _)| name));
        }
        Some(Slot::Exception(_)) => {
            names.extend(vm.instance_attributes(value).into_iter().map(|(name, _)| name));
        }
        _ => {}
    }
    if let Some(class) = class {
        let mut classes = alloc::vec![class];
        if let Some(object) = vm.heap.class(class) {
            classes.extend_from_slice(&object.ancestors);
        }
        for class in classes {
            // What every object has is not worth naming.
            if class == crate::heap::TypeId::Object.handle() {
                continue;
            }
            // A first look-up fills in the members of a type written in Rust.
            vm.heap.class_own(class, sym::EMPTY)?;
            if let Some(object) = vm.heap.class(class) {
                names.extend(object.dict.iter().filter_map(|entry| entry.key.as_symbol()));
            }
        }
    }
    Ok(names)
}

const GENERAL_HELP: &str = "Welcome to MicroPython!

For online docs please visit http://docs.micropython.org/

Control commands:
  CTRL-A        -- on a blank line, enter raw REPL mode
  CTRL-B        -- on a blank line, enter normal REPL mode
  CTRL-C        -- interrupt a running program
  CTRL-D        -- on a blank line, exit or do a soft reset
  CTRL-E        -- on a blank line, enter paste mode

For further help on a specific object, type help(obj)
";

/// `help()`, `help(x)`, `help('modules')`
pub fn help(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let text = match arguments.get(vm, 0) {
        None => String::from(GENERAL_HELP),
        Some(topic) if vm.heap.as_str(topic) == Some("modules") => modules(vm),
        Some(topic) => description(vm, topic)?,
    };
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

/// The names of all modules that need no file, in four columns.
fn modules(vm: &Vm) -> String {
    const COLUMNS: usize = 4;
    const WIDTH: usize = 18;
    let mut names: Vec<String> = vm.native_modules.iter().map(|module| path_of(vm, module.name)).collect();
    names.extend(["__main__", "builtins"].map(String::from));
    names.sort_unstable();
    names.dedup();
    let rows = names.len().div_ceil(COLUMNS);
    let mut text = String::new();
    for row in 0..rows {
        let line: Vec<&String> = names.iter().skip(row).step_by(rows).collect();
        for (number, name) in line.iter().enumerate() {
            text.push_str(name);
            if number + 1 < line.len() {
                let gap = (WIDTH as isize - name.len() as isize).max(1);
                text.extend(core::iter::repeat_n(' ', gap as usize));
            }
        }
        text.push('\n');
    }
    text.push_str("Plus any modules on the filesystem\n");
    text
}

/// Upstream lists modules in packages by the paths of their files, the package itself among them.
fn path_of(vm: &Vm, name: &str) -> String {
    let is_in_it = |other: &str| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let mut path = name.replace('.', "/");
    if vm.native_modules.iter().any(|module| is_in_it(module.name)) {
        path.push_str("/__init__");
    }
    path
}

/// What a value is, and what is in its class or module.
fn description(vm: &mut Vm, value: Value) -> Result<String, Raised> {
    let mut text = String::from("object ");
    vm.write_value(&mut text, value, TextKind::Str)?;
    text.push_str(" is of type ");
    text.push_str(vm.heap.type_name(value));
    text.push('\n');
    let entries: Vec<(Value, Value)> = match vm.heap.slot_of(value) {
        Some(Slot::Module(namespace)) => match vm.heap.as_dict(namespace.value()) {
            Some(table) => table.iter().map(|entry| (entry.key, entry.value)).collect(),
            None => Vec::new(),
        },
        _ => {
            let class = vm.heap.as_class(value).unwrap_or_else(|| vm.heap.class_of(value));
            vm.heap.class_own(class, sym::EMPTY)?;
            match vm.heap.class(class) {
                Some(object) => object.dict.iter().map(|entry| (entry.key, entry.value)).collect(),
                None => Vec::new(),
            }
        }
    };
    let depth = vm.roots.len();
    vm.roots.extend(entries.iter().map(|&(_, value)| value));
    let mut result = Ok(());
    for (name, value) in entries {
        // Attributes with a getter are no entries of upstream's tables.
        if matches!(vm.heap.slot_of(value), Some(Slot::NativeProperty(_))) {
            continue;
        }
        text.push_str("  ");
        result = vm.write_value(&mut text, name, TextKind::Str);
        text.push_str(" -- ");
        if result.is_ok() {
            result = vm.write_value(&mut text, value, TextKind::Str);
        }
        text.push('\n');
        if result.is_err() {
            break;
        }
    }
    vm.roots.truncate(depth);
    result.map(|()| text)
}
