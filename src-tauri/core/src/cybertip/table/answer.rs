//! What the server answers.
//!
//! The documentation asks for a report id in every answer; the answer to `/status` has none, and the
//! schema lets it be absent. It must never ask more of an answer than what is needed to act on it.

use crate::cybertip::grammar::{Content, Rule, Value, one, one_value, value, values};

const RESPONSE_CHILDREN: &[Rule] = &[
    one_value("responseCode", Value::Whole(0, i32::MAX as i64)),
    one_value("responseDescription", Value::Remark),
    value("reportId", Value::Whole(0, i64::MAX)),
    value("fileId", Value::Hex(32)),
    value("hash", Value::Hex(32)),
];

const FILES: &[Rule] = &[values("fileId", Value::Hex(32))];

const DONE_CHILDREN: &[Rule] = &[
    one_value("responseCode", Value::Whole(0, i32::MAX as i64)),
    one_value("reportId", Value::Whole(0, i64::MAX)),
    one("files", Content::Ordered(FILES)),
];

/// To everything but `/finish`.
pub(super) const RESPONSE: Rule = one("reportResponse", Content::Ordered(RESPONSE_CHILDREN));

/// To `/finish`: the receipt.
pub(super) const DONE: Rule = one("reportDoneResponse", Content::Ordered(DONE_CHILDREN));
