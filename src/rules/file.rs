//! Family F: the file itself.

use super::rule;
use crate::audit::{Context, Draft};
use crate::layout::FORM_SHEET;
use crate::model::{CellRef, Range, ReadRemark, Unreadable};

rule! {
    /// ## 审核内容
    /// 文件是否设了打开密码。
    /// ## 为什么
    /// 加密的文件读不出内容，本工具不猜密码；只有软件打开时不询问的默认密码例外，照样读取。
    /// ## 示例
    /// 在 WPS 中“文件 → 文档加密”过的工作簿或文档。
    /// ## 怎么改
    /// 用 WPS 或 Office 打开，另存为不带密码的副本，再拖入。
    F001, Error, "文件设了打开密码", Unreadable(f001)
}

fn f001(reason: &Unreadable) -> Option<Draft> {
    matches!(reason, Unreadable::Password).then(|| {
        Draft::on_file("文件设了打开密码，本工具不解密。请在 WPS 或 Office 中另存为不带密码的副本再拖入。")
    })
}

rule! {
    /// ## 审核内容
    /// 文件是否完整，能否从头到尾读出来。
    /// ## 为什么
    /// 传输中断或存盘出错的文件只能读出一部分，据此审核会误判。
    /// ## 示例
    /// 只下载了一半的 .xlsx。
    /// ## 怎么改
    /// 请向发文件的人重新索取，或用 WPS、Excel 打开并另存后再拖入。
    F002, Error, "文件损坏或不完整", Unreadable(f002)
}

fn f002(reason: &Unreadable) -> Option<Draft> {
    let Unreadable::Damaged { part, detail } = reason else { return None };
    let message = format!(
        "文件已损坏或不完整。请重新索取，或用 WPS、Excel 打开并另存后再拖入（技术细节：{part}，{detail}）。"
    );
    Some(Draft::on_file(message).found(part.clone()))
}

rule! {
    /// ## 审核内容
    /// 拖入的文件里有没有本工具能读的表格。
    /// ## 为什么
    /// 本工具按单元格审核，图片、压缩包和没有表格的文档里没有单元格；旧格式的文档读不出来。
    /// ## 示例
    /// 把扫描件 PDF 或旧格式的“分解表.doc”当作报表拖入。
    /// ## 怎么改
    /// 请找到原来的电子表格或 .docx；.doc、.wps 请在 Word 或 WPS 中另存为 .docx 再拖入。
    F003, Error, "不是电子表格", Unreadable(f003)
}

fn f003(reason: &Unreadable) -> Option<Draft> {
    let Unreadable::NotSpreadsheet { kind } = reason else { return None };
    let message =
        format!("这不是电子表格，而是{kind}。请拖入 .xlsx、.xls、.ods、.csv 或带表格的 .docx 文件。");
    Some(Draft::on_file(message).found(kind.clone()))
}

rule! {
    /// ## 审核内容
    /// 工作簿带有宏。
    /// ## 为什么
    /// 宏会原样保留，本工具从不运行它。
    /// ## 示例
    /// .xlsm 文件。
    /// ## 怎么改
    /// 不用改。
    F004, Notice, "带有宏", File(f004)
}

fn f004(context: &Context<'_>) -> Vec<Draft> {
    remarks(context, |remark| {
        matches!(remark, ReadRemark::Macros)
            .then(|| Draft::on_file("工作簿带有宏。宏原样保留，本工具不运行宏。"))
    })
}

rule! {
    /// ## 审核内容
    /// 单元格的公式是否引用了别的工作簿。
    /// ## 为什么
    /// 别的工作簿不在手边时，显示的可能是旧数。
    /// ## 示例
    /// ='[底稿.xlsx]Sheet1'!B5
    /// ## 怎么改
    /// 请核对显示的数，并粘贴为数值后再报。
    F005, Warning, "引用了别的工作簿", File(f005)
}

