//! The summary in the READMEs, written from what was seen.

use crate::cell::{COLUMNS, Cell};
use rainferry_core::api::Lane;
use rainferry_sandbox::Era;
use std::collections::BTreeSet;
use std::path::Path;

const BEGIN: &str = "<!-- matrix: written by `RAINFERRY_WRITE_MATRIX=1 make matrix` -->";
const END: &str = "<!-- /matrix -->";

pub(crate) fn write_if_asked(cells: &[Cell]) {
    if std::env::var_os("RAINFERRY_WRITE_MATRIX").is_none() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (file, words) in [("README.md", &ENGLISH), ("README.zh-CN.md", &CHINESE)] {
        let path = root.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{file} has no place for the matrix"));
        let (_, after) = rest.split_once(END).unwrap();
        std::fs::write(&path, format!("{before}{BEGIN}\n{}{END}{after}", summary(cells, words))).unwrap();
    }
}

struct Words {
    head: [&'static str; 5],
    lanes: [&'static str; 2],
    restores: [&'static str; 2],
    columns: [&'static str; 7],
    all: &'static str,
}

const ENGLISH: Words = Words {
    head: ["from", "to", "its own restore", "lane", "arrives as in the backup but for"],
    lanes: ["official", "rebuild"],
    restores: ["finishes", "cannot finish"],
    columns: ["components", "variables", "ports and host names", "volumes", "config files", "links", "routes"],
    all: "–",
};

const CHINESE: Words = Words {
    head: ["来自", "去往", "平台自带的恢复", "通道", "与备份一致，除了"],
    lanes: ["平台恢复", "重新创建"],
    restores: ["做得完", "做不完"],
    columns: ["组件", "变量", "端口和访问名", "卷", "配置文件", "依赖", "路由"],
    all: "–",
};

fn summary(cells: &[Cell], words: &Words) -> String {
    let mut out = format!("| {} |\n|{}\n", words.head.join(" | "), "---|".repeat(words.head.len()));
    let mut seen: BTreeSet<(usize, usize, bool)> = BTreeSet::new();
    for cell in cells {
        if !seen.insert((place(cell.from), place(cell.to), cell.finishes)) {
            continue;
        }
        let same: Vec<&Cell> = cells
            .iter()
            .filter(|other| (other.from, other.to, other.finishes) == (cell.from, cell.to, cell.finishes))
            .collect();
        let lane = words.lanes[usize::from(cell.plan.lane == Some(Lane::Rebuild))];
        let differing: Vec<&str> = COLUMNS
            .iter()
            .zip(words.columns)
            .filter(|((name, _), _)| same.iter().any(|cell| cell.counts()[name] != (0, 0)))
            .map(|(_, word)| word)
            .collect();
        let differing = if differing.is_empty() { words.all.to_owned() } else { differing.join(", ") };
        out.push_str(&format!(
            "| {} | {} | {} | {lane} | {differing} |\n",
            cell.from.version(),
            cell.to.version(),
            words.restores[usize::from(!cell.finishes)],
        ));
    }
    out
}

fn place(era: Era) -> usize {
    crate::ERAS.iter().position(|known| *known == era).unwrap_or(usize::MAX)
}
