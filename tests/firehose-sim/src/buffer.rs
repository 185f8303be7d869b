//! Records of one stream until they are delivered.

use bytes::Bytes;

use crate::settings::StreamSettings;

/// A record that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) data: Bytes,
    pub(crate) arrived_ms: i64,
}

/// What one object will be made of.
pub(crate) type Batch = Vec<Held>;

/// Records that wait for company.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    records: Batch,
    bytes: usize,
}

impl Buffer {
    pub(crate) fn push(&mut self, record: Held) {
        self.bytes += record.data.len();
        self.records.push(record);
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether enough came, or the oldest has waited long enough.
    pub(crate) fn is_due(&self, stream: &StreamSettings, now_ms: i64) -> bool {
        let waited = |oldest: &Held| now_ms - oldest.arrived_ms >= stream.buffer_ms;
        self.bytes >= stream.buffer_bytes || self.records.first().is_some_and(waited)
    }

    pub(crate) fn take(&mut self) -> Batch {
        self.bytes = 0;
        std::mem::take(&mut self.records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_or_the_oldest_records_time_makes_a_delivery_due() {
        let stream = StreamSettings {
            buffer_bytes: 10,
            buffer_ms: 1_000,
            ..StreamSettings::new("s")
        };
        let mut buffer = Buffer::default();
        let held = |bytes: usize, arrived_ms| Held {
            id: String::new(),
            data: vec![b'x'; bytes].into(),
            arrived_ms,
        };
        assert!(!buffer.is_due(&stream, i64::MAX));
        buffer.push(held(4, 0));
        buffer.push(held(5, 900));
        assert!(!buffer.is_due(&stream, 999));
        assert!(buffer.is_due(&stream, 1_000));
        buffer.push(held(1, 900));
        assert!(buffer.is_due(&stream, 900));
        assert_eq!(buffer.take().len(), 3);
        assert!(!buffer.is_due(&stream, i64::MAX));
    }
}