fn f005(context: &Context<'_>) -> Vec<Draft> {
    let draft = |(sheet, at): &(usize, CellRef)| {
        let cell = context.input.workbook.sheets.get(*sheet).and_then(|sheet| sheet.grid.get(*at));
        let formula = cell.and_then(|cell| cell.formula.as_deref());
        let message = format!("{at} 的数取自别的工作簿，可能不是最新。请核对后粘贴为数值。");
        Draft::at(*sheet, Range::cell(*at), message)
            .found(formula.map_or_else(String::new, |formula| format!("={formula}")))
    };
    let linked = context.input.workbook.remarks.iter().filter_map(|remark| match remark {
        ReadRemark::ExternalLinks { cells } => Some(cells),
        _ => None,
    });
    linked.flatten().map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 文件是否超出读取上限：解压后的大小、压缩倍数、里面的文件数、单元格数。
    /// ## 为什么
    /// 极小的文件可以解压出极大的内容，会耗尽内存；正常报表远在上限之内。
    /// ## 示例
    /// 只有几 KB、却声明有一百万行一万六千列的工作簿。
    /// ## 怎么改
    /// 请把报表所在的工作表单独另存为一个新文件再拖入。
    F006, Error, "超出读取上限", Unreadable(f006)
}

fn f006(reason: &Unreadable) -> Option<Draft> {
    let Unreadable::TooLarge { what, limit } = reason else { return None };
    let message =
        format!("文件超出读取上限：{what}（上限 {limit}）。请把报表所在的工作表单独另存为新文件再拖入。");
    Some(Draft::on_file(message).found(what.clone()))
}

rule! {
    /// ## 审核内容
    /// 工作簿或工作表设了保护，或用软件内置的默认密码加了密。
    /// ## 为什么
    /// 保护会原样保留；校正写在文件里，打开后仍受保护。默认密码各软件都知道，打开时不问，不起保密作用；
    /// 副本不再用它加密。
    /// ## 示例
    /// 设了“保护工作表”的模板。
    /// ## 怎么改
    /// 不用改。
    F007, Notice, "设有保护", File(f007)
}

fn f007(context: &Context<'_>) -> Vec<Draft> {
    // The form that we made is protected by us, and its unit need not be told.
    let is_own_form = context.input.workbook.sheets.iter().any(|sheet| sheet.name == FORM_SHEET);
    remarks(context, |remark| {
        Some(Draft::on_file(match remark {
            ReadRemark::Protected { .. } if is_own_form => return None,
            ReadRemark::Protected { .. } => "工作簿或工作表设有保护，校正后原样保留。",
            ReadRemark::DefaultPassword => {
                "文件用软件内置的默认密码加密，打开时不询问密码，已经读取。校正后的副本不再加密。"
            }
            _ => return None,
        }))
    })
}

rule! {
    /// ## 审核内容
    /// 文件带有数字签名。
    /// ## 为什么
    /// 改动任何一个单元格都会使签名失效。
    /// ## 示例
    /// 单位用电子签章软件签过的工作簿。
    /// ## 怎么改
    /// 如需校正，请在校正后重新签名。
    F008, Warning, "带有数字签名", File(f008)
}

fn f008(context: &Context<'_>) -> Vec<Draft> {
    remarks(context, |remark| {
        matches!(remark, ReadRemark::Signed)
            .then(|| Draft::on_file("文件带有数字签名，校正后签名失效，请重新签名。"))
    })
}

rule! {
    /// ## 审核内容
    /// 文件内容与扩展名是否一致。
    /// ## 为什么
    /// 不少系统把网页或文本存成 .xls，打开时软件会提示格式不符。
    /// ## 示例
    /// 从业务系统导出的“.xls”，其实是网页。
    /// ## 怎么改
    /// 不影响审核；建议另存为 .xlsx 再报。
    F009, Notice, "内容与扩展名不符", File(f009)
}

fn f009(context: &Context<'_>) -> Vec<Draft> {
    remarks(context, |remark| {
        let ReadRemark::OtherThanExtension { extension, format } = remark else { return None };
        let format = format.name();
        let message = format!(
            "文件名写的是 .{extension}，内容其实是 {format} 格式，已按内容读取。建议另存为 .xlsx 再报。"
        );
        Some(Draft::on_file(message).found(extension.clone()))
    })
}

