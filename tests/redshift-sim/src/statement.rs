//! Statements that were submitted, and how far they are.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::task::AbortHandle;

/// What became of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Status {
    Submitted,
    Started,
    Finished(Rows),
    Failed(String),
    Aborted,
}

/// The rows of a question, in the API's form.
pub(crate) type Rows = Vec<Vec<Value>>;

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) status: Status,
    pub(crate) sqls: Vec<String>,
    pub(crate) task: Option<AbortHandle>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    pub(crate) by_id: HashMap<String, Statement>,
    pub(crate) by_token: HashMap<String, String>,
}

impl Statements {
    /// Takes one in, or knows it by its token. Says whether it is new.
    pub(crate) fn submit(
        &mut self,
        token: Option<&str>,
        sqls: &[String],
    ) -> Result<(String, bool), String> {
        if let Some(id) = token.and_then(|token| self.by_token.get(token)) {
            let same = self.by_id.get(id).is_some_and(|known| known.sqls == sqls);
            return match same {
                true => Ok((id.clone(), false)),
                false => Err("the client token was used with other statements".to_owned()),
            };
        }
        let id = format!("00000000-0000-4000-8000-{:012}", self.by_id.len() + 1);
        if let Some(token) = token {
            self.by_token.insert(token.to_owned(), id.clone());
        }
        let statement = Statement {
            status: Status::Submitted,
            sqls: sqls.to_vec(),
            task: None,
        };
        self.by_id.insert(id.clone(), statement);
        Ok((id, true))
    }

    /// Moves on, unless it has ended already.
    pub(crate) fn set(&mut self, id: &str, status: Status) {
        if let Some(statement) = self.by_id.get_mut(id)
            && matches!(statement.status, Status::Submitted | Status::Started)
        {
            statement.status = status;
        }
    }
}

impl Statement {
    /// As `DescribeStatement` says it.
    pub(crate) fn describe(&self, id: &str) -> Value {
        let (status, error, rows) = match &self.status {
            Status::Submitted => ("SUBMITTED", None, 0),
            Status::Started => ("STARTED", None, 0),
            Status::Finished(rows) => ("FINISHED", None, rows.len()),
            Status::Failed(why) => ("FAILED", Some(why), 0),
            Status::Aborted => ("ABORTED", None, 0),
        };
        let mut said = json!({"Id": id, "Status": status, "HasResultSet": rows > 0, "ResultRows": rows, "CreatedAt": 1_795_168_800});
        if let Some(why) = error {
            said["Error"] = json!(why);
        }
        said
    }
}
