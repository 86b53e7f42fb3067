//! The client and its builder.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::{Url, redirect::Policy};

use super::{
    call::Call,
    credential::SecretSource,
    error::Error,
    hook::{Hook, Hooks},
    redact::is_secret,
    redirect::Redirects,
    retry::RetryPolicy,
    server_url::Server,
};
use crate::runtime::message::{operation::Operation, security::SecurityScheme};

/// The default limit of a response's content: 16 MiB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The default timeout of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The default time that a server may be silent.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The default timeout of an attempt.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A timeout that never expires in practice: thirty years, the furthest that tokio supports.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The default `User-Agent`: name and version of this crate.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the API, cheap to clone.
///
/// Every response that the document declares is a value, errors and redirects included.
#[derive(Clone, Debug)]
pub struct Client(Arc<ClientInner>);

#[derive(Debug)]
struct ClientInner {
    http: reqwest::Client,
    /// Whether `http` was built elsewhere.
    is_external: bool,
    /// The timeout that overrides the one of an external client.
    timeout_override: Option<Duration>,
    base: Url,
    /// Whether `base` also replaces the servers of operations.
    is_base_chosen: bool,
    settings: Settings,
    /// The settings that the client was built with.
    builder: ClientBuilder,
}

/// The settings that the client applies itself, in addition to those of its `reqwest::Client`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) body_limit: usize,
    /// The timeout of an attempt.
    pub(crate) timeout: Option<Duration>,
    /// The longest time without data from the server.
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) redirects: Redirects,
    pub(crate) retry: Option<RetryPolicy>,
    /// Header fields for requests without a field of the same name.
    pub(crate) headers: HeaderMap,
    /// The credentials, by the name of the security scheme.
    pub(crate) secrets: Vec<(&'static str, SecretSource)>,
    pub(crate) hooks: Hooks,
}

impl Client {
    /// Creates a client of the API at a base URL, such as `https://api.example.com/v1`.
    ///
    /// # Errors
    /// If the URL is not an absolute `http` or `https` URL; if it has a username, a password, a query or a
    /// fragment; or if TLS cannot be set up.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        Self::builder().base_url(base_url).build()
    }

    /// Returns a builder. Its base URL is that of the document's first server unless another is set.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Returns the base URL, to which the paths of the document are appended.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.base.as_str()
    }

    /// Returns a builder with the settings of this client, for example to set a credential that was not known
    /// before. The client that it builds uses the same connections, unless the settings of connections change.
    pub fn to_builder(&self) -> ClientBuilder {
        let mut builder = self.0.builder.clone();
        builder.built = Some(self.0.http.clone());
        builder
    }

    /// Creates a call of an operation, which is sent by [`Call::send`], [`Call::success`] or `.await`.
    pub fn call<O: Operation>(&self, request: O) -> Call<'_, O> {
        Call::new(self, request)
    }
}

// A function, because the methods of `Client` are named after the operations of the document.

/// The parts of a client that sending needs.
pub(crate) struct ClientParts<'c> {
    pub(crate) http: &'c reqwest::Client,
    pub(crate) is_external: bool,
    pub(crate) timeout_override: Option<Duration>,
    pub(crate) base: &'c Url,
    pub(crate) is_base_chosen: bool,
    pub(crate) settings: &'c Settings,
}

pub(crate) fn parts(client: &Client) -> ClientParts<'_> {
    let ClientInner {
        http,
        is_external,
        timeout_override,
        base,
        is_base_chosen,
        settings,
        builder: _,
    } = &*client.0;
    ClientParts {
        http,
        is_external: *is_external,
        timeout_override: *timeout_override,
        base,
        is_base_chosen: *is_base_chosen,
        settings,
    }
}

/// Returns a `reqwest::ClientBuilder` with the defaults of this crate: the TLS of its features, no redirects
/// (this crate follows them itself) and no `Referer`. Pass the client that it builds to
/// [`ClientBuilder::http_client`].
///
/// # Errors
/// If TLS cannot be set up.
pub fn http_builder() -> Result<reqwest::ClientBuilder, Error> {
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false);
    #[cfg(feature = "_rustls")]
    let http = {
        let config = super::tls::config();
        http.tls_backend_preconfigured(
            config.map_err(|error| Error::settings(format!("TLS cannot be set up: {error}")))?,
        )
    };
    Ok(http)
}

