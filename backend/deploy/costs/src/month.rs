//! A month of the pipeline: what grows with the events, and what is paid for standing there.

use crate::bill::Bill;
use crate::prices::{Prices, Region};
use crate::records::Packing;

/// What turns raw files into facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `eyeline load` on Fargate.
    Loader,
    /// Spark on EMR Serverless.
    EmrServerless,
}

/// What analysts ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// The lake, by Athena or Spark, paid by the query and not counted here.
    Lake,
    /// Redshift Serverless, loaded as often as the lake is.
    Redshift,
}

/// A month with so many events.
#[derive(Debug, Clone, Copy)]
pub struct Month {
    /// How many.
    pub events: f64,
    /// How they are put into Firehose's records.
    pub packing: Packing,
    /// What loads them.
    pub engine: Engine,
    /// What they are asked by.
    pub query: Query,
    /// Minutes between loads.
    pub load_every_minutes: f64,
}

impl Month {
    /// The pipeline as the template makes it by default.
    #[must_use]
    pub fn of(events: f64) -> Self {
        Self {
            events,
            packing: Packing::Shared,
            engine: Engine::Loader,
            query: Query::Lake,
            load_every_minutes: 10.0,
        }
    }

    /// With so many impressions, each as many events as in the real data.
    #[must_use]
    pub fn of_impressions(impressions: f64) -> Self {
        Self::of(impressions * run::EVENTS / run::IMPRESSIONS)
    }

