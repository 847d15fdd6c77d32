//! `xtask new-rule CODE`: the skeleton of a rule – its help, its registration, its function, its line in the
//! catalogue and its cases – where each of them belongs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths;
use crate::shell::Result;

/// What is still to be written. `tests/it/catalogue.rs` lets no rule pass that has it in its title or help.
const TODO: &str = "（待写）";

pub fn run(code: &str) -> Result {
    let family = write(paths::root(), code)?;
    println!(
        "{code} stands in src/rules/{family}.rs and fixtures/rules/{code}.md; every {TODO} is yours to write.\n\
         Until the rule speaks its cases fail: cargo test --test cases {code}\n\
         When it does: cargo xtask docs"
    );
    Ok(())
}

/// Writes everything or, where something is wrong, nothing. Returns the family's file.
fn write(root: &Path, code: &str) -> Result<String> {
    let catalogue = Text::read(root.join("src/rules/mod.rs"))?;
    let rules = registered(&catalogue.text);
    let family = family(&catalogue.text, &rules, code)?.to_owned();
    let source = Text::read(root.join(format!("src/rules/{family}.rs")))?;
    let cases = root.join(format!("fixtures/rules/{code}.md"));
    if cases.exists() {
        return Err(format!("{} is there already", cases.display()));
    }
    catalogue.with(|text| with_line(text, &rules, &family, code))?;
    source.with(|text| with_rule(text, code))?;
    fs::write(&cases, skeleton_of_cases(code)).map_err(|error| format!("{}: {error}", cases.display()))?;
    Ok(family)
}

struct Text {
    path: PathBuf,
    text: String,
}

impl Text {
    fn read(path: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, text })
    }

    fn with(&self, change: impl Fn(&str) -> String) -> Result {
        fs::write(&self.path, change(&self.text)).map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// Family and code of every rule, as the lines `    balance::B001,` of `catalogue!` have them.
fn registered(catalogue: &str) -> Vec<(&str, &str)> {
    let lines =
        catalogue.lines().skip_while(|line| *line != "catalogue! {").skip(1).take_while(|line| *line != "}");
    lines.filter_map(|line| line.trim().strip_suffix(',')?.split_once("::")).collect()
}

/// The family that a new rule of this code belongs to: the file with most rules of its letter.
fn family<'a>(catalogue: &'a str, rules: &[(&'a str, &'a str)], code: &str) -> Result<&'a str> {
    let letter = code.chars().next().filter(char::is_ascii_uppercase);
    let number = code
        .get(1..)
        .filter(|digits| digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit()));
    let (Some(letter), Some(_)) = (letter, number) else {
        return Err(format!("{code} is no code: a capital and three digits, as Q021"));
    };
    if rules.iter().any(|(_, known)| *known == code) {
        return Err(format!("{code} is a rule already"));
    }
    let retired = catalogue
        .lines()
        .find(|line| line.starts_with("pub const RETIRED"))
        .ok_or("src/rules/mod.rs has no RETIRED")?;
    if retired.contains(&format!("\"{code}\"")) {
        return Err(format!("{code} is retired: an old list of findings must not mean a new rule"));
    }
    let of_letter = || rules.iter().filter(|(_, known)| known.starts_with(letter)).map(|(family, _)| *family);
    let largest = of_letter().max_by_key(|family| of_letter().filter(|other| other == family).count());
    match largest {
        None => Err(format!("no family has the letter {letter}")),
        Some("consolidation") => Err(format!(
            "{code}: a consolidation finds it itself; only the help stands in src/rules/consolidation.rs"
        )),
        Some(family) => Ok(family),
    }
}

/// The catalogue with the rule before the next one of its letter, else behind the last.
fn with_line(catalogue: &str, rules: &[(&str, &str)], family: &str, code: &str) -> String {
    let line = |family: &str, code: &str| format!("    {family}::{code},\n");
    let of_letter = || rules.iter().filter(|(_, known)| known.get(..1) == code.get(..1));
    let new = line(family, code);
    if let Some((family, next)) = of_letter().find(|(_, known)| *known > code) {
        let next = line(family, next);
        return catalogue.replacen(&next, &(new + &next), 1);
    }
    of_letter().next_back().map_or_else(String::new, |(family, last)| {
        let last = line(family, last);
        catalogue.replacen(&last, &(last.clone() + &new), 1)
    })
}

/// The family's file with the rule at its end, before its tests.
fn with_rule(source: &str, code: &str) -> String {
    let rule = skeleton(code);
    match source.split_once("\n#[cfg(test)]\n") {
        Some((rules, tests)) => format!("{rules}\n{rule}\n#[cfg(test)]\n{tests}"),
        None => format!("{source}\n{rule}"),
    }
}

fn skeleton(code: &str) -> String {
    let function = code.to_lowercase();
    let kind = if code.starts_with('F') { "File" } else { "Each" };
    let help: String = ["审核内容", "为什么", "示例", "怎么改"]
        .map(|heading| format!("    /// ## {heading}\n    /// {TODO}\n"))
        .concat();
    format!(
        "rule! {{\n{help}    {code}, Warning, \"{TODO}\", {kind}({function})\n}}\n\n\
         fn {function}(_context: &Context<'_>) -> Vec<Draft> {{\n    Vec::new()\n}}\n"
    )
}

