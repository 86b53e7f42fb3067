//! Implements `Serialize` and `Deserialize` for the structs of objects.
//!
//! `derive` would do the same, but it expands to a visitor of its own for each struct, which costs compile
//! time: for the types and requests of GitHub's API 187 s and 11.8 GB of memory instead of 70 s and 5.4 GB.
//! The macro `impl_serde_object` expands to a table of the members instead, and calls functions that are
//! compiled once.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// An object of the document.
pub(crate) trait Object: Sized {
    /// Decodes the members.
    fn read<'de, A: MapAccess<'de>>(members: &mut ObjectReader<'de, A>) -> Result<Self, A::Error>;

    /// Encodes the members.
    fn write<S: SerializeMap>(&self, members: &mut ObjectWriter<S>);
}

/// The members of an object that is being decoded.
pub(crate) struct ObjectReader<'de, A> {
    map: A,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> ObjectReader<'de, A> {
    /// Returns the name of the next member.
    pub(crate) fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.map.next_key::<Name<'de>>()?.map(|name| name.0))
    }

    /// Decodes the value of the member whose name was read last into `slot`.
    pub(crate) fn read_value<T: Deserialize<'de>>(
        &mut self,
        name: &'static str,
        slot: &mut Option<T>,
    ) -> Result<(), A::Error> {
        if slot.is_some() {
            return Err(A::Error::duplicate_field(name));
        }
        *slot = Some(self.map.next_value()?);
        Ok(())
    }

    /// Decodes the value of an additional property, one that the document does not declare.
    pub(crate) fn read_additional<T: Deserialize<'de>>(
        &mut self,
        name: Cow<'de, str>,
        additional: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        additional.insert(name.into_owned(), self.map.next_value()?);
        Ok(())
    }

    /// Skips the value of an undeclared member.
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// The name of a member, borrowed if possible.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a property")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Decodes an object.
pub(crate) fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Members<T>(PhantomData<T>);

    impl<'de, T: Object> Visitor<'de> for Members<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::read(&mut ObjectReader {
                map,
                lifetime: PhantomData,
            })
        }
    }

    deserializer.deserialize_map(Members(PhantomData))
}

/// The members of an object that is being encoded.
pub(crate) struct ObjectWriter<S: SerializeMap> {
    map: S,
    /// The first error; it is checked once, after the last member.
    result: Result<(), S::Error>,
}

impl<S: SerializeMap> ObjectWriter<S> {
    /// Adds a member.
    pub(crate) fn add<T: Serialize>(&mut self, name: &str, value: &T) {
        if self.result.is_ok() {
            self.result = self.map.serialize_entry(name, value);
        }
    }

    /// Adds an optional member, if it is present.
    pub(crate) fn add_optional<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// Adds the additional properties, which the document does not declare.
    pub(crate) fn add_additional<T: Serialize>(&mut self, additional: &BTreeMap<String, T>) {
        for (name, value) in additional {
            self.add(name, value);
        }
    }
}

/// Encodes an object.
pub(crate) fn write<T: Object, S: Serializer>(
    object: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut members = ObjectWriter {
        map: serializer.serialize_map(None)?,
        result: Ok(()),
    };
    object.write(&mut members);
    members.result?;
    members.map.end()
}

/// Implements `Serialize` and `Deserialize` for the struct of an object from a table of its members: for
/// each, `required`, `optional` or `nullable`, its field, and its name on the wire. `..` precedes the field
/// of the additional properties.
macro_rules! impl_serde_object {
    ($name:ident {
        $($kind:ident $field:ident = $wire:literal,)*
        $(..$additional:ident)?
    }) => {
        impl crate::runtime::codec::object::Object for $name {
            #[allow(clippy::match_single_binding, reason = "an object may have no members")]
            fn read<'de, A: serde::de::MapAccess<'de>>(
                members: &mut crate::runtime::codec::object::ObjectReader<'de, A>,
            ) -> Result<Self, A::Error> {
                $(let mut $field = None;)*
                $(let mut $additional = std::collections::BTreeMap::new();)?
                while let Some(name) = members.next_name()? {
                    let result = match &*name {
                        $($wire => members.read_value($wire, &mut $field),)*
                        _ => crate::runtime::codec::object::impl_serde_object!(@additional members name $($additional)?),
                    };
                    result?;
                }
                $(crate::runtime::codec::object::impl_serde_object!(@read $kind $field $wire);)*
                Ok(Self {
                    $($field,)*
                    $($additional,)?
                })
            }

            #[allow(unused_variables, reason = "an object may have no members")]
            fn write<S: serde::ser::SerializeMap>(
                &self,
                members: &mut crate::runtime::codec::object::ObjectWriter<S>,
            ) {
                $(crate::runtime::codec::object::impl_serde_object!(@write $kind members $wire self.$field);)*
                $(members.add_additional(&self.$additional);)?
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                crate::runtime::codec::object::write(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::runtime::codec::object::read(deserializer)
            }
        }
    };
    (@additional $members:ident $name:ident) => {
        $members.skip()
    };
    (@additional $members:ident $name:ident $additional:ident) => {
        $members.read_additional($name, &mut $additional)
    };
    (@read required $field:ident $wire:literal) => {
        let Some($field) = $field else {
            return Err(serde::de::Error::missing_field($wire));
        };
    };
    (@read optional $field:ident $wire:literal) => {
        let $field = $field.flatten();
    };
    (@read nullable $field:ident $wire:literal) => {};
    (@write required $members:ident $wire:literal $value:expr) => {
        $members.add($wire, &$value)
    };
    (@write $kind:ident $members:ident $wire:literal $value:expr) => {
        $members.add_optional($wire, $value.as_ref())
    };
}

// Unused if the document has no objects.
#[allow(unused_imports)]
pub(crate) use impl_serde_object;
