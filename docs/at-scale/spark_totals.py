"""一批报表分给各台机器校核、汇总，再合成总数。用法：python spark_totals.py companion 报表文件夹 分解表.csv 存放文件夹 2019-06

各台机器要能读到报表文件夹、写到存放文件夹，并装有 companion。
"""
import json
import pathlib
import subprocess
import sys

from pyspark.sql import SparkSession, functions as f

companion, folder, breakdown, out, period = sys.argv[1:6]
spark = SparkSession.builder.master("local[2]").appName("returns").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
files = sorted(str(path) for path in pathlib.Path(folder).iterdir())
parts = spark.sparkContext.parallelize(files, 4)

# 校核：文件名从管道进，每个文件一行 JSON 出。
checked = parts.pipe(f"xargs -d '\\n' '{companion}' check --format json --breakdown '{breakdown}'").map(json.loads)
tiers = checked.map(lambda file: (file["counts"]["错误"], file["counts"]["警示"]))
errors, warnings = tiers.reduce(lambda one, other: (one[0] + other[0], one[1] + other[1]))
print("已校核", checked.count(), "错误", errors, "警示", warnings, sep="\t")


# 汇总：每一份数据写一个长表。同一市的各份报表要分在同一份里，重报才看得出来；这里每市只有一份。
def consolidate(part, returns):
    returns = list(returns)
    long = f"{out}/{part}.parquet"
    done = subprocess.run(
        [companion, "consolidate", *returns, "--breakdown", breakdown, "--period", period, "--force",
         "--out", f"{out}/{part}.xlsx", "--long", long],
        capture_output=True,
    )
    # 1 是还有问题要处理（这里是其余各市没有报）；2 是没有做成。
    if done.returncode == 2:
        raise RuntimeError(done.stderr.decode())
    yield long


pathlib.Path(out).mkdir(parents=True, exist_ok=True)
long = spark.read.parquet(*parts.mapPartitionsWithIndex(consolidate).collect())
totals = long.groupBy("序号").agg(f.sum("数值").alias("完成"), f.sum("目标值").alias("目标")).orderBy("序号")
for row in totals.collect():
    print(row["序号"], row["完成"], row["目标"], sep="\t")
