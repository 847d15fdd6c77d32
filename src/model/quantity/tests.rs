//! The parser against what people write: a table of writings, and every style written and read back.

use super::characters::chinese_digit;
use super::*;
use proptest::prelude::*;

fn number(text: &str) -> (Option<String>, Option<String>, Vec<Oddity>) {
    let written = read_quantity(text);
    (written.certain().map(|n| n.normalize().to_string()), written.unit, written.oddities)
}

#[test]
fn reads_what_people_write() {
    use Oddity::*;
    let cases: &[(&str, &str, Option<&str>, &[Oddity])] = &[
        ("600", "600", None, &[]),
        ("600项", "600", Some("项"), &[]),
        ("600.0", "600", None, &[]),
        ("600.00项", "600", Some("项"), &[]),
        ("599.6", "599.6", None, &[]),
        (".5", "0.5", None, &[]),
        ("-5", "-5", None, &[]),
        ("−5", "-5", None, &[]),
        ("－５", "-5", None, &[FullWidth]),
        ("负5", "-5", None, &[Stray]),
        ("+600", "600", None, &[Stray]),
        // Width and script.
        ("６００", "600", None, &[FullWidth]),
        ("６００项", "600", Some("项"), &[FullWidth]),
        ("𝟔𝟎𝟎", "600", None, &[FullWidth]),
        ("599。5", "599.5", None, &[FullWidth]),
        ("三百", "300", None, &[ChineseNumeral]),
        ("三百二十", "320", None, &[ChineseNumeral]),
        ("叁佰贰拾", "320", None, &[ChineseNumeral]),
        ("叁佰贰拾整", "320", None, &[ChineseNumeral, Stray]),
        ("參佰貳拾項", "320", Some("項"), &[ChineseNumeral]),
        ("三百二", "320", None, &[ChineseNumeral]),
        ("百二", "120", None, &[ChineseNumeral]),
        ("三百零二家", "302", Some("家"), &[ChineseNumeral]),
        ("三百十五", "315", None, &[ChineseNumeral]),
        ("三〇〇", "300", None, &[ChineseNumeral]),
        ("二○○○", "2000", None, &[ChineseNumeral]),
        ("6〇〇", "600", None, &[ChineseNumeral]),
        ("三00", "300", None, &[ChineseNumeral]),
        ("二千", "2000", None, &[ChineseNumeral]),
        ("两千", "2000", None, &[ChineseNumeral]),
        ("一千零五十", "1050", None, &[ChineseNumeral]),
        ("一千〇五十", "1050", None, &[ChineseNumeral]),
        ("一千零五", "1005", None, &[ChineseNumeral]),
        ("一千五", "1500", None, &[ChineseNumeral]),
        ("一万五", "15000", None, &[ChineseNumeral]),
        ("两万零五百", "20500", None, &[ChineseNumeral]),
        ("十", "10", None, &[ChineseNumeral]),
        ("十五", "15", None, &[ChineseNumeral]),
        ("廿五", "25", None, &[ChineseNumeral]),
        ("卅", "30", None, &[ChineseNumeral]),
        ("一百廿", "120", None, &[ChineseNumeral]),
        ("一十二", "12", None, &[ChineseNumeral]),
        ("一亿二千万", "120000000", None, &[ChineseNumeral]),
        ("一万二千亿", "1200000000000", None, &[ChineseNumeral]),
        ("零", "0", None, &[ChineseNumeral]),
        ("一", "1", None, &[ChineseNumeral]),
        ("一项", "1", Some("项"), &[ChineseNumeral]),
        ("三 百", "300", None, &[ChineseNumeral, Stray]),
        // Magnitudes.
        ("1千6百", "1600", None, &[Magnitude]),
        ("1千6", "1600", None, &[Magnitude]),
        ("1千600", "1600", None, &[Magnitude]),
        ("1千06", "1006", None, &[Magnitude]),
        ("1千零5", "1005", None, &[Magnitude]),
        ("1万2000", "12000", None, &[Magnitude]),
        ("2 千 6 百", "2600", None, &[Magnitude, Stray]),
        ("0.2万", "2000", None, &[Magnitude]),
        ("0.1625万", "1625", None, &[Magnitude]),
        ("1.625万", "16250", None, &[Magnitude]),
        ("0.2 万项", "2000", Some("项"), &[Magnitude, Stray]),
        ("2千", "2000", None, &[Magnitude]),
        ("6百", "600", None, &[Magnitude]),
        ("2百万", "2000000", None, &[Magnitude]),
        ("0.5亿", "50000000", None, &[Magnitude]),
        ("2k", "2000", None, &[Magnitude]),
        ("0.2w", "2000", None, &[Magnitude]),
        ("2W项", "20000", Some("项"), &[Magnitude]),
        ("300千克", "300", Some("千克"), &[]),
        // Separators.
        ("1,600", "1600", None, &[Separators]),
        ("1，600", "1600", None, &[FullWidth, Separators]),
        ("1, 600", "1600", None, &[Separators, Stray]),
        ("1,600,000家", "1600000", Some("家"), &[Separators]),
        ("1,600.00", "1600", None, &[Separators]),
        ("1,0000", "10000", None, &[Separators]),
        ("1'600", "1600", None, &[Separators]),
        ("1_600", "1600", None, &[Separators]),
        ("1 600", "1600", None, &[Separators]),
        ("1\u{2009}600", "1600", None, &[Separators, Invisible]),
        ("6 0 0", "600", None, &[Stray]),
        // Spaces, signs, units.
        (" 100", "100", None, &[Stray]),
        ("100\u{a0}", "100", None, &[Invisible]),
        ("1\u{200b}00", "100", None, &[Invisible]),
        ("\u{feff}600", "600", None, &[Invisible]),
        ("\u{202d}600\u{202c}", "600", None, &[Invisible]),
        ("600 项", "600", Some("项"), &[Stray]),
        ("600\n项", "600", Some("项"), &[Stray]),
        ("600（项）", "600", Some("项"), &[Stray]),
        ("600【项】", "600", Some("项"), &[Stray]),
        ("600[项]", "600", Some("项"), &[Stray]),
        ("600（单位：项）", "600", Some("项"), &[Stray]),
        ("600项项", "600", Some("项"), &[Stray]),
        ("600项(项)", "600", Some("项"), &[Stray]),
        ("600项整", "600", Some("项"), &[Stray]),
        ("600家企业", "600", Some("家企业"), &[]),
        ("项600", "600", Some("项"), &[Stray]),
        ("(项)600", "600", Some("项"), &[Stray]),
        ("单位：项 600", "600", Some("项"), &[Stray]),
        ("共600项", "600", Some("项"), &[Stray]),
        ("计600项", "600", Some("项"), &[Stray]),
        ("合计：600", "600", None, &[Stray]),
        ("￥600", "600", Some("元"), &[Stray]),
        ("【600】", "600", None, &[Stray]),
        ("'600", "600", None, &[Apostrophe]),
        ("“600”", "600", None, &[Apostrophe]),
        ("600。", "600", None, &[Stray]),
        ("5.", "5", None, &[Stray]),
        // Notations.
        ("6E2", "600", None, &[Scientific]),
        ("6e+2", "600", None, &[Scientific]),
        ("6E-1", "0.6", None, &[Scientific]),
        ("6×10^2", "600", None, &[Scientific]),
        ("6*10^2", "600", None, &[Scientific]),
        ("6×10²项", "600", Some("项"), &[Scientific]),
        ("1.600E3", "1600", None, &[Scientific]),
        ("70%", "70", Some("%"), &[]),
        ("７０％", "70", Some("%"), &[FullWidth]),
        ("5‰", "5", Some("‰"), &[]),
        ("百分之七十", "70", Some("%"), &[ChineseNumeral]),
        ("3百分点", "3", Some("百分点"), &[]),
        ("=600", "600", None, &[Formula]),
        ("＝６００", "600", None, &[Formula, FullWidth]),
        ("=\"600\"", "600", None, &[Formula, Apostrophe]),
        // Everything at once.
        ("\u{200b} 共６００ （项） ", "600", Some("项"), &[FullWidth, Invisible, Stray]),
        ("'叁佰 贰拾【家】", "320", Some("家"), &[ChineseNumeral, Apostrophe, Stray]),
    ];
    for (text, value, unit, oddities) in cases {
        assert_eq!(
            number(text),
            (Some((*value).to_owned()), unit.map(str::to_owned), oddities.to_vec()),
            "{text}"
        );
    }
}

