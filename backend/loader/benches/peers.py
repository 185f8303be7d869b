"""The loader's work done by DuckDB and by Polars on one thread: the same gzip files in, the same columns out as Parquet with zstd.

peers.py duckdb|polars FOLDER. Prints a row of the table that the benchmark `raw_to_clean` prints. Two things are left out in
favour of the peers: the keyed hash behind visitor_key (a plain hash here) and the search for 1,500 crawler patterns.
"""
import glob
import os
import resource
import sys
import time

COUNTS = "vis eng lat mp mw ml val".split()
NARROW = "pos mx tiv".split()
FLAGS = "ms x tr au mu".split()
TEXTS = "c pl req m rule tg st why goal cur oid var".split()

# Columns of the clean table that are a key of the event, by name.
EVENT_COLUMNS = {
    "placement_id": "pl", "content_id": "c", "position": "pos", "request_id": "req", "propensity": "p", "exploration": "x",
    "measurable": "ms", "rule": "rule", "visible_ms": "vis", "engaged_ms": "eng", "max_visible": "mx", "times_in_view": "tiv",
    "latency_ms": "lat", "trusted": "tr", "target": "tg", "media_state": "st", "media_position_ms": "mp",
    "media_watched_ms": "mw", "media_length_ms": "ml", "autoplay": "au", "muted": "mu", "why": "why", "goal": "goal",
    "value": "val", "currency": "cur", "order_id": "oid",
    "content_variant": "var",
}


def duckdb_query(files, to):
    event = ", ".join(
        ["k VARCHAR", "n BIGINT", "dt BIGINT", "imp BIGINT", "p DOUBLE"]
        + [f"{key} BIGINT" for key in COUNTS] + [f"{key} INTEGER" for key in NARROW + FLAGS] + [f"{key} VARCHAR" for key in TEXTS]
    )
    batch = f"""STRUCT(v VARCHAR, inst VARCHAR, bn BIGINT, sdk VARCHAR, t0 BIGINT,
        src STRUCT(aff VARCHAR, site VARCHAR, page VARCHAR, "ref" VARCHAR, pv INTEGER),
        dev STRUCT(cls VARCHAR, os VARCHAR, lang VARCHAR, tz INTEGER, vw INTEGER, vh INTEGER),
        usr STRUCT(anon VARCHAR, sid VARCHAR, sn INTEGER), con STRUCT("mode" VARCHAR, gpc INTEGER, coppa INTEGER),
        exp MAP(VARCHAR, VARCHAR), sr DOUBLE, dim JSON, loss JSON, ev STRUCT({event})[])"""
    flags = {"exploration", "measurable", "trusted", "autoplay", "muted"}
    columns = ", ".join(f"CAST(e.{key} AS BOOLEAN) AS {name}" if name in flags else f"e.{key} AS \"{name}\"" for name, key in EVENT_COLUMNS.items())
    kinds = "'serve','render','viewable','dwell','click','media','hide','convert','page','consent','sdk'"
    return f"""COPY (
      SELECT b.inst, e.n AS seq, e.imp, CASE WHEN e.k IN ({kinds}) THEN e.k ELSE 'other' END AS kind, event_ms, rcv AS received_ms,
        epoch_ms(event_ms) AS event_ts, CAST(epoch_ms(event_ms) AS DATE) AS event_date, CAST(epoch_ms(rcv) AS DATE) AS received_date,
        hour(epoch_ms(rcv)) AS received_hour, hash(aff || '|' || coalesce(b.usr.anon, b.inst)) AS visitor_key, aff AS affiliate_id,
        b.src.site, b.src.page, b.src."ref" AS referrer, split_part(e.m, '@', 1) AS model, split_part(e.m, '@', 2) AS model_version,
        map_keys(b.exp)[1] AS experiment, map_values(b.exp)[1] AS variant, CAST(to_json(b.exp) AS VARCHAR) AS experiments, {columns},
        b.dev.cls AS device_class, b.dev.os, b.dev.lang AS language, b.dev.tz, b.dev.vw AS viewport_width, b.dev.vh AS viewport_height,
        cc AS country, ip AS ip_prefix, false AS bot, CAST(NULL AS VARCHAR) AS bot_name, basis AS time_basis, w - rcv AS skew_ms,
        abs(w - rcv) > 86400000 AS skew_flag, CASE WHEN gpc = 1 OR b.con.gpc = 1 THEN 'measure' ELSE b.con."mode" END AS consent_mode,
        gpc = 1 OR b.con.gpc = 1 AS gpc, b.con.coppa = 1 AS coppa, coalesce(b.sr, 1) AS sampling_rate, b.usr.sid AS session_id,
        b.usr.sn AS session_number, b.src.pv AS page_view, b.sdk, b.bn AS batch_number, att AS attempt, "key" AS write_key,
        CAST(b.dim AS VARCHAR) AS dimensions, CAST(NULL AS VARCHAR) AS extra
      FROM (SELECT *, least(rcv, CASE WHEN basis = 'mono' THEN rcv - (s - e.dt) ELSE b.t0 + e.dt + (rcv - w) END) AS event_ms
            FROM (SELECT *, CASE WHEN s IS NOT NULL AND abs((w - b.t0) - s) <= 60000 THEN 'mono' ELSE 'wall' END AS basis, unnest(b.ev) AS e
                  FROM read_json({files!r}, format='newline_delimited', maximum_object_size=2097152, columns={{rcv: 'BIGINT', aff: 'VARCHAR', ip: 'VARCHAR',
                    cc: 'VARCHAR', ua: 'VARCHAR', gpc: 'INTEGER', "key": 'VARCHAR', w: 'BIGINT', s: 'BIGINT', att: 'INTEGER', b: '{batch}'}})))
    ) TO '{to}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"""


