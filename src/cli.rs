//! The arguments of `companion`, the files they name, and what goes to the terminal.

mod consolidate;
mod files;
mod guard;
mod send_back;
mod template;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use indicator_companion::audit::noted::{Noted, Record as NotedRecord, answer};
use indicator_companion::audit::{Checked, Reported, Tier};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::demo;
use indicator_companion::fixes::{Change, apply};
use indicator_companion::job::{self, Apply, Explained, Record};
use indicator_companion::layout::Hints;
use indicator_companion::model::{Period, Unreadable, Workbook, visible, visible_json};
use indicator_companion::reading::Limits;
use indicator_companion::report;
use indicator_companion::report::text::Listing;
use indicator_companion::rules::{RULES, by_code};

use consolidate::Consolidate;
use files::{FileTrouble, Force, Inputs, Writer, file_name, is_same, load};
use guard::{Event, guarded, guarded_each};
use send_back::SendBack;
use template::Template;
use watch::watched;

/// 指标校核助手：审核、校正、汇总指标分解表与进展情况表，离线运行。
///
/// Indicator Companion: audits, corrects and consolidates indicator sheets, offline. Exit code 0: nothing to do;
/// 1: findings of tier 错误 or 警示; 2: the tool could not do its work.
#[derive(Parser)]
#[command(name = "companion", version)]
struct Arguments {
    /// 列出读取上限；或改这一次的上限：--limits=名称=数，用逗号隔开几项
    /// （List the bounds of reading, or set some for this run: --limits=NAME=NUMBER,…）
    #[arg(long, global = true, value_name = "NAME=NUMBER", num_args = 0..=1, require_equals = true)]
    #[arg(value_delimiter = ',', default_missing_value = "")]
    limits: Option<Vec<String>>,
    /// Done for another process, which watches over this one.
    #[arg(long, hide = true)]
    watched: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// 审核文件，列出问题（Audit files and list the findings）
    Check {
        /// 要审核的文件或文件夹（Files or folders to audit）
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// 以前各期的进展情况表或汇总表，按市和报告期自动对应（Earlier returns or consolidated workbooks）
        #[arg(long, num_args = 1..)]
        previous: Vec<PathBuf>,
        /// 另一份分解表，xlsx、xls、ods 或 csv（Another breakdown）
        #[arg(long)]
        breakdown: Option<PathBuf>,
        /// 以前的审核结果，列出已改、未改、新出现：带“校核记录”的工作簿（可以就是送审的文件）、问题清单，或
        /// check --format json 的输出（Earlier findings: a workbook with the sheet 校核记录, our list of findings,
        /// or our JSON）
        #[arg(long, value_name = "EARLIER")]
        since: Option<PathBuf>,
        /// 说明每张表的各列、各行是怎么认的（Say how each column and row was recognised, and why）
        #[arg(long, conflicts_with = "since")]
        explain: bool,
        /// 同一列的同类问题逐条列出，不合为一行（List findings of one kind in a column one by one）
        #[arg(long)]
        details: bool,
        /// 输出格式（Output format）
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 写出校正后的副本，原文件不动（Write corrected copies; the originals stay）
    Correct {
        /// 要校正的文件或文件夹（Files or folders to correct）
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// 存放副本的文件夹（Folder for the copies）
        #[arg(long)]
        out: PathBuf,
        /// 已有同名文件时覆盖；读入的文件从不覆盖（Replace files that are there; what was read is never replaced）
        #[arg(long)]
        force: bool,
        /// safe 只改写法、不改数；all 连同需要确认的建议（Which proposals to take over）
        #[arg(long, value_enum, default_value_t = Kind::Safe)]
        apply: Kind,
        /// 附“校核记录”工作表（Append the sheet 校核记录）
        #[arg(long)]
        annotate: bool,
        /// 给警示写情况说明：规则@单元格=说明，如 P003@F5=新建两家平台；可写多次，一次一个文件
        /// （Explain a 警示: CODE@CELL=TEXT, CODE=TEXT for a whole form; may be repeated, one file at a time）
        ///
        /// 表中有“情况说明”列的写进该指标一行，其余写进“校核记录”工作表，下次审核仍然有效。
        /// （Goes into the row's own 情况说明 where the form has that column, else into the sheet 校核记录; it holds
        /// at the next audit.）
        #[arg(long = "answer", value_name = "CODE@CELL=TEXT")]
        answers: Vec<String>,
        /// 以前各期的进展情况表或汇总表（Earlier returns or consolidated workbooks）
        #[arg(long, num_args = 1..)]
        previous: Vec<PathBuf>,
        /// 另一份分解表，xlsx、xls、ods 或 csv（Another breakdown）
        #[arg(long)]
        breakdown: Option<PathBuf>,
        /// 输出格式；json 每个副本一行（Output format; JSON has one line a copy）
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 手工改单元格，其余原样保留（Set cells by hand, losslessly）
    Set {
        /// 工作簿（Workbook）
        file: PathBuf,
        /// 工作表!单元格=值，可写多次（Sheet1!C5=600项; may be repeated）
        #[arg(long = "cell", required = true)]
        cells: Vec<String>,
        /// 写到哪里（Output file）
        #[arg(long)]
        out: PathBuf,
        /// 已有同名文件时覆盖；读入的文件从不覆盖（Replace files that are there; what was read is never replaced）
        #[arg(long)]
        force: bool,
        /// 输出格式（Output format）
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 把各市的进展情况表汇总成一个工作簿（Consolidate the cities' returns）
    Consolidate(Consolidate),
    /// 为有问题的报表各写一份退回单，附可转发的通知（A list to send back for each return with findings）
    #[command(name = "return")]
    SendBack(SendBack),
    /// 生成空白的进展情况表（Write blank progress forms）
    Template(Template),
    /// 列出另一份分解表与官方分解表的不同（Show what another breakdown changes）
    Breakdown {
        /// 分解表，xlsx、xls、ods 或 csv（Breakdown file）
        file: PathBuf,
    },
    /// 列出审核规则，或一条规则的说明（List the rules, or one rule's help）
    Rules {
        /// 规则代码，如 T005（Rule code）
        code: Option<String>,
        /// 全部规则和说明，Markdown 格式（All rules with their help, as Markdown）
        #[arg(long, conflicts_with = "code")]
        markdown: bool,
    },
    /// 用内置示例把各项功能走一遍（Do all of it on the embedded example）
    Demo {
        /// 存放示例与结果的文件夹（Output folder）
        #[arg(long)]
        out: PathBuf,
        /// 已有同名文件时覆盖；读入的文件从不覆盖（Replace files that are there; what was read is never replaced）
        #[arg(long)]
        force: bool,
    },
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Safe,
    All,
}

/// Why a command could not be done, with the file it was about.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    File(#[from] FileTrouble),
    #[error("“{path}”：{cause}")]
    Job { path: String, cause: job::JobError },
    #[error("“{path}”：{cause}")]
    Unreadable { path: String, cause: String },
    #[error("{0}")]
    Report(#[from] report::ReportError),
    #[error(transparent)]
    Parquet(#[from] report::parquet::Unwritten),
    #[error(transparent)]
    Bundle(#[from] report::bundle::BundleError),
    #[error("“{path}”不能用作分解表：{cause}")]
    Breakdown { path: String, cause: Box<indicator_companion::breakdown::BadBreakdown> },
    #[error("分解表中没有“{0}”。有：{1}")]
    NoCity(String, String),
    #[error("没有这样的上限“{0}”。写法是 --limits=名称=数，名称见 companion --limits。")]
    NoLimit(String),
    #[error("没有规则“{0}”。全部规则见 companion rules。")]
    NoRule(String),
    #[error("没有可以汇总的进展情况表。")]
    NothingToConsolidate,
    #[error("有文件没有处理，原因见上。")]
    Said,
    #[error("{0}不是要汇总的报表。请写送来的那个文件。")]
    NotAmong(String),
    #[error("--as 的“{0}”看不懂。写法是 --as 市:2019-06 文件。")]
    NotSaid(String),
    #[error("要生成 {0} 份表，--out 请写文件夹或 .zip。")]
    ManyForms(usize),
    #[error("{0}不在方案期内。方案期内有 {1} 至 {2}。")]
    OutsideThePlan(String, String, String),
    #[error("这份分解表没有写明规划期，--period 请逐期写出，如 2019-06。")]
    NoPlan,
    #[error("没有找到可以读的文件。")]
    NoFiles,
    #[error("“{earlier}”里没有“{file}”的审核结果，不能对账。")]
    NotAbout { earlier: String, file: String },
    #[error("--answer 一次只能用于一个文件。")]
    ManyToExplain,
    #[error("{path}：写出的格式不是这个扩展名，文件名请以 .{extension} 结尾。")]
    OtherExtension { path: String, extension: String },
}

pub fn main() -> ExitCode {
    guard::quiet();
    let Arguments { limits, watched: is_watched, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    let limits = match limits_of(limits.as_deref()) {
        Ok(limits) => limits,
        Err(trouble) => {
            warn(&trouble);
            return ExitCode::from(2);
        }
    };
    let Some(command) = command else { return without_command(&limits) };
    if is_watched {
        guard::be_watched();
    } else if !matches!(command, Command::Rules { .. })
        && let Some(code) = elsewhere(&limits)
    {
        return code;
    }
    match run(command, &limits) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(trouble) => {
            warn(&trouble);
            ExitCode::from(2)
        }
    }
}

/// What is wrong with the arguments. Help, and what hardly ever goes wrong, is said as it comes.
fn misused(error: &clap::Error) -> ExitCode {
    let of = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = of(ContextKind::InvalidArg);
    let (said, like) = match error.kind() {
        ErrorKind::UnknownArgument => (format!("没有“{argument}”这个参数。"), of(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => (
            format!("没有“{}”这个命令。", of(ContextKind::InvalidSubcommand)),
            of(ContextKind::SuggestedSubcommand),
        ),
        ErrorKind::MissingRequiredArgument => (format!("缺少参数：{argument}。"), String::new()),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match of(ContextKind::InvalidValue) {
            value if value.is_empty() => {
                (format!("参数“{argument}”后面缺少内容。"), of(ContextKind::ValidValue))
            }
            value => {
                let why = std::error::Error::source(error).map(|why| format!("：{why}")).unwrap_or_default();
                (
                    format!("参数“{argument}”不能是“{value}”{why}。").replace("。。", "。"),
                    of(ContextKind::ValidValue),
                )
            }
        },
        ErrorKind::ArgumentConflict if !argument.is_empty() => {
            (format!("参数“{argument}”重复，或与“{}”不能同时用。", of(ContextKind::PriorArg)), String::new())
        }
        _ => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let like = if like.is_empty() { like } else { format!("可用的是：{like}。") };
    warn(&format!("{said}{like}写法见 companion --help，或 companion 命令 --help。"));
    ExitCode::from(2)
}

/// The same run, done by a process that may come down; `None` where the system has none for it.
fn elsewhere(limits: &Limits) -> Option<ExitCode> {
    match watched(|| watch::this_program("--watched"), limits.seconds, guard::show) {
        watch::Outcome::Code(code) => Some(ExitCode::from(code)),
        watch::Outcome::Fell => {
            warn(&"本工具意外中止，没有做完。请把文件分几次处理；仍然如此，请把文件交给提供本工具的人查看。");
            Some(ExitCode::from(2))
        }
        watch::Outcome::NotStarted => None,
    }
}

/// The bounds of this run.
fn limits_of(given: Option<&[String]>) -> Result<Limits, Trouble> {
    let mut limits = Limits::default();
    for text in given.unwrap_or_default().iter().filter(|text| !text.is_empty()) {
        let bound = text.split_once('=').and_then(|(name, bound)| Some((name, bound.parse().ok()?)));
        bound
            .and_then(|(name, bound)| limits.set(name, bound))
            .ok_or_else(|| Trouble::NoLimit(text.clone()))?;
    }
    Ok(limits)
}

/// `companion --limits` lists the bounds; without anything there is only help.
fn without_command(limits: &Limits) -> ExitCode {
    if std::env::args_os().len() <= 1 {
        warn(&Arguments::command().render_help());
        return ExitCode::from(2);
    }
    for (name, label, bound, unit) in limits.table() {
        say(&format!("{name}={bound}  {label}，{unit}"));
    }
    ExitCode::SUCCESS
}

fn run(command: Command, limits: &Limits) -> Outcome {
    match command {
        Command::Check { files, previous, since, explain, details, breakdown, format } => {
            let listing = if details { Listing::Each } else { Listing::Grouped };
            let how = Telling { format, explain, listing };
            check(&files, &previous, since.as_deref(), breakdown.as_deref(), how, limits)
        }
        Command::Correct { files, out, force, apply, annotate, answers, previous, breakdown, format } => {
            let apply = if apply == Kind::All { Apply::All } else { Apply::Safe };
            let force = Force::asked(force);
            let how = Correction {
                apply,
                annotate,
                answers: &answers,
                previous: &previous,
                breakdown: breakdown.as_deref(),
                force,
                format,
            };
            correct(&files, &out, &how, limits)
        }
        Command::Set { file, cells, out, force, format } => {
            set(&file, &cells, &out, Force::asked(force), format, limits)
        }
        Command::Consolidate(asked) => consolidate::run(&asked, limits),
        Command::SendBack(asked) => send_back::run(&asked, limits),
        Command::Template(asked) => template::run(&asked, limits),
        Command::Breakdown { file } => show_breakdown(&file, limits),
        Command::Rules { markdown: true, .. } => {
            say(&report::catalogue::markdown(RULES));
            Ok(true)
        }
        Command::Rules { code, .. } => rules(code.as_deref()),
        Command::Demo { out, force } => demonstrate(&out, Force::asked(force), limits),
    }
}

/// Whether nothing is left to do; troubles that were said already make it a failure.
type Outcome = Result<bool, Trouble>;

/// Says a line, with nothing in it that steers a terminal.
fn say(text: &str) {
    let text = text.trim_end();
    let shown = if text.starts_with('{') { visible_json(text) } else { visible(text) };
    guard::tell(&Event::Line(shown.into_owned()));
}

/// Says a line beside the output.
fn warn(text: &dyn std::fmt::Display) {
    guard::tell(&Event::Aside(visible(&text.to_string()).into_owned()));
}

/// Troubles that did not stop the other files: each is said where it comes up, and the command has failed in the end.
#[derive(Default)]
struct Troubles {
    any: bool,
}

impl Troubles {
    fn add(&mut self, trouble: impl Into<Trouble>) {
        self.any = true;
        warn(&trouble.into());
    }

    const fn outcome(&self, clean: bool) -> Outcome {
        if self.any { Err(Trouble::Said) } else { Ok(clean) }
    }
}

/// The files meant, with a word about each that is passed over; troubles are said too.
fn look_up(inputs: &[PathBuf], format: Format, troubles: &mut Troubles) -> Vec<PathBuf> {
    let found = Inputs::of(inputs);
    for (path, what) in &found.passed_over {
        let line = format!("跳过 {}：这是{what}，不是报表。", path.display());
        match format {
            Format::Text => say(&line),
            Format::Json => warn(&line),
        }
    }
    for trouble in found.troubles {
        troubles.add(trouble);
    }
    if found.files.is_empty() && found.passed_over.is_empty() && !troubles.any {
        troubles.add(Trouble::NoFiles);
    }
    found.files
}

/// What a guarded piece of work says of a file that brought it down.
fn stopped(path: &Path, cause: &Unreadable) -> Trouble {
    Trouble::Unreadable { path: path.display().to_string(), cause: cause.to_string() }
}

/// What every file of a run is held against.
#[derive(Clone)]
struct Desk {
    breakdown: Arc<Breakdown>,
    earlier: Arc<Vec<Reported>>,
    /// What the user says of files, by path.
    said: Arc<Vec<(PathBuf, Hints)>>,
    limits: Limits,
}

impl Desk {
    /// Does the work on one file, read and audited, behind the guard. What is too large or brings the work down is a
    /// finding of the file.
    fn about<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl Fn(&Self, Checked) -> T + Clone + Send + 'static,
    ) -> Result<T, FileTrouble> {
        let (desk, file, then) = (self.clone(), path.to_owned(), work.clone());
        guarded(path, &self.limits, move || desk.read(&file, then))
            .unwrap_or_else(|reason| Ok(work(self, job::refused(&file_name(path), None, reason))))
    }

    /// The same for many files, on all cores; what comes of them is taken in their order. `work` is told which file it
    /// is at by its index.
    fn about_each<T: Send + 'static>(
        &self,
        paths: &[PathBuf],
        work: impl Fn(&Self, usize, Checked) -> T + Clone + Send + Sync + 'static,
        take: impl FnMut(&Path, Result<T, FileTrouble>),
    ) {
        let earlier = Arc::clone(&self.earlier);
        self.beside_each(paths, move |_| Arc::clone(&earlier), work, take);
    }

    /// The same, each file beside earlier reports of its own.
    fn beside_each<T: Send + 'static>(
        &self,
        paths: &[PathBuf],
        earlier: impl Fn(usize) -> Arc<Vec<Reported>> + Send + Sync + 'static,
        work: impl Fn(&Self, usize, Checked) -> T + Clone + Send + Sync + 'static,
        mut take: impl FnMut(&Path, Result<T, FileTrouble>),
    ) {
        let (desk, files): (_, Arc<[PathBuf]>) = (self.clone(), paths.into());
        let (earlier, then) = (Arc::new(earlier), work.clone());
        let one = move |index: usize| {
            let desk = Self { earlier: earlier(index), ..desk.clone() };
            let file = files.get(index).map(PathBuf::as_path).unwrap_or(Path::new(""));
            desk.read(file, |desk, checked| then(desk, index, checked))
        };
        guarded_each(paths, &self.limits, one, |index, path, done| {
            let refused = |reason| Ok(work(self, index, job::refused(&file_name(path), None, reason)));
            take(path, done.unwrap_or_else(refused));
        });
    }

    fn read<T>(&self, file: &Path, then: impl FnOnce(&Self, Checked) -> T) -> Result<T, FileTrouble> {
        let name = file_name(file);
        match load(file, &self.limits) {
            Ok(bytes) => {
                let said = self.said.iter().find(|(said, _)| is_same(said, file));
                let hints = said.map_or(Hints::NONE, |(_, hints)| hints);
                let (breakdown, earlier) = (&self.breakdown, &self.earlier);
                Ok(then(self, job::check_as_said(&name, &bytes, breakdown, earlier, hints, &self.limits)))
            }
            Err(FileTrouble::TooLarge { reason, .. }) => Ok(then(self, job::refused(&name, None, reason))),
            Err(error) => Err(error),
        }
    }

    /// What a file that was audited reported.
    fn reports(&self, checked: &Checked) -> Vec<Reported> {
        let content = checked.content.as_ref().ok();
        content
            .map(|(workbook, audit)| job::reports(&checked.name, workbook, audit, &self.breakdown))
            .unwrap_or_default()
    }
}

fn breakdown_of(path: Option<&Path>, limits: &Limits) -> Result<Breakdown, Trouble> {
    path.map_or_else(
        || Ok(Breakdown::official().clone()),
        |path| new_breakdown(path, limits).map(|new| new.breakdown),
    )
}

fn new_breakdown(path: &Path, limits: &Limits) -> Result<job::NewBreakdown, Trouble> {
    let (file, bounds) = (path.to_owned(), limits.clone());
    let work = move || -> Result<_, Trouble> {
        let bytes = load(&file, &bounds)?;
        job::read_breakdown(&file_name(&file), &bytes, Breakdown::official(), &bounds)
            .map_err(|cause| Trouble::Breakdown { path: file.display().to_string(), cause: Box::new(cause) })
    };
    guarded(path, limits, work).map_err(|cause| stopped(path, &cause))?
}

fn show_breakdown(path: &Path, limits: &Limits) -> Outcome {
    let new = new_breakdown(path, limits)?;
    say(&report::text::breakdown(&path.display().to_string(), &new.breakdown, &new.remarks, &new.changes));
    Ok(true)
}

fn is_clean(checked: &Checked) -> bool {
    checked.count(Tier::Error) + checked.count(Tier::Warning) == 0
}

fn check(
    files: &[PathBuf],
    previous: &[PathBuf],
    since: Option<&Path>,
    breakdown: Option<&Path>,
    how: Telling,
    limits: &Limits,
) -> Outcome {
    let format = how.format;
    let breakdown = match breakdown {
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
    let desk = reports_in(previous, Arc::new(breakdown), limits, &mut troubles);
    let since = since.and_then(|path| match lists_in(path, limits) {
        Ok(lists) => Some((path.display().to_string(), Arc::new(lists))),
        // The files are audited all the same.
        Err(trouble) => {
            troubles.add(trouble);
            None
        }
    });
    let mut clean = true;
    let mut audited: Vec<job::Whose> = Vec::new();
    let paths = look_up(files, format, &mut troubles);
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
type Lists = (String, Arc<Vec<NotedRecord>>);

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

fn lists_in(path: &Path, limits: &Limits) -> Result<Vec<NotedRecord>, Trouble> {
    let (file, bounds) = (path.to_owned(), limits.clone());
    let work = move || -> Result<_, Trouble> {
        job::earlier(&file_name(&file), &load(&file, &bounds)?, &bounds).map_err(|cause| {
            Trouble::Unreadable { path: file.display().to_string(), cause: cause.to_string() }
        })
    };
    guarded(path, limits, work).map_err(|cause| stopped(path, &cause))?
}

/// The desk with what earlier returns and consolidated workbooks reported. One that reports nothing is said, and the
/// others are compared with.
fn reports_in(
    paths: &[PathBuf],
    breakdown: Arc<Breakdown>,
    limits: &Limits,
    troubles: &mut Troubles,
) -> Desk {
    let (earlier, said) = (Arc::new(Vec::new()), Arc::new(Vec::new()));
    let desk = Desk { breakdown, earlier, said, limits: limits.clone() };
    let mut reports: Vec<Reported> = Vec::new();
    let find = |desk: &Desk, _, checked: Checked| {
        let found = desk.reports(&checked);
        let audit = checked.content.as_ref().ok().map(|(_, audit)| audit);
        if found.is_empty() { Err(job::why_no_return(audit, checked.findings())) } else { Ok(found) }
    };
    desk.about_each(paths, find, |path, found| match found {
        Ok(Ok(found)) => reports.extend(found),
        Ok(Err(why)) => troubles.add(Trouble::Unreadable {
            path: path.display().to_string(),
            cause: format!("不能当作上期报表，没有与它比较。{why}"),
        }),
        Err(error) => troubles.add(error),
    });
    Desk { earlier: Arc::new(reports), ..desk }
}

/// How files are corrected.
struct Correction<'a> {
    apply: Apply,
    annotate: bool,
    /// As given: `P003@F5=文字`.
    answers: &'a [String],
    previous: &'a [PathBuf],
    breakdown: Option<&'a Path>,
    force: Force,
    format: Format,
}

fn correct(files: &[PathBuf], out: &Path, how: &Correction, limits: &Limits) -> Outcome {
    let mut troubles = Troubles::default();
    let paths = look_up(files, how.format, &mut troubles);
    if paths.len() > 1 && !how.answers.is_empty() {
        return Err(Trouble::ManyToExplain);
    }
    let breakdown = Arc::new(breakdown_of(how.breakdown, limits)?);
    let desk = reports_in(how.previous, breakdown, limits, &mut troubles);
    let read = paths.iter().chain(how.previous).map(PathBuf::as_path).chain(how.breakdown);
    let mut writer = Writer::new(read, how.force);
    let (mut clean, mut audited) = (true, Vec::new());
    for path in &paths {
        // The other files are corrected all the same.
        match correct_one(path, out, how, &desk, &mut writer) {
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
    },
}

/// Corrects a file; what its last audit says.
fn correct_one(
    path: &Path,
    out: &Path,
    how: &Correction,
    desk: &Desk,
    writer: &mut Writer,
) -> Result<Checked, Trouble> {
    let shown = || path.display().to_string();
    let unchanged = |checked: &Checked, word: String| {
        say(&match how.format {
            Format::Text => word,
            Format::Json => report::json::write(&shown(), checked, &desk.breakdown),
        });
    };
    let (own, apply, annotate, answers, file) =
        (desk.clone(), how.apply, how.annotate, how.answers.to_vec(), path.to_owned());
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
        Prepared::Copy { corrected, noted, again } => {
            let target = writer.place(out, &corrected.name);
            writer.store(&target, &corrected.bytes)?;
            say(&certified(path, &target, &corrected, how.format));
            if how.format == Format::Text {
                if noted > 0 {
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
    let checked = job::check(name, bytes, breakdown, earlier, limits);
    let Ok((workbook, _)) = &checked.content else { return Ok(Prepared::Unchanged(Box::new(checked))) };
    let mut changes = job::plan_changes(name, workbook, breakdown, earlier, apply);
    let (explained, noted) = explanations(name, workbook, &changes, breakdown, earlier, answers)?;
    changes.extend(explained);
    if changes.is_empty() && noted.is_empty() {
        return Ok(Prepared::Unchanged(Box::new(checked)));
    }
    let mut audit = job::audit_of(name, &job::changed(workbook, &changes), breakdown, earlier);
    answer(&mut audit.findings, &noted, &workbook.sheets, breakdown);
    // What has no column of its own would be lost without the record.
    let record = if annotate || !noted.is_empty() {
        Record::Sheet { breakdown, audit: &audit }
    } else {
        Record::Without
    };
    let corrected = job::correct(name, bytes, workbook, &changes, record, limits)?;
    let again = job::check(&corrected.name, &corrected.bytes, breakdown, earlier, limits);
    Ok(Prepared::Copy { corrected: Box::new(corrected), noted: noted.len(), again: Box::new(again) })
}

/// What the answers given become, after the changes: changes of the form's own column, and notes for the record.
fn explanations(
    name: &str,
    workbook: &Workbook,
    changes: &[Change],
    breakdown: &Breakdown,
    earlier: &[Reported],
    answers: &[String],
) -> Result<(Vec<Change>, Vec<Noted>), job::JobError> {
    let mut workbook = job::changed(workbook, changes);
    let audit = job::audit_of(name, &workbook, breakdown, earlier);
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
fn certified(source: &Path, target: &Path, corrected: &job::Corrected, format: Format) -> String {
    let (source, target) = (source.display().to_string(), target.display().to_string());
    match format {
        Format::Json => report::json::certificate(&source, &target, &corrected.certificate),
        Format::Text => {
            let proven = report::certificate::text(&corrected.certificate).replace('\n', "\n  ");
            format!("{source}\n  已另存为 {target}。\n  {proven}")
        }
    }
}

fn set(file: &Path, cells: &[String], out: &Path, force: Force, format: Format, limits: &Limits) -> Outcome {
    let writer = Writer::new([file], force);
    writer.may(out)?;
    let (source, given, bounds) = (file.to_owned(), cells.to_vec(), limits.clone());
    let work = move || -> Result<job::Corrected, Trouble> {
        let (name, bytes) = (file_name(&source), load(&source, &bounds)?);
        let workbook = indicator_companion::reading::read(&name, &bytes, &bounds)
            .map_err(|cause| stopped(&source, &cause))?;
        let changes =
            given.iter().map(|text| job::set_change(&workbook, text)).collect::<Result<Vec<_>, _>>();
        changes
            .and_then(|changes| job::correct(&name, &bytes, &workbook, &changes, Record::Without, &bounds))
            .map_err(|cause| Trouble::Job { path: source.display().to_string(), cause })
    };
    let corrected = guarded(file, limits, work).map_err(|cause| stopped(file, &cause))??;
    ends_in(out, corrected.name.rsplit_once('.').map_or("", |(_, extension)| extension))?;
    writer.store(out, &corrected.bytes)?;
    say(&certified(file, out, &corrected, format));
    Ok(true)
}

/// A workbook under another extension would be opened as what it is not. A name without one is the user's own choice.
fn ends_in(out: &Path, extension: &str) -> Result<(), Trouble> {
    match out.extension() {
        Some(own) if !own.eq_ignore_ascii_case(extension) => {
            Err(Trouble::OtherExtension { path: out.display().to_string(), extension: extension.to_owned() })
        }
        _ => Ok(()),
    }
}

fn rules(code: Option<&str>) -> Outcome {
    match code {
        None => {
            for rule in RULES {
                say(&format!("{} {} {}", rule.code, rule.tier.chinese(), rule.title));
            }
        }
        Some(code) => {
            let rule = by_code(code).ok_or_else(|| Trouble::NoRule(code.to_owned()))?;
            say(&format!("{} {} {}\n", rule.code, rule.tier.chinese(), rule.title));
            for line in rule.help.lines().map(str::trim) {
                say(line
                    .strip_prefix("## ")
                    .map_or(format!("  {line}"), |heading| format!("【{heading}】"))
                    .as_str());
            }
        }
    }
    Ok(true)
}

fn demonstrate(out: &Path, force: Force, limits: &Limits) -> Outcome {
    let writer = Writer::new([], force);
    let originals = out.join("原表");
    let mut paths = Vec::new();
    for (name, bytes) in demo::FILES {
        let path = originals.join(name);
        writer.store(&path, bytes)?;
        paths.push(path);
    }
    say("【校核】");
    let how = Telling { format: Format::Text, explain: false, listing: Listing::Grouped };
    check(&paths, &[], None, None, how, limits)?;
    say("\n【校正】只采用不改数的修改");
    let how = Correction {
        apply: Apply::Safe,
        annotate: true,
        answers: &[],
        previous: &[],
        breakdown: None,
        force,
        format: Format::Text,
    };
    correct(&paths, &out.join("校正"), &how, limits)?;
    say("\n【汇总】");
    let asked = Consolidate {
        inputs: vec![originals],
        period: vec![consolidate::Asked::One(Period {
            year: 2019,
            half: indicator_companion::model::Half::June,
        })],
        out: out.join("汇总").join("汇总表-2019年6月.xlsx"),
        long: None,
        prefer: Vec::new(),
        said: Vec::new(),
        previous: Vec::new(),
        force: force == Force::Replace,
        breakdown: None,
        format: Format::Text,
    };
    consolidate::run(&asked, limits)?;
    say("\n【模板】");
    let next = Period { year: 2019, half: indicator_companion::model::Half::December };
    let asked = Template {
        city: vec!["all".to_owned()],
        period: vec![consolidate::Asked::One(next)],
        out: out.join("模板"),
        previous: Vec::new(),
        force: force == Force::Replace,
        breakdown: None,
    };
    template::run(&asked, limits)?;
    Ok(true)
}
