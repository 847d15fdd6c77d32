//! 校正: corrected copies, with what the unit says of its figures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use indicator_companion::audit::noted::{Noted, answer};
use indicator_companion::audit::{Audit, Checked, Said};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Change, apply};
use indicator_companion::job::{self, Apply, Explained, Record};
use indicator_companion::model::{self, Workbook};
use indicator_companion::reading::Limits;
use indicator_companion::report;
use indicator_companion::report::findings::Subject;
use indicator_companion::report::text::Listing;

use super::files::{FileTrouble, Force, Writer, file_name, load};
use super::guard::guarded;
use super::{Desk, Format, Off, Outcome, Trouble, Troubles};
use super::{OtherBreakdown, is_clean, look_up, reports_in, say, warn};

/// What `companion correct` is asked.
#[derive(Args)]
pub struct Correct {
    /// 要校正的文件或文件夹（Files or folders to correct）
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 存放副本的文件夹（Folder for the copies）
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub force: Force,
    /// safe 只改写法、不改数；all 连同需要确认的建议（Which proposals to take over）
    #[arg(long, value_enum, default_value_t = Kind::Safe)]
    pub apply: Kind,
    /// 附“校核记录”工作表（Append the sheet 校核记录）
    #[arg(long)]
    pub annotate: bool,
    /// 给警示写情况说明：规则@单元格=说明，如 P003@F5=新建两家平台；可写多次，一次一个文件（Explain a 警示:
    /// CODE@CELL=TEXT, CODE=TEXT for a whole form; may be repeated, one file at a time）
    ///
    /// 表中有“情况说明”列的写进该指标一行，其余写进“校核记录”工作表，下次审核仍然有效。（Goes into the
    /// row's own 情况说明 where the form has that column, else into the sheet 校核记录; it holds at the next
    /// audit.）
    #[arg(long = "answer", value_name = "CODE@CELL=TEXT")]
    pub answers: Vec<String>,
    /// 以前各期的进展情况表或汇总表（Earlier returns or consolidated workbooks）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
    #[command(flatten)]
    pub off: Off,
    /// 输出格式；json 每个副本一行（Output format; JSON has one line a copy）
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Kind {
    Safe,
    All,
}

impl From<Kind> for Apply {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Safe => Self::Safe,
            Kind::All => Self::All,
        }
    }
}

pub fn run(asked: &Correct, limits: &Limits) -> Outcome {
    let off = asked.off.rules()?;
    let mut troubles = Troubles::default();
    let paths = look_up(&asked.files, asked.format, &mut troubles);
    if paths.len() > 1 && !asked.answers.is_empty() {
        return Err(Trouble::ManyToExplain);
    }
    let breakdown = Arc::new(asked.breakdown.read(limits)?);
    let desk = Desk { off, ..reports_in(&asked.previous, breakdown, limits, &mut troubles) };
    let read = paths.iter().chain(&asked.previous).chain(&asked.breakdown.breakdown).map(PathBuf::as_path);
    let mut writer = Writer::new(read, asked.force);
    let (mut clean, mut audited) = (true, Vec::new());
    for path in &paths {
        // The other files are corrected all the same.
        match correct_one(path, asked, &desk, &mut writer) {
            Ok(last) => {
                clean &= is_clean(&last);
                audited.extend(last.content.iter().flat_map(|(_, audit)| job::whose(audit)));
            }
            Err(trouble) => troubles.add(trouble),
        }
    }
    job::unused(&desk.earlier, &audited, &desk.breakdown).iter().for_each(|line| warn(line));
    troubles.outcome(clean)
}

/// What the correction of one file comes to.
enum Prepared {
    /// Nothing is changed; the file as audited.
    Unchanged(Box<Checked>),
    Copy {
        corrected: Box<job::Corrected>,
        /// How many explanations stand in the record.
        noted: usize,
        again: Box<Checked>,
        /// The record as a workbook of its own, where the copy has no room for it.
        beside: Option<Vec<u8>>,
    },
}

