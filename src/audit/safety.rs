//! The law of safe fixes, held over every finding before it leaves the audit.
//!
//! What may be taken over in bulk (a) leaves the quantity of every touched cell as it was, (b) never replaces a
//! formula, (c) never touches or builds on a figure, a column, a row or a table whose meaning is in doubt, (d) never
//! writes fewer digits of a rate than were typed. A fix that breaks it becomes a matter of consent with its reason, or
//! none where the value itself would be built on a doubt. (e), that nothing safe is left afterwards and no new 错误
//! stands, is held by `job::take_over`, which sees the workbook with the fixes made.

use crate::fixes::{Certainty, Edit, Fix, NewValue};
use crate::layout::{Role, RowKind, Table, other_reading};
use crate::model::{Cell, CellRef, Value, half_width, read_cell, read_value};

use super::{Context, Finding, Tier};

/// What becomes of a safe fix that breaks the law.
enum Verdict {
    /// One click each, for this reason.
    Consent(String),
    /// Nothing to offer, for this reason.
    Nothing(String),
}

/// Takes from every safe fix that breaks the law its safety, and says why. The first `roots` findings are root causes;
/// `silent` are those of rules that are switched off.
pub(super) fn hold(findings: &mut [Finding], roots: usize, context: &Context<'_>, silent: &[Finding]) {
    let Some(table) = context.table.ok() else { return };
    let judged: Vec<(usize, Verdict)> = findings
        .iter()
        .enumerate()
        .filter_map(|(at, finding)| {
            let fix = finding
                .fix
                .as_ref()
                .filter(|fix| fix.certainty == Certainty::Safe && finding.sheet == Some(table.sheet))?;
            let doubt = Doubt { findings, silent, roots, context, table };
            Some((at, doubt.about(finding, fix)?))
        })
        .collect();
    for (at, verdict) in judged {
        let Some(finding) = findings.get_mut(at) else { continue };
        let reason = match verdict {
            Verdict::Consent(reason) => {
                finding.fix = finding.fix.take().map(|fix| Fix { certainty: Certainty::Consent, ..fix });
                reason
            }
            Verdict::Nothing(reason) => {
                finding.fix = None;
                reason
            }
        };
        finding.message = with_reason(&finding.message, &reason);
    }
}

/// A message whose promise of a safe fix gives way to the reason why there is none.
fn with_reason(message: &str, reason: &str) -> String {
    let said = message.find("可一并").or_else(|| message.find("可改")).or_else(|| message.find("可重算"));
    let head = said.and_then(|at| message.get(..at)).unwrap_or(message);
    // The promise may stand behind a condition in its own sentence.
    let end = head.rfind('。').map_or(0, |at| at + '。'.len_utf8());
    let head = if head.ends_with('。') || end == 0 { head } else { head.get(..end).unwrap_or(head) };
    format!("{head}{reason}")
}

struct Doubt<'a> {
    findings: &'a [Finding],
    silent: &'a [Finding],
    roots: usize,
    context: &'a Context<'a>,
    table: &'a Table,
}

