//! 情况综述 on the command line: many files in, the text of a period out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use indicator_companion::breakdown::{Breakdown, Plan};
use indicator_companion::consolidate::{Choice, Series};
use indicator_companion::job::{self, Periods};
use indicator_companion::model::{Period, visible};
use indicator_companion::reading::Limits;
use indicator_companion::report::brief::{self, Brief};

use super::consolidate::read_all;
use super::files::{Force, Writer, is_same, told_apart};
use super::{Desk, Format, Off, OtherBreakdown, Outcome, Trouble, Troubles, look_up, reports_in, say, warn};

/// What `companion brief` is asked.
#[derive(Args)]
pub struct WriteBrief {
    /// 文件或文件夹，文件夹连同下级文件夹；以前各期的报表一并给出，就写出增减（Files or folders, with the
    /// folders in them; with earlier returns the changes are told）
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// 报告期，如 2019-06；不写取最近一期（Period; the latest if left out）
    #[arg(long)]
    pub period: Option<Period>,
    /// 写到 .docx 或 .txt；不写就显示在屏幕上（Word document or text file; the terminal if left out）
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 规划期，如 2018-2020，时间进度从首年1月到末年12月匀速计；不写用分解表的（Years of the plan, by which the
    /// elapsed share is taken evenly; the breakdown's if left out）
    #[arg(long, value_parser = years, value_name = "YEAR-YEAR")]
    pub plan: Option<(u16, u16)>,
    /// 以前各期的进展情况表或汇总表，只用来审核（Earlier returns, for the audit only）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub off: Off,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
    /// 输出格式；json 逐句写出数字和出处（Output format; JSON gives the figures of each sentence and their cells）
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

fn years(text: &str) -> Result<(u16, u16), String> {
    let year = |text: &str| text.parse::<u16>().ok().filter(|year| (2000..2100).contains(year));
    let years = text.split_once('-').and_then(|(from, to)| year(from).zip(year(to)));
    years.filter(|(from, to)| from <= to).ok_or_else(|| "规划期应写作 2018-2020".to_owned())
}

fn extension(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

pub fn run(asked: &WriteBrief, limits: &Limits) -> Outcome {
    let mut troubles = Troubles::default();
    if let Some(out) = &asked.out
        && !matches!(extension(out).as_deref(), Some("docx" | "txt"))
    {
        let extension = "docx 或 .txt".to_owned();
        return Err(Trouble::OtherExtension { path: out.display().to_string(), extension });
    }
    let mut paths = look_up(&asked.inputs, asked.format, &mut troubles);
    // The text of an earlier run lies in the folder that is read: it is no return, and may be replaced.
    let own = |path: &PathBuf| asked.out.as_ref().is_some_and(|out| out.exists() && is_same(path, out));
    paths.retain(|path| asked.inputs.contains(path) || !own(path));
    let mut breakdown = asked.breakdown.read(limits)?;
    if let Some(years) = asked.plan {
        let zone = breakdown.plan.take().map(|plan| plan.zone).unwrap_or_default();
        breakdown.plan = Some(Plan { zone, years });
    }
    let desk = reports_in(&asked.previous, Arc::new(breakdown), limits, &mut troubles);
    let desk = Desk { off: asked.off.rules()?, ..desk };
    let breakdown = Arc::clone(&desk.breakdown);
    let given = paths.iter().chain(&asked.breakdown.breakdown).chain(&asked.previous);
    let writer = Writer::new(given.map(PathBuf::as_path), asked.force);
    asked.out.iter().try_for_each(|out| writer.may(out))?;
    let whole: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let names = told_apart(&whole);
    let (submissions, unread) = read_all(&paths, &names, desk, &Periods::All, &mut troubles);
    let files = submissions.into_iter().flatten().collect();
    let choice = Choice::default();
    let (series, written) = job::brief(files, asked.period, &choice, &breakdown, |series| {
        series.latest.not_returns.extend(unread);
    })?;
    if let Some(out) = &asked.out {
        writer.store(out, &bytes_of(out, &written, &series, &breakdown)?)?;
    }
    match (asked.format, &asked.out) {
        (Format::Json, _) => say(&job::brief_json(&written, &breakdown).to_string()),
        (Format::Text, None) => say(&written.text()),
        (Format::Text, Some(out)) => {
            say(&format!("情况综述已写到 {}。请核对后使用。原文件没有改动。", out.display()));
        }
    }
    if asked.out.is_none() && asked.format == Format::Text {
        warn(&"要 Word 文件，请加 --out 文件名.docx。");
    }
    troubles.outcome(series.latest.is_settled())
}

fn bytes_of(out: &Path, written: &Brief, series: &Series, breakdown: &Breakdown) -> Result<Vec<u8>, Trouble> {
    if extension(out).as_deref() == Some("docx") {
        return Ok(brief::document(written, series, breakdown)?);
    }
    // With a byte order mark and the line ends that every editor knows.
    Ok(format!("\u{feff}{}", visible(&written.text()).replace('\n', "\r\n")).into_bytes())
}
