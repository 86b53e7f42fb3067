//! The client: what it is set to.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::{Url, redirect::Policy};

use super::{
    call::Call,
    failure::Error,
    operation::Operation,
    redact::is_secret,
    redirect::Redirects,
    retry::RetryPolicy,
    security::{Scheme, Secret},
    servers::Server,
};

/// The most bytes of content that a client takes, if nothing else is said: 16 MiB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// How long it may take to connect, if nothing else is said.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a server may be silent, if nothing else is said.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an attempt may take, if nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Who sends a request, if nothing else is said: this crate.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the API, which is cheap to clone.
///
/// Every answer that the document declares is a value, redirects too.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    base: Url,
    settings: Settings,
}

/// What a client does by itself, beside what its `reqwest::Client` does.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) body_limit: usize,
    /// For each attempt; `None` leaves it to the `reqwest::Client`.
    pub(crate) timeout: Option<Duration>,
    pub(crate) redirects: Redirects,
    pub(crate) retry: Option<RetryPolicy>,
    /// The header fields of requests that have no other of the name.
    pub(crate) headers: HeaderMap,
    /// What there is for each scheme, by its name.
    pub(crate) secrets: Vec<(&'static str, Secret)>,
}

impl Client {
    /// A client of the API at a base URL, such as `https://api.example.com/v1`.
    ///
    /// # Errors
    /// If the text is no URL of `http` or `https`, or has a password, a query or a fragment in it.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        Self::builder().base_url(base_url).build()
    }

    /// A client to be adjusted; of the first server in the document, if no other is said.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The base URL, to which the paths of the document are added.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.base.as_str()
    }

    /// A call of an operation, which is sent by [`Call::send`], [`Call::success`] or `.await`.
    pub fn call<O: Operation>(&self, request: O) -> Call<'_, O> {
        Call::new(self, request)
    }
}

// What the client does is no method of it: those are named by the document.

/// What a client sends with.
pub(crate) fn parts(client: &Client) -> (&reqwest::Client, &Url, &Settings) {
    (&client.0.http, &client.0.base, &client.0.settings)
}

/// A [`Client`] that is being adjusted.
#[derive(Clone, Debug)]
#[must_use = "nothing is built before `build()`"]
pub struct ClientBuilder {
    base: Option<Base>,
    http: Option<reqwest::Client>,
    /// `None` where nothing is said, and within it no end.
    connect_timeout: Option<Option<Duration>>,
    read_timeout: Option<Option<Duration>>,
    timeout: Option<Option<Duration>>,
    settings: Settings,
    /// What is wrong with a header field.
    wrong: Option<String>,
}

#[derive(Clone, Debug)]
enum Base {
    Url(String),
    Server(Server),
}

impl Default for ClientBuilder {
    fn default() -> Self {
        let agent = HeaderValue::from_static(USER_AGENT);
        Self {
            base: None,
            http: None,
            connect_timeout: None,
            read_timeout: None,
            timeout: None,
            settings: Settings {
                body_limit: BODY_LIMIT,
                timeout: None,
                redirects: Redirects::default(),
                retry: None,
                headers: [(header::USER_AGENT, agent)].into_iter().collect(),
                secrets: Vec::new(),
            },
            wrong: None,
        }
    }
}

