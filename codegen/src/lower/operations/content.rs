//! Lowers the content of messages: media types, and the codecs of their values.

use indexmap::IndexMap;
use openapiv3::MediaType;

use super::{form, media::essence, token::is_token};
use crate::{
    lower::{
        Context, Lowering,
        schemas::{
            Naming, Types,
            merged::{Schema, SchemaShape},
            scalars::find_unwritable_in_form,
        },
    },
    model::{BodyVariant, Codec, Content, Payload, Type, TypeKind},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The kind of message that has the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Request,
    Response,
}

/// Lowers a `content` object.
pub(crate) fn lower(
    lowering: &mut Lowering<'_>,
    message: MessageKind,
    content: &IndexMap<String, MediaType>,
    place: &Pointer,
    naming: &Naming,
) -> Payload {
    if let Some(payload) = lowering.payloads.get(place) {
        return payload.clone();
    }
    let mut media: Vec<_> = content.keys().collect();
    media.sort();
    let mut contents = Vec::new();
    for text in &media {
        let naming = if media.len() > 1 {
            naming.with(&media_words(text))
        } else {
            naming.clone()
        };
        let Some(declared) = content.get(*text) else {
            continue;
        };
        let place = place.key(text);
        contents.extend(media_type(
            lowering, message, text, declared, &place, &naming,
        ));
    }
    let payload = match <[Content; 1]>::try_from(contents) {
        Ok([content]) => Payload::One(content),
        Err(contents) if contents.is_empty() => Payload::Empty,
        Err(contents) => {
            let order = |media: &str| content.keys().position(|key| key.trim() == media);
            media_type_enum(lowering, contents, naming, order)
        }
    };
    lowering.payloads.insert(place.clone(), payload.clone());
    payload
}

fn media_type_enum(
    lowering: &mut Lowering<'_>,
    contents: Vec<Content>,
    naming: &Naming,
    order: impl Fn(&str) -> Option<usize>,
) -> Payload {
    let mut scope = Scope::default();
    let variants = contents.into_iter().map(|content| BodyVariant {
        name: scope
            .name(
                &[Ident::pascal(&media_words(&content.media))],
                &content.media,
            )
            .0,
        content,
    });
    // Names are assigned in an order that does not depend on the document's.
    let mut variants: Vec<_> = variants.collect();
    variants.sort_by_key(|variant| order(&variant.content.media));
    let (name, _) = lowering
        .names
        .root
        .name(&[naming.ident()], "content of several media types");
    Payload::Several { name, variants }
}

/// Returns the words that distinguish a media type in names: `json`, `text/csv`, `any`.
fn media_words(media: &str) -> String {
    match essence(media).as_str() {
        "*/*" => "any".to_owned(),
        essence => essence
            .strip_prefix("application/")
            .unwrap_or(essence)
            .to_owned(),
    }
}

