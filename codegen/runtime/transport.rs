//! The client between the methods of an API and reqwest.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use reqwest::{Url, redirect::Policy};

use super::{
    error::{Mismatch, Unsendable},
    media::{PROBLEM, select},
    operation::{Operation, Response},
    outgoing::Outgoing,
    received::Received,
    security::{Scheme, Secret},
};
use crate::Code;

/// The most bytes of content that a client takes, if nothing else is said: 16 MiB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A client of the API, which is cheap to clone.
///
/// Every answer that the document declares is a value; redirects are not followed, for they are
/// answers too.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    body_limit: usize,
    /// What there is for each scheme, by its name.
    secrets: Vec<(&'static str, Secret)>,
}

impl Client {
    /// A client of the API at a base URL, such as `https://api.example.com/v1`.
    ///
    /// # Errors
    /// If the text is no URL of `http` or `https`, or has a password, a query or a fragment in it.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        Self::builder(base_url).build()
    }

    /// A client of the API at a base URL, to be adjusted.
    pub fn builder(base_url: &str) -> ClientBuilder {
        ClientBuilder {
            base: base_url.to_owned(),
            http: None,
            body_limit: BODY_LIMIT,
            secrets: Vec::new(),
        }
    }

    /// The base URL, to which the paths of the document are added.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// A call of an operation, which is sent by [`Call::send`], [`Call::success`] or `.await`.
    pub fn call<O: Operation>(&self, request: O) -> Call<'_, O> {
        Call {
            client: self,
            request,
        }
    }
}

/// A [`Client`] that is being adjusted.
#[derive(Clone, Debug)]
#[must_use = "nothing is built before `build()`"]
pub struct ClientBuilder {
    base: String,
    http: Option<reqwest::Client>,
    body_limit: usize,
    secrets: Vec<(&'static str, Secret)>,
}

impl ClientBuilder {
    /// Sends through a client of reqwest that is set up elsewhere: its TLS, time-outs, redirects and
    /// default headers.
    pub fn http_client(self, http: reqwest::Client) -> Self {
        Self {
            http: Some(http),
            ..self
        }
    }

    /// The most bytes of content that an answer may have; 16 MiB if nothing else is said.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self {
            body_limit: bytes,
            ..self
        }
    }

    /// The client.
    ///
    /// # Errors
    /// If the base URL is none of `http` or `https`, or has a password, a query or a fragment in it, and
    /// if reqwest cannot set up TLS.
    pub fn build(self) -> Result<Client, Error> {
        let base = base_url(&self.base).map_err(|why| Error::new(Kind::BaseUrl(why)))?;
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .redirect(Policy::none())
                .build()
                .map_err(|error| Error::new(Kind::transport(error, None)))?,
        };
        Ok(Client {
            http,
            base,
            body_limit: self.body_limit,
            secrets: self.secrets,
        })
    }
}

/// A base URL; why it is none does not repeat it, for it may have a secret in it.
fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it starts with neither `http://` nor `https://`".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        let why = "it has a query or a fragment, which no path can be added to";
        return Err(why.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let why = "it has a user or a password, which would not be sent; set a credential instead";
        return Err(why.to_owned());
    }
    Ok(url)
}

/// Sets what there is for a security scheme.
pub(crate) fn with_secret(
    mut builder: ClientBuilder,
    scheme: &Scheme,
    secret: impl Into<Secret>,
) -> ClientBuilder {
    builder.secrets.retain(|(id, _)| *id != scheme.id());
    builder.secrets.push((scheme.id(), secret.into()));
    builder
}

/// A request that waits to be sent.
#[derive(Clone, Debug)]
#[must_use = "a call is not sent before `send()`, `success()` or `.await`"]
pub struct Call<'a, O> {
    client: &'a Client,
    pub(crate) request: O,
}

