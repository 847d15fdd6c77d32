//! Requests in, answers out. Keeps opened workbooks between requests; everything that is the user's own (files,
//! changes) the page has too, so that a new engine can be brought up after a crash.
//!
//! Pure: no clock, no thread, no browser.

use std::collections::BTreeMap;

use crate::audit::{Reported, RulesOff};
use crate::breakdown::{Breakdown, CityId};
use crate::consolidate::{Choice, Series, Source, Standing};
use crate::demo;
use crate::job::{self, Periods, Record, Submission};
use crate::model::{Format, Period, Sha256, Workbook};
use crate::reading::Limits;
use crate::report::brief::Brief;
use crate::report::consolidated::links::Links;
use crate::report::{self, ReportError};

use super::clipboard;
use super::dto::{self, document, failed};
use super::opened::Opened;
use super::progress;
use super::protocol::{self, FileId, Request, Response, Version};
use super::search;
use super::sum;
use super::summary;

const ZIP: &str = "application/zip";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSM: &str = "application/vnd.ms-excel.sheet.macroEnabled.12";

/// The engine of one worker.
pub struct Engine {
    breakdown: Breakdown,
    /// The file that it was read from; nothing for the official one.
    breakdown_name: Option<String>,
    limits: Limits,
    files: BTreeMap<FileId, Opened>,
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
            Request::Hello => {
                Response::Hello(dto::hello(&self.breakdown, self.breakdown_name.as_deref(), &self.limits))
            }
            Request::Demo => Response::TakeIn(
                demo::FILES
                    .iter()
                    .map(|(name, bytes)| {
                        document((*name).to_owned(), "application/octet-stream", bytes.to_vec())
                    })
                    .collect(),
            ),
            Request::Open { file, name, bytes, changes, beside } => {
                match progress::read(&bytes, &self.limits) {
                    None => self.open(file, &name, bytes, changes, beside),
                    Some(Ok((progress, documents))) => Response::Progress { file, progress, documents },
                    Some(Err(error)) => failed(&error.to_string()),
                }
            }
            Request::Recheck { file, beside } => self.with(file, |engine, opened| {
                opened.recheck(beside, &engine.breakdown);
                Response::Audited { file, audit: dto::audit(opened, &engine.breakdown) }
            }),
            Request::Change { file, changes } => self.with(file, |engine, opened| {
                if !opened.put_if_read(changes, &engine.breakdown) {
                    return failed("按这样指明就认不出这张表了，没有改。请另选一项，或者先改正表头再试。");
                }
                Response::Audited { file, audit: dto::audit(opened, &engine.breakdown) }
            }),
            Request::ApplySafe { file, put_away, left_out } => self.with(file, |engine, opened| {
                let breakdown = &engine.breakdown;
                let (changes, settled) = opened.apply_safe((&put_away, &left_out), breakdown);
                let settles = settled.iter().map(|finding| dto::finding(finding, breakdown)).collect();
                Response::AppliedSafe { file, changes, settles, audit: dto::audit(opened, breakdown) }
            }),
            Request::PlanSafe { file, put_away, left_out } => self.with(file, |engine, opened| {
                let taken = opened.plan_safe((&put_away, &left_out), &engine.breakdown);
                Response::SafePlan { file, lines: dto::planned(&taken, &engine.breakdown) }
            }),
            Request::Window { file, sheet, first, last, version } => {
                self.with(file, |_, opened| Response::Window {
                    file,
                    sheet,
                    first,
                    last,
                    cells: match version {
                        Version::Corrected => dto::window(opened, sheet, first, last),
                        Version::Original => dto::original_window(opened, sheet, first, last),
                    },
                })
            }
            Request::Save { file, record } => {
                self.with(file, |engine, opened| engine.save(file, opened, record))
            }
            Request::Findings { file } => self.with(file, |engine, opened| engine.findings(opened)),
            Request::SendBack { file } => self.with(file, |engine, opened| match engine.sent_back(opened) {
                Ok((name, bytes)) => Response::Document(document(name, XLSX, bytes)),
                Err(error) => failed(&error.to_string()),
            }),
            Request::Forms { city, period } => self.forms(city.as_deref(), period.as_deref()),
            Request::BreakdownForm => match report::template::write_breakdown(&self.breakdown) {
                Ok(bytes) => {
                    let name = report::template::BREAKDOWN_FORM.to_owned();
                    Response::Document(document(name, XLSX, bytes))
                }
                Err(error) => failed(&error.to_string()),
            },
            Request::Consolidate { files, preferred, periods, choice, earlier } => {
                self.consolidate(&files, &preferred, (&periods, &choice), &earlier)
            }
            Request::Brief { files, preferred, periods, choice, earlier } => {
                match self.brief(&files, &preferred, (&periods, &choice), &earlier) {
                    Ok((series, brief)) => match report::brief::document(&brief, &series, &self.breakdown) {
                        Ok(bytes) => {
                            let name = format!("示范区建设指标情况综述-{}.docx", brief.period.chinese());
                            Response::Document(document(name, DOCX, bytes))
                        }
                        Err(error) => failed(&error.to_string()),
                    },
                    Err(why) => failed(&why),
                }
            }
            Request::LongTable { files, preferred, periods, choice } => {
                match self.series(&files, &preferred, (&periods, &choice)) {
                    Ok(series) => {
                        let name = format!("示范区建设指标长表-{}.csv", series.latest.period.chinese());
                        let bytes = report::long::csv(&series, &self.breakdown);
                        Response::Document(document(name, "text/csv", bytes))
                    }
                    Err(why) => failed(&why),
                }
            }
            Request::SendBackAll { files } => self.sent_back_all(&files),
            Request::Compare { files, city, period } => match period.parse::<Period>() {
                Ok(period) => {
                    let opened = files.iter().filter_map(|file| Some((*file, self.files.get(file)?)));
                    let opened: Vec<(FileId, &Opened)> = opened.collect();
                    Response::Compared(summary::comparison(&opened, (&city, period), &self.breakdown))
                }
                Err(error) => failed(&error.to_string()),
            },
            Request::Find { file, sheet, version, wanted } => self.with(file, |_, opened| {
                let workbook = match version {
                    Version::Corrected => opened.workbook(),
                    Version::Original => opened.original(),
                };
                Response::Found { cells: search::cells(workbook, sheet, &wanted) }
            }),
            Request::Sum { file, sheet, version, area } => self.with(file, |_, opened| {
                let workbook = match version {
                    Version::Corrected => opened.workbook(),
                    Version::Original => opened.original(),
                };
                Response::Summed(sum::of(workbook, sheet, area))
            }),
            Request::PasteFile { html, text, name } => self.pasted(&html, &text, name),
            Request::ReadClipboard { html, text } => match clipboard::rows(&html, &text, &self.limits) {
                Ok(rows) => Response::Pasted { rows },
                Err(most) => failed(&format!("一次最多粘贴 {most} 格，没有粘贴。请分几次复制。")),
            },
            Request::Close { file } => {
                self.files.remove(&file);
                Response::Closed { file }
            }
            Request::ReadBreakdown { name, bytes, .. } => {
                match job::read_breakdown(&name, &bytes, &self.breakdown, &self.limits) {
                    Ok(new) => Response::BreakdownRead(dto::new_breakdown(&new)),
                    Err(error) => failed(&error.to_string()),
                }
            }
            Request::UseBreakdown { name, bytes, .. } => {
                match job::read_breakdown(&name, &bytes, Breakdown::official(), &self.limits) {
                    Ok(new) => self.put_in_force(Some(new.name), new.breakdown),
                    Err(error) => failed(&error.to_string()),
                }
            }
            Request::Keep { progress, bytes, .. } => match progress::write(progress, bytes) {
                Ok((name, bytes)) => Response::Kept(document(name, ZIP, bytes)),
                Err(error) => failed(&error.to_string()),
            },
            Request::UseOfficialBreakdown => self.put_in_force(None, Breakdown::official().clone()),
        }
    }

    /// What was audited against another breakdown is forgotten: the page opens its files again.
    fn put_in_force(&mut self, name: Option<String>, breakdown: Breakdown) -> Response {
        self.breakdown = breakdown;
        self.breakdown_name = name;
        self.files.clear();
        Response::Hello(dto::hello(&self.breakdown, self.breakdown_name.as_deref(), &self.limits))
    }

    fn with(&mut self, file: FileId, answer: impl FnOnce(&Self, &mut Opened) -> Response) -> Response {
        let Some(mut opened) = self.files.remove(&file) else {
            return Response::Failed {
                message: "这个文件已经不在审核程序里，请重新拖入。".to_owned()
            };
        };
        let response = answer(self, &mut opened);
        self.files.insert(file, opened);
        response
    }

    fn open(
        &mut self,
        file: FileId,
        name: &str,
        bytes: Vec<u8>,
        changes: Vec<protocol::Change>,
        beside: protocol::Beside,
    ) -> Response {
        let size = bytes.len();
        let mut opened = Opened::read(name, bytes, beside, &self.breakdown, &self.limits);
        let workbook = dto::workbook_info(&opened.checked, size);
        if !changes.is_empty() {
            opened.put(changes, &self.breakdown);
        }
        let audit = dto::audit(&opened, &self.breakdown);
        self.files.insert(file, opened);
        Response::Opened { file, workbook, audit }
    }

    fn save(&self, file: FileId, opened: &Opened, record: protocol::Record) -> Response {
        let Some(workbook) = opened.original() else {
            return failed("这个文件没有读出来，不能另存。请先看文件名下面写的原因。");
        };
        // What has no column of its own would be lost without the record.
        let wanted = record == protocol::Record::Sheet || !opened.explained.is_empty();
        // A document has no room for it.
        let apart = wanted && workbook.format == Format::Docx && !opened.done.is_empty();
        let record = match opened.audit() {
            Some(audit) if wanted && !apart => Record::Sheet { breakdown: &self.breakdown, audit },
            _ => Record::Without,
        };
        let beside = match apart.then(|| self.listed(opened, "校核记录")).transpose() {
            Ok(beside) => beside,
            Err(error) => return failed(&error.to_string()),
        };
        let explained = opened.explained.iter().filter(|noted| noted.answer.is_some()).count();
        match job::correct(&opened.checked.name, &opened.bytes, workbook, &opened.done, record, &self.limits)
        {
            Ok(corrected) => {
                let mime = match corrected.format {
                    Format::Xlsm => XLSM,
                    Format::Ods => "application/vnd.oasis.opendocument.spreadsheet",
                    Format::Docx => DOCX,
                    Format::Text => "text/csv",
                    _ => XLSX,
                };
                Response::Saved {
                    file,
                    certificate: dto::certificate(corrected.certificate, explained),
                    document: document(corrected.name, mime, corrected.bytes),
                    record: beside,
                }
            }
            Err(error) => failed(&error.to_string()),
        }
    }

    fn findings(&self, opened: &Opened) -> Response {
        match self.listed(opened, "问题清单") {
            Ok(list) => Response::Document(list),
            Err(error) => failed(&error.to_string()),
        }
    }

    /// The findings and changes of a file as a workbook that is called so.
    fn listed(&self, opened: &Opened, called: &str) -> Result<protocol::Document, report::ReportError> {
        let names = sheet_names(opened);
        let (subject, findings) = (subject(opened, &names), opened.findings());
        let bytes = report::findings::write(&subject, &self.breakdown, findings, &opened.done)?;
        Ok(document(format!("{}（{called}）.xlsx", stem(&opened.checked.name)), XLSX, bytes))
    }

    /// 退回单, under its name.
    fn sent_back(&self, opened: &Opened) -> Result<(String, Vec<u8>), ReportError> {
        let names = sheet_names(opened);
        let (subject, findings) = (subject(opened, &names), opened.findings());
        let bytes = report::findings::write_sent_back(&subject, &self.breakdown, findings)?;
        let whose = subject.whose(&self.breakdown);
        let whose = whose.as_ref().map(|(city, period)| (city.as_str(), period.as_str()));
        Ok((report::notice::attachment(whose, subject.file), bytes))
    }

    fn sent_back_all(&self, files: &[FileId]) -> Response {
        let mut made: Vec<(String, Vec<u8>)> = Vec::new();
        for opened in files.iter().filter_map(|file| self.files.get(file)) {
            match self.sent_back(opened) {
                Ok((name, bytes)) => {
                    let again = made.iter().filter(|(other, _)| stem(other).starts_with(stem(&name))).count();
                    let own =
                        if again > 0 { format!("{}（{}）.xlsx", stem(&name), again + 1) } else { name };
                    made.push((own, bytes));
                }
                Err(error) => return failed(&error.to_string()),
            }
        }
        match report::bundle::zip(&made) {
            _ if made.is_empty() => failed("没有要退回的报表。"),
            Ok(bytes) => Response::Document(document("退回单.zip".to_owned(), ZIP, bytes)),
            Err(error) => failed(&error.to_string()),
        }
    }

    /// The tables on the clipboard as a workbook of their own.
    fn pasted(&self, html: &str, text: &str, name: String) -> Response {
        let workbook = match clipboard::workbook(html, text, &self.limits) {
            Ok(Some(workbook)) => workbook,
            Ok(None) => {
                return failed("剪贴板里没有表格。请在 WPS、Excel、Word 或网页里选中整张表，复制后再粘贴。");
            }
            Err(error) => return failed(&error.to_string()),
        };
        match report::rewrite::write(&workbook) {
            Ok(written) => Response::TakeIn(vec![document(name, XLSX, written.bytes)]),
            Err(error) => failed(&error.to_string()),
        }
    }

    /// Blank forms of a city or all, of a period or all.
    fn forms(&self, city: Option<&str>, period: Option<&str>) -> Response {
        let breakdown = &self.breakdown;
        let cities = breakdown.city_ids().filter(|id| city.is_none_or(|city| breakdown.city(*id) == city));
        let cities: Vec<CityId> = cities.collect();
        let periods: Vec<Period> = match period.map(str::parse::<Period>).transpose() {
            Ok(Some(period)) => vec![period],
            Ok(None) => report::template::periods(breakdown).collect(),
            Err(error) => return failed(&error.to_string()),
        };
        let reported: Vec<Reported> = self
            .files
            .values()
            .filter_map(|opened| Some((opened, opened.workbook()?, opened.audit()?)))
            .flat_map(|(opened, workbook, audit)| {
                job::reports(&opened.checked.name, workbook, audit, breakdown)
            })
            .collect();
        let mut made = match report::template::forms(breakdown, &cities, &periods, &reported) {
            Ok(made) => made,
            Err(error) => return failed(&error.to_string()),
        };
        if made.len() > 1 {
            return match report::bundle::zip(&made) {
                Ok(bytes) => Response::Document(document("空白进展情况表.zip".to_owned(), ZIP, bytes)),
                Err(error) => failed(&error.to_string()),
            };
        }
        match made.pop() {
            Some((name, bytes)) => Response::Document(document(name, XLSX, bytes)),
            None => failed("没有可以生成的表。请选市和报告期。"),
        }
    }

    fn consolidate(
        &self,
        files: &[FileId],
        preferred: &[FileId],
        (asked, choosing): (&protocol::Periods, &protocol::Choice),
        earlier: &[FileId],
    ) -> Response {
        let series = match self.series(files, preferred, (asked, choosing)) {
            Ok(series) => series,
            Err(why) => return failed(&why),
        };
        // Where the files lie is not known here: beside the workbook, as in a folder of the period.
        let names =
            files.iter().filter_map(|file| self.files.get(file)).map(|file| file.checked.name.clone());
        let how = report::consolidated::Asked {
            links: Links::new(names.map(|name| (name.clone(), name))),
            district_sums: false,
        };
        // Of two that are the same in all the first.
        let known = files.iter().rev().filter_map(|file| Some((*file, &self.files.get(file)?.checked)));
        let of_bytes: BTreeMap<(Sha256, &str), FileId> = known
            .filter_map(|(file, checked)| Some(((checked.sha256?, checked.name.as_str()), file)))
            .collect();
        let find = |source: &Source| {
            let file = *of_bytes.get(&(source.sha256, source.file.as_str()))?;
            let sheets = &self.files.get(&file)?.workbook()?.sheets;
            Some((file, sheets.iter().position(|sheet| sheet.name == source.sheet)?))
        };
        match report::consolidated::write_as_asked(&series, &self.breakdown, &how) {
            Ok(bytes) => Response::Consolidated {
                document: document(
                    format!("示范区建设指标汇总表-{}.xlsx", series.latest.period.chinese()),
                    XLSX,
                    bytes,
                ),
                summary: summary::summary(
                    &series,
                    &self.breakdown,
                    self.brief(files, preferred, (asked, choosing), earlier).map(|(_, brief)| brief.text()),
                    find,
                ),
            },
            Err(error) => failed(&error.to_string()),
        }
    }

    /// The returns put together as they are asked for, or why they are not.
    fn series(
        &self,
        files: &[FileId],
        preferred: &[FileId],
        (asked, choosing): (&protocol::Periods, &protocol::Choice),
    ) -> Result<Series, String> {
        let periods = match asked {
            protocol::Periods::Latest => Periods::Latest,
            protocol::Periods::All => Periods::All,
            protocol::Periods::One(period) => {
                Periods::These(vec![period.parse::<Period>().map_err(|error| error.to_string())?])
            }
        };
        let choice = self.chosen(choosing).ok_or("各市都没有选。请至少选一个市。")?;
        let submitted = self.submitted(files, preferred);
        let series = job::consolidated_as_chosen(submitted, &periods, &choice, &self.breakdown);
        Ok(series.ok_or("没有可以汇总的进展情况表。请先拖入各市的进展情况表。")?)
    }
}