/// A builder of a [`Client`].
#[allow(
    clippy::option_option,
    reason = "`None` keeps the default, `Some(None)` turns it off"
)]
#[derive(Clone, Debug)]
#[must_use = "a client is not built until `build()`"]
pub struct ClientBuilder {
    base: Option<Base>,
    http: Option<reqwest::Client>,
    /// The client that was built with the same settings of connections.
    built: Option<reqwest::Client>,
    /// `None` keeps the default, `Some(None)` turns the timeout off.
    connect_timeout: Option<Option<Duration>>,
    read_timeout: Option<Option<Duration>>,
    timeout: Option<Option<Duration>>,
    redirects: Option<Redirects>,
    settings: Settings,
    /// The last error of a header field, reported by `build`.
    invalid_header: Option<String>,
}

#[derive(Clone, Debug)]
enum Base {
    Url(String),
    Server(Server),
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base: None,
            http: None,
            built: None,
            connect_timeout: None,
            read_timeout: None,
            timeout: None,
            redirects: None,
            settings: Settings {
                body_limit: BODY_LIMIT,
                timeout: None,
                read_timeout: None,
                redirects: Redirects::default(),
                retry: None,
                headers: HeaderMap::new(),
                secrets: Vec::new(),
                hooks: Hooks::default(),
            },
            invalid_header: None,
        }
    }
}

impl ClientBuilder {
    /// Sets the base URL, such as `https://api.example.com/v1`, for all operations, in place of the servers that
    /// the document declares for some of them.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = Some(Base::Url(url.into()));
        self
    }

    /// Sets the base URL to that of a server of the document; by default to the first. An operation for which the
    /// document declares another server keeps that one; its URL may be relative to this base URL.
    pub fn server(mut self, server: Server) -> Self {
        self.base = Some(Base::Server(server));
        self
    }

    /// Sends requests through a `reqwest::Client` that was built elsewhere, preferably with [`http_builder`].
    ///
    /// The settings of that client apply for TLS, proxies, `User-Agent`, the connect timeout and redirects,
    /// and for the timeout of an attempt unless [`timeout`](Self::timeout) is set.
    ///
    /// A client that follows redirects itself, which is reqwest's default, sends API keys in header fields to
    /// every target of a redirect.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self.built = None;
        self
    }

    /// Sets the timeout of connecting; 10 seconds by default, `None` for no timeout.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = Some(timeout.into());
        self.built = None;
        self
    }

    /// Sets how long a server may be silent; 30 seconds by default, `None` for no limit.
    ///
    /// It applies while waiting for the response to a request without content, and between two chunks of a
    /// response.
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = Some(timeout.into());
        self
    }

    /// Sets the timeout of an attempt; 2 minutes by default, `None` for no timeout.
    ///
    /// An attempt lasts from the first byte sent to the last byte received, redirects included. All attempts
    /// of a call together are limited by the [deadline](RetryPolicy::deadline) of the retry policy.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// Sets the maximum size of a response's content in bytes, after decompression; 16 MiB by default.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets the retry policy; `None`, the default, for no retries.
    pub fn retry(mut self, policy: impl Into<Option<RetryPolicy>>) -> Self {
        self.settings.retry = policy.into();
        self
    }

    /// Sets which redirects are followed; by default those that the operation does not declare.
    ///
    /// With an [`http_client`](Self::http_client), only that client follows redirects.
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = Some(redirects);
        self
    }

    /// Sets a header field for every request that does not have a field of the same name.
    ///
    /// `User-Agent` is the name and version of this crate by default. An invalid name or value is an error of
    /// [`build`](Self::build).
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match field(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => {
                self.settings.headers.insert(name, value);
            }
            Err(message) => self.invalid_header = Some(message),
        }
        self
    }

    /// Adds a hook, which sees each request before it is sent and each response before it is decoded.
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.settings.hooks.add(hook);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// If there is no base URL; if it is not an absolute `http` or `https` URL, or has a username, a
    /// password, a query or a fragment; if a header field is invalid; if a setting conflicts with the
    /// [`http_client`](Self::http_client); or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let builder = self.clone();
        let Self {
            base,
            http,
            built,
            connect_timeout,
            read_timeout,
            timeout,
            redirects,
            mut settings,
            invalid_header,
        } = self;
        if let Some(message) = invalid_header {
            return Err(Error::settings(message));
        }
        let is_base_chosen = matches!(base, Some(Base::Url(_)));
        let base = base_url(base)?;
        settings.read_timeout = read_timeout.unwrap_or(Some(READ_TIMEOUT));
        let is_external = http.is_some();
        let mut timeout_override = None;
        let http = match http {
            Some(_) if connect_timeout.is_some() => {
                return Err(external_client_error("connect_timeout"));
            }
            Some(_) if redirects.is_some_and(|redirects| redirects != Redirects::None) => {
                return Err(external_client_error("redirects"));
            }
            Some(http) => {
                settings.redirects = Redirects::None;
                settings.timeout = timeout.flatten();
                timeout_override = timeout.map(|timeout| timeout.unwrap_or(FOREVER));
                http
            }
            None => {
                settings.redirects = redirects.unwrap_or_default();
                settings.timeout = timeout.unwrap_or(Some(TIMEOUT));
                let agent = HeaderValue::from_static(USER_AGENT);
                settings.headers.entry(header::USER_AGENT).or_insert(agent);
                if let Some(http) = built {
                    http
                } else {
                    let mut http = http_builder()?;
                    if let Some(timeout) = connect_timeout.unwrap_or(Some(CONNECT_TIMEOUT)) {
                        http = http.connect_timeout(timeout);
                    }
                    http.build().map_err(Error::build)?
                }
            }
        };
        Ok(Client(Arc::new(ClientInner {
            http,
            is_external,
            timeout_override,
            base,
            is_base_chosen,
            settings,
            builder,
        })))
    }
}

