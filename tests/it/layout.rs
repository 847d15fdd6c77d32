//! Where a table is found: offsets, title rows, synonyms, two header rows, city and period.

use indicator_companion::breakdown::Breakdown;
use indicator_companion::breakdown::IndicatorId;
use indicator_companion::layout::{
    Exclusion, Form, FoundTables, Hints, Role, RowHint, RowKind, Table, Vocabulary, find_arranged,
    find_tables, find_tables_as_said, understood,
};
use indicator_companion::model::{Cell, CellRef, Format, Grid, Range, Sheet, Value, Visibility, Workbook};

/// A sheet from rows of text; numbers become numbers, `|` parts the cells, an empty part is no cell.
fn sheet(name: &str, offset: (u32, u32), rows: &[String]) -> Sheet {
    let mut cells = Vec::new();
    for (row, line) in (0u32..).zip(rows) {
        for (column, text) in (0u32..).zip(line.split('|')) {
            if !text.is_empty() {
                let value = text.parse().map_or_else(|_| text.into(), Value::Number);
                cells.push((CellRef::new(row + offset.0, column + offset.1), Cell::new(value)));
            }
        }
    }
    Sheet { name: name.to_owned(), grid: Grid::from_cells(cells), ..Sheet::default() }
}

fn data(columns: impl Fn(usize) -> String) -> Vec<String> {
    Breakdown::official()
        .indicators
        .iter()
        .enumerate()
        .map(|(i, indicator)| format!("{}|{}|{}", indicator.number, indicator.label, columns(i)))
        .collect()
}

fn breakdown_rows(header: &[&str]) -> Vec<String> {
    let rows = data(|i| {
        let targets = &Breakdown::official().indicators[i].targets;
        targets
            .iter()
            .map(|target| target.map_or("/".to_owned(), |target| target.to_string()))
            .collect::<Vec<_>>()
            .join("|")
    });
    header.iter().map(|line| (*line).to_owned()).chain(rows).collect()
}

fn all_found(sheets: Vec<Sheet>, file: &str) -> FoundTables {
    let workbook = Workbook { format: Format::Xlsx, sheets, date_1904: false, remarks: Vec::new() };
    find_tables(&workbook, file, Breakdown::official()).unwrap_or_default()
}

fn found(sheets: Vec<Sheet>, file: &str) -> Option<Table> {
    all_found(sheets, file).tables.into_iter().next()
}

fn address(table: &Table) -> String {
    table.range.to_string()
}

#[test]
fn at_any_offset_under_any_titles() {
    for (offset, due) in [((0, 0), "A1:E10"), ((6, 3), "D7:H16"), ((200, 40), "AO201:AS210")] {
        let table = found(
            vec![sheet("表", offset, &breakdown_rows(&["序号|指标内容|成都市|绵阳市|德阳市"]))],
            "表.xlsx",
        )
        .unwrap();
        assert_eq!(
            (address(&table).as_str(), table.form, table.indicator_rows().count()),
            (due, Form::Breakdown, 9)
        );
    }
    let titled = breakdown_rows(&[
        "附件",
        "成德绵国家科技成果转移转化示范区",
        "建设指标分解表（单位：项、家、个）",
        "",
        "编号|指标名称|成都|绵阳|德阳",
    ]);
    assert_eq!(address(&found(vec![sheet("表", (0, 0), &titled)], "表.xlsx").unwrap()), "A5:E14");
}

#[test]
fn under_two_header_rows() {
    let mut two =
        sheet("表", (0, 0), &breakdown_rows(&["序号|指标内容|建设指标分解", "||成都市|绵阳市|德阳市"]));
    two.merges = ["A1:A2", "B1:B2", "C1:E1"].iter().map(|range| range.parse::<Range>().unwrap()).collect();
    let table = found(vec![two], "表.xlsx").unwrap();
    assert_eq!(
        (address(&table).as_str(), table.form, table.columns.len(), table.indicator_rows().count()),
        ("A1:E11", Form::Breakdown, 5, 9)
    );

    let rows = data(|i| format!("{}|{}|{}|{}", Breakdown::official().indicators[i].unit, 100, 40, 60));
    let head = ["绵阳市2019年上半年进展", "序号|指标|单位|目标值|完成情况|", "||||上期累计|本期累计"]
        .map(str::to_owned);
    let mut two = sheet("表", (0, 0), &head.into_iter().chain(rows).collect::<Vec<_>>());
    two.merges = ["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"]
        .iter()
        .map(|range| range.parse::<Range>().unwrap())
        .collect();
    let table = found(vec![two], "表.xlsx").unwrap();
    assert_eq!((address(&table).as_str(), table.form, table.columns.len()), ("A2:F12", Form::Progress, 6));
    assert_eq!(table.identity.city().map(|city| Breakdown::official().city(city)), Some("绵阳市"));
    assert_eq!(table.identity.period().unwrap().to_string(), "2019-06");
}

