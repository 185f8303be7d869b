//! Accepts connections until told to stop, then lets each finish what it was doing.
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use metrics::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// What bounds a server.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// Connections open at once; more wait in the kernel's queue.
    pub(crate) connections: usize,
    /// How long a request's head may take.
    pub(crate) head_timeout: Duration,
    /// How long requests may take to finish once the server was told to stop.
    pub(crate) drain_timeout: Duration,
}

/// Serves `routes` until `stop`; `false` when requests had to be cut off.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    bounds: Bounds,
    open: Gauge,
    stop: CancellationToken,
) -> bool {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = async {
                let permit = Arc::clone(&room).acquire_owned().await.expect("nobody closes it");
                accept(&listener).await.map(|(stream, peer)| (stream, peer, permit))
            } => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::error!(%error, "a connection can't be accepted");
                // Out of file descriptors, most likely: accepting again at once would spin.
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let routes = routes.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let routes = routes.clone();
            async move {
                Ok::<_, Infallible>(
                    routes
                        .oneshot(request)
                        .await
                        .unwrap_or_else(|never| match never {}),
                )
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head_timeout)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let open = open.clone();
        open.increment(1.0);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            open.decrement(1.0);
            drop(permit);
        });
    }
    drop(listener);
    tokio::time::timeout(bounds.drain_timeout, graceful.shutdown())
        .await
        .is_ok()
}

async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are one small write: waiting to fill a packet only adds delay. A socket that refuses the option
                // still works.
                drop(stream.set_nodelay(true));
                return Ok((stream, peer));
            }
            // The client went away between knocking and the door opening.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => return Err(error),
        }
    }
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
