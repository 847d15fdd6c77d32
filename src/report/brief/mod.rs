//! 情况综述: what the figures of a period say, in the words of an official text. Says what stands in the figures and
//! what can be computed from them, and nothing else: no cause, no praise, no advice. The words follow from the figures
//! alone, so the same returns give the same text.

mod document;
mod progress;
mod sentence;
mod sorted;
mod state;

pub use document::document;
pub use progress::{Elapsed, percent};
pub use sentence::{Sentence, Stated};

use std::cmp::Reverse;
use std::collections::BTreeMap;

use progress::{Verdict, points};
use sentence::{From, ordinal, plain};
use sorted::{Standing, sorted};

use crate::breakdown::{Breakdown, CityId, Indicator, Relation};
use crate::consolidate::{Consolidation, Done, Entry, Row, Series, Source};
use crate::model::{Decimal, Period};
use crate::rules::code;

/// The text of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    pub period: Period,
    pub paragraphs: Vec<Paragraph>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Title,
    Subtitle,
    Heading,
    Body,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    pub kind: Kind,
    /// The small heading that a paragraph begins with.
    pub lead: Sentence,
    pub sentences: Vec<Sentence>,
}

impl Paragraph {
    pub fn text(&self) -> String {
        self.sentences.iter().map(|sentence| sentence.text.as_str()).collect()
    }

    pub fn whole(&self) -> impl Iterator<Item = &Sentence> {
        std::iter::once(&self.lead).chain(&self.sentences).filter(|sentence| !sentence.text.is_empty())
    }
}

impl Brief {
    /// To read or paste: a paragraph a line, indented as it is printed.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for paragraph in &self.paragraphs {
            if matches!(paragraph.kind, Kind::Heading | Kind::Body) {
                out.push_str("　　");
            }
            out.push_str(&paragraph.lead.text);
            out.push_str(&paragraph.text());
            out.push('\n');
        }
        out
    }

    /// The cells that the text rests on, each once: by indicator, city and period.
    pub fn sources(&self) -> Vec<(Period, &Source)> {
        let mut all: Vec<(Period, &Source)> = Vec::new();
        let stated = self.paragraphs.iter().flat_map(Paragraph::whole).flat_map(|sentence| &sentence.figures);
        for one in stated {
            all.extend(one.from.iter().map(|(period, source)| (*period, source)));
        }
        let key = |(period, source): &(Period, &Source)| {
            (source.indicator, source.city, *period, source.file.clone(), source.sheet.clone(), source.cell)
        };
        all.sort_by_key(key);
        all.dedup_by_key(|one| key(one));
        all
    }
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum NoBrief {
    #[error("{period}没有一份可以采用的报表，没有写情况综述：{why}。")]
    NoReturn { period: String, why: String },
    /// The totals do not stand up to a second look.
    #[error("没有写情况综述：{0}")]
    Wrong(String),
}

/// The text of the series' latest period.
pub fn write(series: &Series, breakdown: &Breakdown) -> Result<Brief, NoBrief> {
    let latest = &series.latest;
    if let Some(wrong) =
        series.periods().flat_map(|one| &one.remarks).find(|remark| remark.code == code::C006)
    {
        return Err(NoBrief::Wrong(wrong.message.clone()));
    }
    if latest.used.is_empty() {
        let why = state::all_lacking(latest, &latest.cities.iter().collect::<Vec<_>>(), breakdown).text;
        return Err(NoBrief::NoReturn { period: latest.period.chinese(), why });
    }
    let writer = Writer { series, latest, breakdown, elapsed: Elapsed::of(breakdown, latest.period) };
    Ok(Brief { period: latest.period, paragraphs: writer.paragraphs() })
}

struct Writer<'a> {
    series: &'a Series,
    latest: &'a Consolidation,
    breakdown: &'a Breakdown,
    elapsed: Elapsed,
}

