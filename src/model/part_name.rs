//! Names of parts in an OOXML package (ECMA-376 part 2): how they compare, where a part's relationships stand, and what
//! a relationship's target means.
//!
//! Text in, text out; no package is opened here.

/// A name as parts are looked up by it: names compare without case (6.2.2.3), some writers store backslashes, some a
/// slash at the front.
pub fn compared(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// The part with a part's relationships (6.5.2.3): `xl/workbook.xml` → `xl/_rels/workbook.xml.rels`; the empty name is
/// the package itself.
pub fn relationships_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The part that a relationship's target names, without leading slash: against the folder of the part `from` that has
/// the relationship, or against the root where it begins with a slash. What leads out of the package ends at its root.
pub fn target(from: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = if target.starts_with('/') { "" } else { folder };
    let mut segments: Vec<&str> = Vec::new();
    for segment in base.split('/').chain(target.split('/')) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_against_the_folder_of_their_source() {
        assert_eq!(target("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(target("xl/workbook.xml", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(target("xl/worksheets/sheet1.xml", "..\\tables\\table1.xml"), "xl/tables/table1.xml");
        assert_eq!(target("", "../../xl/workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn relationships_stand_beside_their_part() {
        assert_eq!(relationships_of(""), "_rels/.rels");
        assert_eq!(relationships_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(compared("/XL\\Workbook.xml"), "xl/workbook.xml");
    }
}
