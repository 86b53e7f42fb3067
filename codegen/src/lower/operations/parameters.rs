//! Lowers the parameters of operations.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use openapiv3::{
    CookieStyle, HeaderStyle, Parameter as Declared, ParameterData, ParameterSchemaOrContent,
    PathStyle, QueryStyle, ReferenceOr,
};
use serde_json::Value;

use super::{media::essence, routes::Route, token};
use crate::{
    load::Located,
    lower::{
        Context, Lowering,
        schemas::{
            Naming,
            defaults::default,
            docs::parameter_docs,
            fixed::only_value,
            merged::Schema,
            scalars::{find_unwritable, is_list, is_scalar},
        },
    },
    model::{ConstraintsId, Location, Origin, Parameter, Piece, Style, Type, segments},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Lowers the parameters of an operation: its own, and those of its path that it does not override.
pub(crate) fn lower(
    lowering: &mut Lowering<'_>,
    route: &Route<'_>,
    fields: &mut Scope,
) -> Vec<Parameter> {
    let cx = lowering.cx;
    let mut declared = declared_parameters(cx, &route.item.node.parameters, &route.item.place);
    let own = declared_parameters(cx, &route.declared.node.parameters, &route.declared.place);
    for (key, parameter) in own {
        if let Some(overridden) = declared.insert(key, parameter) {
            cx.account_for(overridden.resolved.place);
        }
    }
    let segments = segments(route.path);
    let template: Vec<&str> = segments
        .iter()
        .flatten()
        .filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
        .collect();
    check_duplicates(cx, route, &template);

    // Names are assigned in an order that does not depend on the document's.
    let order = |(location, name): &(Location, String)| {
        let position = template.iter().position(|parameter| parameter == name);
        (*location, position, name.clone())
    };
    let mut keys: Vec<_> = declared.keys().cloned().collect();
    keys.extend(
        template
            .iter()
            .map(|name| (Location::Path, (*name).to_owned())),
    );
    keys.sort_by_key(order);
    keys.dedup();

    let mut parameters = Vec::new();
    for key in keys {
        let (location, wire) = &key;
        let in_template = *location != Location::Path || template.contains(&wire.as_str());
        let position = declared.get_index_of(&key);
        let declared = declared.get(&key);
        if let Some(declared) = declared.filter(|_| !in_template) {
            report_not_in_template(cx, route, &declared.resolved.place, wire);
            continue;
        }
        let format = match declared.map(|declared| format(cx, declared)) {
            Some(None) => continue,
            format => format.flatten(),
        };
        let candidates = [
            Ident::snake(wire),
            Ident::snake(&format!("{wire} in {}", location.as_str())),
        ];
        let (name, adjusted) = fields.name(&candidates, wire);
        let place = declared.map_or(&route.declared.place, |declared| &declared.resolved.place);
        let subject = format!("the parameter `{wire}`");
        cx.report_adjusted_name(Place::Key(place.clone()), &subject, &name, adjusted);
        parameters.push((
            position,
            match declared.zip(format) {
                Some((declared, format)) => parameter(lowering, route, name, declared, &format),
                None => undeclared_parameter(cx, route, name, wire),
            },
        ));
    }
    // Parameters that only the path mentions come first.
    parameters.sort_by_key(|(position, _)| *position);
    parameters
        .into_iter()
        .map(|(_, parameter)| parameter)
        .collect()
}

/// A parameter in the list of an operation or a path.
struct DeclaredParameter<'a> {
    /// The place in the list.
    place: Pointer,
    /// The parameter, after following a `$ref`.
    resolved: Located<'a, Declared>,
}

