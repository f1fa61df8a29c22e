//! The tree of directories: what a path leads to, and what can be done to it.
//!
//! Every pair is on one thread, which goes through all of them from the first. A directory that is made enters the
//! thread before its entry is there, and one that is removed leaves it after its entry is gone; while the two do not
//! agree, the global state says so, and whoever mounts the file system then mends it ([`super::mount`]).

use super::commit::{Attribute, bytes_of, creation, next_attribute};
use super::mount::{Global, is_move_of};
use super::pair::{Contents, Entry, Pair, PairAt, is_same};
use super::tag::{self, NO_ID, Tag};
use super::{CORRUPT, Done, Path, Stop, Volume};
use crate::errno::{EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR};
use crate::vfs::volume::Listed;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The directory is not empty.
const NOT_EMPTY: i32 = 39;
/// The name is too long.
const NAME_TOO_LONG: i32 = 36;

/// The order of names in a directory: by bytes, and of two that begin alike the longer one first.
fn order(one: &[u8], other: &[u8]) -> Ordering {
    let length = one.len().min(other.len());
    one[..length].cmp(&other[..length]).then(other.len().cmp(&one.len()))
}

/// What a path leads to.
pub enum Found {
    /// The root directory.
    Root,
    /// An entry of a pair.
    Entry(Pair, usize),
    /// Nothing: the pair and the place in it where it would be, and the last name.
    Nothing(Pair, usize, String),
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.kind == tag::DIRECTORY
    }

    /// Bytes of a file.
    pub fn size(&self) -> u32 {
        match &self.contents {
            Contents::Inline(bytes) => bytes.len() as u32,
            Contents::Chain(_, size) => *size,
            Contents::Directory(_) => 0,
        }
    }
}

fn directory_at(entry: &Entry) -> Done<PairAt> {
    match entry.contents {
        Contents::Directory(at) => Ok(at),
        _ => Err(Stop::Failed(CORRUPT)),
    }
}

impl Volume {
    /// Whether an entry is one of a directory: not what describes the file system, and not what was moved away.
    fn is_shown(&self, pair: &Pair, id: usize, entry: &Entry) -> bool {
        entry.kind != tag::SUPERBLOCK && !is_move_of(&self.state.global, pair.at, id)
    }

    /// The entry of a name in a directory, or the place for it.
    fn find(&self, directory: PairAt, name: &str) -> Done<Found> {
        let (mut pair, mut number) = (self.pair(directory)?, 0);
        loop {
            let mut place = pair.entries.len();
            for (id, entry) in pair.entries.iter().enumerate() {
                if !self.is_shown(&pair, id, entry) {
                    continue;
                }
                match order(&entry.name, name.as_bytes()) {
                    Ordering::Less => {}
                    Ordering::Equal => return Ok(Found::Entry(pair, id)),
                    Ordering::Greater => {
                        place = id;
                        break;
                    }
                }
            }
            let is_last = place < pair.entries.len() || !pair.is_continued;
            match self.next_pair(&pair, &mut number)? {
                Some(next) if !is_last => pair = next,
                _ => return Ok(Found::Nothing(pair, place, name.into())),
            }
        }
    }

    /// What a path leads to. The directories on the way must be there.
    pub fn locate(&self, path: &[String]) -> Done<Found> {
        let Some((last, way)) = path.split_last() else { return Ok(Found::Root) };
        self.find(self.directory(way)?, last)
    }

    /// The first pair of the directory that a path leads to.
    pub fn directory(&self, path: &[String]) -> Done<PairAt> {
        let mut at = self.root;
        for name in path {
            at = match self.find(at, name)? {
                Found::Entry(pair, id) if pair.entries[id].is_directory() => directory_at(&pair.entries[id])?,
                Found::Entry(..) => return Err(Stop::Failed(ENOTDIR)),
                _ => return Err(Stop::Failed(ENOENT)),
            };
        }
        Ok(at)
    }

    /// Everything in a directory.
    pub fn list(&self, path: &[String]) -> Done<Vec<Listed>> {
        let (mut pair, mut number) = (self.pair(self.directory(path)?)?, 0);
        let mut all = Vec::new();
        loop {
            for (id, entry) in pair.entries.iter().enumerate() {
                if self.is_shown(&pair, id, entry) {
                    let (name, is_directory) = (entry.name.clone(), entry.is_directory());
                    all.push(Listed { name, is_directory, size: entry.size() });
                }
            }
            match self.next_pair(&pair, &mut number)? {
                Some(next) if pair.is_continued => pair = next,
                _ => return Ok(all),
            }
        }
    }

