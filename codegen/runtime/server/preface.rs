//! Refuses HTTP/2 with prior knowledge (RFC 9113, section 3.3), which would wait for a timeout otherwise.

use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{Status, runtime::message::built_in::BuiltInResponse};

/// The start of the first bytes that a client of HTTP/2 sends. No request of HTTP/1 starts like this.
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// A connection that responds with 505 to the preface of HTTP/2, and then ends.
#[derive(Debug)]
pub(crate) struct RefusingHttp2<S> {
    stream: S,
    /// Whether bytes have been received.
    has_started: bool,
}

impl<S> RefusingHttp2<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            has_started: false,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for RefusingHttp2<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(pin!(&mut self.stream).poll_read(cx, buffer))?;
        if !self.has_started && buffer.filled().starts_with(PREFACE) {
            buffer.clear();
            let code = BuiltInResponse::HTTP_VERSION_NOT_SUPPORTED.code();
            let phrase = Status::from_code(code).map_or("", Status::reason);
            let response = format!(
                "HTTP/1.1 {code} {phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            );
            // The send buffer of a new connection is empty, so it takes all of the response.
            let _ = pin!(&mut self.stream).poll_write(cx, response.as_bytes());
        }
        self.has_started = true;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RefusingHttp2<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        pin!(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        pin!(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_shutdown(cx)
    }
}
