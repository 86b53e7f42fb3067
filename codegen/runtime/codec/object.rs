//! Implements the traits of the structs of objects.
//!
//! `derive` would do the same, but the compiler checks each function that it expands to, field by field: with
//! derived `Serialize` and `Deserialize`, the types and requests of GitHub's API took 187 s and 11.8 GB of
//! memory, where an earlier version of this macro took 70 s and 5.4 GB. The macro `impl_object` expands to a
//! table of the members and two functions that convert a struct from and to a tuple of its fields. The
//! functions that implement the traits are generic over these tuples and are checked once.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData, str::SplitWhitespace};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// The struct of an object.
pub(crate) trait Object: Sized {
    /// The names of the struct and its members.
    const TABLE: Table;

    /// The members: a tuple of `Required`, `Optional`, `Nullable` and `Additional`, or of such tuples.
    type Members: Members;

    /// Creates the struct from its members.
    fn from_members(members: Self::Members) -> Self;

    /// Returns references to the fields.
    fn fields(&self) -> <Self::Members as Members>::Refs<'_>;
}

/// The names of a struct and its members.
pub(crate) struct Table {
    /// The name of the struct.
    pub(crate) name: &'static str,
    /// The names of the fields, separated by spaces.
    pub(crate) fields: &'static str,
    /// The names of the declared members on the wire.
    pub(crate) members: &'static [&'static str],
}

/// The type of a field.
pub(crate) trait Value:
    Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned
{
}

impl<T: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned> Value for T {}

/// One or more members of an object.
pub(crate) trait Members: Sized {
    /// The number of declared members.
    const COUNT: usize;

    /// The values that were decoded so far.
    type Slots: Default;

    /// References to the fields.
    type Refs<'a>
    where
        Self: 'a;

    /// Decodes the value of the declared member at `index`.
    fn read<'de, A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        index: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Decodes the value of a member that the document does not declare. Only the last member of an object
    /// accepts it.
    fn read_undeclared<'de, A: MapAccess<'de>>(
        _: &mut Self::Slots,
        _: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// Returns the members, after the last one was decoded.
    fn finish<E: Error>(slots: Self::Slots, names: &mut Names) -> Result<Self, E>;

    /// Encodes the members.
    fn write<S: SerializeMap>(
        fields: Self::Refs<'_>,
        names: &mut Names,
        map: &mut S,
    ) -> Result<(), S::Error>;

    /// Writes the fields for debugging.
    fn debug(
        fields: Self::Refs<'_>,
        names: &mut SplitWhitespace<'_>,
        output: &mut fmt::DebugStruct<'_, '_>,
    );

    /// Returns whether the fields of two objects are equal.
    fn eq(fields: Self::Refs<'_>, others: Self::Refs<'_>) -> bool;

    /// Clones the fields.
    fn cloned(fields: Self::Refs<'_>) -> Self;
}

/// The names of the declared members that are still to come.
pub(crate) struct Names(&'static [&'static str]);

impl Names {
    fn next(&mut self) -> &'static str {
        match self.0 {
            [name, rest @ ..] => {
                self.0 = rest;
                name
            }
            [] => "",
        }
    }
}

/// A member that an object always has.
pub(crate) struct Required<T>(pub(crate) T);

/// A member that may be absent. `null` is the same as absent.
pub(crate) struct Optional<T>(pub(crate) Option<T>);

/// A member that may be absent or `null`.
pub(crate) struct Nullable<T>(pub(crate) Option<T>);

/// The members that the document does not declare.
pub(crate) struct Additional<T>(pub(crate) BTreeMap<String, T>);

/// Implements what all members have in common.
macro_rules! field {
    ($kind:ident, $type:ty) => {
        type Refs<'a>
            = &'a $type
        where
            T: 'a;

        fn debug(
            field: &$type,
            names: &mut SplitWhitespace<'_>,
            output: &mut fmt::DebugStruct<'_, '_>,
        ) {
            let name = names.next().unwrap_or_default();
            output.field(name.trim_start_matches("r#"), field);
        }

        fn eq(field: &$type, other: &$type) -> bool {
            field == other
        }

        fn cloned(field: &$type) -> Self {
            $kind(field.clone())
        }
    };
}