    /// Whether a name can be had.
    pub fn check_name(&self, name: &str) -> Done<()> {
        match name.len() {
            0 => Err(Stop::Failed(EINVAL)),
            length if length > self.longest_name as usize => Err(Stop::Failed(NAME_TOO_LONG)),
            _ => Ok(()),
        }
    }

    /// Makes a directory.
    pub fn make_directory(&mut self, path: &[String]) -> Done<()> {
        self.check_ready()?;
        let (mut pair, id, name) = match self.locate(path)? {
            Found::Nothing(pair, id, name) => (pair, id, name),
            Found::Root | Found::Entry(..) => return Err(Stop::Failed(EEXIST)),
        };
        self.check_name(&name)?;
        let (mut last, mut number) = (pair.clone(), 0);
        while last.is_continued {
            last = self.next_pair(&last, &mut number)?.ok_or(Stop::Failed(CORRUPT))?;
        }
        let mut directory = self.new_pair()?;
        directory.next = last.next;
        self.write_anew(&mut directory)?;
        let next = next_attribute(Some(directory.at), false);
        let mut global = Global(self.state.global);
        let mut attributes = vec![
            (Tag::new(tag::CREATE, id as u32, 0), Vec::new()),
            (Tag::new(tag::DIRECTORY, id as u32, name.len()), name.into_bytes()),
            (Tag::new(tag::DIRECTORY_AT, id as u32, 8), bytes_of(directory.at)),
        ];
        if last.at == pair.at {
            attributes.push(next);
        } else {
            global.add_orphan();
            self.commit(&mut last, vec![next], global.0)?;
            global.remove_orphan();
        }
        self.commit(&mut pair, attributes, global.0)
    }

    /// The pairs of a directory, all of them empty.
    fn empty_directory(&self, at: PairAt) -> Done<Vec<Pair>> {
        let (mut pairs, mut number) = (vec![self.pair(at)?], 0);
        loop {
            let Some(last) = pairs.last() else { return Err(Stop::Failed(CORRUPT)) };
            if !last.entries.is_empty() {
                return Err(Stop::Failed(NOT_EMPTY));
            }
            match self.next_pair(last, &mut number)? {
                Some(next) if last.is_continued => pairs.push(next),
                _ => return Ok(pairs),
            }
        }
    }

    /// The pair before this one on the thread.
    pub fn before(&self, at: PairAt) -> Done<Pair> {
        let (mut pair, mut number) = (self.pair([0, 1])?, 0);
        loop {
            if pair.next.is_some_and(|next| is_same(next, at)) {
                return Ok(pair);
            }
            pair = self.next_pair(&pair, &mut number)?.ok_or(Stop::Failed(CORRUPT))?;
        }
    }

    /// Takes pairs that follow each other off the thread. Their parts of the global state go to the one before.
    pub fn take_off(&mut self, pairs: &[Pair], global: Global) -> Done<()> {
        let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { return Ok(()) };
        let mut before = self.before(first.at)?;
        let mut part = before.global;
        for pair in pairs {
            part.iter_mut().zip(pair.global).for_each(|(word, other)| *word ^= other);
        }
        let mut attributes = vec![next_attribute(last.next, last.is_continued)];
        if part != before.global {
            let bytes: Vec<u8> = part.iter().flat_map(|word| word.to_le_bytes()).collect();
            attributes.push((Tag::new(tag::GLOBAL, NO_ID, bytes.len()), bytes));
            before.global = part;
        }
        self.commit(&mut before, attributes, global.0)?;
        self.state.has_freed = true;
        Ok(())
    }

    /// Removes a file or an empty directory.
    pub fn remove(&mut self, path: &[String]) -> Done<()> {
        self.check_ready()?;
        let (mut pair, id) = match self.locate(path)? {
            Found::Entry(pair, id) => (pair, id),
            Found::Nothing(..) => return Err(Stop::Failed(ENOENT)),
            Found::Root => return Err(Stop::Failed(EINVAL)),
        };
        let directory = match pair.entries[id].is_directory() {
            true => self.empty_directory(directory_at(&pair.entries[id])?)?,
            false => Vec::new(),
        };
        let mut global = Global(self.state.global);
        if !directory.is_empty() {
            global.add_orphan();
        }
        self.commit(&mut pair, vec![(Tag::new(tag::DELETE, id as u32, 0), Vec::new())], global.0)?;
        self.forget_path(path);
        self.remove_directory_pairs(directory)?;
        self.drop_if_empty(&pair)
    }

