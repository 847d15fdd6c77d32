//! The page of the catalogue is what the rules' doc comments say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

use indicator_companion::report::catalogue;
use indicator_companion::rules::RULES;

#[test]
fn the_page_of_rules_follows_their_doc_comments() {
    let page = std::fs::read_to_string("docs/rules.md").unwrap().replace("\r\n", "\n");
    assert!(page.trim_end() == catalogue::markdown(RULES).trim_end(), "docs/rules.md is not what the rules say: cargo xtask docs");
}

#[test]
fn every_rule_has_its_line_and_its_help() {
    let page = catalogue::markdown(RULES);
    for rule in RULES {
        assert_eq!(page.matches(&format!("\n### {}\n", rule.code)).count(), 1, "{}", rule.code);
        assert!(page.contains(&format!("| [{}](#", rule.code)), "{}", rule.code);
    }
}
