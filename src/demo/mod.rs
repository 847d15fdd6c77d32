//! The embedded example: two sheets with faults and one period's returns of three cities.
//!
//! Workbooks of other producers, as they lie in `fixtures/workbooks`.

/// File name and content.
pub const FILES: &[(&str, &[u8])] = &[
    ("数值写法.xlsx", include_bytes!("../../fixtures/workbooks/samples/数值写法.xlsx")),
    ("绵阳德阳对调.xlsx", include_bytes!("../../fixtures/workbooks/samples/绵阳德阳对调.xlsx")),
    ("成都市-2019年6月.xlsx", include_bytes!("../../fixtures/workbooks/samples/成都市-2019年6月.xlsx")),
    ("绵阳市-2019年6月.xlsx", include_bytes!("../../fixtures/workbooks/samples/绵阳市-2019年6月.xlsx")),
    ("德阳市-2019年6月.xls", include_bytes!("../../fixtures/workbooks/samples/德阳市-2019年6月.xls")),
];
