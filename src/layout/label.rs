//! How near written labels come to official ones.
//!
//! The wording decides. A row's number breaks a tie between two near wordings and never makes a match certain.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use strsim::osa_distance;

use super::assignment::{Assignment, assign};
use crate::breakdown::{Breakdown, IndicatorId};
use crate::model::{half_width, is_invisible, read_quantity};

/// How a label differs from the official wording, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    None,
    /// Only white space, width, punctuation, invisible characters, a numbering before it or its unit after it.
    Spacing,
    /// The wording of the plan's body.
    Alias,
    /// Another wording.
    Wording,
    /// The number inside the label is another one.
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelMatch {
    pub indicator: IndicatorId,
    pub difference: Difference,
    /// Whether no other indicator comes near; a doubtful match needs the unit's consent.
    pub certain: bool,
    /// 1 for the official wording, falling with the distance.
    pub score: f32,
}

/// Nearer than this is a match.
pub(super) const NEAR: f32 = 0.57;
/// From here on, and with [`MARGIN`] to the next indicator, a match is certain.
const CERTAIN: f32 = 0.78;
pub(super) const MARGIN: f32 = 0.12;
/// Two indicators this close to one label are told apart by nothing in it.
pub(super) const TIE: f32 = 0.05;
/// What the row's number adds to its indicator in a tie.
const SERIAL: f32 = 0.06;
/// The official wording, its body wording, and either of them but for spacing.
pub(super) const EXACT: f32 = 0.995;
/// Characters of a label that are compared.
const MOST_CHARS: usize = 120;

/// A label with width, white space, punctuation and invisible characters taken out.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            folded.push(c);
        } else if !is_invisible(c) {
            folded.extend(
                Some(half_width(c)).filter(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_lowercase),
            );
        }
    }
    folded
}

