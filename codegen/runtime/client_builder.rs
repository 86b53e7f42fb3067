//! The client: what it is set to.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::{Url, redirect::Policy};

use super::{
    call::Call,
    client_error::Error,
    operation::Operation,
    redact::is_secret,
    redirect::Redirects,
    retry::RetryPolicy,
    security::{Secret, SecurityScheme},
    server_url::Server,
};

/// The most bytes of content that a client takes, if nothing else is said: 16 MiB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// How long it may take to connect, if nothing else is said.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a server may be silent, if nothing else is said.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an attempt may take, if nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A time-out that comes after everything else: thirty years, as far as tokio looks ahead.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Who sends a request, if nothing else is said: this crate.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the API, which is cheap to clone.
///
/// Every answer that the document declares is a value, redirects too.
#[derive(Clone, Debug)]
pub struct Client(Arc<ClientInner>);

#[derive(Debug)]
struct ClientInner {
    http: reqwest::Client,
    /// Whether that is set up elsewhere.
    is_foreign: bool,
    /// What takes the place of its own time-out, if anything does.
    lifted: Option<Duration>,
    base: Url,
    settings: Settings,
}

/// What a client does by itself, beside what its `reqwest::Client` does.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) body_limit: usize,
    /// For each attempt.
    pub(crate) timeout: Option<Duration>,
    /// For each silence.
    pub(crate) read_timeout: Option<Duration>,
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
pub(crate) struct ClientParts<'c> {
    pub(crate) http: &'c reqwest::Client,
    pub(crate) is_foreign: bool,
    pub(crate) lifted: Option<Duration>,
    pub(crate) base: &'c Url,
    pub(crate) settings: &'c Settings,
}

pub(crate) fn parts(client: &Client) -> ClientParts<'_> {
    let ClientInner {
        http,
        is_foreign,
        lifted,
        base,
        settings,
    } = &*client.0;
    ClientParts {
        http,
        is_foreign: *is_foreign,
        lifted: *lifted,
        base,
        settings,
    }
}

/// A `reqwest::ClientBuilder` with what the client sets by itself: the TLS of this crate's features, no
/// redirects that it would not know of, and no `Referer`. What comes of it is for
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

/// A [`Client`] that is being adjusted.
#[allow(
    clippy::option_option,
    reason = "`None` keeps the default, `Some(None)` turns it off"
)]
#[derive(Clone, Debug)]
#[must_use = "nothing is built before `build()`"]
pub struct ClientBuilder {
    base: Option<Base>,
    http: Option<reqwest::Client>,
    /// `None` where nothing is said, and within it no end.
    connect_timeout: Option<Option<Duration>>,
    read_timeout: Option<Option<Duration>>,
    timeout: Option<Option<Duration>>,
    redirects: Option<Redirects>,
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
        Self {
            base: None,
            http: None,
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

    /// Sends through a client of reqwest that is set up elsewhere, best by [`http_builder`].
    ///
    /// Its TLS, its proxies, its `User-Agent`, how long it waits for a connection, and whether it follows
    /// redirects, are its own; so is the time for an attempt, if [`timeout`](Self::timeout) is not set.
    /// One that follows redirects by itself, as reqwest's do if nothing is said, takes the API keys in
    /// header fields along to wherever they lead.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// How long it may take to connect; 10 seconds if nothing else is said, no end for `None`.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = Some(timeout.into());
        self
    }

    /// How long a server may send nothing, where it is its turn: after a request without content, and within
    /// an answer. 30 seconds if nothing else is said, no end for `None`.
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

    /// Which redirects are followed; those that the operation does not declare, if nothing else is said. With
    /// an [`http_client`](Self::http_client) none, but by that itself.
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = Some(redirects);
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
    /// fragment in it; if a header field cannot be one; if something is set that is for the
    /// [`http_client`](Self::http_client) to have; and if reqwest cannot set up TLS.
    pub fn build(self) -> Result<Client, Error> {
        let Self {
            base,
            http,
            connect_timeout,
            read_timeout,
            timeout,
            redirects,
            mut settings,
            wrong,
        } = self;
        if let Some(why) = wrong {
            return Err(Error::settings(why));
        }
        let base = base_url(base)?;
        settings.read_timeout = read_timeout.unwrap_or(Some(READ_TIMEOUT));
        let is_foreign = http.is_some();
        let mut lifted = None;
        let http = match http {
            Some(_) if connect_timeout.is_some() => {
                return Err(Error::settings(foreign("connect_timeout")));
            }
            Some(_) if redirects.is_some_and(|redirects| redirects != Redirects::None) => {
                return Err(Error::settings(foreign("redirects")));
            }
            Some(http) => {
                settings.redirects = Redirects::None;
                settings.timeout = timeout.flatten();
                lifted = timeout.map(|timeout| timeout.unwrap_or(FOREVER));
                http
            }
            None => {
                settings.redirects = redirects.unwrap_or_default();
                settings.timeout = timeout.unwrap_or(Some(TIMEOUT));
                let agent = HeaderValue::from_static(USER_AGENT);
                settings.headers.entry(header::USER_AGENT).or_insert(agent);
                let mut http = http_builder()?;
                if let Some(timeout) = connect_timeout.unwrap_or(Some(CONNECT_TIMEOUT)) {
                    http = http.connect_timeout(timeout);
                }
                http.build().map_err(Error::build)?
            }
        };
        Ok(Client(Arc::new(ClientInner {
            http,
            is_foreign,
            lifted,
            base,
            settings,
        })))
    }
}

/// Why a client that is set up elsewhere does not go with a setting.
fn foreign(name: &str) -> String {
    format!("`{name}` is for the `http_client` to have, which is set up elsewhere")
}

/// The base URL that is given, else that of the document's first server.
fn base_url(base: Option<Base>) -> Result<Url, Error> {
    let server = || Server::ALL.first().cloned().map(Base::Server);
    let text = match base.or_else(server) {
        Some(Base::Url(url)) => url,
        Some(Base::Server(server)) => {
            let url = server.url()?;
            if !url.contains("://") {
                return Err(Error::settings(format!(
                    "the server `{url}` is relative to where the document is; give a `base_url`"
                )));
            }
            url
        }
        None => {
            let why = "the document names no server to call; give a `base_url`";
            return Err(Error::settings(why));
        }
    };
    parsed(&text).map_err(|why| Error::settings(format!("this is no base URL: {why}")))
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
    scheme: &SecurityScheme,
    secret: impl Into<Secret>,
) -> ClientBuilder {
    let secrets = &mut builder.settings.secrets;
    secrets.retain(|(id, _)| *id != scheme.id());
    secrets.push((scheme.id(), secret.into()));
    builder
}
