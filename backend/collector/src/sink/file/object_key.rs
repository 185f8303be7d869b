//! The name of one raw object, as Firehose gives it: `yyyy/MM/dd/HH/<stream>-1-yyyy-MM-dd-HH-mm-ss-<uuid>.gz`, in UTC.
use std::path::PathBuf;

use chrono::DateTime;
use eyeline_core::UnixMillis;

/// A file name that no other object has.
pub(super) fn file_name(stream: &str, oldest: UnixMillis) -> Result<String, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    let unique = uuid::Builder::from_random_bytes(random).into_uuid();
    Ok(format!(
        "{stream}-1-{}-{unique}.gz",
        utc(oldest, "%Y-%m-%d-%H-%M-%S")
    ))
}

/// The folder of a file of this name, read back from the time in it, so that a file found after a crash still goes where
/// it belonged.
pub(super) fn folder_of(file_name: &str) -> Option<PathBuf> {
    let stem = file_name.strip_suffix(".gz")?;
    let before_uuid = stem.get(..stem.len().checked_sub(UUID_CHARS + 1)?)?;
    let time = before_uuid.get(before_uuid.len().checked_sub(TIME_CHARS)?..)?;
    let parts: Vec<&str> = time.split('-').collect();
    let digits =
        |part: &&str, width| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [year, month, day, hour, ..]
            if digits(year, 4) && [month, day, hour].iter().all(|part| digits(part, 2)) =>
        {
            Some(PathBuf::from_iter([year, month, day, hour]))
        }
        _ => None,
    }
}

fn utc(at: UnixMillis, format: &str) -> String {
    DateTime::from_timestamp_millis(at.as_i64())
        .unwrap_or_default()
        .format(format)
        .to_string()
}

const UUID_CHARS: usize = 36;
const TIME_CHARS: usize = "yyyy-MM-dd-HH-mm-ss".len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_time_and_its_folder() {
        let name = file_name("eyeline-raw", UnixMillis::from_i64(1_574_553_634_000)).unwrap();
        assert!(
            name.starts_with("eyeline-raw-1-2019-11-24-00-00-34-"),
            "{name}"
        );
        assert_eq!(folder_of(&name), Some(PathBuf::from("2019/11/24/00")));
    }

    #[test]
    fn a_name_that_is_not_ours_has_no_folder() {
        for name in [
            "",
            ".gz",
            "lock",
            "short.gz",
            "x-1-aaaa-11-24-00-00-34-00000000-0000-4000-8000-000000000000.gz",
        ] {
            assert_eq!(folder_of(name), None, "{name}");
        }
    }
}
