//! The API: AWS's JSON 1.1 protocol, the operations Eyeline calls, and the limits that the Data API holds them to.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::service::{Fate, Service};
use crate::statement::Status;
use crate::transaction;

/// Statements of a batch.
const STATEMENTS_MAX: usize = 40;
/// Bytes of the statements together.
const SQL_BYTES_MAX: usize = 100_000;
/// Characters of a client token.
const TOKEN_MAX: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Submit {
    sql: Option<String>,
    sqls: Option<Vec<String>>,
    database: Option<String>,
    workgroup_name: Option<String>,
    cluster_identifier: Option<String>,
    db_user: Option<String>,
    secret_arn: Option<String>,
    client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    id: String,
}

/// A refusal: its type and words.
struct Refusal(&'static str, String);

pub(crate) async fn call(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fate = service.fate();
    if fate == Fate::Throttled {
        return Refusal("ThrottlingException", "Rate exceeded".to_owned()).into_response();
    }
    let target = headers
        .get("x-amz-target")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let done = match target.strip_prefix("RedshiftData.").unwrap_or(target) {
        "ExecuteStatement" | "BatchExecuteStatement" => submit(&service, &body),
        "DescribeStatement" => describe(&service, &body),
        "GetStatementResult" => result(&service, &body),
        "CancelStatement" => cancel(&service, &body),
        other => Err(Refusal("UnknownOperationException", other.to_owned())),
    };
    match done {
        _ if fate == Fate::AnswerLost => StatusCode::BAD_GATEWAY.into_response(),
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn submit(service: &Arc<Service>, body: &[u8]) -> Result<Value, Refusal> {
    let call: Submit = read(body)?;
    let batch = call.sqls.is_some();
    let sqls = call
        .sqls
        .or(call.sql.map(|sql| vec![sql]))
        .unwrap_or_default();
    let bytes: usize = sqls.iter().map(String::len).sum();
    let tokens = call.client_token.iter().map(|token| token.chars().count());
    let faults = [
        (
            sqls.is_empty() || sqls.len() > STATEMENTS_MAX,
            "between 1 and 40 statements",
        ),
        (bytes > SQL_BYTES_MAX, "at most 100 KB of statements"),
        (
            tokens
                .clone()
                .any(|length| !(1..=TOKEN_MAX).contains(&length)),
            "a client token of 1 to 64 characters",
        ),
        (call.database.is_none(), "a database"),
        (
            call.workgroup_name.is_some() == call.cluster_identifier.is_some(),
            "either a workgroup or a cluster",
        ),
        (
            call.workgroup_name.is_some() && call.db_user.is_some(),
            "no database user with a workgroup",
        ),
        (
            call.cluster_identifier.is_some()
                && call.db_user.is_some() == call.secret_arn.is_some(),
            "either a database user or a secret with a cluster",
        ),
    ];
    if let Some((_, wanted)) = faults.iter().find(|(fault, _)| *fault) {
        return Err(invalid(format!("a call takes {wanted}")));
    }
    let mut statements = service.statements();
    let (id, new) = statements
        .submit(call.client_token.as_deref(), &sqls)
        .map_err(invalid)?;
    if new {
        let task = tokio::spawn(transaction::run(
            Arc::clone(service),
            id.clone(),
            sqls,
            batch,
        ));
        if let Some(statement) = statements.by_id.get_mut(&id) {
            statement.task = Some(task.abort_handle());
        }
    }
    Ok(json!({"Id": id, "CreatedAt": 1_795_168_800, "Database": call.database}))
}

fn describe(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let Named { id } = read(body)?;
    let statements = service.statements();
    let found = statements
        .by_id
        .get(&id)
        .map(|statement| statement.describe(&id));
    found.ok_or_else(|| unknown(&id))
}

fn result(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let Named { id } = read(body)?;
    match service
        .statements()
        .by_id
        .get(&id)
        .map(|statement| &statement.status)
    {
        Some(Status::Finished(rows)) => {
            Ok(json!({"Records": rows, "TotalNumRows": rows.len(), "ColumnMetadata": []}))
        }
        Some(_) => Err(invalid("the statement has no result".to_owned())),
        None => Err(unknown(&id)),
    }
}

fn cancel(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let Named { id } = read(body)?;
    let mut statements = service.statements();
    let running = statements.by_id.get(&id).ok_or_else(|| unknown(&id))?;
    if let Some(task) = &running.task {
        task.abort();
    }
    let ends = matches!(running.status, Status::Submitted | Status::Started);
    statements.set(&id, Status::Aborted);
    Ok(json!({ "Status": ends }))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal("SerializationException", error.to_string()))
}

fn invalid(words: String) -> Refusal {
    Refusal("ValidationException", words)
}

fn unknown(id: &str) -> Refusal {
    Refusal("ResourceNotFoundException", format!("no statement {id}"))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(kind, words) = self;
        (
            StatusCode::BAD_REQUEST,
            Json(json!({"__type": kind, "message": words})),
        )
            .into_response()
    }
}
