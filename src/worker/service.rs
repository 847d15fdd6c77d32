//! Requests in, answers out. Keeps opened workbooks between requests; everything that is the user's own (files,
//! changes) the page has too, so that a new engine can be brought up after a crash.
//!
//! Pure: no clock, no thread, no browser.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::noted::{self, Noted};
use crate::audit::{self, Checked, Reported, Tier};
use crate::breakdown::Breakdown;
use crate::consolidate::Consolidation;
use crate::demo;
use crate::fixes::{self, Certainty, Edit, NewValue, Origin};
use crate::job::{self, Record};
use crate::layout::Table;
use crate::model::{
    Areas, Cell, CellRef, Decimal, Format, Period, Range, Sheet, Value, Visibility, Workbook, visible,
    without_unseen,
};
use crate::reading::Limits;
use crate::report;
use crate::rules::RULES;

use super::protocol as dto;
use super::protocol::{FileId, Request, Response};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const XLSM: &str = "application/vnd.ms-excel.sheet.macroEnabled.12";

/// The engine of one worker.
pub struct Engine {
    breakdown: Breakdown,
    /// The file that it was read from; nothing for the official one.
    breakdown_name: Option<String>,
    limits: Limits,
    files: BTreeMap<FileId, Opened>,
}

/// An opened file with its changes in force.
struct Opened {
    bytes: Vec<u8>,
    checked: Checked,
    /// The workbook with the changes made; as `checked` where there are none.
    current: Option<(Workbook, audit::Audit)>,
    changes: Vec<dto::Change>,
    done: Vec<fixes::Change>,
    /// Explanations that go into the record.
    explained: Vec<Noted>,
    /// What the other files say.
    previous: Vec<Reported>,
    list: Option<(String, noted::Record)>,
    /// Cells that the changes touched, where they stand now, with the text before.
    touched: BTreeMap<(usize, CellRef), String>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    pub fn new() -> Self {
        Self {
            breakdown: Breakdown::official().clone(),
            breakdown_name: None,
            limits: Limits::default(),
            files: BTreeMap::new(),
        }
    }

    /// Answers one request. What cannot be done is [`Response::Failed`], and nothing has changed then.
    pub fn handle(&mut self, request: Request) -> Response {
        match request {
            Request::Hello => Response::Hello(self.hello()),
            Request::Demo => Response::Demo(
                demo::FILES
                    .iter()
                    .map(|(name, bytes)| {
                        document((*name).to_owned(), "application/octet-stream", bytes.to_vec())
                    })
                    .collect(),
            ),
            Request::Open { file, name, bytes, changes, beside } => {
                self.open(file, &name, bytes, changes, beside)
            }
            Request::Recheck { file, beside } => self.with(file, |engine, opened| {
                engine.recheck(opened, beside);
                Response::Audited { file, audit: engine.audit_dto(opened) }
            }),
            Request::Change { file, changes } => self.with(file, |engine, opened| {
                engine.put(opened, changes);
                Response::Audited { file, audit: engine.audit_dto(opened) }
            }),
            Request::Window { file, sheet, first, last } => self.with(file, |_, opened| Response::Window {
                file,
                sheet,
                first,
                last,
                cells: window(opened, sheet, first, last),
            }),
            Request::Save { file, record } => {
                self.with(file, |engine, opened| engine.save(file, opened, record))
            }
            Request::Findings { file } => self.with(file, |engine, opened| engine.findings(opened)),
            Request::Consolidate { files, period } => self.consolidate(&files, period.as_deref()),
            Request::Close { file } => {
                self.files.remove(&file);
                Response::Closed { file }
            }
            Request::ReadBreakdown { name, bytes, .. } => {
                match job::read_breakdown(&name, &bytes, &self.breakdown, &self.limits) {
                    Ok(new) => Response::BreakdownRead(new_breakdown(&new)),
                    Err(error) => failed(&error.to_string()),
                }
            }
            Request::UseBreakdown { name, bytes, .. } => {
                match job::read_breakdown(&name, &bytes, Breakdown::official(), &self.limits) {
                    Ok(new) => self.put_in_force(Some(new.name), new.breakdown),
                    Err(error) => failed(&error.to_string()),
                }
            }
            Request::UseOfficialBreakdown => self.put_in_force(None, Breakdown::official().clone()),
        }
    }

