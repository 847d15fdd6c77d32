//! 汇总 on the command line: many files in, one workbook and its 长表 out, and a word on every file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use indicator_companion::audit::{Checked, Reported};
use indicator_companion::breakdown::{Breakdown, CityId};
use indicator_companion::consolidate::{Choice, Consolidation, NotReturn, Series, Why, usable};
use indicator_companion::job::{self, Known, Periods, Submission};
use indicator_companion::layout::{Form, Hints, cities_in};
use indicator_companion::model::{Period, Sha256};
use indicator_companion::reading::Limits;
use indicator_companion::report::consolidated::links::Links;
use indicator_companion::report::{self, consolidated};

use super::files::{Force, Writer, file_name, is_same, seen_from, told_apart};
use super::{
    Desk, Format, Off, OtherBreakdown, Outcome, Trouble, Troubles, ends_in, look_up, reports_in, say,
};

/// What `companion consolidate` is asked.
#[derive(Args)]
pub struct Consolidate {
    /// 文件或文件夹，文件夹连同下级文件夹（Files or folders, with the folders in them）
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// 报告期，如 2019-06；几期用逗号隔开，全部写 all；不写取最近一期（Periods, comma separated, or all; the
    /// latest if left out）
    #[arg(long, value_delimiter = ',', value_parser = asked)]
    pub period: Vec<Asked>,
    /// 汇总工作簿 .xlsx（Output workbook）
    #[arg(long)]
    pub out: PathBuf,
    /// 另存长表，每个数字一行，.csv 或 .parquet（The long table, a row a number, as CSV or Parquet）
    #[arg(long, value_name = "FILE")]
    pub long: Option<PathBuf>,
    /// 同市同期报了几份时，以这份为准；可写多次（Of several submissions of a city this one counts; may be
    /// repeated）
    #[arg(long, value_name = "FILE")]
    pub prefer: Vec<PathBuf>,
    /// 认不出是谁、哪一期的文件，由您指明：--as 成都市:2019-06 文件；区县的写
    /// 成都市/高新区:2019-06；可写多次（Whose and of when a file is: --as CITY:PERIOD FILE, or
    /// CITY/DISTRICT:PERIOD; may be repeated）
    ///
    /// 区县的报表相加，与该市自己报的核对，不计入合计。（What districts report is added up and held against their
    /// city's own return; it counts in no total.）
    #[arg(long = "as", num_args = 2, value_names = ["CITY:PERIOD", "FILE"])]
    pub said: Vec<String>,
    /// 只汇总这些市，用逗号隔开；其余列在完整性表里（Only these cities; the others are listed as left out）
    #[arg(long, value_delimiter = ',')]
    pub city: Vec<String>,
    /// 只汇总这些状态的报表：已审（含已重报）、已重报、待说明（又作已报），用逗号隔开（Only returns in these
    /// states: settled, settled after a resubmission, waiting for an explanation）
    #[arg(long, value_delimiter = ',')]
    pub state: Vec<String>,
    /// 市没有报的，在“区县”表里也列出区县合计，仍不计入合计（Show the sum of its districts where a city sent
    /// nothing; it counts in no total）
    #[arg(long)]
    pub sum_districts: bool,
    #[command(flatten)]
    pub off: Off,
    /// 以前各期的进展情况表或汇总表，只用来比对（Earlier returns, only to compare with）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
    /// 输出格式（Output format）
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// A period, or all of them.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    All,
    One(Period),
}

pub fn asked(text: &str) -> Result<Asked, String> {
    match text {
        "all" | "全部" => Ok(Asked::All),
        one => one.parse::<Period>().map(Asked::One).map_err(|error| error.to_string()),
    }
}

