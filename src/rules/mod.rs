//! The catalogue: one visible slice of rules, one file a family.
//!
//! A rule is its doc comment, which is the product's help, one line of registration, and below it a function of its
//! code's name that looks at the [`crate::audit::Context`] and hands back drafts. It reads no file, writes nothing, and
//! knows of another rule only the [`code`]. `cargo xtask new-rule` writes the skeleton of one.

mod accident;
mod applicability;
mod balance;
mod consolidation;
mod file;
mod label;
mod progress;
mod quantity;
mod rate;
mod security;
mod structure;

use crate::audit::{Code, Rule};
use crate::layout::Table;
use crate::model::{CellRef, Range};

/// A rule as a static of its code's name; the doc comment becomes its help. Only names of functions stand in it, for
/// what stands in a macro is neither formatted nor has a name.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $code:ident, $tier:ident, $title:literal, $kind:ident $(($($check:ident),+))?) => {
        $(#[doc = $doc])+
        pub static $code: crate::audit::Rule = crate::audit::Rule {
            code: crate::audit::Code(stringify!($code)),
            tier: crate::audit::Tier::$tier,
            title: $title,
            help: concat!($($doc, "\n"),+),
            check: crate::audit::Check::$kind $(($($check),+))?,
        };
    };
}
use rule;

/// [`RULES`], and in [`code`] a constant a rule, in [`named`] the rule itself: a code that is no rule's does not
/// compile.
macro_rules! catalogue {
    ($($family:ident::$code:ident,)+) => {
        /// Every rule, in the order of the catalogue.
        pub static RULES: &[&Rule] = &[$(&$family::$code),+];

        /// How a rule is named, by another one whose finding it explains and by whoever asks for its findings.
        pub mod code {
            $(pub const $code: crate::audit::Code = super::$family::$code.code;)+
        }

        /// The rules by name, for the consolidation, which speaks for those of family C.
        pub mod named {
            $(pub use super::$family::$code;)+
        }
    };
}

catalogue! {
    file::F001,
    file::F002,
    file::F003,
    file::F004,
    file::F005,
    file::F006,
    file::F007,
    file::F008,
    file::F009,
    file::F010,
    file::F011,
    file::F012,
    structure::T001,
    structure::T002,
    structure::T003,
    structure::T004,
    accident::T005,
    structure::T006,
    structure::T007,
    structure::T008,
    structure::T009,
    structure::T010,
    structure::T011,
    structure::T012,
    accident::T013,
    structure::T014,
    structure::T015,
    structure::T016,
    structure::T017,
    accident::T018,
    accident::T019,
    accident::T020,
    structure::T021,
    accident::T022,
    label::L001,
    label::L002,
    label::L003,
    label::L004,
    label::L005,
    quantity::Q001,
    quantity::Q002,
    quantity::Q003,
    quantity::Q004,
    quantity::Q005,
    quantity::Q006,
    quantity::Q008,
    quantity::Q010,
    quantity::Q011,
    quantity::Q012,
    quantity::Q013,
    quantity::Q014,
    quantity::Q015,
    quantity::Q016,
    quantity::Q018,
    quantity::Q019,
    quantity::Q020,
    applicability::N001,
    applicability::N002,
    applicability::N003,
    applicability::N004,
    balance::B001,
    balance::B002,
    balance::B003,
    balance::B004,
    balance::B006,
    progress::P001,
    progress::P002,
    progress::P003,
    rate::P004,
    progress::P005,
    progress::P006,
    progress::P007,
    progress::P008,
    progress::P009,
    progress::P010,
    progress::P011,
    progress::P012,
    consolidation::C001,
    consolidation::C002,
    consolidation::C003,
    consolidation::C004,
    consolidation::C005,
    consolidation::C006,
    consolidation::C007,
    consolidation::C008,
    consolidation::C009,
    security::S001,
    security::S002,
}

/// Codes that stand for no rule any more and are not given again, so that an old list of findings never means a new
/// one.
pub const RETIRED: [&str; 4] = ["B005", "Q007", "Q009", "Q017"];

/// Where official figures come from.
const ANNEX: &str = "实施方案附件《建设指标分解表》";
/// Where a fix comes from that only writes the same number otherwise.
const SAME_NUMBER: &str = "原数不变，只改写法";
/// Where a fix comes from that turns 0.2万 into 2000.
const OF_MAGNITUDE: &str = "按数量级换算，由填报单位确认";

/// 成都市、绵阳市.
fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join("、")
}

/// The header over the whole width of a table.
fn header_range(table: &Table) -> Range {
    let row = table.columns.first().map_or(table.range.start.row, |column| column.header.row);
    Range::new(CellRef::new(row, table.range.start.column), CellRef::new(row, table.range.end.column))
}

/// A small real slip that the rule finds: what was filled in and what it should have been. From the rules' cases;
/// not every rule speaks of one cell.
pub fn sample(code: Code) -> Option<(&'static str, &'static str)> {
    let mut lines = include_str!("samples.txt").lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(of, _)| *of == code.0)?.1.split_once('\t')
}

/// The rule of a code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.0.eq_ignore_ascii_case(code)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_help() {
        for rule in RULES {
            for heading in ["审核内容", "为什么", "示例", "怎么改"] {
                assert!(!rule.section(heading).is_empty(), "{} lacks {heading}", rule.code);
            }
        }
        assert!(RULES.windows(2).all(|pair| pair[0].code.0 != pair[1].code.0));
    }
}
