//! wigwag-vm
