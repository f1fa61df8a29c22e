//! The packages of a checkout of micropython/micropython-lib, and how they get onto a path: each has a `manifest.py` that
//! names its modules, its folders of modules, and the packages that it requires.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Packages by name: that of the folder with the manifest.
pub struct Packages(BTreeMap<String, PathBuf>);

/// A line of a manifest that says what belongs to a package.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    /// `require`, `module` or `package`.
    kind: &'a str,
    name: &'a str,
    /// The folder below the package's own.
    base: &'a str,
}

impl Packages {
    /// All packages of a checkout that need no foreign functions.
    pub fn find(tree: &Path) -> io::Result<Packages> {
        let mut found = BTreeMap::new();
        visit(tree, &mut |path| {
            if path.ends_with("manifest.py")
                && !path.starts_with(tree.join("unix-ffi"))
                && let Some(folder) = path.parent()
                && let Some(name) = folder.file_name()
            {
                found.insert(name.to_string_lossy().into_owned(), folder.to_owned());
            }
        })?;
        Ok(Packages(found))
    }

    /// Names of the packages in a folder or below it.
    pub fn below<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(_, place)| place.starts_with(folder)).map(|(name, _)| name.as_str())
    }

    /// The package that a file belongs to: that of the nearest manifest above it.
    pub fn of(&self, file: &Path) -> Option<&str> {
        let holds = |folder: &Path| self.0.iter().find(|(_, place)| *place == folder);
        file.ancestors().skip(1).find_map(holds).map(|(name, _)| name.as_str())
    }

    /// Copies packages and what they require into a folder; what is built into MicroPython has no package here.
    pub fn install<'a>(&'a self, names: impl Iterator<Item = &'a str>, folder: &Path) -> io::Result<()> {
        let mut wanted: Vec<String> = names.map(String::from).collect();
        let mut at = 0;
        while let Some(name) = wanted.get(at) {
            at += 1;
            let Some(place) = self.0.get(name) else { continue };
            let manifest = fs::read_to_string(place.join("manifest.py"))?;
            for Part { kind, name, base } in manifest.lines().filter_map(part) {
                match kind {
                    "require" if wanted.iter().any(|known| known == name) => {}
                    "require" => wanted.push(name.to_owned()),
                    _ => copy(&place.join(base).join(name), &folder.join(name))?,
                }
            }
        }
        Ok(())
    }
}

fn part(line: &str) -> Option<Part<'_>> {
    let (kind, rest) = line.split_once("(\"")?;
    let (name, rest) = rest.split_once('"')?;
    let base = rest.split_once("base_path=\"").and_then(|(_, base)| base.split_once('"'));
    ["require", "module", "package"].contains(&kind).then_some(Part {
        kind,
        name,
        base: base.map_or("", |(base, _)| base),
    })
}

/// Shows every file below a folder, hidden ones left out, in order of their paths.
pub fn visit(folder: &Path, seen: &mut dyn FnMut(&Path)) -> io::Result<()> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() { visit(&path, seen)? } else { seen(&path) }
    }
    Ok(())
}

/// Copies a file, or a folder into one that may be there already.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders are made");
        fs::write(path, text).expect("a file is written");
    }

    #[test]
    fn lines_of_a_manifest() {
        assert_eq!(part("module(\"x.py\")"), Some(Part { kind: "module", name: "x.py", base: "" }));
        let based = part("package(\"x\", base_path=\"..\", opt=3)");
        assert_eq!(based, Some(Part { kind: "package", name: "x", base: ".." }));
        assert_eq!(part("metadata(version=\"1.0\")"), None);
        assert_eq!(part("include(\"x\")"), None);
    }

    #[test]
    fn a_package_comes_with_what_it_requires() {
        let tree = tempfile::tempdir().expect("a folder for the test");
        let at = |path: &str| tree.path().join(path);
        write(&at("std/one/manifest.py"), "require(\"two\")\nrequire(\"built-in\")\nmodule(\"one.py\")\n");
        write(&at("std/one/one.py"), "1");
        write(&at("std/one/tests/test_one.py"), "");
        write(&at("std/two/manifest.py"), "require(\"one\")\npackage(\"shared\")\n");
        write(&at("std/two/shared/two.py"), "2");
        write(&at("std/three/manifest.py"), "package(\"shared\", base_path=\"in\")\n");
        write(&at("std/three/in/shared/three.py"), "3");
        let packages = Packages::find(tree.path()).expect("the tree is read");
        assert_eq!(packages.of(&at("std/one/tests/test_one.py")), Some("one"));
        assert_eq!(packages.of(&at("std/test.py")), None);
        assert_eq!(packages.below(&at("std")).count(), 3);
        let target = at("lib");
        packages.install(["one", "three"].into_iter(), &target).expect("packages are copied");
        for (path, text) in [("one.py", "1"), ("shared/two.py", "2"), ("shared/three.py", "3")] {
            assert_eq!(fs::read_to_string(target.join(path)).expect(path), text);
        }
    }
}
