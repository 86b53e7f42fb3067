//! What a change means on the wire: who may get what they do not know, or be refused.

/// Who is at risk on the wire while not all have the new version, in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Risk {
    /// Clients of the old version, against a server of the new one.
    pub old_clients: bool,
    /// Clients of the new version, against a server of the old one.
    pub new_clients: bool,
    /// Whoever has to set up where the API is.
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

    /// The risks of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            old_clients: self.old_clients || other.old_clients,
            new_clients: self.new_clients || other.new_clients,
            deployment: self.deployment || other.deployment,
        }
    }
}

/// What a change means on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WireRisk {
    /// Who is at risk by what goes in requests.
    pub requests: Risk,
    /// Who is at risk by what goes in answers.
    pub responses: Risk,
}

impl WireRisk {
    /// Whether clients of the old version are at risk.
    #[must_use]
    pub const fn old_clients(self) -> bool {
        self.requests.old_clients || self.responses.old_clients
    }

    /// Whether clients of the new version are, while the server is of the old one.
    #[must_use]
    pub const fn new_clients(self) -> bool {
        self.requests.new_clients || self.responses.new_clients
    }

    /// Whether the API has to be found elsewhere.
    #[must_use]
    pub const fn deployment(self) -> bool {
        self.requests.deployment || self.responses.deployment
    }

    /// The risks of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests.and(other.requests),
            responses: self.responses.and(other.responses),
        }
    }

    /// Who is at risk and why, in words; empty if nobody is.
    #[must_use]
    pub fn words(self) -> String {
        let mut words = Vec::new();
        match (self.requests.old_clients, self.responses.old_clients) {
            (true, true) => {
                words.push("old clients may be refused, or get what they do not expect");
            }
            (true, false) => words.push("old clients may be refused, or misunderstood"),
            (false, true) => words.push("old clients may get what they do not expect"),
            (false, false) => {}
        }
        match (self.requests.new_clients, self.responses.new_clients) {
            (true, true) => words.push("an old server may refuse or surprise new clients"),
            (true, false) => words.push("an old server may refuse new clients"),
            (false, true) => words.push("an old server may surprise new clients"),
            (false, false) => {}
        }
        if self.deployment() {
            words.push("clients have to be pointed elsewhere");
        }
        words.join("; ")
    }
}

/// What a change means, by the way in which what it is about goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Effect {
    in_requests: Risk,
    in_responses: Risk,
}

/// The ways in which something goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directions {
    pub(super) requests: bool,
    pub(super) responses: bool,
}

impl Effect {
    /// Nobody is at risk.
    pub(super) const NONE: Self = Self::same(Risk::NONE);
    /// Old clients are at risk, whichever way it goes.
    pub(super) const OLD_CLIENTS: Self = Self::same(Risk::OLD);
    /// New clients are, whichever way it goes.
    pub(super) const NEW_CLIENTS: Self = Self::same(Risk::NEW);
    /// All are, whichever way it goes.
    pub(super) const ALL: Self = Self::same(Risk::BOTH);
    /// Those are who have to find the API.
    pub(super) const DEPLOYMENT: Self = Self::same(Risk {
        deployment: true,
        ..Risk::NONE
    });
    /// Values are of a narrower type: a new server refuses what old clients send, and new clients cannot read
    /// what an old server answers.
    pub(super) const NARROWED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NEW,
    };
    /// Fewer values are valid, of which clients keep even those that they do not know: constraints, enumerations.
    pub(super) const TIGHTENED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NONE,
    };
    /// More values are valid: an old server refuses what new clients send, and old clients do not know what
    /// a new server answers.
    pub(super) const WIDENED: Self = Self {
        in_requests: Risk::NEW,
        in_responses: Risk::OLD,
    };
    /// What has to be there now: old clients do not send it, and an old server does not answer with it.
    pub(super) const REQUIRED: Self = Self::NARROWED;
    /// What need not be there any more.
    pub(super) const OPTIONAL: Self = Self::WIDENED;
    /// What had to be there is not known any more: an old server misses it, and so do old clients.
    pub(super) const LOST: Self = Self {
        in_requests: Risk::NEW,
        in_responses: Risk::OLD,
    };
    /// What was sent is not heeded any more.
    pub(super) const UNHEEDED: Self = Self {
        in_requests: Risk::OLD,
        in_responses: Risk::NONE,
    };
    /// It is not in answers any more.
    pub(super) const LOST_IN_ANSWERS: Self = Self {
        in_requests: Risk::NONE,
        in_responses: Risk::OLD,
    };
    /// More values are valid, and nobody who reads them has to know all: limits.
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

    /// The same for what goes in answers alone, and the like.
    pub(super) fn only(self, ways: Directions) -> Self {
        let pick = |goes, risk| if goes { risk } else { Risk::NONE };
        Self {
            in_requests: pick(ways.requests, self.in_requests),
            in_responses: pick(ways.responses, self.in_responses),
        }
    }

    /// What both mean.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            in_requests: self.in_requests.and(other.in_requests),
            in_responses: self.in_responses.and(other.in_responses),
        }
    }

    /// What it means for something that goes some ways; for what goes no way by itself, such as an operation
    /// as a whole, both ways.
    pub(super) fn wire(self, ways: Directions) -> WireRisk {
        let ways = if ways == Directions::default() {
            Directions {
                requests: true,
                responses: true,
            }
        } else {
            ways
        };
        let Self {
            in_requests,
            in_responses,
        } = self.only(ways);
        WireRisk {
            requests: in_requests,
            responses: in_responses,
        }
    }
}
