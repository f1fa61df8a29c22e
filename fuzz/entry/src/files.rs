//! A file system in memory, small and flat, so that programs find files to read and to write.

use std::cell::RefCell;
use std::rc::Rc;

use wigwag_modules::time::zone::ZoneTime;
use wigwag_modules::vfs::system::{
    Directory, Entry, Errno, File, ORDINARY_FILE, OpenMode, System, TenNumbers, Whence,
};

const ENOENT: Errno = 2;
const EEXIST: Errno = 17;
const EINVAL: Errno = 22;
const ENOSPC: Errno = 28;
const ENOSYS: Errno = 38;

/// How long a file may get.
const LONGEST: usize = 16 * 1024;

/// How many files there may be.
const MOST: usize = 16;

type Contents = Rc<RefCell<Vec<u8>>>;

/// Files by name.
pub struct Files(Vec<(Vec<u8>, Contents)>);

impl Files {
    /// What every program finds: a text, a module and a file of odd bytes.
    pub fn new() -> Files {
        let files: [(&str, &[u8]); 3] = [
            ("a", b"first\nsecond\r\n\n\xc3\xa9 last"),
            ("f.py", b"import g\nx = [i for i in range(3)]\ndef f(*a): return a\n"),
            ("g", b"\xff\x00\xfe"),
        ];
        let file =
            |(name, bytes): &(&str, &[u8])| (name.as_bytes().to_vec(), Rc::new(RefCell::new(bytes.to_vec())));
        Files(files.iter().map(file).collect())
    }

    /// Adds a file.
    pub fn with(mut self, name: &str, bytes: &[u8]) -> Files {
        self.0.push((name.as_bytes().to_vec(), Rc::new(RefCell::new(bytes.to_vec()))));
        self
    }

    /// The contents of a file.
    pub fn get(&self, path: &[u8]) -> Option<Contents> {
        let path = path.strip_prefix(b"/").unwrap_or(path);
        self.0.iter().find(|(name, _)| name == path).map(|(_, contents)| Rc::clone(contents))
    }
}

struct Open {
    contents: Contents,
    place: usize,
    append: bool,
}

impl File for Open {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let contents = self.contents.borrow();
        let rest = contents.get(self.place..).unwrap_or(&[]);
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.place += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut contents = self.contents.borrow_mut();
        if self.append {
            self.place = contents.len();
        }
        // An odd number, so that writers find out that not everything was taken.
        let count = bytes.len().min(LONGEST.saturating_sub(self.place)).min(777);
        if count == 0 && !bytes.is_empty() {
            return Err(ENOSPC);
        }
        let end = self.place + count;
        if contents.len() < end {
            contents.resize(end, 0);
        }
        contents[self.place..end].copy_from_slice(&bytes[..count]);
        self.place = end;
        Ok(count)
    }

    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let from = match whence {
            Whence::Start => 0,
            Whence::Here => self.place,
            Whence::End => self.contents.borrow().len(),
        };
        let place = i64::try_from(from).ok().and_then(|from| from.checked_add(offset)).ok_or(EINVAL)?;
        self.place = usize::try_from(place).map_err(|_| EINVAL)?;
        Ok(place as u64)
    }

    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }

    fn descriptor(&self) -> i32 {
        3
    }

    fn can_go_back(&self) -> bool {
        true
    }
}

struct Names(Vec<Vec<u8>>);

impl Directory for Names {
    fn next(&mut self) -> Result<Option<Entry>, Errno> {
        Ok(self.0.pop().map(|name| Entry { name, kind: ORDINARY_FILE, inode: 1 }))
    }
}

impl System for Files {
    fn open(&mut self, path: &[u8], mode: OpenMode) -> Result<Box<dyn File>, Errno> {
        let contents = match self.get(path) {
            Some(_) if mode.create_new => return Err(EEXIST),
            Some(contents) => contents,
            None if !mode.create && !mode.create_new => return Err(ENOENT),
            None if self.0.len() >= MOST => return Err(ENOSPC),
            None => {
                let contents = Contents::default();
                self.0.push((path.to_vec(), Rc::clone(&contents)));
                contents
            }
        };
        if mode.truncate {
            contents.borrow_mut().clear();
        }
        Ok(Box::new(Open { contents, place: 0, append: mode.append }))
    }

    fn zone_at(&mut self, _seconds: i64) -> ZoneTime {
        ZoneTime::default()
    }

    fn open_descriptor(&mut self, _number: i32) -> Result<Box<dyn File>, Errno> {
        Err(EINVAL)
    }

    fn directory(&mut self, path: &[u8]) -> Result<Box<dyn Directory>, Errno> {
        match path {
            b"" | b"." | b"/" => Ok(Box::new(Names(self.0.iter().map(|(name, _)| name.clone()).collect()))),
            _ => Err(ENOENT),
        }
    }

    fn stat(&mut self, path: &[u8]) -> Result<TenNumbers, Errno> {
        let length = self.get(path).ok_or(ENOENT)?.borrow().len() as u64;
        Ok([ORDINARY_FILE.into(), 1, 0, 1, 0, 0, length, 0, 0, 0])
    }

    fn stat_file_system(&mut self, _path: &[u8]) -> Result<TenNumbers, Errno> {
        Ok([u64::MAX; 10])
    }

    fn make_directory(&mut self, _path: &[u8]) -> Result<(), Errno> {
        Err(ENOSYS)
    }

    fn remove_directory(&mut self, _path: &[u8]) -> Result<(), Errno> {
        Err(ENOENT)
    }

    fn remove(&mut self, path: &[u8]) -> Result<(), Errno> {
        let before = self.0.len();
        self.0.retain(|(name, _)| name != path);
        if self.0.len() < before { Ok(()) } else { Err(ENOENT) }
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let file = self.0.iter_mut().find(|(name, _)| name == from).ok_or(ENOENT)?;
        file.0 = to.to_vec();
        Ok(())
    }

    fn change_directory(&mut self, _path: &[u8]) -> Result<(), Errno> {
        Ok(())
    }

    fn current_directory(&mut self) -> Result<Vec<u8>, Errno> {
        Ok(b"/".to_vec())
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        (name == b"a").then(|| b"\xff".to_vec())
    }

    fn set_variable(&mut self, _name: &[u8], _value: Option<&[u8]>) -> Result<(), Errno> {
        Ok(())
    }

    fn run_command(&mut self, _command: &[u8]) -> Result<i32, Errno> {
        Err(ENOSYS)
    }

    fn random(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(4);
        Ok(())
    }
}
