//! What the audit says about a case against what was planted in it: recall, false alarms, right fixes, by rule.

use std::collections::BTreeMap;
use std::fmt::Write;

use indicator_companion::audit::{Audit, Checked, Finding, Tier};
use indicator_companion::fixes::{Change, Edit, Fix, Origin, apply, merge_edits};
use indicator_companion::job::{self, Record};
use indicator_companion::model::{Cell, CellRef, Range, Value, Workbook};
use indicator_companion::reading::Limits;

use crate::faults::{Due, Planted};
use crate::layouts::{Col, Form, indicators, label, official};

#[derive(Clone, Copy, Default)]
pub struct Row {
    pub planted: usize,
    pub found: usize,
    pub fixes: usize,
    pub right: usize,
}

/// The tally of many cases.
#[derive(Default)]
pub struct Score {
    pub cases: usize,
    pub clean: usize,
    pub rules: BTreeMap<&'static str, Row>,
    /// The same by kind of fault.
    pub kinds: BTreeMap<&'static str, Row>,
    pub alarms: BTreeMap<String, usize>,
    /// False alarms on clean files.
    pub clean_alarms: usize,
    pub misses: Vec<Miss>,
    /// Cases whose findings are out of order.
    pub disorder: usize,
}

pub struct Miss {
    pub case: u64,
    pub words: String,
}

impl Score {
    pub fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.clean += other.clean;
        self.clean_alarms += other.clean_alarms;
        for (mine, theirs) in [(&mut self.rules, other.rules), (&mut self.kinds, other.kinds)] {
            for (name, row) in theirs {
                let sum = mine.entry(name).or_default();
                sum.planted += row.planted;
                sum.found += row.found;
                sum.fixes += row.fixes;
                sum.right += row.right;
            }
        }
        for (code, count) in other.alarms {
            *self.alarms.entry(code).or_default() += count;
        }
        self.misses.extend(other.misses);
        self.disorder += other.disorder;
    }

    pub fn total(&self) -> Row {
        self.rules.values().fold(Row::default(), |sum, row| Row {
            planted: sum.planted + row.planted,
            found: sum.found + row.found,
            fixes: sum.fixes + row.fixes,
            right: sum.right + row.right,
        })
    }

    pub fn false_alarms(&self) -> usize {
        self.alarms.values().sum()
    }

    fn count(&mut self, planted: &Planted, change: impl Fn(&mut Row)) {
        change(self.rules.entry(planted.rule).or_default());
        change(self.kinds.entry(planted.kind).or_default());
    }

    /// A table by rule, or by kind of fault.
    pub fn table(&self, rows: &BTreeMap<&'static str, Row>) -> String {
        let mut out = String::new();
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                "     –".to_owned()
            } else {
                format!("{:6.2}", 100.0 * part as f64 / whole as f64)
            }
        };
        let _ = writeln!(
            out,
            "{:<34}{:>8} {:>8} {:>7} {:>8} {:>7}",
            "", "planted", "found", "%", "fixes", "right %"
        );
        let line = |name: &str, row: &Row| {
            format!(
                "{name:<34}{:>8} {:>8} {:>7} {:>8} {:>7}\n",
                row.planted,
                row.found,
                share(row.found, row.planted),
                row.fixes,
                share(row.right, row.fixes)
            )
        };
        for (name, row) in rows {
            out += &line(name, row);
        }
        out += &line("total", &self.total());
        let _ = writeln!(
            out,
            "{} cases, {} clean; false 错误 or 警示: {} on clean files, {} beside faults",
            self.cases,
            self.clean,
            self.clean_alarms,
            self.false_alarms() - self.clean_alarms
        );
        for (code, count) in &self.alarms {
            let _ = writeln!(out, "  {code} {count}");
        }
        out
    }
}

fn is_alarm(finding: &Finding) -> bool {
    finding.caused_by.is_none() && finding.tier != Tier::Notice
}

fn meets(a: Range, b: Range) -> bool {
    a.start.row <= b.end.row
        && b.start.row <= a.end.row
        && a.start.column <= b.end.column
        && b.start.column <= a.end.column
}

