//! wigwag-scheduler
