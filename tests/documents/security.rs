//! The crate of `security.yaml`: a client sends the credentials that an operation requires, and a server receives
//! them typed.

use std::{error::Error, sync::mpsc::{Sender, channel}};

use doc_security::{
    Client, Code, GetBasic, GetBasicResponse, GetCookie, GetCookieResponse, GetDigest, GetDigestResponse,
    GetEither, GetEitherResponse, GetOneOrBoth, GetOneOrBothResponse, GetHead, GetHeadResponse, GetHeader, GetHeaderResponse, GetOpen, GetOpenResponse, GetQuery,
    GetQueryResponse, GetToken, GetTokenResponse, GetTokenToo, GetTokenTooResponse, GetTypo, GetTypoResponse,
    GetUndeclared, GetUndeclaredResponse, HeadHead, HeadHeadResponse, PostBoth, PostBothResponse, Status,
    client::ClientBuilder,
    security::{
        Basic, BasicAndHeaderKeyCredentials, BasicCredentials, CookieKeyCredentials, DigestCredentials,
        HeaderKeyCredentials, HeaderKeyOrTokenOrHeaderKeyAndTokenCredentials,
        OptionalOauthOrHeaderKeyCredentials, QueryKeyCredentials, TokenCredentials,
    },
    server::{Api, Request, router},
};
use tokio::net::TcpListener;

/// Records the credentials that it receives.
struct Vault(Sender<String>);

impl Vault {
    fn got(&self, what: impl Into<String>) {
        self.0.send(what.into()).unwrap();
    }
}

impl Api for Vault {
    async fn get_open(&self, _: Request<GetOpen>) -> GetOpenResponse {
        self.got("nothing");
        GetOpenResponse::NoContent
    }

    async fn get_token(&self, request: Request<GetToken>) -> GetTokenResponse {
        let TokenCredentials::Token(token) = request.credentials();
        self.got(token.as_str());
        GetTokenResponse::NoContent
    }

    async fn get_token_too(&self, request: Request<GetTokenToo>) -> GetTokenTooResponse {
        let TokenCredentials::Token(token) = request.credentials();
        self.got(token.as_str());
        GetTokenTooResponse::NoContent
    }

    async fn get_header(&self, request: Request<GetHeader>) -> GetHeaderResponse {
        let HeaderKeyCredentials::HeaderKey(key) = request.credentials();
        self.got(key.as_str());
        GetHeaderResponse::NoContent
    }

    async fn get_query(&self, request: Request<GetQuery>) -> GetQueryResponse {
        let QueryKeyCredentials::QueryKey(key) = request.credentials();
        self.got(key.as_str());
        GetQueryResponse::NoContent
    }

    async fn get_cookie(&self, request: Request<GetCookie>) -> GetCookieResponse {
        let CookieKeyCredentials::CookieKey(key) = request.credentials();
        self.got(key.as_str());
        GetCookieResponse::NoContent
    }

    async fn get_basic(&self, request: Request<GetBasic>) -> GetBasicResponse {
        let BasicCredentials::Basic(basic) = request.credentials();
        self.got(format!("{} {}", basic.username, basic.password));
        GetBasicResponse::NoContent
    }

    async fn get_digest(&self, request: Request<GetDigest>) -> GetDigestResponse {
        let DigestCredentials::Digest(value) = request.credentials();
        self.got(value.as_str());
        GetDigestResponse::NoContent
    }

    async fn post_both(&self, request: Request<PostBoth>) -> PostBothResponse {
        let BasicAndHeaderKeyCredentials::BasicAndHeaderKey { basic, header_key } = request.credentials();
        self.got(format!("{} {}", basic.username, header_key.as_str()));
        PostBothResponse::NoContent
    }

