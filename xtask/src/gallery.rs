//! `cargo xtask gallery`: the gallery and screenshots, for review by people.
//!
//! It writes the gallery (every state of every component on one HTML page) and takes screenshots of the running chat.
//! The comparison of the gallery with the pictures in `e2e/pictures/` is a test: `cargo xtask test` runs it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    command::{read, run},
    page,
    playwright::Playwright,
    project::Project,
    steps::Steps,
    tools,
};

/// Writes the gallery, takes the screenshots and prints where both are.
pub(crate) fn gallery() -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let browsers = steps.step("tools", || tools::browser_tests(&project))?;
    let playwright = Playwright::build(&project, &mut steps, browsers)?;
    println!("The gallery is {}", playwright.gallery.join("index.html").display());
    steps.step("screenshots", || {
        run(playwright.command(&project).args(["--config", "screenshots.config.ts", "--project=screenshots"]))
    })?;
    steps.table("Pictures to review:");
    println!("\nGallery:     {}", playwright.gallery.join("index.html").display());
    println!("Screenshots: {}", project.root.join("e2e/screenshots").display());
    Ok(())
}

/// The style sheets of the gallery, in the order in which the page loads them, and how their names start in the built page.
const STYLES: [(&str, &str); 2] = [("page.css", "page-"), ("on_demand.css", "on_demand-")];

/// Writes the gallery and the style sheets of the built page into one folder, and returns its path.
pub(crate) fn build(project: &Project, dist: &Path) -> Result<PathBuf> {
    let folder = project.scratch()?.join("gallery");
    fs::create_dir_all(&folder)?;
    let assets = page::assets(dist)?;
    let mut gallery = project.cargo("run --quiet --package frontend --features gallery --example gallery --");
    for (name, start) in STYLES {
        let is_built_from = |file: &&PathBuf| {
            let built = file.file_name().and_then(|name| name.to_str());
            page::extension(file) == "css" && built.is_some_and(|built| built.starts_with(start))
        };
        let style = assets.iter().find(is_built_from);
        fs::copy(style.with_context(|| format!("the built page has no style sheet {start}*"))?, folder.join(name))?;
        gallery.arg(name);
    }
    let html = read(&mut gallery)?;
    fs::write(folder.join("index.html"), html)?;
    Ok(folder)
}
