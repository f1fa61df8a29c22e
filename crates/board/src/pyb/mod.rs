//! `pyb`: the pyboard's own module.

pub mod led;

use wigwag_vm::objects::function::Member;
use wigwag_vm::run::ModuleDef;

/// `pyb`
pub static PYB: ModuleDef = ModuleDef { name: "pyb", members: &[Member::Extension("LED", &led::LED_TYPE)] };