#[test]
fn guesses_are_not_certain() {
    use Oddity::*;
    for (text, value, oddities) in [
        ("4OO", "400", &[Letter][..]),
        ("4００O", "4000", &[Letter, FullWidth]),
        ("l00", "100", &[Letter]),
        ("lOO", "100", &[Letter]),
        ("3oo家", "300", &[Letter]),
        ("6ОО", "600", &[Letter]),
        ("6οο项", "600", &[Letter]),
        ("S00", "500", &[Letter]),
        ("2O0万", "2000000", &[Letter, Magnitude]),
        ("二OO", "200", &[Letter, ChineseNumeral]),
        ("O", "0", &[Letter]),
        ("1.600项", "1600", &[Separators]),
        ("2.000项", "2", &[Separators]),
        ("1.600.000", "1600000", &[Separators]),
        ("1、600", "1600", &[Separators]),
        ("6 00", "600", &[Stray]),
    ] {
        let written = read_quantity(text);
        assert_eq!(
            (written.meaning, written.oddities.as_slice()),
            (Meaning::Guessed(value.parse().unwrap()), oddities),
            "{text}"
        );
    }
}

#[test]
fn tells_what_is_not_one_number() {
    use super::Inexact::*;
    use Meaning::{Blank, Date, Error, Inexact, NotApplicable, Words};
    for (meaning, texts) in [
        (Blank, &["", "　", " \u{200b}"][..]),
        (NotApplicable, &["/", "／", "—", "——", "-", "－", "无", "N/A", " / ", "不适用", "\u{200b}/"]),
        (
            Inexact(About),
            &[
                "约600",
                "大约600项",
                "600余",
                "600余家",
                "600多家",
                "600左右",
                "600家左右",
                "近600家",
                "将近600",
                "逾600",
                "600上下",
                "600许",
                "几百",
                "好几百家",
                "数百",
                "上千",
                "数十项",
                "十几",
                "百余项",
                "三百多",
                "十五六",
                "七八十",
                "三五百",
                "三五",
                "七八项",
                "~600",
                "≈600",
                "预计600",
                "十五六万",
            ],
        ),
        (
            Inexact(Bound),
            &[
                "≥600",
                "≧600",
                ">=600",
                "超过800家",
                "不少于600",
                "600以上",
                "600家以下",
                "600+",
                "不足600",
                "不到600家",
                "600项起",
                "突破600",
            ],
        ),
        (
            Inexact(Interval),
            &[
                "500-600",
                "500～600",
                "500~600",
                "500–600",
                "500—600",
                "500至600项",
                "500项至600项",
                "500 - 600",
                "500到600",
                "6-12",
                "五百至六百",
            ],
        ),
        (Inexact(Alternatives), &["600或700", "600/700", "1/2", "600项或700项", "300和400", "600；700"]),
        (Inexact(Arithmetic), &["300+300", "=300+300", "2*300", "2×300", "600=600", "300项+300项"]),
        (Inexact(Bracketed), &["(600)", "（600）", "（600项）", "（叁佰）"]),
        (
            Inexact(Annotated),
            &[
                "600（含在建）",
                "600项（含在建的部分）",
                "完成600项",
                "累计600",
                "600①",
                "600项等",
                "600项，其中在建20项",
            ],
        ),
        (
            Inexact(Grouping),
            &["1,60", "1,5", "16,00", "12 15", "1,6000,00", "1,600 000", "0,600", "600,00.0,1"],
        ),
        (
            Date,
            &[
                "2019年6月",
                "6月12日",
                "1月1日",
                "2019/6/12",
                "2019-06-12",
                "Jan-12",
                "8:30",
                "２０１９／６／１２",
            ],
        ),
        (
            Error,
            &[
                "#REF!",
                "#N/A",
                "#DIV/0!",
                "#VALUE!",
                "#NULL!",
                "#NUM!",
                "#NAME?",
                "#SPILL!",
                "＃REF！",
                "####",
                "Err:502",
                " #REF! ",
            ],
        ),
        (
            Words,
            &[
                "待定",
                "正在统计",
                "张三",
                "2019年",
                "第3批",
                "A600",
                "600A5",
                "①",
                "Ⅳ",
                "²",
                "=",
                "=SUM(C5:C6)",
                "百千",
                "三千百",
                "万",
                "三十百",
                "一万二万",
                "1百600",
                "九九九九九九九九九九九九九九九九九九九九九九九九九九九九九九九九",
                "6E99",
                "()",
                "（）",
                "项",
                "ll",
                "OOO",
                "o0k",
            ],
        ),
    ] {
        for text in texts {
            assert_eq!(read_quantity(text).meaning, meaning, "{text}");
        }
    }
}

