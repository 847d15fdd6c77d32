//! 自检: what the page knows of the browser it runs in, as a text for whoever looks after the machine.

use super::text;
use crate::worker::protocol::Hello;

/// What the browser says of itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Machine {
    /// `navigator.userAgent`.
    pub agent: String,
    /// Processors that a page may use.
    pub cores: u32,
    /// GB of memory, as far as a browser says.
    pub memory: Option<f64>,
    /// It can hand out a file under a name.
    pub download: bool,
    /// It keeps small choices.
    pub storage: bool,
    /// A content security policy holds for the page.
    pub closed: bool,
}

/// Programs by the word that they are known by; those that pose as others stand first.
const PROGRAMS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("QQBrowser", "QQ 浏览器"),
    ("MetaSr", "搜狗浏览器"),
    ("360SE", "360 安全浏览器"),
    ("360EE", "360 极速浏览器"),
    ("OPR", "Opera"),
    ("Firefox", "火狐（Firefox）"),
    ("Chrome", "谷歌（Chrome）或同内核的浏览器"),
    ("Safari", "Safari"),
];

const KERNELS: [(&str, &str); 3] = [("Chrome", "Chromium"), ("Firefox", "Gecko"), ("Safari", "WebKit")];

/// The first of these that an agent names, with its version.
fn named(agent: &str, names: &[(&str, &str)]) -> Option<String> {
    names.iter().find_map(|(word, name)| {
        let (_, behind) = agent.split_once(word)?;
        let version = behind.strip_prefix('/').unwrap_or_default();
        let version: String =
            version.chars().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
        Some(format!("{name} {version}").trim_end().to_owned())
    })
}

impl Machine {
    /// The program and what it draws with.
    pub fn browser(&self) -> String {
        let program = named(&self.agent, &PROGRAMS).unwrap_or_else(|| text::NOT_KNOWN.to_owned());
        match named(&self.agent, &KERNELS) {
            Some(kernel) => text::browser(&program, &kernel),
            None => program,
        }
    }

    /// A line each: what is looked at, and how it stands.
    pub fn checked(&self, version: &str, build: &str, hello: Option<&Hello>) -> Vec<(&'static str, String)> {
        let good = |good: bool| if good { text::WORKS } else { text::WORKS_NOT }.to_owned();
        vec![
            (text::BROWSER, self.browser()),
            // The page itself is of it: where it does not work nobody reads this.
            ("WebAssembly", good(true)),
            (text::ENGINE, if hello.is_some() { text::ENGINE_RUNS } else { text::ENGINE_STARTS }.to_owned()),
            (text::DOWNLOAD, good(self.download)),
            (text::STORAGE, good(self.storage)),
            (text::MEMORY, text::memory(self.memory, self.cores)),
            (text::OFFLINE, text::closed(self.closed)),
            (text::VERSION, version.to_owned()),
            (text::BUILD, build.to_owned()),
            (text::BREAKDOWN, hello.map_or_else(String::new, |hello| hello.breakdown_sha256.clone())),
            (text::AGENT, self.agent.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_what_it_says_of_itself() {
        let of = |agent: &str| Machine { agent: agent.to_owned(), ..Machine::default() }.browser();
        let chrome =
            "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.75 Safari/537.36";
        assert_eq!(of(chrome), "谷歌（Chrome）或同内核的浏览器 86.0.4240.75，内核 Chromium 86.0.4240.75");
        assert_eq!(of(&format!("{chrome} Edg/86.0.622.38")), "Edge 86.0.622.38，内核 Chromium 86.0.4240.75");
        assert_eq!(of(&format!("{chrome} SE 2.X MetaSr 1.0")), "搜狗浏览器，内核 Chromium 86.0.4240.75");
        assert!(of("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0").ends_with("内核 Gecko 128.0"));
        assert_eq!(of("curl"), text::NOT_KNOWN);
    }
}