/// Corrects a file; what its last audit says.
fn correct_one(path: &Path, asked: &Correct, desk: &Desk, writer: &mut Writer) -> Result<Checked, Trouble> {
    let shown = || path.display().to_string();
    let unchanged = |checked: &Checked, word: String| {
        say(&match asked.format {
            Format::Text => word,
            Format::Json => report::json::write(&shown(), checked, &desk.breakdown),
        });
    };
    let (own, apply, annotate, answers, file) =
        (desk.clone(), asked.apply.into(), asked.annotate, asked.answers.clone(), path.to_owned());
    let work = move || -> Result<Prepared, Trouble> {
        let name = file_name(&file);
        let bytes = match load(&file, &own.limits) {
            Err(FileTrouble::TooLarge { reason, .. }) => {
                return Ok(Prepared::Unchanged(Box::new(job::refused(&name, None, reason))));
            }
            loaded => loaded?,
        };
        prepared(&name, &bytes, apply, annotate, &answers, &own)
            .map_err(|cause| Trouble::Job { path: file.display().to_string(), cause })
    };
    let done = guarded(path, &desk.limits, work).unwrap_or_else(|reason| {
        Ok(Prepared::Unchanged(Box::new(job::refused(&file_name(path), None, reason))))
    })?;
    match done {
        Prepared::Unchanged(checked) => {
            let read = checked.content.is_ok();
            let word = if read {
                format!("{}\n  没有可以采用的修改。", shown())
            } else {
                report::text::write(&shown(), &checked, Listing::Grouped)
            };
            unchanged(&checked, word);
            Ok(*checked)
        }
        Prepared::Copy { corrected, noted, again, beside } => {
            let target = writer.place(&asked.out, &corrected.name);
            writer.store(&target, &corrected.bytes)?;
            let record = beside.map(|bytes| (writer.place(&asked.out, &record_name(path)), bytes));
            if let Some((record, bytes)) = &record {
                writer.store(record, bytes)?;
            }
            say(&certified(path, &target, &corrected, asked.format));
            if asked.format == Format::Text {
                if let Some((record, _)) = &record {
                    say(&format!("  Word 文档放不下校核记录，另存为 {}。", record.display()));
                } else if noted > 0 {
                    say(&format!("  情况说明 {noted} 条写在新增的“校核记录”工作表里。"));
                }
                say(&format!("  校正后：{}", report::text::counts(&again)));
            }
            Ok(*again)
        }
    }
}

/// Audits a file, takes over what is asked for, and audits the copy again.
fn prepared(
    name: &str,
    bytes: &[u8],
    apply: Apply,
    annotate: bool,
    answers: &[String],
    desk: &Desk,
) -> Result<Prepared, job::JobError> {
    let (breakdown, earlier, limits) = (&*desk.breakdown, desk.earlier.as_slice(), &desk.limits);
    let said = Said { off: &desk.off, ..Said::NOTHING };
    let look = |workbook: &Workbook| job::audit_as_said(name, workbook, breakdown, earlier, said);
    let checked = job::check_as_said(name, bytes, breakdown, earlier, said, limits);
    let Ok((workbook, _)) = &checked.content else { return Ok(Prepared::Unchanged(Box::new(checked))) };
    let mut changes = job::take_over(workbook, apply, |workbook, _| look(workbook), |_| true).changes;
    let (explained, noted) = explanations(workbook, &changes, breakdown, look, answers)?;
    changes.extend(explained);
    if changes.is_empty() && noted.is_empty() {
        return Ok(Prepared::Unchanged(Box::new(checked)));
    }
    let mut audit = look(&job::changed(workbook, &changes));
    answer(&mut audit.findings, &noted, &workbook.sheets, breakdown);
    // What has no column of its own would be lost without the record.
    let asked = annotate || !noted.is_empty();
    let beside = asked && workbook.format == model::Format::Docx && !changes.is_empty();
    let record = if asked && !beside { Record::Sheet { breakdown, audit: &audit } } else { Record::Without };
    let corrected = job::correct(name, bytes, workbook, &changes, record, limits)?;
    let beside = if beside {
        let names: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        let table = audit.table.as_ref().ok();
        let subject =
            Subject { file: name, sha256: checked.sha256, sheet_names: &names, table, off: &desk.off };
        Some(report::findings::write(&subject, breakdown, &audit.findings, &changes)?)
    } else {
        None
    };
    let again = job::check_as_said(&corrected.name, &corrected.bytes, breakdown, earlier, said, limits);
    Ok(Prepared::Copy { corrected: Box::new(corrected), noted: noted.len(), again: Box::new(again), beside })
}

/// `成都市（校核记录）.xlsx`: the record beside a corrected document.
fn record_name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem}（校核记录）.xlsx")
}

/// What the answers given become, after the changes: changes of the form's own column, and notes for the record.
fn explanations(
    workbook: &Workbook,
    changes: &[Change],
    breakdown: &Breakdown,
    look: impl Fn(&Workbook) -> Audit,
    answers: &[String],
) -> Result<(Vec<Change>, Vec<Noted>), job::JobError> {
    let mut workbook = job::changed(workbook, changes);
    let audit = look(&workbook);
    let (mut cells, mut notes) = (Vec::new(), Vec::new());
    for given in answers {
        match job::explain(&workbook, &audit, breakdown, given)? {
            Explained::Cell(change) => {
                apply(&mut workbook, &change.edit);
                cells.push(change);
            }
            Explained::Noted(noted) => notes.push(noted),
        }
    }
    Ok((cells, notes))
}

/// What was proven of a copy, as it is asked for.
pub fn certified(source: &Path, target: &Path, corrected: &job::Corrected, format: Format) -> String {
    let (source, target) = (source.display().to_string(), target.display().to_string());
    match format {
        Format::Json => report::json::certificate(&source, &target, &corrected.certificate),
        Format::Text => {
            let proven = report::certificate::text(&corrected.certificate).replace('\n', "\n  ");
            format!("{source}\n  已另存为 {target}。\n  {proven}")
        }
    }
}
