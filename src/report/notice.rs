//! Messages to paste: what a unit is to be told of its return.

use crate::audit::Tier;
use crate::breakdown::Breakdown;
use crate::consolidate::{Consolidation, KeptOut, Problem, Standing, Why};

/// A return goes back: whose it is where that is known, otherwise the name of the file, and the list that goes along.
pub fn sent_back(
    whose: Option<(&str, &str)>,
    file: &str,
    (errors, warnings): (usize, usize),
    attachment: &str,
) -> String {
    let what = match whose {
        Some((city, period)) => format!("{city}：贵单位报送的 {period}进展情况表"),
        None => format!("贵单位报送的“{file}”"),
    };
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(format!("错误 {errors} 处，请改正"));
    }
    if warnings > 0 {
        parts.push(format!("警示 {warnings} 处，请改正或说明"));
    }
    format!(
        "{what}经审核有{}。逐条问题和处理办法见附件“{attachment}”，改好后请重报，并将填好的附件一并发回。",
        parts.join("；")
    )
}

/// The name of the list that goes along: by whose it is where that is known, otherwise by the name of the file.
pub fn attachment(whose: Option<(&str, &str)>, file: &str) -> String {
    match whose {
        Some((city, period)) => format!("退回单-{city}-{period}.xlsx"),
        None => format!("退回单-{}.xlsx", file.rsplit_once('.').map_or(file, |(stem, _)| stem)),
    }
}

/// What each city that owes something is to be told, in the order of the cities.
pub fn owed(consolidation: &Consolidation, breakdown: &Breakdown) -> Vec<String> {
    let period = consolidation.period.chinese();
    let count = |problems: &[Problem], tier: Tier| {
        problems.iter().filter(|problem| problem.tier == tier && problem.is_open()).count()
    };
    let back = |file: &str, city: &str, problems: &[Problem]| {
        let counts = (count(problems, Tier::Error), count(problems, Tier::Warning));
        let whose = Some((city, period.as_str()));
        sent_back(whose, file, counts, &attachment(whose, file))
    };
    consolidation
        .standings()
        .into_iter()
        .filter(|(id, _)| consolidation.choice.takes_city(*id))
        .filter_map(|(id, standing)| {
            let city = breakdown.city(id);
            let own = |out: &&KeptOut| out.city == id && out.period == consolidation.period;
            match standing {
                Standing::Settled | Standing::Resubmitted => None,
                Standing::Missing => Some(format!("{city}：尚未收到贵单位 {period}进展情况表，请尽快报送。")),
                Standing::SentBack => consolidation
                    .kept_out
                    .iter()
                    .filter(own)
                    .find(|out| matches!(out.why, Why::OpenErrors { .. }))
                    .map(|out| back(&out.file, city, &out.problems)),
                Standing::Disputed => Some(format!(
                    "{city}：贵单位 {period}进展情况表报送了几份，数字不同，请确认以哪一份为准。"
                )),
                Standing::Unexplained => {
                    let used = consolidation.used.iter().find(|used| used.city == id)?;
                    if used.open_problems().next().is_none() {
                        let what = "有数字没有算好或写法待确认，没有计入汇总，请改正后重报";
                        return Some(format!("{city}：贵单位 {period}进展情况表中{what}。"));
                    }
                    Some(back(&used.file, city, &used.problems))
                }
            }
        })
        .collect()
}