impl<'a> Writer<'a> {
    fn paragraphs(&self) -> Vec<Paragraph> {
        let of = |kind, sentence: Sentence| Paragraph {
            kind,
            lead: Sentence::default(),
            sentences: vec![sentence],
        };
        let zone = self.breakdown.plan.as_ref().map_or("", |plan| plan.zone.as_str());
        let mut title = Sentence::of(zone);
        title.say(if zone.is_empty() { "" } else { "建设" }).say("指标完成情况综述");
        let mut subtitle = Sentence::of("（");
        subtitle.say("截至").period(self.latest.period).say("底，初稿）");
        let mut all = vec![of(Kind::Title, title), of(Kind::Subtitle, subtitle)];
        all.push(of(Kind::Heading, Sentence::of("一、总体情况")));
        all.push(Paragraph { kind: Kind::Body, lead: Sentence::default(), sentences: self.overview() });
        all.push(of(Kind::Heading, Sentence::of("二、各项指标情况")));
        all.extend(self.latest.rows.iter().filter_map(|row| self.indicator(row)));
        all.push(of(Kind::Heading, Sentence::of("三、各市情况")));
        all.extend(self.latest.cities.iter().enumerate().map(|(at, city)| self.city(at, *city)));
        all.push(of(Kind::Heading, Sentence::of("四、未采用的内容和未说明的问题")));
        let open = state::open(self.series, self.breakdown);
        all.extend(open.into_iter().map(|sentence| of(Kind::Body, sentence)));
        all
    }

    fn overview(&self) -> Vec<Sentence> {
        let mut all = vec![self.scope(), self.elapsed_words()];
        let verdicts = self.latest.rows.iter().filter_map(|row| {
            let found = self.breakdown.indicator(row.indicator)?;
            let standing = match whole(row, found) {
                Some(of) => Standing::Known(Verdict::of(of.done, of.target, found.relation, self.elapsed)),
                None if row.entries.iter().all(|entry| entry.done.value().is_none()) => Standing::NoFigure,
                None if !found.adds_up() => Standing::NoSum,
                None => Standing::Lacking,
            };
            Some((found.number, standing))
        });
        let verdicts: Vec<(u32, Standing)> = verdicts.collect();
        let mut start = Sentence::default();
        start.count(verdicts.len(), "项").say("指标");
        all.push(sorted(start, &verdicts, self.elapsed.share().is_some()));
        all
    }

    /// Whose returns are in, and whose not.
    fn scope(&self) -> Sentence {
        let latest = self.latest;
        let is_used = |city: &&CityId| latest.used.iter().any(|used| used.city == **city);
        let (used, others): (Vec<&CityId>, Vec<&CityId>) = latest.cities.iter().partition(is_used);
        let names: Vec<&str> = used.iter().map(|city| self.breakdown.city(**city)).collect();
        let mut sentence = Sentence::of("截至");
        sentence.period(latest.period).say("底，");
        if let Some(words) = latest.choice.words(self.breakdown) {
            sentence.say(&words).say("，");
        }
        if others.is_empty() {
            return match names.as_slice() {
                [only] => sentence.say(only).say("已报送。").clone(),
                _ => sentence.say(&names.join("、")).count(names.len(), "个市").say("均已报送。").clone(),
            };
        }
        sentence.count(latest.cities.len(), "个市").say("中，").say(if used.len() == 1 {
            "仅采用"
        } else {
            "采用"
        });
        sentence.say(&names.join("、")).count(used.len(), "个市").say("的报表；");
        sentence.append(state::all_lacking(latest, &others, self.breakdown)).say("。");
        sentence
    }

    fn elapsed_words(&self) -> Sentence {
        let mut sentence = Sentence::default();
        match self.elapsed {
            Elapsed::Share { from, to, share } => {
                let whole = percent(share, None);
                sentence.say("按").plain("规划期", format!("{from}年1月")).say("至");
                sentence.plain("规划期", format!("{to}年12月")).say("匀速计，时间进度为");
                sentence.plain("时间进度", whole).say("。");
            }
            Elapsed::Before { from, to } => {
                sentence.say("报告期在规划期（").plain("规划期", format!("{from}年至{to}年"));
                sentence.say("）以前，未与时间进度比较。");
            }
            Elapsed::Unknown => {
                sentence.say("分解表没有写明规划期，未与时间进度比较。");
            }
        }
        sentence
    }

