use crate::pointer::Pointer;

/// The places of the document that say something, for whoever tells of it: where it is used, and where the
/// `$ref`s there lead to.
///
/// It is no part of what that is: two things are the same wherever they stand, so any two origins are equal.
#[derive(Clone, Debug, Default)]
pub struct Origin(Vec<Pointer>);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl Origin {
    /// The places, those of its use first. Empty for what no place of the document says.
    #[must_use]
    pub fn places(&self) -> &[Pointer] {
        &self.0
    }

    /// The same with one more place, unless that is there.
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
