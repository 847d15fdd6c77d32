//! One file of the page: how far it has come, what was found in it, what was changed and can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::Shared;
use super::text;
use crate::worker::protocol::{
    Action, Audit, Beside, Certificate, Change, EXPLANATION, FileId, Finding, FindingList, Mark, Reported,
    RuleOff, SheetInfo, Tier, WorkbookInfo,
};

/// How far a file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// In the queue; its bytes are not read yet.
    Waiting,
    /// Its bytes are being read.
    Reading,
    /// The engine is at it.
    Opening,
    Open,
    /// The user called the reading off before its turn came.
    Unread,
    /// One Chinese sentence that says why and what to do.
    Unreadable(String),
}

/// What programs leave beside the files of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// Of a file that is open somewhere.
    Lock,
    System,
}

impl Leftover {
    /// What a file is by its name; nothing for one of the user's.
    pub fn of(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        if ["~$", ".~", "~wr"].iter().any(|begin| lower.starts_with(begin)) {
            return Some(Self::Lock);
        }
        let system = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"];
        (system.contains(&lower.as_str()) || lower.starts_with("._")).then_some(Self::System)
    }
}

/// What the file list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Reading,
    Clean,
    Warnings(usize),
    Errors(usize),
    /// The user called the reading off.
    Unread,
    /// No return itself; what it is used for.
    Aside(&'static str),
    Unreadable(String),
}

impl Standing {
    /// The word that style and tests know it by.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Unread => "unread",
            Self::Clean => "clean",
            Self::Warnings(_) => "warnings",
            Self::Errors(_) => "errors",
            Self::Aside(_) => "aside",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// One thing done at once: a fix, all safe fixes, a cell typed over. Taken back as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub serial: u32,
    pub changes: Vec<Change>,
    /// The findings it settles; none for a change by hand.
    pub settles: Vec<Finding>,
}

impl Step {
    /// Whether addresses below it move.
    pub fn inserts_rows(&self) -> bool {
        inserts_rows(&self.changes)
    }
}

/// Whether these changes move the addresses of what stands below.
pub fn inserts_rows(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change.action, Action::InsertRow { .. }))
}

/// Whether it changes only how the file is read.
fn is_said(change: &Change) -> bool {
    matches!(change.action, Action::Say(_))
}

/// What a finding is known by from one audit to the next.
pub fn mark(finding: &Finding) -> Mark {
    Mark {
        code: finding.code.clone(),
        sheet: finding.sheet,
        address: finding.address.clone(),
        found: finding.found.clone(),
    }
}

/// A file as the page holds it: what the engine said of it, and what the user has done. Its bytes are with the host.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub id: FileId,
    pub name: String,
    /// The folder that it was in, where that is known.
    pub folder: String,
    /// Bytes.
    pub size: f64,
    pub phase: Phase,
    pub workbook: Option<Shared<WorkbookInfo>>,
    pub audit: Option<Shared<Audit>>,
    /// The sheet last looked at.
    pub sheet: u32,
    pub done: Vec<Shared<Step>>,
    pub undone: Vec<Shared<Step>>,
    pub ignored: BTreeSet<Mark>,
    /// What was done about these was taken back, and nothing else has been done since.
    pub taken_back: BTreeSet<Mark>,
    /// Of the last saved copy: its name and what was proven of it.
    pub certificate: Option<Shared<(String, Certificate)>>,
    /// Serials of the steps that the last saved copy has; none of those that only say how the file is read.
    pub saved: Vec<u32>,
    /// Serials of the steps that the engine was last told; `None` while it does not hold the file.
    pub sent_steps: Option<Vec<u32>>,
    /// The bytes are with the host.
    pub held: bool,
    /// What the engine was last told of the other files.
    pub beside: Beside,
    /// The number of the last request that audits; older answers are passed over.
    pub audit_request: Option<u32>,
    /// All safe fixes but those of these findings are wanted and not made yet.
    pub sweeping: Option<Vec<Mark>>,
    /// How often the engine broke down over this file.
    pub breakdowns: u8,
}

