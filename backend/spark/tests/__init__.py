"""The Spark suite: Spark beside the embedded engine, on real impressions."""
