//! stub
use anyhow::Result;
pub(crate) fn show() -> Result<()> {
    Ok(())
}
pub(crate) fn check() -> Result<()> {
    Ok(())
}