impl Engine {
    fn submitted(&self, files: &[FileId], preferred: &[FileId]) -> impl Iterator<Item = Submission> {
        let opened = files.iter().filter_map(|file| Some((file, self.files.get(file)?)));
        opened.map(|(file, opened)| {
            let content = opened.workbook().zip(opened.audit()).ok_or_else(|| opened.checked.findings());
            let checked = &opened.checked;
            let mut one = Submission::of(&checked.name, checked.sha256, content, &self.breakdown);
            if preferred.contains(file) {
                one.prefer();
            }
            one
        })
    }

    /// 情况综述 of the period, beside what came in of earlier ones; or why there is none.
    fn brief(
        &self,
        files: &[FileId],
        preferred: &[FileId],
        (periods, choice): (&protocol::Periods, &protocol::Choice),
        earlier: &[FileId],
    ) -> Result<(Series, Brief), String> {
        let wanted = match periods {
            protocol::Periods::One(period) => {
                Some(period.parse::<Period>().map_err(|error| error.to_string())?)
            }
            protocol::Periods::Latest | protocol::Periods::All => None,
        };
        let choice = self.chosen(choice).unwrap_or_default();
        let files = self.submitted(files, preferred).chain(self.submitted(earlier, &[])).collect();
        job::brief(files, wanted, &choice, &self.breakdown, |_| {}).map_err(|error| error.to_string())
    }

    /// Nothing where no city is left.
    fn chosen(&self, choice: &protocol::Choice) -> Option<Choice> {
        let mut chosen = Choice::default();
        if !choice.without.is_empty() {
            let left = |id: &CityId| !choice.without.iter().any(|city| city == self.breakdown.city(*id));
            chosen.cities = self.breakdown.city_ids().filter(left).collect();
            if chosen.cities.is_empty() {
                return None;
            }
        }
        if choice.settled {
            chosen.states = [Standing::Resubmitted, Standing::Settled].into();
        }
        Some(chosen)
    }
}

fn sheet_names(opened: &Opened) -> Vec<String> {
    let names = |workbook: &Workbook| workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    opened.workbook().map(names).unwrap_or_default()
}

/// What a list of findings is of.
fn subject<'a>(opened: &'a Opened, names: &'a [String]) -> report::findings::Subject<'a> {
    report::findings::Subject {
        file: &opened.checked.name,
        sha256: opened.checked.sha256,
        sheet_names: names,
        table: opened.audit().and_then(|audit| audit.table.as_ref().ok()),
        off: opened.audit().map_or(RulesOff::NONE, |audit| &audit.off),
    }
}

/// A file's name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
