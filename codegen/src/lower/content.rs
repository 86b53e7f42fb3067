//! The content of messages: media types, and how their values become bytes.

use indexmap::IndexMap;
use openapiv3::MediaType;

use super::{
    Context, NameScopes, form,
    media::essence,
    merged_schema::{Schema, SchemaShape},
    token::is_token,
    type_check::no_form,
    types::{Naming, Types},
};
use crate::{
    model::{BodyVariant, Codec, Content, Payload, Type, TypeKind},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Whose content it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageKind {
    Request,
    Response,
}

/// Lowers a `content`.
pub(super) fn lower(
    cx: &Context<'_>,
    of: MessageKind,
    content: &IndexMap<String, MediaType>,
    place: &Pointer,
    naming: &Naming,
    names: &mut NameScopes,
    types: &mut Types,
) -> Payload {
    if let Some(payload) = types.payloads.get(place) {
        return payload.clone();
    }
    let mut media: Vec<_> = content.keys().collect();
    media.sort();
    let mut contents = Vec::new();
    for text in &media {
        let naming = if media.len() > 1 {
            naming.with(&words(text))
        } else {
            naming.clone()
        };
        let Some(declared) = content.get(*text) else {
            continue;
        };
        let place = place.key(text);
        contents.extend(one(cx, of, text, declared, &place, &naming, names, types));
    }
    let payload = match <[Content; 1]>::try_from(contents) {
        Ok([content]) => Payload::One(content),
        Err(contents) if contents.is_empty() => Payload::Empty,
        Err(contents) => several(contents, naming, names),
    };
    types.payloads.insert(place.clone(), payload.clone());
    payload
}

fn several(contents: Vec<Content>, naming: &Naming, names: &mut NameScopes) -> Payload {
    let mut scope = Scope::default();
    let variants = contents.into_iter().map(|content| BodyVariant {
        name: scope
            .name(&[Ident::pascal(&words(&content.media))], &content.media)
            .0,
        content,
    });
    let variants = variants.collect();
    let (name, _) = names
        .root
        .name(&[naming.ident()], "content of several media types");
    Payload::Several { name, variants }
}

/// The words of a media type that tell it from others: `json`, `text csv`, `any`.
fn words(media: &str) -> String {
    match essence(media).as_str() {
        "*/*" => "any".to_owned(),
        essence => essence
            .strip_prefix("application/")
            .unwrap_or(essence)
            .to_owned(),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "what is lowered, and what all of lowering needs"
)]
fn one(
    cx: &Context<'_>,
    of: MessageKind,
    media: &str,
    node: &MediaType,
    place: &Pointer,
    naming: &Naming,
    names: &mut NameScopes,
    types: &mut Types,
) -> Option<Content> {
    let essence = essence(media);
    let sound = essence
        .split_once('/')
        .is_some_and(|(ty, subtype)| is_token(ty) && is_token(subtype));
    if !sound || media.contains(|c: char| c.is_control() || !c.is_ascii()) {
        cx.report(
            Diagnostic::error(
                Rule::WrongValue,
                Place::Key(place.clone()),
                format!("`{}` is no media type", media.escape_debug()),
            )
            .help("write one such as `application/json` (RFC 9110, section 8.3.1)"),
        );
        return None;
    }
    let schema = place.key("schema");
    let declared = Schema::at(cx, &schema);
    let mut codec = codec(&essence, of);
    if codec != Codec::Multipart && !node.encoding.is_empty() {
        encoding_unused(cx, place);
    }
    let mut ty = match (codec, &declared) {
        (Codec::Multipart, _) => form::lower(cx, node, place, naming, names, types),
        (Codec::Json | Codec::Form, Some(_)) => types.of(cx, names, &schema, naming),
        (Codec::Text, Some(_)) => text_type(types.of(cx, names, &schema, naming), types),
        (Codec::Text, None) => Type::String,
        (Codec::Bytes | Codec::Open, declared) => {
            // The bytes are passed on; the schema makes no type, but counts as read.
            if declared.as_ref().is_some_and(|schema| {
                !matches!(schema.shape(cx), SchemaShape::Any | SchemaShape::Text)
            }) {
                as_bytes(cx, media, place);
            }
            Type::Bytes
        }
        (Codec::Json | Codec::Form, None) => Type::Any,
    };
    if codec == Codec::Form {
        // A form is there, or it is not.
        while let Type::Nullable(inner) = ty {
            ty = *inner;
        }
        if !is_object(&ty, types) {
            as_text(cx, place);
            (codec, ty) = (Codec::Text, Type::String);
        } else if let Some(what) = no_form(&ty, types) {
            cx.unwritable(Place::Key(place.clone()), "this form", what);
        }
    }
    let is_whole = match codec {
        Codec::Json | Codec::Form | Codec::Multipart => true,
        Codec::Text => declared.is_some() && ty == types.of(cx, names, &schema, naming),
        Codec::Bytes | Codec::Open => false,
    };
    // Of any media type there may be JSON, which an object or a list in a schema can only mean.
    let may_be_json = codec == Codec::Open
        && declared.is_some_and(|schema| {
            matches!(schema.shape(cx), SchemaShape::Object | SchemaShape::Array)
        });
    let constraints = match of {
        MessageKind::Request if is_whole => types.constraints.of(cx, &schema, naming),
        MessageKind::Request if may_be_json => types.constraints.of_any(cx, &schema, naming),
        _ => None,
    };
    Some(Content {
        media: media.trim().to_owned(),
        codec,
        ty,
        constraints,
        origin: place.clone().into(),
    })
}

/// How values of a media type become bytes.
fn codec(essence: &str, of: MessageKind) -> Codec {
    match essence.split_once('/').unwrap_or((essence, "")) {
        ("multipart", "form-data") if of == MessageKind::Request => Codec::Multipart,
        // The boundary between the parts stands in the media type.
        (_, "*") | ("multipart", _) => Codec::Open,
        ("application", "x-www-form-urlencoded") => Codec::Form,
        (_, "json") => Codec::Json,
        (_, subtype) if subtype.ends_with("+json") => Codec::Json,
        ("text", _) => Codec::Text,
        _ => Codec::Bytes,
    }
}

fn encoding_unused(cx: &Context<'_>, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.key("encoding")),
            "`encoding` is not supported for this content",
        )
        .label("each value is written as its type is")
        .help("remove it, unless other tools need it"),
    );
}

