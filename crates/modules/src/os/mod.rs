//! `os`: files and directories by their paths, the environment, commands. Follows upstream's unix port.
//!
//! Whatever has a path goes through the mount table of [`crate::vfs`]; the rest asks the platform's
//! [system](crate::vfs::system) directly.

mod environment;

use crate::errno::{EEXIST, EPERM};
use crate::vfs::mounts::{self, Place, locate_value, perform_at};
use crate::vfs::operations::{Then, perform};
use crate::vfs::posix::{CHDIR, GETCWD, ILISTDIR, MKDIR, REMOVE, RENAME, RMDIR, STAT, STATVFS};
use crate::vfs::system::DIRECTORY;
use crate::vfs::{self, listing};
use wigwag_vm::heap::{Raised, Value, sym};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

pub use environment::ErrorNumber;

/// What `statvfs` gives as the longest name where there is no file system.
const LONGEST_PATH: i32 = 4096;

/// `os`
pub static MODULE: ModuleDef = ModuleDef {
    name: "os",
    members: &[
        Member::Str("sep", "/"),
        full("chdir", 1, 1, change_directory),
        full("getcwd", 0, 0, current_directory),
        full("ilistdir", 0, 1, |vm, given| list_entries(vm, given, Then::Return)),
        full("listdir", 0, 1, |vm, given| list_entries(vm, given, Then::ListNames)),
        full("mkdir", 1, 1, make_directory),
        full("remove", 1, 1, |vm, given| perform_at(vm, &REMOVE, given.at(vm, 0), None)),
        full("unlink", 1, 1, |vm, given| perform_at(vm, &REMOVE, given.at(vm, 0), None)),
        full("rename", 2, 2, rename),
        full("rmdir", 1, 1, |vm, given| perform_at(vm, &RMDIR, given.at(vm, 0), None)),
        full("stat", 1, 1, stat),
        full("statvfs", 1, 1, stat_file_system),
        full("getenv", 1, 2, environment::get),
        full("putenv", 2, 2, environment::put),
        full("unsetenv", 1, 1, environment::unset),
        full("system", 1, 1, environment::run_command),
        full("errno", 0, 1, environment::error_number),
        full("urandom", 1, 1, environment::random_bytes),
        // Upstream has them here until its version 2.
        Member::Shared("mount", "vfs"),
        Member::Shared("umount", "vfs"),
        Member::Shared("VfsPosix", "vfs"),
    ],
};

fn change_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let located = locate_value(vm, given.at(vm, 0))?;
    if let Place::Mounted(mount) = located.place {
        return perform(vm, located.place, &CHDIR, &[located.path], Then::Enter(mount));
    }
    if located.place == Place::Nowhere {
        return perform(vm, located.place, &CHDIR, &[], Then::Return);
    }
    // At the root of the table a file system mounted there must be at its own root, for relative paths to be right.
    mounts::set_current(vm, None);
    match mounts::at_root(vm) {
        Some(mount) => {
            let root = Value::from_symbol(vm.heap.intern_static("/")?);
            perform(vm, Place::Mounted(mount), &CHDIR, &[root], Then::Return)
        }
        None => Ok(Value::NONE.into()),
    }
}

fn current_directory(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    match mounts::current(vm) {
        Some(mount) => perform(vm, Place::Mounted(mount), &GETCWD, &[], Then::Outside(mount)),
        None => Ok(Value::from_symbol(vm.heap.intern_static("/")?).into()),
    }
}

fn list_entries(vm: &mut Vm, given: Arguments, then: Then) -> Result<Outcome, Raised> {
    let path = given.get(vm, 0).unwrap_or(Value::from_symbol(sym::EMPTY));
    let located = locate_value(vm, path)?;
    if located.place != Place::Table {
        return perform(vm, located.place, &ILISTDIR, &[located.path], then);
    }
    let names_are_text = vm.heap.as_str(vm.heap.native_part(path)).is_some();
    let entries = listing::list_table(vm, names_are_text)?;
    vfs::operations::finish(vm, then, entries)
}

fn make_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let located = locate_value(vm, given.at(vm, 0))?;
    let is_root = match located.place {
        Place::Table => true,
        Place::Nowhere => false,
        Place::Mounted(_) => mounts::path_bytes(&mut vm.heap, located.path)? == b"/",
    };
    if is_root {
        return Err(vm.heap.raise_os(EEXIST));
    }
    perform(vm, located.place, &MKDIR, &[located.path], Then::Return)
}

fn rename(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let from = locate_value(vm, given.at(vm, 0))?;
    let to = locate_value(vm, given.at(vm, 1))?;
    if from.place != to.place {
        return Err(vm.heap.raise_os(EPERM));
    }
    perform(vm, from.place, &RENAME, &[from.path, to.path], Then::Return)
}

/// A tuple of ten numbers, all zero but for one.
fn ten_numbers(vm: &mut Vm, place: usize, number: i32) -> Result<Outcome, Raised> {
    let mut numbers = [Value::tiny_int(0); 10];
    numbers[place] = Value::tiny_int(number);
    Ok(vm.heap.tuple(&numbers)?.into())
}

fn stat(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let located = locate_value(vm, given.at(vm, 0))?;
    match located.place {
        Place::Table => ten_numbers(vm, 0, DIRECTORY as i32),
        place => perform(vm, place, &STAT, &[located.path], Then::Return),
    }
}

fn stat_file_system(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let located = locate_value(vm, given.at(vm, 0))?;
    if located.place != Place::Table {
        return perform(vm, located.place, &STATVFS, &[located.path], Then::Return);
    }
    match mounts::at_root(vm) {
        Some(mount) => {
            let root = Value::from_symbol(vm.heap.intern_static("/")?);
            perform(vm, Place::Mounted(mount), &STATVFS, &[root], Then::Return)
        }
        None => ten_numbers(vm, 9, LONGEST_PATH),
    }
}