/// Decodes the value of a declared member.
fn read_value<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Encodes a member, if it is present.
fn write_optional<T: Serialize, S: SerializeMap>(
    field: Option<&T>,
    name: &'static str,
    map: &mut S,
) -> Result<(), S::Error> {
    match field {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

impl<T: Value> Members for Required<T> {
    const COUNT: usize = 1;
    type Slots = Option<T>;
    field!(Required, T);

    fn read<'de, A: MapAccess<'de>>(
        slot: &mut Self::Slots,
        _: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        read_value(slot, name, map)
    }

    fn finish<E: Error>(slot: Self::Slots, names: &mut Names) -> Result<Self, E> {
        let name = names.next();
        slot.map(Self).ok_or_else(|| E::missing_field(name))
    }

    fn write<S: SerializeMap>(field: &T, names: &mut Names, map: &mut S) -> Result<(), S::Error> {
        map.serialize_entry(names.next(), field)
    }
}

impl<T: Value> Members for Optional<T> {
    const COUNT: usize = 1;
    type Slots = Option<Option<T>>;
    field!(Optional, Option<T>);

    fn read<'de, A: MapAccess<'de>>(
        slot: &mut Self::Slots,
        _: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        read_value(slot, name, map)
    }

    fn finish<E: Error>(slot: Self::Slots, names: &mut Names) -> Result<Self, E> {
        names.next();
        Ok(Self(slot.flatten()))
    }

    fn write<S: SerializeMap>(
        field: &Option<T>,
        names: &mut Names,
        map: &mut S,
    ) -> Result<(), S::Error> {
        write_optional(field.as_ref(), names.next(), map)
    }
}

impl<T: Value> Members for Nullable<T> {
    const COUNT: usize = 1;
    type Slots = Option<T>;
    field!(Nullable, Option<T>);

    fn read<'de, A: MapAccess<'de>>(
        slot: &mut Self::Slots,
        _: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        read_value(slot, name, map)
    }

    fn finish<E: Error>(slot: Self::Slots, names: &mut Names) -> Result<Self, E> {
        names.next();
        Ok(Self(slot))
    }

    fn write<S: SerializeMap>(
        field: &Option<T>,
        names: &mut Names,
        map: &mut S,
    ) -> Result<(), S::Error> {
        write_optional(field.as_ref(), names.next(), map)
    }
}

impl<T: Value> Members for Additional<T> {
    const COUNT: usize = 0;
    type Slots = BTreeMap<String, T>;
    field!(Additional, BTreeMap<String, T>);

    fn read<'de, A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        _: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        Self::read_undeclared(slots, Cow::Borrowed(name), map)
    }

    fn read_undeclared<'de, A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        name: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        slots.insert(name.into_owned(), map.next_value()?);
        Ok(())
    }

    fn finish<E: Error>(slots: Self::Slots, _: &mut Names) -> Result<Self, E> {
        Ok(Self(slots))
    }

    fn write<S: SerializeMap>(
        field: &BTreeMap<String, T>,
        _: &mut Names,
        map: &mut S,
    ) -> Result<(), S::Error> {
        field
            .iter()
            .try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}

/// Implements `Members` for a tuple, whose last element is given separately.
macro_rules! impl_members {
    ($($member:ident $index:tt)* ; $last:ident $last_index:tt) => {
        impl<$($member: Members,)* $last: Members> Members for ($($member,)* $last,) {
            const COUNT: usize = $($member::COUNT +)* $last::COUNT;
            type Slots = ($($member::Slots,)* $last::Slots,);
            type Refs<'a>
                = ($($member::Refs<'a>,)* $last::Refs<'a>,)
            where
                Self: 'a;

            fn read<'de, A: MapAccess<'de>>(
                slots: &mut Self::Slots,
                index: usize,
                name: &'static str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                $(
                    if index < $member::COUNT {
                        return $member::read(&mut slots.$index, index, name, map);
                    }
                    let index = index - $member::COUNT;
                )*
                $last::read(&mut slots.$last_index, index, name, map)
            }

            fn read_undeclared<'de, A: MapAccess<'de>>(
                slots: &mut Self::Slots,
                name: Cow<'de, str>,
                map: &mut A,
            ) -> Result<(), A::Error> {
                $last::read_undeclared(&mut slots.$last_index, name, map)
            }

            fn finish<E: Error>(slots: Self::Slots, names: &mut Names) -> Result<Self, E> {
                Ok((
                    $($member::finish(slots.$index, names)?,)*
                    $last::finish(slots.$last_index, names)?,
                ))
            }

            fn write<S: SerializeMap>(
                fields: Self::Refs<'_>,
                names: &mut Names,
                map: &mut S,
            ) -> Result<(), S::Error> {
                $($member::write(fields.$index, names, map)?;)*
                $last::write(fields.$last_index, names, map)
            }

            fn debug(
                fields: Self::Refs<'_>,
                names: &mut SplitWhitespace<'_>,
                output: &mut fmt::DebugStruct<'_, '_>,
            ) {
                $($member::debug(fields.$index, names, output);)*
                $last::debug(fields.$last_index, names, output);
            }

            fn eq(fields: Self::Refs<'_>, others: Self::Refs<'_>) -> bool {
                $($member::eq(fields.$index, others.$index) &&)*
                $last::eq(fields.$last_index, others.$last_index)
            }

            fn cloned(fields: Self::Refs<'_>) -> Self {
                ($($member::cloned(fields.$index),)* $last::cloned(fields.$last_index),)
            }
        }
    };
}

impl_members!(; T0 0);
impl_members!(T0 0 ; T1 1);
impl_members!(T0 0 T1 1 ; T2 2);
impl_members!(T0 0 T1 1 T2 2 ; T3 3);
impl_members!(T0 0 T1 1 T2 2 T3 3 ; T4 4);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 ; T5 5);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 ; T6 6);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 ; T7 7);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 ; T8 8);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 ; T9 9);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 ; T10 10);
impl_members!(T0 0 T1 1 T2 2 T3 3 T4 4 T5 5 T6 6 T7 7 T8 8 T9 9 T10 10 ; T11 11);

