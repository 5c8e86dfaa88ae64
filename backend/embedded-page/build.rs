//! Embeds the built page into the binary, as far as `dist/` at the root of the repository has one.
//!
//! The files are copied first: a build of the page that runs at the same time replaces `dist/`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// Where trunk puts the page, from here.
const DIST: &str = "../../dist";

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(DIST);
    // Cargo would run this script for every build, and compile the server again, if what it watches was missing. A folder that
    // cannot be created costs only that.
    fs::create_dir_all(dist).ok();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={DIST}");
    let copies = PathBuf::from(env::var("OUT_DIR")?).join("page");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    let files = if dist.join("index.html").exists() { read(dist) } else { Ok(BTreeMap::new()) };
    let files = files.unwrap_or_else(|error| {
        // Cargo runs this script again when the build of the page is complete.
        println!("cargo:warning=the page in dist/ cannot be read ({error}); the binary is built without it");
        BTreeMap::new()
    });
    let mut code = String::from("&[\n");
    for (number, (name, file)) in files.iter().enumerate() {
        let copy = copies.join(number.to_string());
        fs::create_dir_all(&copies)?;
        fs::write(&copy, &file.bytes)?;
        let mut hash = DefaultHasher::new();
        file.bytes.hash(&mut hash);
        let (is_brotli, hash) = (file.is_brotli, hash.finish());
        writeln!(
            code,
            "EmbeddedFile {{ name: {name:?}, bytes: include_bytes!({copy:?}), is_brotli: {is_brotli}, hash: {hash} }},"
        )?;
    }
    code.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("page.rs"), code)?;
    Ok(())
}

struct File {
    bytes: Vec<u8>,
    is_brotli: bool,
}

/// Reads the files of the page by name, such as `app/manifest.webmanifest`. Of a file with a compressed copy, only that is read.
fn read(dist: &Path) -> Result<BTreeMap<String, File>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dist.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(dist)?.to_str().ok_or("a file name is not UTF-8")?.replace('\\', "/");
            let compressed = name.strip_suffix(".br");
            let is_brotli = compressed.is_some();
            let name = compressed.unwrap_or(&name).to_owned();
            if is_brotli || !files.contains_key(&name) {
                files.insert(name, File { bytes: fs::read(path)?, is_brotli });
            }
        }
    }
    Ok(files)
}
