//! `status.rs`: the enum of status codes.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::shared::{ItemOrigin, docs, text};
use crate::{
    doc,
    model::{ContentRule, Model, Retry, Status},
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let statuses = &model.statuses;
    let variants = statuses.iter().map(variant);
    let names = statuses.iter().map(|status| &status.name);
    let by_text = |value: fn(&Status) -> &str| {
        let arms = statuses.iter().map(move |status| {
            let (name, value) = (&status.name, text(value(status)));
            quote!(Self::#name => #value)
        });
        quote!(match self { #(#arms,)* })
    };
    let name = by_text(|status| status.name.as_str());
    let reason = by_text(|status| &status.reason);
    let description = by_text(|status| &status.description);
    let origin = grouped(statuses, |status| {
        let origin = &status.origin;
        quote!(&[#(#origin),*])
    });
    let reference = grouped(statuses, |status| match &status.reference {
        Some(reference) => quote!(Some(#reference)),
        None => quote!(None),
    });
    let retry = grouped(statuses, |status| match status.retry {
        Retry::Never => quote!(Retry::Never),
        Retry::Backoff => quote!(Retry::Backoff),
        Retry::After => quote!(Retry::After),
    });
    let without: Vec<_> = statuses
        .iter()
        .filter(|status| status.content == ContentRule::Forbidden)
        .map(|status| &status.name)
        .collect();
    let content = if without.is_empty() {
        quote!(true)
    } else {
        quote!(!matches!(self, #(Self::#without)|*))
    };
    let requires = grouped(statuses, |status| {
        let names = &status.requires;
        quote!(&[#(#names),*])
    });
    quote! {
        #![doc = " The status codes and their descriptions."]

        use crate::Retry;

        /// A status code with a name: registered with IANA, used in the wild, or described by the document.
        ///
        /// Any code from 100 to 999 is a [`Code`](crate::Code).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Status {
            #(#variants,)*
        }

        impl Status {
            /// All statuses, in the order of their codes.
            pub const ALL: &'static [Self] = &[#(Self::#names,)*];

            /// Returns the name of the variant: `NotFound`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                #name
            }

            /// Returns the reason phrase: `Not Found`. Empty if no source states one.
            ///
            /// HTTP/2 and HTTP/3 do not send it, and clients ignore it (RFC 9110, section 15.1).
            #[must_use]
            pub const fn reason(self) -> &'static str {
                #reason
            }

            /// Returns what the status means, what a client should do, and what a server must send, as
            /// Markdown.
            #[must_use]
            pub const fn description(self) -> &'static str {
                #description
            }

            /// Returns `iana` for a registered code, otherwise who uses it; empty if no source states that.
            #[must_use]
            pub const fn origin(self) -> &'static [&'static str] {
                #origin
            }

            /// Returns the URL of the page that defines or describes the status.
            #[must_use]
            pub const fn reference(self) -> Option<&'static str> {
                #reference
            }

            /// Returns whether to repeat a request that got this status.
            #[must_use]
            pub const fn retry(self) -> Retry {
                #retry
            }

            /// Returns whether a response with this status may have content.
            #[must_use]
            pub const fn allows_content(self) -> bool {
                #content
            }

            /// Returns the header fields that a response with this status must have.
            #[must_use]
            pub const fn required_headers(self) -> &'static [&'static str] {
                #requires
            }
        }
    }
}

fn variant(status: &Status) -> TokenStream {
    let (name, code) = (&status.name, Literal::u16_unsuffixed(status.code));
    let title = match status.reason.as_str() {
        "" => format!("`{}`", status.code),
        // A phrase may contain Markdown.
        reason => doc::code(&format!("{} {reason}", status.code)),
    };
    let reference = status
        .reference
        .as_ref()
        .map(|reference| format!("Reference: <{reference}>"));
    let title = doc::visible(&title);
    let docs = docs(&[&title, &status.description, &reference.unwrap_or_default()]);
    let origin = ItemOrigin::new(&status.place);
    quote!(#docs #origin #name = #code)
}

/// Builds a `match` over the statuses in which those with equal values share an arm. The most common value is
/// the wildcard.
fn grouped(statuses: &[Status], value: impl Fn(&Status) -> TokenStream) -> TokenStream {
    let mut groups: BTreeMap<String, (TokenStream, Vec<&Ident>)> = BTreeMap::new();
    for status in statuses {
        let value = value(status);
        let group = groups
            .entry(value.to_string())
            .or_insert((value, Vec::new()));
        group.1.push(&status.name);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    // The sort is stable, so equally common values stay in their order.
    groups.sort_by_key(|(_, names)| names.len());
    let Some((common, _)) = groups.pop() else {
        return quote!(match self {});
    };
    if groups.is_empty() {
        return common;
    }
    let arms = groups
        .iter()
        .map(|(value, names)| quote!(#(Self::#names)|* => #value));
    quote!(match self { #(#arms,)* _ => #common, })
}