/// Whether a finding says a planted fault: an open one, with a code that means it, at its place.
fn says(finding: &Finding, planted: &Planted, sheet: usize) -> bool {
    finding.caused_by.is_none()
        && planted.codes.contains(&finding.code.0)
        && is_there(finding, planted.place, sheet)
}

fn is_there(finding: &Finding, place: Option<Range>, sheet: usize) -> bool {
    match (place, finding.range) {
        (None, _) => true,
        (Some(place), Some(range)) => finding.sheet.is_none_or(|at| at == sheet) && meets(place, range),
        (Some(_), None) => false,
    }
}

fn accounts(finding: &Finding, planted: &Planted, sheet: usize) -> bool {
    says(finding, planted, sheet)
        || planted.also.iter().any(|(code, range)| *code == finding.code.0 && is_there(finding, Some(*range), sheet))
        // What a lost value leaves behind.
        || finding.range.is_some_and(|range| planted.lost.iter().any(|at| range.contains(*at)))
}

/// What is wrong with the order of findings: numbered through; causes before what stands beside them; that by sheet,
/// row and column; what is folded under an open finding.
fn disorder(findings: &[Finding]) -> Option<String> {
    if !findings.iter().zip(1..).all(|(finding, id)| finding.id == id) {
        return Some("the numbers do not run through".to_owned());
    }
    let is_open = |id: u32| findings.iter().any(|finding| finding.id == id && finding.caused_by.is_none());
    if !findings.iter().filter_map(|finding| finding.caused_by).all(is_open) {
        return Some("folded under what is not open".to_owned());
    }
    let open: Vec<&Finding> = findings.iter().filter(|finding| finding.caused_by.is_none()).collect();
    let place =
        |finding: &&Finding| finding.range.map(|range| (finding.sheet, range.start.row, range.start.column));
    // A root cause may stand before its place, nothing else.
    const CAUSES: [&str; 10] =
        ["T005", "T013", "T015", "T018", "T020", "Q005", "P004", "P006", "P011", "B003"];
    let roots = open.iter().take_while(|finding| CAUSES.contains(&finding.code.0)).count();
    // The tables of a file come one after the other.
    let of_sheet = |own: Option<usize>| {
        let rest = |from: usize| open.iter().skip(from).filter(move |finding| finding.sheet == own);
        (0..=roots).any(|from| rest(from).is_sorted_by_key(place))
    };
    let beside = open.iter().all(|finding| of_sheet(finding.sheet));
    (!beside).then(|| "not by row and column".to_owned())
}

pub fn shown(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let place = finding.range.map_or_else(|| "全表".to_owned(), |range| range.to_string());
        let fix = finding
            .fix
            .as_ref()
            .map_or(String::new(), |fix| format!(" fix {:?} {} edits", fix.certainty, fix.edits.len()));
        let folded = finding.caused_by.map_or(String::new(), |id| format!(" (folded under {id})"));
        let _ = writeln!(
            out,
            "      {} {} {place} {:?}{fix}{folded} {}",
            finding.code,
            finding.tier.chinese(),
            finding.found,
            finding.message
        );
    }
    out
}

/// How the corrected file is made: the fixes in memory, or the corrected copy's real bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Memory,
    Bytes,
}

/// One case: the form, what is in it, and what the audit said of it.
pub struct Case<'a> {
    pub number: u64,
    pub form: &'a Form,
    pub planted: &'a [Planted],
    pub bytes: Option<&'a [u8]>,
    pub checked: &'a Checked,
    pub proof: Proof,
}