impl<O: Operation> Call<'_, O> {
    /// Sends the request; every answer that the document declares is a value.
    ///
    /// # Errors
    /// If there is no answer, or one that the document does not declare. The latter holds the
    /// status, the header fields and the content.
    pub async fn send(self) -> Result<O::Response, Error> {
        send(self.client, &self.request).await
    }

    /// Sends the request; only a success (2xx) is a value, as with Python's `raise_for_status`.
    ///
    /// # Errors
    /// As [`send`](Self::send), and for each declared answer that is no success.
    pub async fn success(self) -> Result<<O::Response as Response>::Success, Failure<O::Response>> {
        let response = self.send().await.map_err(Failure::Error)?;
        response.success().map_err(Failure::Answer)
    }
}

impl<'a, O: Operation> IntoFuture for Call<'a, O> {
    type Output = Result<O::Response, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    /// As [`send`](Self::send).
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

// What the client does is no method of it: those are named by the document.

async fn send<O: Operation>(client: &Client, operation: &O) -> Result<O::Response, Error> {
    let failed = |kind| Error::of::<O>(kind);
    let request = request(client, operation).map_err(|error| failed(Kind::Request(error)))?;
    let response = client.http.execute(request).await;
    let mut response = response.map_err(|error| failed(Kind::transport(error, None)))?;
    let code = Code::from(response.status());
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    let complete = loop {
        match response.chunk().await {
            Ok(None) => break true,
            Ok(Some(chunk)) => {
                let room = client.body_limit.saturating_sub(body.len());
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    break false;
                }
            }
            Err(error) => {
                let raw = Raw {
                    code,
                    headers,
                    body: body.freeze(),
                };
                return Err(failed(Kind::transport(error, Some(raw))));
            }
        }
    };
    let body = body.freeze();
    let decoded = if complete {
        O::Response::decode(&mut Received::new(code, &headers, body.clone()))
    } else {
        Err(Mismatch::TooLarge)
    };
    decoded.map_err(|why| {
        failed(Kind::Mismatch(
            why,
            Raw {
                code,
                headers,
                body,
            },
        ))
    })
}

fn request<O: Operation>(client: &Client, operation: &O) -> Result<reqwest::Request, Unsendable> {
    let mut outgoing = Outgoing::default();
    operation.write(&mut outgoing)?;
    authorize::<O>(client, &mut outgoing)?;
    let (path, query) = outgoing.target(O::PATH);
    let mut url = client.base.clone();
    url.set_path(&format!(
        "{}{path}",
        client.base.path().trim_end_matches('/')
    ));
    url.set_query(query.as_deref());
    let cookie = outgoing.cookie()?;
    let mut request = reqwest::Request::new(O::METHOD, url);
    *request.headers_mut() = outgoing.headers;
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    if O::HAS_BODY {
        *request.body_mut() = Some(outgoing.body.into());
    }
    Ok(request)
}

/// Adds the credentials of the first alternative for which they are all there.
fn authorize<O: Operation>(client: &Client, request: &mut Outgoing) -> Result<(), Unsendable> {
    let secret = |scheme: &Scheme| {
        let found = client.secrets.iter().find(|(id, _)| *id == scheme.id());
        found.map(|(_, secret)| secret)
    };
    let complete = |schemes: &&&[Scheme]| schemes.iter().all(|scheme| secret(scheme).is_some());
    for scheme in O::SECURITY
        .iter()
        .find(complete)
        .into_iter()
        .copied()
        .flatten()
    {
        if let Some(secret) = secret(scheme) {
            secret.write(scheme, request)?;
        }
    }
    Ok(())
}

/// Why a call has not given a declared answer.
///
/// An answer that came is never lost: its [`code`](Self::code), [`headers`](Self::headers) and
/// [`body`](Self::body) are here.
pub struct Error(Box<Inner>);

struct Inner {
    /// The operation's id, method and path.
    operation: Option<(&'static str, String, &'static str)>,
    kind: Kind,
}

enum Kind {
    BaseUrl(String),
    Request(Unsendable),
    Transport(reqwest::Error, Option<Raw>),
    Mismatch(Mismatch, Raw),
    Failed(Code),
}

impl Kind {
    /// Without the URL, which may have a secret in its query.
    fn transport(error: reqwest::Error, raw: Option<Raw>) -> Self {
        Self::Transport(error.without_url(), raw)
    }
}

