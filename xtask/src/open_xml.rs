//! The workbooks that `companion` writes, held against Open XML by the SDK's validator: a program for Linux x64 from
//! npm, which needs no .NET.

use std::path::{Path, PathBuf};

use crate::shell::{self, Result};
use crate::{npm, paths};

const SAMPLES: &str = "fixtures/workbooks/samples";

/// Writes one of each kind and has them validated; each file is a line `ok …` or `not ok …` for `each`.
pub fn run(each: impl FnMut(&str)) -> Result {
    npm::install()?;
    shell::run(shell::cargo().args(["build", "--locked", "--quiet", "--bin", "companion"]))?;
    let folder = paths::target().join("open-xml");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("cannot remove {}: {error}", folder.display()))?;
    }
    let files = written(&folder)?;
    let mut validate = shell::in_utf8(npm::script("xtask/tools/open_xml.mjs"));
    match shell::lines(validate.args(files), each)? {
        true => Ok(()),
        false => Err("the validator did not run to its end".into()),
    }
}

/// Whether the validator runs on this system.
pub const IS_HERE: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// The same by itself.
pub fn run_alone() -> Result {
    let mut failed = false;
    run(|line| failed |= line.starts_with("not ok "))?;
    if failed { Err("not everything is valid".into()) } else { Ok(()) }
}

/// The files as the validator takes them.
fn written(folder: &Path) -> Result<Vec<String>> {
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let sample = |name: &str| format!("{SAMPLES}/{name}");
    let (city, now, before) =
        (sample("绵阳市-2019年6月.xlsx"), sample("成都市-2019年6月.xlsx"), sample("成都市-2018年12月.xlsx"));
    let returns = [city.as_str(), &now, &before, &sample("绵阳市-2018年12月.xlsx")];
    let (latest, all, sent_back) = (at("汇总.xlsx"), at("各期汇总.xlsx"), at("退回"));
    companion(&[&["consolidate", "--period", "2019-06", "--out", &latest], &returns[..]].concat())?;
    companion(&[&["consolidate", "--period", "all", "--out", &all], &returns[..]].concat())?;
    companion(&["return", &city, "--out", &sent_back])?;

    let (form, breakdown) = (at("进展情况表.xlsx"), at("空白分解表.xlsx"));
    companion(&["template", "--city", "绵阳", "--period", "2018-06", "--out", &form])?;
    companion(&["template", "--breakdown-form", "--out", &breakdown])?;

    // A return with one fault is put right, and once more: the record goes on in its sheet.
    let (faulty, again) = (at("报表.xlsx"), at("再报.xlsx"));
    companion(&["set", &form, "--out", &faulty, "--cell", "F4=１1", "--cell", "F5=8"])?;
    companion(&["correct", &faulty, "--annotate", "--out", folder_of(&faulty)])?;
    let corrected = at("报表（校正）.xlsx");
    companion(&["set", &corrected, "--out", &again, "--cell", "F8=４0"])?;
    companion(&["correct", &again, "--annotate", "--out", folder_of(&again)])?;

    // Other producers' files are corrected in place.
    let foreign = ["openpyxl", "libreoffice", "exceljs"]
        .map(|producer| (producer, format!("fixtures/workbooks/{producer}/成都市-2019年6月.xlsx")));
    let mut files = vec![latest, all, at("退回/退回单-绵阳市-2019年6月.xlsx"), form, breakdown];
    files.extend([faulty, corrected, at("再报（校正）.xlsx")]);
    for (producer, source) in foreign {
        let (edited, into) = (at(&format!("{producer}.xlsx")), at(producer));
        companion(&["set", &source, "--out", &edited, "--cell", "F4=４20"])?;
        companion(&["correct", &edited, "--annotate", "--out", &into])?;
        files.push(format!("{into}/{producer}（校正）.xlsx={source}"));
    }
    match files
        .iter()
        .map(|file| file.split('=').next().unwrap_or(file))
        .find(|file| !Path::new(file).exists())
    {
        Some(file) => Err(format!("{file} was not written")),
        None => Ok(files),
    }
}

fn folder_of(file: &str) -> &str {
    Path::new(file).parent().and_then(Path::to_str).unwrap_or(".")
}

/// Runs it; findings (1) are no failure.
fn companion(arguments: &[&str]) -> Result {
    let program = PathBuf::from("debug").join(format!("companion{}", std::env::consts::EXE_SUFFIX));
    let mut command = shell::command(&paths::target().join(program).to_string_lossy());
    let output = command.args(arguments).output().map_err(|error| format!("companion: {error}"))?;
    match output.status.code() {
        Some(0 | 1) => Ok(()),
        _ => Err(format!("companion {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr))),
    }
}
