use super::{Location, Origin};
use crate::name::Ident;

/// A way to say who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The name in the document.
    pub id: String,
    /// The method of the client that sets it, and the field where it is one of several.
    pub name: Ident,
    /// The constant that it is.
    pub constant: Ident,
    /// How it stands in a request.
    pub kind: SchemeKind,
    /// What it is, as Markdown.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// How a credential stands in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A secret in a parameter: where, and under which name.
    ApiKey(Location, String),
    /// A name and a password (RFC 7617).
    Basic,
    /// A token (RFC 6750), as OAuth 2.0 and OpenID Connect give out.
    Bearer,
    /// Another scheme of `Authorization`, by its name.
    Other(String),
}

impl SchemeKind {
    /// Where a credential stands in a request, under which name, and behind which word: two schemes for which
    /// that is the same no request tells apart.
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

/// The credentials that operations ask for: an enum of alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSet {
    /// The enum.
    pub name: Ident,
    /// The operations that ask for it, as "`GET /pets/{id}`", in order.
    pub users: Vec<String>,
    /// What satisfies it, in the order of the document; "nothing" comes last. Empty if all that the
    /// document asks for is something that it does not declare.
    pub alternatives: Vec<CredentialAlternative>,
}

impl CredentialSet {
    /// The alternatives in the order in which a server tries them: a request that has all of two schemes
    /// satisfies each alone too, and is taken for more than that.
    #[must_use]
    pub fn by_specificity(&self) -> Vec<&CredentialAlternative> {
        let mut by_specificity: Vec<_> = self.alternatives.iter().collect();
        by_specificity.sort_by_key(|alternative| std::cmp::Reverse(alternative.schemes.len()));
        by_specificity
    }

    /// Whether a request without credentials is fine too.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.alternatives
            .iter()
            .any(|alternative| alternative.schemes.is_empty())
    }
}

/// Credentials that go together: a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialAlternative {
    /// The variant.
    pub variant: Ident,
    /// The indices of the schemes in [`Model::schemes`](super::Model::schemes).
    pub schemes: Vec<usize>,
}
