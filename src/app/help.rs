//! The page of help as data: what the three jobs are, what the marks mean, what people ask. How it is drawn is
//! `panels::help`.

use super::text::*;
use crate::worker::protocol::Tier;

/// A sentence; every second piece is the name of something on the page, and comes from its constant.
pub type Words = &'static [&'static str];

/// A drawing of our own: its width and height, its lines, its words with their places.
pub struct Picture {
    pub size: (u32, u32),
    pub lines: &'static str,
    pub words: &'static [(u32, u32, &'static str)],
}

/// One of the three jobs, in three steps.
pub struct Job {
    pub title: &'static str,
    pub picture: Picture,
    pub steps: [Words; 3],
}

/// A mark as it stands in the sheet: its class, the cell's text, the one before it.
pub struct Mark {
    pub class: &'static str,
    /// Nothing where it says what became of a finding.
    pub tier: Option<Tier>,
    pub name: &'static str,
    pub cell: &'static str,
    pub before: Option<&'static str>,
    pub means: Words,
}

/// Where things are on the page.
pub const MAP: Picture = Picture {
    size: (330, 172),
    lines: "M.5.5h329v171H.5zM.5 24.5h329M.5 147.5h329M74.5 24.5v123M232.5 24.5v123\
            M74.5 44.5h158M74.5 64.5h158M74.5 84.5h158M74.5 104.5h158M74.5 124.5h158M94.5 24.5v123M162.5 24.5v123\
            M151 45h11v11zM10 56h8v8h-8zM24 60h40M10 74h8v8h-8zM24 78h32M10 92h8v8h-8zM24 96h40\
            M240.5 54.5h80v30h-80zM248 64h62M248 74h40M240.5 92.5h80v30h-80zM248 102h62M248 112h30",
    words: &[
        (12, 17, CHECK),
        (52, 17, CONSOLIDATE),
        (92, 17, RULES),
        (12, 42, FILES),
        (102, 39, "表"),
        (242, 42, FINDINGS),
        (12, 165, UNDO),
        (232, 165, SAVE),
    ],
};

/// What is done with the page.
pub const JOBS: [Job; 3] = [
    Job {
        title: "校核一份表",
        picture: Picture {
            size: (120, 64),
            lines: "M4.5 8.5h44v48h-44zM4.5 20.5h44M4.5 32.5h44M4.5 44.5h44M20.5 8.5v48\
                    M39 21h9v9zM56 32h12M64 28l4 4-4 4M75.5 8.5h40v48h-40zM84 33l8 8 16-18",
            words: &[],
        },
        steps: [
            &["在“", CHECK, "”里点“", CHOOSE, "”，或者把文件拖进页面。一次可以放很多份。"],
            &[
                "在“",
                FINDINGS,
                "”一栏逐条看，点一条，表里就跳到那一格。改法对的点“",
                APPLY,
                "”；只改写法的可以一次“",
                APPLY_SAFE,
                "”；数没有错、要说明原因的警示，点“",
                EXPLAIN,
                "”。",
            ],
            &[
                "点“",
                SAVE,
                "”。副本在浏览器的下载文件夹里，原文件不动。要留底，点“",
                SAVE_FINDINGS,
                "”或“",
                PRINT,
                "”。",
            ],
        ],
    },
    Job {
        title: "汇总各市报表",
        picture: Picture {
            size: (120, 64),
            lines: "M4.5 2.5h24v16h-24zM4.5 24.5h24v16h-24zM4.5 46.5h24v16h-24zM4 8h24M4 30h24M4 52h24\
                    M34 12l18 16M34 32h18M34 52l18-16M61.5 8.5h54v48h-54zM61.5 20.5h54M61.5 32.5h54\
                    M61.5 44.5h54M79.5 8.5v48M97.5 8.5v48",
            words: &[],
        },
        steps: [
            &[
                "把各市报来的进展情况表一起拖进来，在“",
                CHECK,
                "”里逐份看。有错误的，到“",
                CONSOLIDATE,
                "”里点“",
                SEND_BACK,
                "”，交填报单位改了重报。",
            ],
            &[
                "在“",
                CONSOLIDATE,
                "”的“",
                BOARD,
                "”里看谁“",
                NOT_REPORTED,
                "”。选“",
                PERIOD,
                "”，点“",
                RUN,
                "”。",
            ],
            &[
                "点“",
                DOWNLOAD_CONSOLIDATED,
                "”，表里每个数都注明出处。写材料，用“",
                BRIEF,
                "”里的初稿，点“",
                DOWNLOAD_WORD,
                "”。",
            ],
        ],
    },
    Job {
        title: "出空白表，换分解表",
        picture: Picture {
            size: (120, 64),
            lines: "M4.5 8.5h44v48h-44zM4.5 20.5h44M4.5 32.5h44M4.5 44.5h44M20.5 8.5v48\
                    M56 26h12M64 22l4 4-4 4M68 40H56M60 36l-4 4 4 4M75.5 8.5h40v48h-40zM75.5 20.5h40\
                    M75.5 32.5h40M75.5 44.5h40M91.5 8.5v48",
            words: &[],
        },
        steps: [
            &[
                "在“",
                RULES,
                "”的“",
                FORMS,
                "”里选市和报告期，点“",
                MAKE_FORMS,
                "”。先读入上期报表，累计数会一并填好。",
            ],
            &["分解表有调整的，点“", CHANGE_BREAKDOWN, "”，选新的分解表，先看清有哪些不同。"],
            &[
                "看清后点“",
                USE_BREAKDOWN,
                "”，已读入的文件都按它重新审核。要改回来，点“",
                OFFICIAL_BREAKDOWN,
                "”；关掉页面也会改回来。",
            ],
        ],
    },
];

