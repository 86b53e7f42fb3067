//! `requests.rs`: a struct for each operation's request.

use proc_macro2::TokenStream;
use quote::quote;

use super::shared::{
    DEPRECATED, ItemOrigin, argument, body_enum, content_ty, default_method, deprecated, docs,
    fixed_value, ident, impl_default, imports, initial, param, read_body, takes_into, ty,
    with_constraints, write_body,
};
use crate::{
    model::{Codec, Model, Operation, Parameter, Payload, RequestBody, Server},
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let requests = model
        .operations
        .iter()
        .map(|operation| request(model, operation));
    let bodies = model
        .operations
        .iter()
        .filter_map(|operation| operation.body.as_ref())
        .filter_map(|body| match &body.payload {
            Payload::Several { name, .. } => Some((name, &body.payload)),
            _ => None,
        })
        // Operations may share the enum of their content.
        .collect::<std::collections::BTreeMap<_, _>>();
    let bodies = bodies
        .into_values()
        .map(|payload| body_enum(model, payload));
    let items = quote!(#(#requests)* #(#bodies)*);
    if items.is_empty() {
        return quote!(#![doc = " The requests; the document has no operations."]);
    }
    let imports = imports(
        &items,
        &[
            "responses::*",
            "runtime::codec::EncodeError",
            "runtime::message::Operation",
            "runtime::message::Rejection",
            "runtime::message::request_decoder::RequestDecoder",
            "runtime::message::request_encoder::RequestEncoder",
        ],
        &[
            "constraints",
            "runtime::codec::content::EncodedContent",
            "runtime::codec::param::Param",
            "runtime::codec::param::Style",
            "security",
            "types",
        ],
    );
    quote! {
        #![doc = " The requests: a struct for each operation."]

        #imports

        #items
    }
}

/// A field of a request: a parameter or the content.
pub(super) struct Member<'a> {
    pub(super) name: &'a Ident,
    /// The origin of the field and of what sets it.
    pub(super) origin: ItemOrigin,
    pub(super) doc: String,
    pub(super) deprecated: bool,
    pub(super) required: bool,
    /// The expression of the only value, if the member is not an argument.
    pub(super) fixed: Option<TokenStream>,
    /// The type, without the `Option` of an optional member.
    pub(super) ty: TokenStream,
    /// The function parameter for it.
    pub(super) argument: TokenStream,
    /// The expression that converts the function parameter.
    pub(super) value: TokenStream,
    /// Whether the type is the enum of the content's media types.
    pub(super) is_body_enum: bool,
}

impl Member<'_> {
    /// Returns whether a function that takes all required members has a parameter for it.
    pub(super) fn is_argument(&self) -> bool {
        self.required && self.fixed.is_none()
    }

    /// The parameter of a function that takes all required members.
    pub(super) fn required_argument(&self) -> TokenStream {
        let Self {
            origin, argument, ..
        } = self;
        quote!(#origin #argument)
    }
}

/// Returns the fields of a request: the parameters in the order of the model, then the content.
pub(super) fn members<'a>(model: &Model, operation: &'a Operation) -> Vec<Member<'a>> {
    let types = quote!(types::);
    let parameters = operation.parameters.iter().map(|parameter| {
        let (argument, value) = argument(model, &parameter.name, &parameter.ty, &types);
        Member {
            name: &parameter.name,
            origin: ItemOrigin::new(&parameter.origin),
            doc: parameter.doc.clone(),
            deprecated: parameter.deprecated,
            required: parameter.required,
            fixed: parameter
                .fixed
                .as_ref()
                .filter(|_| parameter.required)
                .and_then(|value| fixed_value(model, &parameter.ty, value, &types)),
            ty: ty(model, &parameter.ty),
            argument,
            value,
            is_body_enum: false,
        }
    });
    let body = operation.body.iter().map(|body| {
        let name = &body.name;
        let (ty, into) = match &body.payload {
            Payload::One(content) => {
                let into = content.codec != Codec::Open && takes_into(model, &content.ty);
                (content_ty(model, content), into)
            }
            Payload::Several { name, .. } => (quote!(#name), false),
            Payload::Empty => (quote!(()), false),
        };
        Member {
            name,
            origin: ItemOrigin::new(&body.origin),
            doc: body.doc.clone(),
            deprecated: false,
            required: body.required,
            fixed: None,
            argument: if into {
                quote!(#name: impl Into<#ty>)
            } else {
                quote!(#name: #ty)
            },
            value: if into {
                quote!(#name.into())
            } else {
                quote!(#name)
            },
            ty,
            is_body_enum: matches!(body.payload, Payload::Several { .. }),
        }
    });
    parameters.chain(body).collect()
}

fn request(model: &Model, operation: &Operation) -> TokenStream {
    let name = &operation.request;
    let title = format!("The request of `{}`.", operation.title());
    let deprecated = if operation.deprecated { DEPRECATED } else { "" };
    let origin = ItemOrigin::of_request(operation);
    let docs = docs(&[
        &title,
        &operation.summary,
        &operation.description,
        deprecated,
    ]);
    let members = members(model, operation);
    let fields = members.iter().map(field);
    let arguments = members.iter().filter(|member| member.is_argument());
    let arguments: Vec<_> = arguments.map(Member::required_argument).collect();
    let new = new(&members, &arguments);
    let setters = members.iter().filter(|member| !member.required).map(setter);
    let defaults = operation.parameters.iter();
    // A setter has the name of its parameter.
    let is_free = |name: Ident| members.iter().all(|member| *member.name != name);
    let defaults = defaults.filter(|parameter| {
        !parameter.required && is_free(parameter.name.with_suffix("_or_default"))
    });
    let defaults = defaults.filter_map(|parameter| {
        let origin = ItemOrigin::new(&parameter.origin);
        let default = parameter.default.as_ref()?;
        default_method(
            model,
            &parameter.name,
            &parameter.ty,
            default,
            &origin,
            &quote!(types::),
        )
    });
    let implementation = implementation(model, operation);
    let is_empty = members.iter().all(|member| !member.required);
    let default = is_empty.then(|| quote!(Default,));
    let default_impl = (!is_empty).then(|| impl_default(name, &arguments));
    quote! {
        #docs
        #origin
        #[derive(Clone, Debug, #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
        }

        impl #name {
            #new
            #(#setters)*
            #(#defaults)*
        }

        #default_impl

        #implementation
    }
}

fn field(member: &Member<'_>) -> TokenStream {
    let Member {
        name, origin, ty, ..
    } = member;
    let deprecated = if member.deprecated { DEPRECATED } else { "" };
    let docs = docs(&[&member.doc, deprecated]);
    let ty = if member.required {
        quote!(#ty)
    } else {
        quote!(Option<#ty>)
    };
    quote!(#docs #origin pub #name: #ty)
}

fn new(members: &[Member<'_>], arguments: &[TokenStream]) -> TokenStream {
    let values = members.iter().map(|member| {
        let Member { name, value, .. } = member;
        match &member.fixed {
            Some(value) => quote!(#name: #value),
            None if member.required => initial(name, value),
            None => quote!(#name: None),
        }
    });
    quote! {
        /// Creates a request from its required parameters.
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values),* }
        }
    }
}

fn setter(member: &Member<'_>) -> TokenStream {
    let Member {
        name,
        origin,
        argument,
        value,
        ..
    } = member;
    let docs = docs(&[&member.doc]);
    let deprecated = deprecated(member.deprecated);
    quote! {
        #docs
        #origin
        #deprecated
        #[must_use]
        pub fn #name(mut self, #argument) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

fn implementation(model: &Model, operation: &Operation) -> TokenStream {
    let Operation {
        request,
        response,
        id,
        path,
        ..
    } = operation;
    let method = ident(operation.method.as_str());
    let has_body = operation.body.is_some();
    let security = super::security::alternatives(model, operation);
    let credentials = match model.credentials(operation) {
        Some(set) => {
            let name = &set.name;
            quote!(security::#name)
        }
        None => quote!(()),
    };
    let parameters: Vec<_> = operation.parameters.iter().collect();
    let params: Vec<_> = parameters
        .iter()
        .map(|parameter| param(model, parameter, &operation.parameters))
        .collect();
    let names: Vec<_> = parameters.iter().map(|parameter| &parameter.name).collect();
    let encodes =
        parameters
            .iter()
            .zip(&params)
            .map(|(Parameter { name, required, .. }, param)| {
                if *required {
                    quote!(request.required(#param, &self.#name)?;)
                } else {
                    quote!(request.optional(#param, self.#name.as_ref())?;)
                }
            });
    let decodes = parameters.iter().zip(&params).map(|(parameter, param)| {
        let constraints = with_constraints(model, parameter.constraints);
        let param = quote!(#param #constraints);
        if parameter.required {
            quote!(request.required(#param)?)
        } else {
            quote!(request.optional(#param)?)
        }
    });
    let encode_body = operation.body.as_ref().map(encode_body);
    let decode_body = operation.body.as_ref().map(|body| {
        let name = &body.name;
        let decode = decode_body(model, body);
        quote!(#name: #decode,)
    });
    let server = operation.servers.first().and_then(Server::default_url);
    let base_url = server.map(|url| quote!(const BASE_URL: Option<&'static str> = Some(#url);));
    let is_streamed = operation
        .body
        .as_ref()
        .is_some_and(RequestBody::is_streamed);
    let is_streamed = is_streamed.then(|| {
        quote!(
            const IS_STREAMED: bool = true;
        )
    });
    let unused = parameters.is_empty() && !has_body;
    let unused_request = if unused { quote!(_) } else { quote!(request) };
    quote! {
        impl Operation for #request {
            type Response = #response;
            type Credentials = #credentials;

            const ID: &'static str = #id;
            const METHOD: http::Method = http::Method::#method;
            const PATH: &'static str = #path;
            #base_url
            #security
            const HAS_BODY: bool = #has_body;
            #is_streamed

            fn encode(&self, #unused_request: &mut RequestEncoder) -> Result<(), EncodeError> {
                #(#encodes)*
                #encode_body
                Ok(())
            }

            fn decode(#unused_request: &mut RequestDecoder) -> Result<Self, Rejection> {
                Ok(Self {
                    #(#names: #decodes,)*
                    #decode_body
                })
            }
        }
    }
}

fn encode_body(body: &RequestBody) -> TokenStream {
    let name = &body.name;
    let encode = |value: &TokenStream| {
        let content = write_body(&body.payload, value);
        match &body.payload {
            Payload::Several { .. } => quote! {
                let content = #content;
                request.content(content);
            },
            _ => quote!(request.content(#content);),
        }
    };
    if body.required {
        encode(&quote!(&self.#name))
    } else {
        let encode = encode(&quote!(body));
        quote! {
            if let Some(body) = &self.#name {
                #encode
            }
        }
    }
}

fn decode_body(model: &Model, body: &RequestBody) -> TokenStream {
    let decode = read_body(model, &body.payload, &quote!(request));
    if body.required {
        decode
    } else {
        quote! {
            if request.has_body() {
                Some(#decode)
            } else {
                None
            }
        }
    }
}
