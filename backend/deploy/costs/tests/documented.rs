//! docs/deploy.md holds the tables of the model as it is. `EYELINE_BLESS=1` writes them there.
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

use std::{env, fs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/deploy.md");
const BEGIN: &str = "<!-- costs: written by EYELINE_BLESS=1 cargo test -p eyeline-costs -->\n";
const END: &str = "<!-- end of costs -->";

#[test]
fn the_page_holds_the_models_tables() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (held, after) = rest.split_once(END).unwrap();
    let tables = eyeline_costs::tables();
    if env::var_os("EYELINE_BLESS").is_some() {
        fs::write(PAGE, format!("{before}{BEGIN}{tables}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(held, tables);
}
