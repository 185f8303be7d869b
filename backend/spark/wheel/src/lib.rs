//! The loader's decoder as a Python module: raw objects come in and tables go out as Arrow, through its C data interface, without copies.

mod capsule;
mod object;
mod table;

use pyo3::prelude::*;

/// Raw objects of Eyeline to Arrow tables, as its embedded engine decodes them.
#[pymodule]
mod eyeline_decode {
    #[pymodule_export]
    use super::object::{Decoder, Piece, Pieces};
    #[pymodule_export]
    use super::table::{Schema, Table};

    #[pymodule_export]
    use super::{schema, visitor_keys};
}

/// The columns of `events`, `instances`, `losses` or `rejects`.
#[pyfunction]
fn schema(table: &str) -> PyResult<table::Schema> {
    use eyeline_loader::decode;
    let schema = match table {
        "events" => decode::schema(),
        "instances" => decode::instances_schema(),
        "losses" => decode::losses_schema(),
        "rejects" => decode::rejects_schema(),
        _ => {
            return Err(pyo3::exceptions::PyKeyError::new_err(format!(
                "{table} is no table of the decoder: events, instances, losses, rejects are"
            )));
        }
    };
    Ok(table::Schema::of(schema))
}

/// Every key that a visitor of an affiliate had between two moments (ms since 1970): what an erasure looks for.
#[pyfunction]
fn visitor_keys(
    secret: &[u8],
    since_ms: i64,
    until_ms: i64,
    affiliate: &str,
    anon: &str,
) -> PyResult<Vec<i64>> {
    use eyeline_core::{Id, UnixMillis};
    let anon = Id::parse(anon)
        .map_err(|_| pyo3::exceptions::PyValueError::new_err("anon is no id of 16 characters"))?;
    let (since, until) = (
        UnixMillis::from_i64(since_ms),
        UnixMillis::from_i64(until_ms),
    );
    Ok(object::salts(secret)?.keys_between(since, until, affiliate, anon))
}
