//! Complex numbers. Arithmetic is upstream's plain formulas: fast, and as exact as they are. All O(1).

use alloc::string::String;

use super::{NumberError, float};

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imaginary: f64,
}

impl From<f64> for Complex {
    fn from(real: f64) -> Complex {
        Complex { real, imaginary: 0.0 }
    }
}

impl Complex {
    /// `real + imaginary * 1j`.
    pub const fn new(real: f64, imaginary: f64) -> Complex {
        Complex { real, imaginary }
    }

    /// `self + other`.
    pub fn add(self, other: Complex) -> Complex {
        Complex::new(self.real + other.real, self.imaginary + other.imaginary)
    }

    /// `self - other`.
    pub fn sub(self, other: Complex) -> Complex {
        Complex::new(self.real - other.real, self.imaginary - other.imaginary)
    }

    /// `self * other`.
    pub fn mul(self, other: Complex) -> Complex {
        Complex::new(
            self.real * other.real - self.imaginary * other.imaginary,
            self.real * other.imaginary + self.imaginary * other.real,
        )
    }

    /// `self / other`.
    pub fn div(self, other: Complex) -> Result<Complex, NumberError> {
        if other.imaginary == 0.0 {
            if other.real == 0.0 {
                return Err(NumberError::ZeroDivision("complex divide by zero".into()));
            }
            return Ok(Complex::new(self.real / other.real, self.imaginary / other.real));
        }
        if other.real == 0.0 {
            return Ok(Complex::new(self.imaginary / other.imaginary, -self.real / other.imaginary));
        }
        let length_squared = other.real * other.real + other.imaginary * other.imaginary;
        Ok(self.mul(Complex::new(other.real / length_squared, other.imaginary / -length_squared)))
    }

    /// `self // other`, which is an error.
    pub fn floor_div(self, _other: Complex) -> Result<Complex, NumberError> {
        Err(NumberError::Type("can't truncate-divide a complex number".into()))
    }

    /// `self ** other`, through logarithm and exponential.
    pub fn pow(self, other: Complex) -> Result<Complex, NumberError> {
        let length = self.abs();
        if length == 0.0 {
            if other.imaginary == 0.0 && other.real >= 0.0 {
                let real = if other.real == 0.0 { 1.0 } else { 0.0 };
                return Ok(Complex::new(real, self.imaginary));
            }
            return Err(NumberError::ZeroDivision("0.0 to a complex power".into()));
        }
        let logarithm = libm::log(length);
        let angle = libm::atan2(self.imaginary, self.real);
        let exponent = other.real * logarithm - other.imaginary * angle;
        let turn = other.imaginary * logarithm + other.real * angle;
        let scale = libm::exp(exponent);
        Ok(Complex::new(scale * libm::cos(turn), scale * libm::sin(turn)))
    }

    /// `-self`.
    pub fn neg(self) -> Complex {
        Complex::new(-self.real, -self.imaginary)
    }

    /// `abs(self)`.
    pub fn abs(self) -> f64 {
        libm::sqrt(self.real * self.real + self.imaginary * self.imaginary)
    }

    /// `hash(self)`. A complex number without imaginary part hashes as the float.
    pub fn hash_value(self) -> i64 {
        float::hash_value(self.real) ^ float::hash_value(self.imaginary)
    }

    /// `repr(self)`: `(1+2j)`, or `2j` where the real part is zero, whatever its sign.
    pub fn repr(self) -> String {
        let mut text = String::new();
        if self.real == 0.0 {
            text.push_str(float::repr_bare(self.imaginary).as_str());
            text.push('j');
            return text;
        }
        text.push('(');
        text.push_str(float::repr_bare(self.real).as_str());
        text.push_str(float::repr_signed(self.imaginary).as_str());
        text.push_str("j)");
        text
    }

    /// `complex(text)`: a real number, an imaginary one, or both with whitespace or a sign between them.
    pub fn parse(text: &[u8]) -> Result<Complex, NumberError> {
        let first = scan_part(text)?;
        match (first.imaginary, first.after) {
            (true, []) => Ok(Complex::new(0.0, first.value)),
            (false, []) => Ok(Complex::from(first.value)),
            (true, _) => Err(NumberError::INVALID_NUMBER),
            (false, after) => {
                let second = scan_part(after)?;
                if !second.imaginary || !second.after.is_empty() {
                    return Err(NumberError::INVALID_NUMBER);
                }
                Ok(Complex::new(first.value, second.value))
            }
        }
    }
}

