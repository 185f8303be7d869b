"""Eyeline's loader on Spark: the same decoder, the same SQL files, the same lake as the embedded engine."""