/// An object without members.
impl Members for () {
    const COUNT: usize = 0;
    type Slots = ();
    type Refs<'a> = ();

    fn read<'de, A: MapAccess<'de>>(
        (): &mut (),
        _: usize,
        _: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    fn finish<E: Error>((): (), _: &mut Names) -> Result<(), E> {
        Ok(())
    }

    fn write<S: SerializeMap>((): (), _: &mut Names, _: &mut S) -> Result<(), S::Error> {
        Ok(())
    }

    fn debug((): (), _: &mut SplitWhitespace<'_>, _: &mut fmt::DebugStruct<'_, '_>) {}

    fn eq((): (), (): ()) -> bool {
        true
    }

    fn cloned((): ()) {}
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
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            let names = T::TABLE.members;
            let mut slots = <T::Members as Members>::Slots::default();
            let mut expected = 0;
            while let Some(Name(name)) = map.next_key()? {
                if let Some((index, name)) = find(names, expected, &name) {
                    T::Members::read(&mut slots, index, name, &mut map)?;
                    expected = index + 1;
                } else {
                    T::Members::read_undeclared(&mut slots, name, &mut map)?;
                }
            }
            T::Members::finish(slots, &mut Names(names)).map(T::from_members)
        }
    }

    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Returns the index of a declared member and its name. Members usually have the order of the document, so
/// the expected one is compared first.
fn find(
    names: &'static [&'static str],
    expected: usize,
    name: &str,
) -> Option<(usize, &'static str)> {
    if let Some(declared) = names.get(expected)
        && *declared == name
    {
        return Some((expected, declared));
    }
    let index = names.iter().position(|declared| *declared == name)?;
    names.get(index).map(|declared| (index, *declared))
}

/// Encodes an object.
pub(crate) fn write<T: Object, S: Serializer>(
    object: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    T::Members::write(object.fields(), &mut Names(T::TABLE.members), &mut map)?;
    map.end()
}

/// Writes an object for debugging, as `derive(Debug)` does.
pub(crate) fn debug<T: Object>(object: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut names = T::TABLE.fields.split_whitespace();
    let mut output = f.debug_struct(T::TABLE.name);
    T::Members::debug(object.fields(), &mut names, &mut output);
    output.finish()
}

/// Returns whether two objects are equal.
pub(crate) fn eq<T: Object>(object: &T, other: &T) -> bool {
    T::Members::eq(object.fields(), other.fields())
}

/// Clones an object.
pub(crate) fn clone<T: Object>(object: &T) -> T {
    T::from_members(T::Members::cloned(object.fields()))
}

