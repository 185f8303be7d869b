//! A load of a fixed number of requests over a fixed number of connections, on one thread, over the loopback only.
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use flate2::{Compression, write::GzEncoder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

pub(crate) const KEY: &str = "wk_bench_01";
pub(crate) const CONNECTIONS: u32 = 32;

/// One request, sent again and again.
pub(crate) struct Load {
    request: Vec<u8>,
    body_bytes: usize,
    requests: u32,
    events: u32,
}

impl Load {
    pub(crate) fn new(requests: u32, events: u32) -> anyhow::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(batch(now, events).as_bytes())?;
        let body = encoder.finish()?;
        let mut request = format!(
            "POST /v1/batch?k={KEY}&w={now}&a=1&s=60000 HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: load/1\r\n\
             content-type: text/plain\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        Ok(Self {
            request,
            body_bytes: body.len(),
            requests,
            events,
        })
    }

    pub(crate) fn requests(&self) -> f64 {
        f64::from(self.requests)
    }

    /// Events of one request.
    pub(crate) fn events(&self) -> f64 {
        f64::from(self.events)
    }

    pub(crate) fn body_bytes(&self) -> usize {
        self.body_bytes
    }

    /// How long all requests take; an answer other than 200 is an error.
    pub(crate) fn run(&self, address: SocketAddr) -> anyhow::Result<Duration> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(async {
                let started = Instant::now();
                let mut connections = JoinSet::new();
                for _ in 0..CONNECTIONS {
                    connections.spawn(send(
                        address,
                        self.request.clone(),
                        self.requests / CONNECTIONS,
                    ));
                }
                while let Some(done) = connections.join_next().await {
                    done??;
                }
                Ok(started.elapsed())
            })
    }
}

async fn send(address: SocketAddr, request: Vec<u8>, times: u32) -> anyhow::Result<()> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(1024);
    for _ in 0..times {
        connection.write_all(&request).await?;
        answer.clear();
        while !is_whole(&answer)? {
            ensure!(
                connection.read_buf(&mut answer).await? > 0,
                "the server hung up"
            );
        }
        ensure!(
            answer.starts_with(b"HTTP/1.1 200 "),
            "an answer other than 200"
        );
    }
    Ok(())
}

/// Both servers announce the length of what they answer.
fn is_whole(answer: &[u8]) -> anyhow::Result<bool> {
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(false);
    };
    let length = std::str::from_utf8(&answer[..head])?
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .context("no content-length")?;
    Ok(answer.len() == head + 4 + length.parse::<usize>()?)
}

fn batch(now: u128, events: u32) -> String {
    let events: Vec<String> = (1..=events)
        .map(|n| {
            let item = n * 7919 % 160;
            let dt = 40_000 + n * 137;
            match n % 3 {
                0 => format!(r#"{{"k":"viewable","n":{n},"dt":{dt},"imp":{n},"c":"item-{item}","pl":"top","pos":3,"rule":"mrc50_1s"}}"#),
                1 => format!(
                    r#"{{"k":"render","n":{n},"dt":{dt},"imp":{n},"c":"item-{item}","pl":"top","pos":3,"ms":1,"req":"r{n}","m":"bts@47","p":0.087,"x":0}}"#
                ),
                _ => format!(
                    r#"{{"k":"dwell","n":{n},"dt":{dt},"imp":{n},"c":"item-{item}","pl":"top","pos":3,"vis":5000,"eng":3200,"mx":100,"tiv":1}}"#
                ),
            }
        })
        .collect();
    format!(
        r#"{{"v":"1-0-0","inst":"9kPz3vK2QmWc8RtY","bn":12,"sdk":"web/1.0.0","t0":{},"src":{{"aff":"news","site":"news.example.jp","page":"/a/b","ref":"www.example.com","pv":3}},"dev":{{"cls":"phone","os":"iOS 18.1","lang":"ja-JP","tz":540,"vw":390,"vh":844}},"usr":{{"anon":"anonanonanonano1","sid":"sidsidsidsidsid1","sn":4}},"con":{{"mode":"full","gpc":0,"coppa":0}},"exp":{{"recs":"bts"}},"sr":1.0,"dim":{{"edition":"jp"}},"loss":{{"cap":118}},"ev":[{}]}}"#,
        now - 60_000,
        events.join(",")
    )
}
