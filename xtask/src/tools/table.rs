//! The table of tools. A tool with [`Accepts::Any`] is installed only if it is missing. The others are also installed
//! if their version does not fit.

use super::{
    Accepts, Crate, CrateVersion, Source, Tool,
    download::{Build, Release},
};

/// Its version must be that of the library in Cargo.lock. It is installed without --locked, because its own lock file
/// may name versions that a registry no longer has.
pub(super) const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen",
    purpose: "writes the page's JavaScript, and must have the version in Cargo.lock",
    probes: &["wasm-bindgen --version"],
    accepts: Accepts::CargoLock("wasm-bindgen"),
    source: Source::Crate(Crate {
        package: "wasm-bindgen-cli",
        version: CrateVersion::CargoLock("wasm-bindgen"),
        flags: &["--bin=wasm-bindgen"],
        release: Some(WASM_BINDGEN_RELEASE),
    }),
    time: "about 1 minute",
};

/// It is built without TLS: all tools are on the PATH, so it downloads nothing.
pub(super) const TRUNK: Tool = Tool {
    name: "trunk",
    purpose: "builds the page",
    probes: &["trunk --version"],
    accepts: Accepts::Series("0.21."),
    source: Source::Crate(Crate {
        package: "trunk",
        version: CrateVersion::Pinned("0.21.14"),
        flags: &["--locked", "--no-default-features"],
        release: Some(TRUNK_RELEASE),
    }),
    time: "2 to 4 minutes",
};

/// `frontend/split/` needs `--remove-exports` and the list of short names as JSON. Debian 12 has version 108.
pub(super) const WASM_OPT: Tool = Tool {
    name: "wasm-opt",
    purpose: "makes the page smaller, as its last build step",
    probes: &["wasm-opt --version"],
    accepts: Accepts::AtLeast(&[132]),
    source: Source::Npm("binaryen@132.0.0"),
    time: "a few seconds",
};

/// The hooks in Trunk.toml use it.
pub(super) const ESBUILD: Tool = Tool {
    name: "esbuild",
    purpose: "makes the page's style sheet and script smaller",
    probes: &["esbuild --version"],
    accepts: Accepts::Series("0.28."),
    source: Source::Npm("esbuild@0.28.2"),
    time: "a few seconds",
};

/// Older versions do not support `AWS::Serverless::WebSocketApi`.
pub(super) const SAM: Tool = Tool {
    name: "sam",
    purpose: "builds and deploys the stack",
    probes: &["sam --version"],
    accepts: Accepts::AtLeast(&[1, 167]),
    source: Source::Pip("aws-sam-cli==1.167.0"),
    time: "about 1 minute",
};

pub(super) const CARGO_LAMBDA: Tool = Tool {
    name: "cargo-lambda",
    purpose: "builds the functions",
    probes: &["cargo-lambda lambda --version"],
    accepts: Accepts::Any,
    source: Source::Pip("cargo-lambda==1.9.2"),
    time: "a few seconds",
};

pub(super) const ZIG: Tool = Tool {
    name: "zig",
    purpose: "links the functions for Amazon Linux",
    probes: &["zig version", "python-zig version"],
    accepts: Accepts::Any,
    source: Source::Pip("ziglang==0.17.1"),
    time: "a few seconds",
};

/// It has no flag that prints its version, so only its presence is checked.
pub(super) const MINISTACK: Tool = Tool {
    name: "ministack",
    purpose: "is the AWS emulator",
    probes: &["which ministack"],
    accepts: Accepts::Any,
    source: Source::Pip("ministack[full]==1.5.33"),
    time: "about 1 minute",
};

/// Its version is not pinned: pip chooses one that agrees with the libraries that SAM has installed before.
pub(super) const AWS_CLI: Tool = Tool {
    name: "aws",
    purpose: "reads the AWS account",
    probes: &["aws --version"],
    accepts: Accepts::Any,
    source: Source::Pip("awscli"),
    time: "half a minute",
};

pub(super) const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    purpose: "checks licences, bans and advisories of dependencies",
    probes: &["cargo-deny --version"],
    accepts: Accepts::Any,
    source: Source::Crate(Crate {
        package: "cargo-deny",
        version: CrateVersion::Pinned("0.20.2"),
        flags: &["--locked", "--no-default-features"],
        release: None,
    }),
    time: "2 to 4 minutes",
};

pub(super) const NIGHTLY: Tool = Tool {
    name: "the nightly compiler",
    purpose: "builds the fuzz targets, and nothing else",
    probes: &["rustup run nightly rustc --version"],
    accepts: Accepts::Any,
    source: Source::Rustup(&["toolchain", "install", "nightly", "--profile", "minimal"]),
    time: "half a minute",
};

