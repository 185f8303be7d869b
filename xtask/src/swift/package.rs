//! The Swift package made ready to build: the Rust library, its C header and the Swift code that speaks to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::toolchain::Toolchain;
use crate::{steps, workspace};

/// The package in the checkout, and what is built beside the Rust build.
pub(super) struct Package {
    /// `bindings/mobile/swift`.
    pub(super) folder: PathBuf,
    /// Where SwiftPM builds.
    pub(super) scratch: PathBuf,
    /// Where the static library lies by itself: a shared one beside it would be linked instead.
    library: PathBuf,
    /// What uniffi wrote, as it wrote it.
    pub(super) generated: PathBuf,
}

impl Package {
    /// Builds the library for this machine and writes what stands in the package's `generated` folders.
    pub(super) fn prepare() -> Result<Self> {
        let build = workspace::target()?.join("swift");
        let package = Self {
            folder: workspace::root().join("bindings/mobile/swift"),
            scratch: build.join("build"),
            library: build.join("lib"),
            generated: build.join("generated"),
        };
        let mut cargo = workspace::cargo()?;
        cargo.args(["build", "--quiet", "--locked"]);
        steps::run(cargo.args(["-p", "eyeline-mobile", "-p", "eyeline-bindgen"]))?;
        let built = workspace::binaries()?;
        copy_new(
            &built.join("libeyeline_mobile.a"),
            &package.library.join("libeyeline_mobile.a"),
        )?;
        package.generate(&built)?;
        Ok(package)
    }

    /// The same package over the library as phones get it.
    pub(super) fn optimised(self) -> Result<Self> {
        let build = workspace::target()?.join("swift");
        let mut cargo = workspace::cargo()?;
        cargo.args(["build", "--quiet", "--locked", "--profile", "mobile"]);
        steps::run(cargo.args(["-p", "eyeline-mobile"]))?;
        let library = build.join("lib-of-phones");
        let name = "libeyeline_mobile.a";
        copy_new(
            &workspace::target()?.join("mobile").join(name),
            &library.join(name),
        )?;
        Ok(Self {
            scratch: build.join("build-of-phones"),
            library,
            ..self
        })
    }

    /// Has the library say what it is in Swift, and puts it where SwiftPM looks.
    fn generate(&self, built: &Path) -> Result<()> {
        let to = &self.generated;
        let (library, ending) = if cfg!(target_os = "macos") {
            ("libeyeline_mobile", "dylib")
        } else {
            ("libeyeline_mobile", "so")
        };
        fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
        let mut bindgen = Command::new(built.join("eyeline-bindgen"));
        bindgen
            .current_dir(workspace::root())
            .args(["generate", "--language", "swift", "--no-format", "--config"])
            .arg(self.folder.join("uniffi.toml"))
            .arg("--out-dir")
            .arg(to)
            .arg(built.join(format!("{library}.{ending}")));
        steps::run(&mut bindgen)?;
        let sources = self.folder.join("Sources");
        let c = sources.join("EyelineFFI/generated");
        copy_new(&to.join("EyelineFFI.h"), &c.join("EyelineFFI.h"))?;
        let map = fs::read_to_string(to.join("EyelineFFI.modulemap"))
            .context("uniffi wrote no module map")?;
        write_new(&module_map(&map), &c.join("module.modulemap"))?;
        copy_new(
            &to.join("EyelineBindings.swift"),
            &sources.join("EyelineBindings/generated/EyelineBindings.swift"),
        )
    }

    /// `swift <command>` in the package, with the library to link.
    pub(super) fn swift(&self, toolchain: &Toolchain, command: &str) -> Result<Command> {
        self.swift_in(&self.folder, &self.scratch, toolchain, command)
    }

    /// The same in another package, which is built in a folder of its own.
    pub(super) fn swift_in(
        &self,
        folder: &Path,
        scratch: &Path,
        toolchain: &Toolchain,
        command: &str,
    ) -> Result<Command> {
        let mut swift = toolchain.command("swift", folder)?;
        swift.arg(command).arg("--scratch-path").arg(scratch);
        swift.args(self.link());
        Ok(swift)
    }

    /// What SwiftPM has to be told so that the library is found: nothing where it comes as a framework.
    pub(super) fn link(&self) -> Vec<String> {
        if cfg!(target_os = "linux") {
            vec!["-Xlinker".into(), format!("-L{}", self.library.display())]
        } else {
            Vec::new()
        }
    }
}

/// The module map for a machine that has no module `Darwin`, and with the library to link.
fn module_map(of_uniffi: &str) -> String {
    let kept: Vec<_> = of_uniffi
        .lines()
        .filter(|line| !line.trim_start().starts_with("use "))
        .collect();
    let map = kept.join("\n");
    let end = map.rfind('}').unwrap_or(map.len());
    format!("{}    link \"eyeline_mobile\"\n}}\n", &map[..end])
}

fn copy_new(from: &Path, to: &Path) -> Result<()> {
    let made = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(&made, to)
}

fn write_new(made: &str, to: &Path) -> Result<()> {
    write(made.as_bytes(), to)
}

/// Writes a file where it is not so already: what is untouched is not compiled again.
fn write(made: &[u8], to: &Path) -> Result<()> {
    if fs::read(to).is_ok_and(|before| before == made) {
        return Ok(());
    }
    let folder = to.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(to, made).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_map_names_the_library_and_no_module_of_apple() {
        let of_uniffi =
            "module EyelineFFI {\n    header \"EyelineFFI.h\"\n    export *\n    use \"Darwin\"\n}";
        let map = "module EyelineFFI {\n    header \"EyelineFFI.h\"\n    export *\n    link \"eyeline_mobile\"\n}\n";
        assert_eq!(module_map(of_uniffi), map);
    }
}
