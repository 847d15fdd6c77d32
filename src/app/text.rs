//! Every word the page shows, apart from what the engine says of a finding.

use super::board::{Entry, Fate};
use super::file::Leftover;
use super::findings::Outcome;
use super::geometry::{address, letters};
use super::rail::Order;
use super::state::{Asked, Find, LeftOut, Side, Traced};
use crate::worker::protocol::{
    Align, Area, Finding, RowWord, Sum, Tier, Total, UnderstoodColumn, UnderstoodRow, Version, visible,
};

pub const NAME: &str = "指标校核助手";
pub const CHECK: &str = "校核";
pub const CONSOLIDATE: &str = "汇总";
pub const RULES: &str = "模板与规则";
pub const PLACES: &str = "页面";
pub const LARGE: &str = "大字";
pub const CONTRAST: &str = "高对比";
pub const DARK: &str = "深色";
pub const OFFLINE: &str = "本页不联网";
pub const OFFLINE_WHY: &str = "这个文件打开后不与任何地方联系：没有网络请求，没有统计，没有更新检查。\
     您的表格只在本机内存里，关掉页面就没有了；只有您点了保存，才会写出文件。\
     您打开了断电保护的，做到一半的工作也存在这个浏览器里，存成副本或进度以后清除。";
pub const VERSION: &str = "版本";
pub const BUILD: &str = "文件编号";
pub const CLOSE: &str = "关闭";
pub const GOT_IT: &str = "知道了";

pub const FILES: &str = "文件";
pub const CHOOSE: &str = "选择文件";
pub const CHOOSE_MORE: &str = "添加文件";
pub const DEMO: &str = "载入示例";
pub const DROP_HERE: &str = "松开鼠标，文件就会读进来";
pub const START_TITLE: &str = "核对指标表，改正填报差错";
pub const START_FORMATS: &str = "能读 xlsx、xlsm、xlsb、xls、ods、csv、txt、Word 的 docx，以及网页另存的 xls。\
     在 WPS、Word 或网页里复制了整张表，按 Ctrl+V 粘贴也行。";
pub const START_STEPS: [(&str, &str); 3] = [
    ("逐格核对", "对照九项指标的官方分解表，把每个问题标在它所在的单元格上，说明原因和改法。"),
    ("只改该改的", "采用一条，改一处；数据由填报单位定，工具不替您编数。每一步都能撤销。"),
    ("保存副本", "原文件不动。校正副本里只有改过的单元格不同，并列出修改清单。"),
];
pub const START_PRIVATE: &str = "本工具就是这一个文件：不用安装，拷到哪台电脑都是双击打开。\
     表格只在本机处理，本页不联网；关掉网页，表格的内容什么也不留下（打开了断电保护的除外）。";
pub const SELF_CHECK: &str = "自检";
pub const SELF_CHECK_WHY: &str = "打不开、用不了的时候，请把下面的内容复制给管理员。里面没有表格的内容。";
pub const COPY: &str = "复制";
pub const COPIED: &str = "已复制，可以粘贴";
pub const BRIEF: &str = "情况综述";
pub const BRIEF_MEANS: &str = "由表里的数字写成的初稿，请核对后使用。Word 文件附指标完成情况表和数据来源。";
pub const DOWNLOAD_WORD: &str = "下载 Word";
pub const SELF_CHECK_COPIED: &str = "自检结果已复制，可以粘贴给管理员";
pub const SELF_CHECK_NOT_COPIED: &str = "浏览器不允许复制。请点一下文字框，按 Ctrl+A 再按 Ctrl+C。";
pub const NOT_KNOWN: &str = "没有认出";
pub const BROWSER: &str = "浏览器";
pub const ENGINE: &str = "审核程序";
pub const ENGINE_RUNS: &str = "已启动";
pub const ENGINE_STARTS: &str = "正在启动；一直这样的，请关闭后重新打开本文件";
pub const DOWNLOAD: &str = "保存文件";
pub const STORAGE: &str = "记住选择";
pub const MEMORY: &str = "内存和处理器";
pub const AGENT: &str = "浏览器标识";
pub const WORKS: &str = "可用";
pub const WORKS_NOT: &str = "不可用";
pub const BREAKDOWN: &str = "官方指标分解表";
pub const BREAKDOWN_NOTE: &str = "“/”表示该市不承担这项指标。";
pub const NUMBER: &str = "序号";
pub const INDICATOR: &str = "指标内容";
pub const UNIT: &str = "单位";

pub const USED_AS_PREVIOUS: &str = "汇总表，用作上期数";
pub const USED_TO_RECONCILE: &str = "审核结果，用于对账";
pub const EXPLAIN: &str = "写情况说明";
pub const EXPLAIN_AGAIN: &str = "改说明";
/// Where one was begun and left.
pub const EXPLAIN_ON: &str = "继续写说明";
pub const EXPLANATION: &str = "情况说明";
pub const EXPLANATION_HINT: &str = "如实写明原因和依据，随副本一起保存";
pub const SAVE_EXPLANATION: &str = "保存说明";
pub const DROP_EXPLANATION: &str = "不写了";
pub const TAKE_ANSWER_BACK: &str = "清除说明";
pub const ANSWERED: &str = "已说明";
/// The one character of its mark.
pub const SAID: &str = "说";
pub const ANSWER_TAKEN_BACK: &str = "说明已清除";
/// What says nothing of the matter.
pub const NO_ANSWER: [&str; 4] = ["无", "暂无", "没有", "无说明"];
pub const EXPLAIN_IN_WORDS: &str = "请用文字写明原因和依据。只写数字、百分比、公式或“无”，不算说明。";
pub const EXPLAINED_BY: &str = "填报单位情况说明";
pub const SINCE: &str = "整改对账";
pub const LEFT: &str = "未改";
pub const NEW: &str = "新出现";
pub const CHANGE_BREAKDOWN: &str = "换分解表";
pub const CHANGE_BREAKDOWN_MEANS: &str =
    "从 xlsx、xls、ods、docx 或 csv 读另一份分解表，先看与现行分解表的不同，再决定换不换";
pub const USE_BREAKDOWN: &str = "换用";
pub const KEEP_BREAKDOWN: &str = "取消";
pub const SWAP_BACK: &str = "换回";
pub const OFFICIAL_BREAKDOWN: &str = "换回官方分解表";
pub const SAVE_PROGRESS: &str = "保存进度";
pub const SAVE_PROGRESS_WHY: &str = "把全部文件和已做的修改、说明、选择存成一个文件，下次拖进来就能接着做";
pub const KEPT: &str = "进度与保存记录";
pub const KEPT_SHORT: &str = "保存记录";
pub const HANDED: &str = "打开本页以来存过的文件";
pub const NOTHING_HANDED: &str = "还没有存过文件。";
pub const RESTORE_PROGRESS: &str = "恢复进度";
pub const RESTORE_PROGRESS_WHY: &str = "选上次保存的进度文件，接着做";
pub const RESTORE_QUESTION: &str = "恢复进度：现有的工作怎么办";
pub const RETURNED_BESIDE: &str = "合并";
pub const RETURNED_INSTEAD: &str = "只要进度文件里的";
pub const RETURNED_NOT: &str = "取消";
pub const RETURNED_BESIDE_EFFECT: &str = "合并：两边的文件和修改都留着。同一个文件两边改得不一样的，列作两个，\
     进度文件里的那个名字后面加“（进度文件）”。";
pub const RETURNED_INSTEAD_EFFECT: &str = "只要进度文件里的：现有的文件移出列表，之后还可以放回。";
pub const ON_SCREEN: &str = "现有";
pub const IN_PROGRESS: &str = "进度文件里";
pub const NO_SUCH_FILE: &str = "没有";
pub const NOT_RESTORED: &str = "没有恢复，现有的工作没有变动";
pub const SHELF: &str = "断电保护";
pub const SHELF_LEAD: &str = "打开后，做到一半的工作（报表、修改、写了一半的说明）随时存在这台电脑的这个浏览器里。\
     停电、死机、误关网页以后再打开本页，可以接着做。修改都存成副本或进度以后自动清除；关掉断电保护也立即清除。\
     用这台电脑同一个账号的人都看得到，公用电脑请不要打开。";
