//! The mutation benchmark of the audit: clean forms of many layouts and producers, faults planted in them alone, in
//! threes and beside an accident, and the tally of what the audit said: recall, false alarms, right fixes.
//!
//! Written from the catalogue and from how clerks err. `cargo xtask audit-bench` runs the long one; the ordinary test
//! runs a short one and holds the same bar.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod carry;
mod faults;
#[path = "../law/mod.rs"]
mod law;
mod layouts;
mod random;
mod score;
mod several;
mod specials;

use std::time::Instant;

use indicator_companion::audit::Checked;
use indicator_companion::job;
use indicator_companion::model::Sha256;
use indicator_companion::reading::Limits;

use faults::{FAULTS, Fault, Marks, Planted, Reach};
use layouts::{Carrier, Form, Kind, build, official};
use random::Rng;
use score::{Case, Proof, Score};

const SEED: u64 = 20_261_123;

/// Of all planted faults and of all fixes, in 1/1000.
const BAR: usize = 995;

#[test]
fn the_bar_holds() {
    let score = run(SEED, 0..2_000);
    let wrong: Vec<String> =
        score.misses.iter().take(12).map(|miss| format!("case {}: {}", miss.case, miss.words)).collect();
    let total = score.total();
    assert!(total.planted > 1_300, "{} planted", total.planted);
    let told = format!("{}\n{}", score.table(&score.rules), wrong.join("\n"));
    assert_eq!(score.false_alarms(), 0, "false alarms\n{told}");
    assert_eq!(score.disorder, 0, "order\n{told}");
    assert!(total.found * 1000 >= total.planted * BAR, "recall\n{told}");
    assert!(total.right * 1000 >= total.fixes * BAR, "fixes\n{told}");
}

/// The law of safe fixes, over 2,800 forms with faults, of another seed than the bar's.
#[test]
fn the_law_of_safe_fixes_holds() {
    let share = |from: u64| {
        let (mut edits, mut wrong) = (0, Vec::new());
        for case in (from * 2_800..(from + 1) * 2_800).filter(|case| !is_clean(*case)) {
            let Some(made) = make(SEED ^ 0xFACE, case) else { continue };
            let Ok((workbook, _)) = &made.checked.content else { continue };
            let (breaches, made_edits) =
                law::breaches(&made.form.file_name, workbook, official(), &made.form.reported);
            edits += made_edits;
            wrong.extend(breaches.into_iter().map(|breach| format!("case {case}: {breach}")));
        }
        (edits, wrong)
    };
    let (a, b) = std::thread::scope(|scope| {
        let other = scope.spawn(|| share(1));
        (share(0), other.join().expect("the other half"))
    });
    let wrong = [a.1, b.1].concat();
    assert!(wrong.is_empty(), "{} breaches\n{}", wrong.len(), wrong.join("\n"));
    assert!(a.0 + b.0 > 1_000, "{} safe edits", a.0 + b.0);
}

/// The long run, by `cargo xtask audit-bench`: AUDIT_BENCH_SEED, AUDIT_BENCH_CASES, AUDIT_BENCH_CASE,
/// AUDIT_BENCH_VERBOSE.
#[test]
#[ignore = "the long run of cargo xtask audit-bench"]
fn benchmark() {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let seed = number("AUDIT_BENCH_SEED", SEED);
    let cases = number("AUDIT_BENCH_CASES", 50_000);
    let verbose = std::env::var_os("AUDIT_BENCH_VERBOSE").is_some();
    if let Some(one) = std::env::var("AUDIT_BENCH_CASE").ok().and_then(|text| text.parse().ok()) {
        let score = run(seed, one..one + 1);
        println!("{}", replay(seed, one));
        println!("{}", score.table(&score.kinds));
        return;
    }
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let mut score = Score::default();
    std::thread::scope(|scope| {
        let share = cases.div_ceil(workers);
        let handles: Vec<_> = (0..workers)
            .map(|at| scope.spawn(move || run(seed, at * share..((at + 1) * share).min(cases))))
            .collect();
        for handle in handles {
            score.add(handle.join().expect("a worker"));
        }
    });
    for miss in score.misses.iter().take(if verbose { usize::MAX } else { 20 }) {
        println!("case {} (--seed {seed} --case {}): {}", miss.case, miss.case, miss.words);
    }
    if !verbose && score.misses.len() > 20 {
        println!("… {} more cases, all of them with --verbose", score.misses.len() - 20);
    }
    println!("{}\n{}", score.table(&score.kinds), score.table(&score.rules));
    speed(seed);
    let total = score.total();
    assert_eq!(score.false_alarms(), 0, "false alarms");
    assert!(total.found * 1000 >= total.planted * BAR, "recall");
    assert!(total.right * 1000 >= total.fixes * BAR, "fixes");
}

