//! `cargo xtask gallery`: every state of every component on one HTML page.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{command::read, page, project::Project};

/// Writes the gallery and prints its path.
pub(crate) fn gallery() -> Result<()> {
    let project = Project::find()?;
    let dist = page::build(&project)?;
    println!("The gallery is {}", build(&project, &dist)?.join("index.html").display());
    Ok(())
}

/// Writes the gallery and the style sheet of the built page into one folder, and returns its path.
pub(crate) fn build(project: &Project, dist: &Path) -> Result<PathBuf> {
    let folder = project.scratch()?.join("gallery");
    fs::create_dir_all(&folder)?;
    let assets = page::assets(dist)?;
    let style =
        assets.iter().find(|file| page::extension(file) == "css").context("the built page has no style sheet")?;
    fs::copy(style, folder.join("page.css"))?;
    let html =
        read(&mut project.cargo("run --quiet --package frontend --features gallery --example gallery -- page.css"))?;
    fs::write(folder.join("index.html"), html)?;
    Ok(folder)
}
