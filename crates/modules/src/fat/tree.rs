//! The tree of directories: what a path leads to, and what can be done to it.

use super::directory::{ARCHIVE, Contents, DIRECTORY, Directory, Entry, READ_ONLY};
use super::{Done, Stop, Volume, names};
use crate::errno::{EACCES, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR};
use alloc::string::String;
use alloc::vec::Vec;

/// A path from the root: the names on the way.
pub type Path = Vec<String>;

/// The names on the way that a text stands for, seen from a directory.
pub fn path(current: &[String], text: &str) -> Path {
    let mut path = if text.starts_with('/') { Path::new() } else { current.to_vec() };
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(String::from(name)),
        }
    }
    path
}

/// What a path leads to.
pub enum Found {
    /// The root directory.
    Root,
    /// Something in a directory.
    Entry(Directory, Entry),
    /// Nothing, in a directory that is there: the last name.
    Nothing(Directory, String),
}

impl Volume {
    fn directory_of(&self, entry: &Entry) -> Directory {
        if entry.cluster == 0 { self.root() } else { Directory(Some(entry.cluster)) }
    }

    /// Finds what a path leads to. The directories on the way must be there.
    pub fn locate(&self, path: &[String]) -> Done<Found> {
        let Some((last, way)) = path.split_last() else { return Ok(Found::Root) };
        let mut directory = self.root();
        for name in way {
            directory = match self.find(directory, name)? {
                Some(entry) if entry.is_directory() => self.directory_of(&entry),
                _ => return Err(Stop::Failed(ENOENT)),
            };
        }
        Ok(match self.find(directory, last)? {
            Some(entry) => Found::Entry(directory, entry),
            None => Found::Nothing(directory, last.clone()),
        })
    }

    /// The entry that a path leads to.
    fn existing(&self, path: &[String]) -> Done<(Directory, Entry)> {
        match self.locate(path)? {
            Found::Entry(directory, entry) => Ok((directory, entry)),
            Found::Root => Err(Stop::Failed(EINVAL)),
            Found::Nothing(..) => Err(Stop::Failed(ENOENT)),
        }
    }

    /// The directory that a path leads to, and the path as its names are written there.
    pub fn open_directory(&self, path: &[String]) -> Done<(Directory, Path)> {
        let mut directory = self.root();
        let mut names = Path::new();
        for name in path {
            match self.find(directory, name)? {
                Some(entry) if entry.is_directory() => {
                    directory = self.directory_of(&entry);
                    names.push(entry.name);
                }
                _ => return Err(Stop::Failed(ENOENT)),
            }
        }
        Ok((directory, names))
    }

    /// Makes a file, which must not be there yet; gives the place of its entry.
    pub fn make_file(&mut self, directory: Directory, name: &str, now: u32) -> Done<(u32, usize)> {
        let name = names::cleaned(name)?;
        self.add_entry(directory, name, Contents { attributes: ARCHIVE, cluster: 0, size: 0, changed: now })
    }

    /// Makes a directory.
    pub fn make_directory(&mut self, path: &[String], now: u32) -> Done<()> {
        let (parent, name) = match self.locate(path)? {
            Found::Nothing(parent, name) => (parent, name),
            Found::Root | Found::Entry(..) => return Err(Stop::Failed(EEXIST)),
        };
        let name = names::cleaned(&name)?;
        let cluster = self.take_cluster(None)?;
        self.begin_directory(cluster, parent, now)?;
        self.add_entry(parent, name, Contents { attributes: DIRECTORY, cluster, size: 0, changed: now })?;
        Ok(())
    }

    /// Removes a file, or an empty directory, where the other thing is an error. `current` must stay.
    pub fn remove(&mut self, path: &[String], directory: bool, current: &[String]) -> Done<()> {
        let (_, entry) = self.existing(path)?;
        match (entry.is_directory(), directory) {
            (true, false) => return Err(Stop::Failed(EISDIR)),
            (false, true) => return Err(Stop::Failed(ENOTDIR)),
            _ => {}
        }
        let is_current =
            path.len() <= current.len() && path.iter().zip(current).all(|(a, b)| names::is_same(a, b));
        if entry.attributes & READ_ONLY != 0
            || directory && (is_current || !self.is_empty(self.directory_of(&entry))?)
        {
            return Err(Stop::Failed(EACCES));
        }
        self.remove_entry(&entry)?;
        if entry.cluster != 0 { self.release_chain(entry.cluster) } else { Ok(()) }
    }

    /// Gives something another path; a file that is there makes room.
    pub fn rename(&mut self, from: &[String], to: &[String], current: &[String]) -> Done<()> {
        let (old_parent, entry) = self.existing(from)?;
        let is_inside = to.len() > from.len() && from.iter().zip(to).all(|(a, b)| names::is_same(a, b));
        if is_inside {
            return Err(Stop::Failed(EINVAL));
        }
        let (parent, name) = match self.locate(to)? {
            Found::Nothing(parent, name) => (parent, name),
            Found::Root => return Err(Stop::Failed(EINVAL)),
            // Perhaps only written in other letters.
            Found::Entry(parent, other) if other.place == entry.place => {
                (parent, to.last().cloned().unwrap_or_default())
            }
            Found::Entry(parent, _) => {
                self.remove(to, false, current)?;
                (parent, to.last().cloned().unwrap_or_default())
            }
        };
        let name = names::cleaned(&name)?;
        let Entry { attributes, cluster, size, changed, .. } = entry;
        self.add_entry(parent, name, Contents { attributes, cluster, size, changed })?;
        self.remove_entry(&entry)?;
        if attributes & DIRECTORY != 0 && parent != old_parent {
            self.set_parent(cluster, parent)?;
        }
        Ok(())
    }
}
