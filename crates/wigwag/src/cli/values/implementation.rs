//! `-X`: heap size, emitter, compile only.

use std::fmt;

use crate::cli::options::Emitter;
use crate::cli::suggest::{DidYouMean, nearest};

/// One `-X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ImplementationOption {
    HeapBytes(usize),
    Emit(Emitter),
    CompileOnly,
}

const NAMES: [&str; 3] = ["heapsize", "emit", "compile-only"];

const EMITTERS: [(&str, Emitter); 3] =
    [("bytecode", Emitter::Bytecode), ("native", Emitter::Native), ("viper", Emitter::Viper)];

/// The unix port refuses a heap smaller than this.
const LEAST_HEAP_BYTES: usize = 700;

/// Heap sizes are given for a machine with words of so many bytes, unless they are given in words.
const USUAL_WORD_BYTES: usize = 4;

/// Not something that `-X` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ImplementationError {
    Unknown { text: String, meant: Option<String> },
    UnknownEmitter { name: String },
    HeapSize { text: String },
    HeapTooSmall,
    HeapTooLarge,
}

impl fmt::Display for ImplementationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { text, meant } => {
                write!(out, "unknown option '{text}'{}", DidYouMean(meant.as_deref()))?;
                out.write_str(" (there are: heapsize=N[w][K|M], emit=bytecode, compile-only)")
            }
            Self::UnknownEmitter { name } => {
                let names = EMITTERS.map(|(name, _)| name);
                write!(out, "unknown emitter '{name}'{}", DidYouMean(nearest(name, names)))?;
                write!(out, " (there are: {})", names.join(", "))
            }
            Self::HeapSize { text } => {
                write!(
                    out,
                    "'{text}' is no heap size (bytes, or with K or M: 2048, 64K, 1M; w before it for words)"
                )
            }
            Self::HeapTooSmall => write!(out, "a heap has at least {LEAST_HEAP_BYTES} bytes"),
            Self::HeapTooLarge => out.write_str("more than this machine can address"),
        }
    }
}

impl std::error::Error for ImplementationError {}

pub(in crate::cli) fn parse_implementation_option(
    text: &str,
) -> Result<ImplementationOption, ImplementationError> {
    match text.split_once('=') {
        None if text == "compile-only" => Ok(ImplementationOption::CompileOnly),
        Some(("heapsize", size)) => heap_bytes(size).map(ImplementationOption::HeapBytes),
        Some(("emit", name)) => EMITTERS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, emitter)| ImplementationOption::Emit(*emitter))
            .ok_or_else(|| ImplementationError::UnknownEmitter { name: name.into() }),
        _ => Err(ImplementationError::Unknown { text: text.into(), meant: meant(text) }),
    }
}

fn meant(text: &str) -> Option<String> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    match (nearest(name, NAMES)?, value) {
        ("compile-only", _) => Some("compile-only".into()),
        (name, Some(value)) => Some(format!("{name}={value}")),
        ("emit", None) => Some("emit=bytecode".into()),
        (name, None) => Some(format!("{name}=1M")),
    }
}

/// `N[w][K|M]`, in either case; the number as C writes it, so `0x` and a leading zero have their meanings.
fn heap_bytes(text: &str) -> Result<usize, ImplementationError> {
    let lower = text.to_ascii_lowercase();
    let (rest, multiple) = match lower.as_bytes().last() {
        Some(b'k') => (lower.trim_end_matches('k'), 1 << 10),
        Some(b'm') => (lower.trim_end_matches('m'), 1 << 20),
        _ => (lower.as_str(), 1_usize),
    };
    // Only one of each.
    let invalid = || ImplementationError::HeapSize { text: text.into() };
    if lower.len() - rest.len() > 1 {
        return Err(invalid());
    }
    let (digits, in_words) = rest.strip_suffix('w').map_or((rest, false), |digits| (digits, true));
    let (digits, radix) = match (digits.strip_prefix("0x"), digits.strip_prefix('0')) {
        (Some(hexadecimal), _) => (hexadecimal, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        _ => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(invalid());
    }
    let number = usize::from_str_radix(digits, radix).ok().and_then(|number| number.checked_mul(multiple));
    let bytes = match (number, in_words) {
        (Some(number), true) => number.checked_mul(size_of::<usize>()).map(|bytes| bytes / USUAL_WORD_BYTES),
        (number, _) => number,
    };
    match bytes {
        None => Err(ImplementationError::HeapTooLarge),
        Some(..LEAST_HEAP_BYTES) => Err(ImplementationError::HeapTooSmall),
        Some(bytes) => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_sizes() {
        let words = size_of::<usize>() / USUAL_WORD_BYTES;
        for (text, bytes) in [
            ("700", 700),
            ("64K", 65_536),
            ("64k", 65_536),
            ("1M", 1 << 20),
            ("2m", 2 << 20),
            ("1wM", words << 20),
            ("1000w", 1000 * words),
            ("16Wk", (16 * words) << 10),
            ("0x1000", 4096),
            ("0x10K", 16 << 10),
            ("010K", 8 << 10),
        ] {
            assert_eq!(heap_bytes(text), Ok(bytes), "{text}");
        }
        for text in
            ["", "K", "w", "-1", "+1K", "1KK", "1Kw", "1ww", "1G", "1.5M", "09K", "0x", "0xgK", "1 K", "lots"]
        {
            assert_eq!(heap_bytes(text), Err(ImplementationError::HeapSize { text: text.into() }), "{text}");
        }
        assert_eq!(heap_bytes("0"), Err(ImplementationError::HeapTooSmall));
        assert_eq!(heap_bytes("699"), Err(ImplementationError::HeapTooSmall));
        assert_eq!(heap_bytes("99999999999999999999"), Err(ImplementationError::HeapTooLarge));
        assert_eq!(heap_bytes("18446744073709551615M"), Err(ImplementationError::HeapTooLarge));
    }

    #[test]
    fn the_others() {
        let parse = parse_implementation_option;
        assert_eq!(parse("compile-only"), Ok(ImplementationOption::CompileOnly));
        assert_eq!(parse("emit=bytecode"), Ok(ImplementationOption::Emit(Emitter::Bytecode)));
        assert_eq!(parse("emit=native"), Ok(ImplementationOption::Emit(Emitter::Native)));
        assert_eq!(parse("emit=viper"), Ok(ImplementationOption::Emit(Emitter::Viper)));
        let text = |text| parse(text).map_err(|error| error.to_string());
        assert_eq!(
            text("emit=bytecod"),
            Err("unknown emitter 'bytecod'; did you mean 'bytecode'? (there are: bytecode, native, viper)"
                .into())
        );
        let there_are = " (there are: heapsize=N[w][K|M], emit=bytecode, compile-only)";
        for (given, meant) in [
            ("heapsiz=1M", "; did you mean 'heapsize=1M'?"),
            ("heapsize", "; did you mean 'heapsize=1M'?"),
            ("compile_only", "; did you mean 'compile-only'?"),
            ("compile-only=1", "; did you mean 'compile-only'?"),
            ("emit", "; did you mean 'emit=bytecode'?"),
            ("realtime", ""),
            ("", ""),
        ] {
            assert_eq!(text(given), Err(format!("unknown option '{given}'{meant}{there_are}")), "{given}");
        }
    }
}
