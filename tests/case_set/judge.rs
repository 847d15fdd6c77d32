//! Runs a case and says what is wrong with the answer, a sentence each; nothing where all is right.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::answer::{Answer, all, area, assigned, same, text, words};
use super::cells;
use super::run::{Ran, broken_link, bytes_below, companion, copy_folder};

pub fn name(case: &Json) -> &str {
    ["file", "consolidate", "breakdown"]
        .into_iter()
        .find_map(|key| case[key].as_str())
        .expect("a case names a file or a folder")
}

pub fn case(root: &Path, case: &Json, temporary: &Path) -> Vec<String> {
    let input = root.join(name(case));
    let before = bytes_below(&input);
    if before.is_empty() {
        return vec!["the file is not there".to_owned()];
    }
    let mut wrong = match (case["consolidate"].as_str(), case["breakdown"].as_str()) {
        (Some(folder), _) => consolidate(root, case, folder, temporary),
        (_, Some(file)) => console(case, &companion(&["breakdown", file], root, temporary), ""),
        _ => check(root, case, temporary),
    };
    wrong.extend((bytes_below(&input) != before).then(|| "an input was changed".to_owned()));
    wrong
}

fn check(root: &Path, case: &Json, temporary: &Path) -> Vec<String> {
    let arguments = [vec!["check", name(case), "--format", "json"], words(&case["args"])].concat();
    let ran = companion(&arguments, root, temporary);
    // 101: it panicked.
    if [-1, 101].contains(&ran.code) || ran.out.trim().is_empty() && ![0, 1].contains(&ran.code) {
        return vec![format!("exit {}: {}", ran.code, ran.err.trim().replace('\n', " "))];
    }
    let answer = match Answer::of(&ran.out) {
        Ok(answer) => answer,
        Err(wrong) => return vec![wrong],
    };
    let mut answers: Vec<Vec<String>> =
        rights(case).iter().map(|right| judged(right, &answer, ran.code)).collect();
    let mut wrong = if answers.iter().any(Vec::is_empty) { Vec::new() } else { answers.swap_remove(0) };
    if let Some(most) = case["seconds"].as_f64().filter(|_| !cfg!(debug_assertions)) {
        // By the clock, while others run: the best of three.
        let again = (0..2).map(|_| companion(&arguments, root, temporary).seconds);
        let best = again.fold(ran.seconds, f64::min);
        wrong.extend((best > most).then(|| format!("{best:.1} s, at most {most}")));
    }
    if !case["safe_keeps"].is_null() {
        wrong.extend(safe_fixes(root, case, temporary));
    }
    wrong
}

/// All right answers, the line's own first. Another one replaces the keys of an answer and keeps the others.
fn rights(case: &Json) -> Vec<Json> {
    let mut common = case.as_object().unwrap().clone();
    common.retain(|key, _| {
        !["clean", "open", "or", "say", "fix", "also", "returns", "period"].contains(&key.as_str())
    });
    let other = |right: &Json| common.clone().into_iter().chain(right.as_object().unwrap().clone()).collect();
    std::iter::once(case.clone()).chain(all(&case["or"]).iter().map(other)).collect()
}

