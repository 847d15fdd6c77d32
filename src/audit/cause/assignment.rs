//! Which column belongs to which city: the assignment with the most agreement.

/// The assignment of rows to columns with the greatest sum; of equals the one that moves fewest. Every permutation is
/// tried up to seven cities, pairwise exchanges beyond.
pub fn best_assignment(score: &[Vec<usize>]) -> Option<(usize, Vec<usize>)> {
    let n = score.len();
    let total = |assignment: &[usize]| -> usize {
        assignment.iter().enumerate().filter_map(|(i, j)| score.get(i)?.get(*j)).sum()
    };
    let moves = |assignment: &[usize]| assignment.iter().enumerate().filter(|(i, j)| i != *j).count();
    let mut best: Vec<usize> = (0..n).collect();
    let better = |candidate: &[usize], best: &[usize]| {
        (total(candidate), std::cmp::Reverse(moves(candidate)))
            > (total(best), std::cmp::Reverse(moves(best)))
    };
    if n <= 7 {
        let mut all = Vec::new();
        permute(&mut (0..n).collect::<Vec<_>>(), 0, &mut all);
        for candidate in all {
            if better(&candidate, &best) {
                best = candidate;
            }
        }
    } else {
        loop {
            let mut improved = false;
            for i in 0..n {
                for j in i + 1..n {
                    let mut candidate = best.clone();
                    candidate.swap(i, j);
                    if better(&candidate, &best) {
                        best = candidate;
                        improved = true;
                    }
                }
            }
            if !improved {
                break;
            }
        }
    }
    Some((total(&best), best))
}

pub fn permute(items: &mut Vec<usize>, at: usize, found: &mut Vec<Vec<usize>>) {
    if at >= items.len() {
        found.push(items.clone());
        return;
    }
    for i in at..items.len() {
        items.swap(at, i);
        permute(items, at + 1, found);
        items.swap(at, i);
    }
}