    fn indicator(&self, row: &Row) -> Option<Paragraph> {
        let found = self.breakdown.indicator(row.indicator)?;
        let number = usize::try_from(found.number).unwrap_or_default();
        let mut lead = Sentence::of(&format!("（{}）", ordinal(number)));
        lead.plain("指标内容", found.label.clone()).say("。");
        let (part, apart): (Vec<&Entry>, Vec<&Entry>) =
            row.entries.iter().partition(|entry| entry.target.is_some());
        let mut sentences = Vec::new();
        let whole = whole(row, found).filter(|_| part.len() > 1);
        if let Some(whole) = &whole {
            let mut sentence = Sentence::default();
            sentence.count(part.len(), "市").say("合计");
            let from: Vec<From<'_>> =
                part.iter().filter_map(|entry| self.source(self.latest, entry)).collect();
            sentence.append(self.figure((whole.done, whole.target), found, &from)).say("。");
            sentences.push(sentence);
        }
        let known: Vec<Sentence> = part.iter().filter_map(|entry| self.of_city(entry, found)).collect();
        let lacking: Vec<CityId> =
            part.iter().filter(|entry| entry.done.value().is_none()).map(|entry| entry.city).collect();
        let lacking = state::no_figures(self.latest, &lacking, self.breakdown);
        if part.is_empty() {
            sentences.push(Sentence::of("各市均不承担此项。"));
        } else if !known.is_empty() {
            sentences.push(Sentence::joined(known, "；", "。"));
        }
        let no_sum = if part.len() > 1 && found.adds_up() { "，不计合计。" } else { "。" };
        if !lacking.is_empty() {
            sentences.push(Sentence::joined(lacking, "，", no_sum));
        }
        if part.len() > 1 && !found.adds_up() {
            sentences.push(Sentence::of("此项为比例，不计合计。"));
        }
        if !part.is_empty() && !apart.is_empty() {
            let names: Vec<&str> = apart.iter().map(|entry| self.breakdown.city(entry.city)).collect();
            sentences.push(Sentence::of(&format!("{}不承担此项。", names.join("、"))));
        }
        sentences.extend(self.changes(row, found, &part));
        Some(Paragraph { kind: Kind::Body, lead, sentences })
    }

    /// What a city has done of an indicator, where that is known.
    fn of_city(&self, entry: &Entry, found: &Indicator) -> Option<Sentence> {
        let figures = entry.done.value().zip(entry.target)?;
        let source = self.source(self.latest, entry)?;
        let mut sentence = Sentence::of(self.breakdown.city(entry.city));
        sentence.append(self.figure(figures, found, &[source]));
        Some(sentence)
    }

    /// 完成477项，目标1000项，完成率47.7%，低于时间进度2.3个百分点.
    fn figure(&self, (done, target): (Decimal, Decimal), of: &Indicator, from: &[From<'_>]) -> Sentence {
        let mut sentence = Sentence::of("完成");
        sentence.state("完成", format!("{}{}", plain(done), of.unit), from).say("，目标");
        sentence.say(if of.relation == Relation::AtMost { "不超过" } else { "" });
        sentence.plain("目标", format!("{}{}", plain(target), of.unit));
        let rate = done.checked_div(target).filter(|_| of.relation != Relation::AtMost);
        let Some(rate) = rate else { return sentence };
        let elapsed = self.elapsed.share();
        sentence.say("，完成率").state("完成率", percent(rate, elapsed), from);
        let verdict = Verdict::of(done, target, of.relation, self.elapsed);
        match (verdict, elapsed) {
            (Verdict::Done, _) => {
                sentence.say("，已完成目标");
            }
            (Verdict::Level, _) => {
                sentence.say("，与时间进度持平");
            }
            (Verdict::Ahead | Verdict::Behind | Verdict::Zero, Some(elapsed)) => {
                sentence.say(if verdict == Verdict::Ahead {
                    "，超过时间进度"
                } else {
                    "，低于时间进度"
                });
                match points(rate, elapsed) {
                    Some(points) => sentence.state("相差", points, from),
                    None => sentence.say("不足").plain("相差", "0.1".to_owned()),
                };
                sentence.say("个百分点");
            }
            _ => {}
        }
        sentence
    }

    /// What changed since the last period that has the figure, a sentence for each such period, the latest first.
    fn changes(&self, row: &Row, found: &Indicator, part: &[&Entry]) -> Vec<Sentence> {
        let mut by_period: BTreeMap<Reverse<Period>, Vec<Sentence>> = BTreeMap::new();
        let mut changed = |before: Period, who: Sentence, change: Decimal, from: Vec<From<'_>>| {
            let parts = by_period.entry(Reverse(before)).or_default();
            let level = "持平";
            let mut sentence = who;
            if !change.is_zero() {
                sentence.say(if change.is_sign_negative() { "减少" } else { "增加" });
                sentence.state("增减", format!("{}{}", plain(change.abs()), found.unit), &from);
            } else if let Some(last) = parts.last_mut()
                && let Some(others) = last.text.strip_suffix(level).map(str::to_owned)
                && let Some(stated) = last.figures.pop()
            {
                // Those that stay as they were are named together.
                let others_from = stated.from.iter().map(|(period, source)| (*period, source));
                let from: Vec<From<'_>> = others_from.chain(from).collect();
                last.text = others;
                last.say("、").append(sentence).state("增减", level.to_owned(), &from);
                return;
            } else {
                sentence.state("增减", level.to_owned(), &from);
            }
            parts.push(sentence);
        };
        let rows_before = || {
            let row_of = |one: &'a Consolidation| one.rows.iter().find(|old| old.indicator == row.indicator);
            self.series.earlier.iter().rev().filter_map(move |one| Some((one, row_of(one)?)))
        };
        let sources = |one: &'a Consolidation, of: &'a Row| {
            of.entries.iter().filter_map(|entry| self.source(one, entry)).collect::<Vec<_>>()
        };
        if let Some(now) = whole(row, found).filter(|_| part.len() > 1)
            && let Some((one, old, before)) =
                rows_before().find_map(|(one, old)| Some((one, old, whole(old, found)?)))
            && let Some(change) = now.done.checked_sub(before.done)
        {
            let mut who = Sentence::default();
            who.count(part.len(), "市").say("合计");
            let now = row.entries.iter().filter_map(|entry| self.source(self.latest, entry));
            changed(one.period, who, change, now.chain(sources(one, old)).collect());
        }
        for entry in part {
            let Some((now, source)) = entry.done.value().zip(self.source(self.latest, entry)) else {
                continue;
            };
            let before = rows_before().find_map(|(one, old)| {
                let old = old.entries.iter().find(|old| old.city == entry.city)?;
                Some((one.period, old.done.value()?, self.source(one, old)?))
            });
            let Some((period, old, old_source)) = before else { continue };
            if let Some(change) = now.checked_sub(old) {
                let who = Sentence::of(self.breakdown.city(entry.city));
                changed(period, who, change, vec![source, old_source]);
            }
        }
        let sentence = |(Reverse(period), parts): (Reverse<Period>, Vec<Sentence>)| {
            let mut sentence = Sentence::of("与");
            sentence.period(period).say("相比，").append(Sentence::joined(parts, "，", "。"));
            sentence
        };
        by_period.into_iter().map(sentence).collect()
    }