fn judged(right: &Json, answer: &Answer, code: i32) -> Vec<String> {
    let mut wrong = Vec::new();
    let open = answer.open();
    if right["clean"] == true {
        wrong.extend((!open.is_empty()).then(|| format!("not clean: {}", told(&open))));
        wrong.extend((open.is_empty() && code != 0).then(|| format!("exit {code}, expected 0")));
        wrong.extend(answer.tables.is_empty().then(|| "nothing was audited".to_owned()));
    }
    if let Some(wants) = right["open"].as_array() {
        wrong.extend(
            (!assigned(wants, &open)).then(|| format!("open [{}], expected {}", told(&open), right["open"])),
        );
        wrong.extend(
            (!wants.is_empty() && code == 0).then(|| "exit 0 with an open finding expected".to_owned()),
        );
    }
    if right["returns"].as_u64().is_some_and(|returns| returns != answer.tables.len() as u64) {
        wrong.push(format!("{} tables audited, expected {}", answer.tables.len(), right["returns"]));
    }
    for key in ["period", "city", "form"].into_iter().filter(|key| !right[key].is_null()) {
        let found = answer.tables.iter().any(|table| table[key] == right[key]);
        wrong.extend((!found).then(|| format!("no table with {key} {}", right[key])));
    }
    for (cell, values) in right["fix"].as_object().into_iter().flatten() {
        let proposed = answer.proposed(cell);
        let found = proposed.iter().any(|is| all(values).iter().any(|value| same(is, value)));
        wrong.extend(
            (!found).then(|| format!("no proposed fix makes {cell} {values}, proposed {}", json!(proposed))),
        );
    }
    let has = |code: &str| answer.findings.iter().any(|finding| finding["code"] == *code);
    let said = |word: &str| answer.findings.iter().any(|finding| text(finding, "message").contains(word));
    let first = open.first().map_or("", |finding| text(finding, "message"));
    let left: Vec<String> = all(&answer.since["未改"])
        .iter()
        .map(|f| format!("{} {}", text(f, "code"), text(f, "cell")))
        .collect();
    let failing = |key: &str, fails: &dyn Fn(&str) -> bool, told: &str| -> Vec<String> {
        words(&right[key])
            .into_iter()
            .filter(|word| fails(word))
            .map(|word| format!("{told} “{word}”"))
            .collect()
    };
    wrong.extend(failing("never", &has, "there must not be"));
    wrong.extend(failing("also", &|code| !has(code), "there is no"));
    wrong.extend(failing("say", &|word| !first.contains(word), "the first open finding does not say"));
    wrong.extend(failing("unsaid", &said, "a finding says"));
    wrong.extend(failing(
        "still",
        &|still| !left.iter().any(|left| left == still),
        &format!("未改 is {left:?}, without"),
    ));
    wrong
}

/// What is wrong with the copy that all safe fixes give.
fn safe_fixes(root: &Path, case: &Json, temporary: &Path) -> Vec<String> {
    let copies = temporary.join("copies");
    fs::create_dir_all(&copies).unwrap();
    let mut arguments =
        vec!["correct", name(case), "--out", copies.to_str().unwrap(), "--apply", "safe", "--format", "json"];
    // What the audit compares with goes along, earlier findings do not.
    let mut goes_along = false;
    for argument in words(&case["args"]) {
        goes_along = if argument.starts_with("--") {
            ["--previous", "--breakdown"].contains(&argument)
        } else {
            goes_along
        };
        arguments.extend(goes_along.then_some(argument));
    }
    let ran = companion(&arguments, root, temporary);
    let objects: Vec<Json> = ran.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut wrong = Vec::new();
    if name(case).ends_with(".csv") || name(case).ends_with(".txt") {
        let idle = objects
            .iter()
            .flat_map(|object| all(&object["cells"]))
            .filter(|change| change["before"] == change["after"]);
        wrong.extend(
            idle.map(|change| format!("`correct` reports an edit that changes nothing ({})", change["cell"])),
        );
    }
    let named = objects.iter().rev().find_map(|object| object["out"].as_str()).map(|out| root.join(out));
    let copy = named.or_else(|| fs::read_dir(&copies).unwrap().next().map(|entry| entry.unwrap().path()));
    if let Some(copy) = copy.filter(|copy| copy.exists()) {
        let (before, after) = (cells::open(&root.join(name(case))), cells::open(&copy));
        let change = words(&case["safe_keeps"])
            .into_iter()
            .find_map(|area| cells::first_difference(&before, &after, area));
        wrong.extend(change.map(|(at, was, is)| format!("a safe fix writes {at}: {was} → {is}")));
    } else if ![0, 1, 2].contains(&ran.code) {
        wrong.push(format!("correct: exit {} {}", ran.code, ran.err.trim()));
    }
    wrong
}

