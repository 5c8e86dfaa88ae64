//! Firefox and WebKit, for the smoke tests in other browser engines than Chromium's.

use std::{env, fs, path::PathBuf, process::Command};

use super::apt;
use crate::command::try_read;

/// Places where Linux distributions install Firefox.
const FIREFOX: [&str; 2] = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/// Folders in which Linux distributions install WebKitGTK's programs.
const WEBKIT: [&str; 3] = ["/usr/lib", "/usr/libexec", "/usr/lib64"];

/// The programs of the engines; `None` if the machine has none.
pub(crate) struct Engines {
    firefox: Option<PathBuf>,
    /// The browser of WebKitGTK, if its driver and a virtual screen are there, too.
    webkit: Option<PathBuf>,
}

/// Returns the engines of this machine. They are installed where that is possible: for root on Debian. Says so if one is
/// missing after that: its tests do not run.
pub(crate) fn engines() -> Engines {
    let mut missing = Vec::new();
    if firefox().is_none() {
        missing.push("firefox-esr");
    }
    if webkit().is_none() {
        missing.extend(["webkit2gtk-driver", "xvfb", "xauth"]);
    }
    if !missing.is_empty()
        && let Err(error) = apt::install("Firefox and WebKit, in which the page is tested, too (1 minute)", &missing)
    {
        println!("They cannot be installed: {error:#}.");
    }
    let engines = Engines { firefox: firefox(), webkit: webkit() };
    if engines.firefox.is_none() {
        println!("There is no Firefox, so the page is not tested in it: install it, or set FIREFOX to its path.");
    }
    if engines.webkit.is_none() {
        println!(
            "There is no WebKit, so the page is not tested in it: install WebKitWebDriver, its MiniBrowser and xvfb-run \
             (Debian: `apt-get install webkit2gtk-driver xvfb xauth`)."
        );
    }
    engines
}

impl Engines {
    /// Sets the environment variables that `e2e/support/settings.ts` reads.
    pub(crate) fn configure(&self, command: &mut Command) {
        for (name, program) in [("FIREFOX", &self.firefox), ("WEBKIT", &self.webkit)] {
            if let Some(program) = program {
                command.env(name, program);
            }
        }
    }
}

fn firefox() -> Option<PathBuf> {
    let named = env::var_os("FIREFOX").map(PathBuf::from);
    named.or_else(|| FIREFOX.map(PathBuf::from).into_iter().find(|path| path.exists()))
}

fn webkit() -> Option<PathBuf> {
    // The driver prints its help, and the script its own, without starting anything.
    let has = |program: &str| try_read(Command::new(program).arg("--help")).is_some();
    if !has("WebKitWebDriver") || !has("xvfb-run") {
        return None;
    }
    let named = env::var_os("WEBKIT").map(PathBuf::from);
    named.or_else(|| WEBKIT.iter().find_map(|folder| mini_browser(PathBuf::from(folder), 2)))
}

/// Finds `webkit2gtk-<version>/MiniBrowser` in a folder, or below it, as in `/usr/lib/x86_64-linux-gnu/`.
fn mini_browser(folder: PathBuf, depth: u32) -> Option<PathBuf> {
    let folders = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.into_iter().rev().find_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        let program = folder.join("MiniBrowser");
        if name.starts_with("webkit") && program.exists() {
            return Some(program);
        }
        // Only folders of an architecture have the programs of a library.
        (depth > 1 && name.contains("linux")).then(|| mini_browser(folder, depth - 1))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_of_webkit_is_found_beside_its_library() {
        let folder = env::temp_dir().join(format!("engines-{}", std::process::id()));
        let library = folder.join("x86_64-linux-gnu/webkit2gtk-4.1");
        fs::create_dir_all(&library).unwrap();
        assert_eq!(mini_browser(folder.clone(), 2), None);
        fs::write(library.join("MiniBrowser"), "").unwrap();
        assert_eq!(mini_browser(folder.clone(), 2), Some(library.join("MiniBrowser")));
        fs::remove_dir_all(folder).unwrap();
    }
}