    /// What grows with the events.
    #[must_use]
    pub fn grows<'a>(&self, prices: &'a Prices, region: Region) -> Bill<'a> {
        let mut bill = Bill::new(prices, region);
        self.taking(&mut bill);
        self.delivering(&mut bill);
        self.keeping(&mut bill);
        self.loading(&mut bill);
        bill
    }

    /// Balancer, collectors, and the way to Firehose.
    fn taking(&self, bill: &mut Bill<'_>) {
        let requests = self.events / LINE_EVENTS;
        // A phone opens a connection for each batch; a balancer's unit has 25 new ones a second, or 1 GB an hour.
        let connections = requests / (25.0 * 3_600.0);
        let gigabytes = requests * (LINE_EVENTS * BODY_BYTES_AN_EVENT + HEADER_BYTES) / GB;
        bill.add(BALANCER, "alb_lcu_hour", connections.max(gigabytes));
        let busy_hours = requests / REQUESTS_A_SECOND_A_VCPU / 3_600.0;
        let more = (busy_hours - TASKS * TASK_VCPUS * HOURS).max(0.0);
        bill.add(COLLECTORS, "fargate_vcpu_hour", more);
        bill.add(COLLECTORS, "fargate_gb_hour", more * 2.0);
        bill.add(BALANCER, "out_gb", requests * ANSWER_BYTES / GB);
        // AWS's API takes records in base64.
        bill.add(NETWORK, "endpoint_gb", self.put_bytes() * 4.0 / 3.0 / GB);
    }

    fn delivering(&self, bill: &mut Bill<'_>) {
        bill.add(
            "Firehose",
            "firehose_gb",
            self.events * self.record().billed / GB,
        );
        let bytes = self.put_bytes();
        bill.add(TRANSFORM, "lambda_request", bytes / LAMBDA_BUFFER_BYTES);
        bill.add(
            TRANSFORM,
            "lambda_gb_second",
            bytes / LAMBDA_BYTES_A_SECOND * 0.25,
        );
    }

    fn keeping(&self, bill: &mut Bill<'_>) {
        let raw = self.events * run::RAW_BYTES / run::EVENTS;
        let objects = raw / FIREHOSE_BUFFER_BYTES;
        bill.add(REQUESTS, "s3_write", objects);
        bill.add(REQUESTS, "s3_read", objects);
        // Firehose's objects at least have a data key each; a bucket key saves most of what others would ask.
        bill.add(REQUESTS, "kms_request", objects * 2.0);
        bill.add(RAW, "s3_gb_month", raw / GB * RAW_DAYS / DAYS);
        bill.add(LAKE, "s3_gb_month", self.lake_bytes() / GB * LAKE_MONTHS);
        if self.query == Query::Redshift {
            bill.add(
                WAREHOUSE_STORAGE,
                "redshift_gb_month",
                self.lake_bytes() / GB * LAKE_MONTHS,
            );
        }
    }

    fn loading(&self, bill: &mut Bill<'_>) {
        let vcpu_hours = self.events / EVENTS_A_SECOND_A_VCPU / 3_600.0;
        match self.engine {
            Engine::Loader => {
                // One of the task's two processors is at work.
                bill.add(LOADER, "fargate_vcpu_hour", vcpu_hours * LOADER_VCPUS);
                bill.add(LOADER, "fargate_gb_hour", vcpu_hours * LOADER_GB);
            }
            Engine::EmrServerless => {
                bill.add(EMR, "emr_vcpu_hour", vcpu_hours * SPARK_OVERHEAD);
                bill.add(EMR, "emr_gb_hour", vcpu_hours * SPARK_OVERHEAD * 4.0);
            }
        }
        if self.query == Query::Redshift {
            let hours = self.lake_bytes() / COPY_BYTES_A_SECOND / 3_600.0;
            bill.add(WAREHOUSE, "redshift_rpu_hour", hours * BASE_RPUS);
        }
    }

    /// What is paid although no event comes.
    #[must_use]
    pub fn stands<'a>(&self, prices: &'a Prices, region: Region) -> Bill<'a> {
        let mut bill = Bill::new(prices, region);
        bill.add(BALANCER, "alb_hour", HOURS);
        bill.add(BALANCER, "ipv4_hour", ZONES * HOURS);
        bill.add(COLLECTORS, "fargate_vcpu_hour", TASKS * TASK_VCPUS * HOURS);
        bill.add(COLLECTORS, "fargate_gb_hour", TASKS * TASK_GB * HOURS);
        let warehouse = f64::from(u8::from(self.query == Query::Redshift));
        bill.add(
            NETWORK,
            "endpoint_hour",
            (ENDPOINTS + warehouse) * ZONES * HOURS,
        );
        bill.add(WATCHING, "kms_key_month", 1.0);
        bill.add(WATCHING, "secret_month", 2.0);
        bill.add(WATCHING, "alarm_month", ALARMS + warehouse);
        bill.add(WATCHING, "dashboard_month", 1.0);
        let loads = HOURS * 60.0 / self.load_every_minutes;
        // A run with nothing to do is paid as a minute.
        let hours = loads / 60.0;
        match self.engine {
            Engine::Loader => {
                bill.add(LOADER, "fargate_vcpu_hour", hours * LOADER_VCPUS);
                bill.add(LOADER, "fargate_gb_hour", hours * LOADER_GB);
            }
            Engine::EmrServerless => {
                // A driver and two executors of 4 vCPUs, 16 GB each.
                bill.add(EMR, "emr_vcpu_hour", hours * 12.0);
                bill.add(EMR, "emr_gb_hour", hours * 48.0);
            }
        }
        bill.add(REQUESTS, "s3_write", loads * FILES_A_LOAD);
        bill.add(REQUESTS, "s3_read", loads * FILES_A_LOAD);
        bill.add(REQUESTS, "kms_request", loads * 2.0);
        if self.query == Query::Redshift {
            bill.add(WAREHOUSE, "redshift_rpu_hour", hours * BASE_RPUS);
        }
        bill
    }

    fn put_bytes(&self) -> f64 {
        self.events * self.record().bytes
    }

    fn lake_bytes(&self) -> f64 {
        self.events * run::LAKE_BYTES / run::EVENTS
    }

    fn record(&self) -> crate::records::Load {
        let lines_a_second = self.events / LINE_EVENTS / (HOURS * 3_600.0) / TASKS;
        self.packing
            .an_event(LINE_BYTES, LINE_EVENTS, LONE_BYTES, lines_a_second)
    }
}

