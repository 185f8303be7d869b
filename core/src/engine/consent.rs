//! What the visitor allows: the choice, the signals that narrow it, and who the visitor is.

use crate::wire::ConsentMode;
use crate::{Entropy, Id};

/// The visitor's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Consent {
    /// Everything the wire contract names.
    Full,
    /// Measuring without a visitor id.
    MeasureOnly,
    /// Not asked yet: events stay in memory, nothing is stored or sent.
    #[default]
    Pending,
    /// Nothing is recorded; what was not yet sent is gone.
    Denied,
}

impl Consent {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Full => 0,
            Self::MeasureOnly => 1,
            Self::Pending => 2,
            Self::Denied => 3,
        }
    }

    pub(super) fn of_byte(byte: u8) -> Option<Self> {
        [Self::Full, Self::MeasureOnly, Self::Pending, Self::Denied]
            .get(usize::from(byte))
            .copied()
    }

    /// What stands at a start: the stored choice, or the configured one where that is a choice and stricter.
    pub(super) fn at_start(configured: Self, stored: Option<Self>) -> Self {
        match stored {
            Some(stored) if configured == Self::Pending => stored,
            Some(stored) => stored.max(configured),
            None => configured,
        }
    }
}

/// The choice, the signals, and the visitor's id.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) choice: Consent,
    /// What the host last said while running: this is stored, a configured choice is not.
    pub(super) chosen: Option<Consent>,
    pub(super) gpc: bool,
    pub(super) children: bool,
    /// Exists only while the effective mode is full.
    anon: Option<Id>,
    /// The id given up last, kept in memory alone so that an erasure can still name it.
    given_up: Option<Id>,
}

impl Visitor {
    pub(super) fn new(
        choice: Consent,
        gpc: bool,
        children: bool,
        anon: Option<Id>,
        bits: &mut dyn Entropy,
    ) -> Self {
        let mut visitor = Self {
            choice,
            chosen: None,
            gpc,
            children,
            anon,
            given_up: None,
        };
        // An id kept from an earlier full consent outlives a pending one: forgetting needs it, nothing sends it.
        if choice != Consent::Pending {
            visitor.settle(bits);
        }
        visitor
    }

    /// The mode under which events are recorded now; `None` while pending or denied. The stricter signal wins.
    pub(super) fn mode(&self) -> Option<ConsentMode> {
        match self.choice {
            Consent::Pending | Consent::Denied => None,
            Consent::Full if !self.gpc && !self.children => Some(ConsentMode::Full),
            Consent::Full | Consent::MeasureOnly => Some(ConsentMode::Measure),
        }
    }

    /// The id, where the mode allows one to be stored and sent.
    pub(super) fn anon(&self) -> Option<Id> {
        self.anon
    }

    /// Mints an id when the mode has come to allow one, gives it up when it no longer does.
    pub(super) fn settle(&mut self, bits: &mut dyn Entropy) {
        if self.mode() == Some(ConsentMode::Full) {
            self.anon.get_or_insert_with(|| Id::random(bits));
        } else if let Some(anon) = self.anon.take() {
            self.given_up = Some(anon);
        }
    }

    /// Gives up the id for good and returns what an erasure has to name; a new one is minted where allowed.
    pub(super) fn forget(&mut self, bits: &mut dyn Entropy) -> Vec<Id> {
        let mut forgotten = Vec::new();
        forgotten.extend(self.anon.take());
        forgotten.extend(self.given_up.take());
        self.settle(bits);
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::{Consent, Visitor};
    use crate::Entropy;
    use crate::wire::ConsentMode;

    struct Counter(u64);
    impl Entropy for Counter {
        fn next_u64(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }
    }

    fn visitor(choice: Consent, gpc: bool) -> Visitor {
        Visitor::new(choice, gpc, false, None, &mut Counter(0))
    }

    #[test]
    fn only_full_consent_has_an_id() {
        assert!(visitor(Consent::Full, false).anon().is_some());
        for choice in [Consent::MeasureOnly, Consent::Pending, Consent::Denied] {
            assert!(visitor(choice, false).anon().is_none(), "{choice:?}");
        }
    }

    #[test]
    fn global_privacy_control_means_measure_only() {
        let visitor = visitor(Consent::Full, true);
        assert_eq!(
            (visitor.mode(), visitor.anon()),
            (Some(ConsentMode::Measure), None)
        );
    }

    #[test]
    fn global_privacy_control_grants_nothing() {
        assert_eq!(visitor(Consent::Denied, true).mode(), None);
        assert_eq!(visitor(Consent::Pending, true).mode(), None);
    }

    #[test]
    fn the_stricter_of_two_copies_wins() {
        use Consent::{Denied, Full, MeasureOnly, Pending};
        for (configured, stored, stands) in [
            (Full, Some(Denied), Denied),
            (Denied, Some(Full), Denied),
            (MeasureOnly, Some(Full), MeasureOnly),
            (Full, None, Full),
            (Pending, Some(Full), Full),
            (Pending, None, Pending),
        ] {
            assert_eq!(
                Consent::at_start(configured, stored),
                stands,
                "{configured:?} {stored:?}"
            );
        }
    }

    #[test]
    fn an_id_given_up_can_still_be_erased() {
        let mut bits = Counter(0);
        let mut visitor = visitor(Consent::Full, false);
        let anon = visitor.anon().unwrap();
        visitor.choice = Consent::Denied;
        visitor.settle(&mut bits);
        assert_eq!(visitor.anon(), None);
        assert_eq!(visitor.forget(&mut bits), [anon]);
        assert_eq!(visitor.forget(&mut bits), []);
    }

    #[test]
    fn forgetting_mints_a_new_id() {
        let mut visitor = visitor(Consent::Full, false);
        let before = visitor.anon();
        visitor.forget(&mut Counter(100));
        assert!(visitor.anon().is_some() && visitor.anon() != before);
    }
}