rule! {
    /// ## 审核内容
    /// 文本文件按什么编码、什么分隔符读取。
    /// ## 为什么
    /// 文本文件不写明编码，若认错会出现乱码。
    /// ## 示例
    /// 用 GB18030 编码、逗号分隔的 .csv。
    /// ## 怎么改
    /// 若表中出现乱码，请另存为 .xlsx 再拖入。
    F010, Notice, "文本文件的编码与分隔符", File(f010)
}

fn f010(context: &Context<'_>) -> Vec<Draft> {
    let undivided = is_undivided(context);
    remarks(context, |remark| {
        let ReadRemark::TextAssumed { encoding, separator } = remark else { return None };
        if undivided {
            let message = format!(
                "按 {encoding} 编码读取，没有认出分隔符，每行读作一格。请用逗号或制表符分隔，或另存为 .xlsx 再拖入。"
            );
            return Some(Draft::on_file(message).found(format!("{encoding} 没有分隔符")));
        }
        let name = separator_name(*separator);
        let message = format!("按 {encoding} 编码、{name}分隔读取。若有乱码，请另存为 .xlsx 再拖入。");
        Some(Draft::on_file(message).found(format!("{encoding} {name}")))
    })
}

rule! {
    /// ## 审核内容
    /// Word 文档里有没有未接受的修订。
    /// ## 为什么
    /// 修订中的数有新旧两个，接受与否由填报单位决定；本工具按全部接受以后的文字审核。
    /// ## 示例
    /// 在修订状态下把 600 改成 800 的进展情况表。
    /// ## 怎么改
    /// 请在 Word 或 WPS 的“审阅”中逐处接受或拒绝修订，存盘后再报。
    F011, Notice, "有未接受的修订", File(f011)
}

fn f011(context: &Context<'_>) -> Vec<Draft> {
    remarks(context, |remark| {
        let ReadRemark::TrackedChanges { count } = remark else { return None };
        let message =
            format!("文档有 {count} 处修订未接受，已按全部接受后的内容审核。请接受或拒绝修订后再报。");
        Some(Draft::on_file(message).found(format!("{count} 处修订")))
    })
}

rule! {
    /// ## 审核内容
    /// Word 文档的脚注、尾注和页脚里有没有文字，页眉和页脚里有没有表格。
    /// ## 为什么
    /// 本工具审核正文里的表格；页眉只用来认填报单位和报告期。对数字的说明写在脚注里，不会随数字汇总。
    /// ## 示例
    /// 数字旁有脚注“其中 20 项在建”。
    /// ## 怎么改
    /// 请看一遍这些文字；是对数字的说明的，写进表里的“备注”。
    F012, Notice, "脚注、页脚里的文字没有审核", File(f012)
}

fn f012(context: &Context<'_>) -> Vec<Draft> {
    let said: Vec<String> = context
        .input
        .workbook
        .remarks
        .iter()
        .filter_map(|remark| match remark {
            ReadRemark::Unaudited { place, text } => Some(format!("{place}“{text}”")),
            _ => None,
        })
        .collect();
    if said.is_empty() {
        return Vec::new();
    }
    let said = said.join("、");
    let message = format!("{said}不在正文的表格里，没有审核。是对数字的说明的，请写进“备注”。");
    vec![Draft::on_file(message).found(said)]
}

fn separator_name(separator: char) -> String {
    match separator {
        '\t' => "制表符".to_owned(),
        ',' => "逗号".to_owned(),
        ';' => "分号".to_owned(),
        ' ' => "空格".to_owned(),
        '|' => "竖线".to_owned(),
        other => format!("“{other}”"),
    }
}

/// Whether no record of a separated text has more than one field.
fn is_undivided(context: &Context<'_>) -> bool {
    context
        .input
        .workbook
        .sheets
        .iter()
        .all(|sheet| sheet.field_counts.iter().all(|count| *count <= 1) && sheet.field_counts.len() > 1)
}

fn remarks(context: &Context<'_>, speak: impl Fn(&ReadRemark) -> Option<Draft>) -> Vec<Draft> {
    context.input.workbook.remarks.iter().filter_map(speak).collect()
}
