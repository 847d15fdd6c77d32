//! The arguments of `companion`, the files they name, and what goes to the terminal.

mod brief;
mod check;
mod consolidate;
mod correct;
mod files;
mod guard;
mod send_back;
mod set;
mod template;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::{ContextKind, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use indicator_companion::audit::{Checked, Reported, RulesOff, Said, StaysOn, Tier};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::demo;
use indicator_companion::job;
use indicator_companion::layout::Hints;
use indicator_companion::model::{Period, Unreadable, visible, visible_json};
use indicator_companion::reading::Limits;
use indicator_companion::report;
use indicator_companion::rules::{RULES, by_code};

use brief::WriteBrief;
use check::Check;
use consolidate::Consolidate;
use correct::Correct;
use files::{FileTrouble, Force, Inputs, Writer, file_name, is_same, load};
use guard::{Event, guarded, guarded_each};
use send_back::SendBack;
use set::Set;
use template::Template;
use watch::watched;

/// 指标校核助手：审核、校正、汇总指标分解表与进展情况表，离线运行。
///
/// Indicator Companion: audits, corrects and consolidates indicator sheets, offline. Exit code 0: nothing to do;
/// 1: findings of tier 错误 or 警示; 2: the tool could not do its work.
#[derive(Parser)]
#[command(name = "companion", version)]
struct Arguments {
    /// 列出读取上限；或改这一次的上限：--limits=名称=数，用逗号隔开几项（List the bounds of reading, or set
    /// some for this run: --limits=NAME=NUMBER,…）
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
    Check(Check),
    /// 写出校正后的副本，原文件不动（Write corrected copies; the originals stay）
    Correct(Correct),
    /// 手工改单元格，其余原样保留（Set cells by hand, losslessly）
    Set(Set),
    /// 把各市的进展情况表汇总成一个工作簿（Consolidate the cities' returns）
    Consolidate(Consolidate),
    /// 由各市的报表写一份情况综述初稿（Draft the text about a period from the figures alone）
    Brief(WriteBrief),
    /// 为有问题的报表各写一份退回单，附可转发的通知（A list to send back for each return with findings）
    #[command(name = "return")]
    SendBack(SendBack),
    /// 生成空白的进展情况表（Write blank progress forms）
    Template(Template),
    /// 列出另一份分解表与官方分解表的不同（Show what another breakdown changes）
    Breakdown {
        /// 分解表，xlsx、xls、ods、docx 或 csv（Breakdown file）
        file: PathBuf,
    },
    /// 列出审核规则，或一条规则的说明（List the rules, or one rule's help）
    Rules {
        /// 规则编号，如 T005（Rule code）
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
        #[command(flatten)]
        force: Force,
    },
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
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
    #[error(transparent)]
    Brief(#[from] job::Unwritten),
    #[error("“{path}”不能用作分解表：{cause}")]
    Breakdown { path: String, cause: Box<indicator_companion::breakdown::BadBreakdown> },
    #[error("分解表中没有“{0}”，请从这几个市里选：{1}。")]
    NoCity(String, String),
    #[error("没有这样的上限“{0}”。写法是 --limits=名称=数，名称见 companion --limits。")]
    NoLimit(String),
    #[error("没有规则“{0}”。全部规则见 companion rules。")]
    NoRule(String),
    #[error("--rule-off 的“{0}”看不懂。写法是 --rule-off P002=原因。")]
    NotOff(String),
    #[error(transparent)]
    StaysOn(#[from] StaysOn),
    #[error("没有可以汇总的进展情况表。请核对给出的文件，表题里应写明市和报告期。")]
    NothingToConsolidate,
    #[error("有文件没有处理，原因见上。")]
    Said,
    #[error("{0}不是要汇总的报表。请写这次给出的文件之一。")]
    NotAmong(String),
    #[error("没有“{0}”这个可以汇总的状态。可以写：已审、已重报、待说明。")]
    NoState(String),
    #[error("--as 的“{0}”看不懂。写法是 --as 市:2019-06 文件，或 --as 市/区县:2019-06 文件。")]
    NotSaid(String),
    #[error("要生成 {0} 份表，--out 请写文件夹或 .zip。")]
    ManyForms(usize),
    #[error("{0}不在规划期内，请写 {1} 至 {2} 的报告期。")]
    OutsideThePlan(String, String, String),
    #[error("这份分解表没有写明规划期，--period 请逐期写出，如 2019-06。")]
    NoPlan,
    #[error("没有找到可以读的文件。请核对文件或文件夹的名字。")]
    NoFiles,
    #[error("“{earlier}”里没有“{file}”的审核结果，不能对账。请给出这个文件以前的审核结果。")]
    NotAbout { earlier: String, file: String },
    #[error("--answer 一次只能用于一个文件，请只给一个文件。")]
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
            warn(&"本工具意外中止，没有做完。请把文件分几次处理；仍然如此，请把文件交给管理员查看。");
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
        Command::Check(asked) => check::run(&asked, limits),
        Command::Correct(asked) => correct::run(&asked, limits),
        Command::Set(asked) => set::run(&asked, limits),
        Command::Consolidate(asked) => consolidate::run(&asked, limits),
        Command::Brief(asked) => brief::run(&asked, limits),
        Command::SendBack(asked) => send_back::run(&asked, limits),
        Command::Template(asked) => template::run(&asked, limits),
        Command::Breakdown { file } => show_breakdown(&file, limits),
        Command::Rules { markdown: true, .. } => {
            say(&report::catalogue::markdown(RULES));
            Ok(true)
        }
        Command::Rules { code, .. } => rules(code.as_deref()),
        Command::Demo { out, force } => demonstrate(&out, force, limits),
    }
}

/// Rules that do not speak in this run.
#[derive(Args, Default)]
struct Off {
    /// 这次不用的规则和原因，如 P002=本季度没有新进展；可写多次，只能关警示和提示，每份报告都写明（Switch a
    /// rule off for a reason; may be repeated, only 警示 and 提示, and every report says so）
    #[arg(long = "rule-off", value_name = "CODE=REASON")]
    rules: Vec<String>,
}

impl Off {
    fn rules(&self) -> Result<Arc<RulesOff>, Trouble> {
        let mut off = RulesOff::default();
        for given in &self.rules {
            let (code, reason) = given.split_once(['=', '＝']).unwrap_or((given, ""));
            let code = code.trim();
            if code.is_empty() {
                return Err(Trouble::NotOff(given.clone()));
            }
            off.switch_off(by_code(code).ok_or_else(|| Trouble::NoRule(code.to_owned()))?, reason)?;
        }
        Ok(Arc::new(off))
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
    off: Arc<RulesOff>,
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
                let said = Said { hints, off: &self.off };
                let (breakdown, earlier) = (&self.breakdown, &self.earlier);
                Ok(then(self, job::check_as_said(&name, &bytes, breakdown, earlier, said, &self.limits)))
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

/// The breakdown that a run is held against.
#[derive(Args, Default)]
struct OtherBreakdown {
    /// 另一份分解表，xlsx、xls、ods、docx 或 csv（Another breakdown）
    #[arg(long)]
    breakdown: Option<PathBuf>,
}

impl OtherBreakdown {
    /// The official one where none is given.
    fn read(&self, limits: &Limits) -> Result<Breakdown, Trouble> {
        self.breakdown.as_deref().map_or_else(
            || Ok(Breakdown::official().clone()),
            |path| new_breakdown(path, limits).map(|new| new.breakdown),
        )
    }
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

/// The desk with what earlier returns and consolidated workbooks reported. One that reports nothing is said, and the
/// others are compared with.
fn reports_in(
    paths: &[PathBuf],
    breakdown: Arc<Breakdown>,
    limits: &Limits,
    troubles: &mut Troubles,
) -> Desk {
    let (earlier, said, off) = (Arc::new(Vec::new()), Arc::new(Vec::new()), Arc::new(RulesOff::default()));
    let desk = Desk { breakdown, earlier, said, off, limits: limits.clone() };
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
    let asked = Check {
        files: paths.clone(),
        previous: Vec::new(),
        breakdown: OtherBreakdown::default(),
        since: None,
        explain: false,
        details: false,
        off: Off::default(),
        format: Format::Text,
    };
    check::run(&asked, limits)?;
    say("\n【校正】只采用不改数的修改");
    let asked = Correct {
        files: paths,
        out: out.join("校正"),
        force,
        apply: correct::Kind::Safe,
        annotate: true,
        answers: Vec::new(),
        off: Off::default(),
        previous: Vec::new(),
        breakdown: OtherBreakdown::default(),
        format: Format::Text,
    };
    correct::run(&asked, limits)?;
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
        city: Vec::new(),
        state: Vec::new(),
        sum_districts: false,
        off: Off::default(),
        previous: Vec::new(),
        force,
        breakdown: OtherBreakdown::default(),
        format: Format::Text,
    };
    consolidate::run(&asked, limits)?;
    say("\n【模板】");
    let next = Period { year: 2019, half: indicator_companion::model::Half::December };
    let asked = Template {
        city: vec!["all".to_owned()],
        period: vec![consolidate::Asked::One(next)],
        breakdown_form: false,
        out: out.join("模板"),
        previous: Vec::new(),
        force,
        breakdown: OtherBreakdown::default(),
    };
    template::run(&asked, limits)?;
    Ok(true)
}