/// What files say that may bear on others, found by what it is about.
#[derive(Default)]
pub struct Known<'a> {
    reports: BTreeMap<&'a str, Vec<(FileId, &'a Reported)>>,
    lists: Vec<(FileId, &'a FindingList)>,
    order: BTreeMap<FileId, usize>,
    off: &'a [RuleOff],
}

impl<'a> Known<'a> {
    /// What all of the files say, and the rules that are switched off.
    pub fn of(files: &'a [Shared<File>], off: &'a [RuleOff]) -> Self {
        let mut known = Self { off, ..Self::default() };
        for (at, file) in files.iter().enumerate() {
            known.order.insert(file.id, at);
            let Some(audit) = &file.audit else { continue };
            for report in &audit.reported {
                known.reports.entry(&report.city).or_default().push((file.id, report));
            }
            known.lists.extend(audit.lists.iter().map(|list| (file.id, list)));
        }
        known
    }
}

/// What of it bears on one file.
#[derive(Default)]
pub struct Bearing<'a> {
    previous: Vec<&'a Reported>,
    list: Option<&'a FindingList>,
    off: &'a [RuleOff],
}

impl Bearing<'_> {
    /// Whether it is what the engine was told.
    pub fn is(&self, told: &Beside) -> bool {
        self.off == told.off
            && self.list == told.list.as_ref()
            && self.previous.iter().copied().eq(&told.previous)
    }

    /// As the engine is told it.
    pub fn to_tell(&self) -> Beside {
        Beside {
            previous: self.previous.iter().map(|report| (*report).clone()).collect(),
            list: self.list.cloned(),
            off: self.off.to_vec(),
        }
    }
}

impl File {
    /// A file that was chosen and not read yet.
    pub fn new(id: FileId, name: String, size: f64) -> Self {
        Self {
            id,
            name,
            folder: String::new(),
            size,
            phase: Phase::Waiting,
            workbook: None,
            audit: None,
            sheet: 0,
            done: Vec::new(),
            undone: Vec::new(),
            ignored: BTreeSet::new(),
            taken_back: BTreeSet::new(),
            certificate: None,
            saved: Vec::new(),
            sent_steps: None,
            held: false,
            beside: Beside::default(),
            audit_request: None,
            sweeping: None,
            breakdowns: 0,
        }
    }

    /// The changes in force, in order.
    pub fn changes(&self) -> Vec<Change> {
        self.done.iter().flat_map(|step| step.changes.iter().cloned()).collect()
    }

    /// The numbers of the steps in force, in order.
    pub fn serials(&self) -> Vec<u32> {
        self.done.iter().map(|step| step.serial).collect()
    }

    /// The numbers of those that change something in the file, and not only how it is read.
    pub fn written(&self) -> Vec<u32> {
        let writes = |step: &&Shared<Step>| step.changes.iter().any(|change| !is_said(change));
        self.done.iter().filter(writes).map(|step| step.serial).collect()
    }

    /// Changes that no saved copy has.
    pub fn unsaved(&self) -> bool {
        let written = self.written();
        !written.is_empty() && written != self.saved
    }

    /// A row insertion is on its way, so that every address shown may be about to move.
    pub fn settling(&self) -> bool {
        self.audit_request.is_some() && self.done.iter().any(|step| step.inserts_rows())
    }

    /// Only a 提示 is ever put away: what has become graver since (under another breakdown) is open again.
    pub fn is_ignored(&self, finding: &Finding) -> bool {
        finding.tier == Tier::Notice && self.ignored.contains(&mark(finding))
    }

    /// Whether what was last done about a finding was taken back.
    pub fn was_taken_back(&self, finding: &Finding) -> bool {
        !self.taken_back.is_empty() && self.taken_back.contains(&mark(finding))
    }

