"""各指标合计，每行一项：序号、完成、目标。用法：python duckdb_totals.py 长表.parquet（或 .csv）"""
import pathlib
import sys

import duckdb

duckdb.sql(f"CREATE VIEW 长表 AS FROM '{sys.argv[1]}'")
query = pathlib.Path(__file__).with_name("totals.sql").read_text(encoding="utf-8")
for number, _, done, target, *_ in duckdb.sql(query).fetchall():
    print(number, done, target, sep="\t")
