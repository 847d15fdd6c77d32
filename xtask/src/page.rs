//! Puts the parts into one HTML file that refers to nothing outside itself.

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::digest::sha256;
use crate::shell::{self, Result};
use crate::wasm::Module;
use crate::{npm, packing, paths};

pub struct Parts<'a> {
    pub page: &'a Module,
    pub engine: &'a Module,
    pub version: &'a str,
}

pub struct Page {
    pub html: String,
    /// First twelve hexadecimal digits of the SHA-256 of everything that is inlined.
    pub build: String,
    pub sizes: Vec<(&'static str, usize)>,
}

/// Fills `www/index.html`.
pub fn assemble(parts: &Parts) -> Result<Page> {
    let template = shell::read_text(&paths::www("index.html"))?;
    let mut boot = String::new();
    for name in ["closed.js", "boot.js"] {
        boot += &shell::read_text(&paths::www(name))?;
        shell::output(npm::script("xtask/tools/script.mjs").arg("es3").arg(paths::www(name)))?;
    }
    let worker = shell::read_text(&paths::www("worker.js"))?;
    let style = transformed("style", "style.css", &shell::read_text(&paths::www("style.css"))?)?;
    let (unpack, inflate) = (bundled("unpack.js")?, bundled("inflate.js")?);
    let page_script = unpack + &transformed("glue", "page.js", &parts.page.glue)? + "companion.begin();";
    let engine_script = inflate + &transformed("glue", "engine.js", &parts.engine.glue)? + &worker;
    let page_wasm = packing::quick(&packed_file("unpack.js"), "page.wasm", &parts.page.wasm)?;
    let engine_wasm = packing::tight(&packed_file("inflate.js"), "engine.wasm", &parts.engine.wasm)?;

    let inlined = [&template, &boot, &style, &page_script, &engine_script, &page_wasm, &engine_wasm];
    let build: String = sha256(inlined.map(String::as_str).join("\0").as_bytes()).chars().take(12).collect();
    let policies = Policies::of(&[&boot, &page_script]);
    let html = filled(
        &template,
        &[
            ("version", parts.version),
            ("build", &build),
            ("policy", &policies.at_start),
            ("strict-policy", &policies.strict),
            ("style", &style),
            ("boot", &boot),
            ("page-script", &page_script),
            ("page-wasm", &page_wasm),
            ("engine-script", &engine_script),
            ("engine-wasm", &engine_wasm),
        ],
    )?;
    refers_to_nothing(&html)?;
    let sizes = vec![
        ("page.wasm", parts.page.wasm.len()),
        ("page.wasm, packed", page_wasm.len()),
        ("engine.wasm", parts.engine.wasm.len()),
        ("engine.wasm, packed", engine_wasm.len()),
        ("scripts", boot.len() + page_script.len() + engine_script.len()),
        ("style", style.len()),
    ];
    Ok(Page { html, build, sizes })
}

/// The two stages of the content security policy.
///
/// Browsers before Chromium 97 know no `wasm-unsafe-eval` and need `unsafe-eval` to compile wasm, and a single policy
/// cannot give it to them alone. So the page starts under a policy that allows both, and `www/boot.js` adds a stricter
/// one: at once where `wasm-unsafe-eval` is known, elsewhere as soon as the page's wasm is compiled.
struct Policies {
    at_start: String,
    strict: String,
}

impl Policies {
    fn of(scripts: &[&str]) -> Self {
        let hashes: Vec<String> = scripts
            .iter()
            .map(|script| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script.as_bytes()))))
            .collect();
        let hashes = hashes.join(" ");
        Policies {
            at_start: format!(
                "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:; \
                 connect-src 'none'; form-action 'none'; base-uri 'none'; frame-src 'none'; object-src 'none'; \
                 script-src {hashes} 'wasm-unsafe-eval' 'unsafe-eval'"
            ),
            strict: format!(
                "script-src {hashes} 'wasm-unsafe-eval'; worker-src blob:; \
                 require-trusted-types-for 'script'; trusted-types app-worker"
            ),
        }
    }
}