/// Returns the error of a setting that conflicts with an external client.
fn external_client_error(setting: &str) -> Error {
    Error::settings(format!(
        "`{setting}` cannot be combined with `http_client`; configure that client instead"
    ))
}

/// Parses the base URL; by default that of the document's first server.
fn base_url(base: Option<Base>) -> Result<Url, Error> {
    let server = || Server::ALL.first().cloned().map(Base::Server);
    let text = match base.or_else(server) {
        Some(Base::Url(url)) => url,
        Some(Base::Server(server)) => {
            let url = server.url()?;
            if !url.contains("://") {
                return Err(Error::settings(format!(
                    "the server `{url}` is relative to the location of the document; set `base_url`"
                )));
            }
            url
        }
        None => {
            let message = "the document does not declare a server; set `base_url`";
            return Err(Error::settings(message));
        }
    };
    parse_base_url(&text).map_err(|reason| Error::settings(format!("invalid base URL: {reason}")))
}

/// Parses a base URL. The error does not repeat the URL, which may contain a secret.
pub(crate) fn parse_base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it does not start with `http://` or `https://`".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        let reason = "it has a query or a fragment, so paths cannot be appended";
        return Err(reason.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let reason =
            "it has a username or a password, which would not be sent; set a credential instead";
        return Err(reason.to_owned());
    }
    Ok(url)
}

/// Parses a header field that the user sets by name.
pub(crate) fn field(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed = HeaderName::try_from(name);
    let parsed =
        parsed.map_err(|_| format!("`{}` is not a valid header name", name.escape_debug()))?;
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        format!("the header `{name}` contains a character that is not allowed in a header field")
    })?;
    // Keeps the value out of logs.
    value.set_sensitive(is_secret(name));
    Ok((parsed, value))
}

/// Sets the credential for a security scheme.
pub(crate) fn with_secret(
    mut builder: ClientBuilder,
    scheme: &SecurityScheme,
    secret: SecretSource,
) -> ClientBuilder {
    let secrets = &mut builder.settings.secrets;
    secrets.retain(|(id, _)| *id != scheme.id());
    secrets.push((scheme.id(), secret));
    builder
}
