//! A warehouse's address: `postgres://…`, `redshift-serverless://…`, `redshift://…` or `none`.

use super::Warehouse;
use super::error::{Result, WarehouseError};

/// Opens a warehouse by its address; `none` is none. `lake` is the lake's own address, which Redshift copies from.
///
/// - `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with `sslmode=disable` where the connection may be read by others,
///   `sslrootcert=FILE` where the server's certificate was issued by an authority the system does not know;
/// - `redshift-serverless://WORKGROUP/DATABASE` or `redshift://CLUSTER/DATABASE`, with `role=ARN` that COPY reads the lake with (without
///   it, the default role), `secret=ARN` or, of a cluster, `user=NAME`, and `region=NAME` for another than the environment's.
///
/// Each takes `schema=NAME`, `public` without it.
///
/// # Errors
/// [`WarehouseError::Address`], naming what to mend. Nothing is connected to yet, but AWS's configuration is read.
pub async fn open(address: &str, lake: &str) -> Result<Option<Box<dyn Warehouse>>> {
    if address == "none" {
        return Ok(None);
    }
    let url = url::Url::parse(address)
        .map_err(|error| WarehouseError::Address(format!("{error}; {FORMS}")))?;
    match url.scheme() {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => Ok(Some(Box::new(super::Postgres::open(&url)?))),
        #[cfg(feature = "redshift")]
        "redshift" | "redshift-serverless" => {
            let options = super::RedshiftOptions::of(&url, lake)?;
            Ok(Some(Box::new(super::Redshift::connect(options).await?)))
        }
        other => Err(WarehouseError::Address(format!(
            "{other}:// is none that this program knows; {FORMS}"
        ))),
    }
}

/// The schema's name, which stands in statements as it is.
pub(crate) fn schema(name: &str) -> Result<String> {
    let plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    let starts = |first: char| first.is_ascii_lowercase() || first == '_';
    if name.len() <= 63 && name.chars().all(plain) && name.starts_with(starts) {
        Ok(name.to_owned())
    } else {
        Err(WarehouseError::Address(format!(
            "schema={name}: a schema is named with small letters, digits and _, a letter first"
        )))
    }
}

const FORMS: &str = "write postgres://USER:PASSWORD@HOST/DATABASE, redshift-serverless://WORKGROUP/DATABASE, redshift://CLUSTER/DATABASE or none";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_warehouse_is_none() {
        assert!(open("none", "/lake").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_address_that_can_not_be_used_says_which_can() {
        for address in ["warehouse", "mysql://host/db"] {
            let error = open(address, "/lake").await.unwrap_err().to_string();
            assert!(error.contains("postgres://USER"), "{error}");
        }
    }

    #[test]
    fn a_schema_is_a_plain_name() {
        assert_eq!(schema("web_2").unwrap(), "web_2");
        for name in ["", "Web", "a-b", "a\"b", "2a"] {
            assert!(schema(name).is_err(), "{name}");
        }
    }
}
