//! Prebuilt programs from GitHub releases: seconds instead of minutes of building.
//!
//! A download is never required. Without access to GitHub it fails within seconds, and the program is built from
//! source.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    command::{run, try_read},
    project::Project,
};

/// Prebuilt archives of one program. `{version}` and `{target}` in the texts are replaced.
pub(super) struct Release {
    /// Address of the archive (.tar.gz).
    pub(super) archive: &'static str,
    /// Path of the program in the archive.
    pub(super) program: &'static str,
    pub(super) builds: &'static [Build],
}

/// The archive for one kind of machine.
pub(super) struct Build {
    /// Operating system and architecture, as in [`env::consts`].
    pub(super) machine: &'static str,
    /// Compiler target in the name of the archive.
    pub(super) target: &'static str,
    /// SHA-256 of the archive. `None`: the file `ARCHIVE.sha256sum` beside the archive has it.
    pub(super) sha256: Option<&'static str>,
}

/// Downloads a program, checks the archive's checksum, and installs the program as `tools/bin/NAME`.
pub(super) fn download(project: &Project, release: &Release, name: &str, version: &str) -> Result<()> {
    let machine = format!("{}-{}", env::consts::OS, env::consts::ARCH);
    let build = release.builds.iter().find(|build| build.machine == machine);
    let build = build.with_context(|| format!("there is none for {machine}"))?;
    install(project, release, build, name, version, &|address, file| curl(project, address, file))
}

/// As [`download`] for one build, with the given way to fetch an address into a file.
fn install(
    project: &Project,
    release: &Release,
    build: &Build,
    name: &str,
    version: &str,
    fetch: &dyn Fn(&str, &Path) -> Result<()>,
) -> Result<()> {
    let folder = project.tools.join("download");
    let bin = project.tools.join("tools/bin");
    // An interrupted download leaves this folder.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&bin)?;
    let address = build.fill(release.archive, version);
    let archive = folder.join("archive.tar.gz");
    fetch(&address, &archive)?;
    let expected = match build.sha256 {
        Some(pinned) => pinned.to_owned(),
        None => {
            let published = folder.join("sha256sum");
            fetch(&format!("{address}.sha256sum"), &published)?;
            first_word(&fs::read_to_string(published)?)
        }
    };
    let found = sha256(project, &archive)?;
    ensure!(found == expected, "the checksum of {address} is {found} and not {expected}");
    run(project.command("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder))?;
    let program: PathBuf = folder.join(build.fill(release.program, version));
    fs::copy(&program, bin.join(name)).with_context(|| format!("{} is not in the archive", program.display()))?;
    fs::remove_dir_all(folder)?;
    Ok(())
}

impl Build {
    fn fill(&self, text: &str, version: &str) -> String {
        text.replace("{version}", version).replace("{target}", self.target)
    }
}

/// Fetches with HTTPS only. It gives up after 5 seconds without a connection, after 10 seconds with less than 10 KB/s,
/// and after a minute.
fn curl(project: &Project, address: &str, file: &Path) -> Result<()> {
    let mut curl = project.command("curl");
    curl.args(["--proto", "=https", "--tlsv1.2", "--fail", "--location", "--silent", "--show-error"]);
    curl.args(["--connect-timeout", "5", "--speed-time", "10", "--speed-limit", "10000", "--max-time", "60"]);
    run(curl.arg("--output").arg(file).arg(address)).context("the download failed, see above")
}

/// Returns the SHA-256 of a file in lower-case hexadecimal. Linux has `sha256sum`, macOS has `shasum`.
fn sha256(project: &Project, file: &Path) -> Result<String> {
    let output = try_read(project.command("sha256sum").arg(file))
        .or_else(|| try_read(project.command("shasum").args(["-a", "256"]).arg(file)));
    Ok(first_word(&output.context("neither sha256sum nor shasum is installed")?))
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const ARCHIVE: &str = "https://example.org/v{version}/{target}.tar.gz";

    /// Installs a program from an archive made here, and returns the text of the installed program.
    fn install_with(test: &str, sha256: Option<&'static str>, published: Option<&str>) -> Result<String> {
        let mut project = Project::find()?;
        let folder = project.scratch()?.join("test-download").join(test);
        project.tools = folder.join("tools");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("p-1.2"))?;
        fs::write(folder.join("p-1.2/p"), "the program")?;
        let release = Release { archive: ARCHIVE, program: "p-{version}/p", builds: &[] };
        let build = Build { machine: "", target: "any", sha256 };
        let fetch = |address: &str, file: &Path| -> Result<()> {
            let archive = folder.join("archive.tar.gz");
            match address {
                "https://example.org/v1.2/any.tar.gz" => {
                    run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&folder).arg("p-1.2"))?;
                    fs::copy(archive, file)?;
                }
                "https://example.org/v1.2/any.tar.gz.sha256sum" => {
                    let found = super::sha256(&project, &archive)?;
                    fs::write(file, format!("{}  any.tar.gz\n", published.unwrap_or(&found)))?;
                }
                _ => anyhow::bail!("{address} is not expected"),
            }
            Ok(())
        };
        install(&project, &release, &build, "p", "1.2", &fetch)?;
        Ok(fs::read_to_string(project.tools.join("tools/bin/p"))?)
    }

    #[test]
    fn a_program_with_the_published_checksum_is_installed() {
        assert_eq!(install_with("published", None, None).unwrap(), "the program");
    }

    #[test]
    fn an_archive_with_another_checksum_is_rejected() {
        let pinned = install_with("pinned", Some("00"), None).unwrap_err().to_string();
        assert!(pinned.contains("checksum") && pinned.ends_with("not 00"), "{pinned}");
        let published = install_with("other", None, Some("11")).unwrap_err().to_string();
        assert!(published.ends_with("not 11"), "{published}");
    }

    #[test]
    fn checksums_are_lower_case_sha256() {
        let project = Project::find().unwrap();
        let file = project.scratch().unwrap().join("test-sha256");
        fs::write(&file, "abc").unwrap();
        let sum = sha256(&project, &file).unwrap();
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
