//! Two versions of the functions, which the upgrade test deploys one after the other.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{page, project::Project};

/// The function that has the page inside.
const FRONT: &str = "FrontFunction/bootstrap";

/// Copies what `sam build` has built to a folder, as version `a`, and again as version `b`, in which the files of the page have other
/// hashes in their names. Returns the folder.
pub(super) fn versions(project: &Project, dist: &Path) -> Result<PathBuf> {
    let scratch = project.scratch()?;
    // The built template names these two by paths that lead two folders up.
    for name in ["LICENSE", "README.md"] {
        fs::copy(project.root.join(name), scratch.join(name)).with_context(|| format!("{name} cannot be copied"))?;
    }
    let folder = scratch.join("upgrade");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for version in ["a", "b"] {
        copy(&project.root.join(".aws-sam/build"), &folder.join(version))?;
    }
    let front = folder.join("b").join(FRONT);
    let program = fs::read(&front).with_context(|| format!("{} cannot be read", front.display()))?;
    fs::write(&front, with_other_hashes(program, &hashes(dist)?)?)?;
    Ok(folder)
}

/// Returns the hashes in the names of the page's files, such as `8f0de36b871b6636`.
fn hashes(dist: &Path) -> Result<BTreeSet<String>> {
    let files = page::assets(dist)?;
    let names = files.iter().filter_map(|file| file.file_name()?.to_str());
    Ok(names.flat_map(hashes_in).map(str::to_owned).collect())
}

/// Returns the hashes in the name of a file. Trunk writes a hash of 64 bits without its leading zeros, so it has 16 digits or fewer.
fn hashes_in(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_', '.'])
        .filter(|part| (8..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Replaces each hash in a program by another one of the same length: the names in the index template and those of the files.
fn with_other_hashes(mut program: Vec<u8>, hashes: &BTreeSet<String>) -> Result<Vec<u8>> {
    for hash in hashes {
        let other: Vec<u8> = hash.bytes().rev().collect();
        let places: Vec<usize> = positions(&program, hash.as_bytes());
        if places.is_empty() || other == hash.as_bytes() {
            bail!("the function front has no file of the page with the hash {hash}: build it again");
        }
        for place in places {
            program[place..place + other.len()].copy_from_slice(&other);
        }
    }
    Ok(program)
}

fn positions(bytes: &[u8], part: &[u8]) -> Vec<usize> {
    bytes.windows(part.len()).enumerate().filter(|(_, window)| *window == part).map(|(at, _)| at).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a folder without a name")?);
        if path.is_dir() { copy(&path, &target)? } else { fs::copy(&path, &target).map(|_| ())? }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_with_leading_zeros_are_found() {
        for (name, hash) in [
            ("page-8f0de36b871b6636.js", "8f0de36b871b6636"),
            ("page-b0bce62b039794a.css", "b0bce62b039794a"),
            ("page-en-d02e71a94c30_bg.wasm", "d02e71a94c30"),
            ("on_demand-ja-8f0de36b871b6636.wasm", "8f0de36b871b6636"),
        ] {
            assert_eq!(hashes_in(name).collect::<Vec<_>>(), [hash], "{name}");
        }
        assert_eq!(hashes_in("dead-beef_bg.wasm").count(), 0);
    }

    #[test]
    fn only_the_hashes_change() {
        let program =
            b"...page-8f0de36b871b6636.js...\0page-d02e71a94c30a13d_bg.wasm..page-8f0de36b871b6636.js".to_vec();
        let hashes: BTreeSet<String> = ["page-8f0de36b871b6636.js", "page-d02e71a94c30a13d_bg.wasm", "icon.png"]
            .iter()
            .flat_map(|name| hashes_in(name))
            .map(str::to_owned)
            .collect();
        assert_eq!(hashes.len(), 2);
        let other = with_other_hashes(program, &hashes).unwrap();
        let expected = b"...page-6366b178b63ed0f8.js...\0page-d31a03c49a17e20d_bg.wasm..page-6366b178b63ed0f8.js";
        assert_eq!(other, expected);
        assert!(with_other_hashes(Vec::new(), &hashes).is_err());
    }
}