#[test]
fn keeps_the_text_that_the_number_came_from() {
    for (text, source) in [
        ("600", "600"),
        ("约６００项", "６００"),
        (" 共 1，600 项", "1，600"),
        ("叁佰贰拾整", "叁佰贰拾"),
        ("6\u{200b}00项", "6\u{200b}00"),
        ("0.2 万项", "0.2 万"),
        ("（项）4OO", "4OO"),
        ("=\"600\"", "600"),
        ("500-600", "500"),
        ("6月12日", "6月12日"),
        ("待定", ""),
        ("/", ""),
    ] {
        assert_eq!(read_quantity(text).text, source, "{text}");
    }
    assert_eq!(read_value(&Value::Number(0.5)).text, "0.5");
}

#[test]
fn a_cell_is_read_by_its_format_and_its_unit() {
    use crate::model::NumberFormat;
    let stored = |number: f64, format: &str| Cell {
        value: Value::Number(number),
        number_format: NumberFormat::new(format),
        formula: None,
    };
    assert_eq!(read_cell(&stored(43_646.0, "m\"月\"d\"日\""), "项").meaning, Meaning::Date);
    assert_eq!(read_cell(&stored(0.25, "h:mm"), "项").meaning, Meaning::Date);
    assert_eq!(read_cell(&stored(600.0, "#,##0"), "项").certain(), Some(Decimal::from(600)));
    assert!(read_cell(&stored(0.7, "0.0%"), "项").is_share());
    assert!(!read_cell(&stored(600.0, "0%"), "项").is_share());
    let money = read_cell(&Cell::new("700亿元".into()), "亿元");
    assert_eq!(
        (money.certain(), money.unit.as_deref(), money.oddities),
        (Some(Decimal::from(700)), Some("亿元"), vec![])
    );
    assert_eq!(read_cell(&Cell::new("约700亿元".into()), "亿元").meaning, Meaning::Inexact(Inexact::About));
}

