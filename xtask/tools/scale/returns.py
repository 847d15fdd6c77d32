"""Writes returns as another producer would. Usage: python returns.py FOLDER COUNT

A breakdown of its own, fifty cities, and of each city a return of nine rows for one period after
the other. Each says of the period before what the return before said.
"""
import pathlib
import sys

import openpyxl

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
cities = min(count, 50)
periods = -(-count // cities)

INDICATORS = [
    ("推进科技成果双向转移转化", "项"),
    ("培育孵化科技型中小微企业", "家"),
    ("布局建设环高校知识经济圈", "个"),
    ("培育创新创业团队", "家"),
    ("新增高校院所转移孵化项目", "项"),
    ("聚集生物医药企业", "家"),
    ("技术合同交易额", "万元"),
    ("引进高层次人才", "名"),
    ("培育科技成果转移转化示范企业", "家"),
]


def target(city: int, indicator: int) -> int:
    return 100 + (city * 7 + indicator * 13) % 900


def name(city: int) -> str:
    digits = "甲乙丙丁戊己庚辛壬癸"
    return "".join(digits[int(digit)] for digit in f"{city:02}") + "市"


WORDINGS = [
    (f"{label}{sum(target(city, at) for city in range(cities))}{unit}", unit) for at, (label, unit) in enumerate(INDICATORS)
]


def breakdown() -> str:
    lines = [",".join(["序号", "指标内容", "总量", "关系", "单位", *map(name, range(cities)), "正文别名"])]
    for at, (wording, unit) in enumerate(WORDINGS):
        targets = [target(city, at) for city in range(cities)]
        cells = [at + 1, wording, sum(targets), "等于", unit, *targets, ""]
        lines.append(",".join(map(str, cells)))
    return "\r\n".join(lines) + "\r\n"


def done(city: int, indicator: int, period: int) -> int:
    return target(city, indicator) * period // (periods + 1)


def write(city: int, period: int) -> None:
    year, month = 2000 + period // 2, 6 if period % 2 == 0 else 12
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "进展情况"
    sheet.append(["指标进展情况表"])
    sheet.append([f"填报单位：{name(city)}科技局  报告期：{year}年{month}月底"])
    sheet.append(["序号", "指标内容", "计量单位", "目标值", "上期累计完成", "本期新增", "本期累计完成"])
    for at, (wording, unit) in enumerate(WORDINGS):
        before, now = done(city, at, period), done(city, at, period + 1)
        sheet.append([at + 1, wording, unit, target(city, at), before, now - before, now])
    book.save(folder / f"{name(city)}-{year}年{month}月.xlsx")


folder.with_suffix(".csv").write_text(breakdown(), encoding="utf-8")
for number in range(count):
    write(number % cities, number // cities)