/// Returns the parameters in a list, by location and name, with header names in lowercase because they are
/// case-insensitive.
fn declared_parameters<'a>(
    cx: &Context<'a>,
    parameters: &'a [ReferenceOr<Declared>],
    owner: &Pointer,
) -> IndexMap<(Location, String), DeclaredParameter<'a>> {
    let mut by_name: IndexMap<_, DeclaredParameter<'a>> = IndexMap::new();
    let mut places: BTreeMap<_, Pointer> = BTreeMap::new();
    let owner = owner.key("parameters");
    for (index, parameter) in parameters.iter().enumerate() {
        let place = owner.index(index);
        let Some(resolved) = cx.document.resolve(&Located::new(parameter, place.clone())) else {
            continue;
        };
        let (location, data) = location_and_data(resolved.node);
        let name = match location {
            Location::Header => data.name.to_ascii_lowercase(),
            _ => data.name.clone(),
        };
        if let Some(first) = places.insert((location, name.clone()), place.clone()) {
            cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    Place::Key(place.clone()),
                    format!(
                        "the {} parameter `{}` is declared twice",
                        location.as_str(),
                        data.name
                    ),
                )
                .label("declared again here")
                .related(Place::Key(first), "first declared here")
                .help("remove one of the two, or rename it"),
            );
        }
        by_name.insert((location, name), DeclaredParameter { place, resolved });
    }
    by_name
}

fn location_and_data(parameter: &Declared) -> (Location, &ParameterData) {
    match parameter {
        Declared::Path { parameter_data, .. } => (Location::Path, parameter_data),
        Declared::Query { parameter_data, .. } => (Location::Query, parameter_data),
        Declared::Header { parameter_data, .. } => (Location::Header, parameter_data),
        Declared::Cookie { parameter_data, .. } => (Location::Cookie, parameter_data),
    }
}

fn style(parameter: &Declared) -> Style {
    match parameter {
        Declared::Path {
            style: PathStyle::Matrix,
            ..
        } => Style::Matrix,
        Declared::Path {
            style: PathStyle::Label,
            ..
        } => Style::Label,
        Declared::Path {
            style: PathStyle::Simple,
            ..
        }
        | Declared::Header {
            style: HeaderStyle::Simple,
            ..
        } => Style::Simple,
        Declared::Query {
            style: QueryStyle::Form,
            ..
        }
        | Declared::Cookie {
            style: CookieStyle::Form,
            ..
        } => Style::Form,
        Declared::Query {
            style: QueryStyle::SpaceDelimited,
            ..
        } => Style::SpaceDelimited,
        Declared::Query {
            style: QueryStyle::PipeDelimited,
            ..
        } => Style::PipeDelimited,
        Declared::Query {
            style: QueryStyle::DeepObject,
            ..
        } => Style::DeepObject,
    }
}

/// Returns the format of a parameter; `None` if the parameter is invalid or ignored.
fn format(cx: &Context<'_>, declared: &DeclaredParameter<'_>) -> Option<ParameterFormat> {
    let Located { node, place } = &declared.resolved;
    let (location, data) = location_and_data(node);
    let is_valid = check_name(cx, location, &data.name, place);
    is_valid
        .then(|| ParameterFormat::new(cx, place, &data.format))
        .flatten()
}

