use crate::pointer::Pointer;

/// The places of the document that an item of the model comes from, for reports: the place where it is used,
/// and the targets of the `$ref`s there.
///
/// Any two origins are equal, so that items are compared without regard to their places.
#[derive(Clone, Debug, Default)]
pub struct Origin(Vec<Pointer>);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl Origin {
    /// The places, those of the use first; empty for an item that does not come from the document.
    #[must_use]
    pub fn places(&self) -> &[Pointer] {
        &self.0
    }

    /// Adds a place, unless it is present.
    #[must_use]
    pub(crate) fn and(mut self, place: &Pointer) -> Self {
        if !self.0.contains(place) {
            self.0.push(place.clone());
        }
        self
    }
}

impl From<Pointer> for Origin {
    fn from(place: Pointer) -> Self {
        Self(vec![place])
    }
}

impl<'a> FromIterator<&'a Pointer> for Origin {
    fn from_iter<T: IntoIterator<Item = &'a Pointer>>(places: T) -> Self {
        places.into_iter().fold(Self::default(), Self::and)
    }
}