impl ClientBuilder {
    /// The base URL, such as `https://api.example.com/v1`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = Some(Base::Url(url.into()));
        self
    }

    /// A server of the document.
    pub fn server(mut self, server: Server) -> Self {
        self.base = Some(Base::Server(server));
        self
    }

    /// Sends through a client of reqwest that is set up elsewhere.
    ///
    /// Its TLS, its proxies, how long it waits for a connection or a silent server, and whether it follows
    /// redirects by itself, are its own; so is the time for an attempt, if [`timeout`](Self::timeout) is
    /// not set.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// How long it may take to connect; 10 seconds if nothing else is said, no end for `None`.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = Some(timeout.into());
        self
    }

    /// How long a server may send nothing; 30 seconds if nothing else is said, no end for `None`.
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = Some(timeout.into());
        self
    }

    /// How long an attempt may take, from the first byte out to the last one in; 2 minutes if nothing else
    /// is said, no end for `None`. All attempts together have the
    /// [deadline](RetryPolicy::deadline) of their policy.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// The most bytes of content that an answer may have, unpacked; 16 MiB if nothing else is said.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sends requests again by a policy; they are sent once if nothing is said.
    pub fn retry(mut self, policy: impl Into<Option<RetryPolicy>>) -> Self {
        self.settings.retry = policy.into();
        self
    }

    /// Which redirects are followed; those that the document does not declare, if nothing else is said.
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.settings.redirects = redirects;
        self
    }

    /// A header field of every request that has no other of its name. `User-Agent` is the name and the
    /// version of this crate, if nothing else is said.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match field(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => {
                self.settings.headers.insert(name, value);
            }
            Err(why) => self.wrong = Some(why),
        }
        self
    }

    /// The client.
    ///
    /// # Errors
    /// If there is no base URL, or one that is none of `http` or `https`, or has a password, a query or a
    /// fragment in it; if a header field cannot be one; if a time-out is set that is for the
    /// [`http_client`](Self::http_client) to have; and if reqwest cannot set up TLS.
    pub fn build(mut self) -> Result<Client, Error> {
        if let Some(why) = self.wrong {
            return Err(Error::settings(why));
        }
        let server = || Server::ALL.first().cloned().map(Base::Server);
        let base = match self.base.or_else(server) {
            Some(Base::Url(url)) => url,
            Some(Base::Server(server)) if !server.template().contains("://") => {
                return Err(Error::settings(format!(
                    "the server `{}` is relative to where the document is; give a `base_url`",
                    server.template()
                )));
            }
            Some(Base::Server(server)) => server.url()?,
            None => {
                let why = "the document names no server to call; give a `base_url`";
                return Err(Error::settings(why));
            }
        };
        let base =
            parsed(&base).map_err(|why| Error::settings(format!("this is no base URL: {why}")))?;
        let http = match self.http {
            Some(_) if self.connect_timeout.is_some() || self.read_timeout.is_some() => {
                return Err(Error::settings(
                    "`connect_timeout` and `read_timeout` are for the `http_client` to have, which is \
                     set up elsewhere",
                ));
            }
            Some(http) => {
                self.settings.timeout = self.timeout.flatten();
                http
            }
            None => {
                self.settings.timeout = self.timeout.unwrap_or(Some(TIMEOUT));
                let mut http = reqwest::Client::builder().redirect(Policy::none());
                if let Some(timeout) = self.connect_timeout.unwrap_or(Some(CONNECT_TIMEOUT)) {
                    http = http.connect_timeout(timeout);
                }
                if let Some(timeout) = self.read_timeout.unwrap_or(Some(READ_TIMEOUT)) {
                    http = http.read_timeout(timeout);
                }
                #[cfg(feature = "_rustls")]
                {
                    let config = super::tls::config();
                    let config = config.map_err(|error| {
                        Error::settings(format!("TLS cannot be set up: {error}"))
                    })?;
                    http = http.tls_backend_preconfigured(config);
                }
                http.build().map_err(Error::build)?
            }
        };
        Ok(Client(Arc::new(Inner {
            http,
            base,
            settings: self.settings,
        })))
    }
}

/// A base URL; why it is none does not repeat it, for it may have a secret in it.
fn parsed(text: &str) -> Result<Url, String> {
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

/// A header field that somebody sets by name.
pub(crate) fn field(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed = HeaderName::try_from(name);
    let parsed = parsed.map_err(|_| format!("`{}` names no header field", name.escape_debug()))?;
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        format!("the header `{name}` has a character in it that no header field can hold")
    })?;
    // Not for logs.
    value.set_sensitive(is_secret(name));
    Ok((parsed, value))
}

/// Sets what there is for a security scheme.
pub(crate) fn with_secret(
    mut builder: ClientBuilder,
    scheme: &Scheme,
    secret: impl Into<Secret>,
) -> ClientBuilder {
    let secrets = &mut builder.settings.secrets;
    secrets.retain(|(id, _)| *id != scheme.id());
    secrets.push((scheme.id(), secret.into()));
    builder
}