#[test]
fn long_texts_take_no_longer() {
    for unit in ["1", "一", "约", "1,", "(", "十", "O", " ", "\u{200b}", "6月", "1+", "="] {
        let started = std::time::Instant::now();
        read_quantity(&unit.repeat(200_000));
        assert!(started.elapsed().as_millis() < 1_000, "{unit}");
    }
}

/// Digits, names of 十百千 and of 万亿.
struct Script {
    digits: [&'static str; 10],
    small: [&'static str; 4],
    big: [&'static str; 3],
}

const EVERYDAY: Script = Script {
    digits: ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
    small: ["", "十", "百", "千"],
    big: ["", "万", "亿"],
};
const ROUND_ZERO: Script =
    Script { digits: ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"], ..EVERYDAY };
const FINANCIAL: Script = Script {
    digits: ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"],
    small: ["", "拾", "佰", "仟"],
    big: ["", "万", "亿"],
};
const TRADITIONAL: Script = Script {
    digits: ["零", "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖"],
    small: ["", "拾", "佰", "仟"],
    big: ["", "萬", "億"],
};
const MIXED: Script = Script { digits: ["零", "1", "2", "3", "4", "5", "6", "7", "8", "9"], ..EVERYDAY };

/// 1234567 as 一百二十三万四千五百六十七.
fn spelt(n: u64, script: &Script) -> String {
    let section = |n: u64| {
        let (mut out, mut zero) = (String::new(), false);
        for place in (0..4).rev() {
            let digit = usize::try_from(n / 10u64.pow(place) % 10).unwrap();
            if digit == 0 {
                zero = !out.is_empty();
                continue;
            }
            if zero {
                out.push_str(script.digits[0]);
            }
            zero = false;
            out.push_str(script.digits[digit]);
            out.push_str(script.small[place as usize]);
        }
        out
    };
    if n == 0 {
        return script.digits[0].to_owned();
    }
    let mut out = String::new();
    let mut zero = false;
    for place in (0..3).rev() {
        let part = n / 10_000u64.pow(place) % 10_000;
        if part == 0 {
            zero |= !out.is_empty();
            continue;
        }
        if !out.is_empty() && (zero || part < 1000) {
            out.push_str(script.digits[0]);
        }
        zero = false;
        out.push_str(&section(part));
        out.push_str(script.big[place as usize]);
    }
    out
}

fn by_position(n: u64, digits: [&str; 10]) -> String {
    n.to_string().chars().map(|c| digits[c.to_digit(10).unwrap() as usize]).collect()
}

fn grouped(n: u64, width: usize, separator: &str) -> String {
    let plain = n.to_string();
    let mut out = String::new();
    for (i, c) in plain.chars().enumerate() {
        if i > 0 && (plain.len() - i).is_multiple_of(width) {
            out.push_str(separator);
        }
        out.push(c);
    }
    out
}

/// One way of writing the digits of a number.
#[derive(Clone, Copy, Debug)]
enum Style {
    Plain,
    FullWidth,
    Styled,
    Everyday,
    RoundZero,
    Financial,
    Traditional,
    Position,
    Mixed,
    Wan,
    WanLetter,
    Thousands,
    Kilo,
    Yi,
    Threes,
    FullWidthThrees,
    ThinThrees,
    ApostropheThrees,
    UnderscoreThrees,
    Fours,
    Scientific,
    TimesTen,
    PointZero,
    PointZeroZero,
    ThreesPointZeroZero,
    Spread,
}

const STYLES: [Style; 26] = [
    Style::Plain,
    Style::FullWidth,
    Style::Styled,
    Style::Everyday,
    Style::RoundZero,
    Style::Financial,
    Style::Traditional,
    Style::Position,
    Style::Mixed,
    Style::Wan,
    Style::WanLetter,
    Style::Thousands,
    Style::Kilo,
    Style::Yi,
    Style::Threes,
    Style::FullWidthThrees,
    Style::ThinThrees,
    Style::ApostropheThrees,
    Style::UnderscoreThrees,
    Style::Fours,
    Style::Scientific,
    Style::TimesTen,
    Style::PointZero,
    Style::PointZeroZero,
    Style::ThreesPointZeroZero,
    Style::Spread,
];

fn scaled(n: u64, places: u32) -> String {
    Decimal::try_from_i128_with_scale(i128::from(n), places).unwrap().normalize().to_string()
}

fn write(n: u64, style: Style) -> String {
    let shift = |start: u32, from: u32| {
        n.to_string().chars().map(move |c| char::from_u32(u32::from(c) - from + start).unwrap()).collect()
    };
    match style {
        Style::Plain => n.to_string(),
        Style::FullWidth => shift(0xff10, 0x30),
        Style::Styled => shift(0x1d7ce, 0x30),
        Style::Everyday => spelt(n, &EVERYDAY),
        Style::RoundZero => spelt(n, &ROUND_ZERO),
        Style::Financial => spelt(n, &FINANCIAL),
        Style::Traditional => spelt(n, &TRADITIONAL),
        Style::Position => by_position(n, ROUND_ZERO.digits),
        Style::Mixed => spelt(n, &MIXED),
        Style::Wan => format!("{}万", scaled(n, 4)),
        Style::WanLetter => format!("{}w", scaled(n, 4)),
        Style::Thousands => format!("{}千", scaled(n, 3)),
        Style::Kilo => format!("{}k", scaled(n, 3)),
        Style::Yi => format!("{}亿", scaled(n, 8)),
        Style::Threes => grouped(n, 3, ","),
        Style::FullWidthThrees => grouped(n, 3, "，"),
        Style::ThinThrees => grouped(n, 3, "\u{2009}"),
        Style::ApostropheThrees => grouped(n, 3, "'"),
        Style::UnderscoreThrees => grouped(n, 3, "_"),
        Style::Fours => grouped(n, 4, ","),
        Style::Scientific => {
            let plain = n.to_string();
            format!("{}.{}E+{}", &plain[..1], &plain[1..], plain.len() - 1).replace(".E", "E")
        }
        Style::TimesTen => format!("{}×10^2", scaled(n, 2)),
        Style::PointZero => format!("{n}.0"),
        Style::PointZeroZero => format!("{n}.00"),
        Style::ThreesPointZeroZero => format!("{}.00", grouped(n, 3, ",")),
        Style::Spread => n.to_string().chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" "),
    }
}

/// One way of putting a unit, spaces and marks around a number.
fn dress(number: &str, unit: &str, way: usize) -> String {
    match way {
        0 => format!("{number}{unit}"),
        1 => format!(" {number} {unit} "),
        2 => format!("{number}（{unit}）"),
        3 => format!("{number}({unit})"),
        4 => format!("{number}【{unit}】"),
        5 => format!("{number} [{unit}]"),
        6 => format!("{unit}{number}"),
        7 => format!("{unit}：{number}"),
        8 => format!("单位：{unit} {number}"),
        9 => format!("'{number}{unit}"),
        10 => format!("“{number}{unit}”"),
        11 => format!("{number}{unit}。"),
        12 => format!("共{number}{unit}"),
        13 => format!("{number}{unit}整"),
        14 => format!("{number}{unit}{unit}"),
        15 => format!("\u{feff}{number}\u{200b}{unit}\u{200e}"),
        16 => format!("\u{a0}{number}\u{a0}{unit}"),
        17 => format!("　{number}　{unit}\n"),
        18 => format!("【{number}{unit}】"),
        _ => format!("={number}{unit}"),
    }
}

const DRESSES: usize = 20;

/// Two digits of Chinese that that are a rough number (三五, 七八) are not certain, and not meant to be.
fn is_rough(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(chinese_digit).collect();
    text.chars().count() == 2
        && digits.len() == 2
        && digits[0] > 0
        && (digits[1] == digits[0] + 1 || digits == [3, 5])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_input_panics(text in "\\PC{0,40}") {
        read_quantity(&text);
        crate::model::arithmetic(&text);
        crate::model::runs_as_formula(&text);
    }

    #[test]
    fn numerals_never_panic(
        text in "[0-9０-９一二三五十百千万亿零〇廿两OolISkw.,，、。'%+\\-*×^=Ee ()（）【】/\
                 约余至项家月日:\u{200b}]{0,24}",
    ) {
        let written = read_quantity(&text);
        // Where the number came from is a piece of the text.
        prop_assert!(text.contains(&written.text), "{:?}", written);
        if written.number().is_some() {
            prop_assert!(!written.text.is_empty());
        }
        crate::model::arithmetic(&text);
    }

    #[test]
    fn huge_numerals_never_overflow(text in "[1-9九][0-9万亿千,.E+]{10,60}") {
        read_quantity(&text);
    }

    #[test]
    fn every_style_reads_back(
        n in prop_oneof![
            0u64..1_000,
            0u64..100_000,
            0u64..1_000_000_000_000,
            (1u64..10_000).prop_map(|n| n * 10_000),
            (1u64..1_000).prop_map(|n| n * 100),
        ],
        style in prop::sample::select(STYLES.to_vec()),
        unit in prop::sample::select(vec!["", "项", "家", "个", "件"]),
        way in 0..DRESSES,
    ) {
        let number = write(n, style);
        let way = if unit.is_empty() { [0, 9, 10, 11, 12, 15, 19][way % 7] } else { way };
        let text = dress(&number, unit, way);
        prop_assume!(!is_rough(&number));
        // Two dashes are typed so, more often than eleven.
        prop_assume!(number != "一一");
        prop_assume!(text.chars().count() <= LONGEST);
        let written = read_quantity(&text);
        prop_assert_eq!(written.certain(), Some(Decimal::from(n)), "{:?} {:?}", text, written);
        prop_assert_eq!(written.unit.as_deref().unwrap_or_default(), unit, "{}", text);
        // What it says the number came from reads as that number again.
        prop_assert_eq!(read_quantity(&written.text).number(), Some(Decimal::from(n)), "{:?}", written);
    }

    #[test]
    fn letters_for_digits_are_guessed(
        digits in "[12568][012568]{1,5}",
        at in 0usize..6,
        pick in 0usize..4,
        unit in prop::sample::select(vec!["", "项"]),
    ) {
        let mut written: Vec<char> = digits.chars().collect();
        let at = at % written.len();
        let letters: &[char] = match written[at] {
            '0' => &['O', 'o', 'О', 'ο'],
            '1' => &['l', 'I', '|', 'і'],
            '2' => &['Z', 'z'],
            '5' => &['S', 's'],
            '6' => &['b', 'б'],
            _ => &['B', 'В'],
        };
        written[at] = letters[pick % letters.len()];
        let text = format!("{}{unit}", written.iter().collect::<String>());
        let read = read_quantity(&text);
        prop_assert_eq!(read.meaning, Meaning::Guessed(digits.parse().unwrap()), "{}", text);
        prop_assert!(read.oddities.contains(&Oddity::Letter));
    }

    #[test]
    fn what_is_hedged_is_never_a_number(
        n in 1u64..1_000_000,
        style in prop::sample::select(STYLES.to_vec()),
        way in 0usize..16,
    ) {
        let number = write(n, style);
        prop_assume!(!is_rough(&number));
        let hedged = [
            format!("约{number}"), format!("{number}余项"), format!("{number}左右"),
            format!("近{number}家"), format!("≥{number}"), format!("超过{number}家"),
            format!("{number}以上"), format!("{number}-{number}"), format!("{number}至{number}项"),
            format!("{number}或{number}"), format!("({number})"),
            format!("{number}（含在建）"), format!("不足{number}"), format!("{number}项上下"),
            format!("{number}+{number}"), format!("{number}～{number}"),
        ][way].clone();
        prop_assume!(hedged.chars().count() <= LONGEST);
        prop_assert_eq!(read_quantity(&hedged).number(), None, "{}", hedged);
    }
}