#[test]
fn the_visible_sheet_wins_over_a_hidden_copy() {
    let rows = breakdown_rows(&["序号|指标内容|成都市|绵阳市|德阳市"]);
    let hidden = Sheet { visibility: Visibility::Hidden, ..sheet("底稿", (0, 0), &rows) };
    let found = all_found(
        vec![sheet("说明", (0, 0), &["姓名|电话".to_owned()]), hidden, sheet("报送", (2, 1), &rows)],
        "表.xlsx",
    );
    assert_eq!(found.tables.len(), 1);
    assert_eq!((found.tables[0].sheet, address(&found.tables[0]).as_str()), (2, "B3:F12"));
    assert_eq!(
        found.passed_over.iter().map(|other| (other.sheet, other.why)).collect::<Vec<_>>(),
        [(1, Exclusion::Hidden)]
    );
}

#[test]
fn every_filled_table_is_one_of_its_own_the_latest_first() {
    let form = |title: &str, filled: bool| {
        let rows = data(|i| format!("{0}|{1}", if filled { "100" } else { "" }, i + 1).replace("|", "|项|"));
        let head = [title.to_owned(), "序号|指标内容|本期累计完成|计量单位|目标值".to_owned()];
        head.into_iter().chain(rows).collect::<Vec<_>>()
    };
    let sheets = vec![
        sheet("样表", (0, 0), &form("成都市2019年6月", true)),
        sheet("上期", (0, 0), &form("绵阳市2018年12月", true)),
        sheet("本期", (0, 0), &form("绵阳市2019年6月", true)),
        sheet("德阳", (0, 0), &form("德阳市2019年6月", false)),
    ];
    let found = all_found(sheets, "绵阳市-2019年6月.xlsx");
    let said = |table: &Table| (table.sheet, table.identity.period().map(|period| period.to_string()));
    assert_eq!(
        found.tables.iter().map(said).collect::<Vec<_>>(),
        [(2, Some("2019-06".to_owned())), (1, Some("2018-12".to_owned()))]
    );
    assert_eq!(
        found.passed_over.iter().map(|other| (other.sheet, other.why)).collect::<Vec<_>>(),
        [(0, Exclusion::Example), (3, Exclusion::Blank)]
    );
    // Where there is nothing else, a blank form is the form.
    let blank = all_found(vec![sheet("表", (0, 0), &form("德阳市2019年6月", false))], "表.xlsx");
    assert_eq!((blank.tables.len(), blank.passed_over.len()), (1, 0));
}

#[test]
fn a_label_column_without_its_caption_is_known_by_its_content() {
    let table = found(
        vec![sheet("表", (0, 0), &breakdown_rows(&["序号|工作任务要求|成都市|绵阳市|德阳市"]))],
        "表.xlsx",
    )
    .unwrap();
    assert_eq!(table.indicator_rows().count(), 9);
}

#[test]
fn city_and_period_come_from_line_title_sheet_or_file() {
    let rows = |title: &str| {
        let body = data(|_| "100|40|60".to_owned());
        [title.to_owned(), "序号|指标内容|目标值|上期累计完成|本期累计完成".to_owned()]
            .into_iter()
            .chain(body)
            .collect::<Vec<_>>()
    };
    for (title, name, file) in [
        ("填报单位：德阳市科技局|||报告期：2019年12月底", "Sheet1", "表.xlsx"),
        ("德阳市2019年下半年进展情况表", "Sheet1", "表.xlsx"),
        ("进展情况表", "德阳2019.12", "表.xlsx"),
        ("进展情况表", "Sheet1", "德阳市-2019年12月.xlsx"),
        ("进展情况表", "Sheet1", "D:\\报送\\德阳市_201912.xlsx"),
    ] {
        let table = found(vec![sheet(name, (0, 0), &rows(title))], file).unwrap();
        let city = table.identity.city().map(|city| Breakdown::official().city(city).to_owned());
        assert_eq!(
            (city.as_deref(), table.identity.period().map(|period| period.to_string()).as_deref()),
            (Some("德阳市"), Some("2019-12")),
            "{title} {name} {file}"
        );
    }
}