pub const SHELF_ON: &str = "打开断电保护";
pub const SHELF_OFF: &str = "关掉断电保护并清除";
pub const SHELF_IS_ON: &str = "断电保护已打开";
pub const SHELF_IS_OFF: &str = "断电保护已关掉，存的内容已清除";
pub const RESTORE_LEFT: &str = "恢复";
pub const CLEAR_LEFT: &str = "清除";
pub const LEFT_IS_CLEARED: &str = "上次没存完的工作已清除";
pub const TIME: &str = "时间";
pub const FILE_NAME: &str = "文件名";
pub const TABLES: &str = "这个文件里的表";
pub const SEARCH_FILES: &str = "查找文件";
pub const ORDER_FILES: &str = "文件排列";
pub const FORMS: &str = "模板";
pub const BLANK_BREAKDOWN: &str = "空白指标分解表";
pub const PROGRESS_FORM: &str = "空白进展情况表";
pub const FORMS_LEAD: &str = "各市按期填报用。官方文字、单位、目标已填好，完成率自动算，不适用的格锁住。";
pub const BREAKDOWN_FORM_LEAD: &str = "分解任务用：每项指标一行，每个市一列，填各市的数。";
/// The columns of the progress form.
pub const FORM_COLUMNS: [&str; 8] =
    [NUMBER, INDICATOR, UNIT, "目标值", "上期累计完成", "本期累计完成", RATE, EXPLANATION];
pub const ALL_CITIES: &str = "各市";
pub const MAKE_FORMS: &str = "下载空白表";
pub const ALL_PERIODS: &str = "各期";
pub const ALL_PERIODS_MEANS: &str = "各期汇总在一个工作簿里，另有趋势表和趋势图";
pub const SETTLED_ONLY: &str = "只汇总已审";
pub const SETTLED_ONLY_MEANS: &str = "有未说明的警示、有数字没有计入的报表不汇总，列在完整性表里";
pub const PASS_OVER: &str = "不汇总";
pub const PASSED_OVER: &str = "已不汇总";
pub const PASS_OVER_MEANS: &str = "这个市的报表不进这次汇总，列在完整性表里；再点一次恢复";
pub const BREAKDOWN_FORM: &str = "下载空白分解表";
pub const PREFER: &str = "以此为准";
pub const PREFERRED: &str = "已定以此为准";
pub const PREFER_MEANS: &str = "同市同期报了几份：汇总用这一份，其余列在完整性表里";
pub const SEND_BACK: &str = "退回单";
pub const SEND_BACK_MEANS: &str = "存一份退回单：逐条问题、应为和处理办法，填报单位在上面写整改说明";
pub const NOTICES_TO_PASTE: &str = "催报和退回通知（可复制转发）";
pub const BREAKDOWN_IN_FORCE: &str = "现行分解表";
pub const FINGERPRINT: &str = "指纹（SHA-256）";
pub const BREAKDOWN_REMARKS: &str = "读取时的说明";
pub const BREAKDOWN_CHANGES: &str = "与现行分解表的不同";
pub const BREAKDOWN_SAME: &str = "与现行分解表完全相同。";
pub const BREAKDOWN_EFFECT: &str =
    "换用后，列表里的文件都按这份分解表重新审核；已做的修改不变。关掉页面后恢复为官方分解表。";
pub const BREAKDOWN_REFUSED: &str = "这个文件不能用作分解表";
pub const BREAKDOWN_BROKE: &str =
    "换用分解表时程序出错，已重新启动，并换回官方分解表。所有文件和修改都在，正在重新读入。";

pub const WAITING: &str = "排队中";
pub const READING: &str = "读取中";
pub const CLEAN: &str = "通过";
pub const CLEAN_NOW: &str = "改后通过";
pub const UNREADABLE: &str = "无法读取";
pub const UNSAVED: &str = "有未保存的修改";
pub const REMOVE: &str = "移出列表";
pub const RESTORE: &str = UNDO;
pub const RETRY: &str = "重试";
pub const UNREAD: &str = "未读";
pub const READ_AGAIN: &str = "再读";
pub const STOP_READING: &str = "取消读取";
pub const STOP_READING_MEANS: &str = "已读的留着，还没读的列为未读，随时可以再读";
pub const SHEETS: &str = "工作表";
pub const HIDDEN_SHEET: &str = "隐藏的工作表";
pub const GRID: &str = "表格";
pub const ROW_NUMBER: &str = "行号";
pub const EDGES: &str = "各栏的宽窄";
pub const NOTICES: &str = "消息";
pub const EDITOR_HINT: &str = "直接输入或按 F2 修改，回车确定，Esc 放弃。按 F6 离开表格。";

pub const ASK_COLUMN: &str = "这一列是…";
pub const ASK_ROW: &str = "这一行是…";
pub const NOT_NEEDED: &str = "不需要这一列";
/// On the tab of a column that is not looked at.
pub const NOT_READ_COLUMN: &str = "不看";
pub const ROW_ASIDE: &str = "不是数据行";
pub const BY_YOUR_WORD: &str = "按您指明的";
pub const NOTHING_TO_ASK: &str = "这里不在认出的表里，不能指明行或列。请点表里的格子。";
pub const WHOSE: &str = "是哪个市、哪一期";
pub const WHICH_CITY: &str = "是哪个市";
pub const WHICH_PERIOD: &str = "哪一期";
pub const CHOOSE_ONE: &str = "请选择";

pub const FINDINGS: &str = "问题";
pub const ALL: &str = "全部";
pub const CLEAN_SAYS: &str = "审核通过只说明填写规范、与分解表一致，数据真实性仍由填报单位负责。";
pub const NONE_SHOWN: &str = "按现在的筛选，没有要显示的问题。";
pub const ANY_RULE: &str = "各条规则";
pub const ANY_CITY: &str = "各市";
pub const ANY_OUTCOME: &str = "各种状态";
pub const SHOW_ALL: &str = "全部显示";
pub const SIFTED: &str = "已筛选";
pub const OPEN: &str = "未处理";
/// Of a finding whose change was taken back.
pub const TAKEN_BACK: &str = "已撤销";
pub const PLAN_LEAD: &str = "不想改的去掉前面的勾，采用后可以一次撤销。";
pub const PLANNING: &str = "正在列出要改的地方…";
pub const DROP_PLAN: &str = "取消";
pub const VERSIONS: &str = "看哪一份";
pub const APPLY: &str = "采用";
/// The button of swapped columns says what their message says.
pub fn apply(code: &str) -> &'static str {
    if code == "T005" { SWAP_BACK } else { APPLY }
}
pub const IGNORE: &str = "收起";
pub const TAKE_UP: &str = "恢复";
pub const IGNORED: &str = "已收起";
/// The one character of its mark.
pub const AWAY: &str = "收";
pub const NOT_PUT_AWAY: &str = "错误须改正，警示须改正或写情况说明，不能收起。";
pub const CHANGED: &str = "已改";
pub const TAKE_BACK: &str = UNDO;
pub const WAS: &str = "原表";
pub const SHOULD_BE: &str = "应为";
pub const BLANK: &str = "空";
pub const SAFE_MEANS: &str = "只改写法，不改数值";
pub const CONSENT: &str = "请核对后采用";
pub const WHOLE_FILE: &str = "整个文件";
pub const SHOW_MORE: &str = "再显示 200 条";
pub const BY_HAND: &str = "手工修改";
pub const BY_HAND_SOURCE: &str = "填报单位手工修改";
pub const ROW_INSERTED: &str = "插入一行";

pub const ACTIONS: &str = "操作";
pub const PREVIOUS: &str = "上一个";
pub const NEXT: &str = "下一个";
pub const UNDO: &str = "撤销";
pub const REDO: &str = "重做";
pub const APPLY_SAFE: &str = "全部采用稳妥修改";
pub const SAVE: &str = "保存校正副本";
pub const SAVING: &str = "正在保存";
pub const SAVE_FINDINGS: &str = "导出问题清单";
pub const RECORD: &str = "附校核记录";
/// The sheet that it adds.
pub const RECORD_SHEET: &str = "校核记录";