def duckdb_clean(files, to):
    import duckdb

    db = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
    db.execute("SET temp_directory = ''")
    db.execute(duckdb_query(files, to))
    return f"DuckDB {duckdb.__version__}", db.execute(f"SELECT count(*) FROM '{to}'").fetchone()[0]


def polars_clean(files, to):
    import gzip

    import polars as pl

    text, i64, i32 = pl.String, pl.Int64, pl.Int32
    event = pl.Struct(
        dict(k=text, n=i64, dt=i64, imp=i64, p=pl.Float64) | {key: i64 for key in COUNTS} | {key: i32 for key in NARROW + FLAGS} | {key: text for key in TEXTS}
    )
    batch = pl.Struct(dict(
        v=text, inst=text, bn=i64, sdk=text, t0=i64, src=pl.Struct(dict(aff=text, site=text, page=text, ref=text, pv=i32)),
        dev=pl.Struct(dict(cls=text, os=text, lang=text, tz=i32, vw=i32, vh=i32)), usr=pl.Struct(dict(anon=text, sid=text, sn=i32)),
        con=pl.Struct(dict(mode=text, gpc=i32, coppa=i32)), exp=pl.Struct(dict(recs=text)), sr=pl.Float64,
        dim=pl.Struct(dict(edition=text)), ev=pl.List(event),
    ))
    line = dict(rcv=i64, aff=text, ip=text, cc=text, ua=text, gpc=i32, key=text, w=i64, s=i64, att=i32, b=batch)
    c = pl.col
    rows = 0
    for number, file in enumerate(files):
        with gzip.open(file) as raw:
            frame = pl.read_ndjson(raw.read(), schema=line).lazy()
        frame = frame.unnest("b").explode("ev")
        field = lambda outer, key: c(outer).struct.field(key)
        mono = c("s").is_not_null() & (((c("w") - c("t0")) - c("s")).abs() <= 60000)
        dt = field("ev", "dt")
        frame = frame.with_columns(mono=mono, event_ms=pl.min_horizontal(
            c("rcv"), pl.when(mono).then(c("rcv") - (c("s") - dt)).otherwise(c("t0") + dt + (c("rcv") - c("w")))))
        flags = {"exploration", "measurable", "trusted", "autoplay", "muted"}
        gpc = (c("gpc") == 1) | (field("con", "gpc") == 1)
        model = field("ev", "m").str.splitn("@", 2).struct
        frame = frame.select(
            "inst", field("ev", "n").alias("seq"), field("ev", "imp"), field("ev", "k").alias("kind"), "event_ms", c("rcv").alias("received_ms"),
            c("event_ms").cast(pl.Datetime("ms")).alias("event_ts"), c("event_ms").cast(pl.Datetime("ms")).dt.date().alias("event_date"),
            c("rcv").cast(pl.Datetime("ms")).dt.date().alias("received_date"), c("rcv").cast(pl.Datetime("ms")).dt.hour().alias("received_hour"),
            pl.concat_str([c("aff"), pl.coalesce(field("usr", "anon"), c("inst"))], separator="|").hash().alias("visitor_key"), c("aff").alias("affiliate_id"),
            field("src", "site"), field("src", "page"), field("src", "ref").alias("referrer"), model.field("field_0").alias("model"), model.field("field_1").alias("model_version"),
            pl.lit("recs").alias("experiment"), field("exp", "recs").alias("variant"), c("exp").struct.json_encode().alias("experiments"),
            *[(field("ev", key).cast(pl.Boolean) if name in flags else field("ev", key)).alias(name) for name, key in EVENT_COLUMNS.items()],
            field("dev", "cls").alias("device_class"), field("dev", "os"), field("dev", "lang").alias("language"), field("dev", "tz"),
            field("dev", "vw").alias("viewport_width"), field("dev", "vh").alias("viewport_height"), c("cc").alias("country"), c("ip").alias("ip_prefix"),
            pl.lit(False).alias("bot"), pl.lit(None, dtype=text).alias("bot_name"), pl.when(c("mono")).then(pl.lit("mono")).otherwise(pl.lit("wall")).alias("time_basis"),
            (c("w") - c("rcv")).alias("skew_ms"), ((c("w") - c("rcv")).abs() > 86400000).alias("skew_flag"),
            pl.when(gpc).then(pl.lit("measure")).otherwise(field("con", "mode")).alias("consent_mode"), gpc.alias("gpc"), (field("con", "coppa") == 1).alias("coppa"),
            c("sr").fill_null(1).alias("sampling_rate"), field("usr", "sid").alias("session_id"), field("usr", "sn").alias("session_number"), field("src", "pv").alias("page_view"),
            "sdk", c("bn").alias("batch_number"), c("att").alias("attempt"), c("key").alias("write_key"), c("dim").struct.json_encode().alias("dimensions"), pl.lit(None, dtype=text).alias("extra"),
        )
        out = f"{to}.{number}"
        frame.collect().write_parquet(out, compression="zstd", compression_level=1)
        rows += pl.scan_parquet(out).select(pl.len()).collect().item()
    return f"Polars {pl.__version__}", rows


def main():
    peer, folder = sys.argv[1:]
    files = sorted(glob.glob(os.path.join(folder, "*.gz")))
    work = {"duckdb": duckdb_clean, "polars": polars_clean}[peer]
    start = time.perf_counter()
    name, rows = work(files, os.path.join(folder, f"{peer}.parquet"))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"| {name}, one thread: raw to clean | {rows / seconds:.0f} | | {peak:.0f} | {rows} |")


if __name__ == "__main__":
    main()
