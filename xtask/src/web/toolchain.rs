//! The Rust toolchain that builds for a browser: one with the sources of the standard library, which is built anew without
//! panic machinery. That is where most of the bytes are saved.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{steps, workspace};

/// A compiler and what goes with it.
pub(super) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    /// `None` where the compiler brings one.
    linker: Option<PathBuf>,
    /// What the compiler calls itself: sizes hold for one compiler.
    pub(super) version: String,
    sysroot: PathBuf,
}

/// How the engine is built beyond what its manifest can say on a stable toolchain.
const FLAGS: [&str; 6] = [
    "-Zunstable-options",
    // A panic is a trap, and what would have been said about it is not in the file.
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // Functions stay functions unless the call is longer than what is called: 0.3 KB less, compressed.
    "-Cllvm-args=-inline-threshold=0",
    // 64 KiB of stack instead of 1 MiB: a page's first memory is then 128 KiB.
    "-Clink-arg=-zstack-size=65536",
];

const TARGET: &str = "wasm32-unknown-unknown";

impl Toolchain {
    /// The toolchain in use, with the component it needs; else Debian's, which has the sources as a package.
    pub(super) fn find() -> Result<Self> {
        let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let current = Self::new(cargo, PathBuf::from("rustc"))?;
        if current.has_sources() {
            return Ok(current);
        }
        println!(
            "the sources of the standard library are missing: adding the component rust-src with rustup"
        );
        if steps::run(Command::new("rustup").args(["component", "add", "rust-src"])).is_ok()
            && current.has_sources()
        {
            return Ok(current);
        }
        let debian = || Self::new("/usr/bin/cargo".into(), "/usr/bin/rustc".into());
        if let Some(debian) = debian().ok().filter(Self::has_sources) {
            return Ok(debian);
        }
        println!("rustup could not: installing Debian's compiler with its sources");
        let packages = ["install", "--yes", "rustc-web", "cargo-web", "rust-web-src"];
        if steps::run(Command::new("apt-get").args(packages)).is_ok()
            && let Some(debian) = debian().ok().filter(Self::has_sources)
        {
            return Ok(debian);
        }
        bail!(
            "the sources of Rust's standard library are missing, and neither rustup nor apt-get could add them: run `rustup component add rust-src`"
        )
    }

    fn new(cargo: PathBuf, rustc: PathBuf) -> Result<Self> {
        let said = |argument: &[&str]| -> Result<String> {
            Ok(steps::output(Command::new(&rustc).args(argument))?
                .trim()
                .to_owned())
        };
        let sysroot = PathBuf::from(said(&["--print", "sysroot"])?);
        let version = said(&["--version"])?;
        let linker = linker(&sysroot);
        Ok(Self {
            cargo,
            rustc,
            linker,
            version,
            sysroot,
        })
    }

    fn has_sources(&self) -> bool {
        self.sysroot
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    }

    /// Everything about this toolchain and its flags that changes what it builds.
    pub(super) fn fingerprint(&self) -> String {
        format!("{} {}", self.version, FLAGS.join(" "))
    }

    /// Builds the engine with these flags on top, in a target folder of its own. Gives the module.
    pub(super) fn build(&self, target: &Path, more: &[&str]) -> Result<PathBuf> {
        let remap = [
            format!("--remap-path-prefix={}=.", workspace::root().display()),
            format!("--remap-path-prefix={}=rust", self.sysroot.display()),
        ];
        let flags = FLAGS
            .iter()
            .chain(more)
            .copied()
            .chain(remap.iter().map(String::as_str));
        let mut cargo = Command::new(&self.cargo);
        cargo
            .current_dir(workspace::root())
            .env("CARGO_TARGET_DIR", target)
            .env("RUSTC", &self.rustc)
            // build-std is not stable, and the compiler in use is.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                flags.collect::<Vec<_>>().join("\u{1f}"),
            )
            .env_remove("RUSTFLAGS")
            .args(["build", "--locked", "--quiet", "--package", "eyeline-web"])
            .args(["--profile", "web", "--target", TARGET])
            .args([
                "-Zbuild-std=std,panic_abort",
                "-Zbuild-std-features=optimize_for_size",
            ]);
        if let Some(linker) = &self.linker {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        steps::run(&mut cargo)?;
        Ok(target.join(TARGET).join("web/eyeline_web.wasm"))
    }
}

/// A linker for wasm where the compiler does not bring its own: that of a rustup toolchain, or LLVM's.
fn linker(sysroot: &Path) -> Option<PathBuf> {
    let of_toolchain = |sysroot: &Path| {
        let hosts = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
        hosts
            .filter_map(|host| Some(host.ok()?.path().join("bin/rust-lld")))
            .find(|linker| linker.is_file())
    };
    if of_toolchain(sysroot).is_some() {
        return None;
    }
    let rustup = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let in_path = || {
        let folders = env::var_os("PATH")?;
        let folders: Vec<_> = env::split_paths(&folders).collect();
        let found = |name: &str| {
            folders
                .iter()
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
        };
        ["wasm-ld", "wasm-ld-22", "wasm-ld-19"]
            .iter()
            .find_map(|name| found(name))
    };
    rustup
        .and_then(|sysroot| of_toolchain(Path::new(sysroot.trim())))
        .or_else(in_path)
}
