//! A file that the page has opened: what was read, the changes in force, and what comes of them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::audit::noted::{self, Noted};
use crate::audit::{self, Audit, Checked, Finding, Reported, RulesOff};
use crate::breakdown::Breakdown;
use crate::fixes::{self, Edit};
use crate::job;
use crate::layout::Hints;
use crate::model::{CellRef, Workbook};
use crate::reading::Limits;

use super::dto::{self, Put, Said};
use super::protocol::{Action, Beside, Change, Mark};

pub(super) struct Opened {
    pub bytes: Vec<u8>,
    pub checked: Checked,
    /// The workbook with the changes made; as `checked` where there are none.
    current: Option<(Workbook, Audit)>,
    changes: Vec<Change>,
    pub done: Vec<fixes::Change>,
    /// Explanations that go into the record.
    pub explained: Vec<Noted>,
    /// What the other files say.
    pub previous: Vec<Reported>,
    pub list: Option<(String, noted::Record)>,
    /// The rules that are switched off.
    off: RulesOff,
    /// The user's word against what was recognised, with the changes in force.
    pub hints: Hints,
    /// Cells that the changes touched, where they stand now, with the text before.
    pub touched: BTreeMap<(usize, CellRef), String>,
}

impl Opened {
    pub fn read(name: &str, bytes: Vec<u8>, beside: Beside, breakdown: &Breakdown, limits: &Limits) -> Self {
        let previous = dto::core_reports(beside.previous, breakdown);
        let off = dto::core_off(&beside.off);
        let said = audit::Said { off: &off, ..audit::Said::NOTHING };
        let checked = job::check_as_said(name, &bytes, breakdown, &previous, said, limits);
        Self {
            bytes,
            checked,
            current: None,
            changes: Vec::new(),
            done: Vec::new(),
            explained: Vec::new(),
            previous,
            list: beside.list.map(dto::core_list),
            off,
            hints: Hints::default(),
            touched: BTreeMap::new(),
        }
    }

    /// As read; `None` for what cannot be read.
    pub fn original(&self) -> Option<&Workbook> {
        self.checked.content.as_ref().ok().map(|(workbook, _)| workbook)
    }

    /// With the changes in force, and audited so.
    fn content(&self) -> Option<&(Workbook, Audit)> {
        self.current.as_ref().or_else(|| self.checked.content.as_ref().ok())
    }

    pub fn workbook(&self) -> Option<&Workbook> {
        self.content().map(|(workbook, _)| workbook)
    }

    pub fn audit(&self) -> Option<&Audit> {
        self.content().map(|(_, audit)| audit)
    }

    pub fn findings(&self) -> &[Finding] {
        self.audit().map_or_else(|| self.checked.findings(), |audit| &audit.findings)
    }

    /// Audits again with other earlier reports; the workbooks stay as they are.
    pub fn recheck(&mut self, beside: Beside, breakdown: &Breakdown) {
        self.previous = dto::core_reports(beside.previous, breakdown);
        self.list = beside.list.map(dto::core_list);
        self.off = dto::core_off(&beside.off);
        if let Ok((workbook, audit)) = &mut self.checked.content {
            let said = audit::Said { off: &self.off, ..audit::Said::NOTHING };
            *audit = job::audit_as_said(&self.checked.name, workbook, breakdown, &self.previous, said);
        }
        if let Some((workbook, _)) = self.current.take() {
            let audit = self.look(&workbook, &self.done, breakdown);
            self.current = Some((workbook, audit));
        }
    }

    /// The audit of the workbook with changes made, its explanations attached.
    fn look(&self, workbook: &Workbook, done: &[fixes::Change], breakdown: &Breakdown) -> Audit {
        let said = audit::Said { hints: &self.hints, off: &self.off };
        let mut audit = job::audit_as_said(&self.checked.name, workbook, breakdown, &self.previous, said);
        for lapsed in noted::answer(&mut audit.findings, &self.explained, &workbook.sheets, breakdown) {
            if let Some(finding) = audit.findings.get_mut(lapsed.at) {
                lapsed.say(finding);
            }
        }
        job::lapse(&mut audit.findings, done);
        audit
    }

    /// Puts a list of changes in force. A list that goes on from the one before costs only what it adds.
    pub fn put(&mut self, changes: Vec<Change>, breakdown: &Breakdown) {
        let Ok((original, _)) = &self.checked.content else { return };
        let goes_on = self.current.is_some() && changes.starts_with(&self.changes);
        if !goes_on {
            self.current = None;
            self.changes.clear();
            self.done.clear();
            self.explained.clear();
            self.hints = Hints::default();
            self.touched.clear();
        }
        let mut workbook = self.current.take().map_or_else(|| original.clone(), |(workbook, _)| workbook);
        for change in changes.iter().skip(self.changes.len()) {
            match dto::core_change(&workbook, change, breakdown) {
                Put::Change(change) => {
                    touch(&mut self.touched, &change);
                    fixes::apply(&mut workbook, &change.edit);
                    if let Edit::InsertRow { sheet, row, .. } = change.edit {
                        self.hints.row_inserted(sheet, row);
                    }
                    self.done.push(change);
                }
                Put::Explanation(noted) => self.explained.push(noted),
                Put::Said(sheet, said) => self.say(sheet, said),
            }
        }
        self.changes = changes;
        if !self.changes.is_empty() {
            let audit = self.look(&workbook, &self.done, breakdown);
            self.current = Some((workbook, audit));
        }
    }

