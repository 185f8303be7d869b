//! What becomes of good lines, bad lines, and good lines with bad events.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;

use super::*;

const FULL: &str = include_str!("../../../../core/tests/golden/full-batch.json");

fn decoder() -> Decoder {
    Decoder::new(Salts::new(b"0123456789abcdef0123456789abcdef").unwrap())
}

fn decode(lines: &str) -> Decoded {
    let tables = decoder().decode(lines.as_bytes()).unwrap();
    assert_adds_up(&tables);
    tables
}

fn assert_adds_up(tables: &Decoded) {
    assert_eq!(tables.counts.written, tables.events.num_rows() as u64);
    assert_eq!(tables.counts.rejected, tables.rejects.num_rows() as u64);
    assert_eq!(
        tables.counts.read,
        tables.counts.written + tables.counts.rejected
    );
    assert_eq!(tables.counts.forgotten, tables.forgotten.len() as u64);
}

fn line(batch: &str) -> String {
    format!(
        r#"{{"rcv":1574553646000,"aff":"zozo-men","ip":"203.0.113.0/24","cc":"JP","ua":"Mozilla/5.0 (compatible; bingbot/2.0)","gpc":0,"key":"web","w":1574553645900,"s":11900,"att":2,"b":{}}}"#,
        batch.trim()
    )
}

/// One row as `column=value` for every column that is not NULL.
fn row(table: &RecordBatch, at: usize) -> String {
    let options = FormatOptions::default();
    let schema = table.schema();
    let filled = table
        .columns()
        .iter()
        .zip(schema.fields())
        .filter(|(column, _)| column.is_valid(at));
    let cells = filled.map(|(column, field)| {
        format!(
            "{}={}",
            field.name(),
            ArrayFormatter::try_new(column, &options).unwrap().value(at)
        )
    });
    cells.collect::<Vec<_>>().join("\n")
}

fn whys(tables: &Decoded) -> Vec<&str> {
    tables.rejects["why"]
        .as_string::<i32>()
        .iter()
        .flatten()
        .collect()
}

#[test]
fn every_field_of_the_golden_batch_lands_in_its_column() {
    let tables = decode(&line(FULL));
    assert_eq!(
        tables.counts,
        Counts {
            lines: 1,
            read: 3,
            written: 3,
            ..Counts::default()
        }
    );
    assert_eq!(
        row(&tables.events, 0),
        include_str!("../../tests/data/golden-render.txt").trim_end()
    );
    assert_eq!(
        row(&tables.events, 2),
        include_str!("../../tests/data/golden-dwell.txt").trim_end()
    );
    assert_eq!(
        row(&tables.instances, 0),
        include_str!("../../tests/data/golden-instance.txt").trim_end()
    );
}