/// Audits per return: reading and audit together, and the audit alone.
fn speed(seed: u64) {
    let forms: Vec<Form> = (0..200)
        .map(|case| {
            build(
                &mut Rng::of(seed ^ 0x5EED, case),
                if case.is_multiple_of(2) { Kind::Progress } else { Kind::Breakdown },
                Carrier::Xlsx,
            )
        })
        .collect();
    let files: Vec<Vec<u8>> =
        forms.iter().map(|form| carry::bytes(form, &form.workbook).expect("bytes")).collect();
    let mut alone: Vec<u128> = Vec::new();
    let mut whole: Vec<u128> = Vec::new();
    for _ in 0..5 {
        for (form, bytes) in forms.iter().zip(&files) {
            let start = Instant::now();
            let checked = job::check(&form.file_name, bytes, official(), &form.reported, &Limits::default());
            whole.push(start.elapsed().as_micros());
            let (workbook, _) = checked.content.as_ref().expect("readable");
            let start = Instant::now();
            let audit = job::audit_of(&form.file_name, workbook, official(), &form.reported);
            alone.push(start.elapsed().as_micros());
            assert!(audit.table.is_ok());
        }
    }
    print_times("audit of one return", alone);
    print_times("reading and audit of one return", whole);
    for names in THREES {
        let mut times: Vec<u128> = Vec::new();
        for case in 0..100 {
            let Some(form) = with_three(&mut Rng::of(seed ^ 0xFA17, case), names) else { continue };
            for _ in 0..5 {
                let start = Instant::now();
                let audit = job::audit_of(&form.file_name, &form.workbook, official(), &form.reported);
                times.push(start.elapsed().as_micros());
                assert!(!audit.findings.is_empty(), "{names:?}");
            }
        }
        assert!(!times.is_empty(), "{names:?} can be planted nowhere");
        print_times(&format!("audit of one return with {}", names.join(", ")), times);
    }
}

fn print_times(of: &str, mut times: Vec<u128>) {
    times.sort_unstable();
    println!(
        "{of}: median {:.2} ms, 99 of 100 under {:.2} ms",
        times[times.len() / 2] as f64 / 1000.0,
        times[times.len() * 99 / 100] as f64 / 1000.0
    );
}

/// Three faults whose audit is timed: of writing, of figures, and an accident with others beside it.
const THREES: [[&str; 3]; 7] = [
    ["full-width digits", "Chinese numerals", "letters for digits"],
    ["wrong total", "wrong total", "wrong total"],
    ["does not add up", "a slip of the hand", "other wording"],
    ["wrong rate", "wrong rate", "full-width digits"],
    ["below the last period", "wrong target", "wrong previous"],
    ["columns changed places", "wrong total", "full-width digits"],
    ["shifted down or up", "full-width digits", "other wording"],
];

/// A form with faults of these names; the accident among them comes last, as it takes the others along.
fn with_three(rng: &mut Rng, names: [&str; 3]) -> Option<Form> {
    let faults =
        names.map(|name| FAULTS.iter().find(|fault| fault.name == name).expect("a fault of this name"));
    for _ in 0..200 {
        let kind = faults
            .iter()
            .find_map(|fault| fault.form)
            .unwrap_or_else(|| rng.pick(&[Kind::Breakdown, Kind::Progress]));
        let mut form = build(rng, kind, Carrier::Memory);
        if faults.iter().any(|fault| fault.reach == Reach::Root) {
            form.freeze();
        }
        let mut marks = Marks::default();
        let (roots, others): (Vec<_>, Vec<_>) =
            faults.into_iter().partition(|fault| fault.reach == Reach::Root);
        if others.into_iter().chain(roots).all(|fault| plant(fault, &mut form, rng, &mut marks).is_some()) {
            return Some(form);
        }
    }
    None
}

fn run(seed: u64, cases: std::ops::Range<u64>) -> Score {
    let mut score = Score::default();
    for case in cases {
        score.add(one(seed, case));
    }
    score
}

/// What a case is made of.
struct Made {
    form: Form,
    planted: Vec<Planted>,
    bytes: Option<Vec<u8>>,
    checked: Checked,
}

fn one(seed: u64, case: u64) -> Score {
    let Some(made) = make(seed, case) else { return Score::default() };
    let proof = if case.is_multiple_of(4) { Proof::Bytes } else { Proof::Memory };
    Case {
        number: case,
        form: &made.form,
        planted: &made.planted,
        bytes: made.bytes.as_deref(),
        checked: &made.checked,
        proof,
    }
    .score()
}

