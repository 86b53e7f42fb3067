use super::{Location, Origin};
use crate::name::Ident;

/// A security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The name in the document.
    pub id: String,
    /// The name of the method of the client builder that sets it, and of the field in a variant with several
    /// schemes.
    pub name: Ident,
    /// The name of the generated constant.
    pub constant: Ident,
    /// The representation in a request.
    pub kind: SchemeKind,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Its places in the document.
    pub origin: Origin,
}

/// The representation of a credential in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A secret in a parameter with this location and name.
    ApiKey(Location, String),
    /// A user name and a password (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750), also from OAuth 2.0 or OpenID Connect.
    Bearer,
    /// Another scheme of `Authorization`, by name.
    Other(String),
}

impl SchemeKind {
    /// The location, the name and the `Authorization` scheme (or an empty string) of a credential in a
    /// request.
    ///
    /// Two security schemes for which all three are equal are indistinguishable on the wire.
    #[must_use]
    pub fn in_request(&self) -> (Location, String, String) {
        let authorization = |scheme: &str| {
            (
                Location::Header,
                "authorization".to_owned(),
                scheme.to_ascii_lowercase(),
            )
        };
        match self {
            Self::ApiKey(Location::Header, name) => {
                (Location::Header, name.to_ascii_lowercase(), String::new())
            }
            Self::ApiKey(location, name) => (*location, name.clone(), String::new()),
            Self::Basic => authorization("basic"),
            Self::Bearer => authorization("bearer"),
            Self::Other(scheme) => authorization(scheme),
        }
    }
}

/// The credentials that one or more operations require: an enum of alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSet {
    /// The name of the enum.
    pub name: Ident,
    /// The operations that require it, as "`GET /pets/{id}`", in order.
    pub users: Vec<String>,
    /// The alternatives, in the order of the document, but the one without credentials last. Empty if every
    /// alternative includes a scheme that the document does not declare.
    pub alternatives: Vec<CredentialAlternative>,
}

impl CredentialSet {
    /// The alternatives in the order in which the server tries them: those with the most schemes first,
    /// because a request with two credentials also satisfies an alternative with only one of them.
    #[must_use]
    pub fn by_specificity(&self) -> Vec<&CredentialAlternative> {
        let mut by_specificity: Vec<_> = self.alternatives.iter().collect();
        by_specificity.sort_by_key(|alternative| std::cmp::Reverse(alternative.schemes.len()));
        by_specificity
    }

    /// Returns `true` if credentials are optional.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.alternatives
            .iter()
            .any(|alternative| alternative.schemes.is_empty())
    }
}

/// An alternative of a set of credentials, with all its schemes: a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialAlternative {
    /// The name of the variant.
    pub variant: Ident,
    /// The indices of the schemes in [`Model::schemes`](super::Model::schemes).
    pub schemes: Vec<usize>,
}
