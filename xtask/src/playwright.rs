//! Playwright: builds what it tests, and sets the environment that `e2e/support/settings.ts` reads.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    budget, gallery, page,
    project::Project,
    run::{Output, build_local},
    steps::Steps,
    tools::Browsers,
};

/// Connection limit of the small stack and of the small local server.
pub(crate) const SMALL_CONNECTION_LIMIT: &str = "20";

/// Maximum number of messages on a front page: low, so that a test needs few messages to get older ones.
pub(crate) const MESSAGE_LIMIT: &str = "30";

/// The built parts that Playwright tests, and the browsers.
pub(crate) struct Playwright {
    browsers: Browsers,
    /// The built page.
    pub(crate) dist: PathBuf,
    /// Folder of the gallery.
    pub(crate) gallery: PathBuf,
    /// The local binary.
    local: PathBuf,
}

impl Playwright {
    /// Builds the page, the gallery and the local binary.
    pub(crate) fn build(project: &Project, steps: &mut Steps, browsers: Browsers) -> Result<Self> {
        let dist = steps.step("build: page", || page::build(project))?;
        steps.step("size of the page", || budget::check(project, &dist))?;
        let gallery = steps.step("build: gallery", || gallery::build(project, &dist))?;
        let local = steps.step("build: local binary", || build_local(project, Output::Progress))?;
        Ok(Self { browsers, dist, gallery, local })
    }

    /// Returns the command `npx playwright test`, which reads `e2e/playwright.config.ts`.
    pub(crate) fn command(&self, project: &Project) -> Command {
        let mut playwright = project.command("npx");
        playwright.args(["playwright", "test"]).current_dir(project.root.join("e2e"));
        self.browsers.configure(&mut playwright);
        playwright
            .env("LOCAL_BINARY", &self.local)
            .env("PAGE", &self.dist)
            .env("GALLERY", &self.gallery)
            .env("SMALL_LIMIT", SMALL_CONNECTION_LIMIT)
            .env("MESSAGE_LIMIT", MESSAGE_LIMIT);
        playwright
    }
}
