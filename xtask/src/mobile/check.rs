//! What must hold of every library that was linked, on whatever machine.

use anyhow::{Result, bail};

use super::imports::Imports;
use super::library::Library;
use super::target::{System, Target};

/// Where what unwinds the stack comes from on Android, which has no library for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unwinder {
    /// The NDK's linker put it in.
    LinkedIn,
    /// Nowhere: the library was linked without the NDK, to be measured and checked, and no device can load it.
    Missing,
}

/// What the names of uniffi's functions begin with.
pub(crate) const PREFIXES: [&str; 2] = ["uniffi_eyeline_mobile_", "ffi_eyeline_mobile_"];

/// Holds one library against the committed list and the rules of its platform.
///
/// # Errors
/// Names each symbol and what to do about it.
pub(crate) fn hold(target: &Target, library: &Library, unwinder: Unwinder) -> Result<()> {
    let list = Imports::committed(target.imports())?;
    let list = match unwinder {
        Unwinder::LinkedIn => list.without_linked_in(),
        Unwinder::Missing => list,
    };
    let mark = match target.system {
        System::Apple { .. } => "_",
        _ => "",
    };
    let mut faults = list.missing(&library.imports, &library.needed);
    let exported = |name: &str| {
        let inner = name.strip_prefix(mark);
        inner.is_some_and(|inner| PREFIXES.iter().any(|prefix| inner.starts_with(prefix)))
    };
    let others = library.exports.iter().filter(|name| !exported(name));
    faults.extend(others.map(|name| format!("it exports {name}, which uniffi does not call")));
    let entry = format!("{mark}uniffi_eyeline_mobile_fn_constructor_client_new");
    if !library.exports.contains(&entry) {
        faults.push(format!("it does not export {entry}"));
    }
    let (has, needs) = (library.page_bytes, target.page_bytes());
    if !matches!(target.system, System::Apple { .. }) && has < needs {
        faults.push(format!(
            "its parts are aligned to {has} bytes, devices with pages of {needs} would not load it"
        ));
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!(
        "the library for {}:\n  {}\nWhere its system has what it asks for since the oldest version that is supported, add that to {}, with why; \
         else change what asks for it",
        target.name,
        faults.join("\n  "),
        target.imports()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mobile::TARGETS;

    fn sound() -> Library {
        let set = |name: &str| [name.to_owned()].into();
        Library {
            exports: set("uniffi_eyeline_mobile_fn_constructor_client_new"),
            imports: set("malloc"),
            needed: set("libc.so"),
            page_bytes: 16 * 1024,
            ..Library::default()
        }
    }

    fn fault(change: impl FnOnce(&mut Library)) -> String {
        let mut library = sound();
        change(&mut library);
        let arm64 = &TARGETS[1];
        hold(arm64, &library, Unwinder::LinkedIn)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_sound_library_passes() {
        hold(&TARGETS[1], &sound(), Unwinder::LinkedIn).unwrap();
    }

    #[test]
    fn what_a_device_would_stumble_over_is_named() {
        let new = fault(|library| library.imports.extend(["memfd_create".to_owned()]));
        assert!(new.contains("asks for the symbol memfd_create"), "{new}");
        assert!(new.contains("bindings/mobile/imports/android.txt"), "{new}");
        let unwinder = fault(|library| library.imports.extend(["_Unwind_Resume".to_owned()]));
        assert!(unwinder.contains("_Unwind_Resume"), "{unwinder}");
        let ssl = fault(|library| library.needed.extend(["libssl.so".to_owned()]));
        assert!(ssl.contains("asks for the library libssl.so"), "{ssl}");
        let pages = fault(|library| library.page_bytes = 4096);
        assert!(pages.contains("aligned to 4096 bytes"), "{pages}");
        let exports = fault(|library| library.exports.extend(["malloc".to_owned()]));
        assert!(exports.contains("exports malloc"), "{exports}");
        let empty = fault(|library| library.exports.clear());
        assert!(empty.contains("does not export uniffi_"), "{empty}");
    }
}
