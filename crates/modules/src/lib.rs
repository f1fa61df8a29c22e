//! wigwag-modules
