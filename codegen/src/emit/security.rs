//! `security.rs`: the security schemes, and the credentials that operations require.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::shared::{ItemOrigin, docs, imports, listed};
use crate::{
    doc,
    model::{
        CredentialAlternative, CredentialSet, Location, Model, Operation, SchemeKind,
        SecurityScheme,
    },
};

/// Emits nothing if the document has no security schemes.
pub(super) fn emit(model: &Model) -> TokenStream {
    if !model.has_security() {
        return TokenStream::new();
    }
    let schemes = model.schemes.iter().map(scheme);
    let credentials = model.credentials.iter().map(|set| credentials(model, set));
    let items = quote!(#(#schemes)* #(#credentials)*);
    let with_credentials = [
        "runtime::message::request_decoder::RequestDecoder",
        "runtime::message::security::Credentials",
    ];
    let imports = imports(
        &items,
        if model.credentials.is_empty() {
            &[]
        } else {
            &with_credentials
        },
        &[
            "runtime::codec::param::Param",
            "runtime::message::security::Credential",
        ],
    );
    quote! {
        #![doc = " The security schemes, and the credentials that operations require."]

        pub use crate::runtime::message::security::{ApiKey, Authorization, Basic, Bearer, SecurityScheme};

        #imports

        #items
    }
}

/// Returns the type of a scheme's credential.
pub(super) fn credential(scheme: &SecurityScheme) -> proc_macro2::Ident {
    match scheme.kind {
        SchemeKind::ApiKey(..) => format_ident!("ApiKey"),
        SchemeKind::Basic => format_ident!("Basic"),
        SchemeKind::Bearer => format_ident!("Bearer"),
        SchemeKind::Other(_) => format_ident!("Authorization"),
    }
}

/// Emits the security alternatives of an operation, for the client; nothing if it requires no credentials.
pub(super) fn alternatives(model: &Model, operation: &Operation) -> TokenStream {
    let Some(set) = model.credentials(operation) else {
        return TokenStream::new();
    };
    let alternatives = set.alternatives.iter().map(|alternative| {
        let schemes = schemes_of(model, alternative).map(|scheme| &scheme.constant);
        quote!(&[#(security::#schemes),*])
    });
    quote!(const SECURITY: &'static [&'static [security::SecurityScheme]] = &[#(#alternatives),*];)
}

fn schemes_of<'a>(
    model: &'a Model,
    alternative: &'a CredentialAlternative,
) -> impl Iterator<Item = &'a SecurityScheme> {
    alternative
        .schemes
        .iter()
        .filter_map(|scheme| model.schemes.get(*scheme))
}

fn scheme(scheme: &SecurityScheme) -> TokenStream {
    let (name, id) = (&scheme.constant, &scheme.id);
    let own = format!("The security scheme {}.", doc::code(id));
    let docs = docs(&[&own, &scheme.doc]);
    let value = match &scheme.kind {
        SchemeKind::ApiKey(location, wire) => {
            let place = match location {
                Location::Header => quote!(header),
                Location::Cookie => quote!(cookie),
                Location::Path | Location::Query => quote!(query),
            };
            quote!(SecurityScheme::api_key(#id, Param::#place(#wire)))
        }
        SchemeKind::Basic => quote!(SecurityScheme::basic(#id)),
        SchemeKind::Bearer => quote!(SecurityScheme::bearer(#id)),
        SchemeKind::Other(name) => quote!(SecurityScheme::other(#id, #name)),
    };
    let origin = ItemOrigin::new(&scheme.origin);
    quote!(#docs #origin pub const #name: SecurityScheme = #value;)
}

fn credentials(model: &Model, set: &CredentialSet) -> TokenStream {
    let name = &set.name;
    let docs = docs(&[&format!("The credentials for {}.", listed(&set.users))]);
    let variants = set
        .alternatives
        .iter()
        .map(|alternative| variant(model, alternative));
    let reads: Vec<_> = set
        .by_specificity()
        .into_iter()
        .filter(|alternative| !alternative.schemes.is_empty())
        .map(|alternative| read(model, alternative))
        .collect();
    let request = if reads.is_empty() {
        quote!(_)
    } else {
        quote!(request)
    };
    // The empty alternative, if there is one, is the last.
    let none = set
        .alternatives
        .iter()
        .find(|alternative| alternative.schemes.is_empty());
    let end = match none {
        Some(CredentialAlternative { variant, .. }) => quote!(Some(Self::#variant)),
        None => quote!(None),
    };
    let mut schemes: Vec<_> = set
        .alternatives
        .iter()
        .flat_map(|alternative| schemes_of(model, alternative))
        .collect();
    schemes.sort_by(|a, b| a.id.cmp(&b.id));
    schemes.dedup();
    let schemes = schemes.into_iter().map(|scheme| &scheme.constant);
    let origin = ItemOrigin::of_credentials(model, set);
    quote! {
        #docs
        #origin
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum #name {
            #(#variants,)*
        }

        impl Credentials for #name {
            const SCHEMES: &'static [SecurityScheme] = &[#(#schemes),*];

            fn read(#request: &RequestDecoder) -> Option<Self> {
                #(#reads)*
                #end
            }
        }
    }
}

fn variant(model: &Model, alternative: &CredentialAlternative) -> TokenStream {
    let name = &alternative.variant;
    let schemes: Vec<_> = schemes_of(model, alternative).collect();
    let ids: Vec<_> = schemes.iter().map(|scheme| doc::code(&scheme.id)).collect();
    match schemes.as_slice() {
        [] => {
            let docs = docs(&["No credentials."]);
            quote!(#docs #name)
        }
        [scheme] => {
            let docs = docs(&[&format!("The credential of {}.", ids.join(""))]);
            let ty = credential(scheme);
            quote!(#docs #name(#ty))
        }
        schemes => {
            let docs = docs(&[&format!("The credentials of {}.", ids.join(" and "))]);
            let fields = schemes.iter().zip(&ids).map(|(scheme, id)| {
                let (name, ty) = (&scheme.name, credential(scheme));
                let docs = super::shared::docs(&[&format!("The credential of {id}.")]);
                quote!(#docs #name: #ty)
            });
            quote!(#docs #name { #(#fields,)* })
        }
    }
}

/// Returns the variant if the request has its credentials.
fn read(model: &Model, alternative: &CredentialAlternative) -> TokenStream {
    let variant = &alternative.variant;
    let schemes: Vec<_> = schemes_of(model, alternative).collect();
    let constants: Vec<_> = schemes.iter().map(|scheme| &scheme.constant).collect();
    match schemes.as_slice() {
        [] => TokenStream::new(),
        [_] => quote! {
            #(if let Some(credential) = Credential::read(&#constants, request) {
                return Some(Self::#variant(credential));
            })*
        },
        schemes => {
            let names: Vec<_> = schemes.iter().map(|scheme| &scheme.name).collect();
            quote! {
                if let (#(Some(#names)),*) = (#(Credential::read(&#constants, request)),*) {
                    return Some(Self::#variant { #(#names),* });
                }
            }
        }
    }
}
