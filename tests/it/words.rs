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

/// Words of ours that say nothing to a clerk, and the second word for a thing that has one. Names of parts of a file
/// stand behind 技术细节.
#[test]
fn no_jargon_and_one_word_for_one_thing() {
    const NEVER: [&str; 13] = [
        "后台程序",
        "构建指纹",
        "RuntimeError",
        "压缩包目录",
        "逐字节",
        "部件 ",
        "更正",
        "修正副本",
        "改正副本",
        "问题列表",
        "上报单位",
        "报告时期",
        "xl/",
    ];
    let page = page();
    let mut said = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("- ")) {
        let plain = line.split("技术细节").next().unwrap();
        said.extend(NEVER.iter().filter(|word| plain.contains(**word)).map(|word| format!("{word}：{line}")));
        // Alone it is a word of ours; a fingerprint is what a clerk compares.
        if plain.contains("SHA-256") && !plain.contains("指纹") {
            said.push(line.to_owned());
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(page.lines().count() > 800, "{}", page.lines().count());
}