    async fn get_one_or_both(&self, request: Request<GetOneOrBoth>) -> GetOneOrBothResponse {
        use HeaderKeyOrTokenOrHeaderKeyAndTokenCredentials as Credentials;
        self.got(match request.credentials() {
            Credentials::HeaderKey(key) => key.as_str().to_owned(),
            Credentials::Token(token) => token.as_str().to_owned(),
            Credentials::HeaderKeyAndToken { header_key, token } => {
                format!("{} {}", header_key.as_str(), token.as_str())
            }
        });
        GetOneOrBothResponse::NoContent
    }

    async fn get_typo(&self, request: Request<GetTypo>) -> GetTypoResponse {
        match *request.credentials() {}
    }

    async fn get_head(&self, _: Request<GetHead>) -> GetHeadResponse {
        self.got("nothing");
        GetHeadResponse::NoContent
    }

    async fn head_head(&self, request: Request<HeadHead>) -> HeadHeadResponse {
        let TokenCredentials::Token(token) = request.credentials();
        self.got(token.as_str());
        HeadHeadResponse::NoContent
    }

    async fn get_undeclared(&self, request: Request<GetUndeclared>) -> GetUndeclaredResponse {
        let TokenCredentials::Token(token) = request.credentials();
        self.got(token.as_str());
        GetUndeclaredResponse::NoContent
    }

    async fn get_either(&self, request: Request<GetEither>) -> GetEitherResponse {
        self.got(match request.credentials() {
            OptionalOauthOrHeaderKeyCredentials::Oauth(token) => token.as_str().to_owned(),
            OptionalOauthOrHeaderKeyCredentials::HeaderKey(key) => key.as_str().to_owned(),
            OptionalOauthOrHeaderKeyCredentials::Anonymous => "nothing".to_owned(),
        });
        GetEitherResponse::NoContent
    }
}

async fn serve(vault: Vault) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router(vault)).await });
    Ok(url)
}

fn full(builder: ClientBuilder) -> ClientBuilder {
    builder
        .token("the token")
        .header_key("the header")
        .query_key("the query & more")
        .cookie_key("the cookie; more")
        .basic(Basic::new("me", "hush:hush ü"))
        .digest("nonce=\"1\"")
}

#[tokio::test]
async fn credentials_are_sent_where_they_are_required() -> Result<(), Box<dyn Error>> {
    let (sender, received) = channel();
    let client = full(Client::builder().base_url(serve(Vault(sender)).await?)).build()?;
    client.get_open().success().await?;
    assert_eq!(received.recv()?, "nothing");
    client.get_token().success().await?;
    assert_eq!(received.recv()?, "the token");
    client.get_token_too().success().await?;
    assert_eq!(received.recv()?, "the token");
    client.get_header().success().await?;
    assert_eq!(received.recv()?, "the header");
    client.get_query().success().await?;
    assert_eq!(received.recv()?, "the query & more");
    client.get_cookie().success().await?;
    assert_eq!(received.recv()?, "the cookie; more");
    client.get_basic().success().await?;
    assert_eq!(received.recv()?, "me hush:hush ü");
    client.get_digest().success().await?;
    assert_eq!(received.recv()?, "nonce=\"1\"");
    client.post_both(1).success().await?;
    assert_eq!(received.recv()?, "me the header");
    client.head_head().success().await?;
    assert_eq!(received.recv()?, "the token");
    client.get_undeclared().success().await?;
    assert_eq!(received.recv()?, "the token");
    // The first alternative whose credentials are all set is used.
    client.get_either().success().await?;
    assert_eq!(received.recv()?, "the header");
    Ok(())
}