fn packed_file(name: &str) -> PathBuf {
    paths::wasm_target().join("packed").join(name)
}

/// A script of `www` with what it imports.
fn bundled(name: &str) -> Result<String> {
    let output = packed_file(name);
    shell::output(npm::script("xtask/tools/script.mjs").arg("bundle").arg(paths::www(name)).arg(&output))?;
    shell::read_text(&output)
}

fn transformed(task: &str, name: &str, source: &str) -> Result<String> {
    let (input, output) = (packed_file(&format!("{name}.in")), packed_file(name));
    shell::write(&input, source)?;
    shell::output(npm::script("xtask/tools/script.mjs").arg(task).arg(&input).arg(&output))?;
    shell::read_text(&output)
}

/// Puts every value in its place `{{name}}`; each place must be there, once or more, and none may be left over.
fn filled(template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut html =
        String::with_capacity(template.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut used = vec![false; values.len()];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("www/index.html: a place {{ is not closed")?;
        let position = values
            .iter()
            .position(|(known, _)| *known == name)
            .ok_or(format!("www/index.html: nothing fills {{{{{name}}}}}"))?;
        let value = values.get(position).map(|(_, value)| *value).unwrap_or_default();
        if value.to_ascii_lowercase().contains("</script") || value.to_ascii_lowercase().contains("</style") {
            return Err(format!("{name} would end its own element"));
        }
        if let Some(used) = used.get_mut(position) {
            *used = true;
        }
        html.push_str(before);
        html.push_str(value);
        rest = after;
    }
    html.push_str(rest);
    match values.iter().zip(used).find(|(_, used)| !used) {
        Some(((name, _), _)) => Err(format!("www/index.html has no place {{{{{name}}}}}")),
        None => Ok(html),
    }
}

/// Fails on anything that a browser would fetch or follow. XML namespaces are names, not addresses.
fn refers_to_nothing(html: &str) -> Result {
    const NAMESPACES: [&str; 3] =
        ["http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xlink"];
    let mut text = html.to_owned();
    for namespace in NAMESPACES {
        text = text.replace(namespace, "");
    }
    for opening in [
        "http://",
        "https://",
        "ws://",
        "wss://",
        "ftp://",
        "src=\"",
        "src='",
        "href=\"/",
        "href=\"./",
        "@import",
        "srcset",
    ] {
        if let Some((before, after)) = text.split_once(opening) {
            let start: String = before.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
            let end: String = after.chars().take(60).collect();
            return Err(format!("the page refers to something outside itself: …{start}{opening}{end}…"));
        }
    }
    for (before, inner) in [("href=", "data:"), ("url(", "data:")] {
        let foreign = text
            .split(before)
            .skip(1)
            .map(|after| after.trim_start_matches(['"', '\'']))
            .find(|after| !after.starts_with(inner));
        if let Some(foreign) = foreign {
            let foreign: String = foreign.chars().take(60).collect();
            return Err(format!("the page refers to something outside itself: {before}{foreign}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_none_is_left_over() {
        assert_eq!(filled("<a>{{x}}</a>{{y}}", &[("x", "1"), ("y", "{{x}}")]).unwrap(), "<a>1</a>{{x}}");
        assert!(filled("{{x}}", &[("x", ""), ("y", "")]).unwrap_err().contains("y"));
        assert!(filled("{{z}}", &[]).unwrap_err().contains("z"));
        assert!(filled("{{x}}", &[("x", "a</SCRIPT>b")]).is_err());
    }

    #[test]
    fn references_are_found() {
        refers_to_nothing(
            "<link rel=\"icon\" href=\"data:image/svg+xml,x\"><style>a{background:url(data:image/png;\
         base64,x)}</style>",
        )
        .unwrap();
        refers_to_nothing("createElementNS('http://www.w3.org/2000/svg')").unwrap();
        for foreign in [
            "<img src=\"a.png\">",
            "<a href=\"x\">",
            "url(a.png)",
            "url('a.png')",
            "fetch('https://a')",
            "@import \"a\"",
        ] {
            assert!(refers_to_nothing(foreign).is_err(), "{foreign}");
        }
    }
}
