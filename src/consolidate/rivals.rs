//! Which of the returns that came in for one city and one period counts.
//!
//! The board asks the same before the click, of what it knows of a return: so both have it from here.

use std::collections::{BTreeMap, BTreeSet};

/// A return as far as it decides which one counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rival<'a, Origin, Figures, Print> {
    /// The same for the same table of two copies of a file.
    pub origin: Origin,
    /// Of a 区县.
    pub district: bool,
    /// It has open 错误.
    pub refused: bool,
    pub figures: Figures,
    /// Of the other columns, by caption, the fingerprint of what they show.
    pub beside: &'a [(String, Print)],
    /// By the user's word it counts.
    pub preferred: bool,
}

/// What becomes of a return; others are named by their place among those that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Taken,
    /// That one has the same figures.
    Twin(usize),
    District,
    Refused,
    /// Others have other figures, and nobody has said which one counts.
    Disputed,
    /// That one was said to count.
    NotPreferred(usize),
}

/// Those with the same figures, each with its place among all.
type Group<'a, O, F, P> = Vec<(usize, &'a Rival<'a, O, F, P>)>;

/// What becomes of each. Of those with the same figures the named one speaks for all, else the first.
pub fn rulings<O: Ord, F: Ord, P: Ord>(all: &[Rival<'_, O, F, P>]) -> Vec<Ruling> {
    let mut known = BTreeMap::new();
    let mut by_figures: BTreeMap<&F, Group<'_, O, F, P>> = BTreeMap::new();
    let mut rulings: Vec<Ruling> = Vec::new();
    // Who names a copy names what it is a copy of.
    let mut preferred: BTreeSet<usize> = BTreeSet::new();
    for (at, one) in all.iter().enumerate() {
        let first = *known.entry((&one.origin, &one.figures, one.refused, one.beside)).or_insert(at);
        if one.preferred {
            preferred.insert(first);
        }
        rulings.push(if first != at {
            Ruling::Twin(first)
        } else if one.district {
            Ruling::District
        } else if one.refused {
            Ruling::Refused
        } else {
            by_figures.entry(&one.figures).or_default().push((at, one));
            Ruling::Disputed
        });
    }
    // Each group with the one that speaks for it, and whether that was said.
    let groups: Vec<_> = by_figures
        .into_values()
        .filter_map(|group| {
            let named = group.iter().find(|(at, _)| preferred.contains(at)).copied();
            Some((named.or(group.first().copied())?, named.is_some(), group))
        })
        .collect();
    let mut said = groups.iter().filter(|(_, said, _)| *said);
    let chosen = match (groups.as_slice(), said.next(), said.next()) {
        ([((only, _), ..)], ..) => Some(*only),
        (_, Some(((named, _), ..)), None) => Some(*named),
        _ => None,
    };
    for ((head, speaks), said, group) in groups {
        for (at, one) in group {
            let ruling = match chosen {
                Some(chosen) if at == head && chosen == head => Ruling::Taken,
                Some(chosen) if at == head => Ruling::NotPreferred(chosen),
                None if at == head => Ruling::Disputed,
                Some(chosen)
                    if said && chosen == head && !differing(speaks.beside, one.beside).is_empty() =>
                {
                    Ruling::NotPreferred(head)
                }
                _ => Ruling::Twin(head),
            };
            if let Some(place) = rulings.get_mut(at) {
                *place = ruling;
            }
        }
    }
    rulings
}

/// The captions of the columns in which two returns differ beside their figures.
pub fn differing<P: PartialEq>(a: &[(String, P)], b: &[(String, P)]) -> Vec<String> {
    fn of<'a, P>(beside: &'a [(String, P)], caption: &str) -> Option<&'a P> {
        beside.iter().find(|(own, _)| own == caption).map(|(_, print)| print)
    }
    let mut found: Vec<String> = Vec::new();
    for (caption, _) in a.iter().chain(b) {
        if of(a, caption) != of(b, caption) && !found.contains(caption) {
            found.push(caption.clone());
        }
    }
    found
}
