"""Runs the recipes of docs/at-scale and compares their totals. Usage: python recipes.py COMPANION FOLDER"""
import csv
import decimal
import json
import os
import pathlib
import shutil
import subprocess
import sys

import duckdb

companion, folder = sys.argv[1], pathlib.Path(sys.argv[2])
recipes = pathlib.Path(__file__).parents[3] / "docs" / "at-scale"
breakdown = folder.with_suffix(".csv")
long = {kind: folder.with_name(f"{folder.name}-long.{kind}") for kind in ["csv", "parquet"]}


def run(*command, fine=(0,)):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE)
    if done.returncode not in fine:
        sys.exit(f"{command[1]} ended with {done.returncode}")
    return done.stdout.decode()


def same(what, one, other):
    if one != other:
        sys.exit(f"{what}: {one} is not {other}")
    print("ok", what)


for path in long.values():
    said = run(companion, "consolidate", folder, "--breakdown", breakdown, "--out", folder.with_suffix(".xlsx"),
               "--long", path, "--force", "--format", "json")
[period] = json.loads(said)["periods"]
totals = [(row["number"], decimal.Decimal(row["done"]), decimal.Decimal(row["target"])) for row in period["totals"]]


def told(lines):
    rows = [line.split("\t") for line in lines]
    return [(int(number), decimal.Decimal(done), decimal.Decimal(target)) for number, done, target in rows]


# Both forms of the long table say the same, in columns of the types that docs/at-scale.md names.
kinds = {name: kind for name, kind, *_ in duckdb.sql(f"DESCRIBE FROM '{long['parquet']}'").fetchall()}
same("types", [kinds[name] for name in ["报告期", "市", "序号", "数值", "目标值"]],
     ["DATE", "VARCHAR", "INTEGER", "DECIMAL(38,6)", "DECIMAL(38,6)"])
with open(long["csv"], encoding="utf-8-sig", newline="") as file:
    captions, *written = csv.reader(file)
same("columns", list(kinds), [caption.replace(" ", "_") for caption in captions])
shown = [[f"{value.normalize():f}" if isinstance(value, decimal.Decimal) else str(value) for value in row]
         for row in duckdb.sql(f"FROM '{long['parquet']}'").fetchall()]
same("rows", shown, written)
same("number of rows", len(shown), 450)

for path in long.values():
    same(f"DuckDB, {path.suffix}", told(run(sys.executable, recipes / "duckdb_totals.py", path).splitlines()), totals)

if not shutil.which("java"):
    sys.exit("PySpark needs Java 17 or newer; install it (apt-get install default-jre-headless) and run this again")
os.environ["PYSPARK_PYTHON"] = sys.executable
parts = folder.with_name(f"{folder.name}-parts")
shutil.rmtree(parts, ignore_errors=True)
checked, *lines = run(sys.executable, recipes / "spark_totals.py", companion, folder, breakdown, parts,
                      period["period"]).splitlines()
same("PySpark, check", checked, "已校核\t50\t错误\t0\t警示\t0")
same("PySpark, totals", told(lines), totals)