    /// Puts changes in force, unless the user's word among them makes tables go that were there: then nothing has
    /// changed.
    pub fn put_if_read(&mut self, changes: Vec<Change>, breakdown: &Breakdown) -> bool {
        let tables = |opened: &Self| opened.audit().map_or(0, |audit| audit.tables().count());
        let before = (tables(self), self.changes.clone());
        let added = changes.strip_prefix(self.changes.as_slice()).unwrap_or_default();
        let says = added.iter().any(|change| matches!(change.action, Action::Say(_)));
        self.put(changes, breakdown);
        let is_read = !says || tables(self) >= before.0;
        if !is_read {
            self.put(before.1, breakdown);
        }
        is_read
    }

    /// Takes in the user's word. The last one on a role holds: the column in the same table that had it by an earlier
    /// word is again what it was recognised as.
    fn say(&mut self, sheet: usize, said: Said) {
        match said {
            Said::Column(column, role) => {
                let read = self.checked.content.as_ref().ok();
                let spans = read.into_iter().flat_map(|(_, audit)| audit.tables());
                let spans = spans.filter(|table| table.sheet == sheet).map(|table| table.range);
                let spans: Vec<_> = spans.map(|range| range.start.column..=range.end.column).collect();
                // A table beside it has roles of its own.
                let beside = |other: u32| {
                    spans.iter().any(|span| span.contains(&other) && !span.contains(&column))
                        && !spans.iter().any(|span| span.contains(&other) && span.contains(&column))
                };
                if let Some(role) = role {
                    self.hints.forget_role(sheet, role, |other| !beside(other));
                }
                self.hints.say_column(sheet, column, role);
            }
            Said::Row(row, kind) => self.hints.say_row(sheet, row, kind),
            Said::Whose(at, city, period) => self.hints.say_identity_of(sheet, at, city, period),
            Said::Nothing => {}
        }
    }

    /// Puts every safe fix in force, as [`Self::plan_safe`] says; hands back what was added to the changes and
    /// the findings settled so, as they stood.
    pub fn apply_safe(
        &mut self,
        without: (&[Mark], &[Mark]),
        breakdown: &Breakdown,
    ) -> (Vec<Change>, Vec<Finding>) {
        let taken = self.plan_safe(without, breakdown);
        let added: Vec<Change> = taken.changes.iter().map(dto::change).collect();
        if !added.is_empty() {
            self.put([self.changes.as_slice(), added.as_slice()].concat(), breakdown);
        }
        (added, taken.settled)
    }

    /// What all safe fixes come to, but for those of 提示 that were put away and of what is left out. Nothing is put in
    /// force.
    pub fn plan_safe(
        &self,
        (put_away, left_out): (&[Mark], &[Mark]),
        breakdown: &Breakdown,
    ) -> job::TakenOver {
        let Some(workbook) = self.workbook() else { return job::TakenOver::default() };
        let look = |workbook: &Workbook, made: &[fixes::Change]| {
            self.look(workbook, &[self.done.as_slice(), made].concat(), breakdown)
        };
        let wanted = |finding: &Finding| {
            !put_away.iter().any(|one| dto::is_put_away(one, finding))
                && !left_out.iter().any(|one| dto::is_it(one, finding))
        };
        job::take_over(workbook, job::Apply::Safe, look, wanted)
    }

    /// The cells that the changes touched, where they stand in the file. An inserted row has no place there.
    pub fn touched_in_original(&self) -> BTreeSet<(usize, CellRef)> {
        let mut inserted: Vec<(usize, u32)> = Vec::new();
        let mut touched = BTreeSet::new();
        for change in &self.done {
            match &change.edit {
                Edit::InsertRow { sheet, row, .. } => inserted.push((*sheet, *row)),
                Edit::Set { sheet, cell, .. } => {
                    let own = inserted.iter().rev().filter(|(at, _)| at == sheet);
                    let row = own.copied().try_fold(cell.row, |row, (_, new)| match row.cmp(&new) {
                        Ordering::Less => Some(row),
                        Ordering::Equal => None,
                        Ordering::Greater => row.checked_sub(1),
                    });
                    touched.extend(row.map(|row| (*sheet, CellRef::new(row, cell.column))));
                }
            }
        }
        touched
    }
}

fn touch(touched: &mut BTreeMap<(usize, CellRef), String>, change: &fixes::Change) {
    match &change.edit {
        Edit::Set { sheet, cell, .. } => {
            touched.entry((*sheet, *cell)).or_insert_with(|| change.before.clone());
        }
        Edit::InsertRow { sheet, row, cells } => {
            let moved = std::mem::take(touched).into_iter().map(|((index, at), before)| {
                (
                    (index, CellRef::new(at.row + u32::from(index == *sheet && at.row >= *row), at.column)),
                    before,
                )
            });
            *touched = moved.collect();
            touched.extend(
                cells.iter().map(|(column, _)| ((*sheet, CellRef::new(*row, *column)), String::new())),
            );
        }
    }
}