/// What stands in a cell, and what it asks for.
pub const MARKS: [Mark; 5] = [
    Mark {
        class: tier_class(Tier::Error),
        tier: Some(Tier::Error),
        name: tier(Tier::Error),
        cell: "600家",
        before: None,
        means: &["须改正后再报，不能收起。"],
    },
    Mark {
        class: tier_class(Tier::Warning),
        tier: Some(Tier::Warning),
        name: tier(Tier::Warning),
        cell: "250项",
        before: None,
        means: &["须改正，或者点“", EXPLAIN, "”写明原因。"],
    },
    Mark {
        class: tier_class(Tier::Notice),
        tier: Some(Tier::Notice),
        name: tier(Tier::Notice),
        cell: "约300项",
        before: None,
        means: &["供参考。看过不用改的，点“", IGNORE, "”。"],
    },
    Mark {
        class: "changed",
        tier: None,
        name: CHANGED,
        cell: "600项",
        before: Some("600家"),
        means: &["左边有竖线，划掉的是原来的。点“", UNDO, "”就退回。"],
    },
    Mark {
        class: "said",
        tier: None,
        name: ANSWERED,
        cell: "250项",
        before: None,
        means: &["写过情况说明，数没有变。说明随副本一起保存。"],
    },
];

/// What people ask.
pub const QUESTIONS: [(&str, Words); 10] = [
    (
        "为什么不联网？",
        &["报表没有公布以前不宜外传。本页禁止了一切连接，断开网线一样用；不检查更新，也不统计使用情况。"],
    ),
    (
        "什么会离开这台电脑？",
        &["什么也不会。只有点了保存、下载，才会在这台电脑上写出文件；要不要发给别人，由您决定。"],
    ),
    (
        "什么是“稳妥”？",
        &["只改写法，不改数值，也不动公式。例如把“600家”改成“600项”，数还是 600。\
             会改变数值的都不算，须核对后一条一条采用。"],
    ),
    (
        "数不对，谁来改？",
        &[
            "填报单位。本工具不替人编数，汇总人员也不要代填：在“",
            CONSOLIDATE,
            "”里点“",
            SEND_BACK,
            "”，由填报单位改正后重报，或者写情况说明。",
        ],
    ),
    (
        "原文件会不会被改？",
        &["不会。修改都在副本里，副本里只有改过的单元格不同；改了哪几处，在“", CERTIFICATE, "”里列着。"],
    ),
    (
        "文件打不开怎么办？",
        &[
            "先看文件名下面写的原因。设了密码的，另存一份不带密码的；正被 WPS 或 Excel 打开的，关掉后点“",
            RETRY,
            "”；别的情况，在 WPS 里另存为 .xlsx 再拖进来。整个页面都用不了，把第一屏“",
            SELF_CHECK,
            "”里的内容复制给管理员。",
        ],
    ),
    (
        "断电了怎么办？",
        &[
            "事先点“",
            KEPT_SHORT,
            "”，打开“",
            SHELF,
            "”：再打开本页，第一屏可以“",
            RESTORE_LEFT,
            "”。没有打开的，找不回来。做得久，请常点“",
            SAVE_PROGRESS,
            "”，存下的文件拖进来，就能接着做。",
        ],
    ),
    (
        "怎么打印？",
        &[
            "一份表：点“",
            PRINT,
            "”，或按 Ctrl+P。全部：在“",
            CONSOLIDATE,
            "”里点“",
            PRINT_ALL,
            "”。都是 A4 纸竖排；没有打印机的，在打印窗口里选“另存为 PDF”。",
        ],
    ),
    (
        "汇总里少了一个市，怎么办？",
        &[
            "写着“",
            NOT_REPORTED,
            "”的，还没有读到它的报表。报表在“",
            UNPLACED,
            "”下面的，到“",
            CHECK,
            "”里打开它，在“",
            WHOSE,
            "”里指明。列在“",
            KEPT_OUT,
            "”里的，后面写着原因。点过“",
            PASS_OVER,
            "”的，再点一次就恢复。",
        ],
    ),
    (
        "行或列认错了怎么办？",
        &[
            "点表上方列名的小签，选“",
            ASK_COLUMN,
            "”；或点行号旁的小签，选“",
            ASK_ROW,
            "”。选好后自动重新审核。",
        ],
    ),
];
