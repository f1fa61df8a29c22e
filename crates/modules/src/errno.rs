//! `errno`: the names of error numbers, and the numbers that the library itself raises.

use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::objects::exception::ERRNO_NAMES;
use wigwag_vm::objects::function::Member;
use wigwag_vm::run::ModuleDef;
use wigwag_vm::run::compare::hash_int;

/// `errno`
pub static MODULE: ModuleDef = ModuleDef { name: "errno", members: &MEMBERS };

/// Not permitted.
pub const EPERM: i32 = 1;
/// No such file, or nothing of the kind.
pub const ENOENT: i32 = 2;
/// Something went wrong in input or output.
pub const EIO: i32 = 5;
/// Not a descriptor, or not one for this.
pub const EBADF: i32 = 9;
/// The operation would have to wait.
pub const EAGAIN: i32 = 11;
/// Out of memory.
pub const ENOMEM: i32 = 12;
/// Not permitted, in this place or to this thing.
pub const EACCES: i32 = 13;
/// The device is not ready.
pub const EBUSY: i32 = 16;
/// It exists already.
pub const EEXIST: i32 = 17;
/// No such device: what is asked for where there is no file system, or no network.
pub const ENODEV: i32 = 19;
/// It is no directory.
pub const ENOTDIR: i32 = 20;
/// It is a directory.
pub const EISDIR: i32 = 21;
/// Invalid argument.
pub const EINVAL: i32 = 22;
/// No room is left.
pub const ENOSPC: i32 = 28;
/// A stream in which there is no moving about.
pub const ESPIPE: i32 = 29;
/// The file system can only be read.
pub const EROFS: i32 = 30;
/// Function not implemented.
pub const ENOSYS: i32 = 38;
/// Operation not supported.
pub const EOPNOTSUPP: i32 = 95;
/// No buffer space.
pub const ENOBUFS: i32 = 105;
/// The connection is made already.
pub const EISCONN: i32 = 106;
/// Time is up.
pub const ETIMEDOUT: i32 = 110;
/// A connection is on its way.
pub const EINPROGRESS: i32 = 115;

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
