//! The workbook part, its relationships and content types: which part is which sheet, names, calculation.

use super::package::Package;
use super::xml::{Kind, Splices, Tags, attributes, decoded, escaped, local, with_attribute};
use super::{PatchError, record};
use crate::model::part_name;

/// The parts of a workbook that a patch has to know.
pub struct WorkbookParts {
    pub part: String,
    pub sheets: Vec<SheetPart>,
    pub names: Vec<DefinedName>,
    pub calc_chain: Option<String>,
    pub pivot_caches: Vec<String>,
}

pub struct SheetPart {
    pub name: String,
    pub sheet_id: String,
    /// Empty where the relationship leads nowhere.
    pub part: String,
    pub is_worksheet: bool,
}

pub struct DefinedName {
    pub name: String,
    pub formula: String,
}

/// One relationship of a part, its target resolved to a part name.
#[derive(Clone, Debug)]
pub struct Relationship {
    pub id: String,
    /// The last segment of the type, the same in Transitional and Strict: `worksheet`, `table`.
    pub kind: String,
    pub full_kind: String,
    pub target: String,
    pub external: bool,
}

const CONTENT_TYPES: &str = "[Content_Types].xml";
const WORKSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";

impl WorkbookParts {
    pub fn read(package: &mut Package) -> Result<Self, PatchError> {
        let root = relationships(package, "")?;
        let part = root
            .into_iter()
            .find(|relationship| relationship.kind == "officeDocument" && !relationship.external)
            .ok_or_else(|| PatchError::MissingPart("xl/workbook.xml".to_owned()))?
            .target;
        let related = relationships(package, &part)?;
        let text = package.text(&part)?;
        let mut found = Self {
            calc_chain: related
                .iter()
                .find(|r| r.kind == "calcChain" && package.has(&r.target))
                .map(|r| r.target.clone()),
            pivot_caches: related
                .iter()
                .filter(|r| r.kind == "pivotCacheDefinition")
                .map(|r| r.target.clone())
                .collect(),
            sheets: Vec::new(),
            names: Vec::new(),
            part: part.clone(),
        };
        let mut tags = Tags::of(&part, &text);
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.local()) {
                (2, "sheet") if tag.opens() => {
                    let id = tag.attribute_local("id").unwrap_or_default();
                    let relation = related.iter().find(|r| r.id == id);
                    found.sheets.push(SheetPart {
                        name: tag.attribute("name").unwrap_or_default().into_owned(),
                        sheet_id: tag.attribute("sheetId").unwrap_or_default().into_owned(),
                        part: relation.map(|r| r.target.clone()).unwrap_or_default(),
                        is_worksheet: relation
                            .is_some_and(|r| r.kind == "worksheet" && !r.external && package.has(&r.target)),
                    });
                }
                (2, "definedName") if tag.opens() => {
                    let (content, _) = tags.content(&tag)?;
                    found.names.push(DefinedName {
                        name: tag.attribute("name").unwrap_or_default().into_owned(),
                        formula: decoded(text.get(content).unwrap_or("")).into_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// A copy of a template is named as a workbook, so it has to say that it is one: programs refuse the mismatch.
    pub fn no_longer_template(&self, package: &mut Package) -> Result<(), PatchError> {
        const KINDS: [(&str, &str); 2] = [
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            ),
            (
                "application/vnd.ms-excel.template.macroEnabled.main+xml",
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ),
        ];
        let Some(text) = package.optional_text(CONTENT_TYPES)? else { return Ok(()) };
        let mut tags = Tags::of(CONTENT_TYPES, &text);
        let mut splices = Splices::default();
        while let Some(tag) = tags.next()? {
            let kind = tag.attribute("ContentType").unwrap_or_default();
            if let Some((_, workbook)) = KINDS.iter().find(|(template, _)| *template == kind) {
                splices.replace(tag.span, with_attribute(tag.text, "ContentType", workbook));
            }
        }
        if splices.is_empty() { Ok(()) } else { package.set_text(CONTENT_TYPES, splices.apply(&text)) }
    }

    /// The index of a sheet by its name; names compare without case.
    pub fn sheet_named(&self, name: &str) -> Option<usize> {
        let wanted = name.to_lowercase();
        self.sheets.iter().position(|sheet| sheet.name.to_lowercase() == wanted)
    }

    /// Asks for a full calculation on load (ECMA-376 part 1, 18.2.2).
    pub fn calculate_on_load(&self, package: &mut Package) -> Result<(), PatchError> {
        let text = package.text(&self.part)?;
        let mut tags = Tags::of(&self.part, &text);
        let mut splices = Splices::default();
        // After which calcPr stands in the schema's order.
        let mut after = None;
        while let Some(tag) = tags.next()? {
            if tag.depth != 1 || !tag.opens() {
                continue;
            }
            match tag.local() {
                "calcPr" => {
                    splices.replace(tag.span, with_attribute(tag.text, "fullCalcOnLoad", "1"));
                    after = None;
                    break;
                }
                "sheets" | "functionGroups" | "externalReferences" | "definedNames" => {
                    let prefix = tag.prefix();
                    let (_, end) = tags.content(&tag)?;
                    after = Some((end.end, format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>")));
                }
                _ => {}
            }
        }
        if let Some((at, element)) = after {
            splices.insert(at, element);
        }
        let text = splices.apply(&text);
        package.set_text(&self.part, text)
    }

    /// Takes entries out of the calculation chain; the part goes when nothing is left in it.
    pub fn drop_from_calc_chain(
        &mut self,
        package: &mut Package,
        gone: impl Fn(usize, &str) -> bool,
    ) -> Result<(), PatchError> {
        let Some(part) = self.calc_chain.clone() else { return Ok(()) };
        let text = package.text(&part)?;
        let mut tags = Tags::of(&part, &text);
        let mut splices = Splices::default();
        let (mut sheet_id, mut kept, mut carry) = (String::new(), 0usize, false);
        while let Some(tag) = tags.next()? {
            if tag.local() != "c" || !tag.opens() {
                continue;
            }
            // An entry without `i` is on the sheet of the one before it (18.6.1).
            let own = tag.attribute("i").map(std::borrow::Cow::into_owned);
            let has_own = own.is_some();
            if let Some(id) = own {
                sheet_id = id;
            }
            let sheet = self.sheets.iter().position(|sheet| sheet.sheet_id == sheet_id);
            let address = tag.attribute("r").unwrap_or_default();
            if sheet.is_some_and(|sheet| gone(sheet, &address)) {
                carry |= has_own;
                let start = tag.span.start;
                let (_, end) = tags.content(&tag)?;
                splices.replace(start..end.end, "");
            } else {
                if carry && !has_own {
                    splices.replace(tag.span, with_attribute(tag.text, "i", &sheet_id));
                }
                carry = false;
                kept += 1;
            }
        }
        if splices.is_empty() {
            return Ok(());
        }
        if kept == 0 {
            return self.remove_calc_chain(package);
        }
        let text = splices.apply(&text);
        package.set_text(&part, text)
    }

    /// Removes the calculation chain with its relationship and its content type. It is rebuilt on load.
    pub fn remove_calc_chain(&mut self, package: &mut Package) -> Result<(), PatchError> {
        let Some(part) = self.calc_chain.take() else { return Ok(()) };
        package.remove(&part);
        let relations = part_name::relationships_of(&self.part);
        let base = self.part.clone();
        remove_elements(package, &relations, |name, tag| {
            let target = || {
                attributes(tag)
                    .find(|a| a.name == "Target")
                    .map(|a| part_name::target(&base, &decoded(a.value)))
            };
            name == "Relationship" && target().is_some_and(|target| target.eq_ignore_ascii_case(&part))
        })?;
        remove_elements(package, CONTENT_TYPES, |name, tag| {
            let part_name =
                || attributes(tag).find(|a| a.name == "PartName").map(|a| decoded(a.value).into_owned());
            name == "Override"
                && part_name().is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(&part))
        })
    }

    /// Appends a sheet with text rows. Existing sheets keep their order and their ids.
    pub fn append_sheet(
        &self,
        package: &mut Package,
        name: &str,
        rows: &[Vec<String>],
    ) -> Result<(), PatchError> {
        let model = self.sheets.iter().find(|sheet| sheet.is_worksheet).ok_or(PatchError::NoSheet(1))?;
        let folder = model.part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let part =
            (1..)
                .map(|n| {
                    if folder.is_empty() { format!("sheet{n}.xml") } else { format!("{folder}/sheet{n}.xml") }
                })
                .find(|part| !package.has(part))
                .unwrap_or_default();
        let related = relationships(package, &self.part)?;
        let id = (1..)
            .map(|n| format!("rId{n}"))
            .find(|id| related.iter().all(|r| !r.id.eq_ignore_ascii_case(id)))
            .unwrap_or_default();
        let kind = related
            .iter()
            .find(|r| r.target == model.part && r.kind == "worksheet")
            .map(|r| r.full_kind.clone())
            .ok_or_else(|| PatchError::MissingPart(model.part.clone()))?;

        let text = package.text(&self.part)?;
        let (workbook, namespace) = self.with_sheet_element(&text, name, &id)?;
        package.set_text(&self.part, workbook)?;
        // Absolute, so that it holds wherever the sheets' folder lies.
        let target = escaped(&format!("/{part}"));
        append_child(package, &part_name::relationships_of(&self.part), "Relationships", |prefix| {
            format!("<{prefix}Relationship Id=\"{id}\" Type=\"{}\" Target=\"{target}\"/>", escaped(&kind))
        })?;
        append_child(package, CONTENT_TYPES, "Types", |prefix| {
            format!("<{prefix}Override PartName=\"{target}\" ContentType=\"{WORKSHEET}\"/>")
        })?;
        package.add(part, record::worksheet(&namespace, rows));
        Ok(())
    }

    /// The workbook's XML with one more `sheet`, and the namespace that a worksheet's root needs.
    fn with_sheet_element(&self, text: &str, name: &str, id: &str) -> Result<(String, String), PatchError> {
        let damaged = |detail| PatchError::DamagedPart { part: self.part.clone(), detail };
        let mut tags = Tags::of(&self.part, text);
        let (mut declared, mut namespace, mut last) = (Vec::new(), None, None);
        while let Some(tag) = tags.next()? {
            if tag.opens() && (tag.depth == 0 || tag.local() == "sheets" && tag.depth == 1) {
                declared.extend(
                    attributes(tag.text).filter(|a| a.name.starts_with("xmlns")).map(|a| (a.name, a.value)),
                );
            }
            if tag.opens() && tag.depth == 0 {
                let own = if tag.prefix().is_empty() {
                    "xmlns".to_owned()
                } else {
                    format!("xmlns:{}", tag.prefix().trim_end_matches(':'))
                };
                namespace = declared
                    .iter()
                    .find(|(name, _)| *name == own)
                    .map(|(_, value)| decoded(value).into_owned());
            }
            if tag.opens() && tag.depth == 2 && tag.local() == "sheet" {
                let (prefix, text) = (tag.prefix(), tag.text);
                let (_, end) = tags.content(&tag)?;
                last = Some((prefix, text, end.end));
            }
        }
        let (prefix, model, at) = last.ok_or_else(|| damaged("没有工作表"))?;
        let reference = attributes(model)
            .find(|a| local(a.name) == "id" && a.name.contains(':'))
            .ok_or_else(|| damaged("工作表没有关系标识"))?;
        let reference_prefix = reference.name.trim_end_matches("id").trim_end_matches(':');
        let own_declaration = format!("xmlns:{reference_prefix}");
        // Some writers declare the prefix on every sheet element.
        let declaration = match attributes(model).find(|a| a.name == own_declaration) {
            Some(found) if !declared.iter().any(|(name, _)| *name == own_declaration) => {
                format!(" {own_declaration}=\"{}\"", found.value)
            }
            _ => String::new(),
        };
        let taken: Vec<String> = self.sheets.iter().map(|sheet| sheet.name.to_lowercase()).collect();
        let name = (1u32..)
            .map(|n| if n == 1 { name.to_owned() } else { format!("{name}{n}") })
            .find(|name| !taken.contains(&name.to_lowercase()))
            .unwrap_or_default();
        let sheet_id = self
            .sheets
            .iter()
            .filter_map(|sheet| sheet.sheet_id.parse::<u32>().ok())
            .max()
            .unwrap_or(0)
            .saturating_add(1);
        let element = format!(
            "<{prefix}sheet{declaration} name=\"{}\" sheetId=\"{sheet_id}\" {}=\"{id}\"/>",
            escaped(&name),
            reference.name
        );
        let mut splices = Splices::default();
        splices.insert(at, element);
        Ok((splices.apply(text), namespace.ok_or_else(|| damaged("没有命名空间"))?))
    }
}

/// The relationships of a part; the package's own for the empty name. None where there is no such part.
pub fn relationships(package: &mut Package, part: &str) -> Result<Vec<Relationship>, PatchError> {
    let name = part_name::relationships_of(part);
    let Some(text) = package.optional_text(&name)? else { return Ok(Vec::new()) };
    let mut tags = Tags::of(&name, &text);
    let mut found = Vec::new();
    while let Some(tag) = tags.next()? {
        if !tag.opens() || tag.local() != "Relationship" {
            continue;
        }
        let full_kind = tag.attribute("Type").unwrap_or_default().into_owned();
        found.push(Relationship {
            id: tag.attribute("Id").unwrap_or_default().into_owned(),
            kind: full_kind.rsplit('/').next().unwrap_or("").to_owned(),
            target: part_name::target(part, &tag.attribute("Target").unwrap_or_default()),
            external: tag.attribute("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external")),
            full_kind,
        });
    }
    Ok(found)
}

fn remove_elements(
    package: &mut Package,
    part: &str,
    gone: impl Fn(&str, &str) -> bool,
) -> Result<(), PatchError> {
    let text = package.text(part)?;
    let mut tags = Tags::of(part, &text);
    let mut splices = Splices::default();
    while let Some(tag) = tags.next()? {
        if tag.opens() && gone(tag.local(), tag.text) {
            let start = tag.span.start;
            let (_, end) = tags.content(&tag)?;
            splices.replace(start..end.end, "");
        }
    }
    let text = splices.apply(&text);
    package.set_text(part, text)
}

/// Puts an element at the end of a part's root.
fn append_child(
    package: &mut Package,
    part: &str,
    root: &str,
    element: impl Fn(&str) -> String,
) -> Result<(), PatchError> {
    let text = package.text(part)?;
    let mut tags = Tags::of(part, &text);
    let mut splices = Splices::default();
    while let Some(tag) = tags.next()? {
        if tag.depth == 0 && tag.local() == root {
            match tag.kind {
                Kind::End => splices.insert(tag.span.start, element(tag.prefix())),
                Kind::Empty => {
                    let open = tag.text.trim_end_matches('>').trim_end_matches('/').trim_end();
                    splices.replace(
                        tag.span.clone(),
                        format!("{open}>{}</{}>", element(tag.prefix()), tag.name),
                    );
                }
                Kind::Start => {}
            }
        }
    }
    if splices.is_empty() {
        return Err(PatchError::DamagedPart { part: part.to_owned(), detail: "根元素有误" });
    }
    let text = splices.apply(&text);
    package.set_text(part, text)
}