fn replay(seed: u64, case: u64) -> String {
    let Some(made) = make(seed, case) else { return "this case plants nothing".to_owned() };
    let mut out = format!("{}\n{}\n", made.form.words.join(" · "), made.form.file_name);
    let page = made.form.page_ref();
    if let Some(used) = page.grid.used() {
        for row in used.start.row..=used.end.row {
            let cells: Vec<String> = (used.start.column..=used.end.column)
                .map(|column| {
                    let at = indicator_companion::model::CellRef::new(row, column);
                    let formula = page.grid.get(at).and_then(|cell| cell.formula.clone());
                    let shown = page.grid.shown(at);
                    formula.map_or(shown.clone(), |formula| format!("{shown}(={formula})"))
                })
                .collect();
            out += &format!("  {:>3} | {}\n", row + 1, cells.join(" | "));
        }
    }
    for reported in &made.form.reported {
        let figures: Vec<String> = reported
            .figures
            .iter()
            .map(|(_, figure)| figure.map_or("/".into(), |figure| figure.to_string()))
            .collect();
        out += &format!(
            "  reported {} {}: {}\n",
            official().cities[reported.city.0],
            reported.period,
            figures.join(" ")
        );
    }
    for planted in &made.planted {
        out += &format!("planted {planted:?}\n");
    }
    out + &score::shown(made.checked.findings())
}

/// Whether a case has no fault.
fn is_clean(case: u64) -> bool {
    case % 20 < 10
}

/// Clean as often as not; else a fault alone, three of them, or an accident with two others beside it.
fn make(seed: u64, case: u64) -> Option<Made> {
    let mut rng = Rng::of(seed, case);
    let (scores, place) = (case / 20, case % 20);
    match place {
        _ if is_clean(case) => clean(&mut rng),
        10..16 => {
            let all = FAULTS.len() + specials::SPECIALS.len();
            let which = (scores * 6 + place - 10) as usize % all;
            match FAULTS.get(which) {
                Some(fault) => alone(&mut rng, fault),
                None => Some(special(&mut rng, which - FAULTS.len())),
            }
        }
        16 | 17 => threes(&mut rng),
        _ => beside_accident(&mut rng, (scores * 2 + place - 18) as usize),
    }
}

fn carrier(rng: &mut Rng) -> Carrier {
    match rng.below(100) {
        0..40 => Carrier::Memory,
        40..80 => Carrier::Xlsx,
        80..87 => Carrier::CsvUtf8,
        87..93 => Carrier::CsvGb18030,
        _ => Carrier::Html,
    }
}

/// A clean form of a kind, now and then a workbook of another producer.
fn form(rng: &mut Rng, kind: Option<Kind>) -> Form {
    let kind = kind.unwrap_or_else(|| rng.pick(&[Kind::Breakdown, Kind::Progress]));
    if rng.chance(15) {
        let fitting: Vec<&Form> = carry::producers().iter().filter(|form| form.kind == kind).collect();
        let mut form = fitting[rng.below(fitting.len())].clone();
        if form.file_name == "成都市-2019年6月.xlsx" && form.words[0].starts_with("samples") && rng.chance(50)
        {
            form.reported = vec![carry::sample_of(0, "2018年12月")];
        }
        return form;
    }
    let carrier = carrier(rng);
    build(rng, kind, carrier)
}

fn finish(form: Form, planted: Vec<Planted>) -> Made {
    let bytes = carry::bytes(&form, &form.workbook);
    let checked = match &bytes {
        Some(bytes) => job::check(&form.file_name, bytes, official(), &form.reported, &Limits::default()),
        None => {
            let audit = job::audit_of(&form.file_name, &form.workbook, official(), &form.reported);
            Checked {
                name: form.file_name.clone(),
                sha256: Some(Sha256::of(b"")),
                content: Ok((form.workbook.clone(), audit)),
            }
        }
    };
    Made { form, planted, bytes, checked }
}

fn clean(rng: &mut Rng) -> Option<Made> {
    match rng.below(100) {
        0..15 => Some(finish(several::file(rng), Vec::new())),
        15..25 => {
            let (form, said) = several::standing(rng);
            Some(finish(form, said.into_iter().collect()))
        }
        _ => Some(finish(form(rng, None), Vec::new())),
    }
}

fn plant(fault: &Fault, form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let mut planted = (fault.plant)(form, rng, marks)?;
    planted.kind = fault.name;
    Some(planted)
}

fn is_writable(form: &Form) -> bool {
    carry::is_patchable(form)
}

fn alone(rng: &mut Rng, fault: &Fault) -> Option<Made> {
    for _ in 0..200 {
        let (mut form, mut all) = match rng.below(100) {
            0..12 if several::takes(fault) && fault.form != Some(Kind::Breakdown) => {
                (several::file(rng), Vec::new())
            }
            12..20 if several::stands_otherwise(fault) => {
                let (form, said) = several::standing(rng);
                (form, said.into_iter().collect())
            }
            _ => (form(rng, fault.form), Vec::new()),
        };
        if let Some(planted) = plant(fault, &mut form, rng, &mut Marks::default())
            && is_writable(&form)
        {
            all.push(planted);
            return Some(finish(form, all));
        }
    }
    panic!("{} can be planted nowhere", fault.name);
}