pub const ONE_CELL: &str =
    "粘贴的内容是一片单元格，不能填进正在修改的一个单元格，没有粘贴。请先按 Esc 放弃修改，再粘贴。";
/// What is pasted as a file of its own.
pub fn pasted_name(number: usize) -> String {
    format!("粘贴的表 {number}.xlsx")
}
pub const NOTHING_TO_PASTE: &str = "剪贴板里没有文字或表格，没有粘贴。";
pub const NO_FORMULAS: &str = "这里是公式，不能填到别的单元格。";
/// The reason of a change.
pub const PASTED: &str = "粘贴";
/// Closes the findings that lie over the sheet.
pub const TO_SHEET: &str = "回到表格";
pub const LEAVE_SHEET: &str = "F6 离开表格";
pub const FIND_IN_SHEET: &str = "在这张表里查找";
pub const COPY_SOON: &str = "选中的行还没有全部读出，请稍候再按 Ctrl+C。";
pub const COPY_NOW: &str = "选中的行已经读出，请再按一次 Ctrl+C。";
pub const SETTLING: &str = "正在重新审核，请稍候再点。";
pub const NOTHING_SAFE: &str = "没有可以直接采用的稳妥修改。其余问题请逐条核对。";
pub const NOTHING_CHANGED: &str = "还没有修改，不用保存。";
pub const NO_RETURNS: &str = "还没有可以汇总的进展情况表。请先添加各市的进展情况表。";
pub const TRY_AGAIN: &str = "程序出错并已重新启动，请再试一次。";
pub const RESTART: &str = "重新开始";
pub const NO_ANSWER_DETAIL: &str = "no sign of life";
pub const ENGINE_GONE: &str =
    "程序连续三次没能启动。您的文件没有被改动；请关闭页面重新打开，或换用较新的浏览器。";
pub const DETAIL: &str = "技术细节";

pub const PRINT: &str = "打印审核报告";
pub const PRINT_ALL: &str = "打印全部审核报告";
pub const PRINT_THIS: &str = "打印";
pub const SAVE_CERTIFICATE: &str = "另存";
pub const REPORT: &str = "审核报告";
pub const REPORT_IS: &str = "报表校验表及解释说明表";
pub const REPORT_COLUMNS: [&str; 6] = ["序号", "级别", "位置", "指标、市", "问题和改法", "处理"];
pub const UNIT_OF_RETURN: &str = "填报单位";
pub const FORM: &str = "表式";
pub const CHECKED_AT: &str = "打印时间";
pub const VERDICT: &str = "审核结论";
pub const NOT_CHECKED: &str = "还没有审核。";
pub const NO_EXPLANATIONS: &str = "没有情况说明。";
pub const ORIGINAL: &str = "原文件";
pub const COPY_OF: &str = "校正副本";
pub const SIGNATURES: [&str; 4] = ["填表人：", "审核人：", "单位负责人：", "日期：　　　年　　月　　日"];

/// Why a return goes back.
pub fn goes_back(counts: &[(&str, usize)]) -> String {
    format!("不通过：{}。错误须改正后再报。", counted_list(counts))
}

/// Why a return is not clean yet.
pub fn to_explain(counts: &[(&str, usize)]) -> String {
    format!("待说明：{}。警示须改正或写情况说明。", counted_list(counts))
}

fn counted_list(counts: &[(&str, usize)]) -> String {
    let some = counts.iter().filter(|(_, count)| *count > 0);
    some.map(|(name, count)| format!("{name} {count} 处")).collect::<Vec<_>>().join("，")
}

/// What an audit was made by.
pub fn basis(version: &str, rules: usize) -> String {
    format!("由{NAME} {version} 按 {rules} 条规则审核。")
}

/// `指标 3`.
pub fn indicator_number(number: u32) -> String {
    format!("指标 {number}")
}

/// Behind a root cause.
pub fn explains_so_many(count: usize) -> String {
    format!("（由此引起 {count} 处）")
}

/// What a text becomes.
pub fn from_to(before: &str, after: &str) -> String {
    let value = |text: &str| if text.is_empty() { BLANK.to_owned() } else { format!("“{text}”") };
    format!("{WAS} {} → {}", value(before), value(after))
}

/// The name that a certificate is stored under.
pub fn certificate_name(copy: &str) -> String {
    let plain = copy.rsplit_once('.').map_or(copy, |(plain, _)| plain);
    format!("{plain}-{CERTIFICATE}.txt")
}

pub const CERTIFICATE: &str = "保存证明";
pub const CELL: &str = "单元格";
pub const BEFORE: &str = "修改前";
pub const AFTER: &str = "修改后";
pub const RULE_CODE: &str = "规则";
pub const BASIS: &str = "依据";
pub const ORIGINAL_HASH: &str = "原文件指纹（SHA-256）";
pub const RESULT_HASH: &str = "副本指纹（SHA-256）";
pub const LOSSES: &str = "未能保留";
pub const HAND: &str = "手工";

pub const BOARD: &str = "报送情况";
pub const BOARD_EMPTY: &str =
    "还没有读到进展情况表。请添加各市报来的进展情况表，市和报告期从表题、填报单位或文件名里认出。";
pub const CITY: &str = "市";
pub const PERIOD: &str = "报告期";
pub const NOT_REPORTED: &str = "缺报";
pub const UNPLACED: &str = "没认出市或报告期";
pub const RUN: &str = "开始汇总";
pub const RUN_AGAIN: &str = "重新汇总";
pub const OUTDATED: &str = "已过时";
pub const STILL_READING: &str = "还有文件没有读完。请等全部读完再汇总。";
pub const RUNNING: &str = "正在汇总";
pub const DOWNLOAD_CONSOLIDATED: &str = "下载汇总表";
pub const TARGET: &str = "目标";
pub const DONE: &str = "完成";
pub const RATE: &str = "完成率";
pub const KEPT_OUT: &str = "未采用的报表";
pub const STILL_OPEN: &str = "采用的报表里还有这些问题";
pub const MISSING: &str = "缺报的市";
pub const TRACE: &str = "点数字，看它来自哪个文件的哪个单元格；下载的汇总表里也逐个注明。";
pub const NOT_APPLICABLE: &str = "/";
pub const WHOLE: &str = "合计";
pub const NOT_WHOLE: &str = "不全";
pub const NO_WHOLE_PERIOD: &str = "没有各市都报齐的一期";
pub const RATE_OF_PRESENT: &str = "已报市完成率";
pub const RATE_OF_WHOLE: &str = "占总目标";
pub const DROP_OR_CHOOSE: &str = "把文件拖到这里，或点选";
pub const REPORTED_COUNT: &str = "已报";
pub const WOULD_COUNT: &str = "可汇总";
pub const READ_TO_BE_PLACED: &str = "没有列入上表的文件";
pub const CHANGED_SINCE: &str = "汇总后有变动";
pub const COMPARE: &str = "两份对照";
pub const COMPARE_MEANS: &str = "把同市同期的几份并排，标出不同的地方，再定以哪份为准";
pub const COMPARE_LEAD: &str = "标有异字的格，各份写得不一样。定下以哪份为准后，写进汇总表的完整性表。";
pub const DIFFERS: &str = "异";
/// Beside what is taken of several.
pub const REPORTED_AGAIN: &str = "重报";
pub const REPORTED_AGAIN_MEANS: &str = "同市同期报了不止一份，汇总用这一份";
pub const NOT_PUT_TOGETHER: &str = "还没有汇总";
pub const TABLE_OF: &str = "看哪一期的表";
pub const SOURCE: &str = "数字来源";
pub const TO_SOURCE: &str = "到原表";
pub const BACK_TO_SUMMARY: &str = "回到汇总";
pub const LOOKING_AT_SOURCE: &str = "选中的单元格是汇总里一个数的来源。";
pub const TRACED: &str = "来源列在表的右边；按 Esc 收起";
pub const RAW: &str = "原文";
pub const TAKEN_AS: &str = "计入";
pub const NO_SOURCE: &str = "没有计入的数。";
pub const ADDED_UP: &str = "由下列各数相加";
pub const SHEET_NAME: &str = "工作表";
pub const DOWNLOAD_LONG: &str = "下载长表（.csv）";
pub const SEND_BACK_ALL: &str = "下载全部退回单（.zip）";
pub const COPY_NOTICES: &str = "复制";
pub const TREND: &str = "各期走势";
pub const TREND_ONE: &str = "选各期再汇总，可看走势。";
pub const ELAPSED: &str = "时间进度与完成率";
pub const ELAPSED_UNKNOWN: &str = "不知道规划的起止年份，不能与时间进度比较。";
pub const TABLE_REGION: &str = "汇总表，可滚动";