    /// What was audited against another breakdown is forgotten: the page opens its files again.
    fn put_in_force(&mut self, name: Option<String>, breakdown: Breakdown) -> Response {
        self.breakdown = breakdown;
        self.breakdown_name = name;
        self.files.clear();
        Response::Hello(self.hello())
    }

    fn with(&mut self, file: FileId, answer: impl FnOnce(&Self, &mut Opened) -> Response) -> Response {
        let Some(mut opened) = self.files.remove(&file) else {
            return Response::Failed {
                message: "这个文件已经不在处理程序里，请重新拖入。".to_owned()
            };
        };
        let response = answer(self, &mut opened);
        self.files.insert(file, opened);
        response
    }

    fn hello(&self) -> dto::Hello {
        dto::Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: RULES
                .iter()
                .map(|rule| dto::RuleInfo {
                    code: rule.code.to_string(),
                    tier: tier(rule.tier),
                    title: rule.title.to_owned(),
                    help: rule.help.to_owned(),
                })
                .collect(),
            indicators: self
                .breakdown
                .indicators
                .iter()
                .map(|indicator| dto::IndicatorInfo {
                    number: indicator.number,
                    label: shown(&indicator.label),
                    unit: shown(&indicator.unit),
                    targets: indicator
                        .targets
                        .iter()
                        .map(|target| target.map(|target| target.normalize().to_string()))
                        .collect(),
                })
                .collect(),
            cities: self.breakdown.cities.clone(),
            breakdown: self.breakdown_name.as_deref().map(shown),
            breakdown_sha256: self.breakdown.fingerprint.to_string(),
        }
    }

    fn open(
        &mut self,
        file: FileId,
        name: &str,
        bytes: Vec<u8>,
        changes: Vec<dto::Change>,
        beside: dto::Beside,
    ) -> Response {
        let previous = self.reports(beside.previous);
        let checked = job::check(name, &bytes, &self.breakdown, &previous, &self.limits);
        let workbook = workbook_info(&checked, bytes.len());
        let mut opened = Opened {
            bytes,
            checked,
            current: None,
            changes: Vec::new(),
            done: Vec::new(),
            explained: Vec::new(),
            previous,
            list: beside.list.map(core_list),
            touched: BTreeMap::new(),
        };
        if !changes.is_empty() {
            self.put(&mut opened, changes);
        }
        let audit = self.audit_dto(&opened);
        self.files.insert(file, opened);
        Response::Opened { file, workbook, audit }
    }

    /// Audits again with other earlier reports; the workbooks stay as they are.
    fn recheck(&self, opened: &mut Opened, beside: dto::Beside) {
        opened.previous = self.reports(beside.previous);
        opened.list = beside.list.map(core_list);
        if let Ok((workbook, audit)) = &mut opened.checked.content {
            *audit = job::audit_of(&opened.checked.name, workbook, &self.breakdown, &opened.previous);
        }
        if let Some((workbook, _)) = opened.current.take() {
            opened.current = Some(self.audited(opened, workbook));
        }
    }

    /// A workbook with the changes in force, audited, its explanations attached.
    fn audited(&self, opened: &Opened, workbook: Workbook) -> (Workbook, audit::Audit) {
        let mut audit = job::audit_of(&opened.checked.name, &workbook, &self.breakdown, &opened.previous);
        for lapsed in noted::answer(&mut audit.findings, &opened.explained, &workbook.sheets, &self.breakdown)
        {
            if let Some(finding) = audit.findings.get_mut(lapsed.at) {
                lapsed.say(finding);
            }
        }
        job::lapse(&mut audit.findings, &opened.done);
        (workbook, audit)
    }

    /// Earlier reports as the core has them; what is of no city or indicator of the breakdown is passed over.
    fn reports(&self, reports: Vec<dto::Reported>) -> Vec<Reported> {
        let breakdown = &self.breakdown;
        let indicator = |number: u32| {
            breakdown
                .indicator_ids()
                .find(|id| breakdown.indicator(*id).is_some_and(|one| one.number == number))
        };
        reports
            .into_iter()
            .filter_map(|report| {
                Some(Reported {
                    city: breakdown.city_ids().find(|id| breakdown.city(*id) == report.city)?,
                    period: report.period.parse().ok()?,
                    file: report.file,
                    figures: report
                        .figures
                        .into_iter()
                        .filter_map(|(number, figure)| {
                            Some((indicator(number)?, figure.and_then(|figure| figure.parse().ok())))
                        })
                        .collect(),
                })
            })
            .collect()
    }

    /// Puts a list of changes in force. A list that goes on from the one before costs only what it adds.
    fn put(&self, opened: &mut Opened, changes: Vec<dto::Change>) {
        let Ok((original, _)) = &opened.checked.content else { return };
        let goes_on = opened.current.is_some() && changes.starts_with(&opened.changes);
        if !goes_on {
            opened.current = None;
            opened.changes.clear();
            opened.done.clear();
            opened.explained.clear();
            opened.touched.clear();
        }
        let mut workbook = opened.current.take().map_or_else(|| original.clone(), |(workbook, _)| workbook);
        for change in changes.iter().skip(opened.changes.len()) {
            match core_change(&workbook, change) {
                Put::Change(change) => {
                    touch(&mut opened.touched, &change);
                    fixes::apply(&mut workbook, &change.edit);
                    opened.done.push(change);
                }
                Put::Explanation(noted) => opened.explained.push(noted),
            }
        }
        opened.changes = changes;
        if !opened.changes.is_empty() {
            opened.current = Some(self.audited(opened, workbook));
        }
    }

    fn save(&self, file: FileId, opened: &Opened, record: dto::Record) -> Response {
        let Ok((workbook, _)) = &opened.checked.content else {
            return failed("这个文件没有读出来，无法另存。");
        };
        let record = match audit_of(opened) {
            // What has no column of its own would be lost without the record.
            Some(audit) if record == dto::Record::Sheet || !opened.explained.is_empty() => {
                Record::Sheet { breakdown: &self.breakdown, audit }
            }
            _ => Record::Without,
        };
        let explained = opened.explained.iter().filter(|noted| noted.answer.is_some()).count();
        match job::correct(&opened.checked.name, &opened.bytes, workbook, &opened.done, record, &self.limits)
        {
            Ok(corrected) => {
                let mime = match corrected.format {
                    Format::Xlsm => XLSM,
                    Format::Ods => "application/vnd.oasis.opendocument.spreadsheet",
                    Format::Text => "text/csv",
                    _ => XLSX,
                };
                Response::Saved {
                    file,
                    certificate: certificate(corrected.certificate, explained),
                    document: document(corrected.name, mime, corrected.bytes),
                }
            }
            Err(error) => failed(&error.to_string()),
        }
    }

    fn findings(&self, opened: &Opened) -> Response {
        let names: Vec<String> = workbook_of(opened)
            .map(|workbook| workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect())
            .unwrap_or_default();
        let findings = audit_of(opened).map_or_else(|| opened.checked.findings(), |audit| &audit.findings);
        let table = audit_of(opened).and_then(|audit| audit.table.as_ref().ok());
        let subject = report::findings::Subject {
            file: &opened.checked.name,
            sha256: opened.checked.sha256,
            sheet_names: &names,
            table,
        };
        match report::findings::write(&subject, &self.breakdown, findings, &opened.done) {
            Ok(bytes) => {
                let stem = opened
                    .checked
                    .name
                    .rsplit_once('.')
                    .map_or(opened.checked.name.as_str(), |(stem, _)| stem);
                Response::Document(document(format!("{stem}（问题清单）.xlsx"), XLSX, bytes))
            }
            Err(error) => failed(&error.to_string()),
        }
    }

    fn consolidate(&self, files: &[FileId], period: Option<&str>) -> Response {
        let period = match period.map(str::parse::<Period>).transpose() {
            Ok(period) => period,
            Err(error) => return failed(&error.to_string()),
        };
        let submitted = files.iter().filter_map(|file| self.files.get(file)).map(|opened| job::Submitted {
            name: &opened.checked.name,
            sha256: opened.checked.sha256,
            content: workbook_of(opened).zip(audit_of(opened)).ok_or_else(|| opened.checked.findings()),
        });
        let Some((consolidation, period)) = job::consolidated(submitted, period, &self.breakdown) else {
            return failed("没有可以汇总的进展情况表。请先拖入各市的进展情况表。");
        };
        match report::consolidated::write(&consolidation, &self.breakdown) {
            Ok(bytes) => Response::Consolidated {
                document: document(format!("示范区建设指标汇总表-{}.xlsx", period.chinese()), XLSX, bytes),
                summary: summary_dto(&consolidation, &self.breakdown),
            },
            Err(error) => failed(&error.to_string()),
        }
    }

    fn audit_dto(&self, opened: &Opened) -> dto::Audit {
        let workbook = workbook_of(opened);
        let audit = audit_of(opened);
        let findings = audit.map_or_else(|| opened.checked.findings(), |audit| &audit.findings);
        let table: Option<&Table> = audit.and_then(|audit| audit.table.as_ref().ok());
        let extents = opened
            .checked
            .content
            .as_ref()
            .ok()
            .zip(workbook)
            .map(|((original, _), current)| {
                let pairs = original.sheets.iter().zip(&current.sheets).enumerate();
                pairs
                    .filter(|(_, (old, new))| extent(old) != extent(new))
                    .map(|(index, (_, new))| (count(index), extent(new).0, extent(new).1))
                    .collect()
            })
            .unwrap_or_default();
        // What is merged in a sheet is looked at once, whatever is found in it.
        let sheets = workbook.map(|workbook| workbook.sheets.as_slice()).unwrap_or_default();
        let own: BTreeSet<usize> =
            audit.into_iter().flat_map(audit::Audit::tables).map(|table| table.sheet).collect();
        let merges: BTreeMap<usize, Areas> = own
            .into_iter()
            .filter_map(|index| Some((index, Areas::of(&sheets.get(index)?.merges))))
            .collect();
        let answering =
            |table| Answering { table, sheet: sheets.get(table.sheet), merges: merges.get(&table.sheet) };
        let answering: Vec<Answering<'_>> =
            audit.into_iter().flat_map(audit::Audit::tables).map(answering).collect();
        let open = |which: Tier| {
            count(findings.iter().filter(|finding| finding.tier == which && finding.is_open()).count())
        };
        dto::Audit {
            form: table.map(|table| table.form.name().to_owned()),
            sheet: table.map(|table| count(table.sheet)),
            table: table.map(|table| area(table.range)),
            city: table
                .and_then(|table| table.identity.city())
                .map(|city| self.breakdown.city(city).to_owned()),
            period: table.and_then(|table| table.identity.period()).map(|period| period.to_string()),
            columns: table
                .map(|table| {
                    table
                        .columns
                        .iter()
                        .map(|column| (column.index, column.role.caption(&self.breakdown)))
                        .collect()
                })
                .unwrap_or_default(),
            others: audit
                .into_iter()
                .flat_map(|audit| &audit.others)
                .map(|table| dto::OtherTable {
                    form: table.form.name().to_owned(),
                    sheet: count(table.sheet),
                    area: area(table.range),
                    city: table.identity.city().map(|city| self.breakdown.city(city).to_owned()),
                    period: table.identity.period().map(|period| period.to_string()),
                    columns: table
                        .columns
                        .iter()
                        .map(|column| (column.index, column.role.caption(&self.breakdown)))
                        .collect(),
                })
                .collect(),
            errors: open(Tier::Error),
            warnings: open(Tier::Warning),
            notices: open(Tier::Notice),
            findings: findings
                .iter()
                .map(|finding| self.finding_dto(finding, finding.table.and_then(|at| answering.get(at))))
                .collect(),
            extents,
            plain_name: job::plain_name(&opened.checked.name),
            reported: self.reported_dto(opened),
            disputed: audit
                .map(|audit| {
                    job::disputes_of(audit, &opened.previous).iter().map(|dispute| shown(dispute)).collect()
                })
                .unwrap_or_default(),
            lists: lists(opened, table),
            since: self.since(opened),
        }
    }

    fn reported_dto(&self, opened: &Opened) -> Vec<dto::Reported> {
        let (Some(workbook), Some(audit)) = (workbook_of(opened), audit_of(opened)) else {
            return Vec::new();
        };
        let number = |id| self.breakdown.indicator(id).map(|indicator| indicator.number);
        job::reports(&opened.checked.name, workbook, audit, &self.breakdown)
            .into_iter()
            .map(|report| dto::Reported {
                city: self.breakdown.city(report.city).to_owned(),
                period: report.period.to_string(),
                file: report.file,
                figures: report
                    .figures
                    .into_iter()
                    .filter_map(|(id, figure)| {
                        Some((number(id)?, figure.map(|figure| figure.normalize().to_string())))
                    })
                    .collect(),
            })
            .collect()
    }

    /// The file beside the list that was brought for it, else beside the record it carries.
    fn since(&self, opened: &Opened) -> Option<dto::Since> {
        let (workbook, audit) = (workbook_of(opened)?, audit_of(opened)?);
        audit.table.as_ref().ok()?;
        let own = || Some(("随表带回的“校核记录”".to_owned(), job::record_in(workbook)?));
        let (source, list) = opened.list.clone().or_else(own)?;
        let since = audit::Since::between(
            &list.findings,
            &Noted::all(&audit.findings, &workbook.sheets, &self.breakdown),
        );
        Some(dto::Since {
            source: shown(&source),
            fixed: since.fixed.iter().map(noted_dto).collect(),
            left: since.left.iter().map(|left| (noted_dto(&left.earlier), left.id)).collect(),
            new: since.new.iter().map(|noted| noted.id).collect(),
        })
    }

    fn finding_dto(&self, finding: &audit::Finding, answering: Option<&Answering<'_>>) -> dto::Finding {
        let rule = RULES.iter().find(|rule| rule.code == finding.code);
        dto::Finding {
            id: finding.id,
            code: finding.code.to_string(),
            tier: tier(finding.tier),
            sheet: finding.sheet.map(count),
            area: finding.range.map(area),
            address: finding.range.map(|range| range.to_string()),
            indicator: finding
                .indicator
                .and_then(|id| self.breakdown.indicator(id))
                .map(|indicator| indicator.number),
            city: finding.city.map(|city| self.breakdown.city(city).to_owned()),
            found: finding.found.clone(),
            expected: finding.expected.clone(),
            message: finding.message.clone(),
            why: rule.map(|rule| rule.why().to_owned()).unwrap_or_default(),
            fix: finding.fix.as_ref().map(|fix| dto::Fix {
                safe: fix.certainty == Certainty::Safe,
                changes: fix.edits.iter().map(|edit| fix_change(finding, &fix.source, edit)).collect(),
            }),
            caused_by: finding.caused_by,
            answer: finding.answer.clone(),
            explain_in: answering.and_then(|answering| answering.cell(finding)),
        }
    }
}

