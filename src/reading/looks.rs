//! The looks that styles give to cells: those of an .xlsx (ECMA-376 part 1, 18.8), and what the binary formats share.

use super::limits::Budget;
use super::package::Package;
use super::xml::{Element, Event, Xml};
use crate::model::{Align, Cell, CellRef, Look, Looks, Unreadable};

/// The colours that are named by number only, from 8 on (18.8.27); before them stand the first eight once more.
const INDEXED: [u32; 56] = [
    0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00, 0xFF00FF, 0x00FFFF, 0x800000, 0x008000,
    0x000080, 0x808000, 0x800080, 0x008080, 0xC0C0C0, 0x808080, 0x9999FF, 0x993366, 0xFFFFCC, 0xCCFFFF,
    0x660066, 0xFF8080, 0x0066CC, 0xCCCCFF, 0x000080, 0xFF00FF, 0xFFFF00, 0x00FFFF, 0x800080, 0x800000,
    0x008080, 0x0000FF, 0x00CCFF, 0xCCFFFF, 0xCCFFCC, 0xFFFF99, 0x99CCFF, 0xFF99CC, 0xCC99FF, 0xFFCC99,
    0x3366FF, 0x33CCCC, 0x99CC00, 0xFFCC00, 0xFF9900, 0xFF6600, 0x666699, 0x969696, 0x003366, 0x339966,
    0x003300, 0x333300, 0x993300, 0x993366, 0x333399, 0x333333,
];

/// Whether any of the styles names a colour of the theme.
pub(super) fn ask_for_theme(styles: &str) -> bool {
    styles.contains("fgColor theme")
}

/// The look of each cell style (`cellXfs`), by index; `theme` holds the colours that they name by number.
pub(super) fn read(
    part: &str,
    text: &str,
    theme: &[[u8; 3]],
    budget: &Budget<'_>,
) -> Result<Vec<Look>, Unreadable> {
    let (mut bold, mut fills, mut looks) = (Vec::new(), Vec::new(), Vec::new());
    let mut within = "";
    let mut xml = Xml::new(part, text, budget.limits);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match (within, element.name()) {
                (_, "fonts") => within = "fonts",
                (_, "fills") => within = "fills",
                (_, "cellXfs") => within = "cellXfs",
                ("fonts", "font") => bold.push(false),
                ("fonts", "b") => {
                    if let Some(last) = bold.last_mut() {
                        *last = element.attribute("val").is_none_or(|value| value != "0" && value != "false");
                    }
                }
                ("fills", "fill") => fills.push((false, None)),
                ("fills", "patternFill") => {
                    if let Some((solid, _)) = fills.last_mut() {
                        *solid = element.attribute("patternType").as_deref() == Some("solid");
                    }
                }
                ("fills", "fgColor") => {
                    if let Some((true, fill)) = fills.last_mut() {
                        *fill = color(element, theme);
                    }
                }
                ("cellXfs", "xf") => {
                    let of = |name| element.number::<usize>(name).unwrap_or(0);
                    looks.push(Look {
                        bold: bold.get(of("fontId")).copied().unwrap_or(false),
                        fill: fills.get(of("fillId")).and_then(|(_, fill)| *fill),
                        ..Look::default()
                    });
                }
                ("cellXfs", "alignment") => {
                    if let Some(look) = looks.last_mut() {
                        look.wrap = element.flag("wrapText");
                        look.align = match element.attribute("horizontal").as_deref() {
                            Some("left" | "distributed" | "justify" | "fill") => Align::Left,
                            Some("center" | "centerContinuous") => Align::Center,
                            Some("right") => Align::Right,
                            _ => Align::General,
                        };
                    }
                }
                _ => {}
            },
            Event::End(_) if !within.is_empty() && event.ends(within) => within = "",
            Event::End(_) | Event::Text(_) => {}
        }
    }
    Ok(looks)
}

/// The looks of the cells that hold something, by their styles.
pub(super) fn of_cells(cells: &[(CellRef, Cell)], styles: &[u32], looks: &[Look]) -> Looks {
    let look = |style: u32| usize::try_from(style).ok().and_then(|style| looks.get(style)).copied();
    let styled = cells.iter().zip(styles).filter(|((_, cell), _)| super::holds(cell));
    Looks::of(styled.filter_map(|((at, _), style)| Some((*at, look(*style)?))))
}

/// From this weight on letters are bold.
pub(super) const BOLD: u16 = 600;

/// Alignment by its number (MS-XLS 2.5.148, MS-XLSB 2.5.74): left, filled, justified and distributed begin at the left.
pub(super) const fn numbered_align(number: u8) -> Align {
    match number & 7 {
        1 | 4 | 5 | 7 => Align::Left,
        2 | 6 => Align::Center,
        3 => Align::Right,
        _ => Align::General,
    }
}

