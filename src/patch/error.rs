//! Why a workbook could not be patched, in words a reporting unit can act on.

use crate::model::CellRef;

/// Nothing was changed. Each message says what to do instead.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    #[error("文件的压缩结构有误，改不了。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次")]
    Package(#[source] zip::result::ZipError),
    #[error(
        "文件里有重名的内容，改哪一个说不准。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{0}）"
    )]
    DuplicateEntry(String),
    #[error("文件里有加密的内容，改不了。请在 WPS 或 Excel 里取消密码，另存后再试一次（技术细节：{part}）")]
    Encrypted { part: String },
    #[error("文件太大：有一项内容解压后超过 {limit_mib} MB。请删去无关的工作表后再试（技术细节：{part}）")]
    TooLarge { part: String, limit_mib: u64 },
    #[error("工作表太大：单元格超过 {limit} 万个。请删去无关的行列后再试")]
    TooManyCells {
        /// In ten thousands, as it is said in Chinese.
        limit: usize,
    },
    #[error("文件缺了一部分，结构不完整。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{0}）")]
    MissingPart(String),
    #[error(
        "文件里有一处内容有误，改不了。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{part}，{detail}）"
    )]
    DamagedPart { part: String, detail: &'static str },
    #[error(
        "文件里有一处不合规范，改不了。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{part}，XML）"
    )]
    Xml {
        part: String,
        #[source]
        source: quick_xml::Error,
    },
    #[error(
        "文件里有不安全的声明，没有修改。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{part}，DOCTYPE）"
    )]
    DocumentType { part: String },
    #[error(
        "文件里有一处文字编码不合规范，改不了。请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次（技术细节：{part}）"
    )]
    Encoding { part: String },
    #[error("找不到第 {0} 个工作表，请重新拖入这个文件")]
    NoSheet(usize),
    #[error("“{0}”不是普通工作表，改不了，请在 WPS 或 Excel 里修改")]
    NotWorksheet(String),
    #[error("工作表“{sheet}”的单元格 {cell} 改不了：{reason}")]
    Cell { sheet: String, cell: CellRef, reason: Refusal },
    #[error(
        "工作表“{sheet}”第 {} 行前不能自动插入一行：{reason}。请在 WPS 或 Excel 里插入这一行，再重新拖入",
        row.saturating_add(1)
    )]
    InsertRow { sheet: String, row: u32, reason: Obstacle },
}

/// Why one cell cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("它被合并单元格 {0} 盖住，请改合并区域左上角的单元格")]
    CoveredByMerge(crate::model::Range),
    #[error("它属于数组公式 {0}，请在 WPS 或 Excel 里修改")]
    ArrayFormula(crate::model::Range),
    #[error("它属于模拟运算表 {0}，请在 WPS 或 Excel 里修改")]
    DataTable(crate::model::Range),
    #[error("它是表格 {0} 的标题或汇总行，请在 WPS 或 Excel 里修改")]
    TableHeader(String),
    #[error("它是数据透视表 {0} 的输出，请改透视表的数据源")]
    PivotOutput(String),
    #[error("同一地址在文件里出现了两次，请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次")]
    Duplicate,
    #[error("这张表的行列次序有误，请用 WPS 或 Excel 打开后另存为 .xlsx，再试一次")]
    Disorder,
    #[error("别的单元格共用它的公式，拆不开，请在 WPS 或 Excel 里修改")]
    SharedFormula,
    #[error("文字超过 32767 个字符，单元格放不下，请缩短")]
    TooLong,
    #[error("地址超出了工作表的范围，请核对地址")]
    OutOfSheet,
}

/// Why a row cannot be inserted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    #[error("下方有表格 {0}")]
    Table(String),
    #[error("下方有图形、图片或图表")]
    Drawing,
    #[error("下方有批注")]
    Comment,
    #[error("表里有控件或嵌入对象")]
    Control,
    #[error("下方有数据透视表，或透视表取数于此")]
    Pivot,
    #[error("下方有数组公式或模拟运算表")]
    ArrayFormula,
    #[error("有跨多张表的三维引用")]
    CrossSheetReference,
    #[error("表里有方案、XML 映射等不便移动的内容")]
    Unmovable,
    #[error("共享公式 {0} 拆不开")]
    SharedFormula(CellRef),
    #[error("行的次序有误，或有重复的行")]
    Disorder,
    #[error("最后一行已有内容，再移就超出了工作表")]
    Full,
    #[error("新行的 {0} 落在合并单元格里")]
    CoveredByMerge(CellRef),
    #[error("新行的 {0} 文字过长或地址越界")]
    BadCell(CellRef),
}
