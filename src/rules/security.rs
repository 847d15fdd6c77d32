//! Family S: what hides in a workbook.

use super::rule;
use crate::audit::Draft;
use crate::model::Visibility;

rule! {
    /// ## 审核内容
    /// 是否有深度隐藏的工作表（在菜单里也取消不了隐藏）。
    /// ## 为什么
    /// 报送的文件里可能带着不想公开的底稿。
    /// ## 示例
    /// 用宏或开发工具设为“深度隐藏”的底稿表。
    /// ## 怎么改
    /// 不影响审核；报送前请确认其中没有不宜外传的内容。
    S002, Notice, "有深度隐藏的工作表", Each(|context| {
        let names: Vec<&str> = context.input.workbook.sheets.iter().filter(|sheet| sheet.visibility == Visibility::VeryHidden).map(|sheet| sheet.name.as_str()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        vec![Draft::on_file(format!("工作表“{}”是深度隐藏的。报送前请确认其中没有不宜外传的内容。", names.join("”“"))).found(names.join("，"))]
    })
}
