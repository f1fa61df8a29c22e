//! System calls as the library wants their errors: by number, and never "a signal came by".

use rustix::io::Errno as SystemErrno;
use wigwag_modules::vfs::system::Errno;

/// The result of a system call that a signal may have ended: then it is made again.
pub fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(SystemErrno::INTR) => {}
            result => return result.map_err(SystemErrno::raw_os_error),
        }
    }
}