pub const RULES_LEAD: &str = "错误须改正后再报，警示须改正或说明，提示仅供参考。\
                              警示和提示的规则可以写明原因后关掉，每份报告都会写明关了哪些、为什么。";
pub const EXAMPLE: &str = "示例";
pub const EXAMPLE_OF: &str = "例：";
pub const FILLED_IN: &str = "填报：";
pub const IS_OFF: &str = "已关";
pub const SWITCH_OFF: &str = "关掉这条规则";
pub const SWITCH_ON: &str = "恢复这条规则";
pub const REASON_TO_SWITCH_OFF: &str = "关掉的原因（至少两个字）";
pub const RULES_OFF: &str = "关掉的规则";
pub const FAMILY: &str = "类别";
pub const ANY_FAMILY: &str = "各类规则";
/// What the first letter of a code says.
pub const FAMILIES: [(&str, &str); 9] = [
    ("F", "文件"),
    ("T", "表式"),
    ("L", "指标内容"),
    ("Q", "数值写法"),
    ("N", "不适用"),
    ("B", "分解表平衡关系"),
    ("P", "进展情况表"),
    ("C", "汇总"),
    ("S", "安全"),
];
pub const RULES_TITLE: &str = "审核规则";
pub const SEARCH_RULES: &str = "按编号或文字查找";
pub const NO_RULE: &str = "没有符合的规则。";
pub const STARTING: &str = "正在准备审核";

pub const HELP: &str = "帮助";
pub const HELP_JOBS: &str = "三件事，九步";
pub const HELP_MARKS: &str = "标记的意思";
pub const KEYS: &str = "快捷键";
pub const HELP_QUESTIONS: &str = "问与答";

// Sentences that name a button take its word from the button: `panels::tests` holds that there is one.

/// While the file is being made.
pub fn saving_progress() -> String {
    format!("正在{SAVE_PROGRESS}…")
}

/// What comes of saving without a file.
pub fn nothing_to_keep() -> String {
    format!("还没有文件。先拖入报表，再{SAVE_PROGRESS}。")
}

/// What to do first.
pub fn start_lead() -> String {
    format!("把各市报来的分解表或进展情况表拖到这里，或者点“{CHOOSE}”。可以一次选很多份。")
}

/// What the board shows.
pub fn board_lead() -> String {
    format!("一格是一个市的一期报表。先在“{CHECK}”里处理完错误，再汇总。")
}

/// What will stand where no consolidation is yet.
pub fn not_put_together() -> String {
    format!("点“{RUN}”，这里列出汇总表、未采用的报表、催报文字，并画出完成率和走势。")
}

/// Why a consolidation cannot be downloaded any more.
pub fn outdated_why() -> String {
    format!("汇总之后，报表有修改、增减，或换了分解表。请点“{RUN_AGAIN}”，再下载。")
}

/// Why a step cannot be taken back out of its order.
pub fn undo_in_order() -> String {
    format!("这一步之后插入过行，请用“{UNDO}”按顺序退回。")
}

/// Why a file was left out.
pub fn broke_twice() -> String {
    format!(
        "处理这个文件时程序连续出错，已跳过它；其余文件不受影响。可以点“{RETRY}”，或另存为 .xlsx 后重新拖入。"
    )
}

/// What the box 附校核记录 does.
pub fn record_means() -> String {
    format!("在副本里附一张“{RECORD_SHEET}”（已有的续写），列出每一处修改、依据和来源")
}

/// Keys, and what they do.
pub fn key_list() -> [(&'static str, String); 22] {
    [
        ("Ctrl+O", CHOOSE.to_owned()),
        ("Ctrl+S", SAVE.to_owned()),
        ("Ctrl+P", PRINT.to_owned()),
        ("F8", format!("{NEXT}问题")),
        ("Shift+F8", format!("{PREVIOUS}问题")),
        ("Alt+Enter", format!("{APPLY}选中问题的修改")),
        ("Ctrl+Z", UNDO.to_owned()),
        ("Ctrl+Y", REDO.to_owned()),
        ("F2", "修改单元格".to_owned()),
        ("Alt+↓", ASK_COLUMN.to_owned()),
        ("Alt+Shift+↓", ASK_ROW.to_owned()),
        ("Enter / Tab", "确定并移到下面 / 右面".to_owned()),
        ("Shift+方向键", "选中一片单元格，也可以用鼠标拖".to_owned()),
        ("Ctrl+A", "选中整张表，再按选中整个工作表；点列标选中这一列".to_owned()),
        ("Ctrl+C / X / V", "复制 / 剪切 / 粘贴一片单元格".to_owned()),
        ("Ctrl+Enter", "把输入的内容填进选中的每一格".to_owned()),
        ("Ctrl+F", "在这张表里查找，Enter 下一个，Shift+Enter 上一个".to_owned()),
        ("Delete", "清空选中的单元格".to_owned()),
        ("F6", "在文件、表格、问题、按钮之间移动".to_owned()),
        ("Alt+1 / 2 / 3", format!("{CHECK} / {CONSOLIDATE} / {RULES}")),
        ("Esc", "关闭小窗，放弃修改".to_owned()),
        ("F1", HELP.to_owned()),
    ]
}

/// What a file or a person says, as it is shown. What the engine gives to be shown is so already; names of files
/// and what was typed here are not.
pub fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// A tier's name.
pub const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Error => "错误",
        Tier::Warning => "警示",
        Tier::Notice => "提示",
    }
}

/// The one character of a tier's mark.
pub const fn tier_mark(tier: Tier) -> &'static str {
    match tier {
        Tier::Error => "错",
        Tier::Warning => "警",
        Tier::Notice => "提",
    }
}

/// A tier's class in the style.
pub const fn tier_class(tier: Tier) -> &'static str {
    match tier {
        Tier::Error => "error",
        Tier::Warning => "warning",
        Tier::Notice => "notice",
    }
}

/// The sentence of a finding's card, which takes the focus.
pub fn card_main_id(finding: u32) -> String {
    format!("finding-{finding}-main")
}

/// The element of a settled finding's card.
pub fn settled_id(step: u32, finding: u32) -> String {
    format!("settled-{step}-{finding}")
}

/// The element of a finding's card.
pub fn card_id(finding: u32) -> String {
    format!("finding-{finding}")
}

/// How many errors a file has.
pub fn errors(count: usize) -> String {
    format!("{count} {}", tier(Tier::Error))
}

/// How many warnings a file has.
pub fn warnings(count: usize) -> String {
    format!("{count} {}", tier(Tier::Warning))
}

/// Caption of the breakdown in force; a file's name where it is not the official one.
pub fn breakdown_caption(file: Option<&str>) -> String {
    file.map_or_else(|| BREAKDOWN.to_owned(), |file| format!("指标分解表（{file}）"))
}

/// Said when another breakdown is in force; without a file the official one.
pub fn breakdown_in_force(file: Option<&str>) -> String {
    file.map_or_else(
        || "已换回官方分解表，正在重新审核。".to_owned(),
        |file| format!("已换用分解表 {file}，正在重新审核。"),
    )
}

/// The mark in the top bar while another breakdown is in force.
pub fn other_breakdown(file: &str) -> String {
    format!("分解表：{file}")
}

/// How large a proposed breakdown is.
pub fn breakdown_size(cities: usize, indicators: u32) -> String {
    format!("{cities} 个市，{indicators} 项指标")
}

