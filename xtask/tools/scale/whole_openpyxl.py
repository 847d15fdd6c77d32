"""All that `companion consolidate` does, in openpyxl: every return is checked, every number has its source.

python whole_openpyxl.py FOLDER BREAKDOWN.csv OUT.xlsx latest|all PROCESSES

As fast as openpyxl goes: read_only, write_only, lxml, styles made once. It knows its returns beforehand, where they lie
and what they are called, which companion has to find out for itself.
"""
import csv
import datetime
import functools
import hashlib
import io
import multiprocessing
import pathlib
import re
import sys

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.hyperlink import Hyperlink

RETURN = ["序号", "指标内容", "计量单位", "目标值", "上期累计完成", "本期新增", "本期累计完成"]


@functools.cache
def breakdown(path):
    """Number, label, total and unit of each indicator, and its target in each city."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        captions, *lines = csv.reader(file)
    cities = captions[5:-1]
    indicators = [(int(row[0]), row[1], int(row[2]), row[4], dict(zip(cities, map(int, row[5:-1])))) for row in lines]
    return cities, indicators


def checked(path, plan):
    """One return: whose and of when, its figures as (cell, before, new, now), and what is wrong with it."""
    cities, indicators = breakdown(plan)
    data = path.read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    _, line, captions, *rows = sheet.iter_rows(values_only=True)
    city, year, month = re.search(r"：(\w+?市).*?(\d+)年(\d+)月", line[0]).groups()
    problems, figures = [], []

    def wrong(row, column, what, found, expected):
        problems.append((f"{'ABCDEFG'[column]}{row}", what, str(found), str(expected)))

    if city not in cities:
        wrong(2, 0, "填报单位不在分解表里", city, "")
    if list(captions) != RETURN:
        wrong(3, 0, "表头不同", captions, RETURN)
    if len(rows) != len(indicators):
        wrong(4, 0, "行数不同", len(rows), len(indicators))
    for at, (row, (number, label, _, unit, targets)) in enumerate(zip(rows, indicators), start=4):
        for column, (found, expected) in enumerate(zip(row, [number, label, unit, targets[city]])):
            if found != expected:
                wrong(at, column, "与分解表不同", found, expected)
        before, new, now = row[4:7]
        for column, figure in enumerate(row[4:7], start=4):
            if not isinstance(figure, (int, float)) or figure < 0 or figure != int(figure):
                wrong(at, column, "不是非负整数", figure, "")
        if before + new != now:
            wrong(at, 6, "上期累计完成加本期新增不等于本期累计完成", now, before + new)
        if now < before:
            wrong(at, 6, "累计数减少", now, before)
        if now > targets[city] * 10:
            wrong(at, 6, "完成率超过 1000%", now, "")
        figures.append((f"G{at}", before, new, now))
    book.close()
    return path.name, hashlib.sha256(data).hexdigest(), sheet.title, city, (int(year), int(month)), figures, problems


class Styles:
    """Each style is set once on a cell, and its number is then given to all others."""

    def __init__(self, book):
        sheet = book.create_sheet("styles")
        rule = Side("thin", color="595959")
        edges, middle = Border(rule, rule, rule, rule), "center"
        header, total = PatternFill("solid", "E7ECF3"), PatternFill("solid", "F5F6F8")

        def style(font="宋体", size=10.5, bordered=True, fill=None, form="General", **alignment):
            cell = WriteOnlyCell(sheet)
            cell.font, cell.alignment = Font(font, size), Alignment(vertical=middle, **alignment)
            cell.border, cell.number_format = edges if bordered else Border(), form
            if fill:
                cell.fill = fill
            return cell._style

        self.title = style("黑体", 18, False, horizontal=middle)
        self.line = style(bordered=False)
        self.header = style("黑体", fill=header, horizontal=middle, wrap_text=True)
        self.text, self.small = style(wrap_text=True), style(size=8, wrap_text=True)
        self.centred = style(horizontal=middle, wrap_text=True)
        self.number = style(form="#,##0", horizontal="right", indent=1)
        self.rate = style(form="0.0%", horizontal=middle)
        self.date = style(form="yyyy-mm-dd", horizontal=middle)
        self.sum = style(fill=total, form="#,##0", horizontal="right", indent=1)
        self.sum_rate = style(fill=total, form="0.0%", horizontal=middle)
        cell = WriteOnlyCell(sheet)
        cell._style = self.centred
        cell.font = Font("宋体", 10.5, color="0000FF", underline="single")
        self.link = cell._style
        book.remove(sheet)


class Sheet:
    def __init__(self, book, name, frozen, widths, header_rows):
        self.sheet = sheet = book.create_sheet(name)
        sheet.freeze_panes = frozen
        for at, width in enumerate(widths, start=1):
            sheet.column_dimensions[letter(at)].width = width
        sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
        sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0
        sheet.print_title_rows = header_rows
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
        self.rows, self.widths = 0, widths

    def put(self, cells, height=None):
        """A row of (value, style) and (value, style, link)."""
        self.rows += 1
        row = []
        for one in cells:
            if one is None:
                row.append(None)
                continue
            cell = WriteOnlyCell(self.sheet, one[0])
            cell._style = one[1]
            if len(one) == 3:
                target, place = one[2]
                cell._hyperlink = Hyperlink(ref="", target=target, location=place)
            row.append(cell)
        if height:
            self.sheet.row_dimensions[self.rows].height = height
        self.sheet.append(row)

    def height(self, *texts):
        """As many lines as the longest text needs; a Chinese character is two wide."""
        lines = [sum(1 if c < "\x80" else 2 for c in text) // (self.widths[at] - 1) + 1 for at, text in texts]
        return 15 * max(lines) + 6


def listed(book, styles, name, title, columns):
    sheet = Sheet(book, name, "A3", list(columns.values()), "2:2")
    sheet.put([(title, styles.title)], 28)
    sheet.put([(caption, styles.header) for caption in columns], 22)
    return sheet


def chinese(period):
    return f"{period[0]}年{period[1]}月"


def write(out, plan, returns, periods):
    cities, indicators = breakdown(plan)
    book = openpyxl.Workbook(write_only=True)
    styles = Styles(book)
    by_place = {(one[4], one[3]): one for one in returns}
    latest = periods[-1]
    text, centred, number = styles.text, styles.centred, styles.number

    # 汇总表: cities down the page; each number leads to its source.
    summary = Sheet(book, "汇总表", "C5", [6, 14] + [8] * 3 * len(indicators), "3:4")
    summary.put([("指标汇总表", styles.title)], 40)
    summary.put([(f"报告期：{chinese(latest)}", styles.line)])
    captions = [(f"{one[0]} {one[1]}（{one[3]}）", styles.header) for one in indicators]
    summary.put([("序号", styles.header), ("市", styles.header)] + [cell for one in captions for cell in (one, None, None)], 48)
    summary.put([("", styles.header)] * 2 + [(word, styles.header) for word in ["目标", "完成", "完成率"]] * len(indicators), 25)
    source = 3
    for serial, city in enumerate(cities, start=1):
        row, at = [(serial, centred), (city, text)], serial + 4
        for index, one in enumerate(indicators):
            target_at, done_at = letter(3 + 3 * index), letter(4 + 3 * index)
            done = by_place.get((latest, city))
            row.append((one[4][city], number))
            if done:
                row.append((done[5][index][3], number, (None, f"'数据来源'!A{source}")))
                source += 1
            else:
                row.append((None, number))
            row.append((f"={done_at}{at}/{target_at}{at}" if done else None, styles.rate))
        summary.put(row)
    end = len(cities) + 5
    row = [("", styles.sum), ("合计", styles.sum)]
    for index in range(len(indicators)):
        target_at, done_at, rate_at = (letter(column + 3 * index) for column in (3, 4, 5))
        row += [(f"=SUM({target_at}5:{target_at}{end - 1})", styles.sum), (f"=SUM({done_at}5:{done_at}{end - 1})", styles.sum),
                (f"={done_at}{end}/{target_at}{end}", styles.sum_rate)]
        bar = DataBarRule("num", 0, "num", 1, color="B9D3DB")
        summary.sheet.conditional_formatting.add(f"{rate_at}5:{rate_at}{end}", bar)
    summary.put(row)
    summary.put([("填报人：　　审核人：　　负责人：　　填报日期：　　年　　月　　日", styles.line)], 40)
    summary.sheet.print_area = f"A1:{letter(2 + 3 * len(indicators))}{end + 1}"

    if len(periods) > 1:
        trend = Sheet(book, "趋势", "E5", [5, 32, 7, 11] + [9] * (2 * len(cities) + 3), "3:4")
        trend.put([("趋势", styles.title)], 36)
        trend.put([("累计完成数；“增加”为比表中上一期增加。", styles.line)])
        names = [cell for city in [*cities, "合计"] for cell in ((city, styles.header), None)]
        trend.put([(word, styles.header) for word in ["序号", "指标内容", "计量单位", "报告期"]] + names + [("总目标", styles.header)])
        trend.put([("", styles.header)] * 4 + [(word, styles.header) for word in ["累计完成", "增加"]] * (len(cities) + 1))
        for index, (serial, label, total, unit, _) in enumerate(indicators):
            for at, period in enumerate(periods):
                row = [(serial, centred), (label, text), (unit, text), (chinese(period), centred)]
                done = [by_place[period, city][5][index][3] if (period, city) in by_place else None for city in cities]
                done.append(None if None in done else sum(done))
                for column, figure in enumerate(done):
                    name = letter(5 + 2 * column)
                    change = f"={name}{trend.rows + 1}-{name}{trend.rows}" if at else None
                    row += [(figure, number), (change, number)]
                trend.put([*row, (total, number)])

    notes = listed(book, styles, "情况说明", f"情况说明：{chinese(latest)}，按指标",
                   {"指标": 38, "市": 9, "情况说明": 70, "文件": 28, "单元格": 8})
    notes.put([("各市都没有填写情况说明。", styles.line)])
    problems = listed(book, styles, "问题清单", "问题清单：各市报表中的错误和警示", {
        "市": 9, "报告期": 11, "文件": 26, "工作表": 13, "位置": 10, "等级": 7, "规则": 7, "问题和处理办法": 58, "原文": 12,
        "应为": 12, "情况说明": 30})
    chosen = [one for period in periods for city in cities if (one := by_place.get((period, city)))]
    for name, _, sheet, city, period, _, wrong in chosen:
        for place, what, found, expected in wrong:
            words = [city, chinese(period), name, sheet, place, "错误", "", what, found, expected, ""]
            problems.put([(word, text) for word in words], problems.height((7, what)))
    board = listed(book, styles, "催报", "催报：各市各期报表到了哪一步",
                   {"市": 14, **{chinese(period): 13 for period in periods}, "下一步": 40})
    for city in cities:
        states = ["已审" if (period, city) in by_place else "缺报" for period in periods]
        todo = "；".join(chinese(period) for period, state in zip(periods, states) if state == "缺报")
        board.put([(city, text)] + [(state, centred) for state in states] + [(todo, text)], board.height((len(states) + 1, todo)))

    sources = listed(book, styles, "数据来源", "数据来源：每个数字出自哪个文件的哪一格", {
        "市": 9, "报告期": 11, "指标": 36, "文件": 28, "工作表": 14, "单元格": 8, "原文": 12, "数值": 10, "计量单位": 7,
        "状态": 12, "文件指纹 SHA-256": 34})
    relative = pathlib.Path(sys.argv[1]).name
    for period in reversed(periods):
        for city in cities:
            name, hash, sheet, _, _, figures, _ = by_place[period, city]
            for (serial, label, _, unit, _), (cell, _, _, now) in zip(indicators, figures):
                label = f"{serial} {label}"
                link = (f"{relative}/{name}", f"'{sheet}'!{cell}")
                # No more links than these can a sheet have.
                where = (cell, styles.link, link) if sources.rows < 65_532 else (cell, centred)
                sources.put([(city, centred), (chinese(period), centred), (label, text), (name, text), (sheet, text), where,
                             (str(now), text), (now, number), (unit, centred), ("采用", text), (hash, styles.small)],
                            sources.height((2, label), (3, name), (10, hash)))
    sources.sheet.auto_filter.ref = f"A2:K{sources.rows}"

    whole = listed(book, styles, "完整性", "完整性：收到的每份报表如何处理", {
        "文件": 32, "工作表": 16, "市": 9, "报告期": 11, "处理": 9, "原因": 48, "文件指纹 SHA-256": 34})
    used, others = chosen, [one for one in returns if one[4] not in periods]
    for kept_out, these in [(False, used), (True, others)]:
        for name, hash, sheet, city, period, _, _ in these:
            fate = "未采用" if kept_out else "采用"
            why = f"C004 报告期是 {chinese(period)}，不是本次汇总的 {chinese(latest)}" if kept_out else ""
            whole.put([(name, text), (sheet, text), (city, centred), (chinese(period), centred), (fate, centred), (why, text),
                       (hash, styles.small)], whole.height((0, name), (5, why), (6, hash)))
    cells = sum(len(one[5]) for one in returns)
    whole.put([(f"报表收到 {len(returns)} 份，采用 {len(used)} 份，未采用 {len(others)} 份；数字收到 {cells} 个。", styles.line)])

    long = listed(book, styles, "长表", "长表：每个数字一行，供其他程序读取", {
        "报告期": 11, "市": 9, "序号": 7, "指标内容": 36, "口径": 14, "数值": 10, "计量单位": 7, "目标值": 10, "原文": 12,
        "文件": 28, "文件夹": 20, "工作表": 14, "单元格": 8, "文件指纹 SHA-256": 34, "处理": 24})
    for name, hash, sheet, city, period, figures, _ in chosen:
        date = datetime.date(period[0], period[1], 30 if period[1] == 6 else 31)
        for (serial, label, _, unit, targets), (cell, _, _, now) in zip(indicators, figures):
            long.put([(date, styles.date), (city, text), (serial, centred), (label, text), ("本期累计完成", text), (now, number),
                      (unit, text), (targets[city], number), (str(now), text), (name, text), ("", text), (sheet, text),
                      (cell, text), (hash, styles.small), ("采用", text)])
    long.sheet.auto_filter.ref = f"A2:O{long.rows}"
    book.save(out)
    return sum(figure[3] for one in chosen if one[4] == latest for figure in one[5])


if __name__ == "__main__":
    folder, plan, out, which, processes = sys.argv[1:]
    paths, processes = sorted(pathlib.Path(folder).iterdir()), int(processes)
    if processes > 1:
        with multiprocessing.Pool(processes) as pool:
            returns = pool.starmap(checked, [(path, plan) for path in paths], chunksize=16)
    else:
        returns = [checked(path, plan) for path in paths]
    # The figures of the period before are those that the return before reported.
    reported = {(one[4], one[3]): one for one in returns}
    if len(reported) != len(returns):
        sys.exit("a city reports a period twice")
    for _, _, _, city, (year, month), figures, problems in returns:
        before = reported.get(((year, 6) if month == 12 else (year - 1, 12), city))
        for (cell, said, _, _), was in zip(figures, before[5] if before else ()):
            if said != was[3]:
                problems.append((cell.replace("G", "E"), "与上期报表不同", str(said), str(was[3])))
    periods = sorted({one[4] for one in returns})
    print(write(out, plan, returns, periods if which == "all" else periods[-1:]))
