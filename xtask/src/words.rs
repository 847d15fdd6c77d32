//! `docs/words.md`: every Chinese word that the sources hold for people, in the order in which they stand there, for
//! someone to read through. Read from the sources as text; the tests take this file in as it is.

use std::path::Path;

/// What is listed, under which heading.
const ROOMS: [(&str, &[&str]); 6] = [
    ("启动", &["www/index.html", "www/boot.js"]),
    (
        "页面",
        &[
            "src/app/text.rs",
            "src/app/help.rs",
            "src/app/machine.rs",
            "src/layout/understood.rs",
            "src/worker",
        ],
    ),
    ("读不了、改不了的原因", UNREADABLE),
    ("规则：标题和说法", &["src/rules", "src/audit"]),
    ("汇总和报表", &["src/consolidate", "src/report"]),
    ("命令行", &["src/cli.rs", "src/cli"]),
];

const UNREADABLE: &[&str] = &[
    "src/model/workbook.rs",
    "src/model/cell.rs",
    "src/model/period.rs",
    "src/reading",
    "src/patch",
    "src/breakdown",
    "src/fixes",
    "src/job",
];

/// The page as it should stand in docs/words.md.
pub fn page(root: &Path) -> std::io::Result<String> {
    let mut page =
        "# 用语\n\n由 `cargo xtask docs` 从源代码写出，供通读校对；`{…}` 处填入具体内容。\n".to_owned();
    for (heading, places) in ROOMS {
        page.push_str(&format!("\n## {heading}\n"));
        for place in places {
            let mut files = Vec::new();
            collect(&root.join(place), &mut files)?;
            files.sort();
            for file in files {
                let source = std::fs::read_to_string(&file)?.replace("\r\n", "\n");
                let words = match file.extension().is_some_and(|ending| ending == "rs") {
                    true if place.starts_with("src/cli") => {
                        help(&source).into_iter().chain(words(&source)).collect()
                    }
                    true => words(&source),
                    false => pieces(&source),
                };
                if !words.is_empty() {
                    let name =
                        file.strip_prefix(root).unwrap_or(&file).display().to_string().replace('\\', "/");
                    page.push_str(&format!("\n### {name}\n\n"));
                    page.extend(words.into_iter().map(|word| format!("- {word}\n")));
                }
            }
        }
    }
    Ok(page)
}

fn collect(place: &Path, files: &mut Vec<std::path::PathBuf>) -> std::io::Result<()> {
    if place.is_file() {
        files.push(place.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        // Formats of numbers are no words.
        let is_silent = path.file_stem().is_some_and(|name| name == "tests" || name == "number_formats");
        if path.is_dir() || path.extension().is_some_and(|ending| ending == "rs") && !is_silent {
            collect(&path, files)?;
        }
    }
    Ok(())
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// What stands between the tags of a page and the quotes of a script.
fn pieces(source: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in source.split(['<', '>', '\'', '"']).map(|piece| piece.replace("\\n", " ")) {
        // The samples by which the page measures its fonts are no words.
        let piece = piece.trim();
        if is_chinese(piece) && !piece.contains("&#") && !found.iter().any(|known| known == piece) {
            found.push(piece.to_owned());
        }
    }
    found
}

/// What `--help` says: the comments over arguments, which give the English in brackets behind the Chinese.
fn help(source: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in source.lines().map(str::trim) {
        match (line.strip_prefix("///"), blocks.last_mut()) {
            (Some(text), Some(block)) if !text.is_empty() => block.push_str(text),
            _ => blocks.push(String::new()),
        }
    }
    let told = blocks.iter().map(|block| block.trim()).filter(|block| block.ends_with('）'));
    told.map(|block| format!("--help：{block}")).collect()
}

/// The texts of a source that hold Chinese, each once; its comments and tests are not for people.
fn words(source: &str) -> Vec<String> {
    let source = source.split("\nmod tests {").next().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => while letters.next_if(|next| *next != '\n').is_some() {},
            // A character, `'"'` among them; a lifetime has no second quote.
            '\'' => {
                let ahead: String = letters.clone().take(3).collect();
                let length = if ahead.starts_with('\\') { 3 } else { 2 };
                if ahead.chars().nth(length - 1) == Some('\'') {
                    letters.by_ref().take(length).for_each(drop);
                }
            }
            '"' => {
                let mut text = literal(&mut letters);
                // A sentence of the help, with the constant of a button between its pieces.
                while let Some(name) = name_between(&mut letters) {
                    text.push_str(&format!("{{{name}}}"));
                    text.push_str(&literal(&mut letters));
                }
                if is_chinese(&text) && !found.contains(&text) {
                    found.push(text);
                }
            }
            _ => {}
        }
    }
    found
}

/// `, NAME, "` after a text, taken when it is all there.
fn name_between(letters: &mut std::iter::Peekable<std::str::Chars>) -> Option<String> {
    let mut ahead = letters.clone();
    let mut pass = |allowed: fn(char) -> bool| {
        let mut passed = String::new();
        while let Some(letter) = ahead.next_if(|next| allowed(*next)) {
            passed.push(letter);
        }
        passed
    };
    let gap = |letter: char| letter.is_whitespace() || letter == ',';
    let before = pass(gap);
    let name = pass(|letter| letter.is_ascii_uppercase() || letter == '_');
    let after = pass(gap);
    let complete =
        before.contains(',') && !name.is_empty() && after.contains(',') && ahead.next() == Some('"');
    if complete {
        *letters = ahead;
    }
    complete.then_some(name)
}

/// The rest of a text whose first quote is gone, as it is shown: a line that goes on is one line.
fn literal(letters: &mut std::iter::Peekable<std::str::Chars>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('\n') => while letters.next_if(|next| next.is_whitespace()).is_some() {},
                Some('n' | 'r' | 't') => text.push(' '),
                Some(other) => text.push(other),
                None => {}
            },
            '\n' => text.push(' '),
            other => text.push(other),
        }
    }
    text.trim().to_owned()
}
