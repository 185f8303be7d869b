//! Where a Redshift database is, and with whose rights it is loaded.

use std::time::Duration;

use url::Url;

use super::super::address;
use super::super::error::{Result, WarehouseError};

/// Which Redshift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedshiftAt {
    /// Redshift Serverless.
    Workgroup(String),
    /// A provisioned cluster, and the database user, where no secret names one.
    Cluster(String, Option<String>),
}

/// How a [`super::Redshift`] is reached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RedshiftOptions {
    /// The workgroup or cluster.
    pub at: RedshiftAt,
    /// The database.
    pub database: String,
    /// The schema its tables are in.
    pub schema: String,
    /// The role that COPY reads the lake with; the namespace's or cluster's default role without one.
    pub role: Option<String>,
    /// The secret with the database user and password. Without one the caller's own identity, or the cluster's `user`, signs in.
    pub secret: Option<String>,
    /// The region, where it is another than the environment's.
    pub region: Option<String>,
    /// The lake's address, `s3://BUCKET/PREFIX`.
    pub lake: String,
    /// The pause before a statement is asked after for the first time; each further one is twice as long, up to 5 s.
    pub first_poll: Duration,
    /// The pause before a call that was throttled or got no answer is made again; the SDK lets it grow.
    pub first_retry: Duration,
}

impl RedshiftOptions {
    /// Reads an address: `redshift-serverless://WORKGROUP/DATABASE?…` or `redshift://CLUSTER/DATABASE?…`.
    ///
    /// # Errors
    /// [`WarehouseError::Address`], naming what to mend.
    pub fn of(url: &Url, lake: &str) -> Result<Self> {
        let refuse = |what: &str| {
            Err(WarehouseError::Address(format!(
                "{}://: {what}",
                url.scheme()
            )))
        };
        let (name, database) = (
            url.host_str().unwrap_or_default(),
            url.path().trim_matches('/'),
        );
        if name.is_empty() || database.is_empty() || database.contains('/') {
            return refuse("name a workgroup or cluster, and a database behind it");
        }
        if !lake.starts_with("s3://") {
            return refuse("Redshift copies from S3: the lake must be s3://BUCKET/PREFIX");
        }
        let mut options = Self {
            at: RedshiftAt::Workgroup(name.to_owned()),
            database: database.to_owned(),
            schema: "public".to_owned(),
            role: None,
            secret: None,
            region: None,
            lake: lake.trim_end_matches('/').to_owned(),
            first_poll: Duration::from_millis(200),
            first_retry: Duration::from_secs(1),
        };
        let mut user = None;
        for (name, value) in url.query_pairs() {
            let value = value.into_owned();
            match name.as_ref() {
                "schema" => options.schema = address::schema(&value)?,
                "role" => options.role = Some(arn("role", value)?),
                "secret" => options.secret = Some(arn("secret", value)?),
                "region" => options.region = Some(value),
                "user" => user = Some(value),
                other => {
                    return refuse(&format!(
                        "{other}= is none of schema, role, secret, region, user"
                    ));
                }
            }
        }
        match (url.scheme(), user, &options.secret) {
            ("redshift-serverless", None, _) => {}
            ("redshift-serverless", Some(_), _) => {
                return refuse(
                    "a workgroup takes no user=: the caller's identity signs in, or a secret= does",
                );
            }
            (_, Some(_), Some(_)) => return refuse("either user= or secret=, not both"),
            (_, None, None) => return refuse("a cluster needs user= or secret="),
            (_, user, _) => options.at = RedshiftAt::Cluster(name.to_owned(), user),
        }
        Ok(options)
    }
}

/// It stands between quotes in a statement.
fn arn(name: &str, value: String) -> Result<String> {
    let odd = |character: char| {
        character.is_whitespace() || character.is_control() || "'\"\\".contains(character)
    };
    if value.starts_with("arn:") && !value.contains(odd) {
        Ok(value)
    } else {
        Err(WarehouseError::Address(format!(
            "{name}={value}: it must be an ARN"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<RedshiftOptions> {
        RedshiftOptions::of(&address.parse().unwrap(), "s3://bucket/lake/")
    }

    #[test]
    fn a_workgroup_and_a_cluster_have_their_addresses() {
        let workgroup = read(
            "redshift-serverless://Web-1/analytics?role=arn:aws:iam::1:role/copy&schema=eyeline",
        )
        .unwrap();
        assert_eq!(workgroup.at, RedshiftAt::Workgroup("Web-1".to_owned()));
        assert_eq!(
            (workgroup.database.as_str(), workgroup.schema.as_str()),
            ("analytics", "eyeline")
        );
        assert_eq!(workgroup.role.as_deref(), Some("arn:aws:iam::1:role/copy"));
        assert_eq!(workgroup.lake, "s3://bucket/lake");
        let cluster = read("redshift://main/analytics?user=loader&region=eu-west-1").unwrap();
        assert_eq!(
            cluster.at,
            RedshiftAt::Cluster("main".to_owned(), Some("loader".to_owned()))
        );
        assert_eq!(cluster.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn what_can_not_work_is_refused_with_what_to_mend() {
        let wrong = [
            ("redshift://main/analytics", "user= or secret="),
            ("redshift://main", "a database"),
            ("redshift-serverless://w/d?user=me", "takes no user="),
            ("redshift-serverless://w/d?role=copy", "an ARN"),
            ("redshift-serverless://w/d?role=arn:a' DROP", "an ARN"),
            ("redshift-serverless://w/d?colour=red", "colour="),
        ];
        for (address, words) in wrong {
            let error = read(address).unwrap_err().to_string();
            assert!(error.contains(words), "{address}: {error}");
        }
        let local = RedshiftOptions::of(&"redshift-serverless://w/d".parse().unwrap(), "/lake");
        assert!(local.unwrap_err().to_string().contains("s3://"));
    }
}