/// An answer as it came.
struct Raw {
    code: Code,
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    /// What an answer says that is a problem of RFC 9457.
    fn problem(&self) -> Option<String> {
        let media = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        select(&[PROBLEM], Some(media))?;
        let problem: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let said = problem.get("detail").or_else(|| problem.get("title"))?;
        said.as_str().map(str::to_owned)
    }
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            operation: None,
            kind,
        }))
    }

    fn of<O: Operation>(kind: Kind) -> Self {
        Self(Box::new(Inner {
            operation: Some((O::ID, O::METHOD.to_string(), O::PATH)),
            kind,
        }))
    }

    fn raw(&self) -> Option<&Raw> {
        match &self.0.kind {
            Kind::Transport(_, raw) => raw.as_ref(),
            Kind::Mismatch(_, raw) => Some(raw),
            _ => None,
        }
    }

    /// The status, if an answer came.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match &self.0.kind {
            Kind::Failed(code) => Some(*code),
            _ => self.raw().map(|raw| raw.code),
        }
    }

    /// The header fields, if an answer came that was none of those declared.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(|raw| &raw.headers)
    }

    /// The content, as far as it came and the client takes it, if an answer came that was none of
    /// those declared.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.raw().map(|raw| &raw.body)
    }

    /// Why an answer is none of those that the document declares.
    #[must_use]
    pub fn mismatch(&self) -> Option<&Mismatch> {
        match &self.0.kind {
            Kind::Mismatch(why, _) => Some(why),
            _ => None,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(&self.0.kind, Kind::Transport(error, _) if error.is_timeout())
    }

    /// Whether there was no connection.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&self.0.kind, Kind::Transport(error, _) if error.is_connect())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((id, method, path)) = &self.0.operation {
            let title = format!("{method} {path}");
            if *id == title {
                write!(f, "{title}: ")
            } else {
                write!(f, "{id} ({title}): ")
            }?;
        }
        match &self.0.kind {
            Kind::BaseUrl(why) => write!(f, "this is no base URL: {why}"),
            Kind::Request(error) => write!(f, "the request cannot be sent: {error}"),
            Kind::Transport(_, None) => f.write_str("no answer came"),
            Kind::Transport(_, Some(raw)) => write!(f, "the answer {} broke off", raw.code),
            Kind::Mismatch(why, raw) => {
                write!(f, "the answer was {}: {why}", raw.code)?;
                match raw.problem() {
                    None => Ok(()),
                    Some(said) => write!(f, "; the server says: {}", said.escape_debug()),
                }
            }
            Kind::Failed(code) => {
                write!(f, "the answer was {code}")?;
                if code.is_success() {
                    return f.write_str(", which the document does not declare as a success");
                }
                match code.known().map(crate::Status::summary) {
                    None | Some("") => Ok(()),
                    Some(summary) => write!(f, ": {summary}"),
                }
            }
        }
    }
}

/// As [`Display`](fmt::Display), and what is behind it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = self.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            Kind::Transport(error, _) => Some(error),
            // What the others stand on is part of their text.
            _ => None,
        }
    }
}

/// Why a call was no success: an answer that the document declares, or an [`Error`].
#[derive(Debug)]
pub enum Failure<R> {
    /// A declared answer, which is no success.
    Answer(R),
    /// No declared answer.
    Error(Error),
}

impl<R: Response> Failure<R> {
    /// The status, if an answer came.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Answer(answer) => Some(answer.code()),
            Self::Error(error) => error.code(),
        }
    }
}

impl<R: Response> From<Failure<R>> for Error {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Answer(answer) => Self::new(Kind::Failed(answer.code())),
            Failure::Error(error) => error,
        }
    }
}

impl<R: Response> fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => fmt::Display::fmt(&Error::new(Kind::Failed(answer.code())), f),
            Self::Error(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<R: Response> StdError for Failure<R> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Answer(_) => None,
            Self::Error(error) => error.source(),
        }
    }
}
