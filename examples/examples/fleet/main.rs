//! A fleet of 1 to 10,000 instances, each with its own breaker, in front of one failing service: what it costs not to share
//! state.
//!
//! ```sh
//! cargo run --release --example fleet
//! ```
//!
//! The breakers are real, on a manual clock, and every run is the same. The tables are in the documentation, `fluxgate/docs/fleet.md`.

#![allow(unreachable_pub, reason = "a program has no outside")]

mod design;
mod run;
mod service;
mod table;

use table::tables;

fn main() {
    print!("{}", tables());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::design::{Breakers, Design, Keys, Outage};
    use super::run::Run;
    use super::table::tables;

    /// `FLUXGATE_BLESS=1` rewrites them.
    #[test]
    fn the_tables_match_the_documentation() {
        const START: &str = "<!-- tables -->\n";
        const END: &str = "<!-- end of tables -->\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fluxgate/docs/fleet.md");
        let page = std::fs::read_to_string(&path).expect("the page is there");
        let (before, rest) = page.split_once(START).expect("the tables begin");
        let (_, after) = rest.split_once(END).expect("the tables end");
        let expected = format!("{before}{START}{}{END}{after}", tables());
        if std::env::var_os("FLUXGATE_BLESS").is_some() {
            std::fs::write(&path, expected).expect("the page can be written");
        } else {
            assert_eq!(page, expected, "the page shows other figures; FLUXGATE_BLESS=1 rewrites it");
        }
    }

    #[test]
    fn a_run_is_repeatable() {
        let design = Design { outage: Outage::Partly, keys: Keys::Shard, ..Design::of(50) };
        let [one, other] = [Run::of(&design), Run::of(&design)].map(|run| format!("{run:?}"));
        assert_eq!(one, other);
    }

    #[test]
    fn every_call_is_either_sent_or_refused() {
        for outage in [Outage::Wholly, Outage::Partly, Outage::Slowly] {
            let with = Run::of(&Design { outage, ..Design::of(20) });
            let without = Run::of(&Design { outage, breakers: Breakers::None, ..Design::of(20) });
            assert_eq!(with.sent + with.spared + with.refused_healthy, without.sent);
            assert_eq!(with.hit + with.spared, without.hit);
            assert_eq!((without.spared, without.refused_healthy), (0, 0));
        }
    }
}
