//! The fault proxy as a process: says where it listens, runs until told to stop, says what it did. One JSON object a line.

use std::io;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use eyeline_tests::{FaultProxy, Faults};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Stands in front of a collector and breaks requests on purpose. Stops on SIGINT or SIGTERM and prints what it did.
#[derive(Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// Where requests are passed on to
    #[arg(long)]
    upstream: String,
    /// Decides which requests suffer
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of requests answered 503
    #[arg(long, default_value_t = 0.06)]
    fail: f64,
    /// Share of connections reset, half before and half after the request was passed on
    #[arg(long, default_value_t = 0.01)]
    reset: f64,
    /// Share of requests answered with a sign-in page
    #[arg(long, default_value_t = 0.0)]
    portal: f64,
    /// Share of requests passed on twice at once
    #[arg(long, default_value_t = 0.03)]
    duplicate: f64,
    /// Share of requests passed on once more, later
    #[arg(long, default_value_t = 0.01)]
    repeat_late: f64,
    /// Share of requests held up
    #[arg(long, default_value_t = 0.0)]
    delay: f64,
    /// How long they are held up, in milliseconds
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// Stop when standard input closes too: then it never outlives who started it
    #[arg(long)]
    watch_stdin: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let faults = Faults {
        seed: arguments.seed,
        fail: arguments.fail,
        reset: arguments.reset,
        portal: arguments.portal,
        duplicate: arguments.duplicate,
        repeat_late: arguments.repeat_late,
        delay: arguments.delay,
        delay_for: Duration::from_millis(arguments.delay_ms),
        ..Faults::default()
    };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let proxy = FaultProxy::start(&arguments.listen, &arguments.upstream, faults).await?;
    println!("{}", json!({"listening": proxy.url()}));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stdin_closed(), if arguments.watch_stdin => {}
    }
    println!("{}", json!({"counts": proxy.stop().await}));
    Ok(())
}

/// Reads standard input on a thread of its own, which ends with the process.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel();
    std::thread::spawn(move || {
        // An error reads like the end: nobody is there any more.
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        let _ = closed.send(());
    });
    drop(wait.await);
}
