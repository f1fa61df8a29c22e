//! wigwag-host
