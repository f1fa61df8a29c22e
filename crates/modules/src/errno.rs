//! `errno`: the names of error numbers.

use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::objects::exception::ERRNO_NAMES;
use wigwag_vm::objects::function::Member;
use wigwag_vm::run::ModuleDef;
use wigwag_vm::run::compare::hash_int;

/// `errno`
pub static MODULE: ModuleDef = ModuleDef { name: "errno", members: &MEMBERS };

/// One member for each name, and `errorcode`.
static MEMBERS: [Member; ERRNO_NAMES.len() + 1] = {
    let mut members = [const { Member::Lazy("errorcode", error_codes) }; ERRNO_NAMES.len() + 1];
    let mut number = 0;
    while number < ERRNO_NAMES.len() {
        let (errno, name) = ERRNO_NAMES[number];
        members[number] = Member::Int(name, errno);
        number += 1;
    }
    members
};

/// The names by their numbers.
fn error_codes(heap: &mut Heap) -> Result<Value, Raised> {
    let names = heap.dict(Dict::new())?;
    for &(errno, name) in ERRNO_NAMES {
        let (key, name) = (heap.int(errno)?, Value::from_symbol(heap.intern_static(name)?));
        if let Some((table, budget)) = heap.table_and_budget(names) {
            table.insert_new(budget, key, hash_int(errno), name)?;
        }
    }
    if let Some((table, _)) = heap.table_and_budget(names) {
        table.read_only = true;
    }
    Ok(names)
}