pub(super) const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    purpose: "builds the fuzz targets",
    probes: &["cargo-fuzz --version"],
    accepts: Accepts::Any,
    source: Source::Crate(Crate {
        package: "cargo-fuzz",
        version: CrateVersion::Pinned("0.13.2"),
        flags: &["--locked"],
        release: None,
    }),
    time: "half a minute",
};

pub(super) const CARGO_CYCLONEDX: Tool = Tool {
    name: "cargo-cyclonedx",
    purpose: "writes the SBOMs",
    probes: &["cargo-cyclonedx cyclonedx --version"],
    accepts: Accepts::Any,
    source: Source::Crate(Crate {
        package: "cargo-cyclonedx",
        version: CrateVersion::Pinned("0.5.9"),
        flags: &["--locked"],
        release: None,
    }),
    time: "1 to 2 minutes",
};

/// The newest version that Node.js 20 runs.
pub(super) const LIGHTHOUSE: Tool = Tool {
    name: "lighthouse",
    purpose: "measures the page",
    probes: &["lighthouse --version"],
    accepts: Accepts::Any,
    source: Source::Npm("lighthouse@12.8.2"),
    time: "half a minute",
};

pub(super) const BUN: Tool = Tool {
    name: "bun",
    purpose: "is measured beside the local binary",
    probes: &["bun --version"],
    accepts: Accepts::AtLeast(&[1, 4]),
    source: Source::Npm("bun@1.4.5"),
    time: "a few seconds",
};

/// A library: it has no program that could be asked for its version.
pub(super) const NODE_WS: Tool = Tool {
    name: "the package ws",
    purpose: "is measured beside the local binary",
    probes: &[],
    accepts: Accepts::Any,
    source: Source::Npm("ws@8.23.0"),
    time: "a few seconds",
};

/// The AWS SDK for DynamoDB, with `@aws-sdk/client-dynamodb`, which it asks for.
pub(super) const NODE_DYNAMODB: Tool = Tool {
    name: "the package @aws-sdk/lib-dynamodb",
    purpose: "is part of AWS's sample, which is measured beside the functions",
    probes: &[],
    accepts: Accepts::Any,
    source: Source::Npm("@aws-sdk/lib-dynamodb@3.1169.0"),
    time: "a few seconds",
};

/// The AWS SDK for `@connections`.
pub(super) const NODE_GATEWAY: Tool = Tool {
    name: "the package @aws-sdk/client-apigatewaymanagementapi",
    purpose: "is part of AWS's sample, which is measured beside the functions",
    probes: &[],
    accepts: Accepts::Any,
    source: Source::Npm("@aws-sdk/client-apigatewaymanagementapi@3.1169.0"),
    time: "a few seconds",
};

/// Prebuilt trunk, pinned by checksum. Change the checksums together with the version of [`TRUNK`]: the file
/// `ARCHIVE.sha256` beside each archive has them.
const TRUNK_RELEASE: Release = Release {
    archive: "https://github.com/trunk-rs/trunk/releases/download/v{version}/trunk-{target}.tar.gz",
    program: "trunk",
    builds: &[
        Build {
            machine: "linux-x86_64",
            target: "x86_64-unknown-linux-gnu",
            sha256: Some("f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b"),
        },
        Build {
            machine: "linux-aarch64",
            target: "aarch64-unknown-linux-gnu",
            sha256: Some("b1d8e60e454f7fc182d9a4d95d1506ffbae947d8ba90f8f6f02da93b60f980f9"),
        },
        Build {
            machine: "macos-x86_64",
            target: "x86_64-apple-darwin",
            sha256: Some("f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95"),
        },
        Build {
            machine: "macos-aarch64",
            target: "aarch64-apple-darwin",
            sha256: Some("764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e"),
        },
    ],
};

/// Prebuilt wasm-bindgen. Its version changes with Cargo.lock, so no checksum is pinned: the one published beside the
/// archive is used. That is weaker: it detects a damaged download, but not a release that somebody has replaced.
const WASM_BINDGEN_RELEASE: Release = Release {
    archive: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{target}.tar.gz",
    program: "wasm-bindgen-{version}-{target}/wasm-bindgen",
    builds: &[
        Build { machine: "linux-x86_64", target: "x86_64-unknown-linux-musl", sha256: None },
        Build { machine: "linux-aarch64", target: "aarch64-unknown-linux-musl", sha256: None },
        Build { machine: "macos-x86_64", target: "x86_64-apple-darwin", sha256: None },
        Build { machine: "macos-aarch64", target: "aarch64-apple-darwin", sha256: None },
    ],
};
