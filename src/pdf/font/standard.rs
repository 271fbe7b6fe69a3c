//! The standard 14 fonts, which need not be embedded, and what to take for fonts that are neither
//! embedded nor described: their widths, and the encodings of Symbol and ZapfDingbats.

use std::collections::HashMap;
use std::sync::OnceLock;

const CORE14: &str = include_str!("../data/core14.txt");

/// Every glyph of a Courier.
const COURIER: f64 = 600.0;

/// Metrics of one of the standard fonts.
pub(super) struct Standard {
    widths: HashMap<&'static str, f64>,
    /// Glyph names by code, for the fonts with an encoding of their own.
    pub(super) names: [&'static str; 256],
    /// Has it an encoding of its own?
    pub(super) symbolic: bool,
    fixed: bool,
}

impl Standard {
    /// Width of a glyph in thousandths of the em.
    pub(super) fn width(&self, glyph: &str) -> Option<f64> {
        if self.fixed { Some(COURIER) } else { self.widths.get(glyph).copied() }
    }
}

/// The standard font a name means, aliases such as `ArialMT` or `TimesNewRoman,Bold` included.
pub(super) fn of_name(name: &str) -> Option<&'static Standard> {
    let name = name.to_ascii_lowercase().replace([' ', '-', ',', '_'], "");
    let family = if name.contains("courier") {
        Family::Courier
    } else if name.contains("arialunicode") {
        return None;
    } else if name.starts_with("arial") || name.starts_with("helvetica") {
        Family::Helvetica
    } else if name.starts_with("timesnewroman")
        || name.starts_with("timesroman")
        || name == "times"
        || name.starts_with("timesbold")
        || name.starts_with("timesitalic")
    {
        Family::Times
    } else if name == "symbol" || name.starts_with("symbolmt") {
        Family::Symbol
    } else if name.starts_with("zapfdingbats") {
        Family::Dingbats
    } else {
        return None;
    };
    let bold = name.contains("bold");
    let italic = name.contains("italic") || name.contains("oblique");
    fonts().get(key(family, bold, italic))
}

/// The standard font to measure by, where nothing is known but a font descriptor's flags.
pub(super) fn of_flags(flags: i64) -> Option<&'static Standard> {
    let bold = flags & 1 << 18 != 0;
    let italic = flags & 1 << 6 != 0;
    let family = match flags {
        flags if flags & 1 != 0 => Family::Courier,
        flags if flags & 2 != 0 => Family::Times,
        _ => Family::Helvetica,
    };
    fonts().get(key(family, bold, italic))
}

#[derive(Clone, Copy)]
enum Family {
    Courier,
    Helvetica,
    Times,
    Symbol,
    Dingbats,
}

fn key(family: Family, bold: bool, italic: bool) -> &'static str {
    match (family, bold, italic) {
        (Family::Courier, _, _) => "Courier",
        (Family::Helvetica, false, _) => "Helvetica",
        (Family::Helvetica, true, _) => "Helvetica-Bold",
        (Family::Times, false, false) => "Times-Roman",
        (Family::Times, true, false) => "Times-Bold",
        (Family::Times, false, true) => "Times-Italic",
        (Family::Times, true, true) => "Times-BoldItalic",
        (Family::Symbol, _, _) => "Symbol",
        (Family::Dingbats, _, _) => "ZapfDingbats",
    }
}

fn fonts() -> &'static HashMap<&'static str, Standard> {
    static FONTS: OnceLock<HashMap<&'static str, Standard>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut fonts = HashMap::new();
        fonts.insert("Courier", Standard { widths: HashMap::new(), names: [""; 256], symbolic: false, fixed: true });
        let mut current = "";
        for line in CORE14.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('@') {
                current = name;
                let symbolic = matches!(name, "Symbol" | "ZapfDingbats");
                fonts.insert(name, Standard { widths: HashMap::new(), names: [""; 256], symbolic, fixed: false });
                continue;
            }
            let mut fields = line.split(' ');
            let (Some(code), Some(width), Some(glyph)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            let (Some(font), Ok(width)) = (fonts.get_mut(current), width.parse()) else { continue };
            font.widths.insert(glyph, width);
            if let Some(slot) = code.parse::<usize>().ok().and_then(|code| font.names.get_mut(code)) {
                *slot = glyph;
            }
        }
        fonts
    })
}
