//! A Rust toolchain with the sources of the standard library, which is built anew for the web and for phones: that is where most
//! of the bytes are saved, and it needs nothing of the target but its name.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{steps, tools, workspace};

/// A compiler and what goes with it.
pub(crate) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    /// What the compiler calls itself: sizes hold for one compiler.
    pub(crate) version: String,
    sysroot: PathBuf,
}

/// What is to be built, and how.
pub(crate) struct Build<'a> {
    pub(crate) target: &'a str,
    pub(crate) profile: &'a str,
    pub(crate) package: &'a str,
    /// Of the standard library, such as `std,panic_abort`.
    pub(crate) crates: &'a str,
    /// Of the standard library, beside `optimize_for_size`.
    pub(crate) features: &'a str,
    /// For every crate, the standard library among them.
    pub(crate) flags: Vec<&'a str>,
}

impl Toolchain {
    /// The toolchain in use, with the component it needs; else Debian's, which has the sources as a package.
    pub(crate) fn find() -> Result<Self> {
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
        if tools::apt_install(&["rustc-web", "cargo-web", "rust-web-src"]).is_ok()
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
        Ok(Self {
            cargo,
            rustc,
            version,
            sysroot,
        })
    }

    fn has_sources(&self) -> bool {
        self.sysroot
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    }

    /// `cargo <command>` that builds a package together with its standard library, in a target folder of its own. Paths of this
    /// machine are not in what it makes.
    pub(crate) fn cargo(&self, command: &str, folder: &Path, build: &Build<'_>) -> Command {
        let remap = [
            format!("--remap-path-prefix={}=.", workspace::root().display()),
            format!("--remap-path-prefix={}=rust", self.sysroot.display()),
        ];
        let flags: Vec<&str> = build
            .flags
            .iter()
            .copied()
            .chain(remap.iter().map(String::as_str))
            .collect();
        let mut cargo = Command::new(&self.cargo);
        cargo
            .current_dir(workspace::root())
            .env("CARGO_TARGET_DIR", folder)
            .env("RUSTC", &self.rustc)
            // build-std is not stable, and the compiler in use is.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env_remove("RUSTFLAGS")
            .args([command, "--locked", "--quiet", "--package", build.package])
            .args(["--profile", build.profile, "--target", build.target])
            .arg(format!("-Zbuild-std={}", build.crates))
            .arg(format!(
                "-Zbuild-std-features={}optimize_for_size",
                build.features
            ));
        cargo
    }

    /// LLVM's linker as a rustup toolchain brings it: this one, or that on the PATH.
    pub(crate) fn rust_lld(&self) -> Option<RustLld> {
        let of_this = rust_lld_below(&self.sysroot);
        let is_own = of_this.is_some();
        let of_rustup = || {
            let said = Command::new("rustc")
                .args(["--print", "sysroot"])
                .output()
                .ok()?;
            rust_lld_below(Path::new(String::from_utf8(said.stdout).ok()?.trim()))
        };
        let path = of_this.or_else(of_rustup)?;
        Some(RustLld { path, is_own })
    }
}

/// `rust-lld`.
pub(crate) struct RustLld {
    pub(crate) path: PathBuf,
    /// Whether it belongs to the toolchain, whose compiler then finds it by itself.
    pub(crate) is_own: bool,
}

fn rust_lld_below(sysroot: &Path) -> Option<PathBuf> {
    let hosts = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    hosts
        .filter_map(|host| Some(host.ok()?.path().join("bin/rust-lld")))
        .find(|linker| linker.is_file())
}