/// A number, and whether a `j` makes it imaginary.
struct Part<'a> {
    value: f64,
    imaginary: bool,
    after: &'a [u8],
}

/// Reads whitespace, a number, perhaps a `j`, whitespace. A lone `j` is one.
fn scan_part(text: &[u8]) -> Result<Part<'_>, NumberError> {
    let (mut value, rest) = float::scan_signed(float::skip_space(text))?;
    let (imaginary, after) = match rest.after {
        [b'j' | b'J', after @ ..] => (true, after),
        after => (false, after),
    };
    if rest.empty {
        if !imaginary {
            return Err(NumberError::INVALID_NUMBER);
        }
        value = if rest.negative { -1.0 } else { 1.0 };
    }
    Ok(Part { value, imaginary, after: float::skip_space(after) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Complex = Complex::new(0.0, 1.0);

    fn c(real: f64, imaginary: f64) -> Complex {
        Complex::new(real, imaginary)
    }

    #[test]
    fn arithmetic() {
        assert_eq!(c(1.0, 2.0).add(c(3.0, -1.0)), c(4.0, 1.0));
        assert_eq!(c(1.0, 2.0).sub(c(3.0, -1.0)), c(-2.0, 3.0));
        assert_eq!(c(1.0, 2.0).mul(c(3.0, 4.0)), c(-5.0, 10.0));
        assert_eq!(c(1.0, 2.0).div(c(3.0, 4.0)), Ok(c(0.44, 0.07999999999999999)));
        assert_eq!(c(1.0, 2.0).div(c(0.0, 2.0)), Ok(c(1.0, -0.5)));
        assert_eq!(c(1.0, 2.0).div(c(2.0, 0.0)), Ok(c(0.5, 1.0)));
        assert_eq!(I.div(c(0.0, 0.0)), Err(NumberError::ZeroDivision("complex divide by zero".into())));
        assert_eq!(c(3.0, 4.0).abs(), 5.0);
        assert!(matches!(I.floor_div(I), Err(NumberError::Type(_))));
    }

    #[test]
    fn powers() {
        assert_eq!(c(0.0, 0.0).pow(c(0.0, 0.0)), Ok(c(1.0, 0.0)));
        assert_eq!(c(0.0, 0.0).pow(c(2.0, 0.0)), Ok(c(0.0, 0.0)));
        let error = Err(NumberError::ZeroDivision("0.0 to a complex power".into()));
        assert_eq!(c(0.0, 0.0).pow(c(-1.0, 0.0)), error);
        assert_eq!(c(0.0, 0.0).pow(I), error);
        let close = |a: Result<Complex, NumberError>, b: Complex| a.is_ok_and(|a| a.sub(b).abs() < 1e-14);
        assert!(close(I.pow(c(2.0, 0.0)), c(-1.0, 0.0)));
        assert!(close(c(1.0, 2.0).pow(c(2.0, 0.0)), c(-3.0, 4.0)));
        assert!(close(c(-8.0, 0.0).pow(c(1.0 / 3.0, 0.0)), c(1.0, 1.7320508075688772)));
    }

    #[test]
    fn written() {
        let cases = [
            (c(0.0, 1.0), "1j"),
            (c(-0.0, -1.5), "-1.5j"),
            (c(1.0, 2.0), "(1+2j)"),
            (c(-1.0, -0.0), "(-1-0j)"),
            (c(100000.0, 1e16), "(100000+1e+16j)"),
            (c(f64::NAN, f64::INFINITY), "(nan+infj)"),
            (c(0.5, f64::NAN), "(0.5+nanj)"),
        ];
        for (number, expected) in cases {
            assert_eq!(number.repr(), expected);
        }
    }

    #[test]
    fn parsed() {
        let cases = [
            ("1", c(1.0, 0.0)),
            ("+1", c(1.0, 0.0)),
            ("j", c(0.0, 1.0)),
            (" -j ", c(0.0, -1.0)),
            ("1+j", c(1.0, 1.0)),
            ("1 2j", c(1.0, 2.0)),
            ("1e5-2E3J", c(1e5, -2e3)),
            ("infj", c(0.0, f64::INFINITY)),
            ("_j", c(0.0, 0.0)),
            (" 1 +2j ", c(1.0, 2.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(Complex::parse(text.as_bytes()), Ok(expected), "{text:?}");
        }
        for text in ["", " ", "1+2", "1j+2", "1-", " 1 + 2j ", "1+2jx", "jj", "1+", "x"] {
            assert_eq!(Complex::parse(text.as_bytes()), Err(NumberError::INVALID_NUMBER), "{text:?}");
        }
    }
}
