//! Where raw lines come from: what Firehose delivered, and what it could not transform and put aside.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;

use crate::lake::StoreAt;

/// The store of raw files and, where there is one, that of Firehose's error output. Both share one name space: what lies in the latter
/// is named `errors/…`, as no delivery is.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) delivered: StoreAt,
    pub(crate) errors: Option<StoreAt>,
}

impl Source {
    /// Where the file of this name lies.
    pub(crate) fn locate(&self, path: &str) -> (&Arc<dyn ObjectStore>, Path) {
        let (at, path) = match (&self.errors, path.strip_prefix(ERRORS)) {
            (Some(errors), Some(rest)) => (errors, rest),
            _ => (&self.delivered, path),
        };
        (at.store(), at.key(path))
    }
}

/// The name of a file by its path below the store of raw files. `None` where it is no finished delivery: `yyyy/MM/dd/HH/name`. Error
/// output, backups and files still open lie elsewhere.
pub(crate) fn delivered(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [year, month, day, hour, name]
            if digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && digits(hour, 2)
                && !name.starts_with('.') =>
        {
            Some(path.to_owned())
        }
        _ => None,
    }
}

/// The name of a file by its path below the store of the error output: the kind of error, then as [`delivered`].
pub(crate) fn put_aside(path: &str) -> Option<String> {
    let (_kind, rest) = path.split_once('/')?;
    delivered(rest)?;
    Some(format!("{ERRORS}{path}"))
}

/// Whether the file of this name is error output.
pub(crate) fn is_put_aside(name: &str) -> bool {
    name.starts_with(ERRORS)
}

const ERRORS: &str = "errors/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finished_deliveries_count() {
        let name = "2026/11/23/14/eyeline-1-2026-11-23-14-00-00-x.gz";
        assert_eq!(delivered(name).as_deref(), Some(name));
        for other in [
            "errors/2026/11/23/14/x.gz",
            "2026/11/23/14/.open/x.gz",
            "2026/11/23/14/.x.gz",
        ] {
            assert_eq!(delivered(other), None, "{other}");
        }
    }

    #[test]
    fn error_output_has_a_name_of_its_own_by_the_kind_of_error() {
        let name = put_aside("processing-failed/2026/11/23/14/x.gz").unwrap();
        assert_eq!(name, "errors/processing-failed/2026/11/23/14/x.gz");
        assert!(is_put_aside(&name) && delivered(&name).is_none());
        assert_eq!(put_aside("2026/11/23/14/x.gz"), None);
    }
}