/// A sheet with the fault and its valid twin. `tests/cases` knows the lines: 改：F4 = 600, 文件：带宏 …
fn skeleton_of_cases(code: &str) -> String {
    let base = if code.starts_with('B') { "分解表（纯数字）" } else { "绵阳市进展" };
    format!(
        "# {code} {TODO}\n\n## {TODO}一处差错，规则应当发现\n基表：{base}\n发现：\n- {code} C5\n\n## 合格的表\n\
         基表：{base}\n发现：无\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &str = "indicator-companion";

    /// What the task reads and writes, and what the library is built from, in a directory of its own.
    fn copy(name: &str) -> PathBuf {
        let to = paths::target().join("new-rule").join(name);
        let _ = fs::remove_dir_all(&to);
        for part in [
            "Cargo.toml",
            "Cargo.lock",
            "src",
            "xtask/Cargo.toml",
            "xtask/src",
            "fixtures/rules",
            "fixtures/workbooks/samples",
            "tests/cases",
        ] {
            copy_all(&paths::root().join(part), &to.join(part)).unwrap();
        }
        // Under the library's own name it would be built in the library's place, which cargo then takes for up to date.
        let manifest = Text::read(to.join("Cargo.toml")).unwrap();
        manifest.with(|text| text.replacen(LIBRARY, &format!("{LIBRARY}-copy"), 1)).unwrap();
        to
    }

    fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
        if from.is_dir() {
            fs::create_dir_all(to)?;
            for entry in fs::read_dir(from)? {
                let entry = entry?;
                copy_all(&entry.path(), &to.join(entry.file_name()))?;
            }
            return Ok(());
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(from, to).map(|_| ())
    }

    fn read(root: &Path, path: &str) -> String {
        fs::read_to_string(root.join(path)).unwrap()
    }

    #[test]
    fn a_new_rule_stands_where_it_belongs_and_compiles() {
        let root = copy("written");
        // The last of a family as it stands today: rules are added.
        let catalogue = read(&root, "src/rules/mod.rs");
        let last = |letter: char| {
            let codes = catalogue.lines().filter_map(|line| line.trim_end_matches(',').split("::").nth(1));
            codes
                .filter(|code| code.len() == 4 && code.starts_with(letter))
                .max()
                .unwrap_or_default()
                .to_owned()
        };
        for (code, family, after) in [
            ("Q990", "quantity", "    applicability::N001"),
            ("L990", "label", "    quantity::Q001"),
            ("T990", "structure", "    label::L001"),
            ("F990", "file", "    structure::T001"),
            ("S990", "security", "}"),
        ] {
            let before = last(code.chars().next().unwrap_or_default());
            let written = write(&root, code);
            assert_eq!(written.as_deref(), Ok(family), "{code}");
            let catalogue = read(&root, "src/rules/mod.rs");
            assert!(
                catalogue.contains(&format!("::{before},\n    {family}::{code},\n")),
                "{code} does not follow {before}"
            );
            assert!(
                catalogue.contains(&format!("    {family}::{code},\n{after}")),
                "{code} does not stand before {after}"
            );
            let cases = read(&root, &format!("fixtures/rules/{code}.md"));
            assert!(
                cases.contains(&format!("\n- {code} ")) && cases.ends_with("发现：无\n"),
                "{code}: a case and its valid twin"
            );
        }
        let built = std::process::Command::new(env!("CARGO"))
            .args([
                "check",
                "--quiet",
                "--offline",
                "--lib",
                "--package",
                &format!("{LIBRARY}-copy"),
                "--target-dir",
            ])
            .arg(paths::target())
            .current_dir(&root)
            .output();
        let built = built.unwrap();
        assert!(
            built.status.success() && built.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        for family in ["quantity", "label", "structure", "file", "security"] {
            let formatted = std::process::Command::new("rustfmt")
                .args(["--check", "--edition", "2024", "--config-path"])
                .arg(paths::root().join("rustfmt.toml"))
                .arg(root.join(format!("src/rules/{family}.rs")))
                .output();
            assert!(formatted.is_ok_and(|formatted| formatted.status.success()), "{family} is not formatted");
        }
    }

    #[test]
    fn what_cannot_be_a_new_rule_is_refused_and_nothing_is_written() {
        let root = copy("refused");
        let before = read(&root, "src/rules/mod.rs");
        for (code, why) in [
            ("B001", "already"),
            ("Q007", "retired"),
            ("X001", "no family"),
            ("C990", "consolidation"),
            ("q021", "no code"),
            ("Q21", "no code"),
            ("Q0211", "no code"),
            ("", "no code"),
            ("Q０２", "no code"),
        ] {
            let refused = write(&root, code);
            assert!(refused.as_ref().is_err_and(|said| said.contains(why)), "{code}: {refused:?}");
        }
        assert_eq!(read(&root, "src/rules/mod.rs"), before);
    }
}
