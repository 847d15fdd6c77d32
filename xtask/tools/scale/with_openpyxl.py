"""The same job in openpyxl, as one would write it: python with_openpyxl.py FOLDER OUT.xlsx"""
import collections
import decimal
import pathlib
import re
import sys

import openpyxl

totals = collections.defaultdict(lambda: collections.defaultdict(decimal.Decimal))
long = []
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    for at, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if at == 2:
            city, year, month = re.search(r"(\w+市).*?(\d+)年(\d+)月", row[0]).groups()
            period = int(year), int(month)
        if at > 3:
            value = decimal.Decimal(str(row[6]))
            totals[period][row[0], row[1]] += value
            long.append([f"{year}-{month}", city, row[0], row[1], float(value), row[2], path.name, sheet.title, f"G{at}"])
    book.close()
out = openpyxl.Workbook(write_only=True)
sheet = out.create_sheet("汇总表")
latest = totals[max(totals)]
for (number, label), total in latest.items():
    sheet.append([number, label, float(total)])
sheet = out.create_sheet("长表")
for row in long:
    sheet.append(row)
out.save(sys.argv[2])
print(sum(latest.values()))
