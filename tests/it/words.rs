//! All words for people, listed for reading; and what they must not say.

#[path = "../../xtask/src/words.rs"]
mod listed;

use std::path::Path;

fn page() -> String {
    listed::page(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_list_of_words_is_current() {
    let written = std::fs::read_to_string("docs/words.md").unwrap().replace("\r\n", "\n");
    assert!(written == page(), "docs/words.md is not what the sources say: cargo xtask docs");
}

/// What people read: the list, the rules' help, and the manual.
fn read() -> Vec<String> {
    let documents = ["docs/rules.md", "docs/handbook.md"].map(|name| std::fs::read_to_string(name).unwrap());
    let listed = page();
    let lines = listed
        .lines()
        .filter(|line| line.starts_with("- "))
        .chain(documents.iter().flat_map(|text| text.lines()));
    lines.map(str::to_owned).collect()
}

/// What of a line is ours: not what stands behind 技术细节, not the file's words between quotes, not code, not where a
/// link leads, not the English of `--help`, not what is written in a cell.
fn ours(line: &str) -> String {
    let line = line.trim_start_matches("- ").trim_start_matches("&C");
    let figure = line.trim_start_matches('约').trim_start_matches(|letter: char| letter.is_ascii_digit());
    if figure.chars().count() == 1 || line.starts_with("附件") {
        return String::new();
    }
    let plain = line.split("技术细节").next().unwrap();
    let mut said = String::new();
    let mut within: Option<char> = None;
    let mut letters = plain.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or_default();
        match within {
            Some(end) if letter == end => within = None,
            Some(_) => {}
            None => {
                within = match letter {
                    '“' => Some('”'),
                    '`' => Some('`'),
                    ']' if next == '(' => Some(')'),
                    '（' if plain.starts_with("--help") && next.is_ascii_uppercase() => Some('）'),
                    _ => None,
                };
                // Code stands as a Latin word does.
                said.push(if letter == '`' { 'x' } else { letter });
            }
        }
    }
    said.replace("“", "").replace("工作表!", "")
}

/// Words of ours that say nothing to a clerk, and the second word for a thing that has one; beside each the word to
/// take. Names of parts of a file stand behind 技术细节.
#[test]
fn no_jargon_and_one_word_for_one_thing() {
    const NEVER: [(&str, &str); 38] = [
        ("后台程序", "审核程序"),
        ("处理程序", "审核程序"),
        ("构建指纹", "文件编号"),
        ("RuntimeError", "技术细节：…"),
        ("压缩包目录", "技术细节：…"),
        ("xl/", "技术细节：…"),
        ("逐字节", "原样"),
        ("部件", "内容"),
        ("更正", "改正"),
        ("修正", "改正"),
        ("改正副本", "校正副本"),
        ("问题列表", "问题清单"),
        ("上报单位", "填报单位"),
        ("汇总单位", "牵头单位"),
        ("报告时期", "报告期"),
        ("上一期报表", "上期报表"),
        ("方案期", "规划期"),
        ("源文件", "原文件"),
        ("未纳入", "未采用（报表）、未计入（数字）"),
        ("表格程序", "WPS、Excel"),
        ("表格软件", "WPS 或 Excel"),
        ("技术人员", "管理员"),
        ("维护人员", "管理员"),
        ("指认", "指明"),
        ("照办", "执行"),
        ("规则代码", "规则编号"),
        ("规则编码", "规则编号"),
        ("重新校核", "重新审核"),
        ("改动清单", "修改清单"),
        ("处改动", "处修改"),
        ("再放入", "再拖入"),
        ("重新添加", "重新拖入"),
        ("浏览器不让", "浏览器不允许"),
        ("没有让", "不允许"),
        ("取来", "读出"),
        ("另存为 xlsx", "另存为 .xlsx"),
        ("您好", ""),
        ("！", "。"),
    ];
    let lines = read();
    let mut said = Vec::new();
    for line in &lines {
        let plain = line.split("技术细节").next().unwrap();
        let wrong = NEVER.iter().filter(|(word, _)| plain.contains(word));
        said.extend(wrong.map(|(word, better)| format!("{word} → {better}：{line}")));
        // Alone it is a word of ours; a fingerprint is what a clerk compares.
        if plain.contains("SHA-256") && !plain.contains("指纹") {
            said.push(line.to_owned());
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(lines.len() > 2500, "{}", lines.len());
}

/// One way to write: full-width marks and no space beside them; one space between Chinese and digits or Latin letters,
/// none within a date; quotes “ ”.
#[test]
fn spaces_marks_and_quotes_are_uniform() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let is_mark = |letter: char| "，。；：、？！（）".contains(letter);
    let mut said = Vec::new();
    for line in read() {
        let ours = ours(&line).trim().replace("  ", "\n");
        let letters: Vec<char> = ours.chars().collect();
        let mut faults = Vec::new();
        for pair in letters.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let dated = left.is_ascii_digit() && "年月日".contains(right)
                || "年月".contains(left) && right.is_ascii_digit();
            if is_chinese(left) && right.is_ascii_alphanumeric() && !dated
                || left.is_ascii_alphanumeric() && is_chinese(right) && !dated
            {
                faults.push("空一格");
            }
            if is_chinese(left) && ",;?!()".contains(right) || ",;?!()".contains(left) && is_chinese(right) {
                faults.push("用全角标点");
            }
            if is_mark(left) && right == ' ' || left == ' ' && is_mark(right) {
                faults.push("标点旁不空格");
            }
        }
        if ours.contains(['「', '」', '『', '』', '‘', '’', '"']) || ours.contains("...") {
            faults.push("引号用“ ”，省略号用…");
        }
        said.extend(faults.first().map(|fault| format!("{fault}：{line}")));
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}
