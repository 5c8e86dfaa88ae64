//! Paths of the repository, of the build output and of the installed tools.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command;

/// Paths that every task needs.
pub(crate) struct Project {
    /// Root of the repository.
    pub(crate) root: PathBuf,
    /// Cargo's target directory, from the user's settings.
    pub(crate) target: PathBuf,
    /// Folder of the tools that xtask installs. All clones share it, and it is safe to delete.
    pub(crate) tools: PathBuf,
    /// Folder of each package of the workspace.
    pub(crate) packages: Vec<PathBuf>,
}

impl Project {
    /// Asks cargo for the paths.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("the folder of xtask has no parent folder")?.to_owned();
        let metadata: Value = serde_json::from_str(&command::read(
            Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&root),
        )?)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?.into();
        let manifests = metadata["packages"].as_array().into_iter().flatten();
        let manifests = manifests.filter_map(|package| package["manifest_path"].as_str());
        let packages = manifests.filter_map(|path| Path::new(path).parent()).map(Path::to_owned).collect();
        let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(cache), _) => PathBuf::from(cache),
            (None, Some(home)) => Path::new(&home).join(".cache"),
            (None, None) => bail!("neither HOME nor XDG_CACHE_HOME is set: set one, the tools are installed below it"),
        };
        Ok(Self { root, target, tools: cache.join("serverless-chat-page"), packages })
    }

    /// Returns a command that runs at the root of the repository, with the installed tools first on its PATH.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path());
        command
    }

    /// Returns a `cargo` command, as [`Self::command`]. `arguments` are separated by spaces.
    pub(crate) fn cargo(&self, arguments: &str) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments.split_whitespace());
        command
    }

    /// Returns the folder for files that tasks write. Creates it if it is missing.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let scratch = self.target.join("xtask");
        std::fs::create_dir_all(&scratch).with_context(|| format!("{} cannot be created", scratch.display()))?;
        Ok(scratch)
    }

    fn path(&self) -> OsString {
        let installed = ["tools/bin", "tools/node_modules/.bin", "python/bin"].map(|folder| self.tools.join(folder));
        let inherited = env::var_os("PATH").unwrap_or_default();
        // A folder whose name contains a colon cannot be on a PATH. The inherited PATH is used unchanged then.
        env::join_paths(installed.into_iter().chain(env::split_paths(&inherited))).unwrap_or(inherited)
    }
}