impl Consolidate {
    /// The cities and states that are asked for.
    fn choice(&self, breakdown: &Breakdown) -> Result<Choice, Trouble> {
        let mut choice = Choice::default();
        for name in self.city.iter().filter(|name| !name.trim().is_empty()) {
            let meant = cities_in(name, breakdown);
            if meant.is_empty() {
                return Err(Trouble::NoCity(name.clone(), breakdown.cities.join("、")));
            }
            choice.cities.extend(meant);
        }
        for word in self.state.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            choice.states.extend(usable(word).ok_or_else(|| Trouble::NoState(word.to_owned()))?);
        }
        Ok(choice)
    }

    /// Where the files lie, seen from the workbook.
    fn links(&self, names: &[String], paths: &[PathBuf]) -> Links {
        let folder = self.out.parent().unwrap_or(Path::new(""));
        let link = |(name, path): (&String, &PathBuf)| Some((name.clone(), seen_from(folder, path)?));
        Links::new(names.iter().zip(paths).filter_map(link))
    }

    /// What `--as` says, by file: hints for the reading, and the 区县 where one is named.
    fn said(&self, breakdown: &Breakdown, paths: &[PathBuf]) -> Result<Vec<Said>, Trouble> {
        let mut said = Vec::new();
        for pair in self.said.chunks(2) {
            let [of, file] = pair else { continue };
            let (city, period) = of.split_once([':', '：']).ok_or_else(|| Trouble::NotSaid(of.clone()))?;
            let period = period.trim().parse::<Period>().map_err(|_| Trouble::NotSaid(of.clone()))?;
            let (city, district) = match city.split_once(['/', '／']) {
                Some((_, district)) if district.trim().is_empty() => {
                    return Err(Trouble::NotSaid(of.clone()));
                }
                Some((city, district)) => (city, Some(district.trim().to_owned())),
                None => (city, None),
            };
            let meant = cities_in(city, breakdown);
            let [city] = meant.as_slice() else {
                return Err(Trouble::NoCity(city.to_owned(), breakdown.cities.join("、")));
            };
            let path = PathBuf::from(file);
            if !paths.iter().any(|known| is_same(known, &path)) {
                return Err(Trouble::NotAmong(format!("--as 的“{file}”")));
            }
            let mut hints = Hints::default();
            hints.say_identity(Some(*city), Some(period));
            said.push(Said { path, hints, district });
        }
        Ok(said)
    }

    fn periods(&self) -> Periods {
        let of = |asked: &Asked| match asked {
            Asked::All => None,
            Asked::One(period) => Some(*period),
        };
        match self.period.iter().map(of).collect::<Option<Vec<_>>>() {
            None => Periods::All,
            Some(none) if none.is_empty() => Periods::Latest,
            Some(periods) => Periods::These(periods),
        }
    }
}

/// What `--as` says of a file.
struct Said {
    path: PathBuf,
    hints: Hints,
    district: Option<String>,
}

/// What one file had to say, audited.
struct Read {
    reports: Vec<Reported>,
    submission: Submission,
    /// City and period of each return: beside earlier reports of these it is to be audited again.
    of: Vec<(CityId, Period)>,
}

impl Read {
    fn of(desk: &Desk, checked: &Checked) -> Self {
        let submission = Submission::checked(&checked.name, checked, &desk.breakdown);
        let of_a_city = submission.returns.iter().flatten().filter(|one| one.district.is_none());
        let of = of_a_city.map(|one| (one.city, one.period)).collect();
        Self { reports: desk.reports(checked), submission, of }
    }
}

