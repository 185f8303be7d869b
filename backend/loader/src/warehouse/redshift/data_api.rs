//! The Data API: statements are submitted, asked after until they end, and their rows fetched.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_redshiftdata::Client;
use aws_sdk_redshiftdata::config::SharedHttpClient;
use aws_sdk_redshiftdata::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_redshiftdata::operation::describe_statement::DescribeStatementOutput;
use aws_sdk_redshiftdata::types::{Field, StatusString};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

use super::super::error::{Result, WarehouseError};
use super::options::{RedshiftAt, RedshiftOptions};

/// One database through the Data API.
#[derive(Debug)]
pub(super) struct DataApi {
    client: Client,
    workgroup: Option<String>,
    cluster: Option<String>,
    user: Option<String>,
    secret: Option<String>,
    database: String,
    first_poll: Duration,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell(Field);

impl Cell {
    /// As text; empty for what is none.
    pub(super) fn text(&self) -> String {
        match &self.0 {
            Field::StringValue(text) => text.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn number(&self) -> Option<i64> {
        match &self.0 {
            Field::LongValue(number) => Some(*number),
            _ => None,
        }
    }

    /// A percentage, which comes as a number of either kind or as text.
    pub(super) fn share(&self) -> Option<f64> {
        match &self.0 {
            Field::DoubleValue(share) => Some(*share),
            #[expect(clippy::cast_precision_loss, reason = "a percentage is small")]
            Field::LongValue(share) => Some(*share as f64),
            Field::StringValue(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// What the environment says: region, credentials, `AWS_ENDPOINT_URL_REDSHIFT_DATA`.
pub(super) async fn environment(region: Option<String>) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http());
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    loader.load().await
}

impl DataApi {
    pub(super) fn new(config: &SdkConfig, options: &RedshiftOptions) -> Result<Self> {
        if config.region().is_none() {
            return Err(WarehouseError::Address(
                "no AWS region: set AWS_REGION, or region= in the address".to_owned(),
            ));
        }
        let retries = RetryConfig::standard()
            .with_max_attempts(CALL_ATTEMPTS)
            .with_initial_backoff(options.first_retry);
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let config = aws_sdk_redshiftdata::config::Builder::from(config)
            .http_client(http())
            .retry_config(retries)
            .timeout_config(timeouts)
            .build();
        let (workgroup, cluster, user) = match &options.at {
            RedshiftAt::Workgroup(name) => (Some(name.clone()), None, None),
            RedshiftAt::Cluster(name, user) => (None, Some(name.clone()), user.clone()),
        };
        Ok(Self {
            client: Client::from_conf(config),
            workgroup,
            cluster,
            user,
            secret: options.secret.clone(),
            database: options.database.clone(),
            first_poll: options.first_poll,
        })
    }

    /// Runs statements as one transaction, and waits for its end. The same token again is the same transaction.
    pub(super) async fn transact(
        &self,
        name: &str,
        token: &str,
        statements: &[String],
    ) -> Result<()> {
        let bytes: usize = statements.iter().map(String::len).sum();
        if statements.len() > STATEMENTS_MAX || bytes > SQL_BYTES_MAX {
            return Err(WarehouseError::Refused(format!(
                "a batch of {} statements and {bytes} bytes; the Data API takes {STATEMENTS_MAX} and {SQL_BYTES_MAX}",
                statements.len()
            )));
        }
        let submitted = self
            .client
            .batch_execute_statement()
            .set_workgroup_name(self.workgroup.clone())
            .set_cluster_identifier(self.cluster.clone())
            .set_db_user(self.user.clone())
            .set_secret_arn(self.secret.clone())
            .database(&self.database)
            .statement_name(name)
            .client_token(token)
            .set_sqls(Some(statements.to_vec()))
            .send()
            .await
            .map_err(|error| of_call(&error))?;
        let id = submitted.id().unwrap_or_default();
        self.end_of(id).await.map(drop)
    }

    /// The rows of a question.
    pub(super) async fn ask(&self, sql: &str) -> Result<Vec<Vec<Cell>>> {
        let submitted = self
            .client
            .execute_statement()
            .set_workgroup_name(self.workgroup.clone())
            .set_cluster_identifier(self.cluster.clone())
            .set_db_user(self.user.clone())
            .set_secret_arn(self.secret.clone())
            .database(&self.database)
            .statement_name("eyeline question")
            .sql(sql)
            .send()
            .await
            .map_err(|error| of_call(&error))?;
        let id = submitted.id().unwrap_or_default();
        self.end_of(id).await?;
        let mut rows = Vec::new();
        let mut page = None;
        loop {
            let answer = self
                .client
                .get_statement_result()
                .id(id)
                .set_next_token(page)
                .send()
                .await
                .map_err(|error| of_call(&error))?;
            let records = answer.records.into_iter();
            rows.extend(records.map(|row| row.into_iter().map(Cell).collect()));
            page = answer.next_token;
            if page.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Waits until a statement has ended.
    async fn end_of(&self, id: &str) -> Result<()> {
        let mut pause = self.first_poll;
        loop {
            let said = self.client.describe_statement().id(id).send().await;
            let said = said.map_err(|error| of_call(&error))?;
            match said.status() {
                Some(StatusString::Finished) => return Ok(()),
                Some(StatusString::Failed) => return Err(of_statement(&said)),
                Some(StatusString::Aborted) => {
                    return Err(WarehouseError::RolledBack(format!(
                        "the statement was aborted: {}",
                        words(&said)
                    )));
                }
                _ => tokio::time::sleep(pause).await,
            }
            pause = (2 * pause).min(POLL_MAX);
        }
    }
}

/// Why a statement failed: of a batch, the words of the one that did.
fn words(said: &DescribeStatementOutput) -> String {
    let failed = said.sub_statements().iter().find_map(|each| each.error());
    failed
        .or(said.error())
        .unwrap_or("no reason given")
        .to_owned()
}

fn of_statement(said: &DescribeStatementOutput) -> WarehouseError {
    let words = words(said);
    if PASSING.iter().any(|sign| words.contains(sign)) {
        WarehouseError::RolledBack(words)
    } else {
        WarehouseError::Refused(words)
    }
}

fn of_call<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(
    error: &SdkError<E>,
) -> WarehouseError {
    let words = DisplayErrorContext(error).to_string();
    match error {
        SdkError::ConstructionFailure(_) => WarehouseError::Refused(words),
        SdkError::ServiceError(refusal) => {
            let said = refusal.err().meta();
            let code = said.code().unwrap_or("no code");
            let words = format!("{code}: {}", said.message().unwrap_or_default());
            let busy = refusal.raw().status().is_server_error() || BUSY.contains(&code);
            if busy {
                WarehouseError::Busy(words)
            } else {
                WarehouseError::Refused(words)
            }
        }
        _ => WarehouseError::Busy(words),
    }
}

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// Statements of a batch (the Data API's limit).
const STATEMENTS_MAX: usize = 40;
/// Bytes of a batch's statements (the Data API's limit).
const SQL_BYTES_MAX: usize = 100_000;
/// How often one call is made: throttling and lost answers pass.
const CALL_ATTEMPTS: u32 = 5;
/// How long one call may take (ours): the Data API answers at once, statements run behind it.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_MAX: Duration = Duration::from_secs(5);

/// The codes by which the Data API says that it is too much
/// (<https://docs.aws.amazon.com/redshift-data/latest/APIReference/>, errors of the operations and common errors).
const BUSY: [&str; 6] = [
    "ThrottlingException",
    "Throttling",
    "ActiveStatementsExceededException",
    "ActiveSessionsExceededException",
    "DatabaseConnectionException",
    "InternalServerException",
];

/// Signs in a failed statement's words that the same statement may succeed: a serialisation conflict (1023), a table that a concurrent
/// transaction dropped (1018), a connection or a cluster that went away.
const PASSING: [&str; 6] = [
    "1023",
    "Serializable isolation violation",
    "1018",
    "could not serialize",
    "terminating connection",
    "Connection",
];