fn parameter(
    lowering: &mut Lowering<'_>,
    route: &Route<'_>,
    name: Ident,
    declared: &DeclaredParameter<'_>,
    format: &ParameterFormat,
) -> Parameter {
    let cx = lowering.cx;
    let Located { node, place } = &declared.resolved;
    let (location, data) = location_and_data(node);
    let style = if format.is_json() {
        Style::Json
    } else {
        style(node)
    };
    let fallback = Ident::pascal(&route.words(cx));
    let naming = Naming::at(
        place,
        &fallback.with_suffix(Ident::pascal(&data.name).as_str()),
    );
    let ty = format.ty(lowering, &naming);
    if style != Style::Json
        && let Some(values) = find_unwritable(&ty, &lowering.types)
    {
        let subject = format!("the parameter `{}`", data.name);
        cx.report_unwritable(Place::Key(place.clone()), &subject, values);
    }
    let explode = data.explode.unwrap_or(style == Style::Form);
    let required = data.required || location == Location::Path;
    if style == Style::DeepObject && is_scalar(&ty, &lowering.types) {
        let message = format!("the parameter `{}` is not an object", data.name);
        cx.report(
            Diagnostic::warning(
                Rule::UnsupportedPart,
                Place::Value(place.key("style")),
                message,
            )
            .label(format!("it is sent as `{}=...`", data.name))
            .help("remove `style`"),
        );
    }
    let has_separate_items = match style {
        Style::DeepObject => true,
        Style::Form | Style::SpaceDelimited | Style::PipeDelimited => explode,
        _ => false,
    };
    let is_exploded_list = has_separate_items && is_list(&ty, &lowering.types);
    let mut doc = parameter_docs(cx, data.description.as_deref(), &format.schema());
    if is_exploded_list && !required {
        let separator = if doc.is_empty() { "" } else { "\n\n" };
        doc.push_str(separator);
        doc.push_str("An empty list is not sent, like `None`.");
    }
    let schema = Schema::at(cx, &format.schema());
    Parameter {
        name,
        wire: data.name.clone(),
        location,
        style,
        explode,
        is_exploded_list,
        constraints: format.constraints(lowering, &naming),
        ty,
        required,
        fixed: schema.as_ref().and_then(|schema| only_value(cx, schema)),
        default: schema.and_then(|schema| default(cx, &schema)),
        doc,
        deprecated: data.deprecated.unwrap_or(false) || format.is_deprecated(cx),
        origin: Origin::from(declared.place.clone()).and(place),
    }
}

fn is_json(media: &str) -> bool {
    essence(media).ends_with("json")
}

/// Returns the media type of a parameter or header field that is used if several are declared: JSON if there
/// is one, otherwise the first by name.
pub(crate) fn used_media<'a>(media: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    media.min_by_key(|media| (!is_json(media), *media))
}

/// The format of the value of a parameter or header field.
pub(crate) enum ParameterFormat {
    /// A style, with the place of the schema.
    Schema(Pointer),
    /// JSON, with the place of the media type.
    Json(Pointer),
    /// Text of another media type, with the place of the media type.
    Text(Pointer),
}

impl ParameterFormat {
    /// Returns the format of the parameter or header field at a place.
    pub(crate) fn new(
        cx: &Context<'_>,
        place: &Pointer,
        format: &ParameterSchemaOrContent,
    ) -> Option<Self> {
        let content = match format {
            ParameterSchemaOrContent::Schema(_) => return Some(Self::Schema(place.key("schema"))),
            ParameterSchemaOrContent::Content(content) => content,
        };
        let place = place.key("content");
        let Some(first) = used_media(content.keys()) else {
            cx.report(
                Diagnostic::error(
                    Rule::WrongValue,
                    Place::Key(place),
                    "this `content` has no media type",
                )
                .help("add a media type, or describe the value with `schema`"),
            );
            return None;
        };
        for other in content.keys().filter(|media| *media != first) {
            cx.report(
                Diagnostic::warning(
                    Rule::UnsupportedPart,
                    Place::Key(place.key(other)),
                    "a parameter or header can only have one media type",
                )
                .label(format!("only `{}` is used", first.escape_debug()))
                .help("remove the other media types (OpenAPI 3.0.3, section 4.7.12.2)"),
            );
        }
        let place = place.key(first);
        Some(if is_json(first) {
            Self::Json(place)
        } else {
            Self::Text(place)
        })
    }

