//! Encrypted bundles that are not as they should be: heads that ask for too much or are another's, seals that do not hold.

use crate::corpus::{Case, Kind};

/// What opens the bundle that all of them are made from; the child tries it on each.
pub(crate) const WORD: &str = "sesame";
const WHOLE: &[u8] = include_bytes!("../fixtures/bundles/format-1.tar.zst.age");
const FIRST: &str = "age-encryption.org/v1";

struct Parts {
    slot: String,
    body: String,
    mac: String,
    /// Nonce and sealed pieces.
    rest: Vec<u8>,
}

impl Parts {
    fn whole() -> Self {
        let end = WHOLE.windows(5).position(|window| window == b"\n--- ").unwrap();
        let length = end + 1 + WHOLE[end + 1..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let head = std::str::from_utf8(&WHOLE[..length]).unwrap();
        let [_, slot, body, mac] = head.lines().map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        Self { slot, body, mac, rest: WHOLE[length..].to_vec() }
    }

    fn file(&self) -> Vec<u8> {
        self.under(FIRST)
    }

    fn under(&self, first: &str) -> Vec<u8> {
        let head = format!("{first}\n{}\n{}\n{}\n", self.slot, self.body, self.mac);
        [head.as_bytes(), &self.rest].concat()
    }
}

pub(crate) fn all(cases: &mut Vec<Case>) {
    let mut add = |name: &str, bytes: Vec<u8>| cases.push(Case::new(Kind::Bundle, &format!("age-{name}"), bytes));
    let parts = Parts::whole;
    let head = WHOLE.len() - parts().rest.len();

    for size in (4..head).step_by(17).chain((head..WHOLE.len()).step_by(211)) {
        add(&format!("cut-{size}"), WHOLE[..size].to_vec());
    }
    for at in (4..head).step_by(13).chain((head..WHOLE.len()).step_by(173)) {
        let mut bytes = WHOLE.to_vec();
        bytes[at] ^= 1;
        add(&format!("flipped-{at}"), bytes);
    }
    let salt = parts().slot.split(' ').nth(2).unwrap().to_owned();
    for work in ["21", "31", "63", "64", "255", "256", "18446744073709551616", "-1", "010", "", "1e9", "0"] {
        add(&format!("work-{work}"), Parts { slot: format!("-> scrypt {salt} {work}"), ..parts() }.file());
    }
    add("work-missing", Parts { slot: format!("-> scrypt {salt}"), ..parts() }.file());
    add("work-twice", Parts { slot: format!("-> scrypt {salt} 10 10"), ..parts() }.file());
    add("salt-short", Parts { slot: "-> scrypt AAAA 10".to_owned(), ..parts() }.file());
    add("salt-long", Parts { slot: format!("-> scrypt {salt}AAAA 10"), ..parts() }.file());
    add("slot-x25519", Parts { slot: format!("-> X25519 {salt}"), ..parts() }.file());
    add("slot-unknown", Parts { slot: "-> joint grease".to_owned(), ..parts() }.file());
    add("slot-none", Parts { slot: String::new(), ..parts() }.file());
    let twice = format!("{}\n{}\n{}", parts().slot, parts().body, parts().slot);
    add("slot-twice", Parts { slot: twice, ..parts() }.file());
    add("body-short", Parts { body: parts().body[..40].to_owned(), ..parts() }.file());
    add("body-long", Parts { body: "A".repeat(64 * 4096), ..parts() }.file());
    add("body-endless", [format!("{FIRST}\n{}\n", parts().slot).into_bytes(), b"A".repeat(8 << 20)].concat());
    add("head-endless", [FIRST.as_bytes(), b"\n-> scrypt ", &b"A".repeat(8 << 20)].concat());
    add("head-of-lines", [FIRST.as_bytes(), &b"\n".repeat(1 << 20)].concat());
    add("head-no-text", [b"age-".to_vec(), (0..=255).collect()].concat());
    add("mac-short", Parts { mac: "--- AAAA".to_owned(), ..parts() }.file());
    add("mac-other", Parts { mac: format!("--- {}", "A".repeat(43)), ..parts() }.file());
    add("mac-none", Parts { mac: "---".to_owned(), ..parts() }.file());
    add("version-0", parts().under("age-encryption.org/v0"));
    add("version-2", parts().under("age-encryption.org/v2"));
    add("version-long", parts().under(&format!("age-encryption.org/v{}", "1".repeat(600))));
    add("windows-lines", String::from_utf8_lossy(&WHOLE[..head]).replace('\n', "\r\n").into_bytes());
    add("armored", b"-----BEGIN AGE ENCRYPTED FILE-----\n".to_vec());

    add("nothing-sealed", WHOLE[..head + 16].to_vec());
    add("one-tag", WHOLE[..head + 32].to_vec());
    add("more-behind", [WHOLE, &[0; 40]].concat());
    add("twice", [WHOLE, &WHOLE[head + 16..]].concat());
    add("file-twice", [WHOLE, WHOLE].concat());
    add("zeros-behind", [WHOLE, &vec![0; 200_000]].concat());
    add("nonce-other", [&WHOLE[..head], &[7; 16], &WHOLE[head + 16..]].concat());
    add("begins-later", [&WHOLE[..head + 16], &WHOLE[head + 17..]].concat());
}
