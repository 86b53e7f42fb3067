//! Implements `Serialize` and `Deserialize` for the structs of objects.
//!
//! `derive` would do the same, but it expands to a visitor of its own for each struct, which costs compile time:
//! for the types and requests of GitHub's API 187 s and 11.8 GB of memory instead of 70 s and 5.4 GB. The macro
//! `impl_serde_object` expands to a table of the members instead, and calls functions that are compiled once.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// An object of the document.
pub(crate) trait Object: Sized {
    /// Reads its members.
    fn read<'de, A: MapAccess<'de>>(members: &mut ObjectReader<'de, A>) -> Result<Self, A::Error>;

    /// Writes its members.
    fn write<S: SerializeMap>(&self, members: &mut ObjectWriter<S>);
}

/// The members of an object that is being read.
pub(crate) struct ObjectReader<'de, A> {
    map: A,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> ObjectReader<'de, A> {
    /// The name of the next one.
    pub(crate) fn name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.map.next_key::<Name<'de>>()?.map(|name| name.0))
    }

    /// Puts the value of the member that has just been named where it belongs.
    pub(crate) fn put<T: Deserialize<'de>>(
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

    /// Puts the value of a member that the document does not name among those of its kind.
    pub(crate) fn put_other<T: Deserialize<'de>>(
        &mut self,
        name: Cow<'de, str>,
        others: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        others.insert(name.into_owned(), self.map.next_value()?);
        Ok(())
    }

    /// Passes over the value of a member that nobody knows.
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

/// The name of a member, borrowed where that can be.
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

/// Reads an object.
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

/// The members of an object that is being written.
pub(crate) struct ObjectWriter<S: SerializeMap> {
    map: S,
    /// What went wrong first, so that nobody has to ask after each member.
    done: Result<(), S::Error>,
}

impl<S: SerializeMap> ObjectWriter<S> {
    /// Adds a member.
    pub(crate) fn add<T: Serialize>(&mut self, name: &str, value: &T) {
        if self.done.is_ok() {
            self.done = self.map.serialize_entry(name, value);
        }
    }

    /// Adds a member that may be absent.
    pub(crate) fn maybe<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// Adds the members that the document does not name.
    pub(crate) fn others<T: Serialize>(&mut self, others: &BTreeMap<String, T>) {
        for (name, value) in others {
            self.add(name, value);
        }
    }
}

/// Writes an object.
pub(crate) fn write<T: Object, S: Serializer>(
    object: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut members = ObjectWriter {
        map: serializer.serialize_map(None)?,
        done: Ok(()),
    };
    object.write(&mut members);
    members.done?;
    members.map.end()
}

/// Implements for an object how it is read and written, from a table of its members: whether one has to
/// be there, its field, and its name on the wire.
macro_rules! impl_serde_object {
    ($name:ident {
        $($kind:ident $field:ident = $wire:literal,)*
        $(..$others:ident)?
    }) => {
        impl crate::runtime::object::Object for $name {
            #[allow(clippy::match_single_binding, reason = "there may be no member")]
            fn read<'de, A: serde::de::MapAccess<'de>>(
                members: &mut crate::runtime::object::ObjectReader<'de, A>,
            ) -> Result<Self, A::Error> {
                $(let mut $field = None;)*
                $(let mut $others = std::collections::BTreeMap::new();)?
                while let Some(name) = members.name()? {
                    let done = match &*name {
                        $($wire => members.put($wire, &mut $field),)*
                        _ => crate::runtime::object::impl_serde_object!(@other members name $($others)?),
                    };
                    done?;
                }
                $(crate::runtime::object::impl_serde_object!(@read $kind $field $wire);)*
                Ok(Self {
                    $($field,)*
                    $($others,)?
                })
            }

            #[allow(unused_variables, reason = "there may be no member")]
            fn write<S: serde::ser::SerializeMap>(
                &self,
                members: &mut crate::runtime::object::ObjectWriter<S>,
            ) {
                $(crate::runtime::object::impl_serde_object!(@write $kind members $wire self.$field);)*
                $(members.others(&self.$others);)?
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                crate::runtime::object::write(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::runtime::object::read(deserializer)
            }
        }
    };
    (@other $members:ident $name:ident) => {
        $members.skip()
    };
    (@other $members:ident $name:ident $others:ident) => {
        $members.put_other($name, &mut $others)
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
        $members.maybe($wire, $value.as_ref())
    };
}

// A document may have no object.
#[allow(unused_imports)]
pub(crate) use impl_serde_object;