/// Implements `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize` for the struct of an object from a
/// table of its members: for each, its field, whether it is `Required`, `Optional` or `Nullable`, the type of
/// its value, and its name on the wire. `..` precedes the field of the additional properties.
macro_rules! impl_object {
    ($name:ident {
        $($field:ident: $kind:ident<$type:ty> = $wire:literal,)*
        $(..$additional:ident: $additional_type:ty)?
    }) => {
        impl crate::runtime::codec::object::Object for $name {
            const TABLE: crate::runtime::codec::object::Table = crate::runtime::codec::object::Table {
                name: stringify!($name),
                fields: stringify!($($field)* $($additional)?),
                members: &[$($wire,)*],
            };
            crate::runtime::codec::object::impl_object!(
                @tuple self [$($field)* $($additional)?] {}
                $([$field $kind $type])* $([$additional Additional $additional_type])?
            );
        }

        impl std::clone::Clone for $name {
            fn clone(&self) -> Self {
                crate::runtime::codec::object::clone(self)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::runtime::codec::object::debug(self, f)
            }
        }

        impl std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                crate::runtime::codec::object::eq(self, other)
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
    // More than eleven members: puts the first of them into a tuple, which is the first element of the next tuple.
    (@tuple $self:ident $all:tt { $($types:tt $members:tt $refs:tt)? }
        [$field0:ident $kind0:ident $type0:ty]
        [$field1:ident $kind1:ident $type1:ty]
        [$field2:ident $kind2:ident $type2:ty]
        [$field3:ident $kind3:ident $type3:ty]
        [$field4:ident $kind4:ident $type4:ty]
        [$field5:ident $kind5:ident $type5:ty]
        [$field6:ident $kind6:ident $type6:ty]
        [$field7:ident $kind7:ident $type7:ty]
        [$field8:ident $kind8:ident $type8:ty]
        [$field9:ident $kind9:ident $type9:ty]
        [$field10:ident $kind10:ident $type10:ty]
        $($rest:tt)+
    ) => {
        crate::runtime::codec::object::impl_object!(
            @tuple $self $all
            {
                ($($types,)?
                crate::runtime::codec::object::$kind0<$type0>,
                crate::runtime::codec::object::$kind1<$type1>,
                crate::runtime::codec::object::$kind2<$type2>,
                crate::runtime::codec::object::$kind3<$type3>,
                crate::runtime::codec::object::$kind4<$type4>,
                crate::runtime::codec::object::$kind5<$type5>,
                crate::runtime::codec::object::$kind6<$type6>,
                crate::runtime::codec::object::$kind7<$type7>,
                crate::runtime::codec::object::$kind8<$type8>,
                crate::runtime::codec::object::$kind9<$type9>,
                crate::runtime::codec::object::$kind10<$type10>,
            )
                ($($members,)?
                crate::runtime::codec::object::$kind0($field0),
                crate::runtime::codec::object::$kind1($field1),
                crate::runtime::codec::object::$kind2($field2),
                crate::runtime::codec::object::$kind3($field3),
                crate::runtime::codec::object::$kind4($field4),
                crate::runtime::codec::object::$kind5($field5),
                crate::runtime::codec::object::$kind6($field6),
                crate::runtime::codec::object::$kind7($field7),
                crate::runtime::codec::object::$kind8($field8),
                crate::runtime::codec::object::$kind9($field9),
                crate::runtime::codec::object::$kind10($field10),
            )
                ($($refs,)? &$self.$field0, &$self.$field1, &$self.$field2, &$self.$field3, &$self.$field4, &$self.$field5, &$self.$field6, &$self.$field7, &$self.$field8, &$self.$field9, &$self.$field10,)
            }
            $($rest)+
        );
    };
    (@tuple $self:ident [$($all:ident)*] { $($types:tt $members:tt $refs:tt)? }
        $([$field:ident $kind:ident $type:ty])*
    ) => {
        type Members = ($($types,)? $(crate::runtime::codec::object::$kind<$type>,)*);

        fn from_members(
            ($($members,)? $(crate::runtime::codec::object::$kind($field),)*): Self::Members,
        ) -> Self {
            Self { $($all,)* }
        }

        fn fields(&$self) -> <Self::Members as crate::runtime::codec::object::Members>::Refs<'_> {
            ($($refs,)? $(&$self.$field,)*)
        }
    };
}

// Unused if the document has no objects.
#[allow(unused_imports)]
pub(crate) use impl_object;
