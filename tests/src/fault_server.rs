//! A server that misbehaves as it is told, and counts what it is asked.

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

/// What the server does when it is asked.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Closes the connection before it has read anything.
    Hang,
    /// Says this, and closes the connection.
    Say(Vec<u8>),
    /// Says this, and nothing more.
    Pause(Vec<u8>),
    /// Says this, and then the other without end.
    Forever(Vec<u8>, Vec<u8>),
    /// Says this, and then a letter after each pause.
    Trickle(Vec<u8>, Duration),
}

impl Fault {
    /// Says a text, and closes the connection.
    #[must_use]
    pub fn say(text: &str) -> Self {
        Self::Say(text.as_bytes().to_vec())
    }

    /// Answers with a status and some header fields, without content.
    #[must_use]
    pub fn status(code: u16, headers: &str) -> Self {
        Self::say(&format!(
            "HTTP/1.1 {code} \r\n{headers}content-length: 0\r\n\r\n"
        ))
    }
}

/// A server that misbehaves.
#[derive(Debug)]
pub struct FaultServer {
    /// Its base URL.
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
    /// That a client has closed a connection.
    closed: Arc<Notify>,
}

impl FaultServer {
    /// Serves on a free port: one act for each connection, of which the last is repeated.
    ///
    /// # Errors
    /// If there is no free port.
    pub async fn serve(acts: Vec<Fault>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let closed = Arc::new(Notify::new());
        let (log, bell) = (Arc::clone(&seen), Arc::clone(&closed));
        tokio::spawn(async move {
            let mut acts = acts.into_iter();
            let mut act = Fault::Hang;
            while let Ok((stream, _)) = listener.accept().await {
                act = acts.next().unwrap_or(act);
                tokio::spawn(perform(
                    act.clone(),
                    stream,
                    Arc::clone(&log),
                    Arc::clone(&bell),
                ));
            }
        });
        Ok(Self { url, seen, closed })
    }

    /// The requests that have come, as they came.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests have come.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seen().len()
    }

    /// Waits until a client has closed a connection on which the server was still speaking, or silent.
    pub async fn closed(&self) {
        self.closed.notified().await;
    }
}

async fn perform(
    act: Fault,
    mut stream: TcpStream,
    log: Arc<Mutex<Vec<String>>>,
    closed: Arc<Notify>,
) {
    let note = |request| {
        let log = log.lock();
        log.unwrap_or_else(PoisonError::into_inner).push(request);
    };
    if let Fault::Hang = act {
        return note(String::new());
    }
    let Ok(request) = read(&mut stream).await else {
        return;
    };
    note(request);
    match act {
        Fault::Hang => {}
        Fault::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Fault::Pause(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // The client says nothing more before it closes.
            let _ = stream.read(&mut [0]).await;
            closed.notify_one();
        }
        Fault::Trickle(bytes, pause) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(b"a").await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        }
        Fault::Forever(bytes, more) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&more).await.is_ok() {}
            closed.notify_one();
        }
    }
}

/// Reads a request: its header, and as much content as that says.
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
