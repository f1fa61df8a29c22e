//! Expressions.

use super::Writer;
use super::words::{ATTRIBUTES, BINARY, CALLABLES, METHODS, MODULES, NAMES, PARAMETERS};

impl Writer<'_> {
    /// All ways; names and values, which end it, are the most frequent.
    const EXPRESSIONS: [fn(&mut Self); 24] = [
        Self::name,
        Self::value,
        Self::name,
        Self::value,
        Self::binary,
        Self::binary,
        Self::call,
        Self::call,
        Self::method_call,
        Self::method_call,
        Self::poke,
        Self::poke,
        Self::attribute,
        Self::subscript,
        Self::display,
        Self::comprehension,
        Self::unary,
        Self::conditional,
        Self::lambda,
        Self::formatted,
        Self::f_string,
        Self::assignment_expression,
        Self::suspension,
        Self::chain,
    ];

    pub fn expression(&mut self) {
        let form = Self::EXPRESSIONS[self.choose(Self::EXPRESSIONS.len())];
        if !self.inside(form) {
            self.name();
        }
    }

    pub fn name(&mut self) {
        self.word(NAMES);
    }

    fn binary(&mut self) {
        self.push("(");
        self.expression();
        let operator = self.one_of(BINARY);
        self.push(&format!(" {operator} "));
        self.expression();
        self.push(")");
    }

    fn unary(&mut self) {
        self.push("(");
        self.word(&["-", "not ", "~", "+"]);
        self.expression();
        self.push(")");
    }

    fn conditional(&mut self) {
        self.push("(");
        self.expression();
        self.push(" if ");
        self.expression();
        self.push(" else ");
        self.expression();
        self.push(")");
    }

    fn chain(&mut self) {
        self.push("(");
        self.expression();
        for _ in 0..=self.choose(3) {
            self.word(&[" < ", " == ", " is ", " in ", " >= "]);
            self.expression();
        }
        self.push(")");
    }

    /// Arguments in parentheses; mostly in an order that compiles.
    pub fn arguments(&mut self) {
        self.push("(");
        let positional = self.several(4, Self::expression);
        for form in ["*", "x=", "key=", "end=", "reverse=", "**"] {
            if self.once_in(12) {
                if positional > 0 || !self.text.ends_with('(') {
                    self.push(", ");
                }
                self.push(form);
                self.expression();
            }
        }
        self.push(")");
    }

    fn call(&mut self) {
        match self.choose(4) {
            0 => self.name(),
            3 => self.expression(),
            _ => self.word(CALLABLES),
        }
        self.arguments();
    }

    fn method_call(&mut self) {
        self.expression();
        self.push(".");
        self.word(METHODS);
        self.arguments();
    }

    fn attribute(&mut self) {
        self.expression();
        self.push(".");
        match self.choose(3) {
            0 => self.word(METHODS),
            _ => self.word(ATTRIBUTES),
        }
    }

    /// Any attribute of anything, called with anything.
    fn poke(&mut self) {
        self.push("poke(");
        match self.choose(3) {
            0 => {
                let module = self.one_of(MODULES);
                self.push(&format!("__import__('{module}')"));
            }
            _ => self.expression(),
        }
        let number = self.choose(100);
        self.push(&format!(", {number}"));
        for _ in 0..self.choose(5) {
            self.push(", ");
            self.expression();
        }
        self.push(")");
    }

    fn subscript(&mut self) {
        self.expression();
        self.push("[");
        match self.choose(3) {
            0 => self.expression(),
            1 => self.slice(),
            _ => {
                self.expression();
                self.push(", ");
                self.slice();
            }
        }
        self.push("]");
    }

    fn slice(&mut self) {
        for number in 0..3 {
            if number > 0 {
                self.push(":");
            }
            if self.once_in(2) {
                self.expression();
            }
        }
    }

    fn display(&mut self) {
        match self.choose(4) {
            0 => {
                self.push("[");
                self.several(5, Self::starred);
                self.push("]");
            }
            1 => {
                self.push("(");
                self.several(5, Self::starred);
                self.push(",)");
            }
            2 => {
                self.push("{");
                self.several(5, |writer| {
                    writer.expression();
                    writer.push(": ");
                    writer.expression();
                });
                self.push("}");
            }
            _ => {
                self.push("{1, ");
                self.several(5, Self::starred);
                self.push("}");
            }
        }
    }

    fn starred(&mut self) {
        if self.once_in(6) {
            self.push("*");
        }
        self.expression();
    }

    fn comprehension(&mut self) {
        let (open, close) = [("[", "]"), ("(", ")"), ("{", "}"), ("{0: ", "}")][self.choose(4)];
        self.push(open);
        self.expression();
        for _ in 0..=self.choose(2) {
            if self.place.asynchronous && self.once_in(3) {
                self.push(" async");
            }
            self.push(" for ");
            self.word(&["i", "x", "a, b", "*a, b", "i"]);
            self.push(" in ");
            match self.choose(2) {
                0 => self.small_range(),
                _ => self.expression(),
            }
            if self.once_in(3) {
                self.push(" if ");
                self.expression();
            }
        }
        self.push(close);
    }

    pub fn small_range(&mut self) {
        let count = self.choose(12);
        self.push(&format!("range({count})"));
    }

    fn lambda(&mut self) {
        let parameters = self.one_of(PARAMETERS);
        self.push(&format!("(lambda {parameters}: "));
        self.expression();
        self.push(")");
    }

    fn formatted(&mut self) {
        self.push("(");
        match self.choose(3) {
            0 => {
                self.percent_template();
                self.push(" % ");
                self.expression();
            }
            1 => {
                self.format_template();
                self.push(".format");
                self.arguments();
            }
            _ => {
                self.push("format(");
                self.expression();
                self.push(", '");
                self.format_spec();
                self.push("')");
            }
        }
        self.push(")");
    }

    fn f_string(&mut self) {
        self.push("f\"{");
        self.name();
        self.word(&["", "!r", "!s", "="]);
        self.push(":");
        self.format_spec();
        self.push("}\"");
    }

    fn assignment_expression(&mut self) {
        self.push("(");
        self.name();
        self.push(" := ");
        self.expression();
        self.push(")");
    }

    fn suspension(&mut self) {
        if !self.place.function {
            return self.name();
        }
        self.push("(");
        match self.choose(3) {
            0 if self.place.asynchronous => self.push("await "),
            1 if !self.place.asynchronous => self.push("yield from "),
            _ => self.push("yield "),
        }
        self.expression();
        self.push(")");
    }
}