fn consolidate(root: &Path, case: &Json, folder: &str, temporary: &Path) -> Vec<String> {
    let name = folder.rsplit('/').next().unwrap();
    let work = temporary.join(name);
    copy_folder(&root.join(folder), &work);
    case["broken_link"].as_str().into_iter().for_each(|link| broken_link(&work.join(link)));
    let before = bytes_below(&work);
    let target =
        case["out"].as_str().map_or_else(|| "out-汇总.xlsx".to_owned(), |out| format!("{name}/{out}"));
    let ran = companion(
        &["consolidate", name, "--period", text(case, "period"), "--out", &target],
        temporary,
        temporary,
    );
    let after = bytes_below(&work);
    let made = Some(temporary.join(target)).filter(|made| case["out"].is_null() && made.exists());
    let sheets = made.map(|made| cells::open(&made).sheets).unwrap_or_default();
    let inside: String = sheets.iter().flat_map(cells::rows).map(|row| row.join("\t") + "\n").collect();

    let mut wrong = console(case, &ran, &inside);
    wrong.extend((case["out"].is_null() && inside.is_empty()).then(|| "no workbook was written".to_owned()));
    let changed = before.iter().any(|(path, bytes)| after.get(path) != Some(bytes));
    wrong.extend(changed.then(|| "an input was changed".to_owned()));
    let completeness: Vec<Vec<String>> =
        sheets.iter().filter(|sheet| sheet.name == "完整性").flat_map(cells::rows).collect();
    for (city, want) in case["used"].as_object().into_iter().flatten() {
        let used = completeness.iter().any(|row| row.contains(city) && row.iter().any(|word| word == "采用"));
        wrong.extend((*want != used).then(|| format!("{city} taken in: {used}, expected {want}")));
    }
    wrong.extend(lacking(&case["holds"], &inside).map(|word| format!("the workbook does not hold {word}")));
    for (cell, value) in case["not_value"].as_object().into_iter().flatten() {
        let at = area(cell).expect("an address").1.start;
        let is = sheets.first().and_then(|sheet| sheet.grid.get(at)).map(cells::word);
        let silent = ran.code == 0 && is.is_some_and(|is| same(&json!(is), value));
        wrong.extend(silent.then(|| format!("汇总表!{cell} is {value} and nothing was said")));
    }
    wrong
}

/// Exit code and words on the console; what must not be said must not stand in the workbook either.
fn console(case: &Json, ran: &Ran, inside: &str) -> Vec<String> {
    let said = format!("{}{}", ran.out, ran.err);
    let exits = all(&case["exit"]);
    let mut wrong = Vec::new();
    wrong.extend(
        (!exits.is_empty() && !exits.contains(&json!(ran.code)))
            .then(|| format!("exit {}, expected {}", ran.code, case["exit"])),
    );
    wrong.extend(lacking(&case["says"], &said).map(|word| format!("does not say {word}")));
    let lacks = words(&case["lacks"]).into_iter().filter(|word| said.contains(word) || inside.contains(word));
    wrong.extend(lacks.map(|word| format!("says “{word}”")));
    wrong
}

/// The items (a word, or a list of which any will do) that do not stand in the text.
fn lacking<'a>(items: &'a Json, text: &'a str) -> impl Iterator<Item = &'a Json> {
    all(items).iter().filter(|any| !words(any).iter().any(|word| text.contains(word)))
}

fn told(findings: &[&Json]) -> String {
    let some: Vec<String> = findings
        .iter()
        .take(6)
        .map(|f| format!("{}@{}!{}", text(f, "code"), text(f, "sheet"), text(f, "cell")))
        .collect();
    some.join(", ") + &if findings.len() > 6 { format!(" … {}", findings.len()) } else { String::new() }
}
