//! Where things are: the repository, the build's output, and the folder of the tools.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command;

/// The places that every task needs.
pub(crate) struct Project {
    /// The top of the repository.
    pub(crate) root: PathBuf,
    /// Where cargo builds to, wherever the user's settings have it.
    pub(crate) target: PathBuf,
    /// Where tools are kept that were not on the machine: shared by all clones, and safe to delete.
    pub(crate) tools: PathBuf,
}

impl Project {
    /// Finds the places, and fails with a sentence where there is none.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("xtask has no folder above it")?.to_owned();
        let metadata: Value = serde_json::from_str(&command::read(
            Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&root),
        )?)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?.into();
        let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(cache), _) => PathBuf::from(cache),
            (None, Some(home)) => Path::new(&home).join(".cache"),
            (None, None) => bail!("neither HOME nor XDG_CACHE_HOME is set: set one, so that tools have a place"),
        };
        Ok(Self { root, target, tools: cache.join("serverless-chat-page") })
    }

    /// A program as this project runs it: at the top of the repository, the tools folder first on its PATH.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path());
        command
    }

    /// `cargo`, as [`Self::command`].
    pub(crate) fn cargo(&self, arguments: &str) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments.split_whitespace());
        command
    }

    /// A folder for what the tasks themselves write, made when it is missing.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let scratch = self.target.join("xtask");
        std::fs::create_dir_all(&scratch).with_context(|| format!("{} cannot be made", scratch.display()))?;
        Ok(scratch)
    }

    fn path(&self) -> OsString {
        let ours = ["tools/bin", "tools/node_modules/.bin", "python/bin"].map(|folder| self.tools.join(folder));
        let theirs = env::var_os("PATH").unwrap_or_default();
        // A folder with a colon in its name cannot be on a PATH at all; then the machine's own PATH has to do.
        env::join_paths(ours.into_iter().chain(env::split_paths(&theirs))).unwrap_or(theirs)
    }
}