    /// Something else is done about what a step is about.
    pub fn done_about(&mut self, step: &Step) {
        if !self.taken_back.is_empty() {
            for mark in self.marks_of(step) {
                self.taken_back.remove(&mark);
            }
        }
    }

    /// What a step is about.
    pub fn marks_of(&self, step: &Step) -> Vec<Mark> {
        let answers = |finding: &&Finding| {
            step.changes.iter().any(|change| {
                change.rule.as_deref() == Some(EXPLANATION)
                    && (Some(change.sheet), &change.reason) == (finding.sheet, &finding.message)
            })
        };
        step.settles.iter().chain(self.findings().iter().filter(answers)).map(mark).collect()
    }

    /// How many rules it was not audited by.
    pub fn rules_off(&self) -> usize {
        self.audit.as_ref().map_or(0, |audit| audit.off.len())
    }

    /// 提示 that are put away.
    pub fn put_away(&self) -> usize {
        self.findings()
            .iter()
            .filter(|finding| finding.caused_by.is_none() && self.is_ignored(finding))
            .count()
    }

    /// Whether anything but explanations was changed.
    pub fn corrected(&self) -> bool {
        self.done
            .iter()
            .flat_map(|step| &step.changes)
            .any(|change| change.rule.as_deref() != Some(EXPLANATION) && !is_said(change))
    }

    /// None of a file that is only used for others.
    pub fn findings(&self) -> &[Finding] {
        self.audit.as_ref().filter(|_| self.aside().is_none()).map_or(&[], |audit| audit.findings.as_slice())
    }