/// How far a proposed breakdown differs from the one in force.
pub fn breakdown_differs(count: usize) -> String {
    if count == 0 { BREAKDOWN_SAME.to_owned() } else { format!("与现行分解表有 {count} 处不同") }
}

/// How many files are read.
pub fn progress(read: usize, all: usize) -> String {
    format!("已读 {read} / {all}")
}

/// Said when the user has called the reading off.
pub fn reading_stopped(read: usize, unread: usize) -> String {
    format!("已取消读取：读了 {read} 个，{unread} 个{UNREAD}")
}

/// The button that has the rest read after all.
pub fn read_rest(unread: usize) -> String {
    format!("{READ_AGAIN} {unread} 个{UNREAD}的文件")
}

/// Beside a file that nobody has read.
pub fn is_unread() -> String {
    format!("读取已取消，这个文件还没有读。要校核它，请点“{READ_AGAIN}”。")
}

/// Why there is no consolidation yet.
pub fn still_unread(unread: usize) -> String {
    format!("还有 {unread} 个文件{UNREAD}，不知道是哪个市的。请先“{READ_AGAIN}”，或把它们移出列表，再汇总。")
}

/// Said when the last file is read.
pub fn all_read(files: usize, with_errors: usize) -> String {
    if with_errors == 0 {
        format!("{files} 个文件已读完，没有错误")
    } else {
        format!("{files} 个文件已读完，{with_errors} 个有错误")
    }
}

/// Why the browser gave no bytes.
pub fn not_read(why: &str) -> String {
    let detail = if why.is_empty() { String::new() } else { format!("（{DETAIL}：{why}）") };
    format!(
        "浏览器读不到这个文件。它可能正被别的程序打开，请关掉以后点“{RETRY}”；\
         已经移动或删除的，请重新选择{detail}。"
    )
}

/// Said when the engine broke down, over a file where one is known.
pub fn broke_down(file: Option<&str>) -> String {
    match file {
        Some(name) => format!("处理“{name}”时程序出错，已重新启动。所有文件和修改都在，正在重新读入。"),
        None => "程序出错，已重新启动。所有文件和修改都在，正在重新读入。".to_owned(),
    }
}

/// Said when the engine gave no sign of life any more.
pub fn went_silent(file: Option<&str>) -> String {
    match file {
        Some(name) => {
            format!("处理“{name}”时程序没有回应，已重新启动。所有文件和修改都在，正在重新读入。")
        }
        None => "程序没有回应，已重新启动。所有文件和修改都在，正在重新读入。".to_owned(),
    }
}

/// Said when the engine was ended, since it was too long at something.
pub fn took_too_long(file: Option<&str>, seconds: u32) -> String {
    let what = file.map_or_else(|| "这一步".to_owned(), |name| format!("处理“{name}”"));
    format!("{what}超过 {seconds} 秒还没有完成，已停下并重新启动。所有文件和修改都在，正在重新读入。")
}

/// Said when the engine is long at something, and could be ended.
pub fn slow(file: Option<&str>, seconds: u32) -> String {
    match file {
        Some(name) => format!(
            "“{name}”已处理 {seconds} 秒，还没有完成。表很大时请再等一等；\
             不想等，请点“{RESTART}”，文件和修改都不会丢。"
        ),
        None => format!(
            "已等了 {seconds} 秒，还没有完成。可以再等一等；不想等，请点“{RESTART}”，文件和修改都不会丢。"
        ),
    }
}

/// A file left the list; `unsaved`: its changes that no copy has.
pub fn removed(name: &str, unsaved: usize) -> String {
    if unsaved == 0 {
        format!("“{name}”已移出列表。")
    } else {
        format!("“{name}”已移出列表，其中 {unsaved} 处修改还没有保存。")
    }
}

/// Said when a removed file is back.
pub fn restored(name: &str) -> String {
    format!("“{name}”已放回列表")
}

/// The way back to files that were removed.
pub fn restore_removed(count: usize) -> String {
    format!("放回移出的文件（{count}）")
}

/// What stands above a file in which nothing is left to be done.
pub fn nothing_open(corrected: bool, answered: usize, away: usize, off: usize) -> String {
    let mut said = match (corrected, answered) {
        (false, 0) => "未发现问题".to_owned(),
        (true, 0) => "改后未发现问题".to_owned(),
        (false, _) => format!("没有待处理的问题，{answered} 条警示{ANSWERED}"),
        (true, _) => format!("改后没有待处理的问题，{answered} 条警示{ANSWERED}"),
    };
    if away > 0 {
        said.push_str(&format!("，另有 {away} 条提示{IGNORED}"));
    }
    if off > 0 {
        said.push_str(&format!("，但{}", rules_off(off)));
    }
    said
}

/// The state of a file that passes, in the list: what is left and what was put away is counted.
pub fn clean(corrected: bool, answered: usize, notices: usize, away: usize, off: usize) -> String {
    let mut said = if corrected { CLEAN_NOW } else { CLEAN }.to_owned();
    for (count, what) in [(answered, ANSWERED), (notices, tier(Tier::Notice)), (away, IGNORED)] {
        if count > 0 {
            said.push_str(&format!("，{what} {count}"));
        }
    }
    if off > 0 {
        said.push_str(&format!("，{}", rules_off(off)));
    }
    said
}

/// Why a rule is switched off.
pub fn off_because(reason: &str) -> String {
    format!("这条规则已关，没有按它审核。原因：{}", shown(reason))
}

/// What a rule has found in the open files.
pub fn found_by(findings: usize, files: usize) -> String {
    if files > 1 { format!("{findings} 处，{files} 个文件") } else { format!("{findings} 处") }
}

/// Files that are not named.
pub fn and_more(files: usize) -> String {
    format!("还有 {files} 个文件")
}

/// What a click would make.
pub fn forms_made(cities: usize, periods: usize, filled: usize) -> String {
    let count = cities * periods;
    let made = if count == 1 {
        "下载一份 .xlsx。".to_owned()
    } else {
        format!("{cities} 个市、{periods} 期，共 {count} 份，装在一个 .zip 里。")
    };
    match filled {
        0 => format!("{made}先读入上期报表，上期累计会一并填好。"),
        _ if filled == count => format!("{made}上期累计按读入的上期报表填好。"),
        _ => format!("{made}其中 {filled} 份按读入的上期报表填好上期累计。"),
    }
}

/// The half-year before: `2018-12` of `2019-06`.
pub fn period_before(period: &str) -> Option<String> {
    match period.split_once('-')? {
        (year, "12") => Some(format!("{year}-06")),
        (year, _) => Some(format!("{}-12", year.parse::<u16>().ok()?.checked_sub(1)?)),
    }
}

/// The head of a form.
pub fn form_head(city: &str, when: &str) -> String {
    format!("指标进展情况表　填报单位：{city}　报告期：{}底", period(when))
}

/// How many rules are switched off.
pub fn rules_off(count: usize) -> String {
    format!("关了 {count} 条规则")
}

/// Said when a rule was switched off.
pub fn switched_off(code: &str) -> String {
    format!("已关掉规则 {code}，各文件重新审核")
}

/// Said when a rule was switched on again.
pub fn switched_on(code: &str) -> String {
    format!("规则 {code} 已恢复，各文件重新审核")
}

/// What those who mend the program need to know.
pub fn breakdown_detail(version: &str, build: &str, detail: &str) -> String {
    format!("{VERSION} {version}（{build}）：{detail}")
}

/// What stands above everything when the page itself broke down.
pub fn page_broke(detail: &str) -> String {
    format!(
        "页面程序出错，刚才的操作没有完成。原文件没有被改动。请把后面的文字抄给管理员，然后重新打开本文件。\
         {DETAIL}：{detail}"
    )
}

/// Said when the browser did not carry something out.
pub fn refused(detail: &str) -> String {
    format!("浏览器没有完成这一步，请再试一次；还是不行的，换用较新的浏览器。{DETAIL}：{detail}")
}

/// Said when a document was handed out.
pub fn downloaded(name: &str) -> String {
    format!("已另存为 {name}。")
}