/// Where the findings of a table are answered.
struct Answering<'a> {
    table: &'a Table,
    sheet: Option<&'a Sheet>,
    merges: Option<&'a Areas>,
}

impl Answering<'_> {
    fn cell(&self, finding: &audit::Finding) -> Option<dto::ExplainIn> {
        let at = self.merges?.anchor(audit::explanation_cell(self.table, finding)?);
        let text =
            Some(self.sheet?.grid.shown(at)).filter(|text| audit::says_something(text)).unwrap_or_default();
        Some(dto::ExplainIn { row: at.row, column: at.column, text })
    }
}

/// The findings that a file lists; none of a file with a form in it. A list of findings names cities and indicators
/// too, so that it may look like one.
fn lists(opened: &Opened, table: Option<&Table>) -> Vec<dto::FindingList> {
    let workbook = workbook_of(opened);
    let found = match (table, workbook) {
        (Some(table), Some(workbook)) => {
            workbook.sheets.get(table.sheet).and_then(noted::read_record).into_iter().collect()
        }
        _ => job::list_in_json(&opened.bytes)
            .unwrap_or_else(|| workbook.and_then(job::list_in).into_iter().collect()),
    };
    found.into_iter().map(|list| list_dto(list, &opened.checked.name)).collect()
}

fn list_dto(list: noted::Record, source: &str) -> dto::FindingList {
    dto::FindingList {
        plain_name: list.file.as_deref().map(job::plain_name),
        sha256: list.sha256,
        form: list.form,
        city: list.city,
        period: list.period,
        source: source.to_owned(),
        findings: list.findings.iter().map(noted_dto).collect(),
    }
}

