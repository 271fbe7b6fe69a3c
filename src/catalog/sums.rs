//! What rows that sum up are called (`data/sums.toml`): 合计, 总计, 小计 and the like. All texts are in matching form
//! ([`super::text::fold`]).

use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    total: Vec<String>,
    part: Vec<String>,
    ending: Vec<String>,
}

static SUMS: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("data/sums.toml")).expect("data/sums.toml is well formed"));

/// Is this the name of a row that sums up everything?
pub fn is_total(folded: &str) -> bool {
    SUMS.total.iter().any(|name| name == folded)
}

/// Is this the name of a sum and of nothing else: no unit's, no project's?
pub fn is_sum(folded: &str) -> bool {
    is_total(folded) || SUMS.part.iter().any(|name| name == folded)
}

/// Does this end as names of sums do, whatever it sums up?
pub fn ends_as_sum(folded: &str) -> bool {
    SUMS.ending.iter().any(|ending| folded.ends_with(ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_something_is_no_bare_sum() {
        assert!(is_total("合计") && is_sum("合计") && ends_as_sum("合计"));
        assert!(!is_total("小计") && is_sum("小计") && ends_as_sum("小计"));
        assert!(!is_sum("教育局合计") && ends_as_sum("教育局合计"));
        assert!(!is_sum("教育局") && !ends_as_sum("合计数"));
    }
}