/// The file is there and holds nothing: nobody's fault that a correction could mend.
pub const EMPTY_FILE: &str = "空文件，0 字节。多半是没有下载完或没有复制完，请重新取得后再拖入。";
pub const EMPTY: &str = "空文件";

/// Said of files that programs leave beside those of the user: they are not taken into the list.
pub fn passed_over(names: &[(String, Leftover)]) -> String {
    let one = match names {
        [(name, Leftover::Lock)] => {
            let why = "它是 WPS、Excel 打开文件时留下的临时文件，不是报表。";
            return format!("没有加入“{name}”：{why}要校核的是名字里没有“~$”的那一个。");
        }
        [(name, Leftover::System)] => return format!("没有加入“{name}”：它是系统自己的文件，不是报表。"),
        [(name, _), ..] => name,
        [] => return String::new(),
    };
    format!("没有加入“{one}”等 {} 个临时文件和系统文件，它们不是报表。", names.len())
}

/// Asked before a file with work leaves the list.
pub fn remove_question(name: &str, changes: usize) -> String {
    let what = if changes == 0 {
        "有一条写了一半的说明".to_owned()
    } else {
        format!("有 {changes} 处修改还没有存成副本")
    };
    format!("“{name}”{what}。移出以后，关闭本页之前都可以放回。要移出吗？")
}

/// Of several files of one name, which folder this one is in.
pub fn in_folder(folder: &str) -> String {
    format!("文件夹 {folder}")
}

/// Of several files of one name and folder, which this one is.
pub fn of_one_name(number: usize) -> String {
    format!("同名的第 {number} 个")
}

/// A browser and what it draws with.
pub fn browser(program: &str, kernel: &str) -> String {
    format!("{program}，内核 {kernel}")
}

/// The memory in GB, as far as it is told, and the processors that a page may use.
pub fn memory(memory: Option<f64>, cores: u32) -> String {
    match memory {
        Some(memory) => format!("{memory} GB（浏览器最多报到 8），{cores} 核"),
        None => format!("内存大小未知（浏览器没有提供），{cores} 核"),
    }
}

/// Whether a policy forbids the page any connection.
pub fn closed(closed: bool) -> String {
    let says = if closed {
        "安全策略禁止任何连接"
    } else {
        "没有找到禁止联网的安全策略，请向管理员核对这个文件是否被改过"
    };
    says.to_owned()
}

/// How many tables a file has, in the file list.
pub fn table_count(count: usize) -> String {
    format!("{count} 张表")
}

/// Said where the browser keeps nothing for the page.
pub fn shelf_refused() -> String {
    format!(
        "这个浏览器不允许本页保存内容（可能是无痕窗口，也可能是单位的设置），断电保护打不开。请常点“{SAVE_PROGRESS}”。"
    )
}

/// Said where it was on and the browser keeps nothing more.
pub fn shelf_stopped() -> String {
    format!(
        "断电保护停了：浏览器不再允许本页保存内容（可能是空间不够）。请点“{SAVE_PROGRESS}”把现在的工作存成文件。"
    )
}

/// Offered where an earlier session left work.
pub fn left(at: &str, files: usize, changes: usize) -> String {
    format!("上次有没存完的工作：{at}，{}。", work_size(files, changes))
}

/// What 保存进度 is for.
pub fn kept_lead() -> String {
    format!(
        "“{SAVE_PROGRESS}”把全部文件和已做的修改、写了一半的说明、收起的提示、各项选择存成一个文件。\
         下次打开本页，把它拖进来就接着做；它也是普通压缩包，里面的报表可以直接取出。"
    )
}

/// Said when 保存进度 has handed out its file.
pub fn progress_saved(name: &str, unread: usize) -> String {
    let saved = format!("进度已存为“{name}”，在浏览器的下载文件夹里。下次打开本页，把它拖进来就接着做。");
    if unread == 0 { saved } else { format!("{saved}{unread} 个{UNREAD}的文件不在其中。") }
}

/// Said when work is taken in. `doubled`: files with changes of their own on both sides.
pub fn progress_restored(at: &str, files: usize, changes: usize, doubled: &[String]) -> String {
    let mut said = format!("已恢复 {at} 保存的进度：{files} 个文件，{changes} 处修改。");
    if !doubled.is_empty() {
        said.push_str(&format!(
            "两边改得不一样的 {} 个，进度文件里的那份另列为“{}”，请比较后移出一份。",
            doubled.len(),
            from_progress(doubled.first().map_or("", String::as_str))
        ));
    }
    said
}

/// The name of a file that is there twice: as it is on the screen, and as it came back.
pub fn from_progress(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}（进度文件）.{ending}"),
        None => format!("{name}（进度文件）"),
    }
}

/// What is on the screen and what came back, each in one line.
pub fn work_size(files: usize, changes: usize) -> String {
    format!("{files} 个文件，{changes} 处修改")
}

/// How much was done in a file.
pub fn changes_in(changes: usize) -> String {
    if changes == 0 { "未改".to_owned() } else { format!("改 {changes} 处") }
}

/// When the work that came back was kept.
pub fn kept_at(at: &str) -> String {
    format!("进度文件保存于 {at}")
}

/// Where the record of a corrected Word document went.
pub fn record_beside(name: &str) -> String {
    format!("Word 文档放不下校核记录，另存为“{name}”")
}

/// Read out when the corrected copy was handed out.
pub fn saved_as(name: &str) -> String {
    format!("已另存为 {name}")
}

/// What was proven of a copy: cells changed, parts that are the same byte for byte.
pub fn saved_line(cells: usize, identical: Option<u32>) -> String {
    match identical {
        Some(0) => format!("只改了 {cells} 个单元格，其余内容原样未变。"),
        Some(parts) => format!("只改了 {cells} 个单元格，其余 {parts} 项内容原样未变。"),
        None => format!("改了 {cells} 个单元格。原格式不能原样修改，已另存为新的 .xlsx。"),
    }
}

/// Where explanations went that have no column in the form.
pub fn explained_in_record(count: u32) -> String {
    format!("情况说明 {count} 条写在副本的“{RECORD_SHEET}”工作表里，下次打开仍然有效。")
}

/// What a file is reconciled with.
pub fn compared_with(source: &str) -> String {
    format!("对照 {source}")
}

/// The parts of a package that a copy has changed.
pub fn changed_parts(parts: &[String]) -> String {
    format!("修改的部分：{}", parts.join("、"))
}

/// Read out when a fix was applied.
pub fn applied(finding: &Finding) -> String {
    match &finding.address {
        Some(address) => format!("已改 {address}"),
        None => CHANGED.to_owned(),
    }
}

/// Said when all safe fixes were applied; what is left is counted.
pub fn applied_safe(count: usize, rest: usize) -> String {
    if rest == 0 {
        format!("采用了 {count} 条稳妥修改，没有剩下的问题。")
    } else {
        format!("采用了 {count} 条稳妥修改，还有 {rest} 条需要您逐条核对。")
    }
}

/// Read out when a finding is gone to.
pub fn announced(finding: &Finding) -> String {
    format!(
        "{}，{}，{}",
        tier(finding.tier),
        finding.address.as_deref().unwrap_or(WHOLE_FILE),
        finding.message
    )
}

/// Read out when a finding was put away: that, and the one gone to.
pub fn put_away_and(next: &str) -> String {
    if next.is_empty() { IGNORED.to_owned() } else { format!("{IGNORED}。{next}") }
}

/// Read out when a step was taken back.
pub fn taken_back(changes: usize) -> String {
    format!("撤销了 {changes} 处修改")
}

/// Read out when a step was done again.
pub fn done_again(changes: usize) -> String {
    format!("重做了 {changes} 处修改")
}

/// Several cells as an address, and how many they are.
pub fn selected(area: Area) -> String {
    format!("已选 {}", area_address(area))
}

