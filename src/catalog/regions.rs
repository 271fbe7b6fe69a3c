//! Regions (行政区划): which government's report it is, by the name that a department or a cover begins with.
//!
//! `data/regions.csv` holds the names and codes of GB/T 2260 in force at the end of 2023, and those that were in
//! force at some time since 2010 (`until`: the last year they are known to have been); `data/governments.toml` what
//! may stand before them, and the departments of the central government. A name that several regions share (鼓楼区)
//! means one only after the name of its province or prefecture; alone it means none.

use super::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// The code that stands for the whole country.
const CENTRAL: &str = "100000";
/// The shortest name by which a county is known without its province: 郊区 is no name of one place.
const SHORTEST_ALONE: usize = 3;

/// A region as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Region {
    /// The code of GB/T 2260, six digits; `100000` for the central government.
    pub code: &'static str,
    /// The full name: 江苏省苏州市昆山市, 上海市普陀区, 中央.
    pub name: String,
}

/// All regions.
#[derive(Debug)]
pub struct Regions {
    by_name: HashMap<&'static str, Vec<Entry>>,
    /// Names of provinces and prefectures in force, by code.
    above: BTreeMap<&'static str, &'static str>,
    /// The longest name, in characters.
    longest: usize,
    prefixes: Vec<String>,
    central: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    code: &'static str,
    name: &'static str,
    former: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Governments {
    prefixes: Vec<String>,
    central: Vec<String>,
}

impl Regions {
    /// The table compiled in, parsed at first use.
    ///
    /// # Panics
    ///
    /// If the compiled-in data is broken, which a test rules out.
    pub fn standard() -> &'static Regions {
        static STANDARD: LazyLock<Regions> = LazyLock::new(|| {
            Regions::parse(include_str!("data/regions.csv"), include_str!("data/governments.toml"))
                .unwrap_or_else(|error| panic!("catalog/data: {error}"))
        });
        &STANDARD
    }

    /// Reads a table with the columns `code,name,until`, and what stands around names.
    pub fn parse(table: &'static str, governments: &str) -> Result<Regions, String> {
        let Governments { prefixes, central } = toml::from_str(governments).map_err(|error| error.to_string())?;
        let mut lines = table.lines();
        if lines.next() != Some("code,name,until") {
            return Err("regions.csv, line 1: unexpected header".to_owned());
        }
        let mut by_name: HashMap<_, Vec<Entry>> = HashMap::new();
        let mut above = BTreeMap::new();
        let mut longest = 0;
        for (line, number) in lines.zip(2..) {
            let fields: Vec<&'static str> = line.split(',').collect();
            let [code, name, until] = fields[..] else {
                return Err(format!("regions.csv, line {number}: {} fields instead of 3", fields.len()));
            };
            if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) || name.is_empty() {
                return Err(format!("regions.csv, line {number}: no code and name"));
            }
            let entry = Entry { code, name, former: !until.is_empty() };
            if entry.stem().len() < 6 && !(entry.former && above.contains_key(code)) {
                above.insert(code, name);
            }
            longest = longest.max(name.chars().count());
            by_name.entry(name).or_default().push(entry);
        }
        Ok(Regions { by_name, above, longest, prefixes, central })
    }

    /// The region whose department this is, as its name or the title of its report begins: 中共上海市普陀区委社会工作部
    /// gives 上海市普陀区. `None` where it names none, or one that several regions are called.
    pub fn of(&self, printed: &str) -> Option<Region> {
        let folded = fold(printed);
        let bare = folded.split('(').next().unwrap_or_default();
        if self.central.iter().any(|name| name == bare || bare.strip_prefix("中共") == Some(name)) {
            return Some(Region { code: CENTRAL, name: "中央".to_owned() });
        }
        let prefix = self.prefixes.iter().find(|prefix| folded.starts_with(prefix.as_str()));
        let mut rest = prefix.map_or(folded.as_str(), |prefix| &folded[prefix.len()..]);
        let mut found: Option<Entry> = None;
        while let Some(next) = self.next(rest, found) {
            rest = &rest[next.name.len()..];
            found = Some(next);
        }
        found.map(|entry| Region { code: entry.code, name: self.full_name(entry) })
    }

    /// The region that a text begins with, below another where there is one.
    fn next(&self, text: &str, above: Option<Entry>) -> Option<Entry> {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest).collect::<Vec<_>>();
        ends.iter().enumerate().rev().find_map(|(index, end)| {
            let fits = |entry: &&Entry| match above {
                Some(above) => entry.code.starts_with(above.stem()) && entry.stem().len() > above.stem().len(),
                None => entry.stem().len() < 6 || index + 1 >= SHORTEST_ALONE,
            };
            let named: Vec<&Entry> = self.by_name.get(&text[..*end])?.iter().filter(fits).collect();
            let in_force = || named.iter().filter(|entry| !entry.former);
            match (in_force().count(), named.as_slice()) {
                (1, _) => in_force().next().map(|entry| **entry),
                (0, [only]) => Some(**only),
                _ => None,
            }
        })
    }

    fn full_name(&self, entry: Entry) -> String {
        let above = [2, 4].into_iter().filter(|digits| *digits < entry.stem().len());
        let codes = above.filter_map(|digits| Some(format!("{:0<6}", entry.code.get(..digits)?)));
        let names: String = codes.filter_map(|code| self.above.get(code.as_str()).copied()).collect();
        names + entry.name
    }
}

impl Entry {
    /// The digits of the code that those of its parts begin with: two of a province, four of a prefecture.
    fn stem(&self) -> &'static str {
        match self.code {
            code if code.ends_with("0000") => &code[..2],
            code if code.ends_with("00") => &code[..4],
            code => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<(&'static str, String)> {
        Regions::standard().of(name).map(|region| (region.code, region.name))
    }

    #[test]
    fn a_department_begins_with_its_region() {
        for (name, code, full) in [
            ("上海市普陀区财政局", "310107", "上海市普陀区"),
            ("中共上海市普陀区委社会工作部", "310107", "上海市普陀区"),
            ("上海市域外农场管理办公室", "310000", "上海市"),
            ("中共江苏省委办公厅", "320000", "江苏省"),
            ("西安市气象局", "610100", "陕西省西安市"),
            ("昆山市教育局", "320583", "江苏省苏州市昆山市"),
            ("江苏省昆山市教育局", "320583", "江苏省苏州市昆山市"),
            ("武汉市硚口区大数据中心", "420104", "湖北省武汉市硚口区"),
            ("南京市鼓楼区民政局", "320106", "江苏省南京市鼓楼区"),
            ("九三学社北京市委员会", "110000", "北京市"),
            ("国家信访局", "100000", "中央"),
            ("财政部（本级）", "100000", "中央"),
            ("济源市财政局", "419001", "河南省济源市"),
            ("浦东 新区 教育局", "310115", "上海市浦东新区"),
        ] {
            assert_eq!(of(name), Some((code, full.to_owned())), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_shared_or_unknown_means_none() {
        for name in ["鼓楼区民政局", "万里街道办事处", "财政局", "郊区民政局", "海岳市信访局", "国家电影博物馆", ""]
        {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn a_former_region_keeps_its_name() {
        assert_eq!(of("莱芜市财政局"), Some(("371200", "山东省莱芜市".to_owned())));
        assert_eq!(of("密云县财政局"), Some(("110228", "北京市密云县".to_owned())));
    }
}
