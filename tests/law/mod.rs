//! The law of safe fixes, told from outside: what applying every safe fix of a workbook must leave alone. Written from
//! the law and from the cells, not from the code that holds it.

use indicator_companion::audit::{Audit, Finding, Reported, Tier};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Certainty, Change, Edit, NewValue};
use indicator_companion::job::{self, Apply};
use indicator_companion::layout::{Role, Table};
use indicator_companion::model::{
    Cell, CellRef, Decimal, Value, Workbook, fraction, hundredth, read_cell, read_value,
};

/// Everything that breaks the law, in words; empty where it holds. Also how many safe edits were made.
pub fn breaches(
    name: &str,
    workbook: &Workbook,
    breakdown: &Breakdown,
    previous: &[Reported],
) -> (Vec<String>, usize) {
    let look = |workbook: &Workbook| job::audit_of(name, workbook, breakdown, previous);
    let plan = |workbook: &Workbook| job::plan_changes(name, workbook, breakdown, previous, Apply::Safe);
    let audit = look(workbook);
    let changes = plan(workbook);
    let after = job::changed(workbook, &changes);
    let again = look(&after);
    let mut wrong = Vec::new();

    // (e) Nothing safe is left, and no more open 错误 than before.
    let left = plan(&after);
    if !left.is_empty() {
        wrong.push(format!(
            "not idempotent: {:?}",
            left.iter().map(|change| &change.edit).collect::<Vec<_>>()
        ));
    }
    if again.count(Tier::Error) > audit.count(Tier::Error) {
        wrong.push(format!("{} 错误 became {}", audit.count(Tier::Error), again.count(Tier::Error)));
    }
    let root = audit.findings.iter().find(|finding| finding.is_open() && is_root(finding, &audit));
    for change in &changes {
        let Edit::Set { sheet, cell, value } = &change.edit else {
            wrong.push("a row inserted in bulk".to_owned());
            continue;
        };
        let old = workbook.sheets[*sheet].grid.get(*cell).cloned().unwrap_or_default();
        let same_text =
            matches!((&old.value, value), (Value::Text(old), NewValue::Text(new)) if **old == **new);
        let mut says =
            |what: &str| wrong.push(format!("{cell} {:?} → {}: {what}", shown(&old), value.shown()));
        if same_text {
            continue;
        }
        // (b)
        if old.formula.is_some() {
            says("replaces a formula");
        }
        let Ok(table) = &audit.table else { continue };
        if table.sheet != *sheet || !table.is_upright() {
            if !table.is_upright() && root.is_some() {
                says("under an open root cause");
            }
            continue;
        }
        // (c)
        if let Some(root) = root {
            says(&format!("under the open root cause {}", root.code));
        }
        if let Some(other) = again.findings.iter().find(|finding| doubts(finding, *sheet, *cell)) {
            says(&format!("the cell has {} of its own", other.code));
        }
        if table.repeated.iter().any(|column| column.index == cell.column && column.role.is_figure()) {
            says("the column's header stands twice");
        }
        // (a) and (d)
        let Some((_, found)) = table.indicator_rows().find(|(row, _)| row.row == cell.row) else { continue };
        let Some(indicator) = breakdown.indicator(found.indicator) else { continue };
        let Some(column) = table.columns.iter().find(|column| column.index == cell.column) else { continue };
        let new = after.sheets[*sheet].grid.get(*cell).cloned().unwrap_or_default();
        if column.role.is_figure() {
            let (was, is) = (read_cell(&old, &indicator.unit), read_cell(&new, &indicator.unit));
            let mark = new.value == Value::from("/") && was.number().is_none();
            if !mark && (was.certain().is_none() || was.certain() != is.certain()) {
                says("another quantity");
            }
        } else if column.role == Role::Rate {
            wrong.extend(rate(table, &after, change, (&old, &new), *cell));
        }
    }
    (wrong, changes.len())
}

fn is_root(finding: &Finding, audit: &Audit) -> bool {
    let wide = finding.range.is_some_and(|range| range.start.row != range.end.row);
    let folds = audit.findings.iter().any(|other| other.caused_by == Some(finding.id));
    matches!(finding.code.0, "T005" | "T013" | "T018")
        || wide && folds && matches!(finding.code.0, "Q005" | "P006" | "B003" | "T015")
}

/// Whether a finding questions the figure in one cell.
fn doubts(finding: &Finding, sheet: usize, cell: CellRef) -> bool {
    let safe = finding.fix.as_ref().is_some_and(|fix| fix.certainty == Certainty::Safe);
    let its_own = finding.range.is_some_and(|range| range.start == cell && range.end == cell);
    finding.is_open()
        && finding.sheet == Some(sheet)
        && its_own
        && finding.tier != Tier::Notice
        && !safe
        && finding.code.0 != "S001"
}

fn shown(cell: &Cell) -> String {
    cell.formula.as_ref().map_or_else(|| cell.shown(), |formula| format!("={formula}"))
}

/// A rate written in bulk is the quotient of two figures without a finding, and as exact as what stood there.
fn rate(
    table: &Table,
    after: &Workbook,
    change: &Change,
    cells: (&Cell, &Cell),
    at: CellRef,
) -> Option<String> {
    let (old, new) = cells;
    let grid = &after.sheets[table.sheet].grid;
    let number = |role: Role| {
        let column = table.column(role)?;
        read_value(grid.value(CellRef::new(at.row, column.index))).certain()
    };
    if new.formula.is_some() || new.value == Value::from("/") {
        return None;
    }
    let exact = number(Role::Current)?.checked_div(number(Role::Target)?)?;
    let (was, is) = (read_value(&old.value), read_value(&new.value));
    let stated = is.certain()?;
    let share = |percent: Decimal| hundredth(percent);
    let near =
        |value: Decimal, places: u32| value.saturating_sub(exact).abs() <= fraction(5, places.min(20) + 1);
    let typed = was.certain().map_or(0, |number| number.normalize().scale()).min(12);
    let right =
        if is.is_share() || !old.number_format.is_percent() && stated > exact.saturating_mul(Decimal::TEN) {
            near(share(stated), typed + 2)
        } else {
            near(stated, typed)
        };
    let fewer = is.is_share() && was.is_share() && decimals(&new.value) < decimals(&old.value);
    (!right || fewer).then(|| {
        format!(
            "{at} {} → {} by {:?}: not {exact} to the digits that were typed",
            shown(old),
            shown(new),
            change.origin
        )
    })
}

fn decimals(value: &Value) -> usize {
    let Value::Text(text) = value else { return 0 };
    text.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count())
}
