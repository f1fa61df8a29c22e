//! The tree of directories: what a path leads to, and what can be done to it.

use super::directory::{ARCHIVE, Contents, DIRECTORY, Directory, Entry, READ_ONLY};
use super::{Done, Stop, Volume, names};
use crate::errno::{EACCES, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR};
pub use crate::vfs::volume::{Path, path};
use alloc::string::String;

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
        let cluster = self.take_cluster()?;
        self.begin_directory(cluster, parent, now)?;
        self.blocks.barrier();
        self.add_entry(parent, name, Contents { attributes: DIRECTORY, cluster, size: 0, changed: now })?;
        Ok(())
    }

    /// Whether something may be removed: a file, or an empty directory, where the other thing is an error. `current`
    /// must stay.
    fn check_removable(
        &self,
        path: &[String],
        entry: &Entry,
        directory: bool,
        current: &[String],
    ) -> Done<()> {
        match (entry.is_directory(), directory) {
            (true, false) => return Err(Stop::Failed(EISDIR)),
            (false, true) => return Err(Stop::Failed(ENOTDIR)),
            _ => {}
        }
        let is_current =
            path.len() <= current.len() && path.iter().zip(current).all(|(a, b)| names::is_same(a, b));
        if entry.attributes & READ_ONLY != 0
            || directory && (is_current || !self.is_empty(self.directory_of(entry))?)
        {
            return Err(Stop::Failed(EACCES));
        }
        Ok(())
    }

    /// Removes a file, or an empty directory, where the other thing is an error. `current` must stay.
    pub fn remove(&mut self, path: &[String], directory: bool, current: &[String]) -> Done<()> {
        let (_, entry) = self.existing(path)?;
        self.check_removable(path, &entry, directory, current)?;
        self.remove_entry(&entry)?;
        self.release(&entry)
    }

    /// Sets the clusters of something free that has no entry any more.
    pub fn release(&mut self, entry: &Entry) -> Done<()> {
        match (entry.cluster, entry.is_directory()) {
            (0, _) => Ok(()),
            (first, true) => self.release_chain(first, None),
            (first, false) => self.release_chain(first, Some(self.owned(first, entry.size))),
        }
    }

    /// Gives something another path; a file that is there is replaced. On the device the new path leads to it before
    /// the old one no longer does.
    pub fn rename(&mut self, from: &[String], to: &[String], current: &[String]) -> Done<()> {
        let (old_parent, entry) = self.existing(from)?;
        let is_inside = to.len() > from.len() && from.iter().zip(to).all(|(a, b)| names::is_same(a, b));
        if is_inside {
            return Err(Stop::Failed(EINVAL));
        }
        let Entry { attributes, cluster, size, changed, .. } = entry;
        let contents = Contents { attributes, cluster, size, changed };
        let mut replaced = None;
        let parent = match self.locate(to)? {
            Found::Root => return Err(Stop::Failed(EINVAL)),
            Found::Nothing(parent, name) => {
                self.add_entry(parent, names::cleaned(&name)?, contents)?;
                parent
            }
            // Perhaps only written in other letters.
            Found::Entry(parent, other) if other.place == entry.place => {
                let name = to.last().map_or("", String::as_str);
                self.add_entry(parent, names::cleaned(name)?, contents)?;
                parent
            }
            Found::Entry(parent, other) => {
                self.check_removable(to, &other, false, current)?;
                self.replace_entry(&other, contents)?;
                replaced = Some(other);
                parent
            }
        };
        self.blocks.barrier();
        self.remove_entry(&entry)?;
        if attributes & DIRECTORY != 0 && parent != old_parent {
            self.set_parent(cluster, parent)?;
        }
        match replaced {
            Some(replaced) => self.release(&replaced),
            None => Ok(()),
        }
    }
}