#[tokio::test]
async fn without_credentials_there_is_a_401_that_says_what_is_wanted() -> Result<(), Box<dyn Error>> {
    let (sender, received) = channel();
    let client = Client::new(&serve(Vault(sender)).await?)?;
    client.get_either().success().await?;
    assert_eq!(received.recv()?, "nothing");
    client.get_head().success().await?;
    assert_eq!(received.recv()?, "nothing");
    let head = client.head_head().send().await.unwrap_err();
    assert_eq!(head.code().map(Code::get), Some(401), "HEAD requires credentials, too");
    let typo = client.get_typo().send().await.unwrap_err();
    assert_eq!(typo.code().map(Code::get), Some(403), "nobody can have these credentials");
    assert!(typo.headers().is_some_and(|headers| !headers.contains_key("www-authenticate")));
    let http = reqwest::Client::new();
    let get = |path: &str| http.get(format!("{}{path}", client.base_url()));
    for (request, challenges) in [
        (get("token"), vec!["Bearer realm=\"api\""]),
        (get("token").header("authorization", "Basic bWU6"), vec!["Bearer realm=\"api\""]),
        (get("token").header("authorization", "Bearer "), vec!["Bearer realm=\"api\""]),
        (get("header"), vec!["ApiKey realm=\"api\""]),
        (get("header").header("x-key", ""), vec!["ApiKey realm=\"api\""]),
        (get("query"), vec!["ApiKey realm=\"api\""]),
        (get("cookie").header("cookie", "other=1"), vec!["ApiKey realm=\"api\""]),
        (get("basic").header("authorization", "Basic no base64"), vec!["Basic realm=\"api\", charset=\"UTF-8\""]),
        (get("basic").header("authorization", "Basic bm8gY29sb24="), vec!["Basic realm=\"api\", charset=\"UTF-8\""]),
        (get("digest"), vec!["digest realm=\"api\""]),
        // Credentials are checked before content, so that its errors are not disclosed.
        (
            http.post(format!("{}both", client.base_url())).header("x-key", "k").body("no number"),
            vec!["Basic realm=\"api\", charset=\"UTF-8\"", "ApiKey realm=\"api\""],
        ),
    ] {
        let response = request.send().await?;
        assert_eq!(response.status().as_u16(), Status::Unauthorized.code());
        let found: Vec<_> = response.headers().get_all("www-authenticate").iter().collect();
        assert_eq!(found, challenges);
    }
    assert!(received.try_recv().is_err(), "no handler has run");
    // A request that satisfies several alternatives is handled as the most specific one.
    for (request, credentials) in [
        (get("one-or-both").header("x-key", "k"), "k"),
        (get("one-or-both").bearer_auth("t"), "t"),
        (get("one-or-both").header("x-key", "k").bearer_auth("t"), "k t"),
    ] {
        assert_eq!(request.send().await?.status().as_u16(), 204);
        assert_eq!(received.recv()?, credentials);
    }
    // The names of schemes are case-insensitive.
    let response = get("token").header("authorization", "bEARER x").send().await?;
    assert_eq!(response.status().as_u16(), 204);
    assert_eq!(received.recv()?, "x");
    Ok(())
}

#[tokio::test]
async fn secrets_are_not_logged() -> Result<(), Box<dyn Error>> {
    let client = full(Client::builder().base_url("http://localhost")).build()?;
    let mut text = format!("{client:?} {:?}", Basic::new("me", "secret"));
    // Nothing listens on a port that was just released.
    let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let client = full(Client::builder().base_url(format!("http://{free}"))).build()?;
    let error = client.get_query().send().await.unwrap_err();
    assert!(error.is_connect());
    text += &format!("{error:?} {error}");
    let Err(error) = Client::new("http://me:hush@localhost") else { panic!("a password") };
    text += &format!("{error:?} {error}");
    let Err(error) = Client::new("me:hush@localhost") else { panic!("no URL") };
    text += &format!("{error:?} {error}");
    for secret in ["the header", "the+query", "the%20query", "the query", "the cookie", "the token", "hush", "nonce", "secret\""] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_username_with_a_colon_is_an_error() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().base_url("http://localhost").basic(Basic::new("a:b", "c")).build()?;
    let error = client.get_basic().send().await.unwrap_err();
    assert!(error.to_string().contains("cannot contain a colon"), "{error}");
    Ok(())
}
