//! Statements.

use super::words::{
    ATTRIBUTES, AUGMENTED, BASES, DECORATORS, EXCEPTIONS, MODULES, NAMES, PARAMETERS, SPECIAL,
};
use super::{Place, Writer};

impl Writer<'_> {
    /// All ways.
    const STATEMENTS: [fn(&mut Self); 27] = [
        Self::assignment,
        Self::assignment,
        Self::bare_expression,
        Self::bare_expression,
        Self::augmented_assignment,
        Self::print,
        Self::guarded,
        Self::guarded,
        Self::guarded,
        Self::function,
        Self::function,
        Self::class,
        Self::class,
        Self::if_statement,
        Self::for_statement,
        Self::for_statement,
        Self::while_statement,
        Self::try_statement,
        Self::with_statement,
        Self::import,
        Self::import,
        Self::raise,
        Self::delete,
        Self::scope,
        Self::leave,
        Self::event_loop,
        Self::assertion,
    ];

    /// A statement; at the top of a program mostly one that does not end it.
    pub fn statement(&mut self) {
        if self.depth == 0 && !self.once_in(4) {
            if !self.inside(Self::guarded) {
                self.left = 0;
            }
            return;
        }
        let form = Self::STATEMENTS[self.choose(Self::STATEMENTS.len())];
        if !self.inside(form) {
            self.line("pass");
        }
    }

    fn start_line(&mut self) {
        for _ in 0..self.indent {
            self.text.push(' ');
        }
    }

    fn line(&mut self, text: &str) {
        self.start_line();
        self.push(text);
        self.push("\n");
    }

    /// A line, put together by pieces.
    fn line_of(&mut self, write: impl FnOnce(&mut Self)) {
        self.start_line();
        write(self);
        self.push("\n");
    }

    /// The statements beneath a line that ends in a colon.
    fn block(&mut self) {
        self.indent += 1;
        for _ in 0..=self.choose(4) {
            self.statement();
        }
        self.indent -= 1;
    }

    fn target(&mut self) {
        match self.choose(7) {
            4 => {
                self.name();
                self.push(".");
                self.word(ATTRIBUTES);
            }
            5 => {
                self.name();
                self.push("[");
                self.expression();
                self.push("]");
            }
            6 => self.word(&["a, b", "a, *b", "[a, (b, c)]", "c[1:2]", "c[::2]", "*a, b = c"]),
            _ => self.name(),
        }
    }

    fn assignment(&mut self) {
        self.line_of(|writer| {
            writer.target();
            writer.push(" = ");
            writer.expression();
        });
    }

    fn augmented_assignment(&mut self) {
        self.line_of(|writer| {
            writer.name();
            let operator = writer.one_of(AUGMENTED);
            writer.push(&format!(" {operator} "));
            writer.expression();
        });
    }

    fn bare_expression(&mut self) {
        self.line_of(Self::expression);
    }

    fn print(&mut self) {
        self.line_of(|writer| {
            writer.push("print");
            writer.arguments();
        });
    }

    fn assertion(&mut self) {
        self.line_of(|writer| {
            writer.push("assert ");
            writer.expression();
        });
    }

    /// Statements whose failure does not end the program.
    fn guarded(&mut self) {
        self.line("try:");
        self.block();
        self.line_of(|writer| {
            writer.word(&["except Exception as x", "except Exception as e", "except BaseException"]);
            writer.push(": pass");
        });
    }

    fn try_statement(&mut self) {
        self.line("try:");
        self.block();
        let handlers = self.choose(3);
        for _ in 0..handlers {
            let exception = self.one_of(EXCEPTIONS);
            let name = self.one_of(&["", " as x", " as e"]);
            self.line(&format!("except {exception}{name}:"));
            self.block();
        }
        if handlers > 0 && self.once_in(3) {
            self.line("else:");
            self.block();
        }
        if handlers == 0 || self.once_in(2) {
            self.line("finally:");
            self.block();
        }
    }

    fn function(&mut self) {
        let before = self.place;
        let asynchronous = self.once_in(3);
        self.place = Place { function: true, asynchronous, in_loop: false };
        let decorator = self.one_of(DECORATORS);
        if !decorator.is_empty() && self.once_in(3) {
            self.line(decorator);
        }
        let name = self.one_of(NAMES);
        let parameters = self.one_of(PARAMETERS);
        let prefix = if asynchronous { "async " } else { "" };
        self.line(&format!("{prefix}def {name}({parameters}):"));
        self.block();
        self.place = before;
    }

    fn class(&mut self) {
        let before = self.place;
        let name = self.one_of(&["C", "D", "C", "a"]);
        let bases = self.one_of(BASES);
        self.line(&format!("class {name}({bases}):"));
        self.indent += 1;
        self.line_of(|writer| {
            writer.word(ATTRIBUTES);
            writer.push(" = ");
            writer.expression();
        });
        for _ in 0..self.choose(5) {
            let (method, parameters) = SPECIAL[self.choose(SPECIAL.len())];
            let asynchronous = matches!(method, "__anext__" | "__aenter__" | "__aexit__");
            self.place = Place { function: true, asynchronous, in_loop: false };
            let prefix = if asynchronous { "async " } else { "" };
            self.line(&format!("{prefix}def {method}(self, {parameters}):"));
            self.indent += 1;
            self.line_of(|writer| {
                writer.push("return ");
                if !writer.inside(Self::expression) {
                    writer.push("self");
                }
            });
            self.indent -= 1;
            self.place = before;
        }
        self.indent -= 1;
    }

    fn if_statement(&mut self) {
        self.line_of(|writer| {
            writer.push("if ");
            writer.expression();
            writer.push(":");
        });
        self.block();
        if self.once_in(2) {
            self.line("else:");
            self.block();
        }
    }

    fn loop_body(&mut self) {
        let before = self.place.in_loop;
        self.place.in_loop = true;
        self.block();
        self.place.in_loop = before;
        if self.once_in(4) {
            self.line("else:");
            self.block();
        }
    }

    fn for_statement(&mut self) {
        self.line_of(|writer| {
            if writer.place.asynchronous && writer.once_in(2) {
                writer.push("async ");
            }
            writer.push("for ");
            writer.target();
            writer.push(" in ");
            match writer.choose(3) {
                0 => writer.small_range(),
                _ => writer.expression(),
            }
            writer.push(":");
        });
        self.loop_body();
    }

    fn while_statement(&mut self) {
        self.line_of(|writer| {
            writer.push("while ");
            writer.expression();
            writer.push(":");
        });
        self.loop_body();
    }

    fn with_statement(&mut self) {
        self.line_of(|writer| {
            if writer.place.asynchronous && writer.once_in(2) {
                writer.push("async ");
            }
            writer.push("with ");
            writer.expression();
            writer.word(&["", " as a", " as (a, b)"]);
            writer.push(":");
        });
        self.block();
    }

    fn import(&mut self) {
        let module = self.one_of(MODULES);
        self.line_of(|writer| match writer.choose(6) {
            0..=2 => writer.push(&format!("import {module}")),
            3 => writer.push(&format!("from {module} import *")),
            4 => writer.push(&format!("import {module} as a")),
            _ => {
                writer.push(&format!("from {module} import "));
                writer.word(ATTRIBUTES);
            }
        });
    }

    fn raise(&mut self) {
        self.line_of(|writer| {
            writer.push("raise ");
            match writer.choose(3) {
                0 => writer.word(EXCEPTIONS),
                1 => {
                    writer.word(EXCEPTIONS);
                    writer.arguments();
                }
                _ => writer.expression(),
            }
            if writer.once_in(4) {
                writer.push(" from ");
                writer.expression();
            }
        });
    }

    fn delete(&mut self) {
        self.line_of(|writer| {
            writer.push("del ");
            match writer.choose(3) {
                0 => writer.name(),
                1 => {
                    writer.name();
                    writer.push("[");
                    writer.expression();
                    writer.push("]");
                }
                _ => {
                    writer.name();
                    writer.push(".");
                    writer.word(ATTRIBUTES);
                }
            }
        });
    }

    fn scope(&mut self) {
        if !self.place.function {
            return self.line("pass");
        }
        let name = self.one_of(NAMES);
        self.line(&format!("global {name}"));
    }

    fn leave(&mut self) {
        match self.choose(3) {
            0 if self.place.in_loop => self.line("break"),
            1 if self.place.in_loop => self.line("continue"),
            _ if self.place.function => self.line_of(|writer| {
                writer.push("return ");
                writer.expression();
            }),
            _ => self.line("pass"),
        }
    }

    /// Runs what was defined.
    fn event_loop(&mut self) {
        self.line_of(|writer| {
            writer.word(&[
                "asyncio.run(",
                "asyncio.get_event_loop().run_until_complete(",
                "asyncio.create_task(",
            ]);
            writer.name();
            writer.arguments();
            writer.push(")");
        });
    }
}