fn threes(rng: &mut Rng) -> Option<Made> {
    for _ in 0..200 {
        let kind = rng.pick(&[Kind::Breakdown, Kind::Progress]);
        let mut form = form(rng, Some(kind));
        let mut marks = Marks::default();
        let mut planted: Vec<Planted> = Vec::new();
        // One of the table at most, first: rows are found where it leaves them.
        if rng.chance(30) {
            let wide: Vec<&Fault> = FAULTS
                .iter()
                .filter(|fault| fault.reach == Reach::Table && fault.form.is_none_or(|own| own == kind))
                .collect();
            planted.extend(plant(wide[rng.below(wide.len())], &mut form, rng, &mut marks));
        }
        let rows: Vec<&Fault> = FAULTS
            .iter()
            .filter(|fault| fault.reach == Reach::Row && fault.form.is_none_or(|own| own == kind))
            .collect();
        // Now and then the same slip three times: clerks are consistent.
        let same = rng.chance(20).then(|| rows[rng.below(rows.len())]);
        for _ in 0..20 {
            let fault = same.unwrap_or_else(|| rows[rng.below(rows.len())]);
            if planted.len() < 3 && (same.is_some() || !planted.iter().any(|other| other.kind == fault.name))
            {
                let before = form.clone();
                match plant(fault, &mut form, rng, &mut marks) {
                    Some(one) => planted.push(one),
                    None => form = before,
                }
            }
        }
        if planted.len() == 3 && is_writable(&form) {
            return Some(finish(form, planted));
        }
    }
    panic!("no three faults together");
}

/// Faults whose trace an accident does not wipe out.
const BESIDE: &[&str] = &["Q002", "Q003", "Q008", "Q010", "Q018", "B003", "L001", "L002", "L004"];

/// Beside one that writes other figures: those that stand in words.
const BESIDE_FIGURES: &[&str] = &["L001", "L002", "L004"];

fn beside_accident(rng: &mut Rng, which: usize) -> Option<Made> {
    let roots: Vec<&Fault> = FAULTS
        .iter()
        .filter(|fault| {
            fault.reach == Reach::Root
                && !["labels slipped", "another plan's form", "neighbour's return"].contains(&fault.name)
        })
        .collect();
    let root = roots[which % roots.len()];
    let fitting = if ["T005", "T013", "T018", "T020"].contains(&root.rule) { BESIDE } else { BESIDE_FIGURES };
    for _ in 0..200 {
        let mut form = form(rng, root.form);
        if !matches!(form.carrier, Carrier::Producer(_)) {
            form.freeze();
        }
        let mut marks = Marks::default();
        let kind = form.kind;
        let mut planted: Vec<Planted> = Vec::new();
        let rows: Vec<&Fault> = FAULTS
            .iter()
            .filter(|fault| fitting.contains(&fault.rule) && fault.form.is_none_or(|own| own == kind))
            .collect();
        for _ in 0..10 {
            let fault = rows[rng.below(rows.len())];
            if planted.len() < 2 && !planted.iter().any(|other| other.kind == fault.name) {
                planted.extend(plant(fault, &mut form, rng, &mut marks));
            }
        }
        let Some(accident) = plant(root, &mut form, rng, &mut marks) else { continue };
        let gone = planted
            .iter()
            .any(|planted| planted.place.is_some_and(|place| accident.lost.contains(&place.start)));
        if planted.len() < 2 || gone || !is_writable(&form) {
            continue;
        }
        for one in &mut planted {
            let to = |at: indicator_companion::model::CellRef| {
                accident.moves.iter().find(|(from, _)| *from == at).map_or(at, |(_, to)| *to)
            };
            one.place =
                one.place.map(|place| indicator_companion::model::Range::new(to(place.start), to(place.end)));
            for (_, range) in &mut one.also {
                *range = form.table();
            }
        }
        let mut all = vec![accident];
        all.append(&mut planted);
        return Some(finish(form, all));
    }
    panic!("{} stands beside nothing", root.name);
}

fn special(rng: &mut Rng, which: usize) -> Made {
    let (kind, _, make) = specials::SPECIALS[which];
    let specials::Special { form, bytes, mut planted } = make(rng);
    planted.kind = kind;
    let checked = job::check(&form.file_name, &bytes, official(), &form.reported, &Limits::default());
    Made { form, planted: vec![planted], bytes: Some(bytes), checked }
}
