//! What a hotline can be told to do wrong, once, at the nth request of a kind.

/// One misbehaviour.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// `submit`, `upload`, …
    pub call: &'static str,
    /// At which request of that call, from 1.
    pub nth: u32,
    pub what: What,
}

impl Trouble {
    /// At the nth request of a call.
    pub fn at(call: &'static str, nth: u32, what: What) -> Self {
        Self { call, nth, what }
    }
}

/// What is done wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Nothing is done, and this code answered under this HTTP status.
    Code(i32, u16),
    /// Nothing is done, and only a status answered.
    Bare(u16),
    /// Nothing is done; the guest is sent elsewhere.
    Redirect(String),
    /// Nothing is done; the connection ends.
    Unheard,
    /// Nothing is done, and nothing said until the guest leaves.
    Silence,
    /// It is done; the connection ends without an answer.
    LostAnswer,
    /// It is done, and half of the answer said.
    HalfAnswer,
    /// It is done, and nothing said until the guest leaves.
    SilenceAfter,
    /// It is done, and the answer said a byte at a time.
    Drip,
    /// It is done, and far more answered than anyone should read.
    Huge,
    /// It is done, and the MD5 of other bytes answered.
    WrongMd5,
    /// It is done, and the number of another report answered.
    WrongReport,
    /// It is done, and a receipt answered that names none of its files.
    FewerFiles,
    /// The guest, as named to the hotline, is killed before it is done.
    KillBefore,
    /// The guest is killed after it is done, before any of the answer.
    KillAfter,
    /// The guest is killed after half of the answer.
    KillHalfway,
    /// The guest is killed after all of the answer.
    KillDelivered,
}
