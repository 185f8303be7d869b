//! The SQL of `backend/sql`, as the embedded engine runs it. Spark and the warehouse run the same files.

/// Events and batch reports → parts of instances.
pub(crate) const INSTANCE_PARTS: &str = include_str!("../../sql/facts/instance_parts.sql");
/// Parts of instances → their sums, with the verdict on invalid traffic.
pub(crate) const INSTANCE_TOTALS: &str = include_str!("../../sql/facts/instance_totals.sql");
/// Parts of instances → one part an instance and hour.
pub(crate) const INSTANCE_HOURS: &str = include_str!("../../sql/facts/instance_hours.sql");
/// Parts of instances whose visitor was erased → what stays of them.
pub(crate) const INSTANCE_ERASED: &str = include_str!("../../sql/facts/instance_erased.sql");
/// Sums → the table analysts see, with tails and loss.
pub(crate) const INSTANCES: &str = include_str!("../../sql/facts/instances.sql");
/// Events → parts of impressions.
pub(crate) const IMPRESSION_PARTS: &str = include_str!("../../sql/facts/impression_parts.sql");
/// Parts of impressions → whole impressions.
pub(crate) const FCT_IMPRESSION: &str = include_str!("../../sql/facts/fct_impression.sql");
/// Impressions → hourly counts.
pub(crate) const CONTENT_HOUR: &str = include_str!("../../sql/marts/content_hour.sql");
/// Hourly counts now and when final → what came later.
pub(crate) const CONTENT_HOUR_LATE: &str = include_str!("../../sql/marts/content_hour_late.sql");
