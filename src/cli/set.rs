//! Cells set by hand, the rest of the workbook as it was.

use std::path::PathBuf;

use clap::Args;

use indicator_companion::job::{self, Record};
use indicator_companion::reading::{self, Limits};

use super::correct::certified;
use super::files::{Force, Writer, file_name, load};
use super::guard::guarded;
use super::{Format, Outcome, Trouble, ends_in, say, stopped};

/// What `companion set` is asked.
#[derive(Args)]
pub struct Set {
    /// 工作簿（Workbook）
    pub file: PathBuf,
    /// 工作表!单元格=值，可写多次（Sheet1!C5=600项; may be repeated）
    #[arg(long = "cell", required = true)]
    pub cells: Vec<String>,
    /// 输出文件（Output file）
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub force: Force,
    /// 输出格式（Output format）
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

pub fn run(asked: &Set, limits: &Limits) -> Outcome {
    let Set { file, cells, out, force, format } = asked;
    let writer = Writer::new([file.as_path()], *force);
    writer.may(out)?;
    let (source, given, bounds) = (file.to_owned(), cells.clone(), limits.clone());
    let work = move || -> Result<job::Corrected, Trouble> {
        let (name, bytes) = (file_name(&source), load(&source, &bounds)?);
        let workbook = reading::read(&name, &bytes, &bounds).map_err(|cause| stopped(&source, &cause))?;
        let changes =
            given.iter().map(|text| job::set_change(&workbook, text)).collect::<Result<Vec<_>, _>>();
        changes
            .and_then(|changes| job::correct(&name, &bytes, &workbook, &changes, Record::Without, &bounds))
            .map_err(|cause| Trouble::Job { path: source.display().to_string(), cause })
    };
    let corrected = guarded(file, limits, work).map_err(|cause| stopped(file, &cause))??;
    ends_in(out, corrected.name.rsplit_once('.').map_or("", |(_, extension)| extension))?;
    writer.store(out, &corrected.bytes)?;
    say(&certified(file, out, &corrected, *format));
    Ok(true)
}