#[test]
fn other_tables_are_not_taken() {
    for rows in [
        vec!["姓名|电话", "某某|028"],
        vec!["序号|项目|单位|数量", "1|办公用品|件|3", "2|差旅|次|4"],
        vec!["成都市|绵阳市|德阳市", "1|2|3"],
    ] {
        let rows: Vec<String> = rows.into_iter().map(str::to_owned).collect();
        assert!(found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").is_none(), "{rows:?}");
    }
}

const CAPTIONS: &str = "序号|指标|目标|上期|本期|完成率";

fn progress_rows(header: &[&str]) -> Vec<String> {
    let rows = data(|i| {
        let target = Breakdown::official().indicators[i].targets[0].unwrap();
        format!("{target}|1|2|50%")
    });
    header.iter().map(|line| (*line).to_owned()).chain(rows).collect()
}

#[test]
fn columns_headed_by_dates_alone_and_rates_of_two_periods() {
    for header in [
        "序号|指标|目标|2018年末|2019年6月末|完成率",
        "序号|任务事项|总目标|2018年累计|自年初累计|占计划%",
        "序号|指标|任务|上年末|现有数|完成度",
    ] {
        let table = found(vec![sheet("表", (0, 0), &progress_rows(&[header]))], "表.xlsx").unwrap();
        let roles: Vec<Role> = table.columns.iter().map(|column| column.role).collect();
        assert_eq!(
            roles,
            [Role::Serial, Role::Label, Role::Target, Role::Previous, Role::Current, Role::Rate],
            "{header}"
        );
        assert!(table.repeated.is_empty(), "{header}");
    }
}

#[test]
fn tables_beside_one_another_and_tight_below_one_another() {
    let one = progress_rows(&["成都市（2018年12月）", "序号|指标|目标|上期|本期|完成率"]);
    let other = progress_rows(&["成都市（2019年6月）", "序号|指标|目标|上期|本期|完成率"]);
    let below = all_found(vec![sheet("表", (0, 0), &[one.clone(), other.clone()].concat())], "表.xlsx");
    let beside: Vec<String> = one
        .iter()
        .zip(&other)
        .map(|(left, right)| format!("{left}{}{right}", "|".repeat(7 - left.matches('|').count())))
        .collect();
    let beside = all_found(vec![sheet("表", (0, 0), &beside)], "表.xlsx");
    for found in [below, beside] {
        let mut periods: Vec<_> =
            found.tables.iter().map(|table| table.identity.period().unwrap().to_string()).collect();
        periods.sort();
        assert_eq!(periods, ["2018-12", "2019-06"]);
    }
}

/// Two lists of rows beside one another, `apart` columns from the left edge of one to that of the other.
fn abreast(left: &[String], right: &[String], apart: usize) -> Vec<String> {
    left.iter()
        .zip(right)
        .map(|(left, right)| format!("{left}{}{right}", "|".repeat(apart - left.matches('|').count())))
        .collect()
}

#[test]
fn a_title_over_several_tables_is_the_title_of_all() {
    let header = "序号|指标|目标|上期|本期|完成率";
    let tables = abreast(&progress_rows(&["成都市", header]), &progress_rows(&["绵阳市进展", header]), 7);
    let rows = [vec!["建设指标进展情况（2019年6月）".to_owned()], tables].concat();
    let found = all_found(vec![sheet("表", (0, 0), &rows)], "表.xlsx");
    let said: Vec<_> = found
        .tables
        .iter()
        .map(|table| (table.identity.city().map(|city| city.0), table.identity.period().unwrap().to_string()))
        .collect();
    assert_eq!(said.len(), 2);
    assert!(said.contains(&(Some(0), "2019-06".to_owned())), "{said:?}");
    assert!(said.contains(&(Some(1), "2019-06".to_owned())), "{said:?}");
    // A line of one unit is its own alone.
    let tables = abreast(&progress_rows(&["填报单位：成都市", header]), &progress_rows(&["", header]), 7);
    let found = all_found(vec![sheet("表", (0, 0), &tables)], "表.xlsx");
    assert_eq!(found.tables.iter().filter(|table| table.identity.city().is_some()).count(), 1);
}

#[test]
fn a_note_below_says_of_when_only_where_nothing_else_does() {
    let header = "序号|指标|目标|上期|本期|完成率";
    let of = |title: &str, note: &str| {
        let mut rows = progress_rows(&[title, header]);
        rows.push(note.to_owned());
        let table = found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").unwrap();
        let periods = table.identity.named_inside().1;
        periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("成都市2019年6月", "注：目标值为2020年底前应完成数"), "2019-06");
    assert_eq!(of("成都市2019年6月", "注：数据到2018年12月"), "2019-06");
    assert_eq!(of("成都市2019年6月", "报告期：2018年12月"), "2018-12 2019-06");
    assert_eq!(of("成都市", "数据截至2019年6月"), "2019-06");
    assert_eq!(of("成都市", "注：目标值为2020年底前应完成数"), "");
}

#[test]
fn rows_after_a_gap_go_on_where_the_labels_do() {
    let mut rows = breakdown_rows(&["序号|指标内容|成都市|绵阳市|德阳市"]);
    rows.splice(7..7, [String::new(), String::new()]);
    let table = found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").unwrap();
    assert_eq!((address(&table).as_str(), table.indicator_rows().count()), ("A1:E12", 9));
}

#[test]
fn a_city_over_the_first_of_its_years_needs_no_merge() {
    let head = [
        "序号|指标内容|成都市||||绵阳市||||德阳市",
        "||2018年|2019年|2020年|小计|2018年|2019年|2020年|小计|2018年|2019年|2020年|小计",
    ];
    let rows = data(|i| {
        let targets = &Breakdown::official().indicators[i].targets;
        let share =
            |target: &Option<_>| target.map_or("/|/|/|/".to_owned(), |target| format!("1|2|3|{target}"));
        targets.iter().map(share).collect::<Vec<_>>().join("|")
    });
    let rows: Vec<String> = head.map(str::to_owned).into_iter().chain(rows).collect();
    let table = found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").unwrap();
    let cities: Vec<u32> = table.figure_columns().map(|column| column.index).collect();
    assert_eq!((table.form, cities), (Form::Breakdown, vec![5, 9, 13]));
}

#[test]
fn other_tables_with_numbered_rows_are_none_of_ours() {
    let rows: Vec<String> = (1..=9).map(|number| format!("{number}|大米|斤|{number}|2|3")).collect();
    let rows = [vec!["序号|品名|单位|成都市|绵阳市|德阳市".to_owned()], rows].concat();
    assert_eq!(all_found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").tables, []);
    // Nor under our own captions, where no label is ours.
    for row in ["{n}||{n}||{n}||{n}", "{n}|--||说明|{n}|{n}|1"] {
        let rows = (1..=5).map(|number| row.replace("{n}", &number.to_string()));
        let header = "序号|指标内容|计量单位|目标值|上期累计完成|本期累计完成|完成率".to_owned();
        let rows: Vec<String> = std::iter::once(header).chain(rows).collect();
        assert_eq!(all_found(vec![sheet("表", (0, 0), &rows)], "表.xlsx").tables, [], "{row}");
    }
}

fn workbook(sheets: Vec<Sheet>) -> Workbook {
    Workbook { format: Format::Xlsx, sheets, date_1904: false, remarks: Vec::new() }
}

#[test]
fn cities_side_by_side_are_a_breakdown_and_a_return_each() {
    let header = "序号|指标内容|成都市目标|成都市完成|绵阳市目标|绵阳市完成|德阳市目标|德阳市完成";
    let mut rows = vec!["建设指标进展情况表（2019年6月）".to_owned(), header.to_owned()];
    rows.extend(data(|i| {
        let targets = &Breakdown::official().indicators[i].targets;
        let pair = |target: &Option<_>| {
            target
                .map_or("/|/".to_owned(), |target: indicator_companion::model::Decimal| format!("{target}|1"))
        };
        targets.iter().map(pair).collect::<Vec<_>>().join("|")
    }));
    let workbook = workbook(vec![sheet("表", (0, 0), &rows)]);
    let found = find_arranged(&workbook, "表.xlsx", &Vocabulary::of(Breakdown::official()), Hints::NONE);
    let tables: Vec<Table> = found.iter().map(|one| one.in_place()).collect();
    assert_eq!(
        tables.iter().map(|table| table.form).collect::<Vec<_>>(),
        [Form::Breakdown, Form::Progress, Form::Progress, Form::Progress]
    );
    let current: Vec<u32> =
        tables.iter().filter_map(|table| table.column(Role::Current)).map(|column| column.index).collect();
    assert_eq!(current, [3, 5, 7]);
    assert_eq!(tables[2].identity.city().map(|city| city.0), Some(1));
    assert_eq!(tables[2].identity.period().map(|period| period.to_string()), Some("2019-06".to_owned()));
    assert_eq!(tables[2].rows.iter().map(|row| row.row).collect::<Vec<_>>(), (2..11).collect::<Vec<_>>());
}

#[test]
fn the_user_has_the_last_word_on_columns_and_rows() {
    let mut rows = breakdown_rows(&["序号|指标内容|甲|绵阳市|德阳市"]);
    rows[3] = rows[3].replace("布局建设10个环高校知识经济圈", "另一种说法");
    let workbook = workbook(vec![sheet("表", (0, 0), &rows)]);
    let read = |hints: &Hints| {
        let found = find_tables_as_said(&workbook, "表.xlsx", Breakdown::official(), hints);
        found.unwrap().tables.remove(0)
    };
    let (city, third) = (Role::City(Breakdown::official().city_ids().next().unwrap()), IndicatorId(2));
    let unasked = read(&Hints::default());
    assert!(unasked.column(city).is_none() && unasked.row_of(third).is_none());
    let mut hints = Hints::default();
    hints.say_column(0, 2, Some(city));
    hints.say_column(0, 4, None);
    hints.say_row(0, 3, RowHint::Indicator(third));
    hints.say_row(0, 9, RowHint::Aside);
    let said = read(&hints);
    assert_eq!(said.column(city).map(|column| column.index), Some(2));
    assert!(said.columns.iter().all(|column| column.index != 4));
    assert_eq!(said.row_of(third).map(|row| row.row), Some(3));
    assert!(said.rows.iter().all(|row| row.row != 9));
    // Of another sheet nothing was said.
    let mut elsewhere = Hints::default();
    elsewhere.say_row(1, 9, RowHint::Aside);
    assert_eq!(read(&elsewhere), unasked);
    assert!(matches!(said.rows[0].kind, RowKind::Indicator(_)));
}

#[test]
fn the_user_has_the_last_word_on_whose_and_of_when() {
    let rows = progress_rows(&["填报单位：绵阳市科技局", "报告期：2019年6月底", CAPTIONS]);
    let workbook = workbook(vec![sheet("表", (0, 0), &rows)]);
    let read = |hints: &Hints| {
        let found = find_tables_as_said(&workbook, "德阳市-2018年12月.xlsx", Breakdown::official(), hints);
        found.unwrap().tables.remove(0)
    };
    let (first, june) = (Breakdown::official().city_ids().next(), "2019-06".parse().unwrap());
    let mut hints = Hints::default();
    hints.say_identity(first, None);
    let said = read(&hints).identity;
    assert_eq!((said.city(), said.period()), (first, Some(june)));
    // The sheet still says another; the name of the file is settled.
    assert_eq!(said.cities.iter().map(|seen| seen.value.0).collect::<Vec<_>>(), [0, 1]);
    // What is said of one table bears on it alone.
    let mut other = Hints::default();
    other.say_identity_of(0, CellRef::new(40, 0), first, None);
    assert_eq!(read(&other), read(Hints::NONE));
    other.say_identity_of(0, CellRef::new(3, 0), None, Some("2018-12".parse().unwrap()));
    let said = read(&other).identity;
    assert_eq!(said.period().map(|period| period.to_string()), Some("2018-12".to_owned()));
    assert_eq!(said.city().map(|city| city.0), Some(1));
}

#[test]
fn a_word_that_makes_no_table_or_says_a_thing_twice_is_no_accident() {
    let rows = progress_rows(&["填报单位：绵阳市科技局", CAPTIONS]);
    let workbook = workbook(vec![sheet("表", (0, 0), &rows)]);
    let read = |hints: &Hints| find_tables_as_said(&workbook, "表.xlsx", Breakdown::official(), hints);
    let mut twice = Hints::default();
    twice.say_column(0, 3, Some(Role::Current));
    twice.say_column(0, 4, Some(Role::Current));
    let table = read(&twice).unwrap().tables.remove(0);
    // As where two captions are the same: the first is audited, and T004 names the second.
    assert_eq!(table.column(Role::Current).map(|column| column.index), Some(3));
    assert_eq!(table.repeated.iter().map(|column| column.index).collect::<Vec<_>>(), [4]);
    let mut nothing = Hints::default();
    for column in 0..6 {
        nothing.say_column(0, column, None);
    }
    for row in 0..40 {
        nothing.say_row(0, row, RowHint::Aside);
    }
    nothing.say_column(0, u32::MAX, Some(Role::Label));
    nothing.say_column(7, 0, Some(Role::Label));
    assert!(read(&nothing).is_err());
}

#[test]
fn what_was_understood_is_said_with_its_evidence() {
    let table = sheet("表", (0, 0), &breakdown_rows(&["序号|指标内容|成都市|绵阳市|德阳市"]));
    let found = found(vec![table.clone()], "表.xlsx").unwrap();
    let read = understood(&table, &found, Breakdown::official());
    let third = &read.columns[3];
    assert_eq!((third.letter.as_str(), third.role.as_deref()), ("D", Some("绵阳市")));
    let figures = third.figures.as_ref().unwrap();
    // 绵阳 and 德阳 agree in rows 3, 7, 8 and 9.
    assert_eq!((figures.agreeing, figures.rows, figures.gap), (9, 9, 5));
    assert_eq!(figures.runner_up, Some(("德阳市".to_owned(), 4)));
    assert_eq!(read.rows[0].kind, "表头");
    assert_eq!((read.rows[3].row, read.rows[3].kind.as_str()), (4, "指标 3"));
}

/// 完成情况 holds figures or words; what stands under it in another table of the sheet says nothing of it.
#[test]
fn what_stands_in_a_column_ends_where_the_next_header_is() {
    let rows = |unit: &str, header: &str, before: &str| -> Vec<String> {
        let figures = (1..=9).map(|i| format!("{before}{i}|label|100|{}|{}", 10 + i, 20 + i));
        let labels = Breakdown::official().indicators.iter();
        let data = figures.zip(labels).map(|(row, indicator)| row.replace("label", &indicator.label));
        [format!("{before}填报单位：{unit}|||报告期：2019年6月"), format!("{before}{header}")]
            .into_iter()
            .chain(data)
            .collect()
    };
    let first = rows("德阳市科技局", "序号|指标内容|目标值|上期累计完成|完成情况", "");
    let second = rows("绵阳市科技局", "序号|指标内容|目标值|上期累计完成|本期累计完成", "|||");
    let both: Vec<String> = first.into_iter().chain([String::new(), String::new()]).chain(second).collect();
    let found = all_found(vec![sheet("Sheet1", (0, 0), &both)], "上报表.xlsx");
    assert_eq!(found.tables.len(), 2);
    for table in &found.tables {
        assert!(table.column(Role::Current).is_some(), "{}", address(table));
    }
}

/// 已完成 and a city beside an indicator are what is reported of it, not a header.
#[test]
fn words_for_figures_make_no_header() {
    let cities = ["成都市|600项", "绵阳市|已完成", "德阳市|100项"];
    let rows = data(|_| "city".to_owned());
    let rows = rows.iter().flat_map(|row| cities.iter().map(move |city| row.replace("city", city)));
    let all: Vec<String> = std::iter::once("序号|指标内容|市州|目标值".to_owned()).chain(rows).collect();
    let workbook = Workbook {
        format: Format::Xlsx,
        sheets: vec![sheet("Sheet1", (0, 0), &all)],
        date_1904: false,
        remarks: Vec::new(),
    };
    let words = Vocabulary::of(Breakdown::official());
    assert!(find_tables(&workbook, "分解表.xlsx", Breakdown::official()).is_err());
    assert_eq!(find_arranged(&workbook, "分解表.xlsx", &words, Hints::NONE).len(), 1);
}

/// A column that nobody knows is named where one is missing.
#[test]
fn a_caption_that_is_not_known_is_named_beside_the_column_that_is_missing() {
    let rows = data(|i| format!("{}|{}|{}", 100 + i, 10 + i, 20 + i));
    let lines = std::iter::once("序号|指标内容|目标值|上期累计完成|汇入数".to_owned()).chain(rows);
    let text = lines.collect::<Vec<_>>().join("\n").replace('|', ",");
    let checked = indicator_companion::job::check(
        "绵阳市-2019年6月.csv",
        text.as_bytes(),
        Breakdown::official(),
        &[],
        &indicator_companion::reading::Limits::default(),
    );
    let said = checked.findings().iter().find(|finding| finding.code.0 == "T003").unwrap();
    assert_eq!(
        said.message,
        "表头没有“本期累计完成”一列；“汇入数”（E1）认不出是什么列。是这一列的请改列名，不是的请按官方表式补上。"
    );
}
