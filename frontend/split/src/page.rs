//! The page that trunk has built, before it becomes `dist/`.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::languages::Language;

/// The page in trunk's staging directory.
pub(crate) struct StagedPage {
    directory: PathBuf,
    /// Where the files are served: a path that ends with a slash.
    address: String,
    /// The text of `index.html`.
    html: String,
    /// Elements of the head that name the files of the program.
    names: String,
}

/// The name by which the page has the program.
pub(crate) const PROGRAM: &str = "program";

impl StagedPage {
    pub(crate) fn open(directory: &Path, address: &str) -> Result<Self> {
        let html = fs::read_to_string(directory.join("index.html")).context("index.html cannot be read")?;
        Ok(Self { directory: directory.to_owned(), address: address.to_owned(), html, names: String::new() })
    }

    /// Adds a file of the program in one language. The server leaves out the names of other languages' files.
    pub(crate) fn add(&mut self, name: &str, language: Language, content: &[u8]) -> Result<()> {
        let (start, end) = if name == PROGRAM { ("page", "_bg") } else { (name, "") };
        let file = format!("{start}-{}-{}{end}.wasm", language.tag, hash(content));
        fs::write(self.directory.join(&file), content)?;
        let address = &self.address;
        self.names.push_str(&format!("<meta name=\"{name}\" lang=\"{}\" content=\"{address}{file}\">\n", language.tag));
        Ok(())
    }

    /// Replaces the script by one that has the hash of its content in its name.
    pub(crate) fn replace_script(&mut self, content: &str) -> Result<()> {
        let old = self.remove(".js")?;
        let new = format!("page-{}.js", hash(content.as_bytes()));
        fs::write(self.directory.join(&new), content)?;
        self.html = self.html.replace(&old, &new);
        Ok(())
    }

    /// Removes the file `page-HASH{end}` that trunk has written. Returns its name.
    fn remove(&self, end: &str) -> Result<String> {
        let names = fs::read_dir(&self.directory)?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names =
            names.filter(|name| name.starts_with("page-") && name.ends_with(end) && name.matches('-').count() == 1);
        let old = names.next().with_context(|| format!("trunk has written no file page-*{end}"))?;
        fs::remove_file(self.directory.join(&old))?;
        Ok(old)
    }

    /// Writes `index.html` with the names of the files.
    pub(crate) fn finish(self) -> Result<()> {
        let old = format!("<meta name=\"{PROGRAM}\" content=\"{}{}\">\n", self.address, self.remove("_bg.wasm")?);
        ensure!(self.html.contains(&old), "index.html does not name the program as Trunk.toml does");
        fs::write(self.directory.join("index.html"), self.html.replacen(&old, &self.names, 1))?;
        Ok(())
    }
}

fn hash(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    format!("{:016x}", hasher.finish())
}