/// The type of a text: what has one text for each value, else the text itself.
fn text_type(ty: Type, types: &Types) -> Type {
    let mut named = &ty;
    while let Type::Named(id) = named {
        match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(target)) => named = target,
            Some(TypeKind::TextEnum(_) | TypeKind::IntegerEnum(_) | TypeKind::MixedEnum(_)) => {
                return ty;
            }
            _ => return Type::String,
        }
    }
    let plain = matches!(
        named,
        Type::Boolean
            | Type::Integer32
            | Type::Integer64
            | Type::Number
            | Type::String
            | Type::StatusChoice
    );
    if plain { ty } else { Type::String }
}

fn is_object(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Map(_) => true,
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Struct { .. }) => true,
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => is_object(ty, types),
            _ => false,
        },
        _ => false,
    }
}

fn as_text(cx: &Context<'_>, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.clone()),
            "this form is passed on as a text",
        )
        .label("its schema names no fields")
        .help("give it a schema of `type: object` with the fields as its properties"),
    );
}

fn as_bytes(cx: &Context<'_>, media: &str, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.clone()),
            format!("content of `{media}` is passed on as bytes"),
        )
        .label("no type is made of its schema")
        .help("offer the same as `application/json` to get a type"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for (media, expected, name) in [
            ("application/json", Codec::Json, "Json"),
            ("application/json; charset=utf-8", Codec::Json, "Json"),
            ("application/problem+json", Codec::Json, "ProblemJson"),
            ("text/csv", Codec::Text, "TextCsv"),
            ("TEXT/plain", Codec::Text, "TextPlain"),
            (
                "application/x-www-form-urlencoded",
                Codec::Form,
                "XWwwFormUrlencoded",
            ),
            ("multipart/form-data", Codec::Multipart, "MultipartFormData"),
            ("multipart/mixed", Codec::Open, "MultipartMixed"),
            ("application/octet-stream", Codec::Bytes, "OctetStream"),
            ("image/*", Codec::Open, "Image"),
            ("*/*", Codec::Open, "Any"),
        ] {
            assert_eq!(
                codec(&essence(media), MessageKind::Request),
                expected,
                "{media}"
            );
            assert_eq!(Ident::pascal(&words(media)).as_str(), name);
        }
    }
}
