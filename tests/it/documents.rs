//! The handbooks name only what is there: buttons, commands, options, files.

use std::collections::BTreeSet;

use crate::cli::{companion, out};

const HANDBOOKS: [&str; 2] = ["docs/handbook.md", "docs/administrator.md"];
/// Quoted, but not ours: what browsers and Windows call their own.
const OTHERS: [&str; 6] = ["极速模式", "兼容模式", "下载", "属性", "解除锁定", "页眉和页脚"];

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

fn between(text: &str, open: char, close: char) -> Vec<&str> {
    text.split(open).skip(1).filter_map(|rest| rest.split(close).next()).collect()
}

#[test]
fn every_word_that_the_handbooks_quote_is_on_the_page() {
    // A button's word stands alone in its string, or in the page as it is before any script runs.
    let page = read("src/app/text.rs");
    let bare_page = read("www/index.html");
    let mut quoted = BTreeSet::new();
    for name in HANDBOOKS {
        let text = read(name);
        quoted.extend(between(&text, '“', '”').into_iter().map(str::to_owned));
    }
    assert!(quoted.len() > 30, "{quoted:?}");
    for quote in &quoted {
        let ours = page.contains(&format!("\"{quote}\"")) || bare_page.contains(&format!(">{quote}…<"));
        assert!(ours || OTHERS.contains(&quote.as_str()), "“{quote}” is nowhere on the page");
    }
}

#[test]
fn every_command_and_option_of_the_handbooks_is_there() {
    let mut seen = 0;
    for name in HANDBOOKS {
        let text = read(name);
        for line in text.lines().filter(|line| line.starts_with("companion ")) {
            let words: Vec<&str> = line.split('#').next().unwrap().split_whitespace().collect();
            let help = companion(&[words[1], "--help"]);
            assert!(help.status.success(), "{line}");
            let known = out(&help);
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    known.contains(&format!("{option} ")) || known.contains(&format!("{option}\n")),
                    "{line}: {option}"
                );
            }
            seen += 1;
        }
        let tasks = read("xtask/src/main.rs");
        for task in text.split("cargo xtask ").skip(1).filter_map(|rest| rest.split([' ', '`', '\n']).next())
        {
            assert!(tasks.contains(&format!("[\"{task}\"")), "{name}: cargo xtask {task}");
            seen += 1;
        }
        // Pictures and the other pages.
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let place = target.split('#').next().unwrap();
            assert!(
                place.starts_with("https://") || std::path::Path::new("docs").join(place).exists(),
                "{name}: {target}"
            );
        }
    }
    assert!(seen >= 8, "{seen}");
}