    /// Returns whether the value is JSON.
    pub(crate) const fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }

    /// Returns the place of the schema.
    pub(crate) fn schema(&self) -> Pointer {
        match self {
            Self::Schema(place) => place.clone(),
            Self::Json(media) | Self::Text(media) => media.key("schema"),
        }
    }

    /// Returns whether the schema itself, not a schema that it refers to, is deprecated.
    pub(crate) fn is_deprecated(&self, cx: &Context<'_>) -> bool {
        cx.document.member(&self.schema(), "deprecated") == Some(&Value::Bool(true))
    }

    /// Lowers the constraints on the values, unless they are text that is passed through.
    fn constraints(&self, lowering: &mut Lowering<'_>, naming: &Naming) -> Option<ConstraintsId> {
        let schema = self.schema();
        if matches!(self, Self::Text(_)) {
            let ty = lowering.schema_type(&schema, naming);
            if !is_scalar(&ty, &lowering.types) {
                return None;
            }
        }
        lowering
            .constraints
            .lower_typed(lowering.cx, &schema, naming)
    }

    /// Returns the type of the values.
    pub(crate) fn ty(&self, lowering: &mut Lowering<'_>, naming: &Naming) -> Type {
        match lowering.schema_type(&self.schema(), naming) {
            // Only JSON distinguishes `null` from an absent value.
            Type::Nullable(inner) if !self.is_json() => *inner,
            // The structure within the text depends on the media type, so the text is passed through.
            ty if matches!(self, Self::Text(_)) && !is_scalar(&ty, &lowering.types) => Type::String,
            Type::Any if matches!(self, Self::Text(_)) => Type::String,
            ty => ty,
        }
    }
}

/// Checks that a parameter can be sent with its name, and that OpenAPI does not ignore it.
fn check_name(cx: &Context<'_>, location: Location, name: &str, place: &Pointer) -> bool {
    if matches!(location, Location::Header | Location::Cookie) {
        let owner = format!("a {}", location.as_str());
        let value = Place::Value(place.key("name"));
        if !token::check_part(cx, Rule::IgnoredParameter, place, value, name, &owner) {
            return false;
        }
    }
    let ignored = ["accept", "authorization", "content-type"];
    if location == Location::Header && ignored.contains(&name.to_ascii_lowercase().as_str()) {
        cx.account_for(place.clone());
        cx.report(
            Diagnostic::warning(
                Rule::IgnoredParameter,
                Place::Value(place.key("name")),
                format!("OpenAPI ignores the header parameter `{name}`"),
            )
            .label("no parameter is generated")
            .help("remove it: `content` and `security` describe its value"),
        );
        return false;
    }
    true
}

/// Returns the parameter for an undeclared parameter in a path template: a string.
fn undeclared_parameter(cx: &Context<'_>, route: &Route<'_>, name: Ident, wire: &str) -> Parameter {
    cx.report(
        Diagnostic::warning(
            Rule::PathParameter,
            Place::Key(route.declared.place.clone()),
            format!(
                "`{}` does not declare its path parameter `{wire}`",
                route.title()
            ),
        )
        .label("assumed to be a string")
        .help(format!(
            "declare it: `parameters: [{{name: {wire}, in: path, required: true, ...}}]`"
        )),
    );
    Parameter {
        is_exploded_list: false,
        name,
        wire: wire.to_owned(),
        location: Location::Path,
        style: Style::Simple,
        explode: false,
        ty: Type::String,
        constraints: None,
        required: true,
        fixed: None,
        default: None,
        doc: String::new(),
        deprecated: false,
        origin: route.declared.place.clone().into(),
    }
}

fn report_not_in_template(cx: &Context<'_>, route: &Route<'_>, place: &Pointer, wire: &str) {
    cx.account_for(place.clone());
    cx.report(
        Diagnostic::warning(
            Rule::PathParameter,
            Place::Value(place.key("name")),
            format!("the path `{}` does not contain `{{{wire}}}`", route.path),
        )
        .label("this parameter is ignored")
        .help("add it to the path, or correct its `in`"),
    );
}

/// Reports parameters that occur more than once in a path template.
fn check_duplicates(cx: &Context<'_>, route: &Route<'_>, template: &[&str]) {
    for (index, name) in template.iter().enumerate() {
        if template
            .get(..index)
            .is_some_and(|before| before.contains(name))
        {
            let place = route.item.place.clone();
            let message = format!("the path `{}` contains `{{{name}}}` twice", route.path);
            cx.report(
                Diagnostic::error(Rule::PathParameter, Place::Key(place), message)
                    .help("give the two parameters different names"),
            );
        }
    }
}
