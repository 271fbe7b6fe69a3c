//! The Chinese font of this machine that is drawn in place of fonts that are not in a file.

use crate::pdf::StandIn;
use fontdb::{Database, Family, Query};
use std::sync::Arc;

/// Families to look for, the ones most like what reports are set in first: Song, then other serifs, then sans serifs.
const FAMILIES: &[&str] = &[
    "SimSun",
    "NSimSun",
    "Songti SC",
    "STSong",
    "FangSong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "AR PL UMing CN",
    "AR PL SungtiL GB",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "Hiragino Sans GB",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
];

/// Finds a font for simplified Chinese.
pub(super) fn chinese() -> Option<StandIn> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    FAMILIES.iter().find_map(|family| {
        let id = fonts.query(&Query { families: &[Family::Name(family)], ..Query::default() })?;
        let (data, index) = fonts.with_face_data(id, |data, index| (data.to_vec(), index))?;
        Some(StandIn { name: (*family).to_owned(), data: Arc::new(data), index })
    })
}