/// What was counted in one run of the real data: `eyeline collect`, `replay`, `load --once`, 2026-11-24, sizes of the files they left.
mod run {
    pub(super) const EVENTS: f64 = 272_171.0;
    pub(super) const IMPRESSIONS: f64 = 60_000.0;
    pub(super) const LINES: f64 = 6_593.0;
    pub(super) const LINE_BYTES: f64 = 37_869_873.0;
    /// Compressed.
    pub(super) const RAW_BYTES: f64 = 7_673_092.0;
    pub(super) const LAKE_BYTES: f64 = 6_843_821.0;
}

const LINE_EVENTS: f64 = run::EVENTS / run::LINES;
const LINE_BYTES: f64 = run::LINE_BYTES / run::LINES;
/// One event with its whole context (docs/benchmarks.md, wire), and what the collector puts around it, as it was in that run.
const LONE_BYTES: f64 = 558.0 + 167.0;
/// A batch of 50, compressed (docs/benchmarks.md, wire).
const BODY_BYTES_AN_EVENT: f64 = 25.7;
/// Assumed: a browser's headers, and ours.
const HEADER_BYTES: f64 = 1_000.0;
const ANSWER_BYTES: f64 = 250.0;
/// A tenth of a server thread that discards lines (docs/benchmarks.md, collector), for TLS to Firehose, and for load that comes unevenly.
const REQUESTS_A_SECOND_A_VCPU: f64 = 2_000.0;
/// CPU time of `eyeline load` in that run, 3.06 s, in a build for tests: facts and marts among it.
const EVENTS_A_SECOND_A_VCPU: f64 = 89_000.0;
/// Assumed: what Spark takes more of processors than the loader.
const SPARK_OVERHEAD: f64 = 3.0;
/// Assumed: 256 MB have a seventh of a processor, and a line is read in base64 within JSON.
const LAMBDA_BYTES_A_SECOND: f64 = 10e6;
/// Assumed: COPY and the replacing of rows, 8 RPUs.
const COPY_BYTES_A_SECOND: f64 = 10e6;
/// Of the templates, by default.
const LAMBDA_BUFFER_BYTES: f64 = 3e6;
const FIREHOSE_BUFFER_BYTES: f64 = 64e6;
const RAW_DAYS: f64 = 29.0;
const TASKS: f64 = 2.0;
const TASK_VCPUS: f64 = 0.5;
const TASK_GB: f64 = 1.0;
const LOADER_VCPUS: f64 = 2.0;
const LOADER_GB: f64 = 8.0;
const BASE_RPUS: f64 = 8.0;
const ENDPOINTS: f64 = 5.0;
const ZONES: f64 = 2.0;
const ALARMS: f64 = 8.0;
/// Objects that a load of that run wrote; each is read about once by the next.
const FILES_A_LOAD: f64 = 74.0 / 2.0;
/// For how long facts are asked: events are paid for as long as they are kept.
const LAKE_MONTHS: f64 = 13.0;
const HOURS: f64 = 730.5;
const DAYS: f64 = HOURS / 24.0;
/// AWS's gigabyte.
const GB: f64 = 1_073_741_824.0;

