"""Golden vectors for the reports' statistics, from statsmodels and SciPy.

Run: python3 -m venv venv && venv/bin/pip install statsmodels==0.15.0 scipy==1.17.1 && venv/bin/python statistics.py
It writes statistics.json beside itself. The versions used are in that file.
"""
import json
import math
import pathlib
import random

import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

draw = random.Random(20191124)
counted = [(0, 1), (1, 1), (0, 10_000), (69, 10_000), (46, 10_000), (157, 30_000), (130, 30_000), (5, 9), (999_999, 1_000_000)]
counted += [(hits, n) for n in (draw.randrange(2, 10**draw.randrange(1, 8)) for _ in range(60)) for hits in [draw.randrange(0, n + 1)]]
pairs = [((46, 10_000), (69, 10_000)), ((130, 30_000), (157, 30_000)), ((3, 50), (9, 40)), ((5_000, 10_000), (5_100, 10_000))]
for _ in range(60):
    rate, n, m = draw.uniform(0.001, 0.6), draw.randrange(100, 10**6), draw.randrange(100, 10**6)
    pairs.append(((max(1, int(rate * n * draw.uniform(0.9, 1.1))), n), (max(1, int(rate * m * draw.uniform(0.9, 1.1))), m)))


def compared(a, b):
    z, p = proportions_ztest([b[0], a[0]], [b[1], a[1]])
    low, high = confint_proportions_2indep(b[0], b[1], a[0], a[1], method="newcomb", compare="diff")
    return {"control": a, "treatment": b, "z": float(z), "p": float(p), "low": float(low), "high": float(high)}


def garwood(clicks, expected):
    low = float(stats.chi2.ppf(0.025, 2 * clicks)) / 2 if clicks else 0.0
    return {"clicks": clicks, "expected": expected, "low": low / expected, "high": float(stats.chi2.ppf(0.975, 2 * clicks + 2)) / 2 / expected}


def split(counts, shares):
    expected = [sum(counts) * share for share in shares]
    statistic, p = stats.chisquare(counts, expected)
    return {"counts": counts, "shares": shares, "statistic": float(statistic), "p": float(p)}


def homogeneous(groups):
    table = [[hits for hits, _ in groups], [n - hits for hits, n in groups]]
    statistic, p, _, _ = stats.chi2_contingency(table, correction=False)
    return {"groups": groups, "statistic": float(statistic), "p": float(p)}


def normal_mean(values):
    n, mean = len(values), sum(values) / len(values)
    half = float(stats.norm.ppf(0.975)) * float(stats.sem(values))
    return {"n": n, "sum": sum(values), "squares": sum(v * v for v in values), "low": mean - half, "high": mean + half}


golden = {
    "versions": {"statsmodels": statsmodels.__version__, "scipy": scipy.__version__},
    "wilson": [
        dict(zip(("hits", "n", "low", "high"), (hits, n, *map(float, proportion_confint(hits, n, method="wilson"))))) for hits, n in counted
    ],
    "compare": [compared(a, b) for a, b in pairs],
    "poisson": [garwood(clicks, expected) for clicks, expected in [(0, 2.5), (1, 1.0), (2, 5.0), (17, 12.25), (69, 50.0), (1_000, 900.0), (25_000, 20_000.0)]],
    "goodness_of_fit": [split(c, s) for c, s in [([10_000, 10_000], [0.5, 0.5]), ([30_000, 30_500], [0.5, 0.5]), ([100, 220, 290], [1 / 6, 1 / 3, 1 / 2])]],
    "homogeneity": [
        homogeneous(g)
        for g in [[(38, 9_935), (51, 10_174), (41, 9_891)], [(10, 100), (20, 100)], [(500, 10_000), (450, 10_000), (400, 10_000), (380, 10_000)]]
    ],
    "mean": [normal_mean([draw.expovariate(0.25) + 5 for _ in range(n)]) for n in (2, 30, 1_000)],
}
for row in golden["wilson"]:
    row["low"], row["high"] = max(row["low"], 0.0), min(row["high"], 1.0)
assert all(math.isfinite(row["z"]) for row in golden["compare"])
pathlib.Path(__file__).with_name("statistics.json").write_text(json.dumps(golden, indent=1) + "\n")
