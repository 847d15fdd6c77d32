//! 空白表: one form, or those of all cities and periods in one go.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use indicator_companion::breakdown::{Breakdown, CityId};
use indicator_companion::layout::cities_in;
use indicator_companion::model::Period;
use indicator_companion::reading::Limits;
use indicator_companion::report::{bundle, template};

use super::consolidate::Asked;
use super::files::{Force, Writer};
use super::{OtherBreakdown, Outcome, Trouble, Troubles, ends_in, reports_in, say};

/// What `companion template` is asked.
#[derive(Args)]
pub struct Template {
    /// 市，如 成都市；几市用逗号隔开，全部写 all（Cities, comma separated, or all）
    #[arg(long, required_unless_present = "breakdown_form", value_delimiter = ',')]
    pub city: Vec<String>,
    /// 报告期，如 2019-12；几期用逗号隔开，全部写 all（Periods, comma separated, or all of the plan）
    #[arg(long, required_unless_present = "breakdown_form", value_delimiter = ',')]
    #[arg(value_parser = super::consolidate::asked)]
    pub period: Vec<Asked>,
    /// 生成空白分解表，各市一列，不用写市和报告期（The blank breakdown form instead, with a column for each city）
    #[arg(long, conflicts_with_all = ["city", "period", "previous"])]
    pub breakdown_form: bool,
    /// 输出：一份表写 .xlsx；多份写文件夹或 .zip（Output: one .xlsx; a folder or a .zip for several）
    #[arg(long)]
    pub out: PathBuf,
    /// 上期的进展情况表或汇总表，累计数填进“上期累计完成”（Last period's returns, for the column 上期累计完成）
    #[arg(long, num_args = 1..)]
    pub previous: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub breakdown: OtherBreakdown,
}

pub fn run(asked: &Template, limits: &Limits) -> Outcome {
    let breakdown = Arc::new(asked.breakdown.read(limits)?);
    if asked.breakdown_form {
        return breakdown_form(asked, &breakdown);
    }
    let cities = cities(&asked.city, &breakdown)?;
    let periods = periods(&asked.period, &breakdown)?;
    let single = cities.len() == 1 && periods.len() == 1;
    let is = |extension: &str| asked.out.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension));
    if !single && is("xlsx") {
        return Err(Trouble::ManyForms(cities.len() * periods.len()));
    }
    let mut troubles = Troubles::default();
    let desk = reports_in(&asked.previous, Arc::clone(&breakdown), limits, &mut troubles);
    let forms = template::forms(&breakdown, &cities, &periods, &desk.earlier)?;
    let mut writer = Writer::new(
        asked.previous.iter().chain(&asked.breakdown.breakdown).map(PathBuf::as_path),
        asked.force,
    );
    let count = forms.len();
    if is("zip") {
        writer.store(&asked.out, &bundle::zip(&forms)?)?;
        say(&format!("已生成 {count} 份空白进展情况表：{}", asked.out.display()));
    } else if single && asked.out.extension().is_some() {
        ends_in(&asked.out, "xlsx")?;
        for (name, bytes) in &forms {
            writer.store(&asked.out, bytes)?;
            let stem = name.trim_end_matches(".xlsx");
            say(&format!("已生成 {stem}的空白进展情况表：{}", asked.out.display()));
        }
    } else {
        into_folder(&asked.out, &forms, &mut writer)?;
        say(&format!("已生成 {count} 份空白进展情况表，存放在 {}", asked.out.display()));
    }
    troubles.outcome(true)
}

fn breakdown_form(asked: &Template, breakdown: &Breakdown) -> Outcome {
    ends_in(&asked.out, "xlsx")?;
    let read = asked.breakdown.breakdown.iter().map(PathBuf::as_path);
    Writer::new(read, asked.force).store(&asked.out, &template::write_breakdown(breakdown)?)?;
    say(&format!("已生成空白分解表：{}", asked.out.display()));
    Ok(true)
}

/// Nothing is written where one of them may not be.
fn into_folder(folder: &Path, forms: &[(String, Vec<u8>)], writer: &mut Writer) -> Result<(), Trouble> {
    let places: Vec<PathBuf> = forms.iter().map(|(name, _)| writer.place(folder, name)).collect();
    places.iter().try_for_each(|place| writer.may(place))?;
    for (place, (_, bytes)) in places.iter().zip(forms) {
        writer.store(place, bytes)?;
    }
    Ok(())
}

/// As people call them: 成都, 成都市, all.
fn cities(asked: &[String], breakdown: &Breakdown) -> Result<Vec<CityId>, Trouble> {
    let mut found: Vec<CityId> = Vec::new();
    for name in asked {
        let meant = match name.as_str() {
            "all" | "全部" => breakdown.city_ids().collect(),
            name => cities_in(name, breakdown),
        };
        if meant.is_empty() {
            return Err(Trouble::NoCity(name.clone(), breakdown.cities.join("、")));
        }
        found.extend(meant);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Within the plan, where the breakdown belongs to one.
fn periods(asked: &[Asked], breakdown: &Breakdown) -> Result<Vec<Period>, Trouble> {
    let plan: Vec<Period> = template::periods(breakdown).collect();
    let mut found: Vec<Period> = Vec::new();
    for one in asked {
        match one {
            Asked::All if plan.is_empty() => return Err(Trouble::NoPlan),
            Asked::All => found.extend(&plan),
            Asked::One(period) if plan.is_empty() || plan.contains(period) => found.push(*period),
            Asked::One(period) => {
                let of = |period: Option<&Period>| period.map(|period| period.chinese()).unwrap_or_default();
                return Err(Trouble::OutsideThePlan(period.chinese(), of(plan.first()), of(plan.last())));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
