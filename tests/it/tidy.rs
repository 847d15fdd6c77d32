//! The directions between the rooms, the owners of the dependencies and what the core never touches: asserted here,
//! not by memory. Reads the sources as text; what it says when it fails is the rule that was broken.

use std::fs;
use std::path::Path;

/// What the two that put the core to work, service and command line, may name.
const USED_ABOVE_THE_CORE: &[&str] = &[
    "model",
    "breakdown",
    "reading",
    "layout",
    "audit",
    "rules",
    "fixes",
    "consolidate",
    "report",
    "job",
    "demo",
];

/// The rooms that a room may name. A room that is not listed here is not known to the design.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("breakdown", &["model"]),
    ("reading", &["model"]),
    ("layout", &["model", "breakdown"]),
    ("fixes", &["model"]),
    ("patch", &["model", "fixes"]),
    ("audit", &["model", "breakdown", "layout", "fixes"]),
    ("rules", &["model", "breakdown", "layout", "fixes", "audit"]),
    ("consolidate", &["model", "breakdown", "layout", "audit", "rules"]),
    ("report", &["model", "breakdown", "layout", "fixes", "audit", "rules", "consolidate"]),
    (
        "job",
        &[
            "model",
            "breakdown",
            "reading",
            "layout",
            "audit",
            "rules",
            "fixes",
            "patch",
            "consolidate",
            "report",
        ],
    ),
    ("demo", &[]),
    ("worker", USED_ABOVE_THE_CORE),
    // The command line: a room of the binary `main`, above all the rest.
    ("cli", USED_ABOVE_THE_CORE),
    ("main", &["cli"]),
    ("app", &["worker"]),
    ("browser", &["worker", "app"]),
    // The two wasm modules. The page links nothing of the core, the engine nothing of the page.
    ("bin/page", &["browser"]),
    ("bin/engine", &["browser", "worker"]),
    // Declares the rooms.
    ("lib", &[]),
];

/// The only places that may name a dependency.
const OWNERS: &[(&str, &[&str])] = &[
    ("calamine", &["src/reading/"]),
    ("zip", &["src/patch/", "src/reading/", "src/report/bundle.rs"]),
    ("quick_xml", &["src/patch/", "src/reading/"]),
    ("html5gum", &["src/reading/"]),
    ("strsim", &["src/layout/"]),
    ("encoding_rs", &["src/reading/", "src/patch/"]),
    ("rust_xlsxwriter", &["src/report/"]),
    ("parquet", &["src/report/parquet.rs"]),
    ("sha2", &["src/model/", "src/reading/encryption.rs"]),
    ("sha1", &["src/reading/encryption.rs"]),
    ("md5", &["src/reading/encryption.rs"]),
    ("aes", &["src/reading/encryption.rs"]),
    ("web_sys", &["src/browser/"]),
    ("js_sys", &["src/browser/"]),
    ("wasm_bindgen", &["src/browser/"]),
    ("serde_wasm_bindgen", &["src/browser/"]),
    ("yew", &["src/app/"]),
    ("clap", &["src/cli.rs", "src/cli/"]),
    ("same_file", &["src/cli/"]),
    ("cap", &["src/cli/guard.rs"]),
    // Numbers: what they are is the model's; who writes them as f64 takes the trait for it.
    ("rust_decimal", &["src/model/", "src/fixes/plan.rs", "src/report/"]),
    // What leaves as data: the protocol, the JSON of a report, what the two processes of the command line say.
    (
        "serde",
        &[
            "src/worker/protocol.rs",
            "src/worker/wire.rs",
            "src/browser/",
            "src/report/json.rs",
            "src/job/findings_json.rs",
            "src/cli/",
        ],
    ),
    ("postcard", &["src/worker/wire.rs"]),
    (
        "serde_json",
        &["src/model/visible.rs", "src/report/json.rs", "src/job/", "src/worker/progress.rs", "src/cli/"],
    ),
    // Derives the Display of an error, in every room that has one.
    ("thiserror", &["src/"]),
];

const CORE: [&str; 12] = [
    "model",
    "breakdown",
    "reading",
    "layout",
    "fixes",
    "patch",
    "audit",
    "rules",
    "consolidate",
    "report",
    "job",
    "demo",
];

