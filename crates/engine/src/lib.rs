//! wigwag-engine
