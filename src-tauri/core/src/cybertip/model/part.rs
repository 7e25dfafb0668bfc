//! How a typed value becomes a part of a document and comes back.
//!
//! Neither order nor limits stand here: the table has them, and what is filled is arranged and
//! checked by it. It must never drop a value that has no place in an edition: such a value is put
//! where the checker refuses it.

use std::borrow::Cow;
use std::net::IpAddr;
use std::num::NonZeroU16;

use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::cybertip::address::Address;
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{EmailAddress, FreeText, Text};
use crate::cybertip::tree::{Element, Flaw};

/// A value that fills one element or one attribute.
pub(in crate::cybertip) trait Part: Sized {
    /// Writes itself into an element that is still empty.
    fn fill(&self, into: &mut Element, schema: Schema);
    /// Reads itself from an element that the checker has passed.
    fn of(element: &Element, schema: Schema) -> Result<Self, Flaw>;
}

/// A field: none, one or many parts, under a name of this form: `child`, `@attribute`,
/// `child@attribute` (of every such child), or nothing for the element's own text.
pub(in crate::cybertip) trait Slot: Sized {
    /// Puts the parts there.
    fn put(&self, name: &str, parent: &mut Element, schema: Schema);
    /// Takes the parts from there.
    fn pick(name: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw>;
}

/// The flaw of a value that its type does not hold.
pub(in crate::cybertip) fn unreadable(element: &Element) -> Flaw {
    Flaw::new(&element.name, element.line, "holds a value that cannot be read")
}

/// Puts one part under a name.
pub(in crate::cybertip) fn put_part(
    part: &impl Part,
    name: &str,
    parent: &mut Element,
    schema: Schema,
) {
    let mut element = Element::new(name);
    part.fill(&mut element, schema);
    match name.split_once('@') {
        None if name.is_empty() => parent.text = element.text,
        None => parent.children.push(element),
        Some(("", attribute)) => parent.attributes.push((attribute.to_owned(), element.text)),
        Some((child, attribute)) => {
            let mut placed = false;
            for holder in parent.children.iter_mut().filter(|holder| holder.name == child) {
                holder.attributes.push((attribute.to_owned(), element.text.clone()));
                placed = true;
            }
            if !placed {
                parent.attributes.push((name.to_owned(), element.text));
            }
        }
    }
}

/// The parts under a name.
fn parts<'a>(name: &str, parent: &'a Element) -> Result<Vec<Cow<'a, Element>>, Flaw> {
    let leaf = |text: &str, line| {
        Cow::Owned(Element {
            name: name.to_owned(),
            text: text.to_owned(),
            line,
            ..Element::default()
        })
    };
    Ok(match name.split_once('@') {
        None if name.is_empty() => vec![leaf(&parent.text, parent.line)],
        None => parent.children.iter().filter(|c| c.name == name).map(Cow::Borrowed).collect(),
        Some(("", attribute)) => {
            parent.attribute(attribute).map(|text| leaf(text, parent.line)).into_iter().collect()
        }
        Some((child, attribute)) => {
            let mut holders = parent.children.iter().filter(|holder| holder.name == child);
            let first = holders.next().and_then(|holder| holder.attribute(attribute));
            if holders.any(|holder| holder.attribute(attribute) != first) {
                return Err(unreadable(parent));
            }
            first.map(|text| leaf(text, parent.line)).into_iter().collect()
        }
    })
}

impl<T: Part> Slot for T {
    fn put(&self, name: &str, parent: &mut Element, schema: Schema) {
        put_part(self, name, parent, schema);
    }

    fn pick(name: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        Option::<T>::pick(name, parent, schema)?.ok_or_else(|| unreadable(parent))
    }
}

impl<T: Part> Slot for Option<T> {
    fn put(&self, name: &str, parent: &mut Element, schema: Schema) {
        if let Some(part) = self {
            put_part(part, name, parent, schema);
        }
    }

    fn pick(name: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        parts(name, parent)?.first().map(|element| T::of(element, schema)).transpose()
    }
}

impl<T: Part> Slot for Vec<T> {
    fn put(&self, name: &str, parent: &mut Element, schema: Schema) {
        self.iter().for_each(|part| put_part(part, name, parent, schema));
    }

    fn pick(name: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        parts(name, parent)?.iter().map(|element| T::of(element, schema)).collect()
    }
}

