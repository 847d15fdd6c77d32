"""Consolidates returns by companion, openpyxl and SheetJS in turns. Usage: python bench.py COMPANION FOLDER ROUNDS

Beside FOLDER lies FOLDER.csv, its breakdown. Says files a second, the time of all cores that a file takes, and the most
memory that any one process held. The whole job, of one period and of all, is the same one in both: the sheets that hold
a row for each number or file are compared. Exit code 1 of companion: units owe something.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import openpyxl

companion, folder, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
here = pathlib.Path(__file__).parent
plan, cores = folder.with_suffix(".csv"), os.cpu_count()


def out(name: str) -> pathlib.Path:
    return folder.with_name(f"{folder.name}-{name}.xlsx")


def whole(which: str, processes: int) -> list:
    return [sys.executable, here / "whole_openpyxl.py", folder, plan, out(f"openpyxl-{which}"), which, processes]


def own(which: str) -> list:
    words = ["--period", "all"] if which == "all" else []
    return [companion, "consolidate", folder, "--breakdown", plan, "--out", out(f"companion-{which}"), "--force",
            "--format", "json", *words]


LATEST, ALL = "latest", "all"
# By what is asked: reading and totals alone, the whole job of the latest period, the whole job of all periods.
jobs = {
    ("reading and totals alone", "openpyxl"): [sys.executable, here / "with_openpyxl.py", folder, out("openpyxl")],
    ("reading and totals alone", "SheetJS"): ["node", here / "with_sheetjs.mjs", folder, out("sheetjs")],
    ("whole, latest period", "companion"): own(LATEST),
    ("whole, latest period", "openpyxl"): whole(LATEST, 1),
    ("whole, latest period", f"openpyxl, Pool({cores})"): whole(LATEST, cores),
    ("whole, all periods", "companion"): own(ALL),
    ("whole, all periods", "openpyxl"): whole(ALL, 1),
    ("whole, all periods", f"openpyxl, Pool({cores})"): whole(ALL, cores),
}


def total(name: str, said: bytes) -> float:
    if name == "companion":
        return sum(float(row["done"]) for row in json.loads(said)["periods"][-1]["totals"])
    return float(said)


def rows(path: pathlib.Path, sheet: str) -> list:
    """The rows that stand for a number or a file, in any order."""
    book = openpyxl.load_workbook(path, read_only=True)
    found = book[sheet].iter_rows(min_row=3, values_only=True)
    found = sorted([str(value if value is not None else "") for value in row] for row in found if len(row) > 1 and row[1])
    book.close()
    return found


files = len(list(folder.iterdir()))
seconds: dict[tuple, list[float]] = {job: [] for job in jobs}
work: dict[tuple, list[float]] = {job: [] for job in jobs}
memory = dict.fromkeys(jobs, 0)
totals = {}
for _ in range(rounds):
    for job, command in jobs.items():
        begun = time.perf_counter()
        with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE) as running:
            said = running.stdout.read()
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        seconds[job].append(time.perf_counter() - begun)
        if running.returncode > (job[1] == "companion"):
            sys.exit(f"{job} ended with {running.returncode}")
        # The time of its own children is in it.
        work[job].append(usage.ru_utime + usage.ru_stime)
        memory[job] = max(memory[job], usage.ru_maxrss)
        totals[job] = total(job[1], said)
if len(set(totals.values())) != 1:
    sys.exit(f"they do not agree: {totals}")
for which in [LATEST, ALL]:
    for sheet in ["数据来源", "长表", "完整性"]:
        if rows(out(f"companion-{which}"), sheet) != rows(out(f"openpyxl-{which}"), sheet):
            sys.exit(f"{sheet} is not the same, {which}")
        print(f"same rows in {sheet}, {which}: {len(rows(out(f'companion-{which}'), sheet))}")

print(f"{files} files, {cores} cores, medians of {rounds}")
print(f"{'':40} {'files/s':>8} {'ms CPU a file':>14} {'MB':>6}   companion is so many times as fast, on the clock / in CPU")
for (what, name), taken in seconds.items():
    of = ("whole, all periods" if what == "whole, all periods" else "whole, latest period", "companion")
    clock, cpu = statistics.median(taken), statistics.median(work[what, name])
    ratios = f"{clock / statistics.median(seconds[of]):.1f} / {cpu / statistics.median(work[of]):.1f}"
    print(f"{f'{what}: {name}':40} {files / clock:8.0f} {1000 * cpu / files:14.2f} {memory[what, name] / 1024:6.0f}   "
          f"{'' if name == 'companion' else ratios}")
