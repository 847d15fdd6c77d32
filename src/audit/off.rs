//! Rules that the user has switched off, each for a reason. What such a rule says is no finding; every report names it
//! with its reason.

use super::{Check, Code, Rule, Tier, says_something};

/// A rule that is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOff {
    pub code: Code,
    pub title: &'static str,
    /// The user's words.
    pub reason: String,
}

/// The rules that are switched off, in the order in which the user named them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RulesOff(Vec<RuleOff>);

/// Why a rule stays on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaysOn {
    #[error("规则 {0} 查整体差错，由它引起的问题都归在它名下，不能关。")]
    Root(Code),
    #[error("规则 {0} 是错误级，错误须改正后再报，不能关。只有警示和提示可以关。")]
    Error(Code),
    #[error("规则 {0} 说明汇总采用了哪些报表、没有采用哪些，不能关。")]
    Account(Code),
    #[error("关掉规则 {0} 要写明原因，至少两个字。")]
    NoReason(Code),
}

impl Rule {
    /// Whether the user may switch it off.
    pub fn may_be_off(&self) -> Result<(), StaysOn> {
        match self.check {
            Check::Root(_) => Err(StaysOn::Root(self.code)),
            _ if self.tier == Tier::Error => Err(StaysOn::Error(self.code)),
            Check::EachOrRoot(..) => Err(StaysOn::Root(self.code)),
            Check::Consolidation => Err(StaysOn::Account(self.code)),
            _ => Ok(()),
        }
    }
}

impl RulesOff {
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Switches a rule off; the last reason given holds.
    pub fn switch_off(&mut self, rule: &Rule, reason: &str) -> Result<(), StaysOn> {
        rule.may_be_off()?;
        if !says_something(reason) {
            return Err(StaysOn::NoReason(rule.code));
        }
        self.0.retain(|off| off.code != rule.code);
        self.0.push(RuleOff { code: rule.code, title: rule.title, reason: reason.trim().to_owned() });
        Ok(())
    }

    pub fn has(&self, code: Code) -> bool {
        self.0.iter().any(|off| off.code == code)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RuleOff> {
        self.0.iter()
    }

    /// 关了 1 条规则; nothing where all are on.
    pub fn count(&self) -> Option<String> {
        Some(self.0.len()).filter(|count| *count > 0).map(|count| format!("关了 {count} 条规则"))
    }

    /// One sentence on all of them; nothing where all are on.
    pub fn sentence(&self) -> Option<String> {
        let each: Vec<String> =
            self.iter().map(|off| format!("{} {}（原因：{}）", off.code, off.title, off.reason)).collect();
        Some(format!("{}，没有按它审核：{}。", self.count()?, each.join("；")))
    }
}
