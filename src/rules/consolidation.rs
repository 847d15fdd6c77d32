//! Family C: what a consolidation says of the returns put together. The consolidation itself finds it; here stands the
//! help.

use crate::audit::{Check, Code, Rule, Tier};

macro_rules! said_by_the_consolidation {
    ($(#[doc = $doc:literal])+ $code:ident, $tier:ident, $title:literal) => {
        $(#[doc = $doc])+
        pub static $code: Rule = Rule {
            code: Code(stringify!($code)),
            tier: Tier::$tier,
            title: $title,
            help: concat!($($doc, "\n"),+),
            check: Check::Consolidation,
        };
    };
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 汇总的这一期，每个市是否都报了。
    /// ## 为什么
    /// 缺一个市，合计就不全。
    /// ## 示例
    /// 德阳市没有报 2019年6月的进展情况表。
    /// ## 怎么改
    /// 请催报；合计在报齐之前标为不全。
    C001, Warning, "缺报"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 同一个市同一期是否报了两份而数字不同。
    /// ## 为什么
    /// 分不清以哪一份为准，不能替报送单位选。
    /// ## 示例
    /// 成都市 2019年6月有两份，指标 1 一份填 420、一份填 430。
    /// ## 怎么改
    /// 请报送单位确认以哪份为准，去掉另一份再汇总。
    C002, Error, "重报且不一致"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 同一份报表是否放进了两次（逐字节相同，或数字全部相同）。
    /// ## 为什么
    /// 重复计入会使合计翻倍，所以只用一份。
    /// ## 示例
    /// 同一份报表换了文件名又报了一次。
    /// ## 怎么改
    /// 不用改，已只用一份。
    C003, Notice, "重复报送"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 汇总里是否混进了别的期的报表。
    /// ## 为什么
    /// 不同期的累计数不能相加。
    /// ## 示例
    /// 汇总 2019年6月，混进了绵阳市 2018年12月的报表。
    /// ## 怎么改
    /// 请换上本期的报表；该份没有计入。
    C004, Error, "报告期混杂"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 报表是否还有没有更正的错误。
    /// ## 为什么
    /// 有错误的数不能进汇总，也不能由汇总单位替改。
    /// ## 示例
    /// 绵阳市的报表还有 3 处错误，没有计入；其他市照常汇总。
    /// ## 怎么改
    /// 请退回更正后再汇总。
    C005, Warning, "有错误，没有计入"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 合计用另一种算法重算后是否一致。
    /// ## 为什么
    /// 两条路算出同一个数，才能放心报出去。
    /// ## 示例
    /// 按市相加得 1000，按来源逐笔相加得 990。
    /// ## 怎么改
    /// 这是本工具的差错，请不要使用这份汇总，并告知维护人员。
    C006, Error, "合计复核不一致"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 采用的报表里，警示是否都已改正或写明情况说明。
    /// ## 为什么
    /// 有疑问的数照样进了汇总，汇总单位应当知道。
    /// ## 示例
    /// 成都市的报表有 1 处警示没有说明（P003 F5）。
    /// ## 怎么改
    /// 请报送单位核对后改正，或写情况说明，再重新汇总。
    C007, Warning, "警示没有说明"
}

said_by_the_consolidation! {
    /// ## 审核内容
    /// 采用的报表里，是否有该计入而没有计入的数。
    /// ## 为什么
    /// 少计一个数，合计就不全；带数量级的写法、没有存算好的公式，都不能替报送单位认定。
    /// ## 示例
    /// 德阳市 F4 写作“6.3千”，没有确认就是 6300，没有计入。
    /// ## 怎么改
    /// 请报送单位确认后改为确定的数，再重新汇总。
    C008, Warning, "有数没有计入"
}
