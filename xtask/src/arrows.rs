//! Who may use whom, downward only: the picture of ARCHITECTURE.md, checked.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{command::read, project::Project};

/// Each package of the workspace, and those of the others it may use.
const PACKAGES: [(&str, &[&str]); 4] = [
    ("shared-types", &[]),
    ("frontend", &["shared-types"]),
    ("backend", &["frontend", "shared-types"]),
    ("xtask", &[]),
];

/// Each module of the backend, and those of the others it may use. A program puts the parts together, so it knows them.
const MODULES: [(&str, &[&str]); 8] = [
    ("bin", &["config", "inbound", "outbound", "routes", "chat"]),
    ("lib", &[]),
    ("config", &["chat"]),
    ("inbound", &["routes", "chat", "ports"]),
    ("routes", &["chat", "ports"]),
    ("chat", &["ports"]),
    ("ports", &[]),
    ("outbound", &["ports"]),
];

/// What may be named in one place only: the word, and the start of the paths where it may stand.
const WORDS: [(&str, &[&str]); 9] = [
    ("aws_sdk_", &["outbound/aws"]),
    ("redb::", &["outbound/embedded"]),
    ("axum::", &["inbound/local"]),
    ("lambda_", &["inbound"]),
    ("frontend::", &["routes/front", "routes/answers/pages"]),
    ("env::var", &["config"]),
    ("from_default_env", &["config"]),
    ("try_from_default_env", &["config"]),
    ("SystemTime::now", &["outbound"]),
];

/// A program of the backend puts parts together; what is longer than this does more.
const LAMBDA_MAIN_LINES: usize = 35;

/// Checks all arrows, and names every one that points the wrong way.
pub(crate) fn check(project: &Project) -> Result<()> {
    let mut wrong = Vec::new();
    packages(project, &mut wrong)?;
    let source = project.root.join("backend/src");
    files(&source, &mut |file| {
        let path = file.strip_prefix(&source)?.with_extension("").display().to_string();
        let text = fs::read_to_string(file)?;
        wrong.extend(wrong_arrows(&path, &text));
        if path.starts_with("bin/lambda/") && text.lines().count() > LAMBDA_MAIN_LINES {
            wrong.push(format!("backend/src/{path}.rs has more than {LAMBDA_MAIN_LINES} lines"));
        }
        Ok(())
    })?;
    without(project, "--package backend --no-default-features --features embedded", "aws-", &mut wrong)?;
    // With `ssr` in the browser's build Leptos drops every event handler, and says nothing.
    let browser = "--package frontend --features hydrate --target wasm32-unknown-unknown --edges normal,features";
    without(project, browser, "leptos feature \"ssr\"", &mut wrong)?;
    npm(&project.root, &mut wrong)?;
    if !wrong.is_empty() {
        bail!("these point the wrong way (see ARCHITECTURE.md):\n  {}", wrong.join("\n  "));
    }
    println!("All arrows point downward.");
    Ok(())
}

fn packages(project: &Project, wrong: &mut Vec<String>) -> Result<()> {
    let metadata: Value = serde_json::from_str(&read(&mut project.cargo("metadata --no-deps --format-version 1"))?)?;
    for package in metadata["packages"].as_array().context("cargo metadata lists no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = PACKAGES.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("package {name} is in no picture"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            if PACKAGES.iter().any(|(known, _)| *known == other) && !allowed.contains(&other) {
                wrong.push(format!("package {name} uses {other}"));
            }
        }
    }
    Ok(())
}

fn without(project: &Project, packages: &str, word: &str, wrong: &mut Vec<String>) -> Result<()> {
    let edges = if packages.contains("--edges") { "" } else { "--edges normal" };
    let tree = read(&mut project.cargo(&format!("tree --prefix none {packages} {edges}")))?;
    wrong.extend(tree.lines().find(|line| line.starts_with(word)).map(|line| format!("`{packages}` brings in {line}")));
    Ok(())
}

/// What npm brings may drive a browser in a test, and is in nothing that is given to anybody.
fn npm(root: &Path, wrong: &mut Vec<String>) -> Result<()> {
    let tracked =
        read(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root))?;
    wrong.extend(npm_elsewhere(&tracked).map(|file| format!("{file} is npm's, which belongs in e2e/")));
    Ok(())
}

fn npm_elsewhere(files: &str) -> impl Iterator<Item = &str> {
    let names = ["package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", ".npmrc"];
    files.lines().filter(move |file| {
        let name = file.rsplit('/').next().unwrap_or_default();
        names.contains(&name) && !file.starts_with("e2e/")
    })
}

