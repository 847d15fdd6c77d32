//! Captions that say plainly what a column holds: the words that every official table and every return may use. What a
//! return writes besides, `layout` knows.

/// What a column of the official table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficialColumn {
    /// 序号.
    Number,
    /// The indicator.
    Label,
    /// The indicator's total.
    Total,
    /// How the cities' targets relate to the total.
    Relation,
    Unit,
    /// Other official wordings of the label.
    Aliases,
    /// A city's targets; told by its name or by what stands below it, by no list.
    City,
}

/// The column that a caption names; `caption` without white space, punctuation and remarks in brackets.
pub fn official_column(caption: &str) -> Option<OfficialColumn> {
    match caption {
        "序号" | "编号" | "指标序号" => Some(OfficialColumn::Number),
        "指标内容" | "指标名称" | "指标" | "建设指标" | "考核指标" | "主要指标" | "任务指标" => {
            Some(OfficialColumn::Label)
        }
        "总量" | "合计" | "总计" | "总数" | "全区合计" | "目标总量" => {
            Some(OfficialColumn::Total)
        }
        "关系" => Some(OfficialColumn::Relation),
        "单位" | "计量单位" => Some(OfficialColumn::Unit),
        "正文别名" | "别名" => Some(OfficialColumn::Aliases),
        _ => None,
    }
}
