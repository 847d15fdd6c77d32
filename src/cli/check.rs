//! 校核: files audited, what was found, and what became of earlier findings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use indicator_companion::audit::Checked;
use indicator_companion::audit::noted::Record;
use indicator_companion::breakdown::Breakdown;
use indicator_companion::job;
use indicator_companion::reading::Limits;
use indicator_companion::report;
use indicator_companion::report::text::Listing;

use super::files::{file_name, load};
use super::guard::guarded;
use super::{Desk, Format, Off, Outcome, Trouble, Troubles};
use super::{OtherBreakdown, is_clean, look_up, new_breakdown, reports_in, say, stopped, warn};

/// What `companion check` is asked.
#[derive(Args)]
pub struct Check {
    /// 要审核的文件或文件夹（Files or folders to audit）
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 以前各期的进展情况表或汇总表，按市和报告期自动对应（Earlier returns or consolidated workbooks）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
    /// 以前的审核结果，列出已改、未改、新出现：带“校核记录”的工作簿（可以就是送审的文件）、问题清单，或
    /// check --format json 的输出（Earlier findings: a workbook with the sheet 校核记录, our list of findings,
    /// or our JSON）
    #[arg(long, value_name = "EARLIER")]
    pub since: Option<PathBuf>,
    /// 说明每张表的各列、各行是怎么认的（Say how each column and row was recognised, and why）
    #[arg(long, conflicts_with = "since")]
    pub explain: bool,
    /// 同一列的同类问题逐条列出，不合为一行（List findings of one kind in a column one by one）
    #[arg(long)]
    pub details: bool,
    #[command(flatten)]
    pub off: Off,
    /// 输出格式（Output format）
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

pub fn run(asked: &Check, limits: &Limits) -> Outcome {
    let format = asked.format;
    let listing = if asked.details { Listing::Each } else { Listing::Grouped };
    let off = asked.off.rules()?;
    let how = Telling { format, explain: asked.explain, listing };
    let breakdown = match &asked.breakdown.breakdown {
        None => Breakdown::official().clone(),
        Some(path) => {
            let new = new_breakdown(path, limits)?;
            if format == Format::Text {
                say(&report::text::breakdown_head(&path.display().to_string(), &new.breakdown, &new.changes));
            }
            new.breakdown
        }
    };
    let mut troubles = Troubles::default();
    let desk = reports_in(&asked.previous, Arc::new(breakdown), limits, &mut troubles);
    let desk = Desk { off, ..desk };
    let since = asked.since.as_deref().and_then(|path| match lists_in(path, limits) {
        Ok(lists) => Some((path.display().to_string(), Arc::new(lists))),
        // The files are audited all the same.
        Err(trouble) => {
            troubles.add(trouble);
            None
        }
    });
    let mut clean = true;
    let mut audited: Vec<job::Whose> = Vec::new();
    let paths = look_up(&asked.files, format, &mut troubles);
    let given: Arc<[String]> = paths.iter().map(|path| path.display().to_string()).collect();
    let tell = move |desk: &Desk, index: usize, checked: Checked| {
        let given = given.get(index).map(String::as_str).unwrap_or_default();
        told_of(given, &checked, desk, since.as_ref(), how)
    };
    desk.about_each(&paths, tell, |_, told| match told {
        Ok(answer) => {
            clean &= answer.clean;
            audited.extend(answer.whose);
            answer.disputes.iter().for_each(|line| warn(line));
            answer.trouble.into_iter().for_each(|trouble| troubles.add(trouble));
            say(&answer.text);
        }
        // The other files are audited all the same.
        Err(error) => troubles.add(error),
    });
    job::unused(&desk.earlier, &audited, &desk.breakdown).iter().for_each(|line| warn(line));
    troubles.outcome(clean)
}

/// What there is to say of one file that was audited.
struct Answer {
    clean: bool,
    whose: Vec<job::Whose>,
    disputes: Vec<String>,
    trouble: Option<Trouble>,
    text: String,
}

/// Earlier lists of findings, with the name of the file that they come from.
type Lists = (String, Arc<Vec<Record>>);

/// How a check is told.
#[derive(Clone, Copy)]
struct Telling {
    format: Format,
    explain: bool,
    listing: Listing,
}

fn told_of(given: &str, checked: &Checked, desk: &Desk, since: Option<&Lists>, how: Telling) -> Answer {
    let breakdown = &desk.breakdown;
    let mut trouble = None;
    let compared = since.and_then(|(earlier, lists)| {
        let list = job::about(lists, checked, breakdown);
        if list.is_none() {
            trouble = Some(Trouble::NotAbout { earlier: earlier.clone(), file: given.to_owned() });
        }
        Some((earlier, job::reconcile(list?, checked, breakdown)))
    });
    let text = match (how.format, &compared) {
        (Format::Json, None) if how.explain => report::json::write_explained(given, checked, breakdown),
        (Format::Text, None) if how.explain => {
            report::text::write(given, checked, how.listing) + &report::text::understood(checked, breakdown)
        }
        (Format::Json, None) => report::json::write(given, checked, breakdown),
        (Format::Json, Some((earlier, since))) => {
            report::json::write_since(given, checked, breakdown, earlier, since)
        }
        (Format::Text, None) => report::text::write(given, checked, how.listing),
        (Format::Text, Some((earlier, since))) => {
            report::text::write(given, checked, how.listing) + &report::text::since(earlier, since)
        }
    };
    let disputes = job::disputes(checked, &desk.earlier)
        .into_iter()
        .map(|dispute| format!("{given}：{dispute}"))
        .collect();
    let whose = checked.content.as_ref().map(|(_, audit)| job::whose(audit)).unwrap_or_default();
    Answer { clean: is_clean(checked), whose, disputes, trouble, text }
}

fn lists_in(path: &Path, limits: &Limits) -> Result<Vec<Record>, Trouble> {
    let (file, bounds) = (path.to_owned(), limits.clone());
    let work = move || -> Result<_, Trouble> {
        job::earlier(&file_name(&file), &load(&file, &bounds)?, &bounds).map_err(|cause| {
            Trouble::Unreadable { path: file.display().to_string(), cause: cause.to_string() }
        })
    };
    guarded(path, limits, work).map_err(|cause| stopped(path, &cause))?
}