fn wrong_arrows(path: &str, text: &str) -> Vec<String> {
    let module = path.split('/').next().unwrap_or_default();
    let Some((_, allowed)) = MODULES.iter().find(|(known, _)| *known == module) else {
        return vec![format!("backend/src/{path}.rs is in no picture")];
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let tests = (0..lines.len()).find(|at| starts_tests(&lines[*at..])).unwrap_or(lines.len());
    let code = lines[..tests].join("\n");
    let modules = used_modules(&code, if module == "bin" { "backend::" } else { "crate::" })
        .into_iter()
        .filter(|used| {
            used != module && !allowed.contains(&used.as_str()) && MODULES.iter().any(|(known, _)| known == used)
        })
        .map(|used| format!("backend/src/{path}.rs uses {used}"));
    let words = WORDS
        .iter()
        .filter(|(word, places)| has_word(&code, word) && !places.iter().any(|place| path.starts_with(place)))
        .map(|(word, _)| format!("backend/src/{path}.rs names {word}"));
    modules.chain(words).collect()
}

/// Whether a module's own tests begin here, which end its file and may stand it on whatever they like. Anything else that is
/// there for tests alone stands among what is not.
fn starts_tests(lines: &[&str]) -> bool {
    let item = lines.iter().find(|line| !line.starts_with("#["));
    lines[0] == "#[cfg(test)]" && item.is_some_and(|item| item.starts_with("mod tests {"))
}

/// The first names of all paths that start with `root`, in `use` lines, groups and in the middle of code alike.
fn used_modules(code: &str, root: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices(root) {
        let rest = &code[at + root.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.push(name(rest));
            continue;
        };
        let mut depth = 0;
        let mut fresh = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                c if fresh && !c.is_whitespace() => {
                    used.push(name(&group[at..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn files(folder: &Path, visit: &mut impl FnMut(&Path) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, visit)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, code: &str, expect: &[&str]) {
        assert_eq!(
            wrong_arrows(path, code),
            expect.iter().map(|end| format!("backend/src/{path}.rs {end}")).collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_arrow_that_points_up_is_found_however_it_is_written() {
        check("chat/post", "use crate::ports::Clock;\nuse super::join;", &[]);
        check("chat/post", "use crate::outbound::aws::Table;", &["uses outbound"]);
        check("chat/post", "use crate::{\n    ports::{Clock, Ids},\n    routes::send,\n};", &["uses routes"]);
        check("ports", "fn f() { crate::chat::post() }", &["uses chat"]);
        check("bin/lambda/send", "use backend::{config::Config, ports::{Clock, Ids}};", &["uses ports"]);
    }

    #[test]
    fn a_word_that_belongs_elsewhere_is_found() {
        check("outbound/aws/table", "use aws_sdk_dynamodb::Client;", &[]);
        check("chat/post", "use aws_sdk_dynamodb::Client;", &["names aws_sdk_"]);
        check("chat/post", "let now = std::time::SystemTime::now();", &["names SystemTime::now"]);
        check("chat/post", "let my_lambda_count = 1;", &[]);
        check("routes/send", "let port = std::env::var(\"PORT\");", &["names env::var"]);
        check("bin/local", "let level = EnvFilter::try_from_default_env();", &["names try_from_default_env"]);
    }

    #[test]
    fn npm_is_in_the_tests_of_browsers_and_nowhere_else() {
        let files = "e2e/package.json\nfrontend/package.json\npackage-lock.json\nx/package.json.md\n";
        assert_eq!(npm_elsewhere(files).collect::<Vec<_>>(), ["frontend/package.json", "package-lock.json"]);
    }

    #[test]
    fn comments_and_tests_are_free() {
        check("chat/post", "// unlike crate::routes::send\n/// See [`crate::routes`].\n", &[]);
        check("chat/post", "#[cfg(test)]\nmod tests {\n    use crate::outbound::embedded::Store;\n}", &[]);
        let of_one_home =
            "#[cfg(test)]\n#[cfg(feature = \"embedded\")]\nmod tests {\n    use crate::outbound::Store;\n}";
        check("chat/post", of_one_home, &[]);
    }

    #[test]
    fn what_follows_on_something_for_tests_alone_is_checked() {
        check("chat/mod", "#[cfg(test)]\nmod doubles;\nmod door;\nuse crate::routes::Send;", &["uses routes"]);
        check("chat/post", "#[cfg(test)]\nuse std::fs;\nuse redb::Table;", &["names redb::"]);
        check("chat/post", "#[cfg(test)]\nmod tests;\n\npub fn f() -> crate::routes::Send {}", &["uses routes"]);
    }
}
