//! Parameters of operations.

use std::collections::BTreeMap;

use openapiv3::{
    CookieStyle, HeaderStyle, MediaType, Parameter as Declared, ParameterData,
    ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr,
};

use super::{
    Context, NameScopes,
    docs::described,
    media::essence,
    route::Route,
    token,
    type_check::{is_word, not_flat},
    types::{Naming, Types},
};
use crate::{
    doc::code,
    load::Located,
    model::{ConstraintsId, Location, Origin, Parameter, Piece, Segment, Style, Type},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The parameters of an operation, and the names that its request has so far.
pub(super) struct Parameters {
    pub(super) list: Vec<Parameter>,
    pub(super) scope: Scope,
}

/// The names that a call of the client has itself, beside the setters of its parameters.
const CALL_METHODS: &[&str] = &[
    "clone",
    "into_future",
    "new",
    "send",
    "send_full",
    "send_streaming",
    "success",
    "with_content",
    "with_header",
    "with_read_timeout",
    "with_retry",
    "with_timeout",
];

/// Lowers the parameters of an operation: its own, and those of its path that it does not replace.
pub(super) fn lower(
    cx: &Context<'_>,
    route: &Route<'_>,
    segments: &[Segment],
    names: &mut NameScopes,
    types: &mut Types,
) -> Parameters {
    let mut declared = list(cx, &route.item.node.parameters, &route.item.place);
    let own = list(cx, &route.declared.node.parameters, &route.declared.place);
    for (key, parameter) in own {
        if let Some(replaced) = declared.insert(key, parameter) {
            cx.account_for(replaced.resolved.place);
        }
    }
    let template: Vec<&str> = segments
        .iter()
        .flatten()
        .filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
        .collect();
    twice(cx, route, &template);

    let order = |(location, name): &(Location, String)| {
        let position = template.iter().position(|known| known == name);
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

    let mut scope = Scope::reserving(CALL_METHODS);
    let mut list = Vec::new();
    for key in keys {
        let (location, wire) = &key;
        let in_template = *location != Location::Path || template.contains(&wire.as_str());
        let place = declared
            .get(&key)
            .map(|parameter| parameter.resolved.place.clone());
        let candidates = [
            Ident::snake(wire),
            Ident::snake(&format!("{wire} in {}", location.as_str())),
        ];
        let parameter = match declared.get(&key) {
            Some(parameter) if !in_template => {
                not_in_template(cx, route, &parameter.resolved.place, wire);
                None
            }
            Some(parameter) => one(cx, route, parameter, names, types),
            None => Some(undeclared(cx, route, wire)),
        };
        let Some(mut parameter) = parameter else {
            continue;
        };
        let (name, adjusted) = scope.name(&candidates, wire);
        let place = place.unwrap_or_else(|| route.declared.place.clone());
        cx.adjusted(
            Place::Key(place),
            &format!("the parameter `{wire}`"),
            &name,
            adjusted,
        );
        parameter.name = name;
        list.push(parameter);
    }
    Parameters { list, scope }
}

/// A parameter of a list.
struct DeclaredParameter<'a> {
    /// Where it stands in the list.
    place: Pointer,
    /// What stands there, or at the end of the `$ref` there.
    resolved: Located<'a, Declared>,
}

/// The parameters of a list, by where they are and their name; the names of header fields know no
/// case, and are in small letters here.
fn list<'a>(
    cx: &Context<'a>,
    parameters: &'a [ReferenceOr<Declared>],
    owner: &Pointer,
) -> BTreeMap<(Location, String), DeclaredParameter<'a>> {
    let mut found: BTreeMap<_, DeclaredParameter<'a>> = BTreeMap::new();
    let mut places: BTreeMap<_, Pointer> = BTreeMap::new();
    let owner = owner.key("parameters");
    for (index, parameter) in parameters.iter().enumerate() {
        let place = owner.index(index);
        let Some(parameter) = cx.document.resolve(&Located::new(parameter, place.clone())) else {
            continue;
        };
        let (location, data) = data(parameter.node);
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
        let resolved = parameter;
        found.insert((location, name), DeclaredParameter { place, resolved });
    }
    found
}

