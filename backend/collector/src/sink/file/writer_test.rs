//! Disks that fail in the middle: which files they leave, and that nothing acknowledged stays in one.
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::*;

fn open_files(root: &Path) -> usize {
    let entries = fs::read_dir(root.join(".open")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names.filter(|name| name != "lock").count()
}

/// The lines below a folder, sorted.
fn lines_below(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lines.extend(lines_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            let mut text = String::new();
            let mut file = MultiGzDecoder::new(File::open(path).unwrap());
            file.read_to_string(&mut text).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_write_that_fails_refuses_its_group_and_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = FileWriter::open(folder.path(), FileSinkOptions::default()).unwrap();
    writer.commit(&["before\n".into()]).unwrap();
    // A handle that can neither write nor cut stands for a disk that can't; the torn bytes are what it left.
    let current = writer.current.as_mut().unwrap();
    let torn = [fs::read(&current.path).unwrap(), b"torn".to_vec()].concat();
    fs::write(&current.path, torn).unwrap();
    current.file = File::open(&current.path).unwrap();
    assert!(matches!(
        writer.commit(&["lost\n".into()]),
        Err(SinkError::Storage(_))
    ));
    writer.commit(&["after\n".into()]).unwrap();
    writer.finish().unwrap();
    assert_eq!(lines_below(folder.path()), ["after", "before"]);
    assert_eq!(open_files(folder.path()), 0, "no restart is needed");
}

#[test]
fn a_file_that_cant_be_moved_makes_no_further_files() {
    let folder = tempfile::tempdir().unwrap();
    let options = FileSinkOptions {
        prefix: "raw/".to_owned(),
        rotate_bytes: 1,
        ..FileSinkOptions::default()
    };
    let mut writer = FileWriter::open(folder.path(), options).unwrap();
    // A file stands where the hours should.
    fs::write(folder.path().join("raw"), "").unwrap();
    writer.commit(&["1\n".into()]).unwrap();
    writer.options.rotate_bytes = u64::MAX;
    writer.options.rotate_after = Duration::ZERO;
    writer.tick();
    writer.options.rotate_after = Duration::from_secs(3600);
    for n in 2..20 {
        writer.commit(&[format!("{n}\n").into()]).unwrap();
    }
    assert_eq!(
        open_files(folder.path()),
        2,
        "one that waits, one that is written"
    );
    fs::remove_file(folder.path().join("raw")).unwrap();
    writer.finish().unwrap();
    assert_eq!(lines_below(folder.path()).len(), 19);
    assert_eq!(open_files(folder.path()), 0);
}

#[test]
fn pauses_between_tries_double_up_to_a_minute_and_end_with_a_success() {
    let now = Instant::now();
    let mut retry = Retry::default();
    assert!(retry.is_due(now));
    let pauses = [1, 2, 4, 8, 16, 32, 60, 60].map(Duration::from_secs);
    for pause in pauses {
        retry.note(false, now);
        assert_eq!(retry.at, Some(now + pause));
        assert!(!retry.is_due(now) && retry.is_due(now + pause));
    }
    retry.note(true, now);
    assert!(retry.is_due(now));
}
