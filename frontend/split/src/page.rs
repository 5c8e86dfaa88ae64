//! The page that trunk has built, before it becomes `dist/`.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// The page in trunk's staging directory.
pub(crate) struct StagedPage {
    directory: PathBuf,
    /// Where the files are served: a path that ends with a slash.
    address: String,
    /// The text of `index.html`.
    html: String,
    /// Names of the parts: what they are called in the program, and their files.
    parts: Vec<(String, String)>,
}

impl StagedPage {
    pub(crate) fn open(directory: &Path, address: &str) -> Result<Self> {
        let html = fs::read_to_string(directory.join("index.html")).context("index.html cannot be read")?;
        Ok(Self { directory: directory.to_owned(), address: address.to_owned(), html, parts: Vec::new() })
    }

    /// Adds a file that is loaded on demand.
    pub(crate) fn add_part(&mut self, part: &str, content: &[u8]) -> Result<()> {
        let file = format!("{}-{}.wasm", part.trim_start_matches("split_"), hash(content));
        fs::write(self.directory.join(&file), content)?;
        self.parts.push((part.to_owned(), file));
        Ok(())
    }

    /// Returns the name of the file of a part.
    pub(crate) fn file_of(&self, part: &str) -> Result<&str> {
        let found = self.parts.iter().find(|(name, _)| name == part);
        found.map(|(_, file)| file.as_str()).with_context(|| format!("there is no part {part}"))
    }

    pub(crate) fn replace_program(&mut self, content: &[u8]) -> Result<()> {
        self.replace("_bg.wasm", content)
    }

    pub(crate) fn replace_script(&mut self, content: &str) -> Result<()> {
        self.replace(".js", content.as_bytes())
    }

    /// Replaces the file `page-HASH{end}` by one that has the hash of its content.
    fn replace(&mut self, end: &str, content: &[u8]) -> Result<()> {
        let names = fs::read_dir(&self.directory)?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names = names.filter(|name| name.starts_with("page-") && name.ends_with(end));
        let old = names.next().with_context(|| format!("trunk has written no file page-*{end}"))?;
        let new = format!("page-{}{end}", hash(content));
        fs::remove_file(self.directory.join(&old))?;
        fs::write(self.directory.join(&new), content)?;
        self.html = self.html.replace(&old, &new);
        Ok(())
    }

    /// Writes `index.html`. It names the parts, so that the service worker stores them.
    pub(crate) fn finish(self) -> Result<()> {
        let paths: Vec<String> = self.parts.iter().map(|(_, file)| [self.address.as_str(), file].concat()).collect();
        ensure!(self.html.contains("</head>"), "index.html has no </head>");
        let names = format!("<meta name=\"on-demand\" content=\"{}\">\n</head>", paths.join(" "));
        fs::write(self.directory.join("index.html"), self.html.replacen("</head>", &names, 1))?;
        Ok(())
    }
}

fn hash(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    format!("{:016x}", hasher.finish())
}
