//! The values that the methods of an API return: responses, and errors that become responses.

use std::{error::Error, fmt};

use crate::{
    Response,
    runtime::message::{Rejection, built_in::BuiltInResponse},
};

/// The output of a method of an API for an operation with the responses `R`: a response, or a [`Result`] whose
/// error becomes a response.
///
/// Each method chooses its own output:
///
/// - `GetPetResponse`
/// - `Result<GetPetResponse, E>`, where `E` is any [`HandlerError`] for these responses
/// - `Result<GetPetResponse, InternalError>`, in which `?` converts every [`Error`]
#[diagnostic::on_unimplemented(
    message = "a method with the responses `{R}` cannot return `{Self}`",
    label = "neither `{R}` nor a `Result` with it",
    note = "return `{R}`, or a `Result` whose error implements `HandlerError<{R}>`"
)]
pub trait HandlerOutput<R: Response>: Send {
    #[doc(hidden)]
    fn into_result(self) -> Result<R, Rejection>;
}

impl<R: Response> HandlerOutput<R> for R {
    fn into_result(self) -> Result<R, Rejection> {
        Ok(self)
    }
}

impl<R: Response, E: HandlerError<R>> HandlerOutput<R> for Result<R, E> {
    fn into_result(self) -> Result<R, Rejection> {
        self.or_else(HandlerError::into_result)
    }
}

/// An error that a method may return instead of a response in `R`.
///
/// Implement it once for the error type of a service, for all operations that declare what it needs.
/// [`Declares`] creates a response that several operations have in common; using it for an
/// operation that does not declare the status is a compile error.
///
/// ```ignore
/// enum AppError {
///     NotFound,
///     Database(DatabaseError),
/// }
///
/// impl From<DatabaseError> for AppError {
///     fn from(error: DatabaseError) -> Self {
///         Self::Database(error)
///     }
/// }
///
/// impl<R: Declares<404>> HandlerError<R> for AppError {
///     fn into_response(self) -> Result<R, InternalError> {
///         match self {
///             Self::NotFound => Ok(Declares::<404>::respond_with(())),
///             Self::Database(error) => Err(error.into()),
///         }
///     }
/// }
/// ```
///
/// A response is such an error, too, so that a function can return `Result<Pet, GetPetResponse>` for `?`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be converted to a response in `{R}`",
    label = "not an error of this operation",
    note = "implement `HandlerError` for it, for all responses that declare what it needs",
    note = "or return `InternalError`, to which `?` converts every `std::error::Error`"
)]
pub trait HandlerError<R: Response>: Send + Sized {
    /// Converts the error to a response.
    ///
    /// # Errors
    /// If no response of the operation expresses it. The server then responds with its own 500.
    fn into_response(self) -> Result<R, InternalError>;

    #[doc(hidden)]
    fn into_result(self) -> Result<R, Rejection> {
        Ok(self.into_response()?)
    }
}

impl<R: Response> HandlerError<R> for R {
    fn into_response(self) -> Result<R, InternalError> {
        Ok(self)
    }
}

impl<R: Response> HandlerError<R> for InternalError {
    fn into_response(self) -> Result<R, InternalError> {
        Err(self)
    }
}

/// The methods of the mock return a rejection.
impl<R: Response> HandlerError<R> for Rejection {
    fn into_response(self) -> Result<R, InternalError> {
        Err(InternalError::new(self.detail()))
    }

    fn into_result(self) -> Result<R, Rejection> {
        Err(self)
    }
}

/// An operation that declares the status `CODE` with the value `T`, by its code, by a range such as `4XX`, or by
/// `default`; the implementing type is its responses.
///
/// `T` is the content of the response, `()` if it has none, or the struct of a response under
/// `components.responses` that has header fields. A response that requires header fields of its own has no such
/// value.
///
/// ```ignore
/// fn not_found<R: Declares<404, Problem>>() -> R {
///     Declares::<404, _>::respond_with(Problem::new("there is no such pet"))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the operation with the responses `{Self}` does not declare the status {CODE} with `{T}`",
    label = "{CODE} with `{T}` is not declared",
    note = "declare it in the document, or use another error type for this method"
)]
pub trait Declares<const CODE: u16, T = ()>: Response {
    /// Creates the response.
    #[must_use]
    fn respond_with(value: T) -> Self;
}

/// An error that no response of the document expresses.
///
/// The server responds with 500 and reveals nothing of it. [`Rejection::cause`] has it in
/// [`on_reject`](crate::server::RouterExt::on_reject), and with the feature `tracing` it is logged.
///
/// Every [`Error`] converts to it, so it does not implement that trait itself.
pub struct InternalError(Box<dyn Error + Send + Sync>);

impl InternalError {
    /// Creates it from an error, or from a text.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// Returns the cause.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for InternalError {
    fn from(cause: E) -> Self {
        Self::new(cause)
    }
}

impl fmt::Debug for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<InternalError> for Rejection {
    fn from(error: InternalError) -> Self {
        internal_error().with_cause(error.0)
    }
}

/// Creates the rejection of a request that the server failed to handle, without a cause.
pub(super) fn internal_error() -> Rejection {
    let detail = "the server failed to handle this request";
    Rejection::new(BuiltInResponse::INTERNAL_SERVER_ERROR, detail)
}

/// Implements [`Declares`] for the variants of a response enum: each with its status code, and with its value if
/// it has one.
macro_rules! impl_declares {
    ($name:ident { $($code:literal = $variant:ident $(($value:ty))?,)* }) => {
        $(crate::runtime::server::handler::impl_declares!(@$name $code $variant $($value)?);)*
    };
    (@$name:ident $code:literal $variant:ident) => {
        impl crate::runtime::server::handler::Declares<$code> for $name {
            fn respond_with((): ()) -> Self {
                Self::$variant
            }
        }
    };
    (@$name:ident $code:literal $variant:ident $value:ty) => {
        impl crate::runtime::server::handler::Declares<$code, $value> for $name {
            fn respond_with(value: $value) -> Self {
                Self::$variant(value)
            }
        }
    };
}

/// Implements [`Declares`] for a variant with several status codes: for each of them, with the value `$value`.
macro_rules! impl_declares_each {
    ($name:ident, $value:ty, $pattern:tt, $variant:ident($status:ident) $fields:tt, [$($code:literal),*]) => {
        $(crate::runtime::server::handler::impl_declares_each!(
            @$code $name, $value, $pattern, $variant($status) $fields
        );)*
    };
    (@$code:literal $name:ident, $value:ty, $pattern:tt, $variant:ident($status:ident) { $($fields:tt)* }) => {
        impl crate::runtime::server::handler::Declares<$code, $value> for $name {
            fn respond_with($pattern: $value) -> Self {
                Self::$variant { status: $status::from_const::<$code>(), $($fields)* }
            }
        }
    };
}

// Unused if there are no such variants.
#[allow(unused_imports)]
pub(crate) use {impl_declares, impl_declares_each};
