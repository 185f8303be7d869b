//! What a lake holds, asked as an analyst would.

use anyhow::Result;
use arrow::util::display::array_value_to_string;
use eyeline_loader::{Lake, LakeReader};

/// The rows of a query on the newest commit, as text; NULL is empty.
///
/// # Errors
/// Where the lake can't be read or the query is wrong.
pub async fn rows(lake: &Lake, sql: &str) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for batch in LakeReader::open(lake).await?.query(sql).await? {
        for row in 0..batch.num_rows() {
            let cells = batch
                .columns()
                .iter()
                .map(|column| array_value_to_string(column, row));
            rows.push(cells.collect::<Result<_, _>>()?);
        }
    }
    Ok(rows)
}
