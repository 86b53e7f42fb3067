//! The risks of a change on the wire: messages that may be rejected or not understood.

/// The parties at risk in one direction while clients and servers have different versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Risk {
    /// Clients of the old version with a server of the new one.
    pub old_clients: bool,
    /// Clients of the new version with a server of the old one.
    pub new_clients: bool,
    /// Everybody who configures the URL of the API.
    pub deployment: bool,
}

impl Risk {
    const NONE: Self = Self {
        old_clients: false,
        new_clients: false,
        deployment: false,
    };
    const OLD: Self = Self {
        old_clients: true,
        ..Self::NONE
    };
    const NEW: Self = Self {
        new_clients: true,
        ..Self::NONE
    };
    const BOTH: Self = Self {
        old_clients: true,
        new_clients: true,
        deployment: false,
    };

    /// Returns the union of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            old_clients: self.old_clients || other.old_clients,
            new_clients: self.new_clients || other.new_clients,
            deployment: self.deployment || other.deployment,
        }
    }
}

/// The risks of a change on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WireRisk {
    /// The risks of requests.
    pub requests: Risk,
    /// The risks of responses.
    pub responses: Risk,
}

impl WireRisk {
    /// Returns whether clients of the old version are at risk.
    #[must_use]
    pub const fn old_clients(self) -> bool {
        self.requests.old_clients || self.responses.old_clients
    }

    /// Returns whether clients of the new version are at risk with a server of the old one.
    #[must_use]
    pub const fn new_clients(self) -> bool {
        self.requests.new_clients || self.responses.new_clients
    }

    /// Returns whether clients need another URL.
    #[must_use]
    pub const fn deployment(self) -> bool {
        self.requests.deployment || self.responses.deployment
    }

    /// Returns the union of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests.and(other.requests),
            responses: self.responses.and(other.responses),
        }
    }

    /// Describes the risks; empty if there are none.
    #[must_use]
    pub fn summary(self) -> String {
        let mut risks = Vec::new();
        match (self.requests.old_clients, self.responses.old_clients) {
            (true, true) => risks.push(
                "breaking for old clients: requests may be rejected or misunderstood, \
                 responses may not be understood",
            ),
            (true, false) => {
                risks.push("breaking for old clients: requests may be rejected or misunderstood");
            }
            (false, true) => {
                risks.push("breaking for old clients: responses may not be understood");
            }
            (false, false) => {}
        }
        match (self.requests.new_clients, self.responses.new_clients) {
            (true, true) => risks.push(
                "a risk for new clients of an old server: requests may be rejected, \
                 responses may not be understood",
            ),
            (true, false) => {
                risks.push("a risk for new clients of an old server: requests may be rejected");
            }
            (false, true) => {
                risks.push(
                    "a risk for new clients of an old server: responses may not be understood",
                );
            }
            (false, false) => {}
        }
        if self.deployment() {
            risks.push("clients must be configured with a different URL");
        }
        risks.join("; ")
    }
}

/// The effect of a change, by the direction in which the changed part is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Effect {
    in_requests: Risk,
    in_responses: Risk,
}

/// The directions in which something is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directions {
    pub(super) requests: bool,
    pub(super) responses: bool,
}

impl Effect {
    /// Nobody is at risk.
    pub(super) const NONE: Self = Self::same(Risk::NONE);
    /// Old clients are at risk in both directions.
    pub(super) const OLD_CLIENTS: Self = Self::same(Risk::OLD);
    /// New clients are at risk in both directions.
    pub(super) const NEW_CLIENTS: Self = Self::same(Risk::NEW);
    /// Old and new clients are at risk in both directions.
    pub(super) const ALL: Self = Self::same(Risk::BOTH);
    /// Everybody who configures the URL of the API is affected.
    pub(super) const DEPLOYMENT: Self = Self::same(Risk {
        deployment: true,
        ..Risk::NONE
    });
    /// Values have a narrower type: a new server rejects requests of old clients, and new clients cannot
    /// decode responses of an old server.
    pub(super) const NARROWED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NEW,
    };
    /// Fewer values are valid: constraints, enumerations. Clients keep values in responses that they do not
    /// know.
    pub(super) const TIGHTENED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NONE,
    };
    /// More values are valid: an old server rejects requests of new clients, and old clients do not
    /// understand responses of a new server.
    pub(super) const WIDENED: Self = Self {
        in_requests: Risk::NEW,
        in_responses: Risk::OLD,
    };
    /// A value is now required: old clients do not send it, and an old server does not return it.
    pub(super) const REQUIRED: Self = Self::NARROWED;
    /// A value is no longer required.
    pub(super) const OPTIONAL: Self = Self::WIDENED;
    /// A required value was removed: an old server requires it in requests, and old clients require it in
    /// responses.
    pub(super) const LOST: Self = Self {
        in_requests: Risk::NEW,
        in_responses: Risk::OLD,
    };
    /// A server now ignores a value in requests.
    pub(super) const UNHEEDED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NONE,
    };
    /// Responses no longer contain a value.
    pub(super) const LOST_IN_RESPONSES: Self = Self {
        in_requests: Risk::NONE,
        in_responses: Risk::OLD,
    };
    /// More values are valid, and readers do not have to know all of them: constraints.
    pub(super) const RELAXED: Self = Self {
        in_requests: Risk::NEW,
        in_responses: Risk::NONE,
    };

    const fn same(risk: Risk) -> Self {
        Self {
            in_requests: risk,
            in_responses: risk,
        }
    }

    /// Returns the effect for some directions only.
    pub(super) fn only(self, directions: Directions) -> Self {
        let pick = |applies, risk| if applies { risk } else { Risk::NONE };
        Self {
            in_requests: pick(directions.requests, self.in_requests),
            in_responses: pick(directions.responses, self.in_responses),
        }
    }

    /// Returns the union of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            in_requests: self.in_requests.and(other.in_requests),
            in_responses: self.in_responses.and(other.in_responses),
        }
    }

    /// Returns the risks of something that is sent in some directions. Something without a direction, such
    /// as an operation as a whole, is at risk in both.
    pub(super) fn wire(self, directions: Directions) -> WireRisk {
        let directions = if directions == Directions::default() {
            Directions {
                requests: true,
                responses: true,
            }
        } else {
            directions
        };
        let Self {
            in_requests,
            in_responses,
        } = self.only(directions);
        WireRisk {
            requests: in_requests,
            responses: in_responses,
        }
    }
}