/// What selected cells come to, in the order of WPS; nothing where there is no number.
pub fn sum(sum: &Sum) -> Option<String> {
    if sum.numbers == 0 {
        return None;
    }
    let total = sum.total.as_ref().map_or_else(String::new, |Total { sum, average, unit }| {
        format!("求和={sum}{unit}　平均值={average}{unit}　")
    });
    let numbers =
        if sum.numbers == sum.filled { String::new() } else { format!("，其中数值 {}", sum.numbers) };
    Some(format!("{total}计数={}{numbers}", sum.filled))
}

/// How far a search has come.
pub fn found(find: &Find, cursor: (u32, u32)) -> String {
    match (find.wanted.trim().is_empty() || !find.is_found(), find.place(cursor), find.cells.len()) {
        (true, ..) => String::new(),
        (_, _, 0) => "没有找到".to_owned(),
        (_, Some(at), count) => format!("第 {at} 个，共 {count} 个"),
        (_, None, count) => format!("共 {count} 个"),
    }
}

/// Read out when cells were put on the clipboard.
pub fn copied(area: Area) -> String {
    format!("已复制 {}", area_address(area))
}

fn area_address(area: Area) -> String {
    let first = address(area.top, area.left);
    if (area.top, area.left) == (area.bottom, area.right) {
        return first;
    }
    let rows = area.bottom.saturating_sub(area.top).saturating_add(1);
    let columns = area.right.saturating_sub(area.left).saturating_add(1);
    format!("{first}:{}，{rows} 行 {columns} 列", address(area.bottom, area.right))
}

/// More than one step takes.
pub fn too_many_cells(rows: u32, cells: usize) -> String {
    format!("一次最多处理 {rows} 行、{cells} 格，没有执行。请少选一些，分几次做。")
}

/// What became of a block of cells.
pub fn changed_cells(emptied: bool, count: usize, unseen: usize, left_out: &LeftOut) -> String {
    let mut words = match (emptied, count) {
        (_, 0) => "没有单元格需要改。".to_owned(),
        (true, _) => format!("清空了 {count} 格。"),
        (false, _) => format!("改了 {count} 格。"),
    };
    if unseen > 0 {
        words.push_str(&format!("其中 {unseen} 格在隐藏的行或列里。"));
    }
    for (cells, why) in
        [(&left_out.formulas, "是公式，没有改"), (&left_out.merged, "在合并单元格里，不是它的第一格，没有填")]
    {
        if !cells.is_empty() {
            words.push_str(&format!("{} {why}。", some_addresses(cells)));
        }
    }
    if left_out.outside > 0 {
        words.push_str(&format!(
            "有 {} 格超出了表格能有的行列，没有填。请从靠前的格子起再粘贴。",
            left_out.outside
        ));
    }
    words
}

/// The first of these cells, and how many they are.
fn some_addresses(cells: &[(u32, u32)]) -> String {
    const MOST: usize = 6;
    let first: Vec<String> = cells.iter().take(MOST).map(|(row, column)| address(*row, *column)).collect();
    let rest = if cells.len() > MOST { format!(" 等 {} 格", cells.len()) } else { String::new() };
    format!("{}{rest}", first.join("、"))
}

/// A row as an address.
pub fn row_address(row: u32) -> String {
    format!("第 {} 行", row.saturating_add(1))
}

/// The class of a cell whose text stands there.
pub const fn align_class(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

/// What a panel beside the sheet is called, and its class.
pub const fn side(side: Side) -> (&'static str, &'static str) {
    match side {
        Side::Files => ("文件", "of-files"),
        Side::Findings => (FINDINGS, "of-findings"),
    }
}

/// What the button does that folds a panel away.
pub fn fold(panel: &str) -> String {
    format!("收起“{panel}”一栏")
}

/// What the strip does that a folded panel leaves.
pub fn unfold(panel: &str) -> String {
    format!("展开“{panel}”一栏")
}

/// What the edge of a panel is for.
pub fn edge(panel: &str) -> String {
    format!("“{panel}”一栏的宽窄：拖动，或按左右键；双击收起")
}

/// What stands where columns are hidden.
pub fn hidden_columns(count: u32) -> String {
    format!("隐藏 {count} 列")
}

/// The mark in the place of hidden rows.
pub fn hidden_rows(count: u32) -> String {
    format!("隐藏 {count} 行")
}

/// How the files stand.
pub const fn order(order: Order) -> &'static str {
    match order {
        Order::Added => "按添加先后",
        Order::Faulty => "问题多的在前",
        Order::City => "按市",
        Order::Period => "按报告期",
        Order::Name => "按文件名",
    }
}

/// How many of the files are shown.
pub fn files_shown(shown: usize, all: usize) -> String {
    format!("显示 {shown} 个，共 {all} 个")
}

/// What became of a finding.
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Open => OPEN,
        Outcome::Changed => CHANGED,
        Outcome::Answered => ANSWERED,
        Outcome::PutAway => IGNORED,
    }
}

/// A choice and how many it leaves.
pub fn counted(name: &str, count: usize) -> String {
    format!("{name}（{count}）")
}

/// How much of the list is shown.
pub fn sifted(shown: usize, all: usize) -> String {
    format!("{SIFTED}：显示 {shown} 条，共 {all} 条")
}

/// Read out when something else of the list is shown.
pub fn lines_shown(count: usize) -> String {
    format!("显示 {count} 条")
}

/// Read out when the engine has said what all safe fixes would change.
pub fn planned(count: usize) -> String {
    format!("要改 {count} 处")
}

/// The button that carries the plan out.
pub fn carry_out(count: usize) -> String {
    format!("{APPLY}这 {count} 处")
}

/// Cells of a finding that are not told one by one.
pub fn cells_more(count: usize) -> String {
    format!("另有 {count} 格")
}

/// Which state of a sheet is shown.
pub const fn version(version: Version) -> &'static str {
    match version {
        Version::Corrected => "校正后",
        Version::Original => WAS,
    }
}

/// The word that style and tests know it by.
pub const fn version_role(version: Version) -> &'static str {
    match version {
        Version::Corrected => "version-corrected",
        Version::Original => "version-original",
    }
}

/// Stands over the original.
pub fn is_original(changes: usize) -> String {
    format!("这是{WAS}，改之前的样子；改过的 {changes} 处左边有竖线。这里只能看，不能改。")
}

/// The way back from the original.
pub fn back_to_corrected() -> String {
    format!("回到{}", version(Version::Corrected))
}

/// Said where the original was to be changed.
pub fn original_stays() -> String {
    format!("现在看的是{WAS}，不能改。请先点“{}”。", version(Version::Corrected))
}

/// Several findings of one kind in one column, as one line.
pub fn several(title: &str, count: usize) -> String {
    format!("{title} {count} 处")
}

/// How many findings go with their root cause.
pub fn explains(count: usize) -> String {
    format!("由此引起 {count} 处，改好后一并消失")
}

/// How many cells a fix will change.
pub fn cells_changed(count: usize) -> String {
    format!("将改 {count} 个单元格")
}

/// What a fix does that leaves the sight of a cell as it is.
pub fn stored_as_number(shown: &str) -> String {
    format!("文本“{shown}”改存为数值")
}

/// What a fix does that inserts a row.
pub fn row_will_be_inserted(row: u32) -> String {
    format!("将在第 {} 行前插入一行", row.saturating_add(1))
}

/// How many steps were done: changes, and what was told of columns, rows, city and period.
pub fn steps(changes: usize, said: usize) -> String {
    match (changes, said) {
        (_, 0) => format!("修改了 {changes} 处"),
        (0, _) => format!("指明了 {said} 处"),
        _ => format!("修改了 {changes} 处，指明了 {said} 处"),
    }
}

/// What a column's tab says: its role, and a sign where it may be another one.
pub fn column_tab(column: &UnderstoodColumn) -> String {
    let role = column.role.as_deref().unwrap_or(NOT_READ_COLUMN);
    if column.doubt.is_some() { format!("{role}？") } else { role.to_owned() }
}

/// Said of a column's tab to those who do not see it.
pub fn column_label(column: &UnderstoodColumn) -> String {
    format!("{}：{}。{ASK_COLUMN}", column_address(column.column), column_tab(column))
}

/// A column as an address.
pub fn column_address(column: u32) -> String {
    format!("{} 列", letters(column))
}