impl Doubt<'_> {
    fn about(&self, finding: &Finding, fix: &Fix) -> Option<Verdict> {
        // A text that stays as it is and only takes on the text format is read as before.
        let cells = || {
            fix.edits.iter().filter(|edit| !self.is_only_format(edit)).filter_map(|edit| self.touched(edit))
        };
        if let Some(at) = cells().chain(fix.rests_on.iter().copied()).find(|at| self.is_torn(at.row)) {
            return Some(Verdict::Nothing(format!(
                "第 {} 行的字段比其他行多，各列可能错了位，请先核对这一行。",
                at.row + 1
            )));
        }
        let cause = self.findings.iter().take(self.roots).find(|cause| cause.is_open());
        if let Some(cause) = cause.filter(|_| cells().next().is_some()) {
            return Some(Verdict::Consent(format!(
                "全表另有一处差错（{}），请先处理那一处，再看这一格。",
                cause.code
            )));
        }
        if let Some(caption) = fix.rests_on.iter().find_map(|at| self.ambiguous(at.column)) {
            return Some(Verdict::Nothing(format!("“{caption}”有不止一列，算不准，请先改正表头。")));
        }
        if let Some(caption) = cells().find_map(|at| self.ambiguous(at.column)) {
            return Some(Verdict::Consent(format!("“{caption}”有不止一列，请先改正表头，再看这一格。")));
        }
        let open = |at: CellRef| self.uncertain(at.column);
        if let Some(caption) = fix.rests_on.iter().find_map(|at| open(*at)) {
            return Some(Verdict::Nothing(format!("“{caption}”是哪一列还不能确定，请先核对表头。")));
        }
        if let Some(caption) = cells().find_map(open) {
            let reason = format!("“{caption}”是哪一列还不能确定，请先核对表头，再看这一格。");
            return Some(Verdict::Consent(reason));
        }
        if let Some((at, other)) =
            fix.rests_on.iter().find_map(|at| Some((*at, self.other_finding(*at, finding)?)))
        {
            let reason = format!("{at} 另有问题（{}），请先核对 {at}。", other.code);
            return Some(if other.tier == Tier::Error {
                Verdict::Nothing(reason)
            } else {
                Verdict::Consent(reason)
            });
        }
        if let Some(other) = cells().find_map(|at| self.other_finding(at, finding)) {
            return Some(Verdict::Consent(format!("这一格另有问题（{}），请一并核对后再改。", other.code)));
        }
        if let Some(row) = cells().find(|at| self.is_duplicate(at.row)) {
            return Some(Verdict::Consent(format!(
                "第 {} 行的指标出现了两次，请先核对以哪一行为准。",
                row.row + 1
            )));
        }
        if cells().any(|at| self.context.cell(at).is_some_and(|cell| cell.formula.is_some())) {
            return Some(Verdict::Consent("这一格是公式，改后公式就没有了，请确认。".to_owned()));
        }
        let changes = fix.edits.iter().any(|edit| !self.is_only_format(edit) && !self.keeps_quantity(edit));
        changes.then(|| Verdict::Consent("改后的数与现填的不同，请确认。".to_owned()))
    }

    fn is_only_format(&self, edit: &Edit) -> bool {
        let Edit::Set { cell, value: NewValue::Text(new), .. } = edit else { return false };
        self.context.cell(*cell).is_some_and(|cell| matches!(&cell.value, Value::Text(old) if **old == **new))
    }

    fn touched(&self, edit: &Edit) -> Option<CellRef> {
        match edit {
            Edit::Set { sheet, cell, .. } if *sheet == self.table.sheet => Some(*cell),
            _ => None,
        }
    }

    /// A record of separated text with more fields than the header and than most others: its fields may have slipped.
    fn is_torn(&self, row: u32) -> bool {
        let counts = self.context.sheet().map(|sheet| sheet.field_counts.as_slice()).unwrap_or_default();
        let of = |row: u32| usize::try_from(row).ok().and_then(|row| counts.get(row)).copied().unwrap_or(0);
        let own = of(row);
        let header = self.table.columns.first().map_or(0, |column| of(column.header.row));
        let rows: Vec<u32> = self.table.indicator_rows().map(|(row, _)| of(row.row)).collect();
        own > header && rows.iter().filter(|other| **other < own).count() * 2 > rows.len()
    }

    /// The caption of a column of figures whose role another column claims too.
    fn ambiguous(&self, column: u32) -> Option<&str> {
        let claimed = |role: Role| self.table.repeated.iter().any(|other| other.role == role);
        let telling =
            |role: Role| role.is_figure() || matches!(role, Role::Rate | Role::Serial | Role::Label);
        self.table
            .columns
            .iter()
            .chain(&self.table.repeated)
            .find(|known| known.index == column && telling(known.role) && claimed(known.role))
            .map(|known| known.caption.as_str())
    }

    /// The caption of a column that may be another one, unless the user has said which it is.
    fn uncertain(&self, column: u32) -> Option<&str> {
        let own = self.table.columns.iter().find(|own| own.index == column)?;
        other_reading(self.table, own, self.context.breakdown(), self.context.input.said.hints)?;
        Some(&own.caption)
    }

    /// Another open finding about the figure in a cell: an 错误 or a 警示 that is not merely about its writing.
    fn other_finding(&self, at: CellRef, own: &Finding) -> Option<&Finding> {
        self.findings.iter().chain(self.silent).find(|other| {
            let is_safe = other.fix.as_ref().is_some_and(|fix| fix.certainty == Certainty::Safe);
            let about_figures = ["Q", "N", "B", "P"].iter().any(|family| other.code.0.starts_with(family));
            let narrow = other.range.is_some_and(|range| {
                range.contains(at)
                    && (range.start.row == range.end.row || range.start.column == range.end.column)
            });
            other.id != own.id
                && other.code != own.code
                && other.sheet == own.sheet
                && other.tier != Tier::Notice
                && other.answer.is_none()
                && !is_safe
                && about_figures
                && narrow
        })
    }

    fn is_duplicate(&self, row: u32) -> bool {
        let indicator = self.table.rows.iter().find(|own| own.row == row).and_then(|own| match own.kind {
            RowKind::Indicator(found) | RowKind::Duplicate(found) => Some(found.indicator),
            _ => None,
        });
        indicator.is_some_and(|indicator| {
            self.table
                .rows
                .iter()
                .any(|other| matches!(other.kind, RowKind::Duplicate(found) if found.indicator == indicator))
        })
    }

    /// Whether a cell says the same number after an edit: a figure its quantity, a rate at least as many digits as were
    /// typed, a text the numbers in it.
    fn keeps_quantity(&self, edit: &Edit) -> bool {
        let Edit::Set { cell: at, value, .. } = edit else { return false };
        let empty = Cell::default();
        let before = self.context.cell(*at).unwrap_or(&empty);
        if let Some(figure) = self.context.figures.iter().find(|figure| figure.at == *at) {
            let unit = self.context.unit(figure.indicator);
            let was = read_cell(before, unit);
            let is = match value {
                NewValue::Text(text) if text == "/" => return was.number().is_none(),
                NewValue::Number(number) => Some(*number),
                NewValue::Text(text) => read_cell(&Cell::new(Value::from(text.as_str())), unit).certain(),
                NewValue::Blank | NewValue::Formula(_) => None,
            };
            return is.is_some() && is == was.certain();
        }
        match self.table.columns.iter().find(|column| column.index == at.column).map(|column| column.role) {
            Some(Role::Rate) => keeps_digits(before, value),
            // An ordinal is no quantity; another number in a label is L002.
            Some(Role::Serial | Role::Label) => true,
            _ => match (&before.value, value) {
                (Value::Text(old), NewValue::Text(new)) => numbers_in(old) == numbers_in(new),
                (Value::Empty, _) => true,
                (old, new) => read_value(old)
                    .certain()
                    .is_some_and(|old| read_value(&Value::from(new.shown().as_str())).certain() == Some(old)),
            },
        }
    }
}

/// Whether a rate in words is written with as many decimals as it had. A number has no digits of its own: it is written
/// as exactly as it was stored (P004).
fn keeps_digits(before: &Cell, after: &NewValue) -> bool {
    let typed = |text: &str| {
        text.split_once(['.', '．'])
            .map_or(0, |(_, rest)| rest.chars().take_while(|c| half_width(*c).is_ascii_digit()).count())
    };
    match (&before.value, after) {
        (Value::Text(old), NewValue::Text(new)) if read_value(&before.value).number().is_some() => {
            typed(new) >= typed(old)
        }
        (Value::Number(_), NewValue::Blank) => false,
        _ => true,
    }
}

/// The runs of digits in a text, width folded.
fn numbers_in(text: &str) -> Vec<String> {
    let folded: String = text.chars().map(half_width).collect();
    folded.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).collect()
}
