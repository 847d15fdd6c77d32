//! 退回: per return a workbook with what its unit has to do, and a message to paste.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use indicator_companion::audit::{Checked, Tier};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::reading::Limits;
use indicator_companion::report::{self, findings};

use super::files::{Force, Writer};
use super::{Desk, Format, Off, OtherBreakdown, Outcome, Trouble, Troubles, look_up, reports_in, say};

/// Name of the file with the messages.
const NOTICES: &str = "退回通知.txt";

/// What `companion return` is asked.
#[derive(Args)]
pub struct SendBack {
    /// 要审核的文件或文件夹（Files or folders to audit）
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 存放退回单的文件夹（Folder for the lists to send back）
    #[arg(long)]
    pub out: PathBuf,
    /// 以前各期的进展情况表或汇总表（Earlier returns or consolidated workbooks）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub off: Off,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
}

/// A return that goes back: its list and what is told of it.
struct Due {
    bytes: Vec<u8>,
    file: String,
    /// City and period, where they are known.
    whose: Option<(String, String)>,
    errors: usize,
    warnings: usize,
}

impl Due {
    /// `None` where nothing is to be done.
    fn of(checked: &Checked, breakdown: &Breakdown) -> Result<Option<Self>, report::ReportError> {
        let all = checked.findings();
        let count = |tier| findings::to_send_back(all).filter(|finding| finding.tier == tier).count();
        let (errors, warnings) = (count(Tier::Error), count(Tier::Warning));
        if errors + warnings == 0 {
            return Ok(None);
        }
        let content = checked.content.as_ref().ok();
        let table = content.and_then(|(_, audit)| audit.table.as_ref().ok());
        let names: Vec<String> = content
            .map(|(workbook, _)| workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect())
            .unwrap_or_default();
        let subject = findings::Subject {
            file: &checked.name,
            sha256: checked.sha256,
            sheet_names: &names,
            table,
            off: checked.off(),
        };
        let bytes = findings::write_sent_back(&subject, breakdown, all)?;
        let whose = subject.whose(breakdown);
        let file = checked.name.clone();
        Ok(Some(Self { bytes, file, whose, errors, warnings }))
    }

    fn whose(&self) -> Option<(&str, &str)> {
        self.whose.as_ref().map(|(city, period)| (city.as_str(), period.as_str()))
    }

    /// The name of the list.
    fn name(&self) -> String {
        report::notice::attachment(self.whose(), &self.file)
    }

    /// To paste into a message.
    fn notice(&self, attachment: &str) -> String {
        report::notice::sent_back(self.whose(), &self.file, (self.errors, self.warnings), attachment)
    }
}

pub fn run(asked: &SendBack, limits: &Limits) -> Outcome {
    let mut troubles = Troubles::default();
    let paths = look_up(&asked.files, Format::Text, &mut troubles);
    let breakdown = Arc::new(asked.breakdown.read(limits)?);
    let off = asked.off.rules()?;
    let desk: Desk = reports_in(&asked.previous, breakdown, limits, &mut troubles);
    let desk = Desk { off, ..desk };
    let given = paths.iter().chain(&asked.previous).chain(&asked.breakdown.breakdown);
    let mut writer = Writer::new(given.map(PathBuf::as_path), asked.force);
    let notices = asked.out.join(NOTICES);
    writer.may(&notices)?;
    let mut lines: Vec<String> = Vec::new();
    let find = |desk: &Desk, _, checked: Checked| Due::of(&checked, &desk.breakdown);
    desk.about_each(&paths, find, |path, found| match found {
        Ok(Ok(None)) => say(&format!("不用退回 {}", path.display())),
        Ok(Ok(Some(due))) => {
            let place = writer.place(&asked.out, &due.name());
            match writer.store(&place, &due.bytes) {
                Ok(()) => {
                    let attachment = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let notice = due.notice(&attachment);
                    say(&format!("退回 {} → {}", path.display(), place.display()));
                    lines.push(notice);
                }
                // The other lists are written all the same.
                Err(error) => troubles.add(error),
            }
        }
        Ok(Err(error)) => troubles.add(error),
        Err(error) => troubles.add(error),
    });
    let clean = lines.is_empty();
    if !clean {
        tell(&lines, &notices, &writer)?;
    }
    troubles.outcome(clean)
}

/// The messages, on the screen and in a file beside the lists.
fn tell(lines: &[String], notices: &Path, writer: &Writer) -> Result<(), Trouble> {
    let text: String = lines.iter().map(|line| format!("{line}\r\n\r\n")).collect();
    writer.store(notices, format!("\u{feff}{text}").as_bytes())?;
    say("\n可以直接转发的通知：");
    lines.iter().for_each(|line| say(line));
    say(&format!("通知另存于 {}。原文件没有改动。", notices.display()));
    Ok(())
}