fn data(parameter: &Declared) -> (Location, &ParameterData) {
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

fn one(
    cx: &Context<'_>,
    route: &Route<'_>,
    listed: &DeclaredParameter<'_>,
    names: &mut NameScopes,
    types: &mut Types,
) -> Option<Parameter> {
    let parameter = &listed.resolved;
    let (location, data) = data(parameter.node);
    let place = &parameter.place;
    if !sound_name(cx, location, &data.name, place) {
        return None;
    }
    let mut style = style(parameter.node);
    let otherwise = Ident::pascal(&route.words());
    let naming = Naming::at(place, &otherwise.with(Ident::pascal(&data.name).as_str()));
    let value = ParameterFormat::new(cx, place, &data.format)?;
    if value.is_json() {
        style = Style::Json;
    }
    let ty = value.ty(cx, &naming, names, types);
    if style != Style::Json
        && let Some(what) = not_flat(&ty, types)
    {
        let noun = format!("the parameter `{}`", data.name);
        cx.unwritable(Place::Key(place.clone()), &noun, what);
    }
    Some(Parameter {
        name: Ident::snake(&data.name),
        wire: data.name.clone(),
        location,
        style,
        explode: data.explode.unwrap_or(style == Style::Form),
        constraints: value.constraints(cx, &naming, names, types),
        ty,
        required: data.required || location == Location::Path,
        doc: described(
            cx,
            data.description.as_deref(),
            &value.schema(),
            &own_name(location, &data.name),
        ),
        deprecated: data.deprecated.unwrap_or(false),
        origin: Origin::from(listed.place.clone()).and(place),
    })
}

/// What a parameter is called that the document does not describe.
fn own_name(location: Location, wire: &str) -> String {
    format!("The {} parameter {}.", location.as_str(), code(wire))
}

/// The description of a value of a parameter or header.
pub(super) enum ParameterFormat<'a> {
    /// By a schema at a place.
    Schema(Pointer),
    /// As JSON, with the place of the media type.
    Json(Pointer, &'a MediaType),
    /// As a text, with the place of the media type.
    Text(Pointer, &'a MediaType),
}

impl<'a> ParameterFormat<'a> {
    /// The description of the parameter or header at a place.
    pub(super) fn new(
        cx: &Context<'_>,
        place: &Pointer,
        format: &'a ParameterSchemaOrContent,
    ) -> Option<Self> {
        let content = match format {
            ParameterSchemaOrContent::Schema(_) => return Some(Self::Schema(place.key("schema"))),
            ParameterSchemaOrContent::Content(content) => content,
        };
        let place = place.key("content");
        let is_json = |media: &str| essence(media).ends_with("json");
        let mut media: Vec<_> = content.iter().collect();
        media.sort_by_key(|(media, _)| (!is_json(media), *media));
        let mut media = media.into_iter();
        let Some((first, declared)) = media.next() else {
            cx.report(
                Diagnostic::error(
                    Rule::WrongValue,
                    Place::Key(place),
                    "this `content` has no media type",
                )
                .help("name one, or describe the value by `schema`"),
            );
            return None;
        };
        for (other, _) in media {
            cx.report(
                Diagnostic::warning(
                    Rule::UnsupportedPart,
                    Place::Key(place.key(other)),
                    "a parameter or header has one media type",
                )
                .label(format!("only `{}` is taken", first.escape_debug()))
                .help("remove the others (OpenAPI 3.0.3, section 4.7.12.2)"),
            );
        }
        let place = place.key(first);
        Some(if is_json(first) {
            Self::Json(place, declared)
        } else {
            Self::Text(place, declared)
        })
    }

    pub(super) const fn is_json(&self) -> bool {
        matches!(self, Self::Json(..))
    }

    /// Where the schema stands.
    pub(super) fn schema(&self) -> Pointer {
        match self {
            Self::Schema(place) => place.clone(),
            Self::Json(media, _) | Self::Text(media, _) => media.key("schema"),
        }
    }

    /// What has to hold for the values, if they are of a type of their own.
    fn constraints(
        &self,
        cx: &Context<'_>,
        naming: &Naming,
        names: &mut NameScopes,
        types: &mut Types,
    ) -> Option<ConstraintsId> {
        let schema = self.schema();
        let mut is_whole = || {
            let ty = types.of(cx, names, &schema, naming);
            is_word(&ty, types)
        };
        if matches!(self, Self::Text(..)) && !is_whole() {
            return None;
        }
        types.constraints.of(cx, &schema, naming)
    }

    /// The type of the values.
    pub(super) fn ty(
        &self,
        cx: &Context<'_>,
        naming: &Naming,
        names: &mut NameScopes,
        types: &mut Types,
    ) -> Type {
        match types.of(cx, names, &self.schema(), naming) {
            // Only JSON can tell `null` from an absent value.
            Type::Nullable(inner) if !self.is_json() => *inner,
            // What is within the text is for others to read.
            ty if matches!(self, Self::Text(..)) && !is_word(&ty, types) => Type::String,
            Type::Any if matches!(self, Self::Text(..)) => Type::String,
            ty => ty,
        }
    }
}

/// Whether a parameter can be sent under its name, and is not one that OpenAPI ignores.
fn sound_name(cx: &Context<'_>, location: Location, name: &str, place: &Pointer) -> bool {
    if matches!(location, Location::Header | Location::Cookie) {
        let what = format!("a {}", location.as_str());
        if !token::checked(cx, Place::Value(place.key("name")), name, &what) {
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
                format!("the header `{name}` is no parameter in OpenAPI"),
            )
            .label("nothing is made of this")
            .help("`content` and `security` say what it holds; remove it"),
        );
        return false;
    }
    true
}

/// A template parameter that no list declares: a text, as it stands in the path.
fn undeclared(cx: &Context<'_>, route: &Route<'_>, wire: &str) -> Parameter {
    cx.report(
        Diagnostic::warning(
            Rule::PathParameter,
            Place::Key(route.declared.place.clone()),
            format!(
                "`{}` does not declare its parameter `{wire}`",
                route.title()
            ),
        )
        .label("taken as a string")
        .help(format!(
            "declare it: `parameters: [{{name: {wire}, in: path, required: true, ...}}]`"
        )),
    );
    Parameter {
        name: Ident::snake(wire),
        wire: wire.to_owned(),
        location: Location::Path,
        style: Style::Simple,
        explode: false,
        ty: Type::String,
        constraints: None,
        required: true,
        doc: own_name(Location::Path, wire),
        deprecated: false,
        origin: route.declared.place.clone().into(),
    }
}

fn not_in_template(cx: &Context<'_>, route: &Route<'_>, place: &Pointer, wire: &str) {
    cx.account_for(place.clone());
    cx.report(
        Diagnostic::warning(
            Rule::PathParameter,
            Place::Value(place.key("name")),
            format!("the path `{}` has no `{{{wire}}}`", route.path),
        )
        .label("nothing is made of this parameter")
        .help("name it in the path, or say where else it is"),
    );
}

/// A template that has one parameter twice.
fn twice(cx: &Context<'_>, route: &Route<'_>, template: &[&str]) {
    for (index, name) in template.iter().enumerate() {
        if template
            .get(..index)
            .is_some_and(|before| before.contains(name))
        {
            let place = route.item.place.clone();
            let message = format!("the path `{}` has `{{{name}}}` twice", route.path);
            cx.report(
                Diagnostic::error(Rule::PathParameter, Place::Key(place), message)
                    .help("give each of the two its own name"),
            );
        }
    }
}
