//! The law of safe fixes over every workbook of the fixtures; the benchmark holds it over generated forms.

#[path = "../law/mod.rs"]
mod law;

use std::path::{Path, PathBuf};

use indicator_companion::breakdown::Breakdown;
use indicator_companion::job;
use indicator_companion::reading::Limits;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| {
            ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "txt", "html"].iter().any(|one| e == *one)
        }) {
            found.push(path);
        }
    }
}

#[test]
fn the_law_holds_over_every_fixture() {
    let mut paths = Vec::new();
    files(Path::new("fixtures"), &mut paths);
    let (mut audited, mut edits, mut wrong) = (0, 0, Vec::new());
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let checked = job::check(&name, &bytes, Breakdown::official(), &[], &Limits::default());
        let Ok((workbook, audit)) = &checked.content else { continue };
        audited += usize::from(audit.table.is_ok());
        let (breaches, made) = law::breaches(&name, workbook, Breakdown::official(), &[]);
        edits += made;
        wrong.extend(breaches.into_iter().map(|breach| format!("{}: {breach}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(audited > 20 && edits > 10, "{audited} forms, {edits} safe edits: too few to say anything");
}
