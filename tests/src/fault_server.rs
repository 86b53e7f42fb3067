//! A fault-injecting server that records its requests.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// The server's behavior on one connection.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Closes the connection without reading the request.
    Close,
    /// Sends these bytes and closes the connection.
    Send(Vec<u8>),
    /// Sends these bytes, then nothing until the client closes the connection.
    Stall(Vec<u8>),
    /// Sends the first bytes, then repeats the second ones without end.
    Repeat(Vec<u8>, Vec<u8>),
    /// Sends these bytes, then one more byte after each pause.
    Trickle(Vec<u8>, Duration),
}

impl Fault {
    /// Sends a text and closes the connection.
    #[must_use]
    pub fn send(text: &str) -> Self {
        Self::Send(text.as_bytes().to_vec())
    }

    /// Sends a response with a status and header fields, without content.
    #[must_use]
    pub fn status(code: u16, headers: &str) -> Self {
        Self::send(&format!(
            "HTTP/1.1 {code} \r\n{headers}content-length: 0\r\n\r\n"
        ))
    }
}

/// A server that misbehaves on each connection.
#[derive(Debug)]
pub struct FaultServer {
    /// The base URL.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
    /// Notified when a client closes a connection.
    closed: Arc<Notify>,
}

impl FaultServer {
    /// Serves on a free port, with one fault for each connection; the last one is repeated.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn serve(faults: Vec<Fault>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let closed = Arc::new(Notify::new());
        let (request_log, close_signal) = (Arc::clone(&requests), Arc::clone(&closed));
        tokio::spawn(async move {
            let mut faults = faults.into_iter();
            let mut fault = Fault::Close;
            while let Ok((stream, _)) = listener.accept().await {
                fault = faults.next().unwrap_or(fault);
                tokio::spawn(perform(
                    fault.clone(),
                    stream,
                    Arc::clone(&request_log),
                    Arc::clone(&close_signal),
                ));
            }
        });
        Ok(Self {
            url,
            requests,
            closed,
        })
    }

    /// Returns the text of each request so far. A connection that is closed without reading has an empty
    /// text.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the number of requests so far.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.requests().len()
    }

    /// Waits until a client closes a connection during [`Fault::Stall`] or [`Fault::Repeat`].
    pub async fn client_closed(&self) {
        self.closed.notified().await;
    }
}

async fn perform(
    fault: Fault,
    mut stream: TcpStream,
    request_log: Arc<Mutex<Vec<String>>>,
    closed: Arc<Notify>,
) {
    let record = |request| {
        let requests = request_log.lock();
        requests
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
    };
    if let Fault::Close = fault {
        return record(String::new());
    }
    let Ok(request) = read(&mut stream).await else {
        return;
    };
    record(request);
    match fault {
        Fault::Close => {}
        Fault::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Fault::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // The client sends nothing more, so the read ends when it closes the connection.
            let _ = stream.read(&mut [0]).await;
            closed.notify_one();
        }
        Fault::Trickle(bytes, pause) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(b"a").await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        }
        Fault::Repeat(bytes, more) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&more).await.is_ok() {}
            closed.notify_one();
        }
    }
}

/// Reads a request: the header, and as much content as `Content-Length` states.
async fn read(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length = length.and_then(|(_, length)| length.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(chunk.get(..count).unwrap_or_default()),
        }
    }
}