impl Case<'_> {
    pub fn score(&self) -> Score {
        let mut score = Score { cases: 1, clean: usize::from(self.planted.is_empty()), ..Score::default() };
        let mut faults: Vec<String> = Vec::new();
        let findings = self.checked.findings();
        let sheet = self.form.sheet;
        for planted in self.planted {
            let found = findings.iter().any(|finding| says(finding, planted, sheet));
            score.count(planted, |row| {
                row.planted += 1;
                row.found += usize::from(found);
            });
            if !found {
                faults.push(format!(
                    "missed {} {:?}",
                    planted.rule,
                    planted.place.map(|place| place.to_string())
                ));
            }
        }
        let mut alarms: Vec<&Finding> = findings
            .iter()
            .filter(|finding| {
                is_alarm(finding) && !self.planted.iter().any(|planted| accounts(finding, planted, sheet))
            })
            .collect();
        // An accident is one finding, not several.
        for planted in self.planted.iter().filter(|planted| planted.root && planted.also.is_empty()) {
            alarms.extend(
                findings.iter().filter(|finding| is_alarm(finding) && says(finding, planted, sheet)).skip(1),
            );
        }
        for alarm in alarms {
            *score.alarms.entry(alarm.code.to_string()).or_default() += 1;
            score.clean_alarms += usize::from(self.planted.is_empty());
            faults.push(format!("false alarm {}", alarm.code));
        }
        faults.extend(disorder(findings));
        score.disorder += usize::from(disorder(findings).is_some());
        self.fixes(&mut score, &mut faults);
        if !faults.is_empty() {
            score.misses.push(Miss { case: self.number, words: self.words(&faults) });
        }
        score
    }

    fn words(&self, faults: &[String]) -> String {
        let mut out = format!("{}\n", faults.join("; "));
        let _ = writeln!(
            out,
            "      {} · {} · sheet {}",
            self.form.words.join(" · "),
            self.form.file_name,
            self.form.sheet
        );
        let _ = writeln!(
            out,
            "      table {} · {} {}",
            self.form.table(),
            official().cities[self.form.city],
            self.form.period
        );
        for planted in self.planted {
            let _ = writeln!(
                out,
                "    planted {} ({}) at {:?}: {}",
                planted.rule,
                planted.kind,
                planted.place.map(|place| place.to_string()),
                planted.what
            );
        }
        out += &shown(self.checked.findings());
        out
    }

    /// The planted faults' fixes: root causes first, each alone, then all others together.
    fn fixes(&self, score: &mut Score, faults: &mut Vec<String>) {
        let Ok((workbook, audit)) = &self.checked.content else { return };
        let sheet = self.form.sheet;
        let mut current = (workbook.clone(), audit.clone());
        let mut changes: Vec<Change> = Vec::new();
        for planted in self.planted.iter().filter(|planted| planted.root) {
            // The catalogue allows a sheet in 万 to be one finding a column.
            for _ in 0..4 {
                let Some(finding) = current
                    .1
                    .findings
                    .iter()
                    .find(|finding| says(finding, planted, sheet) && finding.fix.is_some())
                else {
                    break;
                };
                let fix = finding.fix.clone().expect("a fix");
                let code = finding.code.to_string();
                let edits = fix.edits.clone();
                current = self.applied(&current.0, &edits, &code, &fix.source, &mut changes);
            }
        }
        let mut fixes: Vec<(String, Fix)> = Vec::new();
        for planted in self.planted.iter().filter(|planted| !planted.root) {
            let offered = current.1.findings.iter().filter(|finding| {
                finding.caused_by.is_none()
                    && planted.codes.contains(&finding.code.0)
                    && self.is_at(finding, planted)
                    && finding.fix.is_some()
            });
            // Every missing row and every cell of a column has its own finding; elsewhere one fix must do.
            let all = matches!(planted.due, Due::Inserts(_))
                || planted.place.is_some_and(|place| place.start != place.end);
            fixes.extend(
                offered
                    .take(if all { usize::MAX } else { 1 })
                    .map(|finding| (finding.code.to_string(), finding.fix.clone().expect("a fix"))),
            );
        }
        let (edits, _) = merge_edits(fixes.iter().map(|(_, fix)| fix));
        if !edits.is_empty() {
            let code = fixes.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>().join(",");
            current = self.applied(&current.0, &edits, &code, "", &mut changes);
        }
        if self.proof == Proof::Bytes
            && !changes.is_empty()
            && let Some(bytes) = self.bytes
        {
            match job::correct(
                &self.form.file_name,
                bytes,
                workbook,
                &changes,
                Record::Without,
                &Limits::default(),
            ) {
                Ok(corrected) => {
                    let again = job::check(
                        &corrected.name,
                        &corrected.bytes,
                        official(),
                        &self.form.reported,
                        &Limits::default(),
                    );
                    match again.content {
                        Ok(content) => current = content,
                        Err((reason, _)) => {
                            faults.push(format!("the corrected copy cannot be read: {reason}"))
                        }
                    }
                }
                Err(error) => faults.push(format!("no corrected copy: {error}")),
            }
        }
        self.judge(&current, score, faults);
    }

    /// Where a fault stands, before or after the accident is undone.
    fn is_at(&self, finding: &Finding, planted: &Planted) -> bool {
        let sheet = self.form.sheet;
        let Some(root) = self.planted.iter().find(|other| other.root && !planted.root) else {
            return is_there(finding, planted.place, sheet);
        };
        let back = |at: CellRef| root.moves.iter().find(|(_, to)| *to == at).map_or(at, |(from, _)| *from);
        let unmoved = planted.place.map(|place| Range::new(back(place.start), back(place.end)));
        // Of equal figures the accident may be undone with another one in the place: then its writing stands there.
        let elsewhere = || {
            let (Some(place), Some(range)) = (planted.place, finding.range) else { return false };
            let written = self.form.workbook.sheets[sheet].grid.shown(place.start);
            finding.sheet == Some(sheet)
                && range.start.column == place.start.column
                && finding.found == written
                && self.form.clean.sheets[sheet].grid.value(range.start)
                    == self.form.clean.sheets[sheet].grid.value(back(place.start))
        };
        is_there(finding, unmoved, sheet) || is_there(finding, planted.place, sheet) || elsewhere()
    }

    fn applied(
        &self,
        workbook: &Workbook,
        edits: &[Edit],
        code: &str,
        source: &str,
        changes: &mut Vec<Change>,
    ) -> (Workbook, Audit) {
        let mut workbook = workbook.clone();
        for edit in edits {
            let before = job::before(&workbook, edit);
            apply(&mut workbook, edit);
            changes.push(Change {
                edit: edit.clone(),
                before,
                origin: Origin::Rule(code.to_owned()),
                reason: String::new(),
                source: source.to_owned(),
            });
        }
        let audit = job::audit_of(&self.form.file_name, &workbook, official(), &self.form.reported);
        (workbook, audit)
    }

    fn judge(&self, after: &(Workbook, Audit), score: &mut Score, faults: &mut Vec<String>) {
        let (workbook, audit) = after;
        let sheet = self.form.sheet;
        let findings = self.checked.findings();
        let open = |planted: &Planted| {
            audit.findings.iter().any(|finding| {
                finding.caused_by.is_none()
                    && planted.codes.contains(&finding.code.0)
                    && self.is_at(finding, planted)
            })
        };
        for planted in self.planted {
            let offered = findings
                .iter()
                .find(|finding| says(finding, planted, sheet))
                .map(|finding| finding.fix.is_some());
            let wrong = match &planted.due {
                // A fault that was not found has its own line already.
                _ if offered.is_none() && !self.planted.iter().any(|other| other.root) => continue,
                Due::Nothing => {
                    (offered == Some(true)).then(|| "a fix where only the unit can know".to_owned())
                }
                Due::Either => {
                    (offered == Some(true) && open(planted)).then(|| "its fix leaves it open".to_owned())
                }
                Due::Restores(cells) => self.unrestored(planted, cells, workbook).or_else(|| {
                    // What was lost stays to be said.
                    (open(planted) && planted.lost.is_empty()).then(|| "still open after its fix".to_owned())
                }),
                Due::Inserts(gone) => self
                    .uninserted(gone, workbook)
                    .or_else(|| open(planted).then(|| "still open after its fix".to_owned())),
            };
            score.count(planted, |row| {
                row.fixes += 1;
                row.right += usize::from(wrong.is_none());
            });
            if let Some(wrong) = wrong {
                faults.push(format!("wrong fix of {}: {wrong}", planted.rule));
            }
        }
        // Everything restored: nothing may be left to say.
        let all = self
            .planted
            .iter()
            .all(|planted| matches!(planted.due, Due::Restores(_)) && planted.lost.is_empty());
        if all && !self.planted.is_empty() {
            for finding in audit.findings.iter().filter(|finding| is_alarm(finding)) {
                let unfound = self.planted.iter().any(|planted| accounts(finding, planted, sheet));
                if !unfound {
                    faults.push(format!(
                        "after the fixes a new {} {:?} {}",
                        finding.code,
                        finding.range.map(|range| range.to_string()),
                        finding.message
                    ));
                    *score.alarms.entry(format!("{} after the fixes", finding.code)).or_default() += 1;
                }
            }
        }
    }

    fn unrestored(&self, planted: &Planted, cells: &[CellRef], workbook: &Workbook) -> Option<String> {
        // What stands beside an accident and has no fix of its own stays as it is.
        let stays = |at: CellRef| {
            self.planted
                .iter()
                .filter(|other| !other.root && planted.root && !matches!(other.due, Due::Restores(_)))
                .any(|other| {
                    let back = |at: CellRef| {
                        planted.moves.iter().find(|(_, to)| *to == at).map_or(at, |(from, _)| *from)
                    };
                    other
                        .place
                        .is_some_and(|place| Range::new(back(place.start), back(place.end)).contains(at))
                })
        };
        let clean = &self.form.clean.sheets[self.form.sheet].grid;
        let now = &workbook.sheets[self.form.sheet].grid;
        // An accident without a fix of its own: the cells stay where it has put them.
        let moves = self
            .planted
            .iter()
            .filter(|other| other.root && other.due == Due::Nothing)
            .flat_map(|other| &other.moves);
        let moves: BTreeMap<CellRef, CellRef> = moves.copied().collect();
        let place = |at: &CellRef| moves.get(at).copied().unwrap_or(*at);
        cells.iter().find(|at| !stays(**at) && !self.is_same(clean.get(**at), now.get(place(at)))).map(|at| {
            let tell = |cell: Option<&Cell>| {
                cell.map_or("nothing".to_owned(), |cell| format!("{:?} {:?}", cell.value, cell.formula))
            };
            format!("{at} is {} instead of {}", tell(now.get(place(at))), tell(clean.get(*at)))
        })
    }

    fn is_same(&self, clean: Option<&Cell>, now: Option<&Cell>) -> bool {
        let empty = Cell::default();
        let (clean, now) = (clean.unwrap_or(&empty), now.unwrap_or(&empty));
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * a.abs().max(1.0);
        let same_value = match (&clean.value, &now.value) {
            (Value::Number(a), Value::Number(b)) => {
                near(*a, *b) || clean.number_format.is_percent() && clean.shown() == now.shown()
            }
            // A running number may be stored either way.
            (Value::Text(a), Value::Number(b)) => {
                **a == b.to_string()
                    && clean.number_format.code() == "General"
                    && b.fract() == 0.0
                    && *b < 10.0
            }
            (a, b) => a == b || a.is_empty() && b.is_empty(),
        };
        let bare = |formula: &str| formula.replace(['$', ' ', '='], "");
        let same_formula =
            clean.formula.is_some() && clean.formula.as_deref().map(bare) == now.formula.as_deref().map(bare);
        // A value where a formula was, if it is the same number; a formula whose value is computed on opening.
        same_formula
            || same_value && (clean.formula.is_none() || !now.value.is_empty())
            || self.form.carrier.is_flat() && clean.shown() == now.shown()
    }

    /// The rows that were missing stand in the table again, with their figures.
    fn uninserted(&self, gone: &[usize], workbook: &Workbook) -> Option<String> {
        let grid = &workbook.sheets[self.form.sheet].grid;
        let column = self.form.column(Col::Label).expect("labels");
        for indicator in gone {
            let row = (0..self.form.last_row() + 3)
                .find(|row| grid.shown(CellRef::new(*row, column)) == label(*indicator));
            let Some(row) = row else { return Some(format!("指标{} was not put back", indicator + 1)) };
            let clean = &self.form.clean.sheets[self.form.sheet].grid;
            for figures in self.form.figure_columns() {
                let at = self.form.column(figures).expect("a column");
                let due = clean.get(CellRef::new(self.form.rows[*indicator], at));
                if !self.is_same(due, grid.get(CellRef::new(row, at))) {
                    return Some(format!(
                        "指标{} came back as {}",
                        indicator + 1,
                        grid.shown(CellRef::new(row, at))
                    ));
                }
            }
        }
        let labels = (0..self.form.last_row() + 3)
            .filter(|row| (0..indicators()).any(|at| grid.shown(CellRef::new(*row, column)) == label(at)));
        (labels.count() != indicators()).then(|| "not nine rows after the fix".to_owned())
    }
}
