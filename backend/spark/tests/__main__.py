"""Runs every test and says at the end how many passed, in the words that `cargo xtask` counts by."""

import sys
import unittest

result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.defaultTestLoader.discover("tests", top_level_dir="."))
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
verdict = "FAILED" if failed else "ok"
print(f"test result: {verdict}. {max(result.testsRun - failed, 0)} passed; {failed} failed", flush=True)
sys.exit(1 if failed else 0)
