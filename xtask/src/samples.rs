//! `src/rules/samples.txt`: for each rule one small real slip, out of the cases that hold the rule to its word: its
//! code, what was filled in and what it should have been. The tests take this file in as it is.

use std::path::Path;

/// What is done to the sheet of a case.
const CHANGES: [&str; 10] =
    ["改：", "换：", "移：", "转置：", "合并：", "字段：", "隐藏行：", "隐藏列：", "删行：", "文件："];

/// Of these a slip says nothing of what was meant: it was found elsewhere, and shown alone would read as advice.
const SAYS_NOTHING: &str = "Q008";

/// The rules of what a city does not take part in.
const NOT_APPLICABLE: char = 'N';

/// The page as it should stand in src/rules/samples.txt.
pub fn page(root: &Path) -> std::io::Result<String> {
    let mut page = String::new();
    let cases = std::fs::read_dir(root.join("fixtures/rules"))?.map(|entry| entry.map(|entry| entry.path()));
    let mut cases = cases.collect::<std::io::Result<Vec<_>>>()?;
    cases.sort();
    for path in cases {
        let text = std::fs::read_to_string(&path)?.replace("\r\n", "\n");
        let code = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Some((written, meant)) = text.split("\n## ").skip(1).find_map(|case| slip(&code, case)) {
            page.push_str(&format!("{code}\t{written}\t{meant}\n"));
        }
    }
    Ok(page)
}

/// Of a case in which one cell is changed, and the rule alone speaks of it and says what is meant: both texts.
fn slip<'c>(code: &str, case: &'c str) -> Option<(&'c str, &'c str)> {
    let one = |lines: Vec<&'c str>| if let [only] = lines.as_slice() { Some(*only) } else { None };
    let is_change = |line: &&str| CHANGES.iter().any(|change| line.starts_with(change));
    let change = one(case.lines().filter(is_change).collect())?;
    let (cell, written) = change.strip_prefix("改：")?.split_once(" = ")?;
    let found = one(case.lines().filter(|line| line.starts_with("- ")).collect())?;
    let meant = found.strip_prefix(&format!("- {code} {cell} → "))?;
    if code == SAYS_NOTHING || (meant.starts_with('/') && !code.starts_with(NOT_APPLICABLE)) {
        return None;
    }
    let meant = meant.strip_suffix(" 稳妥").or_else(|| meant.strip_suffix(" 需确认")).unwrap_or(meant);
    // A format or a sign that is not seen tells nobody anything.
    let is_plain = !written.contains(['{', '\t']) && !written.contains(" 显示 ");
    let text = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written);
    is_plain.then_some((text, meant))
}