#[test]
fn the_form_of_the_content_is_apart_from_the_experiment() {
    let tables = decode(&line(&FULL.replace(r#""x":0}"#, r#""x":0,"var":"photo"}"#)));
    let shown = row(&tables.events, 0);
    assert!(
        shown.contains("\nvariant=bts\n") && shown.ends_with("\ncontent_variant=photo"),
        "{shown}"
    );
    assert!(!row(&tables.events, 2).contains("content_variant"));
}

#[test]
fn one_bad_event_is_rejected_and_its_neighbours_stay() {
    let batch = FULL.replace(r#""pos":3,"rule""#, r#""pos":"third","rule""#);
    let tables = decode(&line(&batch));
    assert_eq!((tables.counts.written, tables.counts.rejected), (2, 1));
    assert_eq!(
        row(&tables.rejects, 0).split("\nraw=").next().unwrap(),
        "received_ms=1574553646000\nwrite_key=web\ninst=9kPz3vK2QmWc8RtY\nseq=102\nwhy=bad_type"
    );
}

#[test]
fn a_value_out_of_bounds_is_rejected_with_its_number() {
    let tables = decode(&line(&FULL.replace(r#""p":0.087"#, r#""p":87"#)));
    assert_eq!(
        (tables.counts.written, whys(&tables)),
        (2, vec!["out_of_range"])
    );
    assert_eq!(
        tables.rejects["seq"].as_primitive::<Int64Type>().value(0),
        101
    );
}

#[test]
fn a_batch_refused_as_a_whole_rejects_each_of_its_events() {
    let tables = decode(&line(&FULL.replace(r#""v":"1-0-0""#, r#""v":"2-0-0""#)));
    assert_eq!(whys(&tables), ["unknown_version"; 3]);
    assert_eq!(tables.instances.num_rows(), 0);
}

#[test]
fn a_line_or_batch_that_can_not_be_read_is_one_reject() {
    let no_inst = line(&FULL.replace("\"inst\":\"9kPz3vK2QmWc8RtY\",\"bn\"", "\"bn\""));
    let too_many = line(&FULL.replacen(
        "\"ev\":[",
        &format!("\"ev\":[{}", r#"{"k":"page","n":1,"dt":0},"#.repeat(500)),
        1,
    ));
    let tables = decode(&format!(
        "not json\n\n  \n{}\n{no_inst}\n{too_many}\n",
        &line(FULL)[..300]
    ));
    assert_eq!(
        whys(&tables),
        ["bad_json", "bad_json", "missing", "too_many_events"]
    );
    assert_eq!(tables.counts.lines, 4);
}

#[test]
fn events_the_collector_refused_become_rejects() {
    let tables = decode(
        r#"{"rcv":5,"key":"web","bad":[{"inst":"9kPz3vK2QmWc8RtY","n":7,"why":"too_large","raw":"{"},{"why":"bad_json","raw":"?"}]}"#,
    );
    assert_eq!(whys(&tables), ["too_large", "bad_json"]);
    assert_eq!(
        row(&tables.rejects, 1),
        "received_ms=5\nwrite_key=web\nwhy=bad_json\nraw=?"
    );
}

#[test]
fn a_request_to_forget_is_handed_on() {
    let tables =
        decode(r#"{"rcv":5,"key":"web","forget":{"aff":"zozo-men","anon":"c29tZWJvZHktaGVy"}}"#);
    let anon = Id::parse("c29tZWJvZHktaGVy").unwrap();
    let received = eyeline_core::UnixMillis::from_i64(5);
    assert_eq!(
        tables.forgotten,
        [Forgotten {
            received,
            affiliate: "zozo-men".to_owned(),
            anon
        }]
    );
}

#[test]
fn the_visitor_key_comes_from_the_instance_where_ids_are_not_allowed() {
    let key = |lines: &str| {
        decode(lines).events["visitor_key"]
            .as_primitive::<Int64Type>()
            .value(0)
    };
    let full = line(FULL);
    let gpc_header = full.replacen(r#""gpc":0,"key""#, r#""gpc":1,"key""#, 1);
    let gpc_browser = full.replacen(r#""gpc":0,"coppa""#, r#""gpc":1,"coppa""#, 1);
    let no_anon = full.replacen(r#""anon":"c29tZWJvZHktaGVy","#, "", 1);
    assert_eq!(key(&gpc_header), key(&no_anon));
    assert_eq!(key(&gpc_browser), key(&no_anon));
    assert_ne!(key(&full), key(&no_anon));
}

#[test]
fn what_this_version_does_not_know_is_kept() {
    let batch = FULL
        .replace(r#""k":"viewable""#, r#""k":"zoomed","factor":{"x":[1,2]}"#)
        .replace(r#""sr":1.0"#, r#""sr":1.0,"weather":"rain""#)
        .replace(r#""pv":3"#, r#""pv":3,"ab":1"#);
    let tables = decode(&line(&batch));
    let extra = tables.events["extra"].as_string::<i32>();
    assert_eq!(tables.events["kind"].as_string::<i32>().value(1), "other");
    assert_eq!(extra.value(1), r#"{"k":"zoomed","rule":1,"factor":{"x":[1,2]},"/batch":{"weather":"rain"},"/batch/src":{"ab":1}}"#.replace(r#""rule":1,"#, ""));
    assert_eq!(
        extra.value(0),
        r#"{"/batch":{"weather":"rain"},"/batch/src":{"ab":1}}"#
    );
}

#[test]
fn losses_of_another_instance_are_rows_of_their_own() {
    let sdk = r#"{"k":"sdk","n":104,"dt":11231,"lost":[{"inst":"8jOy2uJ1PlVb7QsX","from":5,"to":9,"why":"expired"}]}"#;
    let tables = decode(&line(&FULL.replacen(
        "\"ev\":[",
        &format!("\"ev\":[{sdk},"),
        1,
    )));
    assert_eq!(
        row(&tables.losses, 0),
        "inst=8jOy2uJ1PlVb7QsX\nseq_from=5\nseq_to=9\nreason=expired\nreported_by=9kPz3vK2QmWc8RtY\naffiliate_id=zozo-men\nreceived_ms=1574553646000"
    );
}

#[test]
fn tables_start_over_after_each_finish() {
    let mut decoder = decoder();
    for _ in 0..3 {
        let tables = decoder.decode(line(FULL).as_bytes()).unwrap();
        assert_adds_up(&tables);
        assert_eq!(tables.events.num_rows(), 3);
    }
}

#[test]
fn a_batch_that_lost_its_events_is_rejected_and_one_without_any_still_tells_its_losses() {
    let lost = decode(&line(FULL).replacen("\"ev\"", "\"e \"", 1));
    assert_eq!((lost.counts.read, lost.counts.rejected), (1, 1));
    let start = FULL.find("\"ev\"").unwrap();
    let none = decode(&line(&format!("{}\"ev\":[]}}", &FULL[..start])));
    assert_eq!((none.counts.read, none.counts.rejected), (0, 0));
    assert_eq!(none.instances.num_rows(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_counted_and_none_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        assert_adds_up(&decoder().decode(&bytes).unwrap());
    }

    #[test]
    fn a_good_line_with_any_byte_changed_is_still_counted(at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = line(FULL).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let tables = decoder().decode(&bytes).unwrap();
        assert_adds_up(&tables);
        prop_assert!(tables.counts.read >= 1);
    }
}