fn media_type(
    lowering: &mut Lowering<'_>,
    message: MessageKind,
    media: &str,
    node: &MediaType,
    place: &Pointer,
    naming: &Naming,
) -> Option<Content> {
    let cx = lowering.cx;
    let essence = essence(media);
    let is_valid = essence
        .split_once('/')
        .is_some_and(|(ty, subtype)| is_token(ty) && is_token(subtype));
    if !is_valid || media.contains(|c: char| c.is_control() || !c.is_ascii()) {
        cx.account_for(place.clone());
        cx.report(
            Diagnostic::warning(
                Rule::WrongValue,
                Place::Key(place.clone()),
                format!("`{}` is not a media type", media.escape_debug()),
            )
            .label("this content is left out")
            .help("use a media type such as `application/json` (RFC 9110, section 8.3.1)"),
        );
        return None;
    }
    let schema = place.key("schema");
    let declared = Schema::at(cx, &schema);
    let mut codec = codec(&essence, message);
    if codec != Codec::Multipart && !node.encoding.is_empty() {
        report_unused_encoding(cx, place);
    }
    let mut ty = match (codec, &declared) {
        (Codec::Multipart, _) => form::lower(lowering, node, place, naming),
        (Codec::Json | Codec::Form, Some(_)) => lowering.schema_type(&schema, naming),
        (Codec::Text, Some(_)) => text_type(lowering.schema_type(&schema, naming), &lowering.types),
        (Codec::Text, None) => Type::String,
        (Codec::Bytes | Codec::Open, declared) => {
            // The bytes are passed through. The schema has no type, but counts as lowered.
            if declared.as_ref().is_some_and(|schema| {
                !matches!(schema.shape(cx), SchemaShape::Any | SchemaShape::Text)
            }) {
                report_bytes(cx, media, place);
            }
            Type::Bytes
        }
        (Codec::Json | Codec::Form, None) => Type::Any,
    };
    if codec == Codec::Form {
        // A form cannot be `null`.
        while let Type::Nullable(inner) = ty {
            ty = *inner;
        }
        if !is_object(&ty, &lowering.types) {
            report_form_as_text(cx, place);
            (codec, ty) = (Codec::Text, Type::String);
        } else if let Some(values) = find_unwritable_in_form(&ty, &lowering.types) {
            cx.report_unwritable(Place::Key(place.clone()), "this form", values);
        }
    }
    let is_typed = match codec {
        Codec::Json | Codec::Form | Codec::Multipart => true,
        Codec::Text => declared.is_some() && ty == lowering.schema_type(&schema, naming),
        Codec::Bytes | Codec::Open => false,
    };
    // Content of any media type may be JSON, which is the only kind that is an object or an array.
    let may_be_json = codec == Codec::Open
        && declared.is_some_and(|schema| {
            matches!(schema.shape(cx), SchemaShape::Object | SchemaShape::Array)
        });
    let constraints = match message {
        MessageKind::Request if is_typed => lowering.constraints.lower_typed(cx, &schema, naming),
        MessageKind::Request if may_be_json => {
            lowering.constraints.lower_untyped(cx, &schema, naming)
        }
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

/// Returns the codec of a media type.
fn codec(essence: &str, message: MessageKind) -> Codec {
    match essence.split_once('/').unwrap_or((essence, "")) {
        ("multipart", "form-data") if message == MessageKind::Request => Codec::Multipart,
        // The media type of a value has parameters that the document does not declare, such as `boundary`.
        (_, "*") | ("multipart", _) => Codec::Open,
        ("application", "x-www-form-urlencoded") => Codec::Form,
        (_, "json") => Codec::Json,
        (_, subtype) if subtype.ends_with("+json") => Codec::Json,
        // Reading it as text would wait for the end of all events; bytes can be streamed.
        ("text", "event-stream") => Codec::Bytes,
        ("text", _) => Codec::Text,
        _ => Codec::Bytes,
    }
}

fn report_unused_encoding(cx: &Context<'_>, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.key("encoding")),
            "`encoding` is not supported for this content",
        )
        .label("each value is encoded by its type")
        .help("remove it, unless other tools need it"),
    );
}

/// Returns the type of text content: the declared type if it has one text for each value, otherwise a string.
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
    let is_scalar = matches!(
        named,
        Type::Boolean
            | Type::Format(_)
            | Type::Integer(_)
            | Type::Number
            | Type::String
            | Type::StatusChoice
    );
    if is_scalar { ty } else { Type::String }
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

fn report_form_as_text(cx: &Context<'_>, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.clone()),
            "this form is passed through as text",
        )
        .label("its schema does not describe an object")
        .help("use a schema of `type: object` with the fields as `properties`"),
    );
}

fn report_bytes(cx: &Context<'_>, media: &str, place: &Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.clone()),
            format!("content of `{media}` is passed through as bytes"),
        )
        .label("no type is generated for its schema")
        .help("declare the content as `application/json` to get a type"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_have_codecs_and_names() {
        for (media, expected, name) in [
            ("application/json", Codec::Json, "Json"),
            ("application/json; charset=utf-8", Codec::Json, "Json"),
            ("application/problem+json", Codec::Json, "ProblemJson"),
            ("text/csv", Codec::Text, "TextCsv"),
            ("text/event-stream", Codec::Bytes, "TextEventStream"),
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
            assert_eq!(Ident::pascal(&media_words(media)).as_str(), name);
        }
    }
}