    /// What a file that is no return is used for.
    pub fn aside(&self) -> Option<&'static str> {
        let audit = self.audit.as_ref()?;
        if audit.form.as_deref() == Some("summary") && !audit.reported.is_empty() {
            return Some(text::USED_AS_PREVIOUS);
        }
        (!audit.lists.is_empty()).then_some(text::USED_TO_RECONCILE)
    }

    /// Whether a finding is still to be dealt with: not explained by another, not answered, not ignored.
    pub fn is_open(&self, finding: &Finding) -> bool {
        finding.caused_by.is_none() && finding.answer.is_none() && !self.is_ignored(finding)
    }

    /// 警示 that are explained.
    pub fn answered(&self) -> usize {
        self.findings()
            .iter()
            .filter(|finding| finding.caused_by.is_none() && finding.answer.is_some())
            .count()
    }

    /// Whether a table of the file is the return of a city, or of a 区县 of it, for a period.
    pub fn reports_for(&self, city: &str, period: &str) -> bool {
        self.audit
            .as_ref()
            .is_some_and(|audit| audit.submitted.iter().any(|one| one.city == city && one.period == period))
    }

    /// City and period of each return in the file.
    pub fn places(&self) -> Vec<(String, String)> {
        let submitted = self.audit.iter().flat_map(|audit| &audit.submitted);
        submitted.map(|one| (one.city.clone(), one.period.clone())).collect()
    }

    /// Every period that a table of the file is of.
    pub fn periods(&self) -> impl Iterator<Item = &String> {
        self.audit
            .iter()
            .flat_map(|audit| audit.period.iter().chain(audit.reported.iter().map(|report| &report.period)))
    }

    /// Of what the other files say, that which bears on this one.
    pub fn beside<'a>(&self, known: &Known<'a>) -> Bearing<'a> {
        let Some(audit) = self.audit.as_ref().filter(|_| self.aside().is_none()) else {
            return Bearing { off: known.off, ..Bearing::default() };
        };
        let own = audit.others.iter().map(|table| (Some(table.form.as_str()), &table.city, &table.period));
        let own: BTreeMap<&str, &str> = std::iter::once((audit.form.as_deref(), &audit.city, &audit.period))
            .chain(own)
            .filter_map(|(form, city, period)| {
                form.filter(|form| *form == "progress").and(city.as_deref().zip(period.as_deref()))
            })
            // What the latest of a city's periods is compared with serves the others too.
            .fold(BTreeMap::new(), |mut latest, (city, period)| {
                let last = latest.entry(city).or_insert(period);
                *last = (*last).max(period);
                latest
            });
        let earlier = |(file, report): &(FileId, &'a Reported)| {
            *file != self.id
                && own.get(report.city.as_str()).is_some_and(|period| report.period.as_str() < *period)
        };
        let of_cities = own.keys().filter_map(|city| known.reports.get(city)).flatten().copied();
        let mut previous: Vec<(FileId, &Reported)> = of_cities.filter(earlier).collect();
        // In the order of the files.
        previous.sort_by_key(|(file, _)| known.order.get(file).copied());
        let others = || known.lists.iter().filter(|(file, _)| *file != self.id).map(|(_, list)| *list);
        let sha256 = self.workbook.as_ref().map(|workbook| workbook.sha256.as_str());
        let of_bytes = |list: &&FindingList| list.sha256.is_some() && list.sha256.as_deref() == sha256;
        let of_name = |list: &&FindingList| list.plain_name.as_ref() == Some(&audit.plain_name);
        let of_same = |list: &&FindingList| {
            audit.city.is_some()
                && audit.period.is_some()
                && list.city == audit.city
                && list.period == audit.period
                && list.form == audit.form
        };
        let list =
            others().find(of_bytes).or_else(|| others().find(of_name)).or_else(|| others().find(of_same));
        let previous = previous.into_iter().map(|(_, report)| report).collect();
        Bearing { previous, list, off: known.off }
    }

    /// The finding of this number, in the audit that is held now.
    pub fn finding(&self, id: u32) -> Option<&Finding> {
        self.findings().iter().find(|finding| finding.id == id)
    }

    /// A sheet with its size after the changes in force.
    pub fn sheet_info(&self, sheet: u32) -> Option<SheetInfo> {
        let at = usize::try_from(sheet).ok()?;
        let mut info = self.workbook.as_ref()?.sheets.get(at)?.clone();
        let extents = self.audit.as_ref().map_or(&[][..], |audit| &audit.extents);
        if let Some((_, rows, columns)) = extents.iter().find(|(index, ..)| *index == sheet) {
            (info.rows, info.columns) = (*rows, *columns);
        }
        Some(info)
    }

    /// Open findings of a tier.
    pub fn count(&self, tier: Tier) -> usize {
        self.findings().iter().filter(|finding| finding.tier == tier && self.is_open(finding)).count()
    }

    /// What the file list shows of it.
    pub fn standing(&self) -> Standing {
        match &self.phase {
            Phase::Unreadable(why) => Standing::Unreadable(why.clone()),
            Phase::Unread => Standing::Unread,
            // Being read again after a breakdown: what was found still stands.
            Phase::Waiting | Phase::Reading | Phase::Opening if self.audit.is_none() => Standing::Reading,
            _ if self.aside().is_some() => Standing::Aside(self.aside().unwrap_or_default()),
            _ if self.workbook.as_ref().is_some_and(|workbook| workbook.sheets.is_empty()) => {
                Standing::Unreadable(
                    self.findings().first().map(|finding| finding.message.clone()).unwrap_or_default(),
                )
            }
            _ => match (self.count(Tier::Error), self.count(Tier::Warning)) {
                (0, 0) => Standing::Clean,
                (0, warnings) => Standing::Warnings(warnings),
                (errors, _) => Standing::Errors(errors),
            },
        }
    }

    /// Cells and rows changed.
    pub fn change_count(&self) -> usize {
        self.done.iter().flat_map(|step| &step.changes).filter(|change| !is_said(change)).count()
    }

    /// Columns, rows, cities and periods that the user has told.
    pub fn said_count(&self) -> usize {
        self.done.iter().flat_map(|step| &step.changes).filter(|change| is_said(change)).count()
    }
}