/// A struct and the place of each field; after `|` the place since [`Schema::Served`].
macro_rules! element {
    ($(#[$about:meta])* $name:ident {
        $($(#[$of:meta])* $field:ident: $type:ty = $place:literal $(| $served:literal)?,)+
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$of])* pub $field: $type,)+ }

        impl $crate::cybertip::model::part::Part for $name {
            fn fill(
                &self,
                into: &mut $crate::cybertip::tree::Element,
                schema: $crate::cybertip::schema::Schema,
            ) {
                $($crate::cybertip::model::part::Slot::put(
                    &self.$field,
                    $crate::cybertip::model::part::place(schema, &[$place $(, $served)?]),
                    into,
                    schema,
                );)+
            }

            fn of(
                element: &$crate::cybertip::tree::Element,
                schema: $crate::cybertip::schema::Schema,
            ) -> Result<Self, $crate::cybertip::tree::Flaw> {
                Ok(Self { $($field: $crate::cybertip::model::part::Slot::pick(
                    $crate::cybertip::model::part::place(schema, &[$place $(, $served)?]),
                    element,
                    schema,
                )?,)+ })
            }
        }

        #[cfg(test)]
        impl $crate::cybertip::tests::any::Any for $name {
            fn any(dice: &mut $crate::cybertip::tests::any::Dice) -> Self {
                Self { $($field: $crate::cybertip::tests::any::Any::any(dice),)+ }
            }
        }
    };
}

/// Flags: an empty element where it is so, nothing where it is not.
macro_rules! flags {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident = $place:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name { $($(#[$of])* pub $field: bool,)+ }

        impl $crate::cybertip::model::part::Part for $name {
            fn fill(
                &self,
                into: &mut $crate::cybertip::tree::Element,
                _: $crate::cybertip::schema::Schema,
            ) {
                $(if self.$field {
                    into.children.push($crate::cybertip::tree::Element::new($place));
                })+
            }

            fn of(
                element: &$crate::cybertip::tree::Element,
                _: $crate::cybertip::schema::Schema,
            ) -> Result<Self, $crate::cybertip::tree::Flaw> {
                Ok(Self { $($field: element.child($place).is_some(),)+ })
            }
        }

        #[cfg(test)]
        impl $crate::cybertip::tests::any::Any for $name {
            fn any(dice: &mut $crate::cybertip::tests::any::Dice) -> Self {
                Self { $($field: $crate::cybertip::tests::any::Any::any(dice),)+ }
            }
        }
    };
}

pub(in crate::cybertip) use {element, flags};

/// The place in this edition.
pub(in crate::cybertip) fn place(schema: Schema, places: &[&'static str]) -> &'static str {
    let place = if schema >= Schema::Served { places.last() } else { places.first() };
    place.copied().unwrap_or_default()
}

/// Parts that are read and written as one text.
macro_rules! texts {
    ($($(<const $max:ident>)? $type:ty: |$value:ident| $write:expr, |$text:ident| $read:expr;)+) => { $(
        impl $(<const $max: usize>)? Part for $type {
            fn fill(&self, into: &mut Element, _: Schema) {
                let $value = self;
                into.text.push_str(&$write);
            }

            fn of(element: &Element, _: Schema) -> Result<Self, Flaw> {
                let $text = element.text.as_str();
                let read: Option<Self> = $read;
                read.ok_or_else(|| unreadable(element))
            }
        }
    )+ };
}

pub(in crate::cybertip) use texts;

texts! {
    String: |text| plain(text), |text| Some(plain(text));
    bool: |yes| if *yes { "true" } else { "false" }, |text| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    };
    EmailAddress: |email| email.as_str(), |text| Self::read(text);
    Address: |url| url.text(), |text| Self::read(text).filter(|url| !url.is_shortened());
    IpAddr: |ip| ip.to_string(), |text| text.parse().ok();
    NonZeroU16: |port| port.to_string(), |text| text.parse().ok();
    OffsetDateTime: |at| date_time(*at).unwrap_or_default(), |text| Self::parse(text, &Rfc3339).ok();
    Date: |day| day.format(&Iso8601::DATE).unwrap_or_default(), |text| Self::parse(text, &Iso8601::DATE).ok();
}

impl<const MAX: usize> Part for Text<MAX> {
    fn fill(&self, into: &mut Element, _: Schema) {
        into.text.push_str(self.as_str());
    }

    fn of(element: &Element, _: Schema) -> Result<Self, Flaw> {
        Self::new(&element.text).ok_or_else(|| unreadable(element))
    }
}

/// ISO 8601 in UTC with `Z`. Fails outside the years 0 to 9999.
pub(crate) fn date_time(at: OffsetDateTime) -> std::io::Result<String> {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).map_err(std::io::Error::other)
}

/// What the server says in words, as XML can carry it; it may be empty.
fn plain(text: &str) -> String {
    FreeText::new(text).map_or_else(String::new, |text| text.as_str().to_owned())
}
