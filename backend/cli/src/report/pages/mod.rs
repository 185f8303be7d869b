//! The pages, one file each: what is asked of the lake, and what the answers mean.

mod affiliates;
mod content;
mod experiment;
mod experiment_rows;
mod fatigue;
mod placement;
mod promote;
mod quality;
mod quality_arrival;
mod quality_loss;
mod related;
mod trending;

use datafusion::prelude::SessionContext;

use super::error::ReportError;
use super::model::Page;
use super::options::Options;

/// What a page may look at.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) ctx: &'a SessionContext,
    pub(super) options: &'a Options,
}

/// All pages, data quality first: nobody should read a rate before knowing what was lost.
pub(super) async fn all(scope: Scope<'_>) -> Result<Vec<Page>, ReportError> {
    Ok(vec![
        quality::page(scope).await?,
        content::page(scope).await?,
        placement::page(scope).await?,
        affiliates::page(scope).await?,
        experiment::page(scope).await?,
        fatigue::page(scope).await?,
        promote::page(scope).await?,
        related::page(scope).await?,
        trending::page(scope).await?,
    ])
}

#[cfg(test)]
mod coec_test;
