//! The part of CREATE and ALTER TABLE that is Redshift's own: distribution, sort keys, encodings. Checked, and taken out.

use anyhow::{Context, Result, bail, ensure};

/// CREATE TABLE in PostgreSQL's words.
pub(crate) fn plain(sql: &str) -> Result<String> {
    let begin = sql.find('(').context("a table without columns")?;
    let end = closing(sql, begin)?;
    let columns: Vec<&str> = top_level(&sql[begin + 1..end]);
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|column| column.split_whitespace().next())
        .collect();
    attributes(&sql[end + 1..], &names)?;
    let columns = columns
        .into_iter()
        .map(without_encoding)
        .collect::<Result<Vec<_>>>()?;
    Ok(format!("{}({})", &sql[..begin], columns.join(", ")))
}

/// A column's definition without its encoding, which must be one that its type can have.
pub(crate) fn without_encoding(column: &str) -> Result<String> {
    let Some((definition, encoding)) = column.split_once(" ENCODE ") else {
        return Ok(column.trim().to_owned());
    };
    let (encoding, upper) = (encoding.trim(), definition.to_uppercase());
    let numbers = [
        " BIGINT",
        " INTEGER",
        " SMALLINT",
        " DATE",
        " TIMESTAMP",
        " DECIMAL",
    ];
    let fits = match encoding {
        "RAW" | "ZSTD" => true,
        "AZ64" => numbers.iter().any(|kind| upper.contains(kind)),
        "BYTEDICT" => !upper.contains(" BOOLEAN"),
        "LZO" | "RUNLENGTH" => true,
        _ => bail!("there is no encoding {encoding}"),
    };
    ensure!(
        fits,
        "encoding {encoding} does not fit {}",
        definition.trim()
    );
    Ok(definition.trim().to_owned())
}

/// What stands behind the columns.
fn attributes(text: &str, names: &[&str]) -> Result<()> {
    let upper = text.to_uppercase();
    let mut rest = upper.trim();
    let (mut by_key, mut has_key) = (false, false);
    while !rest.is_empty() {
        if let Some(more) = rest.strip_prefix("DISTSTYLE ") {
            let (style, more) = more.split_once(' ').unwrap_or((more, ""));
            ensure!(
                ["KEY", "EVEN", "ALL", "AUTO"].contains(&style),
                "there is no DISTSTYLE {style}"
            );
            by_key = style == "KEY";
            rest = more.trim();
            continue;
        }
        let (word, more) = rest
            .split_once('(')
            .with_context(|| format!("syntax error at or near \"{rest}\""))?;
        let (list, more) = more.split_once(')').context("a parenthesis is open")?;
        let keys: Vec<String> = list
            .split(',')
            .map(|name| name.trim().to_lowercase())
            .collect();
        let strange = keys.iter().find(|key| !names.contains(&key.as_str()));
        ensure!(strange.is_none(), "column {strange:?} does not exist");
        match word.trim() {
            "DISTKEY" => {
                ensure!(keys.len() == 1, "one column is the distribution key");
                has_key = true;
            }
            "SORTKEY" | "COMPOUND SORTKEY" => {
                ensure!(keys.len() <= 400, "at most 400 sort columns");
            }
            "INTERLEAVED SORTKEY" => ensure!(keys.len() <= 8, "at most 8 interleaved sort columns"),
            other => bail!("syntax error at or near \"{other}\""),
        }
        rest = more.trim();
    }
    ensure!(by_key == has_key, "DISTSTYLE KEY and DISTKEY go together");
    Ok(())
}

/// Where the parenthesis at `begin` is closed.
fn closing(sql: &str, begin: usize) -> Result<usize> {
    let mut depth = 0;
    for (place, byte) in sql.bytes().enumerate().skip(begin) {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        if depth == 0 {
            return Ok(place);
        }
    }
    bail!("a parenthesis is open")
}

/// Parts between commas that stand in no parentheses.
fn top_level(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut begin) = (Vec::new(), 0, 0);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(text[begin..place].trim());
                begin = place + 1;
            }
            _ => {}
        }
    }
    parts.push(text[begin..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_redshifts_own_is_checked_and_goes() {
        let sql = "CREATE TABLE t (a BIGINT NOT NULL ENCODE AZ64, b VARCHAR(9) ENCODE RAW) DISTSTYLE KEY DISTKEY (a) COMPOUND SORTKEY (b, a)";
        assert_eq!(
            plain(sql).unwrap(),
            "CREATE TABLE t (a BIGINT NOT NULL, b VARCHAR(9))"
        );
        for wrong in [
            "CREATE TABLE t (a VARCHAR(9) ENCODE AZ64)",
            "CREATE TABLE t (a BIGINT ENCODE BEST)",
            "CREATE TABLE t (a BIGINT) DISTSTYLE KEY",
            "CREATE TABLE t (a BIGINT) SORTKEY (b)",
            "CREATE TABLE t (a BIGINT) PARTITION BY (a)",
        ] {
            assert!(plain(wrong).is_err(), "{wrong}");
        }
    }
}
