//! How the command is linked, so that a short program does not wait for the loader.
//!
//! - The unwinder, which prints the backtrace of a panic and does nothing else, is linked in: as a library of the system it
//!   would have to be found, mapped and relocated at every start.
//! - Functions that are seldom called are kept apart from the others.
//! - Relocations are packed, where the C library of this system can unpack them: there are nine thousand, for the tables of
//!   natives and their names, and unpacked they take 24 bytes each, all of which are read at every start. As ever, the
//!   command then runs with this version of the C library or a newer one.
//!
//! A linker that does not know one of the two options for it ignores them.

use std::env;
use std::process::Command;

/// The first version of glibc, its numbers apart, whose loader unpacks relocations.
const UNPACKS: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).as_deref() == Ok(value);
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    println!("cargo::rustc-link-arg-bins=-Wl,-z,keep-text-section-prefix");
    // Of the system that it is built for nothing is known unless it is this one.
    if env::var("HOST") != env::var("TARGET") {
        return;
    }
    if has_unwinder() {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
    if version_of_glibc().is_some_and(|version| version >= UNPACKS) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Whether the unwinder is there to be linked in.
fn has_unwinder() -> bool {
    let said = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    said.is_ok_and(|said| said.stdout.contains(&b'/'))
}

/// The version of this system's C library, if it is glibc and says so.
fn version_of_glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let version = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = version.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