/// What a core that takes bytes and gives values has no use for.
const OUTSIDE: [&str; 14] = [
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "std::fs",
    "std::env",
    "std::io::stdin",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "thread_local!",
];

/// Every way by which a page could reach another machine or leave itself.
const WAYS_OUT: [&str; 12] = [
    "fetch(",
    "fetch_with",
    "XmlHttpRequest",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "sendBeacon",
    "send_beacon",
    "window.open",
    ".open_with_url",
    "set_href",
    "importScripts",
];

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some(room) = source.room() else { continue };
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(known, _)| *known == room) else {
            broken.push(format!("{}: the room {room} is not in the design", source.path));
            continue;
        };
        for named in source.rooms_named() {
            if named != room && !allowed.contains(&named.as_str()) {
                broken
                    .push(format!("{}: {room} must not name {named}; it may name {allowed:?}", source.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn rules_do_not_name_each_other() {
    let families: Vec<String> = sources()
        .iter()
        .filter_map(|source| {
            source.path.strip_prefix("src/rules/")?.split(['/', '.']).next().map(str::to_owned)
        })
        .filter(|family| family != "mod")
        .collect();
    let mut broken = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| source.path.starts_with("src/rules/") && source.path != "src/rules/mod.rs")
    {
        for family in &families {
            let own = source.path.starts_with(&format!("src/rules/{family}"));
            let named = [
                format!("super::{family}::"),
                format!("rules::{family}::"),
                format!("super::{family};"),
                format!("rules::{family};"),
            ];
            if !own && named.iter().any(|name| source.code.contains(name.as_str())) {
                broken.push(format!(
                    "{}: names the rules of {family}; what two families share belongs to audit",
                    source.path
                ));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_page_sees_the_protocol_alone() {
    let mut broken = Vec::new();
    for source in
        sources().iter().filter(|source| ["app", "browser"].contains(&source.room().unwrap_or_default()))
    {
        for place in places(&source.code, "worker::") {
            let rest = &source.code[place + "worker::".len()..];
            if is_word_start(&source.code, place)
                && !rest.starts_with("protocol")
                && !(source.room() == Some("browser")
                    && (rest.starts_with("service") || rest.starts_with("wire")))
            {
                broken.push(format!(
                    "{}: names worker::{}",
                    source.path,
                    rest.chars().take(20).collect::<String>()
                ));
            }
        }
    }
    let page =
        sources().into_iter().find(|source| source.path == "src/bin/page.rs").expect("src/bin/page.rs");
    for room in CORE {
        if page.code.contains(&format!("::{room}::")) {
            broken
                .push(format!("src/bin/page.rs: names the core's {room}; the core runs in the worker alone"));
        }
    }
    none(&broken);
}

#[test]
fn every_dependency_has_one_owner() {
    let mut broken = Vec::new();
    for source in sources() {
        for (package, owners) in OWNERS {
            if !owners.iter().any(|owner| source.path.starts_with(owner))
                && names_package(&source.code, package)
            {
                broken.push(format!("{}: {package} belongs to {}", source.path, owners.join(" and ")));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_core_touches_nothing_outside() {
    let mut broken = Vec::new();
    for source in sources() {
        let core =
            source.room().is_some_and(|room| CORE.contains(&room)) || source.path.starts_with("src/worker/");
        for outside in OUTSIDE.iter().filter(|_| core) {
            if places(&source.code, outside).any(|place| is_word_start(&source.code, place)) {
                broken.push(format!("{}: {outside}; the core takes bytes and gives values", source.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn nothing_is_opened_unsniffed() {
    let mut broken = Vec::new();
    for source in sources() {
        if source.code.contains("open_workbook") {
            broken.push(format!(
                "{}: open_workbook…; it throws away why a file cannot be read: sniff, then call the specific reader",
                source.path
            ));
        }
    }
    none(&broken);
}

#[test]
fn cities_are_data() {
    let mut broken = Vec::new();
    // The example is data too: it names the files that it embeds.
    for source in sources().iter().filter(|source| source.room() != Some("demo")) {
        for city in ["成都", "绵阳", "德阳"] {
            if source.literals.contains(city) {
                broken.push(format!(
                    "{}: {city} is written into code; it belongs to breakdown.csv",
                    source.path
                ));
            }
        }
    }
    none(&broken);
}

/// A dependency that is new has to be given to a room before anything can use it.
#[test]
fn every_dependency_is_known() {
    let manifest = script_text("Cargo.toml");
    let mut broken = Vec::new();
    let mut inside = false;
    for line in manifest.lines() {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end_matches(']').ends_with(".dependencies") || table == "dependencies]";
            continue;
        }
        let Some((name, _)) = line.split_once(" = ").filter(|_| inside && !line.starts_with(['#', ' ']))
        else {
            continue;
        };
        let name = match name {
            "md-5" => "md5".to_owned(),
            other => other.replace('-', "_"),
        };
        if !OWNERS.iter().any(|(known, _)| *known == name) {
            broken.push(format!("Cargo.toml: {name} has no owner in tests/it/tidy.rs"));
        }
    }
    none(&broken);
}

#[test]
fn lines_are_at_most_120_columns() {
    let mut broken = Vec::new();
    for path in ["src", "xtask", "tests"].into_iter().flat_map(all_files) {
        if ![".rs", ".mjs"].iter().any(|ending| path.ends_with(ending)) {
            continue;
        }
        for (number, line) in (1..).zip(script_text(&path).lines()) {
            let columns = columns(line);
            if columns > 120 {
                broken.push(format!("{path}:{number} has {columns} columns"));
            }
        }
    }
    none(&broken);
}

/// Chinese, Japanese and Korean characters and marks, full-width forms, pictures.
const WIDE: [(char, char); 8] = [
    ('\u{1100}', '\u{115F}'),
    ('\u{2E80}', '\u{A4CF}'),
    ('\u{AC00}', '\u{D7A3}'),
    ('\u{F900}', '\u{FAFF}'),
    ('\u{FE30}', '\u{FF60}'),
    ('\u{FFE0}', '\u{FFE6}'),
    ('\u{1F300}', '\u{1F9FF}'),
    ('\u{20000}', '\u{3FFFD}'),
];

/// A Chinese character or mark takes two.
fn columns(line: &str) -> usize {
    let wide = |c: char| WIDE.iter().any(|(first, last)| (*first..=*last).contains(&c));
    line.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[test]
fn every_module_says_what_it_is() {
    let mut broken = Vec::new();
    for source in all_files("src")
        .into_iter()
        .chain(all_files("xtask/src"))
        .chain(all_files("tests"))
        .filter(|path| path.ends_with(".rs"))
    {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&source)).unwrap();
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") || first.contains("(to come)") {
            broken.push(format!("{source}: the first line says with //! what the module is"));
        }
    }
    none(&broken);
}

#[test]
fn the_scripts_stay_short() {
    let mut broken = Vec::new();
    // Fewer lines than this. Logic belongs to Rust; what unpacks the Rust cannot be Rust.
    let allowed = SCRIPTS.into_iter().zip([60, 60, 20, 40, 60]);
    let scripts: Vec<String> = all_files("www").into_iter().filter(|path| path.ends_with("js")).collect();
    if scripts != SCRIPTS {
        broken.push(format!("www holds {scripts:?}; {SCRIPTS:?} are the only scripts"));
    }
    for (script, most) in allowed {
        let lines = script_text(script).lines().count();
        if lines >= most {
            broken.push(format!(
                "{script} has {lines} lines, fewer than {most} are allowed; logic belongs to Rust"
            ));
        }
    }
    // Text in, bytes out: it runs in the page and in the worker.
    for outside in ["document", "window", "self.", "globalThis", "navigator", "postMessage"] {
        for script in ["www/inflate.js", "www/unpack.js"] {
            if script_text(script).contains(outside) {
                broken.push(format!("{script}: {outside}; it computes and does nothing else"));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_page_has_no_way_out() {
    let mut broken = Vec::new();
    let scripts = SCRIPTS.map(|path| (path.to_owned(), script_text(path)));
    for (path, code) in sources().into_iter().map(|source| (source.path, source.code)).chain(scripts) {
        for way in WAYS_OUT {
            // A download is a link with an address of its own; the browser room makes it in one place.
            if code.contains(way) && !(way == "set_href" && path.starts_with("src/browser/")) {
                broken.push(format!("{path}: {way}; the page never connects and never leaves itself"));
            }
        }
    }
    none(&broken);
}

const SCRIPTS: [&str; 5] =
    ["www/boot.js", "www/closed.js", "www/inflate.js", "www/unpack.js", "www/worker.js"];

fn script_text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

struct Source {
    path: String,
    /// Without comments, strings and test modules.
    code: String,
    /// Without comments and test modules.
    literals: String,
}

impl Source {
    /// The directory or file below `src`, or the binary.
    fn room(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let parts = if below.starts_with("bin/") { 2 } else { 1 };
        let end = below.match_indices(['/', '.']).nth(parts - 1)?.0;
        below.get(..end)
    }

    /// What stands for the root of the crate in this file: `crate`, the library's name, as many `super` as it lies
    /// deep.
    fn roots(&self) -> [String; 3] {
        let module = self.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
        [
            "crate::".to_owned(),
            "indicator_companion::".to_owned(),
            "super::".repeat(module.matches('/').count()),
        ]
    }

    /// Every room in `crate::room` and `crate::{room, …}`, and the rooms of `main`, which are modules of its own.
    fn rooms_named(&self) -> Vec<String> {
        let mut named = Vec::new();
        let [root, library, supers] = self.roots();
        let of = |word| places(&self.code, word).map(move |place| place + word.len());
        let deep = of(&supers).filter(|place| {
            is_word_start(&self.code, place - supers.len())
                && !self.code[..place - supers.len()].ends_with("super::")
        });
        if self.room() == Some("main") {
            named.extend(of("mod ").map(|place| first_word(&self.code[place..])));
        }
        for place in of(&root).chain(of(&library)).chain(deep) {
            let rest = &self.code[place..];
            if let Some(list) = rest.strip_prefix('{') {
                let mut depth = 0;
                let mut word = String::new();
                for character in list.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => named.push(first_word(&std::mem::take(&mut word))),
                        _ if depth == 0 => word.push(character),
                        _ => {}
                    }
                }
                named.push(first_word(&word));
            } else {
                named.push(first_word(rest));
            }
        }
        named.retain(|room| DIRECTIONS.iter().any(|(known, _)| known == room));
        named.sort();
        named.dedup();
        named
    }
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for path in all_files("src")
        .into_iter()
        .filter(|path| path.ends_with(".rs") && !path.ends_with("tests.rs") && !path.contains("/tests/"))
    {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
        let code = blanked(&text, Strings::Blanked);
        let literals = blanked(&text, Strings::Kept);
        let (code, literals) = without_tests(code, literals);
        sources.push(Source { path, code, literals });
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

/// Paths below the checkout, with `/`, sorted.
fn all_files(below: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting = vec![root.join(below)];
    let mut files = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    files.sort();
    files
}

#[derive(Clone, Copy, PartialEq)]
enum Strings {
    Kept,
    Blanked,
}

/// The text with every byte of a comment (and of a string) replaced by a blank; the places stay the same.
fn blanked(text: &str, strings: Strings) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        let (length, comment) = if rest.starts_with(b"//") {
            (rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()), true)
        } else if rest.starts_with(b"/*") {
            (find(rest, b"*/").map_or(rest.len(), |end| end + 2), true)
        } else if let Some(length) = string_length(rest, at > 0 && is_word(bytes[at - 1])) {
            (length, false)
        } else {
            at += 1;
            continue;
        };
        if comment || strings == Strings::Blanked {
            for byte in &mut out[at..at + length] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        at += length;
    }
    String::from_utf8(out).unwrap()
}

/// Length of the string or character literal that begins here.
fn string_length(rest: &[u8], inside_word: bool) -> Option<usize> {
    match rest.first()? {
        b'r' if !inside_word => {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            if rest.get(1 + hashes) != Some(&b'"') {
                return None;
            }
            let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            find(&rest[hashes + 2..], &end).map(|place| hashes + 2 + place + end.len())
        }
        b'"' => {
            let mut at = 1;
            while at < rest.len() && rest[at] != b'"' {
                at += if rest[at] == b'\\' { 2 } else { 1 };
            }
            Some((at + 1).min(rest.len()))
        }
        // A lifetime has no closing quote within the width of a character.
        b'\'' if rest.get(1) == Some(&b'\\') => find(&rest[2..], b"'").map(|place| place + 3),
        b'\'' => {
            let width = std::str::from_utf8(&rest[1..rest.len().min(5)])
                .map_or_else(|error| error.valid_up_to(), str::len);
            let character = std::str::from_utf8(&rest[1..1 + width]).ok()?.chars().next()?.len_utf8();
            (rest.get(1 + character) == Some(&b'\'')).then_some(character + 2)
        }
        _ => None,
    }
}

/// Both texts without the modules under `#[cfg(test)]`.
fn without_tests(mut code: String, mut literals: String) -> (String, String) {
    while let Some(start) = code.find("#[cfg(test)]") {
        let rest = &code[start..];
        let opening = rest.find('{').unwrap_or(rest.len());
        let end = match rest.find(';') {
            Some(semicolon) if semicolon < opening => semicolon + 1,
            _ => {
                let mut depth = 0;
                let mut end = rest.len();
                for (place, byte) in rest.bytes().enumerate().skip(opening) {
                    match byte {
                        b'{' => depth += 1,
                        b'}' => depth -= 1,
                        _ => continue,
                    }
                    if depth == 0 {
                        end = place + 1;
                        break;
                    }
                }
                end
            }
        };
        code.replace_range(start..start + end, "");
        literals.replace_range(start..start + end, "");
    }
    (code, literals)
}

fn names_package(code: &str, package: &str) -> bool {
    places(code, package).any(|place| {
        let rest = &code[place + package.len()..];
        let used = code[..place].trim_end().ends_with("use");
        is_word_start(code, place)
            && !code[..place].ends_with("::")
            && (rest.starts_with("::") || used && rest.trim_start().starts_with([';', ' ']))
            // `use super::csv` and a module of one's own called csv are not the package.
            && !code.contains(&format!("mod {package};"))
    })
}

fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(place, _)| place)
}

fn is_word_start(code: &str, place: usize) -> bool {
    place == 0 || !is_word(code.as_bytes()[place - 1])
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn this_test_reads_sources_as_rust_does() {
    let text = "use crate::{model::{A, B}, audit}; // crate::app\n\
     let s = \"crate::patch 成都\"; let c = '\"'; fn f<'a>() {}\nlet r = r#\"crate::\"report\"#;\n#[cfg(test)]\n\
     mod tests { use crate::report::{X}; fn g() {} }\nuse crate::fixes::Edit;";
    let (code, literals) = without_tests(blanked(text, Strings::Blanked), blanked(text, Strings::Kept));
    let source = Source { path: "src/rules/a.rs".into(), code, literals };
    assert_eq!(source.rooms_named(), ["audit", "fixes", "model"]);
    assert_eq!(source.room(), Some("rules"));
    let named = |path: &str, code: &str| {
        Source { path: path.into(), code: code.into(), literals: String::new() }.rooms_named()
    };
    assert_eq!(
        named("src/cli/files.rs", "use indicator_companion::{app, worker::protocol};"),
        ["app", "worker"]
    );
    assert_eq!(named("src/rules/mod.rs", "super::job::plan(); super::super::patch::x()"), ["job"]);
    assert_eq!(named("src/rules/b.rs", "super::audit::x(); super::super::job::plan()"), ["job"]);
    assert_eq!(named("src/main.rs", "mod cli; fn main() {}"), ["cli"]);
    assert_eq!(columns("a标，“b”"), 8);
    assert!(source.literals.contains("成都") && !source.code.contains("成都"));
    assert!(
        names_package("use zip::ZipArchive;", "zip")
            && names_package("let a = zip::read(x);", "zip")
            && names_package("use zip;", "zip")
    );
    assert!(!names_package("a.zip(b); unzip::x(); self::zip::x()", "zip"));
}
