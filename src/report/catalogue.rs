//! 审核规则: the catalogue as a page in Markdown, from the doc comments of the rules.

use std::fmt::Write as _;

use crate::audit::Rule;

const FAMILIES: [(char, &str); 9] = [
    ('F', "文件"),
    ('T', "表式"),
    ('L', "指标内容"),
    ('Q', "数值写法"),
    ('N', "不适用"),
    ('B', "平衡关系"),
    ('P', "进展"),
    ('C', "汇总"),
    ('S', "安全"),
];

/// A heading a family, a table of its rules, then each rule's help. Families follow the catalogue's order.
pub fn markdown(rules: &[&Rule]) -> String {
    let mut page = "# 审核规则\n\n由规则的说明生成（`cargo xtask docs`），请勿手改。\
                    **错误**须改正后再报 · **警示**改正或写情况说明 · **提示**供参考。\n"
        .to_owned();
    for (family, name) in FAMILIES {
        let of_family: Vec<&&Rule> = rules.iter().filter(|rule| rule.code.0.starts_with(family)).collect();
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## {family} {name}\n\n| 规则 | 级别 | 内容 |\n|---|---|---|\n");
        for rule in &of_family {
            let _ = writeln!(
                page,
                "| [{0}](#{1}) | {2} | {3} |",
                rule.code,
                rule.code.0.to_lowercase(),
                rule.tier.chinese(),
                rule.title
            );
        }
        for rule in of_family {
            let _ = write!(page, "\n### {}\n\n**{}** · {}\n", rule.code, rule.title, rule.tier.chinese());
            for line in rule.help.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let _ = match line.strip_prefix("## ") {
                    Some(heading) => write!(page, "\n**{heading}**　"),
                    None => writeln!(page, "{line}"),
                };
            }
        }
    }
    page
}