/// The characters that our texts are made of, which folding leaves as they are.
const fn is_plain(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Whether a folded text can begin with a name: most begin otherwise, and the first character tells.
pub(super) fn may_begin(folded: &str, name: &str) -> bool {
    name.chars().next().is_none_or(|first| !is_plain(first) || folded.starts_with(first))
}

/// The numbers inside a label, in order, as plain digits: 1,000 and 一千 are 1000.
pub fn numbers_in(text: &str) -> Vec<String> {
    Form::of(text).numbers
}

/// Matches one label against every indicator. `serial` is the number in the row's 序号 cell, where there is one.
pub fn match_label(text: &str, serial: Option<u32>, breakdown: &Breakdown) -> Option<LabelMatch> {
    match assign(&[Labels::new(breakdown).candidates(text, serial)]).first() {
        Some(Assignment::Indicator(found)) => Some(*found),
        _ => None,
    }
}

/// The wordings of a breakdown, prepared for comparing.
pub struct Labels {
    entries: Vec<Entry>,
    /// What texts were found to be near to: the same row is looked at from every header above it.
    compared: RefCell<BTreeMap<String, Rc<[LabelCandidate]>>>,
}

struct Entry {
    indicator: IndicatorId,
    number: u32,
    unit: String,
    /// The label first, then its aliases.
    wordings: Vec<Wording>,
}

struct Wording {
    text: String,
    folded: String,
    form: Form,
}

/// An indicator that a label may stand for.
#[derive(Clone, Copy, Debug)]
pub struct LabelCandidate {
    pub(super) found: LabelMatch,
    /// The score, with what breaks a tie.
    pub(super) rank: f32,
}

impl LabelCandidate {
    pub fn indicator(&self) -> IndicatorId {
        self.found.indicator
    }
}

impl Labels {
    pub fn new(breakdown: &Breakdown) -> Self {
        let entries = breakdown.indicator_ids().zip(&breakdown.indicators).map(|(id, indicator)| Entry {
            indicator: id,
            number: indicator.number,
            unit: indicator.unit.clone(),
            wordings: std::iter::once(&indicator.label)
                .chain(&indicator.aliases)
                .map(|text| Wording { text: text.clone(), folded: fold(text), form: Form::of(text) })
                .collect(),
        });
        Self { entries: entries.collect(), compared: RefCell::default() }
    }

    /// Whether a text is the label of an indicator.
    pub fn knows(&self, text: &str) -> bool {
        matches!(assign(&[self.candidates(text, None)]).as_slice(), [Assignment::Indicator(_)])
    }

    /// Each indicator with how near the label comes to it, whatever its row's number says.
    fn compared(&self, text: &str) -> Rc<[LabelCandidate]> {
        const MOST: usize = 20_000;
        if let Some(known) = self.compared.borrow().get(text) {
            return Rc::clone(known);
        }
        let written = Written::of(text);
        let entries: &[Entry] = if written.whole.folded.is_empty() { &[] } else { &self.entries };
        let mut scored: Vec<LabelCandidate> = Vec::new();
        for entry in entries {
            let mut best = (Difference::Wording, 0.0_f32);
            for (wording, same) in entry
                .wordings
                .iter()
                .zip([Difference::Spacing].into_iter().chain(std::iter::repeat(Difference::Alias)))
            {
                let (difference, score) = written.compare(text, wording, same, &entry.unit);
                // The official wording is the nearer one of two that are equally near.
                let score = if same == Difference::Alias { score - 0.001 } else { score };
                if score > best.1 {
                    best = (difference, score);
                }
            }
            let (difference, score) = best;
            scored.push(LabelCandidate {
                found: LabelMatch { indicator: entry.indicator, difference, certain: false, score },
                rank: score,
            });
        }
        let scored: Rc<[LabelCandidate]> = scored.into();
        let mut compared = self.compared.borrow_mut();
        if compared.len() < MOST {
            compared.insert(text.to_owned(), Rc::clone(&scored));
        }
        scored
    }

    /// The indicators that a label comes near, the nearest first.
    pub fn candidates(&self, text: &str, serial: Option<u32>) -> Vec<LabelCandidate> {
        let compared = self.compared(text);
        let (mut nearest, mut second) = (0.0_f32, 0.0_f32);
        for one in compared.iter() {
            let score = one.found.score;
            if score > nearest {
                (nearest, second) = (score, nearest);
            } else {
                second = second.max(score);
            }
        }
        // Most texts of a sheet are no label.
        if nearest < NEAR {
            return Vec::new();
        }
        let mut scored: Vec<LabelCandidate> = compared.to_vec();
        for (entry, one) in self.entries.iter().zip(&mut scored) {
            // Of two rows with one label the numbered one has it.
            if serial == Some(entry.number) && one.found.score > nearest - TIE {
                one.rank += SERIAL;
            }
            let found = &mut one.found;
            let rival = if found.score >= nearest { second } else { nearest };
            found.certain = found.score >= EXACT || found.score >= CERTAIN && found.score - rival >= MARGIN;
        }
        scored.retain(|candidate| candidate.found.score >= NEAR);
        scored.sort_by(|a, b| b.rank.total_cmp(&a.rank).then(a.found.indicator.cmp(&b.found.indicator)));
        scored
    }
}

/// A label as it is compared: words in simplified characters, and the numbers apart from them.
struct Form {
    folded: String,
    words: Vec<char>,
    /// The words again, for the library that counts edits.
    text: String,
    /// Their characters, and pairs of neighbours, in order: to count those in common with another's.
    sorted: Vec<char>,
    pairs: Vec<(char, char)>,
    numbers: Vec<String>,
}

impl Form {
    fn of(text: &str) -> Self {
        let folded = fold(text);
        let chars: Vec<char> = folded.chars().take(MOST_CHARS).map(simplified).collect();
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(c) = chars.get(at).copied() {
            let run =
                |test: fn(char) -> bool| chars.iter().skip(at).take_while(|c| test(**c)).collect::<String>();
            let written = if c.is_ascii_digit() {
                let digits = run(|c| c.is_ascii_digit());
                let magnitude: String =
                    chars.iter().skip(at + digits.len()).take_while(|c| is_magnitude(**c)).collect();
                digits + &magnitude
            } else {
                // 一批 and 三市 are words: a number in characters has its magnitude.
                let run = run(|c| is_magnitude(c) || "一二两三四五六七八九十零〇".contains(c));
                let counts =
                    run == "十" || run.chars().count() >= 2 && run.contains(|c| c == '十' || is_magnitude(c));
                if counts { run } else { String::new() }
            };
            let number = if written.is_empty() { None } else { read_quantity(&written).certain() };
            match number {
                Some(number) => {
                    numbers.push(number.normalize().to_string());
                    at += written.chars().count();
                }
                // A run too long for a number still is no word.
                None if c.is_ascii_digit() => {
                    numbers.push(written.clone());
                    at += written.chars().count();
                }
                None => {
                    words.push(c);
                    at += 1;
                }
            }
        }
        let mut sorted = words.clone();
        sorted.sort_unstable();
        let mut pairs: Vec<(char, char)> = words.iter().copied().zip(words.iter().copied().skip(1)).collect();
        pairs.sort_unstable();
        Self { folded, text: words.iter().collect(), words, sorted, pairs, numbers }
    }
}

const fn is_magnitude(c: char) -> bool {
    matches!(c, '百' | '千' | '万' | '亿')
}

/// A label to be matched: the whole of it, and what is left without what people put around it, where that is less.
struct Written {
    whole: Form,
    /// Without the numbering before it: 1. （一） ①.
    bare: Option<Form>,
    /// Without 其中：, remarks in brackets and the like either.
    core: Option<Form>,
}

impl Written {
    fn of(text: &str) -> Self {
        let line: String = text.chars().filter(|c| !is_invisible(*c)).map(half_width).collect();
        let bare = without_numbering(line.trim());
        let core = without_brackets(bare);
        let core = core.rsplit([':', '：']).find(|part| fold(part).chars().count() >= 4).unwrap_or(&core);
        let less = |part: &str, than: &str| (part != than).then(|| Form::of(part));
        Self { whole: Form::of(text), bare: less(bare, text), core: less(core, bare) }
    }

    /// Difference and nearness (0 to 1) of the label and an official wording. `same` is what an equal text is called.
    fn compare(&self, text: &str, official: &Wording, same: Difference, unit: &str) -> (Difference, f32) {
        if text == official.text {
            return (if same == Difference::Alias { Difference::Alias } else { Difference::None }, 1.0);
        }
        let with_unit =
            |folded: &str| folded.strip_prefix(official.folded.as_str()).is_some_and(|rest| rest == unit);
        let bare = self.bare.as_ref().unwrap_or(&self.whole);
        if self.whole.folded == official.folded || bare.folded == official.folded || with_unit(&bare.folded) {
            return (same, 0.999);
        }
        [(Some(&self.whole), 0.998), (self.bare.as_ref(), 0.998), (self.core.as_ref(), 0.99)]
            .into_iter()
            .filter_map(|(form, most)| Some((form?, most)))
            .map(|(form, most)| {
                let (difference, nearness) = nearness(form, &official.form);
                (difference, nearness.min(1.0) * most * 0.996)
            })
            .fold((Difference::Wording, 0.0), |best, one| if one.1 > best.1 { one } else { best })
    }
}

/// How near a label is to a wording, in words first: a label whose words agree is that label, with another number in
/// it.
fn nearness(form: &Form, official: &Form) -> (Difference, f32) {
    let words = words_alike(form, official);
    if official.numbers.iter().all(|number| form.numbers.contains(number)) {
        (Difference::Wording, words)
    } else if form.numbers.is_empty() {
        (Difference::Wording, words * 0.985)
    } else {
        (Difference::Number, words * 0.97)
    }
}

/// The best of four measures: edits; pairs of neighbours in common (for words that changed places); and, never certain
/// alone, one text standing whole in the other (for labels cut short or lengthened) and the same characters mixed up.
fn words_alike(form: &Form, official: &Form) -> f32 {
    let (a, b) = (form.words.as_slice(), official.words.as_slice());
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (longer, shorter) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let common = common(&form.sorted, &official.sorted);
    // Too few characters in common for any of the measures.
    if common * 2 < shorter.len() {
        return 0.0;
    }
    let edits = 1.0 - share(osa_distance(&form.text, &official.text), longer.len());
    let all = form.pairs.len() + official.pairs.len();
    let pairs = share(2 * self::common(&form.pairs, &official.pairs), all.max(1));
    let stands_whole = shorter.len() >= 4 && longer.windows(shorter.len()).any(|window| window == shorter);
    let part = if stands_whole { 0.6 + 0.2 * share(shorter.len(), longer.len()) } else { 0.0 };
    // The same characters in another order.
    let mixed = 0.72 * share(common, longer.len());
    edits.max(pairs).max(part).max(mixed)
}

/// Members that two lists in order have in common, each as often as in both.
fn common<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut count = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let order = x.cmp(y);
        count += usize::from(order.is_eq());
        if order.is_le() {
            a.next();
        }
        if order.is_ge() {
            b.next();
        }
    }
    count
}