const BALANCER: &str = "load balancer, answers";
const COLLECTORS: &str = "collectors (Fargate)";
const NETWORK: &str = "endpoints";
const TRANSFORM: &str = "Lambda";
const REQUESTS: &str = "S3 and KMS requests";
const RAW: &str = "S3, raw files for 29 days";
const LAKE: &str = "S3, the lake for 13 months";
const LOADER: &str = "loader (Fargate)";
const EMR: &str = "EMR Serverless";
const WAREHOUSE: &str = "Redshift";
const WAREHOUSE_STORAGE: &str = "Redshift, storage for 13 months";
const WATCHING: &str = "key, secrets, alarms, dashboard";

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(bill: &Bill<'_>, what: &str) -> f64 {
        let charge = bill.charges().iter().find(|charge| charge.what == what);
        (charge.unwrap().usd * 100.0).round() / 100.0
    }

    #[test]
    fn a_billion_events_by_themselves_are_a_billion_steps_of_firehose() {
        let prices = Prices::committed();
        let month = Month {
            packing: Packing::Event,
            ..Month::of(1e9)
        };
        // 5,120 bytes each: 4,768.37 GB at 0.029.
        assert!(
            (cents(&month.grows(&prices, Region::Virginia), "Firehose") - 138.28).abs() < 0.005
        );
        // At 0.036.
        assert!((cents(&month.grows(&prices, Region::Tokyo), "Firehose") - 171.66).abs() < 0.005);
    }

    #[test]
    fn a_billion_events_in_their_batches_are_two_steps_for_41() {
        let prices = Prices::committed();
        let month = Month {
            packing: Packing::Batch,
            ..Month::of(1e9)
        };
        // 6,593 lines of 5,744 bytes for 272,171 events: 24,223,742 records of 10,240 bytes, 231.01 GB at 0.029.
        assert!((cents(&month.grows(&prices, Region::Virginia), "Firehose") - 6.70).abs() < 0.005);
    }

    #[test]
    fn what_stands_there_without_an_event_is_counted_by_hand() {
        let prices = Prices::committed();
        let bill = Month::of(0.0).stands(&prices, Region::Virginia);
        // 730.5 h of a balancer at 0.0225, of two addresses at 0.005.
        assert!((cents(&bill, BALANCER) - 23.74).abs() < 0.005);
        // Two tasks of half a processor and 1 GB.
        assert!((cents(&bill, COLLECTORS) - 28.85).abs() < 0.005);
        // Five endpoints in two zones at 0.01.
        assert!((cents(&bill, NETWORK) - 73.05).abs() < 0.005);
        assert!(
            Month::of(0.0)
                .grows(&prices, Region::Virginia)
                .total()
                .abs()
                < 1e-9
        );
    }

    #[test]
    fn redshift_is_paid_by_the_minute_of_each_load() {
        let prices = Prices::committed();
        let month = Month {
            query: Query::Redshift,
            load_every_minutes: 60.0,
            ..Month::of(0.0)
        };
        // 730.5 minutes of 8 RPUs: 97.4 RPU-hours at 0.375.
        assert!((cents(&month.stands(&prices, Region::Virginia), WAREHOUSE) - 36.53).abs() < 0.01);
    }

    #[test]
    fn what_a_busy_pipeline_puts_together_is_never_dearer_than_a_batch_a_record() {
        let prices = Prices::committed();
        for events in [1e6, 1e9, 1e11] {
            let of = |packing| {
                let month = Month {
                    packing,
                    ..Month::of(events)
                };
                month.grows(&prices, Region::Virginia).total()
            };
            assert!(of(Packing::Shared) <= of(Packing::Batch) + 1e-9);
            assert!(of(Packing::Batch) < of(Packing::Event));
        }
    }

    #[test]
    fn every_price_of_the_file_is_charged_somewhere() {
        let mut prices = Prices::committed();
        let whole = |prices: &Prices| -> f64 {
            let months = [Engine::Loader, Engine::EmrServerless].map(|engine| Month {
                engine,
                query: Query::Redshift,
                ..Month::of(1e12)
            });
            let both = months.iter().map(|month| {
                month.grows(prices, Region::Virginia).total()
                    + month.stands(prices, Region::Virginia).total()
            });
            both.sum()
        };
        let before = whole(&prices);
        let names: Vec<String> = prices.prices.keys().cloned().collect();
        for name in names {
            prices.raise(&name);
            assert!(whole(&prices) > before, "{name} is charged nowhere");
            prices = Prices::committed();
        }
    }
}
