//! Valid sheets, made from a breakdown alone.

use indicator_companion::breakdown::Breakdown;
use indicator_companion::model::{
    Cell, CellRef, Decimal, Format, Grid, NumberFormat, Sheet, Value, Workbook,
};

pub fn at(row: usize, column: usize) -> CellRef {
    CellRef::new(u32::try_from(row).unwrap(), u32::try_from(column).unwrap())
}

pub fn workbook(sheet: Sheet) -> Workbook {
    Workbook { format: Format::Xlsx, sheets: vec![sheet], date_1904: false, remarks: Vec::new() }
}

/// A valid sheet to start from, made from the breakdown alone: the annex, or what a unit of it reports.
pub fn base(name: &str, breakdown: &Breakdown) -> Sheet {
    let mut cells: Vec<(CellRef, Cell)> = Vec::new();
    let mut put = |at: CellRef, value: Value| cells.push((at, Cell::new(value)));
    let plain = |number: Decimal| number.to_string().parse::<f64>().unwrap();
    let zone = breakdown.plan.as_ref().map_or("创新示范区", |plan| plan.zone.as_str());
    let city = breakdown.cities.iter().position(|city| name.starts_with(city.as_str()));
    match (name, city) {
        ("分解表" | "分解表（纯数字）" | "分解表（带合计）", _) => {
            for (row, title) in ["附件", zone, "建设指标分解表"].into_iter().enumerate() {
                put(at(row, 0), title.into());
            }
            let cities = breakdown.cities.iter().map(String::as_str);
            for (column, caption) in ["序号", "指标内容"].into_iter().chain(cities).enumerate() {
                put(at(3, column), caption.into());
            }
            for (i, indicator) in breakdown.indicators.iter().enumerate() {
                put(at(i + 4, 0), Value::Number(f64::from(indicator.number)));
                put(at(i + 4, 1), indicator.label.as_str().into());
                if name == "分解表（带合计）" {
                    put(at(3, breakdown.cities.len() + 2), "合计".into());
                    // Shares do not add up: of them the zone's own stands there.
                    let sum = indicator.targets.iter().flatten().sum();
                    let total = if indicator.unit == "%" { indicator.total } else { sum };
                    put(at(i + 4, breakdown.cities.len() + 2), Value::Number(plain(total)));
                }
                for (j, target) in indicator.targets.iter().enumerate() {
                    put(
                        at(i + 4, j + 2),
                        match target {
                            None => "/".into(),
                            Some(target) if name == "分解表" => {
                                format!("{target}{}", indicator.unit).as_str().into()
                            }
                            Some(target) => Value::Number(plain(*target)),
                        },
                    );
                }
            }
        }
        (name, Some(city)) if ["进展", "上期", "末期"].iter().any(|kind| name.ends_with(kind)) => {
            let (first, last) = (name.ends_with("上期"), name.ends_with("末期"));
            put(at(0, 0), format!("{zone}建设指标进展情况表").as_str().into());
            put(at(1, 0), format!("填报单位：{}科技局", breakdown.cities[city]).as_str().into());
            put(
                at(1, 6),
                match () {
                    () if first => "报告期：2018年12月底".into(),
                    () if last => "报告期：2020年12月底".into(),
                    () => "报告期：2019年6月底".into(),
                },
            );
            let captions = [
                "序号",
                "指标内容",
                "计量单位",
                "目标值",
                "上期累计完成",
                "本期累计完成",
                "完成率",
                "情况说明",
            ];
            for (column, caption) in captions.into_iter().enumerate() {
                put(at(2, column), caption.into());
            }
            for (i, indicator) in breakdown.indicators.iter().enumerate() {
                put(at(i + 3, 0), Value::Number(f64::from(indicator.number)));
                put(at(i + 3, 1), indicator.label.as_str().into());
                put(at(i + 3, 2), indicator.unit.as_str().into());
                match indicator.targets[city] {
                    None => (3..7).for_each(|column| put(at(i + 3, column), "/".into())),
                    Some(target) => {
                        let target = plain(target);
                        let before = (target * if last { 0.9 } else { 0.4 }).floor();
                        let now = match () {
                            () if first => before,
                            // The targets are reached, also that of a share, which for one city may be above the total.
                            () if last => target,
                            () => (target * 0.6).floor(),
                        };
                        put(at(i + 3, 3), Value::Number(target));
                        if !first {
                            put(at(i + 3, 4), Value::Number(before));
                        }
                        put(at(i + 3, 5), Value::Number(now));
                        put(at(i + 3, 6), Value::Number(now / target));
                    }
                }
            }
            put(at(breakdown.indicators.len() + 4, 0), "填表人：".into());
            for (place, cell) in &mut cells {
                if place.column == 6 && place.row > 2 {
                    cell.number_format = NumberFormat::new("0.0%");
                }
            }
        }
        ("空表", _) => {}
        (other, _) => panic!("unknown base sheet {other}"),
    }
    Sheet { name: "Sheet1".to_owned(), grid: Grid::from_cells(cells), ..Sheet::default() }
}