#[expect(clippy::cast_precision_loss, reason = "at most a few hundred")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

/// Without a numbering at the front: `1.` `1、` `（一）` `①` `一、` `第1项`.
fn without_numbering(text: &str) -> &str {
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let mut rest = text;
    for _ in 0..2 {
        let first = rest.chars().next();
        let circled = first.is_some_and(
            |c| matches!(c, '\u{2460}'..='\u{249b}' | '\u{3220}'..='\u{3229}' | '\u{2776}'..='\u{277f}'),
        );
        let after = if circled {
            first.and_then(|c| rest.strip_prefix(c))
        } else if let Some(inside) = rest.strip_prefix('(') {
            inside
                .split_once(')')
                .filter(|(inner, _)| !inner.is_empty() && inner.chars().all(numeral))
                .map(|(_, after)| after)
        } else {
            let after = rest.trim_start_matches(numeral);
            let mark = after
                .chars()
                .next()
                .filter(|c| after.len() < rest.len() && matches!(c, '.' | '、' | ')' | ',' | '-'));
            // 1.5亿元 is no numbering.
            mark.and_then(|mark| after.strip_prefix(mark))
                .filter(|after| !after.starts_with(|c: char| c.is_ascii_digit()))
        };
        match after {
            Some(after) if !fold(after).is_empty() => rest = after.trim_start(),
            _ => break,
        }
    }
    rest
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| match c {
            '(' | '[' | '【' | '〔' => {
                depth += 1;
                false
            }
            ')' | ']' | '】' | '〕' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// Traditional characters of planning texts, each before its simplified form.
const TRADITIONAL: &str = "\
    進进軍军雙双轉转項项業业設设個个環环識识經经濟济創创團团隊队國国藥药製制專专醫医過过範范點点產产領领\
    佈布種种臺台萬万億亿實实驗验數数據据術术達达應应務务機机構构動动體体學学會会開开關关總总單单標标內内\
    導导區区縣县權权發发現现員员資资養养類类級级統统網网電电車车農农門门間间際际廠厂傳传優优價价協协與与\
    東东條条檢检測测營营療疗監监確确礎础穩稳競竞築筑節节約约組组結结維维綠绿線线織织聯联職职藝艺規规計计\
    訓训評评試试認认課课調调證证護护變变質质購购軟软輸输運运適适選选鄉乡錄录鏈链長长階阶險险雲云預预額额\
    風风館馆驅驱綿绵陽阳資资廣广樂乐瀘泸內内貢贡賓宾號号題题說说報报備备註注稱称況况時时責责";

/// The simplified form of a character.
pub(super) fn simplified(c: char) -> char {
    const FIRST: u32 = 0x4e00;
    // By the character: every text that is read goes through here.
    static FORMS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let mut forms: Vec<char> = ('\u{4e00}'..='\u{9fff}').collect();
        let mut chars = TRADITIONAL.chars();
        while let (Some(traditional), Some(simple)) = (chars.next(), chars.next()) {
            let form = u32::from(traditional).checked_sub(FIRST).and_then(|at| forms.get_mut(at as usize));
            form.into_iter().for_each(|form| *form = simple);
        }
        forms
    });
    let place = u32::from(c).checked_sub(FIRST);
    place.and_then(|at| FORMS.get(at as usize).copied()).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matched(text: &str, serial: Option<u32>) -> Option<(u32, Difference, bool)> {
        let breakdown = Breakdown::official();
        match_label(text, serial, breakdown)
            .map(|m| (breakdown.indicator(m.indicator).unwrap().number, m.difference, m.certain))
    }

    /// The short cuts for the characters that texts are made of change nothing.
    #[test]
    fn folding_is_the_same_for_every_character() {
        for c in '\0'..=char::MAX {
            let slowly: String = Some(c)
                .filter(|c| !is_invisible(*c))
                .map(half_width)
                .filter(|c| c.is_alphanumeric())
                .into_iter()
                .flat_map(char::to_lowercase)
                .collect();
            assert_eq!(fold(&c.to_string()), slowly, "{c:?}");
        }
        let chars: Vec<char> = TRADITIONAL.chars().collect();
        assert!(chars.iter().all(|c| is_plain(*c)));
        assert_eq!(
            (simplified('綿'), simplified('阳'), simplified('a'), simplified('\u{ffff}')),
            ('绵', '阳', 'a', '\u{ffff}')
        );
    }

    #[test]
    fn official_labels_match_themselves() {
        for indicator in &Breakdown::official().indicators {
            assert_eq!(matched(&indicator.label, None), Some((indicator.number, Difference::None, true)));
            for alias in &indicator.aliases {
                assert_eq!(
                    matched(alias, None),
                    Some((indicator.number, Difference::Alias, true)),
                    "{alias}"
                );
            }
        }
    }

    #[test]
    fn near_twins_stay_apart() {
        for serial in std::iter::once(None).chain((1..=9).map(Some)) {
            assert_eq!(matched("孵化企业1000家", serial).unwrap().0, 6);
            assert_eq!(matched("孵化企叶1000家", serial).unwrap().0, 6);
            assert_eq!(matched("培育孵化1000家军民融合科技型中小企业", serial).unwrap().0, 2);
            assert_eq!(matched("转化国家新药创制重大科技专项成果1000项", serial).unwrap().0, 7);
            assert_eq!(
                matched("推进军民科技成果双向转移转化100项", serial).unwrap(),
                (1, Difference::Number, true)
            );
            assert_eq!(matched("培育环高校知识经济圈2000家", serial).unwrap().0, 4);
            assert_eq!(matched("布局建设10个环高校知识经济圈创新团队", serial).unwrap().0, 3);
        }
    }

    #[test]
    fn says_how_a_label_differs() {
        use Difference::{Number, Spacing, Wording};
        for (text, number, difference, certain) in [
            ("孵化企业 1000家", 6, Spacing, true),
            ("孵化企业１０００家。", 6, Spacing, true),
            ("孵化企业\n1000家", 6, Spacing, true),
            ("6.孵化企业1000家", 6, Spacing, true),
            ("（六）孵化企业1,000家", 6, Spacing, true),
            ("⑥孵化企业1000家（家）", 6, Spacing, true),
            ("布局建设10个环高校知识经济园", 3, Wording, true),
            ("其中：孵化企业1000家", 6, Wording, true),
            ("孵化企业1000家（累计）", 6, Wording, true),
            ("孵化企业一千家", 6, Wording, true),
            ("推进军民科技成果双向转移转化", 1, Wording, true),
            ("推進軍民科技成果雙向轉移轉化1000項", 1, Wording, true),
            ("推进军民科技成果双向转移转化1000个", 1, Wording, true),
            ("推进军民科技成果双向转移转化项目100项", 1, Number, true),
            ("新增高校院所转移孵化项目300项", 5, Number, true),
            ("培育军民融合企业1000家科技型中小微", 2, Wording, false),
            ("推进军民科技成果", 1, Wording, false),
            ("落地转化科技专项成果10项", 7, Number, true),
            ("到2020年，孵化企业1000家", 6, Wording, true),
        ] {
            assert_eq!(matched(text, None), Some((number, difference, certain)), "{text}");
        }
        for text in ["合计", "技术合同交易额突破700亿元", "环高校知识经济圈", "", "1000", "科技成果"]
        {
            assert_eq!(matched(text, Some(8)), None, "{text}");
        }
    }

    /// An edit: 0 drops a character, 1 puts one in, 2 replaces one, 3 exchanges two neighbours.
    fn edited(text: &str, edits: &[(u8, usize, char)]) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for (kind, at, c) in edits {
            let at = at % chars.len().max(1);
            match kind {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, *c),
                2 => chars[at] = *c,
                _ if at + 1 < chars.len() => chars.swap(at, at + 1),
                _ => {}
            }
        }
        chars.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_slip_or_two_never_make_another_indicator(
            which in 0usize..9,
            edits in prop::collection::vec(
                (
                    0u8..4,
                    0usize..40,
                    "[0-9家项个的与和新科企业团队技化育成]".prop_map(|s| s.chars().next().unwrap()),
                ),
                1..=2,
            ),
            serial in prop::option::of(1u32..=9),
        ) {
            let breakdown = Breakdown::official();
            let text = edited(&breakdown.indicators[which].label, &edits);
            let found = match_label(&text, serial, breakdown);
            prop_assert_eq!(found.map(|found| found.indicator.0), Some(which), "{}", text);
        }

        #[test]
        fn other_texts_match_nothing(text in "[\u{4e00}-\u{9fa5}]{1,30}", serial in prop::option::of(1u32..=9)) {
            prop_assert_eq!(match_label(&text, serial, Breakdown::official()), None);
        }

        #[test]
        fn no_text_panics(text in ".{0,60}", digits in "[0-9一十百万(（.、:：家]{0,20}") {
            match_label(&text, Some(1), Breakdown::official());
            match_label(&digits, None, Breakdown::official());
        }
    }
}