    fn city(&self, at: usize, city: CityId) -> Paragraph {
        let mut lead = Sentence::of(&format!("（{}）", ordinal(at.saturating_add(1))));
        lead.say(self.breakdown.city(city)).say("。");
        let sentence = if self.latest.used.iter().any(|used| used.city == city) {
            let own = self.latest.rows.iter().filter_map(|row| {
                let found = self.breakdown.indicator(row.indicator)?;
                let entry = row.entries.iter().find(|entry| entry.city == city)?;
                let target = entry.target?;
                let standing = entry.done.value().map_or(Standing::NoFigure, |done| {
                    Standing::Known(Verdict::of(done, target, found.relation, self.elapsed))
                });
                Some((found.number, standing))
            });
            let own: Vec<(u32, Standing)> = own.collect();
            let mut start = Sentence::of("承担的");
            start.count(own.len(), "项").say("指标");
            if own.is_empty() {
                Sentence::of("没有承担的指标。")
            } else {
                sorted(start, &own, self.elapsed.share().is_some())
            }
        } else {
            let mut sentence = state::lacking(self.latest, city);
            sentence.say("。");
            sentence
        };
        Paragraph { kind: Kind::Body, lead, sentences: vec![sentence] }
    }

    /// Where the figure of an entry stands.
    fn source<'s>(&self, of: &'s Consolidation, entry: &Entry) -> Option<From<'s>> {
        let Done::Figure { source, .. } = entry.done else { return None };
        of.sources.get(source).map(|source| (of.period, source))
    }
}

/// An indicator over all cities that take part in it.
struct Whole {
    done: Decimal,
    target: Decimal,
}

/// Nothing where a figure lacks, or where shares of different wholes would be added. What one city alone does is the
/// whole.
fn whole(row: &Row, found: &Indicator) -> Option<Whole> {
    let mut part = row.entries.iter().filter(|entry| entry.target.is_some());
    if let (Some(only), None) = (part.next(), part.next()) {
        return Some(Whole { done: only.done.value()?, target: only.target? });
    }
    let done = row.zone.done.filter(|_| row.zone.lacking.is_empty() && found.adds_up())?;
    Some(Whole { done, target: row.zone.target })
}
