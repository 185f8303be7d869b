//! The two ways in which a sealed batch becomes others, with the same events and keys under new labels: halves of one that
//! was too large, and one without a visitor whose id no longer stands.

use super::Engine;
use super::gzip::{compress, decompress};
use super::loss::LossReason;
use super::sealed::{Sealed, TAIL, Tries};
use super::table::Table;
use crate::store::{Class, Key};
use crate::wire::ConsentMode;
use crate::wire::json::write_whole;
use crate::{Id, Now};

impl Engine {
    /// Whether a batch may leave with this id: the visitor is known by it, and allows it.
    pub(super) fn may_name(&self, anon: Option<Id>) -> bool {
        anon.is_none_or(|_| {
            let is_other = || self.others.iter().any(|other| other.anon == anon);
            self.visitor.mode() == Some(ConsentMode::Full)
                && (self.visitor.anon() == anon || is_other())
        })
    }

    /// Takes the visitor out of a batch that was sealed under a wider choice than the one that stands.
    #[inline(never)]
    pub(super) fn take_visitor_out(&mut self, now: Now, number: u64) {
        let label = self.ledger.batches + 1;
        let nameless = self
            .queue
            .by_number(number)
            .and_then(|batch| batch.without_visitor(label, now));
        self.put_in_place(number, nameless.map(|nameless| vec![nameless]));
    }

    /// Halves a batch that was too large.
    #[inline(never)]
    pub(super) fn split(&mut self, now: Now, number: u64) {
        let labels = [self.ledger.batches + 1, self.ledger.batches + 2];
        let halves = self
            .queue
            .by_number(number)
            .and_then(|batch| batch.split(labels, now));
        self.put_in_place(number, halves.map(Vec::from));
    }

    /// In one record, so that no crash leaves events twice or not at all. `None`: the bytes are damaged.
    #[inline(never)]
    fn put_in_place(&mut self, number: u64, parts: Option<Vec<Sealed>>) {
        let Some(parts) = parts else {
            return self.end(number, LossReason::StorageFailed);
        };
        if let Some(whole) = self.queue.by_number(number).cloned() {
            self.delete_batch(&whole);
        }
        for part in &parts {
            self.ledger.batches = self.ledger.batches.max(part.number);
            let key = Key::new(Class::Batch, part.number);
            self.outbox.put(key, part.encode());
        }
        self.queue.replace(number, parts);
        self.put_ledger();
    }
}

impl Sealed {
    /// The two halves by bytes. `None` when the bytes are damaged.
    #[inline(never)]
    fn split(&self, labels: [u64; 2], now: Now) -> Option<[Self; 2]> {
        let raw = decompress(&self.body)?;
        let (head, events) = self.halves_of(&raw)?;
        let (mut fore, mut aft) = (Table::default(), Table::default());
        let mut cut = 0;
        for slot in self.table.iter() {
            // Neither half is empty, and nothing overtakes what goes into the second.
            let fits = fore.len() == 0 || cut + slot.len < events.len() / 2;
            if fits && aft.len() == 0 && slot.n < self.table.last() {
                cut += slot.len + 1;
                fore.push(slot);
            } else {
                aft.push(slot);
            }
        }
        let part = |events, table, label| Self {
            tries: Tries {
                unanswered: self.tries.unanswered,
                ..Tries::default()
            },
            ..self.with(label, head, events, table, now)
        };
        let [a, b] = labels;
        let (first, second) = (events.get(..cut.checked_sub(1)?)?, events.get(cut..)?);
        Some([part(first, fore, a), part(second, aft, b)])
    }

    /// The same batch, as it would have been captured without a visitor's id. `None` when the bytes are damaged.
    #[inline(never)]
    fn without_visitor(&self, label: u64, now: Now) -> Option<Self> {
        let raw = decompress(&self.body)?;
        let (head, events) = self.halves_of(&raw)?;
        let anon = self.anon?;
        let mut member = b"\"anon\":\"".to_vec();
        member.extend_from_slice(anon.as_bytes());
        member.push(b'"');
        let mut head = cut_out(head, USER, &member, b"")?;
        // The comma between the id and what follows it.
        let user = find(&head, USER)? + USER.len();
        if head.get(user) == Some(&b',') {
            head.remove(user);
        }
        let head = cut_out(&head, CONSENT, FULL, MEASURE)?;
        Some(Self {
            anon: None,
            tries: self.tries,
            ..self.with(label, &head, events, self.table.clone(), now)
        })
    }

    /// What stands before the events, and the events.
    fn halves_of<'a>(&self, raw: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let (head, events) = raw.split_at_checked(self.head_len)?;
        Some((head, events.strip_suffix(TAIL)?))
    }

    fn with(&self, label: u64, head: &[u8], events: &[u8], table: Table, now: Now) -> Self {
        let digits = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        // The instance before it is base64url, so the first match is the key itself.
        let start = find(head, LABEL).map_or(head.len(), |at| at + LABEL.len());
        let mut raw = head[..start].to_vec();
        write_whole(label, &mut raw);
        raw.extend_from_slice(&head[start + digits(&head[start..])..]);
        let head_len = raw.len();
        raw.extend_from_slice(events);
        raw.extend_from_slice(TAIL);
        Self {
            number: label,
            order: self.order,
            inst: self.inst,
            anon: self.anon,
            table,
            body: compress(&raw),
            head_len,
            raw_len: raw.len(),
            opened: self.opened,
            aged_ms: self.age_ms(now),
            entered: now.mono,
            tries: Tries::default(),
        }
    }
}

/// `head` with `new` in place of `old`, which must follow `before`. No host's text holds `before`: in a JSON string every
/// quote is escaped.
fn cut_out(head: &[u8], before: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let at = find(head, before)? + before.len();
    let rest = head[at..].strip_prefix(old)?;
    let mut cut = head[..at].to_vec();
    cut.extend_from_slice(new);
    cut.extend_from_slice(rest);
    Some(cut)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

const LABEL: &[u8] = b"\"bn\":";
const USER: &[u8] = b"\"usr\":{";
const CONSENT: &[u8] = b"\"con\":{\"mode\":";
const FULL: &[u8] = b"\"full\"";
const MEASURE: &[u8] = b"\"measure\"";
