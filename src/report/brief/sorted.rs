//! How many indicators stand where, in one sentence.

use super::progress::Verdict;
use super::sentence::Sentence;

/// Where an indicator stands, over all cities or in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Known(Verdict),
    /// A city's figure lacks, so there is no total.
    Lacking,
    /// Shares of different wholes, which no one adds.
    NoSum,
    NoFigure,
}

/// Indicators that stand alike, by their numbers; some of them in a way of their own.
struct Group {
    words: &'static str,
    numbers: Vec<u32>,
    finer: Vec<(&'static str, Vec<u32>)>,
    /// Few of them are said to be few.
    wanted: bool,
}

/// 九项指标中，五项达到时间进度（第1、2项…），其中一项已完成目标（第3项）；….
pub fn sorted(start: Sentence, of: &[(u32, Standing)], compared: bool) -> Sentence {
    let groups = groups(of, compared);
    let mut sentence = start;
    let Some(first) = groups.first() else { return sentence };
    if first.numbers.len() == of.len() {
        sentence.say(if of.len() > 1 { "均" } else { "" }).say(first.words);
        finer(&mut sentence, first);
        sentence.say("。");
        return sentence;
    }
    sentence.say("中，");
    let parts = groups.iter().map(|group| {
        let mut part = Sentence::of(if group.wanted && group.numbers.len() == 1 { "仅" } else { "" });
        counted(&mut part, group.words, &group.numbers);
        finer(&mut part, group);
        part
    });
    sentence.append(Sentence::joined(parts.collect(), "；", "。"));
    sentence
}

fn counted(sentence: &mut Sentence, words: &str, numbers: &[u32]) {
    sentence.count(numbers.len(), "项").say(words).say("（");
    sentence.plain("序号", format!("第{}项", listed(numbers))).say("）");
}

/// 1至6、9: three and more that follow one another are said by the first and the last.
fn listed(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| one.checked_add(1) == Some(*next));
    let said = runs.map(|run| match run {
        [first, _, .., last] => format!("{first}至{last}"),
        run => run.iter().map(u32::to_string).collect::<Vec<_>>().join("、"),
    });
    said.collect::<Vec<_>>().join("、")
}

fn finer(sentence: &mut Sentence, group: &Group) {
    let whole = group.numbers.len();
    if let [(words, numbers)] = group.finer.as_slice()
        && numbers.len() == whole
    {
        sentence.say(if whole > 1 { "，且均" } else { "，" }).say(words);
        return;
    }
    for (at, (words, numbers)) in group.finer.iter().enumerate() {
        sentence.say(if at == 0 { "，其中" } else { "、" });
        counted(sentence, words, numbers);
    }
}

fn groups(of: &[(u32, Standing)], compared: bool) -> Vec<Group> {
    let numbers = |wanted: &[Standing]| -> Vec<u32> {
        of.iter().filter(|(_, own)| wanted.contains(own)).map(|(number, _)| *number).collect()
    };
    let is = |verdict| numbers(&[Standing::Known(verdict)]);
    let group = |words, wanted: &[Standing]| Group {
        words,
        numbers: numbers(wanted),
        finer: Vec::new(),
        wanted: false,
    };
    let finer = |parts: &[(&'static str, Verdict)]| {
        let parts = parts.iter().map(|(words, verdict)| (*words, is(*verdict)));
        parts.filter(|(_, numbers)| !numbers.is_empty()).collect()
    };
    let [done, ahead, level, behind, zero, open] =
        [Verdict::Done, Verdict::Ahead, Verdict::Level, Verdict::Behind, Verdict::Zero, Verdict::Open]
            .map(Standing::Known);
    let mut all = if compared {
        vec![
            Group {
                finer: finer(&[("已完成目标", Verdict::Done), ("与时间进度持平", Verdict::Level)]),
                wanted: true,
                ..group("达到时间进度", &[done, ahead, level])
            },
            Group {
                finer: finer(&[("完成数为零", Verdict::Zero)]),
                ..group("低于时间进度", &[behind, zero])
            },
            group("不与时间进度比较", &[open]),
        ]
    } else {
        vec![
            Group { wanted: true, ..group("已完成目标", &[done]) },
            group("有进展而未完成目标", &[ahead, level, behind, open]),
            group("完成数为零", &[zero]),
        ]
    };
    all.push(group("数字不全，不计合计", &[Standing::Lacking]));
    all.push(group("为比例，不计合计", &[Standing::NoSum]));
    all.push(group("没有可以采用的数字", &[Standing::NoFigure]));
    all.retain(|group| !group.numbers.is_empty());
    all
}