pub fn run(asked: &Consolidate, limits: &Limits) -> Outcome {
    let mut troubles = Troubles::default();
    ends_in(&asked.out, "xlsx")?;
    if let Some(long) = asked.long.as_deref().filter(|long| !is_parquet(long)) {
        ends_in(long, "csv")?;
    }
    let mut paths = look_up(&asked.inputs, asked.format, &mut troubles);
    let breakdown = Arc::new(asked.breakdown.read(limits)?);
    let desk = reports_in(&asked.previous, Arc::clone(&breakdown), limits, &mut troubles);
    let said = asked.said(&desk.breakdown, &paths)?;
    let hints = said.iter().map(|one| (one.path.clone(), one.hints.clone())).collect();
    let desk = Desk { said: Arc::new(hints), off: asked.off.rules()?, ..desk };
    let choice = asked.choice(&desk.breakdown)?;
    // The workbook of an earlier run lies in the folder that is read: it is no return, and may be replaced.
    paths.retain(|path| {
        let own = |out: &PathBuf| out.exists() && is_same(path, out) && !asked.inputs.contains(path);
        let former = own(&asked.out) && desk.about(path, |_, checked| is_summary(&checked)).unwrap_or(false);
        let long = asked.long.as_ref().is_some_and(own);
        if former || long {
            let what = if long { "长表" } else { "汇总表" };
            tell(asked.format, &format!("跳过 {}：这是{what}，不是报表。", path.display()));
        }
        !former && !long
    });
    let given = paths.iter().chain(&asked.breakdown.breakdown).chain(&asked.previous);
    let writer = Writer::new(given.map(PathBuf::as_path), asked.force);
    writer.may(&asked.out)?;
    asked.long.iter().try_for_each(|long| writer.may(long))?;

    // Two units send files of one name: each is called by as much of its path as tells it apart.
    let whole: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let names = told_apart(&whole);
    let (mut submissions, unread) = read_all(&paths, &names, desk, &asked.periods(), &mut troubles);
    for preferred in &asked.prefer {
        let mut of = paths.iter().zip(&mut submissions).filter(|(path, _)| is_same(path, preferred));
        match of.next() {
            Some((_, Some(submission))) if submission.returns.is_ok() => submission.prefer(),
            _ => return Err(Trouble::NotAmong(format!("--prefer 的“{}”", preferred.display()))),
        }
    }
    for (path, submission) in paths.iter().zip(&mut submissions) {
        let own = said.iter().find(|one| is_same(&one.path, path)).and_then(|one| one.district.as_ref());
        if let (Some(name), Some(submission)) = (own, submission) {
            submission.say_district(name);
        }
    }
    let came_in = submissions.into_iter().flatten();
    let Some(mut series) = job::consolidated_as_chosen(came_in, &asked.periods(), &choice, &breakdown) else {
        return Err(Trouble::NothingToConsolidate);
    };
    series.latest.not_returns.extend(unread);
    let how = consolidated::Asked { links: asked.links(&names, &paths), district_sums: asked.sum_districts };
    writer.store(&asked.out, &consolidated::write_as_asked(&series, &breakdown, &how)?)?;
    if let Some(long) = &asked.long {
        let bytes = if is_parquet(long) {
            report::parquet::write(&series, &breakdown)?
        } else {
            report::long::csv(&series, &breakdown)
        };
        writer.store(long, &bytes)?;
    }
    match asked.format {
        Format::Text => in_words(&series, asked, &breakdown, &names.iter().zip(&paths).collect()),
        Format::Json => say(&as_json(&series, asked, &breakdown).to_string()),
    }
    troubles.outcome(series.is_settled())
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

/// Reads and audits every file, and those again that count and are to be held against what others report of earlier
/// periods.
/// What could not even be loaded comes back beside: the others are put together all the same.
pub(super) fn read_all(
    paths: &[PathBuf],
    names: &[String],
    desk: Desk,
    periods: &Periods,
    troubles: &mut Troubles,
) -> (Vec<Option<Submission>>, Vec<NotReturn>) {
    let mut unread = Vec::new();
    let mut read: Vec<Option<Read>> = Vec::new();
    // Of thousands of returns of earlier periods no more is held than is needed.
    let mut latest: Option<Period> = None;
    let mut kept = |mut one: Read| {
        latest = latest.max(one.of.iter().map(|(_, period)| *period).max());
        one.submission.keep_periods(|period| match periods {
            Periods::Latest => Some(period) >= latest,
            Periods::All => true,
            Periods::These(wanted) => wanted.contains(&period),
        });
        one
    };
    desk.about_each(
        paths,
        |desk, _, checked| Read::of(desk, &checked),
        |path, one| {
            read.push(match one {
                Ok(one) => Some(kept(one)),
                Err(error) => {
                    unread.push(NotReturn { file: file_name(path), sha256: None, why: error.to_string() });
                    troubles.add(error);
                    None
                }
            });
        },
    );
    let came_in = read.iter().flatten().flat_map(|one| one.of.iter().map(|(_, period)| *period));
    let periods = periods.chosen(came_in);
    // What is at hand of earlier periods is what the returns are compared to, as in the page.
    let mut earlier = (*desk.earlier).clone();
    earlier.extend(read.iter_mut().flatten().flat_map(|one| std::mem::take(&mut one.reports)));
    let known = Known::of(earlier);
    let mut again: Vec<(usize, PathBuf)> = Vec::new();
    let mut beside: Vec<Arc<Vec<Reported>>> = Vec::new();
    for (at, (path, one)) in paths.iter().zip(&read).enumerate() {
        let of = one.iter().flat_map(|one| &one.of);
        if of.clone().any(|(city, period)| periods.contains(period) && known.reaches(*city, *period)) {
            again.push((at, path.clone()));
            beside.push(known.about(&of.map(|(city, _)| *city).collect::<Vec<_>>()));
        }
    }
    let mut submissions: Vec<Option<Submission>> =
        read.into_iter().map(|one| one.map(|one| one.submission)).collect();
    let (places, again): (Vec<usize>, Vec<PathBuf>) = again.into_iter().unzip();
    let mut places = places.into_iter();
    desk.beside_each(
        &again,
        move |index| beside.get(index).cloned().unwrap_or_default(),
        |desk, _, checked| Submission::checked(&checked.name, &checked, &desk.breakdown),
        |_, compared| {
            let first = places.next().and_then(|at| submissions.get_mut(at));
            // What can no longer be loaded stays as it was read.
            if let (Some(first), Ok(compared)) = (first, compared) {
                *first = Some(compared);
            }
        },
    );
    let named = submissions.iter_mut().zip(names);
    for (submission, name) in named.filter_map(|(submission, name)| Some((submission.as_mut()?, name))) {
        submission.keep_periods(|period| periods.contains(&period));
        submission.rename(name);
    }
    (submissions, unread)
}

fn tell(format: Format, line: &str) {
    match format {
        Format::Text => say(line),
        Format::Json => super::warn(&line),
    }
}

fn in_words(
    series: &Series,
    asked: &Consolidate,
    breakdown: &Breakdown,
    paths: &BTreeMap<&String, &PathBuf>,
) {
    for file in &series.latest.compared {
        say(&format!("比对 {}：是汇总表，只用来与以前各期比对。", file.file));
    }
    for file in series.not_returns() {
        let path = paths.get(&file.file).map(|path| path.display().to_string());
        say(&format!("未采用 {}：{}", path.as_deref().unwrap_or(&file.file), file.why));
    }
    for one in series.periods() {
        for out in &one.kept_out {
            say(&format!("{} {}：{}", told(&out.why), out.file, out.why));
        }
        for city in &one.missing {
            say(&format!("缺报 {} {}", breakdown.city(*city), one.period.chinese()));
        }
        for (off, files) in one.rules_off() {
            off.sentence().iter().for_each(|words| say(&format!("{words}涉及 {} 个文件。", files.len())));
        }
        for remark in one.other_remarks() {
            say(&format!("{} {}", remark.code, remark.message));
        }
    }
    series.latest.choice.words(breakdown).iter().for_each(|words| say(&format!("{words}。")));
    let periods: Vec<String> = series.periods().map(|one| one.period.chinese()).collect();
    say(&format!("已汇总 {} 到 {}。原文件没有改动。", periods.join("、"), asked.out.display()));
    if let Some(long) = &asked.long {
        say(&format!("长表：{}", long.display()));
    }
}

/// 未采用, or what else became of a return that is not in the totals.
fn told(why: &Why) -> &'static str {
    if matches!(why, Why::OfDistrict { .. }) { "核对" } else { "未采用" }
}

