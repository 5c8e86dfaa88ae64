//! Files of lines: each line is one value as JSON.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use chat::ports::backup::{ImageRef, Record};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    error::{BackupError, Result},
    files::{create_file, hex},
    manifest::FileEntry,
};

/// Maximum length of a line, in bytes. The longest message has 24,000 bytes of text, 10 mentions and 100 reactions of up to 500 bytes,
/// and 200 remembered changes of up to 300 bytes: 140 KB.
const LINE_BYTES: u64 = 1 << 20;

/// A line of `images.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImageLine {
    #[serde(flatten)]
    pub(crate) image: ImageRef,
    /// In bytes.
    pub(crate) size: u64,
    /// Of the image file, which has it as its name; in hexadecimal digits.
    pub(crate) sha256: String,
}

impl ImageLine {
    /// Returns whether the hash can be a file name: 64 lower-case hexadecimal digits.
    fn has_valid_hash(&self) -> bool {
        self.sha256.len() == 64 && self.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// Why a line is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum BadLine {
    /// It is of a kind that this version does not know.
    UnknownKind(String),
    /// It is no record.
    Malformed(String),
}

/// Reads one line as a record.
///
/// # Errors
///
/// [`BadLine`] says why it is none.
pub fn parse_record(line: &[u8]) -> std::result::Result<Record, BadLine> {
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    serde_json::from_slice(line).map_err(|error| match serde_json::from_slice(line) {
        Ok(Kind { kind }) if !Record::KINDS.contains(&kind.as_str()) => BadLine::UnknownKind(kind),
        _ => malformed(&error),
    })
}

/// Reads one line of `images.jsonl`.
pub(crate) fn parse_image(line: &[u8]) -> std::result::Result<ImageLine, BadLine> {
    let image: ImageLine = parse(line)?;
    if image.has_valid_hash() { Ok(image) } else { Err(BadLine::Malformed("it has no valid hash".into())) }
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> std::result::Result<T, BadLine> {
    serde_json::from_slice(line).map_err(|error| malformed(&error))
}

/// The error may quote a message, so only its kind is told.
fn malformed(error: &serde_json::Error) -> BadLine {
    BadLine::Malformed(match error.column() {
        0 => format!("{:?} error", error.classify()),
        column => format!("{:?} error at column {column}", error.classify()),
    })
}

/// Writes a file of lines.
pub(crate) struct LineWriter {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    entry: FileEntry,
}

impl LineWriter {
    pub(crate) fn create(path: PathBuf) -> Result<Self> {
        let file = create_file(&path).map_err(BackupError::at(&path))?;
        let entry = FileEntry { lines: 0, bytes: 0, sha256: String::new() };
        Ok(Self { path, file: BufWriter::with_capacity(1 << 16, file), hash: Sha256::new(), entry })
    }

    pub(crate) fn write(&mut self, value: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(value).map_err(|error| BackupError::at(&self.path)(error.into()))?;
        line.push(b'\n');
        self.hash.update(&line);
        self.entry.lines += 1;
        self.entry.bytes += line.len() as u64;
        self.file.write_all(&line).map_err(BackupError::at(&self.path))
    }

    /// Makes the file durable.
    pub(crate) fn finish(mut self) -> Result<FileEntry> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(BackupError::at(&self.path))?;
        Ok(FileEntry { sha256: hex(&self.hash.finalize()), ..self.entry })
    }
}

/// Reads a file of lines.
pub(crate) struct LineReader {
    path: PathBuf,
    file: BufReader<File>,
    hash: Sha256,
    read: FileEntry,
    line: Vec<u8>,
}

impl LineReader {
    pub(crate) fn open(path: PathBuf) -> Result<Self> {
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BackupError::damaged(&path, "it is missing"),
            _ => BackupError::at(&path)(error),
        })?;
        let read = FileEntry { lines: 0, bytes: 0, sha256: String::new() };
        Ok(Self { path, file: BufReader::with_capacity(1 << 16, file), hash: Sha256::new(), read, line: Vec::new() })
    }

    /// Reads the next line.
    pub(crate) fn next<T>(
        &mut self,
        parse: impl FnOnce(&[u8]) -> std::result::Result<T, BadLine>,
    ) -> Result<Option<T>> {
        self.line.clear();
        let mut limited = (&mut self.file).take(LINE_BYTES);
        let length = limited.read_until(b'\n', &mut self.line).map_err(BackupError::at(&self.path))?;
        if length == 0 {
            return Ok(None);
        }
        self.hash.update(&self.line);
        self.read.lines += 1;
        self.read.bytes += length as u64;
        let number = self.read.lines;
        let Some(line) = self.line.strip_suffix(b"\n") else {
            return Err(BackupError::damaged(&self.path, format!("line {number} is cut off")));
        };
        parse(line).map(Some).map_err(|bad| match bad {
            BadLine::UnknownKind(kind) => {
                BackupError::newer(&self.path, format!("line {number} is of the unknown kind {kind:?}"))
            }
            BadLine::Malformed(cause) => BackupError::damaged(&self.path, format!("line {number}: {cause}")),
        })
    }

    /// Checks, after the last line, that the file is what the manifest says.
    pub(crate) fn check(self, expected: &FileEntry) -> Result<()> {
        let read = FileEntry { sha256: hex(&self.hash.finalize()), ..self.read };
        if read == *expected {
            return Ok(());
        }
        Err(BackupError::damaged(&self.path, "its content is not that of the manifest"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
