//! What Tab completes: names of the main program and built-ins, attributes through dots, modules after `import`.
//!
//! It only looks: no getter, no `__getattr__` and no `__dir__` written in Python runs for it, so a Tab can neither fail
//! nor change anything. As in MicroPython, names that begin with an underscore show up only once one is typed.

use alloc::string::String;
use alloc::vec::Vec;

use wigwag_vm::builtins::namespaces::{attribute_names, names_in};
use wigwag_vm::heap::{Symbol, Value};
use wigwag_vm::run::Vm;
use wigwag_vm::run::attributes::PlainAttribute;

use crate::line_editor::{Assistant, Completion};

/// What begins a line that names modules. The first is offered itself while it is being typed.
const IMPORTS: [&str; 2] = ["import ", "from "];

/// An [`Assistant`] that knows a machine's names.
pub(super) struct NamesOf<'vm>(pub(super) &'vm mut Vm);

impl Assistant for NamesOf<'_> {
    fn complete(&mut self, before_cursor: &str) -> Completion {
        let vm = &mut *self.0;
        // A getter of a type written in Rust may put a frame of its own on the fiber, which must not be a thread's.
        let interrupted = core::mem::take(&mut vm.fiber);
        let completion = complete(vm, before_cursor);
        core::mem::replace(&mut vm.fiber, interrupted).release(&mut vm.heap.budget);
        completion
    }
}

/// Completes the word at the end of a line that is typed so far.
fn complete(vm: &mut Vm, line: &str) -> Completion {
    let chain_length: usize =
        line.chars().rev().take_while(|&character| belongs_to_chain(character)).map(char::len_utf8).sum();
    let (before, chain) = line.split_at(line.len() - chain_length);
    let (owner, word) = match chain.rsplit_once('.') {
        Some((owner, word)) => (Some(owner), word),
        None => (None, chain),
    };
    let names = match owner {
        Some(owner) => match resolve(vm, owner) {
            Some(value) => attribute_names(vm, value).unwrap_or_default(),
            None => return Completion::Nothing,
        },
        None if IMPORTS.contains(&before) => return choose(word, module_names(vm)),
        None => global_names(vm, word),
    };
    let names = names.into_iter().map(|name| String::from(vm.heap.symbols.text(name))).collect();
    match choose(word, names) {
        Completion::Nothing if before.is_empty() && owner.is_none() => offer_import(word),
        completion => completion,
    }
}

fn belongs_to_chain(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '.'
}

/// The value of `a.b.c`, if it can be had without running Python.
fn resolve(vm: &mut Vm, path: &str) -> Option<Value> {
    let mut words = path.split('.');
    let first = vm.heap.symbols.find(words.next()?)?;
    let mut value = vm.namespace_get(vm.main, first).or_else(|| vm.namespace_get(vm.builtins, first))?;
    for word in words {
        let name = vm.heap.symbols.find(word)?;
        match vm.plain_attribute(value, name) {
            Ok(PlainAttribute::Value(found)) => value = found,
            _ => return None,
        }
    }
    Some(value)
}

/// The program's own names, and the built-in ones once a letter says that one of so many is wanted.
fn global_names(vm: &Vm, word: &str) -> Vec<Symbol> {
    let mut names = Vec::new();
    names_in(vm, vm.main, &mut names);
    if !word.is_empty() {
        names_in(vm, vm.builtins, &mut names);
    }
    names
}

fn module_names(vm: &Vm) -> Vec<String> {
    vm.native_modules.iter().map(|module| String::from(module.name)).collect()
}

/// Nothing else fits the first word of a line.
fn offer_import(word: &str) -> Completion {
    match IMPORTS.first().and_then(|import| import.strip_prefix(word)) {
        Some(rest) if !word.is_empty() => Completion::Insert(String::from(rest)),
        _ => Completion::Nothing,
    }
}

/// What to do with the names that fit the word.
fn choose(word: &str, mut names: Vec<String>) -> Completion {
    names.retain(|name| name.starts_with(word) && (!word.is_empty() || !name.starts_with('_')));
    names.sort_unstable();
    names.dedup();
    // In sorted order, what the first and the last have in common they all have.
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return Completion::Nothing };
    let common: usize =
        first.chars().zip(last.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    match first.get(word.len()..common) {
        Some(rest) if !rest.is_empty() => Completion::Insert(String::from(rest)),
        _ if names.len() > 1 => Completion::Candidates(names),
        _ => Completion::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn chosen(word: &str, names: &[&str]) -> Completion {
        choose(word, names.iter().map(|&name| String::from(name)).collect())
    }

    #[test]
    fn the_common_part_comes_first() {
        let names = ["public_method", "public_attr", "_private", "other"];
        assert_eq!(chosen("p", &names), Completion::Insert("ublic_".into()));
        assert_eq!(
            chosen("public_", &names),
            Completion::Candidates(vec!["public_attr".into(), "public_method".into()])
        );
        assert_eq!(chosen("public_a", &names), Completion::Insert("ttr".into()));
        assert_eq!(chosen("public_attr", &names), Completion::Nothing);
        assert_eq!(chosen("x", &names), Completion::Nothing);
        // One that is whole is offered beside those it begins.
        assert_eq!(chosen("a", &["a", "ab"]), Completion::Candidates(vec!["a".into(), "ab".into()]));
        assert_eq!(
            chosen("é", &["éa", "éb", "éab"]),
            Completion::Candidates(vec!["éa".into(), "éab".into(), "éb".into()])
        );
    }

    #[test]
    fn underscores_are_asked_for() {
        assert_eq!(chosen("", &["_a", "b"]), Completion::Insert("b".into()));
        assert_eq!(chosen("_", &["_a", "b"]), Completion::Insert("a".into()));
        assert_eq!(chosen("", &["_a"]), Completion::Nothing);
    }

    #[test]
    fn import_is_completed_last() {
        assert_eq!(offer_import("imp"), Completion::Insert("ort ".into()));
        assert_eq!(offer_import("import"), Completion::Insert(" ".into()));
        assert_eq!(offer_import(""), Completion::Nothing);
        assert_eq!(offer_import("x"), Completion::Nothing);
    }
}
