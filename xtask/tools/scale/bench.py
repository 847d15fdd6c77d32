"""Consolidates returns by companion, openpyxl and SheetJS in turns. Usage: python bench.py COMPANION FOLDER ROUNDS

Beside FOLDER lies FOLDER.csv, its breakdown. Says files a second, the time of all cores
that a file takes, and the most memory that any one process held. Exit code 1 of companion: units owe something.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

companion, folder, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
here = pathlib.Path(__file__).parent
out = folder.with_suffix(".xlsx")
jobs = {
    "companion": [companion, "consolidate", folder, "--breakdown", folder.with_suffix(".csv"), "--out", out, "--force",
                  "--format", "json"],
    "openpyxl": [sys.executable, here / "with_openpyxl.py", folder, out.with_name("openpyxl.xlsx")],
    "SheetJS": ["node", here / "with_sheetjs.mjs", folder, out.with_name("sheetjs.xlsx")],
}


def total(name: str, said: bytes) -> float:
    if name == "companion":
        return sum(float(row["done"]) for period in json.loads(said)["periods"] for row in period["totals"])
    return float(said)


files = len(list(folder.iterdir()))
seconds: dict[str, list[float]] = {name: [] for name in jobs}
memory, work = dict.fromkeys(jobs, 0), dict.fromkeys(jobs, 0.0)
totals = {}
for _ in range(rounds):
    for name, command in jobs.items():
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as job:
            said = job.stdout.read()
            _, status, usage = os.wait4(job.pid, 0)
            job.returncode = os.waitstatus_to_exitcode(status)
        seconds[name].append(time.perf_counter() - begun)
        if job.returncode > (name == "companion"):
            sys.exit(f"{name} ended with {job.returncode}")
        work[name] += usage.ru_utime + usage.ru_stime
        memory[name] = max(memory[name], usage.ru_maxrss)
        totals[name] = total(name, said)
if len(set(totals.values())) != 1:
    sys.exit(f"they do not agree: {totals}")
rates = {name: files / statistics.median(taken) for name, taken in seconds.items()}
print(f"{files} files, {os.cpu_count()} cores, medians of {rounds}; the result of companion has "
      f"{out.stat().st_size / 2**20:.1f} MB")
for name, rate in rates.items():
    milliseconds = 1000 * work[name] / rounds / files
    print(f"{name:10} {rate:7.0f} files/s  {milliseconds:6.2f} ms CPU a file  {memory[name] / 1024:5.0f} MB  "
          f"companion: {rates['companion'] / rate:.1f} times as fast")