/// One object: each period with what was used, what was not and why, and the totals; then what was written.
fn as_json(series: &Series, asked: &Consolidate, breakdown: &Breakdown) -> serde_json::Value {
    let hash = |sha256: &Sha256| sha256.to_string();
    let period = |one: &Consolidation| {
        let standings = one.standings();
        json!({
            "period": one.period.to_string(),
            "cities": standings.iter().map(|(city, standing)| json!({
                "city": breakdown.city(*city), "state": standing.chinese(),
            })).collect::<Vec<_>>(),
            "used": one.used.iter().map(|used| json!({
                "file": used.file, "sheet": used.sheet, "city": breakdown.city(used.city), "sha256": hash(&used.sha256),
                "figures": one.sources.iter().filter(|source| source.city == used.city).count(),
                "open": used.open_problems().map(|problem| json!({
                    "code": problem.code.to_string(), "cell": problem.address(), "message": problem.message,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "left_out": one.kept_out.iter().map(|out| json!({
                "file": out.file, "sheet": out.sheet, "city": breakdown.city(out.city),
                "period": out.period.to_string(), "sha256": hash(&out.sha256),
                "code": out.why.rule().map(|rule| rule.code.to_string()), "why": out.why.to_string(),
            })).collect::<Vec<_>>(),
            "figures_left_out": one.lost().map(|left| json!({
                "file": left.file, "sheet": left.sheet, "cell": left.cell.to_string(), "raw": left.raw,
                "city": breakdown.city(left.city), "why": left.why.to_string(),
            })).collect::<Vec<_>>(),
            "districts": one.districts.iter().map(|of| json!({
                "city": breakdown.city(of.city),
                "added": of.added.iter().map(|one| json!({ "district": one.name, "file": one.file }))
                    .collect::<Vec<_>>(),
                "absent": of.absent, "disputed": of.disputed,
                "rows": of.rows.iter().filter_map(|row| breakdown.indicator(row.indicator).map(|found| json!({
                    "number": found.number,
                    "sum": row.sum.filter(|_| asked.sum_districts || row.own.is_some())
                        .map(|sum| sum.normalize().to_string()),
                    "own": row.own.map(|own| own.normalize().to_string()), "differs": row.differs(),
                }))).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "rules_off": one.rules_off().into_iter().map(|(off, files)| json!({
                "rules": report::json::rules_off(off), "files": files,
            })).collect::<Vec<_>>(),
            "missing": one.missing.iter().map(|city| breakdown.city(*city)).collect::<Vec<_>>(),
            "totals": one.rows.iter().filter_map(|row| breakdown.indicator(row.indicator).map(|found| json!({
                "number": found.number, "indicator": found.label, "unit": found.unit,
                "target": row.zone.target.normalize().to_string(),
                "done": row.zone.done.map(|done| done.normalize().to_string()),
                "lacking": row.zone.lacking.iter().map(|city| breakdown.city(*city)).collect::<Vec<_>>(),
            }))).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": 1,
        "chosen": {
            "cities": series.latest.choice.cities.iter().map(|city| breakdown.city(*city)).collect::<Vec<_>>(),
            "states": series.latest.choice.states.iter().map(|state| state.chinese()).collect::<Vec<_>>(),
        },
        "periods": series.periods().map(period).collect::<Vec<_>>(),
        "no_returns": series.not_returns().iter().map(|file| json!({
            "file": file.file, "sha256": file.sha256.as_ref().map(hash), "why": file.why,
        })).collect::<Vec<_>>(),
        "compared": series.latest.compared.iter().map(|file| &file.file).collect::<Vec<_>>(),
        "settled": series.is_settled(),
        "outputs": std::iter::once(&asked.out).chain(&asked.long).map(|path| path.display().to_string())
            .collect::<Vec<_>>(),
    })
}

fn is_summary(checked: &Checked) -> bool {
    let table = checked.content.as_ref().ok().and_then(|(_, audit)| audit.table.as_ref().ok());
    table.is_some_and(|table| table.form == Form::Summary)
}
