//! Logs as JSON, one object a line, for collectors of logs.
use tracing::Subscriber;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Registry};

/// A subscriber that writes JSON. `filter` is a level or a list of directives, as `info,hyper=warn`.
///
/// # Errors
/// The filter can't be read.
pub fn json_logs<W>(filter: &str, writer: W) -> Result<impl Subscriber + Send + Sync, ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(filter)?;
    Ok(Registry::default()
        .with(filter)
        .with(tracing_subscriber::fmt::layer().json().with_writer(writer)))
}
