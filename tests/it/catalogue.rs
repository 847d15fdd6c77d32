//! The page of the catalogue is what the rules' doc comments say.

#[path = "../../xtask/src/samples.rs"]
mod samples;

use indicator_companion::report::catalogue;
use indicator_companion::rules::{RETIRED, RULES, by_code, sample};

#[test]
fn the_page_of_rules_follows_their_doc_comments() {
    let page = std::fs::read_to_string("docs/rules.md").unwrap().replace("\r\n", "\n");
    assert!(
        page.trim_end() == catalogue::markdown(RULES).trim_end(),
        "docs/rules.md is not what the rules say: cargo xtask docs"
    );
}

/// The cases hold that each is found and what it should have been.
#[test]
fn the_slips_shown_beside_the_rules_are_those_of_their_cases() {
    let page = samples::page(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let written = std::fs::read_to_string("src/rules/samples.txt").unwrap().replace("\r\n", "\n");
    assert!(written == page, "src/rules/samples.txt is not what the cases say: cargo xtask docs");
    let shown: Vec<(&str, &str)> = RULES.iter().filter_map(|rule| sample(rule.code)).collect();
    assert!(shown.len() == page.lines().count() && shown.len() > 20, "{shown:?}");
    assert!(shown.contains(&("６００", "600")) && shown.iter().all(|(written, meant)| written != meant));
    assert!(page.len() < 8_000, "{}", page.len());
}

#[test]
fn every_rule_has_its_line_and_its_help() {
    let page = catalogue::markdown(RULES);
    for rule in RULES {
        assert_eq!(page.matches(&format!("\n### {}\n", rule.code)).count(), 1, "{}", rule.code);
        assert!(page.contains(&format!("| [{}](#", rule.code)), "{}", rule.code);
    }
}

#[test]
fn no_rule_has_a_code_that_is_retired_and_none_is_skipped() {
    for retired in RETIRED {
        assert!(by_code(retired).is_none(), "{retired} is retired");
        assert!(
            !std::path::Path::new(&format!("fixtures/rules/{retired}.md")).exists(),
            "{retired} has cases"
        );
    }
    for rule in RULES {
        let (family, number) = rule.code.0.split_at(1);
        for before in 1..number.parse::<u32>().unwrap() {
            let code = format!("{family}{before:03}");
            assert!(
                by_code(&code).is_some() || RETIRED.contains(&code.as_str()),
                "{code} is neither a rule nor retired"
            );
        }
    }
}

/// What `cargo xtask new-rule` leaves to be written.
#[test]
fn every_rule_is_written() {
    for rule in RULES {
        assert!(!rule.title.contains("待写") && !rule.help.contains("待写"), "{} is a skeleton", rule.code);
    }
}

/// The core names a rule by its constant; the page, which has none of them, names a code in quotes: it is that of a
/// rule.
#[test]
fn every_code_that_is_named_is_a_rule() {
    let mut named = 0;
    for path in sources("src".as_ref()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let own = path.ends_with("rules/mod.rs");
        assert!(own || !text.contains("Code(\""), "{}: code::Q011, not a string", path.display());
        for code in
            text.split('"').filter(|quoted| is_code(quoted)).filter(|code| !(own && RETIRED.contains(code)))
        {
            assert!(by_code(code).is_some(), "{}: {code} is no rule", path.display());
            named += 1;
        }
    }
    assert!(named > 5, "{named} codes in quotes");
    for rule in RULES {
        for word in rule.help.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_code(word)) {
            assert!(by_code(word).is_some(), "{}: the help names {word}", rule.code);
        }
    }
}

/// A letter of a family and three digits.
fn is_code(word: &str) -> bool {
    let family = |letter: &str| RULES.iter().any(|rule| rule.code.0.starts_with(letter));
    word.len() == 4
        && word.get(1..).is_some_and(|digits| digits.bytes().all(|c| c.is_ascii_digit()))
        && word.get(..1).is_some_and(family)
}

fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