/// The list and the name of the file it came from.
fn core_list(list: dto::FindingList) -> (String, noted::Record) {
    let findings = list.findings.into_iter().map(core_noted).collect();
    let record = noted::Record {
        file: list.plain_name,
        sha256: list.sha256,
        form: list.form,
        city: list.city,
        period: list.period,
        findings,
    };
    (list.source, record)
}

fn noted_dto(noted: &Noted) -> dto::Noted {
    dto::Noted {
        id: noted.id,
        code: noted.code.clone(),
        tier: noted.tier.map(tier),
        sheet: noted.sheet.clone(),
        address: noted.cell.clone(),
        indicator: noted.indicator,
        city: noted.city.clone(),
        found: noted.found.clone(),
        message: noted.message.clone(),
        answer: noted.answer.clone(),
        caused_by: noted.caused_by,
    }
}

fn core_noted(noted: dto::Noted) -> Noted {
    Noted {
        id: noted.id,
        code: noted.code,
        tier: noted.tier.map(|tier| match tier {
            dto::Tier::Error => Tier::Error,
            dto::Tier::Warning => Tier::Warning,
            dto::Tier::Notice => Tier::Notice,
        }),
        sheet: noted.sheet,
        cell: noted.address,
        indicator: noted.indicator,
        city: noted.city,
        found: noted.found,
        expected: None,
        message: noted.message,
        answer: noted.answer,
        caused_by: noted.caused_by,
    }
}

