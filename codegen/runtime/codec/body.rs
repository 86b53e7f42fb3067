//! Binary content, in memory or as a stream.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

/// The size of the chunks that are read from a reader: 64 KiB.
const CHUNK_SIZE: usize = 64 * 1024;

type BytesStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// Binary content: bytes in memory, or a stream that is never in memory as a whole.
///
/// [`chunk`](Self::chunk) reads it piece by piece, [`collect`](Self::collect) as a whole. It is also a [`Stream`]
/// and an [`http_body::Body`].
///
/// A clone of a stream is the same stream: each chunk goes to whoever reads first. Two streams are equal only if
/// they are the same.
#[derive(Clone)]
pub struct Body(BodyInner);

#[derive(Clone)]
enum BodyInner {
    Bytes(Bytes),
    // Nobody waits for the lock: it is held only while the stream is polled.
    Stream(Arc<Mutex<BytesStream>>),
}

impl Body {
    /// Creates content from a stream of chunks.
    pub fn from_stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let stream = Chunks(Some(Box::pin(stream)));
        Self(BodyInner::Stream(Arc::new(Mutex::new(Box::pin(stream)))))
    }

    /// Creates content from a reader, such as a `tokio::fs::File`.
    pub fn from_reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Self::from_stream(ReaderChunks {
            reader: Box::pin(reader),
            buffer: BytesMut::new(),
        })
    }

    /// Creates content from that of an HTTP message, without its trailer fields.
    #[cfg(feature = "client-base")]
    pub(crate) fn from_http_body<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>
            + Send
            + 'static,
    {
        Self::from_stream(Frames(Box::pin(body)))
    }

    /// Returns the content if it is in memory; `None` for a stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            BodyInner::Bytes(bytes) => Some(bytes),
            BodyInner::Stream(_) => None,
        }
    }

    /// Returns whether there is no content. A stream is not empty, because its content is not known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_some_and(Bytes::is_empty)
    }

    /// Reads the next chunk; `None` at the end. Content in memory is a single chunk.
    ///
    /// # Errors
    /// If the stream fails, for example because the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        std::future::poll_fn(|cx| self.poll_chunk(cx))
            .await
            .transpose()
    }

    /// Reads the whole content, up to `limit` bytes.
    ///
    /// # Errors
    /// If the stream fails, or if it has more than `limit` bytes.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, BodyError> {
        let too_large = || BodyError::new(format!("the content exceeds {limit} bytes"));
        if let BodyInner::Bytes(bytes) = self.0 {
            return if bytes.len() > limit {
                Err(too_large())
            } else {
                Ok(bytes)
            };
        }
        let mut collected = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > limit.saturating_sub(collected.len()) {
                return Err(too_large());
            }
            collected.extend_from_slice(&chunk);
        }
        Ok(collected.freeze())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        match &mut self.0 {
            BodyInner::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)))
            }
            BodyInner::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.as_mut().poll_next(cx)
            }
        }
    }

    /// Returns the bytes; none for a stream, which content of another type never is.
    pub(crate) fn in_memory(&self) -> &[u8] {
        self.as_bytes().map_or(&[], |bytes| bytes)
    }

    /// Chains the parts of a body.
    pub(crate) fn chain(parts: Vec<Self>) -> Self {
        if parts.iter().all(|part| part.as_bytes().is_some()) {
            let mut joined = BytesMut::new();
            for part in &parts {
                joined.extend_from_slice(part.in_memory());
            }
            return joined.freeze().into();
        }
        Self::from_stream(Chain(parts.into_iter().rev().collect()))
    }
}

/// Without content.
impl Default for Body {
    fn default() -> Self {
        Bytes::new().into()
    }
}

macro_rules! from_bytes {
    ($($source:ty,)*) => {
        $(impl From<$source> for Body {
            fn from(bytes: $source) -> Self {
                Self(BodyInner::Bytes(bytes.into()))
            }
        })*
    };
}

from_bytes! {
    Bytes,
    BytesMut,
    Vec<u8>,
    String,
    Box<[u8]>,
    &'static [u8],
    &'static str,
}

impl<const LENGTH: usize> From<&'static [u8; LENGTH]> for Body {
    fn from(bytes: &'static [u8; LENGTH]) -> Self {
        bytes.as_slice().into()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (BodyInner::Bytes(bytes), BodyInner::Bytes(other)) => bytes == other,
            (BodyInner::Stream(stream), BodyInner::Stream(other)) => Arc::ptr_eq(stream, other),
            _ => false,
        }
    }
}

impl Eq for Body {}

/// Content in memory is equal to its bytes; a stream is not.
impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Body {
    fn eq(&self, other: &T) -> bool {
        self.as_bytes()
            .is_some_and(|bytes| *bytes == other.as_ref())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            BodyInner::Bytes(bytes) => fmt::Debug::fmt(bytes, f),
            BodyInner::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.poll_chunk(cx).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self
            .as_bytes()
            .and_then(|bytes| bytes.len().try_into().ok());
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// An error while content is read.
#[derive(Debug)]
pub struct BodyError(Box<dyn Error + Send + Sync>);

impl BodyError {
    pub(crate) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// A stream whose items are converted; `None` after its end, because some streams must not be polled again.
struct Chunks<S>(Option<Pin<Box<S>>>);

impl<S, B, E> Stream for Chunks<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let next = stream.as_mut().poll_next(cx);
        if let Poll::Ready(None) = next {
            self.0 = None;
        }
        next.map(|next| next.map(|chunk| chunk.map(Into::into).map_err(BodyError::new)))
    }
}

/// The data of an HTTP message.
#[cfg(feature = "client-base")]
struct Frames<B>(Pin<Box<B>>);

#[cfg(feature = "client-base")]
impl<B: http_body::Body> Stream for Frames<B> {
    type Item = Result<B::Data, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = std::task::ready!(self.0.as_mut().poll_frame(cx));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                None => return Poll::Ready(None),
                Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(data))),
                Some(Ok(Err(_))) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

/// The chunks of a reader.
struct ReaderChunks<R> {
    reader: Pin<Box<R>>,
    buffer: BytesMut,
}

impl<R: AsyncRead> Stream for ReaderChunks<R> {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { reader, buffer } = &mut *self;
        buffer.resize(CHUNK_SIZE, 0);
        let mut read = ReadBuf::new(buffer);
        let result = reader.as_mut().poll_read(cx, &mut read);
        let length = read.filled().len();
        result.map(|result| match result {
            Err(error) => Some(Err(error)),
            Ok(()) if length == 0 => None,
            Ok(()) => Some(Ok(buffer.split_to(length).freeze())),
        })
    }
}

/// The remaining parts of a body, the last one first.
struct Chain(Vec<Body>);

impl Stream for Chain {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(part) = self.0.last_mut() {
            match part.poll_chunk(cx) {
                Poll::Ready(None) => {
                    self.0.pop();
                }
                next => return next,
            }
        }
        Poll::Ready(None)
    }
}
