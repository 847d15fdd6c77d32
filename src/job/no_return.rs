//! Why a file is no return that can be consolidated or compared with: its true reason, the same in the page and on the
//! command line.

use crate::audit::{Audit, Code, Finding};
use crate::layout::Form;
use crate::rules::code;

/// The findings that say why, the first one first: what hinders the reading, then what hinders knowing whose it is.
const REASONS: [Code; 10] = [
    code::F001,
    code::F002,
    code::F003,
    code::F006,
    code::T001,
    code::T015,
    code::T006,
    code::P008,
    code::P007,
    code::T003,
];

/// One sentence with the code of its finding, such as “F001 文件设了打开密码……”. `audit` is `None` for what cannot be
/// read.
pub fn why_no_return(audit: Option<&Audit>, findings: &[Finding]) -> String {
    let form = audit.and_then(|audit| audit.table.as_ref().ok()).map(|table| table.form);
    match form {
        Some(Form::Breakdown) => return "这是分解表，不是进展情况表。".to_owned(),
        Some(Form::Summary) => return "这是汇总表，不是进展情况表。".to_owned(),
        _ => {}
    }
    let of = |code: &Code| findings.iter().find(|finding| finding.code == *code);
    match REASONS.iter().find_map(of) {
        Some(finding) => format!("{} {}", finding.code, finding.message),
        None => "不是能认出市和报告期的进展情况表。".to_owned(),
    }
}
