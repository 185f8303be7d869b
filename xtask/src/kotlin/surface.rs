//! The public surface of the Kotlin package as text, `api/kotlin.txt` and `api/kotlin-android.txt`: what `javap` says of its classes, without the generated ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{steps, workspace};

/// What becomes of a difference to the committed surface.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// It fails the run.
    Check,
    /// It is committed: written over what stands in the checkout.
    Bless,
}

/// Holds the classes of built modules against what is committed in `api`.
pub(super) fn hold(modules: &[PathBuf], file: &str, surface: Surface) -> Result<()> {
    let (text, committed) = (
        surface_of(modules)?,
        workspace::root().join("api").join(file),
    );
    if fs::read_to_string(&committed).is_ok_and(|before| before == text) {
        return Ok(());
    }
    if surface == Surface::Check {
        let built = modules[0].join("target").join(file);
        fs::write(&built, &text).context("cannot write the surface beside the classes")?;
        bail!(
            "the public surface of the Kotlin packages is not api/{file}; it is {}: where that is meant, run `cargo xtask kotlin --bless`",
            built.display()
        );
    }
    fs::create_dir_all(workspace::root().join("api")).context("cannot make the folder api")?;
    fs::write(&committed, text).with_context(|| format!("cannot write {}", committed.display()))
}

fn surface_of(modules: &[PathBuf]) -> Result<String> {
    let mut names = Vec::new();
    for module in modules {
        collect(&module.join("target/classes/dev/eyeline"), &mut names)?;
    }
    names.sort();
    let mut javap = Command::new("javap");
    javap.arg("-public").args(names);
    let text = steps::output(&mut javap)?;
    // What the compiler makes for itself has a dollar in its name; a class nobody may see says no `public`.
    let mut kept = vec!["Made by `cargo xtask kotlin --bless` from the compiled classes; a changed line is a changed API.".to_owned()];
    for class in text
        .split("Compiled from ")
        .filter_map(|part| part.split_once('\n'))
    {
        let lines: Vec<_> = class
            .1
            .lines()
            .filter(|line| !is_made_by_compiler(line))
            .collect();
        if lines
            .first()
            .is_some_and(|line| line.starts_with("public "))
        {
            kept.extend(lines.into_iter().map(str::to_owned));
        }
    }
    Ok(kept.join("\n") + "\n")
}

fn is_made_by_compiler(line: &str) -> bool {
    let member = line.starts_with(' ');
    member && (line.contains('$') || line.contains("dev.eyeline.generated."))
}

/// Every class below a folder that an app can name.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("no classes in {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "generated" {
            collect(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "class")
            && is_named(&name)
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Not anonymous, no lambda, and nothing that is internal in Kotlin, which the JVM does not know: the functions of a file (`…Kt`), of which
/// this package has no public one, and what stands at the border to the library.
fn is_named(class: &str) -> bool {
    let made =
        |part: &str| part.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_lowercase());
    !class.split('$').skip(1).any(made) && !class.ends_with("Kt") && !class.ends_with("Border")
}
