//! The credentials of a client: fixed ones, and those that a function provides for each request.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::error::BoxError;
use crate::runtime::message::security::{ApiKey, Authorization, Basic, Bearer, Secret};

type ProviderFuture = Pin<Box<dyn Future<Output = Result<Secret, BoxError>> + Send>>;

/// A value that the methods of [`ClientBuilder`](super::builder::ClientBuilder) accept as a credential: a
/// credential of type `C`, what converts to it, or a [`credential_fn`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a credential of type `{C}`",
    note = "pass a `{C}`, what it is created from, or an asynchronous function through `credential_fn`"
)]
pub trait IntoCredential<C> {
    #[doc(hidden)]
    fn into_source(self) -> SecretSource;
}

/// An asynchronous function that provides a credential for each request.
#[derive(Clone, Debug)]
pub struct CredentialFn<F>(F);

/// Creates a credential from an asynchronous function, which is called for each request that needs it, including
/// further attempts: for tokens that expire. The function decides how long it reuses a token.
///
/// If the function returns an error, the request is not sent, and the error is the source of that of the call.
///
/// ```ignore
/// let client = Client::builder()
///     .token(credential_fn(move || {
///         let tokens = tokens.clone();
///         async move { tokens.fresh().await }
///     }))
///     .build()?;
/// ```
pub fn credential_fn<F, P, T, E>(provide: F) -> CredentialFn<F>
where
    F: Fn() -> P + Send + Sync + 'static,
    P: Future<Output = Result<T, E>> + Send + 'static,
{
    CredentialFn(provide)
}

macro_rules! into_credential {
    ($($credential:ident,)*) => {
        $(impl IntoCredential<$credential> for $credential {
            fn into_source(self) -> SecretSource {
                SecretSource::Fixed(self.into())
            }
        }

        impl<F, P, T, E> IntoCredential<$credential> for CredentialFn<F>
        where
            F: Fn() -> P + Send + Sync + 'static,
            P: Future<Output = Result<T, E>> + Send + 'static,
            T: Into<$credential>,
            E: Into<BoxError>,
        {
            fn into_source(self) -> SecretSource {
                SecretSource::Provided(Arc::new(move || {
                    let provided = (self.0)();
                    Box::pin(async move {
                        let credential: $credential = provided.await.map_err(Into::into)?.into();
                        Ok(credential.into())
                    })
                }))
            }
        })*
    };
}

into_credential! {
    ApiKey,
    Authorization,
    Basic,
    Bearer,
}

macro_rules! from_text {
    ($($credential:ident,)*) => {
        $(impl<T: Into<String>> IntoCredential<$credential> for T {
            fn into_source(self) -> SecretSource {
                $credential::new(self).into_source()
            }
        })*
    };
}

from_text! {
    ApiKey,
    Authorization,
    Bearer,
}

/// A username and a password.
impl<U: Into<String>, P: Into<String>> IntoCredential<Basic> for (U, P) {
    fn into_source(self) -> SecretSource {
        Basic::from(self).into_source()
    }
}

/// The source of a credential.
#[derive(Clone)]
pub enum SecretSource {
    #[doc(hidden)]
    Fixed(Secret),
    #[doc(hidden)]
    Provided(Arc<dyn Fn() -> ProviderFuture + Send + Sync>),
}

impl SecretSource {
    /// Returns the credential of a request.
    pub(crate) async fn secret(&self) -> Result<Secret, BoxError> {
        match self {
            Self::Fixed(secret) => Ok(secret.clone()),
            Self::Provided(provide) => provide().await,
        }
    }
}

/// Omits the credential, so that it is not logged.
impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSource(..)")
    }
}
