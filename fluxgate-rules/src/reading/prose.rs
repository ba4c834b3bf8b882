//! A rule or another setting in plain English, translated into ours.

mod rule;
mod setting;

pub(crate) use self::rule::rule;
pub(crate) use self::setting::{limits_at_once, setting, two_windows};