/// Why a column or a row was taken for what it is.
pub fn why_read(kind: Option<&str>, said: bool, why: &str) -> String {
    match (kind, said) {
        (Some(kind), true) => format!("{BY_YOUR_WORD}，是“{kind}”。"),
        (None, true) => format!("{BY_YOUR_WORD}，不看这一列。"),
        (Some(kind), false) => format!("认作“{kind}”：{why}"),
        (None, false) => format!("审核没有看这一列：{why}"),
    }
}

/// Why it may be another one.
pub fn doubtful(why: &str) -> String {
    format!("{why}，请核对。没有指明以前，不会据此自动修改。")
}

/// The mark of a row that is no indicator's, beside its number.
pub fn row_tag(row: &UnderstoodRow) -> Option<&'static str> {
    match row.word {
        Some(RowWord::Indicator(_)) => None,
        Some(RowWord::Total) => Some("合计"),
        Some(RowWord::Part) => Some("其中"),
        Some(RowWord::Aside) => Some("其他"),
        None if row.kind.starts_with("指标") => Some("重复"),
        None if row.kind.starts_with("表头") => Some("表头"),
        None if row.kind.starts_with("分解表") => Some("表外"),
        None => Some("其他"),
    }
}

/// What a row can be said to be.
pub fn row_word(word: RowWord) -> String {
    match word {
        RowWord::Indicator(number) => format!("指标 {number}"),
        RowWord::Total => "合计".to_owned(),
        RowWord::Part => "其中项".to_owned(),
        RowWord::Aside => ROW_ASIDE.to_owned(),
    }
}

/// The element of a column's tab or a row's number.
pub fn asked_id(asked: Asked) -> String {
    match asked {
        Asked::Column(column) => format!("column-{column}"),
        Asked::Row(row) => format!("row-{row}"),
    }
}

/// Read out when the user's word was taken.
pub fn said(place: &str, word: &str) -> String {
    format!("{place}：{word}。正在重新审核。")
}

/// Where a table is, among several.
pub fn table_address(sheet: &str, area: Area) -> String {
    format!("{sheet} {}:{}", address(area.top, area.left), address(area.bottom, area.right))
}

/// A step of several safe fixes, in the list of steps.
pub fn batch(count: usize) -> String {
    format!("稳妥修改 {count} 条")
}

/// How many further findings are at a cell.
pub fn more_at_cell(count: usize) -> String {
    format!("这个单元格还有 {count} 条")
}

/// Which of the findings is selected.
pub fn of_findings(at: usize, all: usize) -> String {
    format!("{at} / {all}")
}

/// `breakdown`, `progress` as the clerk says it.
pub fn form(form: Option<&str>) -> &'static str {
    match form {
        Some("breakdown") => "分解表",
        Some("progress") => "进展情况表",
        Some("summary") => "汇总表",
        _ => "没认出表式",
    }
}

/// `2019-06` as 2019年6月.
pub fn period(period: &str) -> String {
    match period.split_once('-') {
        Some((year, month)) => format!("{year}年{}月", month.trim_start_matches('0')),
        None => period.to_owned(),
    }
}

/// `12,000`: a number as it is read, not as it is stored.
pub fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut shown = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown + rest
}

/// Id of a number of the consolidated table.
pub fn number_id(number: Traced) -> String {
    match number.city {
        Some(city) => format!("number-{}-{city}", number.row),
        None => format!("number-{}-zone", number.row),
    }
}

/// What would become of a return, in a few words.
pub fn fate(entry: &Entry) -> (&'static str, String) {
    let open = || {
        let mut parts = Vec::new();
        if entry.warnings > 0 {
            parts.push(format!("警示 {} 处待说明", entry.warnings));
        }
        if entry.untaken > 0 {
            parts.push(format!("{} 个数没有计入，待确认", entry.untaken));
        }
        if !entry.undecided.is_empty() {
            let columns: Vec<&str> = entry.undecided.iter().map(String::as_str).collect();
            parts.push(format!("{}与另一份不同，现按这一份", columns.join("、")));
        }
        parts.join("，")
    };
    match &entry.fate {
        Fate::Taken => ("可汇总", open()),
        Fate::Refused(errors) if entry.replaced => ("已重报", format!("这一份错误 {errors} 处未改，不用")),
        Fate::Refused(errors) => ("不能汇总", format!("错误 {errors} 处未改")),
        Fate::Disputed => ("重报待定", "几份数字不同，请定以哪份为准".to_owned()),
        Fate::Twin(of, differs) if differs.is_empty() => ("不重复计", format!("与“{}”相同", shown(of))),
        Fate::Twin(of, differs) => {
            ("不重复计", format!("数字与“{}”相同，{}不同", shown(of), differs.join("、")))
        }
        Fate::NotPreferred => ("未采用", "已定以另一份为准".to_owned()),
        Fate::Unchosen => ("不汇总", "按选择".to_owned()),
        Fate::District(name) => ("只作核对", format!("是{}的报表", shown(name))),
    }
}

/// What an empty place is called.
pub fn empty_place(city: &str, period: &str) -> String {
    format!("{city} {} {NOT_REPORTED}，{DROP_OR_CHOOSE}", self::period(period))
}

/// A file was meant for another place than it says itself.
pub fn meant_elsewhere(name: &str, (city, period): (&str, &str), own: &[(String, String)]) -> String {
    let place = |city: &str, period: &str| format!("{city} {}", self::period(period));
    let (name, meant) = (shown(name), place(city, period));
    match own {
        [] => format!(
            "“{name}”放在{meant}的空位上，但没有认出它是哪个市、哪一期的进展情况表。文件没有改动。\
             请在“{CHECK}”里说明是哪个市、哪一期；放错了的，请移出列表。"
        ),
        own => {
            let own: Vec<String> = own.iter().map(|(city, period)| place(city, period)).collect();
            format!(
                "“{name}”写的是{}，不是{meant}。文件没有改动，列在它写的位置上。\
                 市或报告期写错的，请退回改正；放错了的，请移出列表。",
                own.join("、")
            )
        }
    }
}

/// Read out when submissions stand side by side.
pub fn compared(files: usize) -> String {
    format!("{files} 份已并排列出")
}

/// `成都市 2019年6月：3 份报表`.
pub fn comparison(city: &str, period: &str, files: usize) -> String {
    format!("{city} {}：{files} 份报表对照", self::period(period))
}

/// How a rate stands to the time that has passed.
pub fn beside_time(rate: f64, elapsed: f64) -> String {
    let points = (rate - elapsed) * 100.0;
    if points.abs() < 0.05 {
        "与时间持平".to_owned()
    } else if points > 0.0 {
        format!("快 {points:.1} 个百分点")
    } else {
        format!("慢 {:.1} 个百分点", -points)
    }
}

/// What the bars show.
pub fn elapsed_lead(of: &str, elapsed: &str) -> String {
    format!("到{}，规划时间已过 {elapsed}，如竖线所示；横条是完成率。", period(of))
}

/// A small picture of the trend, in words.
pub fn trend(label: &str, unit: &str, target: &str, stages: &[(String, Option<String>)]) -> String {
    let one = |(of, done): &(String, Option<String>)| match done {
        Some(done) => format!("{} {}{unit}", period(of), grouped(done)),
        None => format!("{} 不全", period(of)),
    };
    format!("{label}：{}；总目标 {target}{unit}", stages.iter().map(one).collect::<Vec<_>>().join("，"))
}

/// That a total lacks cities, and what its rate is of.
pub fn lacking(cities: &[String]) -> String {
    format!("合计不全，缺{}：完成率只按已报各市的目标算", cities.join("、"))
}

/// The caption of a consolidation.
pub fn consolidated(of: &str) -> String {
    format!("{}汇总", period(of))
}

/// What a screen reader says of a cell.
pub fn cell_label(address: &str, shown: &str) -> String {
    if shown.is_empty() { format!("{address}，{BLANK}") } else { format!("{address}，{shown}") }
}

/// Of a workbook with several tables, all audited.
pub fn tables(count: usize) -> String {
    format!("共审核 {count} 张表")
}