fn new_breakdown(new: &job::NewBreakdown) -> dto::NewBreakdown {
    dto::NewBreakdown {
        name: shown(&new.name),
        sha256: new.breakdown.fingerprint.to_string(),
        cities: new.breakdown.cities.iter().map(|city| shown(city)).collect(),
        indicators: count(new.breakdown.indicators.len()),
        remarks: new.remarks.iter().map(|remark| shown(&remark.to_string())).collect(),
        changes: new.changes.iter().map(|change| shown(&change.to_string())).collect(),
    }
}

fn workbook_of(opened: &Opened) -> Option<&Workbook> {
    opened
        .current
        .as_ref()
        .map(|(workbook, _)| workbook)
        .or_else(|| opened.checked.content.as_ref().ok().map(|(workbook, _)| workbook))
}

fn audit_of(opened: &Opened) -> Option<&audit::Audit> {
    opened
        .current
        .as_ref()
        .map(|(_, audit)| audit)
        .or_else(|| opened.checked.content.as_ref().ok().map(|(_, audit)| audit))
}

fn window(opened: &Opened, sheet: u32, first: u32, last: u32) -> Vec<dto::CellDto> {
    /// Rows of one answer; the page asks again for more.
    const MOST: u32 = 2_000;
    let index = sheet as usize;
    let Some(sheet) = workbook_of(opened).and_then(|workbook| workbook.sheets.get(index)) else {
        return Vec::new();
    };
    let last = last.min(first.saturating_add(MOST));
    let mut cells: Vec<dto::CellDto> = sheet
        .grid
        .rows(first, last)
        .map(|(at, cell)| dto::CellDto {
            row: at.row,
            column: at.column,
            shown: shown(&cell.shown()),
            raw: raw(cell),
            number: matches!(cell.value, Value::Number(_)),
            formula: cell.formula.is_some(),
            before: opened.touched.get(&(index, at)).map(|before| shown(before)),
        })
        .collect();
    // A cell that was emptied away still shows what it was.
    let gone = opened
        .touched
        .range((index, CellRef::new(first, 0))..=(index, CellRef::new(last, u32::MAX)))
        .filter(|((_, at), _)| sheet.grid.get(*at).is_none());
    cells.extend(gone.map(|((_, at), before)| dto::CellDto {
        row: at.row,
        column: at.column,
        shown: String::new(),
        raw: String::new(),
        number: false,
        formula: false,
        before: Some(shown(before)),
    }));
    cells
}