    /// The rest of removing a directory, when its entry is gone.
    fn remove_directory_pairs(&mut self, directory: Vec<Pair>) -> Done<()> {
        self.state.has_freed = true;
        let Some(first) = directory.first() else { return Ok(()) };
        // Perhaps a commit has changed one of them.
        let directory = self.empty_directory(first.at)?;
        let mut global = Global(self.state.global);
        global.remove_orphan();
        self.take_off(&directory, global)
    }

    /// Takes a pair off that has become empty, unless its directory begins with it.
    fn drop_if_empty(&mut self, pair: &Pair) -> Done<()> {
        let pair = self.pair(pair.at)?;
        if !pair.entries.is_empty() || is_same(pair.at, [0, 1]) || is_same(pair.at, self.root) {
            return Ok(());
        }
        if self.before(pair.at)?.is_continued {
            return self.take_off(&[pair], Global(self.state.global));
        }
        Ok(())
    }

    /// Gives something another path; what is there is replaced if it is of the same kind, and a directory empty.
    pub fn rename(&mut self, from: &[String], to: &[String]) -> Done<()> {
        self.check_ready()?;
        let (mut old, old_id) = match self.locate(from)? {
            Found::Entry(pair, id) => (pair, id),
            Found::Nothing(..) => return Err(Stop::Failed(ENOENT)),
            Found::Root => return Err(Stop::Failed(EINVAL)),
        };
        if from == to {
            return Ok(());
        }
        if to.starts_with(from) {
            return Err(Stop::Failed(EINVAL));
        }
        let (mut new, id, replaced) = match self.locate(to)? {
            Found::Root => return Err(Stop::Failed(EINVAL)),
            Found::Nothing(pair, id, name) => {
                self.check_name(&name)?;
                (pair, id, None)
            }
            Found::Entry(pair, id) => {
                let entry = pair.entries[id].clone();
                (pair, id, Some(entry))
            }
        };
        let mut moved = old.entries[old_id].clone();
        let is_in_one = is_same(old.at, new.at);
        let mut global = Global(self.state.global);
        let mut attributes: Vec<Attribute> = Vec::new();
        let mut directory = Vec::new();
        if let Some(replaced) = &replaced {
            match (replaced.is_directory(), moved.is_directory()) {
                (true, false) => return Err(Stop::Failed(EISDIR)),
                (false, true) => return Err(Stop::Failed(ENOTDIR)),
                (true, true) => {
                    directory = self.empty_directory(directory_at(replaced)?)?;
                    global.add_orphan();
                }
                (false, false) => {}
            }
            attributes.push((Tag::new(tag::DELETE, id as u32, 0), Vec::new()));
        }
        moved.name = to.last().map_or_else(Vec::new, |name| name.clone().into_bytes());
        attributes.extend(creation(id as u32, &moved));
        if is_in_one {
            let is_before = replaced.is_none() && id <= old_id;
            let old_id = old_id as u32 + u32::from(is_before);
            attributes.push((Tag::new(tag::DELETE, old_id, 0), Vec::new()));
        } else {
            global.set_move(Some((old.at, old_id as u32)));
        }
        self.commit(&mut new, attributes, global.0)?;
        if !is_in_one {
            global.set_move(None);
            // The commit may have been to the pair before this one, never to this one.
            self.commit(&mut old, vec![(Tag::new(tag::DELETE, old_id as u32, 0), Vec::new())], global.0)?;
        }
        self.forget_path(to);
        self.move_path(from, to);
        self.remove_directory_pairs(directory)?;
        self.drop_if_empty(&old)
    }

    fn forget_path(&mut self, path: &[String]) {
        for session in self.state.sessions.values_mut() {
            if session.path.as_deref() == Some(path) {
                session.path = None;
            }
        }
    }

    fn move_path(&mut self, from: &[String], to: &[String]) {
        for session in self.state.sessions.values_mut() {
            let rest = session.path.as_deref().and_then(|path| path.strip_prefix(from));
            if let Some(rest) = rest {
                let moved: Path = to.iter().chain(rest).cloned().collect();
                session.path = Some(moved);
            }
        }
    }
}
