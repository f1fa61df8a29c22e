//! `collections`: `namedtuple`, `OrderedDict`, `deque`.

pub mod deque;
pub mod named_tuple;

use wigwag_vm::heap::TypeId;
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// `collections`
pub static MODULE: ModuleDef = ModuleDef {
    name: "collections",
    members: &[
        Member::Extension("deque", &deque::TYPE),
        full("namedtuple", 2, 2, named_tuple::named_tuple),
        Member::Type("OrderedDict", TypeId::OrderedDict),
    ],
};