fn raw(cell: &Cell) -> String {
    match (&cell.formula, &cell.value) {
        (Some(formula), _) => format!("={formula}"),
        (None, Value::Number(number)) if !cell.number_format.is_date() => number.to_string(),
        _ => cell.shown(),
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

/// What a change of the page is to the engine.
enum Put {
    Change(fixes::Change),
    Explanation(Noted),
}

fn core_change(workbook: &Workbook, change: &dto::Change) -> Put {
    let sheet = change.sheet as usize;
    let edit = match &change.action {
        dto::Action::Set { row, column, input } => {
            let cell = CellRef::new(*row, *column);
            Edit::Set { sheet, cell, value: new_value(workbook, sheet, cell, input) }
        }
        dto::Action::InsertRow { row, cells } => {
            let cells = cells
                .iter()
                .map(|(column, input)| {
                    (*column, new_value(workbook, sheet, CellRef::new(*row, *column), input))
                })
                .collect();
            Edit::InsertRow { sheet, row: *row, cells }
        }
        dto::Action::Explain { finding } => return Put::Explanation(core_noted(finding.clone())),
    };
    Put::Change(fixes::Change {
        before: job::before(workbook, &edit),
        edit,
        origin: match &change.rule {
            None => Origin::Hand,
            Some(rule) if rule == dto::EXPLANATION => Origin::Explanation,
            Some(rule) => Origin::Rule(rule.clone()),
        },
        reason: change.reason.clone(),
        source: change.source.clone(),
    })
}

fn new_value(workbook: &Workbook, sheet: usize, cell: CellRef, input: &dto::Input) -> NewValue {
    match input {
        dto::Input::Number(text) => {
            text.parse::<Decimal>().map_or_else(|_| NewValue::Text(text.clone()), NewValue::Number)
        }
        dto::Input::Text(text) => NewValue::Text(text.clone()),
        dto::Input::Blank => NewValue::Blank,
        dto::Input::Formula(formula) => NewValue::Formula(formula.clone()),
        dto::Input::Typed(text) => job::typed(workbook, sheet, cell, text),
    }
}

fn fix_change(finding: &audit::Finding, source: &str, edit: &Edit) -> dto::Change {
    let input = |value: &NewValue| match value {
        NewValue::Number(number) => dto::Input::Number(number.to_string()),
        NewValue::Text(text) => dto::Input::Text(text.clone()),
        NewValue::Blank => dto::Input::Blank,
        NewValue::Formula(formula) => dto::Input::Formula(formula.clone()),
    };
    let action = match edit {
        Edit::Set { cell, value, .. } => {
            dto::Action::Set { row: cell.row, column: cell.column, input: input(value) }
        }
        Edit::InsertRow { row, cells, .. } => dto::Action::InsertRow {
            row: *row,
            cells: cells.iter().map(|(column, value)| (*column, input(value))).collect(),
        },
    };
    dto::Change {
        sheet: count(edit.sheet()),
        action,
        rule: Some(finding.code.to_string()),
        reason: finding.message.clone(),
        source: source.to_owned(),
    }
}

fn certificate(proven: report::certificate::Certificate, explained: usize) -> dto::Certificate {
    let cell = |cell: report::certificate::CertifiedCell| dto::CertifiedCell {
        sheet: shown(&cell.sheet),
        address: cell.at.to_string(),
        before: shown(&cell.before),
        after: shown(&cell.after),
        rule: cell.rule,
    };
    dto::Certificate {
        cells: proven.cells.into_iter().map(cell).collect(),
        identical_parts: proven.identical_parts.map(|parts| count(parts.len())),
        changed_parts: proven.changed_parts.iter().map(|part| shown(part)).collect(),
        original_sha256: proven.original.to_string(),
        result_sha256: proven.result.to_string(),
        losses: proven.losses.iter().map(|loss| shown(loss)).collect(),
        explained: count(explained),
    }
}

fn workbook_info(checked: &Checked, size: usize) -> dto::WorkbookInfo {
    let workbook = checked.content.as_ref().ok().map(|(workbook, _)| workbook);
    dto::WorkbookInfo {
        name: shown(&checked.name),
        format: workbook.map(|workbook| workbook.format.name().to_owned()),
        sha256: checked.sha256.map(|sha256| sha256.to_string()).unwrap_or_default(),
        size: count(size),
        sheets: workbook.map(|workbook| workbook.sheets.iter().map(sheet_info).collect()).unwrap_or_default(),
    }
}

fn sheet_info(sheet: &Sheet) -> dto::SheetInfo {
    let (rows, columns) = extent(sheet);
    let spans = |spans: &[crate::model::Span]| spans.iter().map(|span| (span.first, span.last)).collect();
    dto::SheetInfo {
        name: shown(&sheet.name),
        hidden: sheet.visibility != Visibility::Visible,
        rows,
        columns,
        merges: sheet.merges.iter().map(|merge| area(*merge)).collect(),
        hidden_rows: spans(&sheet.hidden_rows),
        hidden_columns: spans(&sheet.hidden_columns),
        column_widths: sheet
            .column_widths
            .iter()
            .map(|(span, width)| (span.first, span.last, *width))
            .collect(),
    }
}

fn extent(sheet: &Sheet) -> (u32, u32) {
    sheet.grid.used().map_or((0, 0), |used| (used.end.row + 1, used.end.column + 1))
}

fn summary_dto(consolidation: &Consolidation, breakdown: &Breakdown) -> dto::ConsolidationSummary {
    let figure = |number: Decimal| number.normalize().to_string();
    dto::ConsolidationSummary {
        period: consolidation.period.to_string(),
        cities: consolidation.cities.iter().map(|city| shown(breakdown.city(*city))).collect(),
        rows: consolidation
            .rows
            .iter()
            .filter_map(|row| {
                let indicator = breakdown.indicator(row.indicator)?;
                Some(dto::SummaryRow {
                    number: indicator.number,
                    label: shown(&indicator.label),
                    unit: shown(&indicator.unit),
                    cells: row
                        .entries
                        .iter()
                        .map(|entry| (entry.target.map(figure), entry.done.value().map(figure)))
                        .collect(),
                })
            })
            .collect(),
        kept_out: consolidation
            .kept_out
            .iter()
            .map(|out| (shown(&out.file), shown(&out.why.to_string())))
            .chain(consolidation.not_returns.iter().map(|file| (shown(&file.file), shown(&file.why))))
            .collect(),
        remarks: consolidation
            .other_remarks()
            .map(|remark| shown(&format!("{} {}", remark.code, remark.message)))
            .collect(),
        missing: consolidation.missing.iter().map(|city| shown(breakdown.city(*city))).collect(),
    }
}

const fn area(range: Range) -> dto::Area {
    dto::Area {
        top: range.start.row,
        left: range.start.column,
        bottom: range.end.row,
        right: range.end.column,
    }
}

const fn tier(tier: Tier) -> dto::Tier {
    match tier {
        Tier::Error => dto::Tier::Error,
        Tier::Warning => dto::Tier::Warning,
        Tier::Notice => dto::Tier::Notice,
    }
}

/// A text that the page only shows. What it sends back, edits or saves under goes to it as it is.
fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// To be saved under a name that says what it seems to say.
fn document(name: String, mime: &str, bytes: Vec<u8>) -> dto::Document {
    dto::Document { name: without_unseen(&name), mime: mime.to_owned(), bytes }
}

fn failed(message: &str) -> Response {
    Response::Failed { message: shown(message) }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
