//! Recorded runs gone through again, as they were and with one answer changed.

mod control;
mod support;
