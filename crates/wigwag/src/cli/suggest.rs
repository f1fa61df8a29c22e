//! The name that somebody probably meant.

/// The candidate most like `name`, if one is alike enough: a slip or two of the fingers, not another word.
pub(super) fn nearest<'name>(
    name: &str,
    candidates: impl IntoIterator<Item = &'name str>,
) -> Option<&'name str> {
    let name = name.to_lowercase();
    let slips = |candidate: &str| strsim::damerau_levenshtein(&name, candidate);
    let nearest = candidates.into_iter().min_by_key(|candidate| slips(candidate))?;
    let allowed = (nearest.chars().count() / 3).max(1);
    (slips(nearest) <= allowed).then_some(nearest)
}

/// `; did you mean 'virtual'?`, or nothing.
pub(super) struct DidYouMean<'text>(pub(super) Option<&'text str>);

impl std::fmt::Display for DidYouMean<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(meant) => write!(out, "; did you mean '{meant}'?"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_but_not_other_words() {
        let names = ["virtual", "real", "pybv11", "pybd"];
        for (name, meant) in [
            ("vitual", Some("virtual")),
            ("VIRTUAL", Some("virtual")),
            ("rael", Some("real")),
            ("pybv1", Some("pybv11")),
            ("pyb11", Some("pybv11")),
            ("pybdd", Some("pybd")),
            ("esp32", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names), meant, "{name}");
        }
        assert_eq!(nearest("x", []), None);
    }
}