/// The colours of a theme in the order that styles count them: light and dark are exchanged (18.8.3).
pub(super) fn read_theme(
    package: &mut Package<'_>,
    part: &str,
    budget: &Budget<'_>,
) -> Result<Vec<[u8; 3]>, Unreadable> {
    let Some(text) = package.text(part)? else { return Ok(Vec::new()) };
    let mut colors = Vec::new();
    let mut within = false;
    let mut xml = Xml::new(part, &text, budget.limits);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match element.name() {
                "clrScheme" => within = true,
                "srgbClr" if within => colors.extend(element.attribute("val").and_then(|hex| rgb(&hex))),
                "sysClr" if within => colors.extend(element.attribute("lastClr").and_then(|hex| rgb(&hex))),
                _ => {}
            },
            Event::End(_) if event.ends("clrScheme") => break,
            Event::End(_) | Event::Text(_) => {}
        }
    }
    for (light, dark) in [(0, 1), (2, 3)] {
        if colors.len() > dark {
            colors.swap(light, dark);
        }
    }
    Ok(colors)
}

fn color(element: &Element<'_>, theme: &[[u8; 3]]) -> Option<[u8; 3]> {
    let named = element.attribute("rgb").and_then(|hex| rgb(&hex));
    let indexed = || indexed(element.number("indexed")?);
    let of_theme = || theme.get(element.number::<usize>("theme")?).copied();
    let plain = named.or_else(indexed).or_else(of_theme)?;
    Some(tinted(plain, element.number("tint").unwrap_or(0.0)))
}

/// The colour of a number; none where it stands for what the system shows.
pub(super) fn indexed(index: usize) -> Option<[u8; 3]> {
    let [_, red, green, blue] = INDEXED.get(index.checked_sub(8).unwrap_or(index))?.to_be_bytes();
    Some([red, green, blue])
}

/// `AARRGGBB` or `RRGGBB`.
pub(super) fn rgb(hex: &str) -> Option<[u8; 3]> {
    let number = u32::from_str_radix(hex, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    matches!(hex.len(), 6 | 8).then_some([red, green, blue])
}

/// Nearer to white, or to black (18.8.19): of hue, lightness and saturation only the lightness changes.
pub(super) fn tinted(color: [u8; 3], tint: f64) -> [u8; 3] {
    let tint = if tint.is_finite() { tint.clamp(-1.0, 1.0) } else { 0.0 };
    let parts = color.map(|part| f64::from(part) / 255.0);
    let most = parts.into_iter().fold(0.0, f64::max);
    let old = f64::midpoint(most, parts.into_iter().fold(most, f64::min));
    let new = if tint < 0.0 { old * (1.0 + tint) } else { old + (1.0 - old) * tint };
    // How far the parts may lie from a lightness; black and white have none that do.
    let reach = |lightness: f64| 1.0 - (2.0 * lightness - 1.0).abs();
    let share = if reach(old) > 0.0 { reach(new) / reach(old) } else { 0.0 };
    parts.map(|part| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let whole = ((new + (part - old) * share) * 255.0).round().clamp(0.0, 255.0) as u8;
        whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_say_how_their_cells_look() {
        let text = "<styleSheet><fonts><font/><font><b/></font><font><b val=\"0\"/></font></fonts>\
            <fills><fill><patternFill patternType=\"none\"/></fill>\
            <fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFFF00\"/><bgColor indexed=\"64\"/>\
            </patternFill></fill>\
            <fill><patternFill patternType=\"solid\"><fgColor theme=\"1\" tint=\"-0.5\"/></patternFill></fill></fills>\
            <cellStyleXfs><xf fontId=\"1\"/></cellStyleXfs>\
            <cellXfs><xf/><xf fontId=\"1\" fillId=\"1\"><alignment horizontal=\"center\" wrapText=\"1\"/></xf>\
            <xf fontId=\"2\" fillId=\"2\"/></cellXfs>\
            <dxfs><dxf><font><b/></font></dxf></dxfs></styleSheet>";
        let limits = crate::reading::Limits::default();
        let looks = read("xl/styles.xml", text, &[[0; 3], [100, 200, 0]], &Budget::new(&limits)).unwrap();
        let heading = Look { bold: true, align: Align::Center, wrap: true, fill: Some([255, 255, 0]) };
        let tinted = Look { fill: Some([50, 100, 0]), ..Look::default() };
        assert_eq!(looks, [Look::default(), heading, tinted]);
    }

    #[test]
    fn colours() {
        assert_eq!(rgb("FFFFC000"), Some([0xFF, 0xC0, 0]));
        assert_eq!(rgb("FFC000"), Some([0xFF, 0xC0, 0]));
        assert_eq!(rgb("white"), None);
        assert_eq!([2, 10, 64].map(indexed), [Some([255, 0, 0]), Some([255, 0, 0]), None]);
        // Text 2 lighter by 80%, and but for one step of red accent 1 darker by 25%, as spreadsheet programs have it.
        assert_eq!(tinted([0x1F, 0x49, 0x7D], 0.799_98), [0xC6, 0xD9, 0xF1]);
        assert_eq!(tinted([0x4F, 0x81, 0xBD], -0.249_98), [0x37, 0x60, 0x92]);
        assert_eq!(tinted([255; 3], -0.15), [217; 3]);
        assert_eq!(tinted([0; 3], 1.0), [255; 3]);
        assert_eq!(tinted([0, 100, 200], -0.5), [0, 50, 100]);
        assert_eq!(tinted([1, 2, 3], f64::NAN), [1, 2, 3]);
    }
}
