//! PostgreSQL on this machine, on a socket of its own: no port is taken, and it ends with who started it.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tokio_postgres::{Client, NoTls};

/// A server with nothing in it. It ends, and its files go, when this is dropped or its process dies.
#[derive(Debug)]
pub struct LocalPostgres {
    child: Child,
    socket: PathBuf,
}

impl LocalPostgres {
    /// Makes a server in the system's temporary folder and starts it.
    ///
    /// # Errors
    /// Where PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self> {
        let programs = programs()?;
        // The server removes it at its end: it may outlive us by a moment.
        let socket = tempfile::Builder::new()
            .prefix("eyeline-pg-")
            .tempdir()?
            .keep();
        let mut command = Command::new("sh");
        command.args(["-c", SERVE, "sh"]).arg(&socket);
        let known = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([programs].into_iter().chain(env::split_paths(&known)))?;
        command.env("PATH", path).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some((user, group)) = other_user(&socket)? {
            command.uid(user).gid(group);
        }
        let mut child = command.spawn().context("cannot start sh")?;
        let said = child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let server = Self { child, socket };
        ensure!(
            line.trim() == "ready",
            "PostgreSQL did not start: see {}",
            server.socket.join("log").display()
        );
        Ok(server)
    }

    /// Makes an empty database; gives its address.
    ///
    /// # Errors
    /// Where there is one of that name.
    pub async fn database(&self, name: &str) -> Result<String> {
        let client = connect(&self.address("postgres")).await?;
        client
            .batch_execute(&format!("CREATE DATABASE \"{name}\""))
            .await?;
        Ok(self.address(name))
    }

    /// The socket it listens at.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.socket.join(".s.PGSQL.5432")
    }

    fn address(&self, database: &str) -> String {
        let folder = self.socket.to_string_lossy().replace('/', "%2F");
        format!("postgres://eyeline@{folder}/{database}?sslmode=disable")
    }
}

/// A connection to a database of this machine, which needs no TLS.
///
/// # Errors
/// Where it can't be reached.
pub async fn connect(address: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    // The client hears of its end too.
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

impl Drop for LocalPostgres {
    fn drop(&mut self) {
        // On this the server stops.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Serves until standard input ends. What it holds is not worth a sync.
const SERVE: &str = r#"
initdb -D "$1/data" -A trust -N -U eyeline --locale=C -E UTF8 >"$1/log" 2>&1 &&
pg_ctl -D "$1/data" -w -l "$1/log" -o "-F -k '$1' -c listen_addresses='' -c max_connections=100" start >/dev/null 2>&1 &&
echo ready && cat >/dev/null
pg_ctl -D "$1/data" -w -m immediate stop >/dev/null 2>&1 && rm -rf "$1"
"#;

/// Where `initdb` and `pg_ctl` lie: on the PATH, or where Debian puts them.
fn programs() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> = match std::fs::read_dir("/usr/lib/postgresql") {
        Ok(found) => found
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect(),
        Err(_) => Vec::new(),
    };
    versions.sort();
    versions.reverse();
    folders.extend(versions);
    let both = |folder: &PathBuf| {
        ["initdb", "pg_ctl"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    match folders.into_iter().find(both) {
        Some(folder) => Ok(folder),
        None => bail!(
            "PostgreSQL is missing: `cargo xtask test` installs it, or install your system's package `postgresql`"
        ),
    }
}

/// PostgreSQL refuses to run as root: the folder is given to a user that it may run as, who is named.
fn other_user(folder: &Path) -> Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let user = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    let (user, group) = user("postgres")
        .or_else(|| user("nobody"))
        .context("neither user postgres nor nobody is there for PostgreSQL to run as")?;
    chown(folder, Some(user), Some(group))?;
    Ok(Some((user, group)))
}
